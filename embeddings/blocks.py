"""Work in blocks on all cores, whose bits do not depend on the number of threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from embeddings.progress import track

# Threads hold a block each, so that more of them cost memory.
MOST_THREADS = 8


def run_blocks(work: Callable[[int], None], starts: Sequence[int]) -> None:
    """Call ``work`` on every start, on all cores, BLAS kept to one thread in each.

    A float32 product may differ in its last bit with the number of threads that BLAS
    shares it out to. So each product is one thread's and the blocks, whose shapes depend
    on the data alone, are shared out; ``work`` writes to rows of its own.
    """
    threads = min(cores(), MOST_THREADS, len(starts))
    with one_blas_thread():
        if threads < 2:
            for start in track(starts, len(starts)):
                work(start)
            return
        # With logging, which it imports, a tenth of a search's start.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            for _ in track(pool.map(work, starts), len(starts)):
                pass


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep every BLAS of this process to one thread, until the last that asked is done.

    Two searches at once, each putting back what it found, could leave it at one thread.
    """
    with _limit.lock:
        if not _limit.users:
            _limit.undo.enter_context(_find_libraries().limit(limits=1, user_api="blas"))
        _limit.users += 1
    try:
        yield
    finally:
        with _limit.lock:
            _limit.users -= 1
            if not _limit.users:
                _limit.undo.close()


@cache
def _find_libraries() -> Any:
    """Find the libraries loaded by now, numpy's BLAS among them: 3 ms, a search's seventh part."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


# How many ask for one thread, and how to put back what was before.
_limit = SimpleNamespace(lock=Lock(), users=0, undo=ExitStack())


def cores() -> int:
    """Return the number of cores that this process may use.

    ``OMP_NUM_THREADS`` keeps it to fewer, as it does the numerical libraries: so a worker
    beside others takes no more than its share.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(usable or 1, int(limit)) if limit.isdigit() and int(limit) else usable or 1


def free_memory() -> int:
    """Return the bytes that can be had without swapping; very many where that is unknown."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if "MemAvailable" in line)
    except (OSError, StopIteration):
        return 1 << 62


def held_memory(process: int) -> int:
    """Return the bytes that come free when a process ends; 0 where that is unknown."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        # What it shares with the process that it is a copy of stays.
        return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))
    except OSError:
        return 0
