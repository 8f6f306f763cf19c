"""Small stages for tests of engines and shards: their functions must be found by name."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from embeddings.errors import InputError
from embeddings.shards.stages import Folder, Task, write_file


@dataclass(frozen=True)
class Sum:
    """Numbers to add up, and what goes wrong before that.

    Attributes:
        number: The last of the numbers.
        trouble: ``raise``, ``refuse``, ``kill``, or empty.
        kills: For ``kill``: a folder, and after how many deaths all is well.
    """

    number: int
    trouble: str = ""
    kills: str = ""
    times: int = 99


def add_up(task: Sum) -> int:
    if task.trouble == "raise":
        raise ValueError("it breaks\non two lines")
    if task.trouble == "refuse":
        raise InputError("It cannot be.")
    if task.trouble == "kill":
        deaths = len(list(Path(task.kills).iterdir()))
        if deaths < task.times:
            Path(task.kills, str(deaths)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if task.trouble == "wait":
        time.sleep(60)
    return sum(range(task.number + 1))


def hand_back_a_lock(_: Sum) -> object:
    return threading.Lock()


def read_threads(_: Sum) -> str:
    from embeddings.blocks import cores

    return f"{os.environ['OPENBLAS_NUM_THREADS']} {cores()}"


# Of the process that has imported this.
IMPORTED = os.getpid()


def tell_start(_: Sum) -> str:
    threads = os.environ["OPENBLAS_NUM_THREADS"]
    how = "begun anew" if os.getpid() == IMPORTED else "a copy"
    return f"{how}, {threads} thread{'' if threads == '1' else 's'}"


def read_gpus(_: Sum) -> str:
    return os.environ.get("CUDA_VISIBLE_DEVICES", "")


@cache
def _make_once() -> list[int]:
    return []


def remember(task: Sum) -> int:
    _make_once().append(task.number)
    return len(_make_once())


@dataclass(frozen=True)
class Part(Task):
    """A stretch of numbers of which squares are wanted.

    Attributes:
        log: A folder in which each attempt leaves a file.
        trouble: As for ``Sum``; ``slow`` takes a moment.
    """

    start: int
    log: str
    trouble: str = ""

    @property
    def about(self) -> str:
        return f"numbers-{self.start}.txt"


def square(task: Part) -> None:
    """Write the squares of ten numbers, in two row groups, of which the second may be empty."""
    Path(task.log, f"{task.name}-{os.getpid()}-{time.time_ns()}").touch()
    if task.trouble == "slow":
        time.sleep(0.3)
    numbers = range(task.start, task.start + 10)
    with write_file(task) as output:
        output.add(pa.table({"number": pa.array(numbers), "square": [n * n for n in numbers]}))
        if task.trouble == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if task.trouble == "raise":
            raise ValueError("it breaks")
        none: Sequence[int] = []
        output.add(
            pa.table({"number": pa.array(none, pa.int64()), "square": pa.array(none, pa.int64())})
        )
        output.facts["numbers"] = 10


def parts(
    folder: Folder, log: Path, count: int, trouble: dict[int, str] | None = None
) -> list[Part]:
    troubles = trouble or {}
    return [
        Part(folder, f"{n:03}", "inputs", 10 * n, str(log), troubles.get(n, ""))
        for n in range(count)
    ]
