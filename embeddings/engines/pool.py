"""The local engine: processes of this machine, replaced when they die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from embeddings.blocks import cores
from embeddings.engines.protocol import (
    TRIES,
    Needs,
    Outcome,
    WorkerLostError,
    is_lost,
    limit_threads,
    perform,
)
from embeddings.errors import TopicwireError

T = TypeVar("T")

# Processes begin one after another, and what they inherit is the environment of the moment.
_starting = threading.Lock()


class LocalEngine:
    """A pool of processes, started at the first task and kept for those that need the same.

    A script that uses it needs ``if __name__ == "__main__":``, as for any pool (Python's
    documentation, multiprocessing, "The spawn and forkserver start methods").

    Args:
        workers: Cores that tasks may use at once; all of this process for None.
    """

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()
        self._needs = Needs()
        self._idle: list[_Worker] = []

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._idle:
            worker.end()
        self._idle.clear()

    def run(
        self, work: Callable[[T], object], tasks: Sequence[T], needs: Needs | None = None
    ) -> Iterator[tuple[T, Outcome]]:
        """Run a function over tasks; see ``Engine``.

        Raises:
            TopicwireError: A process ends before it can do anything.
        """
        needs = needs or Needs()
        if needs != self._needs:
            self.__exit__()
            self._needs = needs
        room = self._room(needs)
        waiting = deque(range(len(tasks)))
        lost: Counter[int] = Counter()
        busy: dict[Connection, tuple[_Worker, int]] = {}
        try:
            while waiting or busy:
                while waiting and len(busy) < room:
                    worker = self._idle.pop() if self._idle else _Worker(needs)
                    number = waiting.popleft()
                    if worker.give(work, tasks[number]):
                        busy[worker.connection] = (worker, number)
                    else:  # it died while it was idle
                        worker.end()
                        waiting.appendleft(number)
                for connection in wait(list(busy)):
                    worker, number = busy[connection]  # type: ignore[index]
                    outcome = worker.take()
                    if outcome is None:
                        continue
                    del busy[worker.connection]
                    if isinstance(outcome.error, WorkerLostError):
                        worker.end()
                    else:
                        self._idle.append(worker)
                    if is_lost(outcome):
                        lost[number] += 1
                        if lost[number] < TRIES:
                            waiting.appendleft(number)
                            continue
                    yield tasks[number], outcome
        finally:
            for worker, _ in busy.values():
                worker.end()

    def _room(self, needs: Needs) -> int:
        """Return how many tasks run at once."""
        if needs.gpus:
            return 1
        room = self.workers // needs.threads
        if needs.memory:
            room = min(room, _free_memory() // needs.memory)
        return max(1, room)


class _Worker:
    """A process, and the line to it."""

    def __init__(self, needs: Needs) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        # An encoder for several GPUs has processes of its own, which a daemon may not have.
        self._process = context.Process(target=_serve, args=(theirs,), daemon=not needs.gpus)
        with _environment(limit_threads(needs.threads)):
            self._process.start()
        theirs.close()
        self._ready = False

    def give(self, work: Callable[[Any], object], task: object) -> bool:
        """Give it a task; say whether it was there to take it."""
        try:
            self.connection.send((work, task))
        except OSError:
            return False
        return True

    def take(self) -> Outcome | None:
        """Return what it says: an outcome, or nothing yet.

        Raises:
            TopicwireError: It never came to work.
        """
        try:
            said: Outcome | None = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode or 0
            if not self._ready:
                raise TopicwireError(
                    f"A worker ended with code {code} before it could work; a script of your own "
                    'needs `if __name__ == "__main__":` around what it runs.'
                ) from None
            why = signal.Signals(-code).name if code < 0 else f"code {code}"
            return Outcome(error=WorkerLostError(f"the worker ended ({why})"))
        self._ready = True
        return said

    def end(self) -> None:
        """End it at once; what it was writing has no marker."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection) -> None:
    """Do tasks until the head is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the head ends its workers
    threading.Thread(target=_end_with_head, daemon=True).start()
    connection.send(None)
    while True:
        try:
            work, task = connection.recv()
        except EOFError:
            return
        except Exception as error:  # it does not know the function
            connection.send(Outcome(error=RuntimeError(str(error))))
            continue
        outcome = perform(work, task)
        try:
            connection.send(outcome)
        except Exception as error:  # a result that does not travel
            connection.send(Outcome(error=RuntimeError(str(error))))


def _end_with_head() -> None:
    """End this process with the one that started it, even by ``kill -9`` in the midst of a task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    with _starting:
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _free_memory() -> int:
    """Return the bytes that can be had without swapping; very many where that is unknown."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123 - no file but a table
            return next(1024 * int(row.split()[1]) for row in lines if "MemAvailable" in row)
    except (OSError, StopIteration):
        return 1 << 62
