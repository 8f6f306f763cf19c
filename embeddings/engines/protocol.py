"""The seam between what is computed and where: an engine runs one function over many tasks.

A task is a frozen dataclass that names whole files: the function reads them, and writes whole
files (``embeddings.shards``). Nothing large travels with a task or comes back from it. A task may
run more than once, on any machine, and at the same time as another attempt of itself; since the
same task writes the same bytes, that shows nowhere.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from embeddings.errors import TopicwireError, first_line

T = TypeVar("T")


class WorkerLostError(Exception):
    """So many workers ended while they did a task: killed, crashed or out of memory."""


@dataclass(frozen=True)
class Needs:
    """What each task of a stage takes, so that no more run at once than there is room for.

    What took long to make, an encoder for instance, a worker keeps from one task to the next in
    a ``functools.cache`` of the function's module: workers live as long as they suit the tasks.

    Attributes:
        threads: Cores; numerical libraries are kept to as many threads.
        memory: Bytes, 0 where it is little; rounded up, since more of it may take other workers.
        gpus: GPUs, or a part of one. On one machine a single worker has all of them, since the
            encoder itself shares the work out.
    """

    threads: int = 1
    memory: int = 0
    gpus: float = 0


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes:
        result: What the function returned; a few numbers at most.
        error: What it raised, or ``WorkerLostError``; ``None`` where all went well.
        seconds: By the clock, of the last attempt.
        work: Of processors.
        peak: Most bytes that the worker has held.
        worker: Which one: its machine and process.
    """

    result: Any = None
    error: Exception | None = None
    seconds: float = 0.0
    work: float = 0.0
    peak: int = 0
    worker: str = ""


class Engine(AbstractContextManager["Engine"], Protocol):
    """Runs tasks somewhere; leaving the ``with`` block ends its workers.

    Attributes:
        name: As ``open_engine`` takes it.
        workers: Cores that tasks may use at once.
        notes: What the user should know, such as why fewer tasks than that ran at once.
        preload: Name of a module that imports what tasks need, for workers that begin as copies
            of a process that has imported it; empty for none.
    """

    name: str
    workers: int
    notes: list[str]
    preload: str

    def run(
        self, work: Callable[[T], object], tasks: Sequence[T], needs: Needs = ...
    ) -> Iterator[tuple[T, Outcome]]:
        """Run a function over tasks, and yield each with its outcome as it ends, in any order.

        Errors are outcomes, never raised: the caller says what to do about them. Where the caller
        stops asking, the tasks that run are stopped.

        Args:
            work: A function at the top of a module that can be imported by name.
            tasks: Frozen dataclasses of a few values.
            needs: Of each.
        """
        ...


def perform(work: Callable[[T], object], task: T) -> Outcome:
    """Run one task in a worker, whatever engine's, and measure it."""
    import os
    import platform

    began, spent = time.perf_counter(), time.process_time()
    result: object = None
    error: Exception | None = None
    try:
        result = work(task)
    except Exception as failure:
        error = _portable(failure)
    return Outcome(
        result,
        error,
        time.perf_counter() - began,
        time.process_time() - spent,
        _peak(),
        f"{platform.node()}:{os.getpid()}",
    )


def limit_threads(threads: int) -> dict[str, str]:
    """Return the environment that keeps the libraries of a worker to so many threads.

    They read it when they are imported. ``embeddings.blocks.cores`` asks the first, as Arrow does.
    """
    names = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")
    return {f"{name}_NUM_THREADS": str(threads) for name in names}


def _portable(failure: Exception) -> Exception:
    """Return an error that travels: ours, the system's, or what it says, and where it arose."""
    told: Exception
    if isinstance(failure, (TopicwireError, OSError, MemoryError)):
        told = failure
        told.__cause__ = told.__context__ = None
    else:
        told = RuntimeError(f"{type(failure).__name__}: {first_line(failure)}")
    told.add_note("".join(traceback.format_exception(failure)))
    return told.with_traceback(None)


def _peak() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    import sys

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else 1024 * used
