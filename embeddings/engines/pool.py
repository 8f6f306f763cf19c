"""A pool of workers with a task each: what engines have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from embeddings.engines.protocol import Needs, Outcome, WorkerLostError
from embeddings.errors import TopicwireError

T = TypeVar("T")
W = TypeVar("W", bound="Worker")

# A task that so many workers died of is set aside.
TRIES = 3
# So many that ended before they could work, one after another, are no accident.
STILLBORN = 3


class Worker(ABC):
    """A process somewhere, and the line to it; it begins when it is made."""

    @abstractmethod
    def give(self, work: Callable[[T], object], task: T) -> None:
        """Give it a task; where it has died, the next that is heard of it is its death."""

    @abstractmethod
    def end(self) -> None:
        """End it at once; what it was writing has no marker."""


class Pool(ABC):
    """An engine of workers, started when there is work, kept for tasks of the same needs.

    A worker that dies is replaced, and its task given to another; one that ``TRIES`` workers
    died of, or ran out of memory on, is given up. This is counted here and not by the engine
    beneath, so that all engines set the same tasks aside.

    Args:
        workers: Cores that tasks may use at once.
    """

    name: str

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.notes: list[str] = []
        self.preload = ""
        self._needs = Needs()
        self._idle: list[Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._dismiss()

    @abstractmethod
    def _start(self, needs: Needs) -> Worker:
        """Begin a worker, which says so by ``None`` when it is ready."""

    @abstractmethod
    def _hear(self, workers: Sequence[Worker]) -> Sequence[tuple[Worker, Outcome | None]]:
        """Wait until one of the workers says something, or dies (``WorkerLostError``)."""

    @abstractmethod
    def _explain(self, why: Exception) -> TopicwireError:
        """Say why workers die before they can work, and what to do about it."""

    def _room(self, needs: Needs) -> int:
        """Return how many tasks run at once."""
        return self.workers // needs.threads

    @abstractmethod
    def _fit(self, needs: Needs) -> int:
        """Return how many tasks of these needs there is memory for.

        Raises:
            TopicwireError: No machine has what one takes; the message says how much there is.
        """

    def _find_room(self, needs: Needs) -> int:
        """Return how many tasks run at once, and note where memory allows fewer than cores do."""
        room = max(1, self._room(needs))
        fit = self._fit(needs)
        if fit < room:
            stage = f"Of a stage whose tasks take some {needs.memory / 1e9:,.1f} GB of memory each "
            self.notes[:] = [one for one in self.notes if not one.startswith(stage)]
            self.notes.append(f"{stage}no more than {fit} ran at once, in place of {room}.")
        return min(room, fit)

    def _dismiss(self) -> None:
        for worker in self._idle:
            worker.end()
        self._idle.clear()

    def run(
        self, work: Callable[[T], object], tasks: Sequence[T], needs: Needs | None = None
    ) -> Iterator[tuple[T, Outcome]]:
        """Run a function over tasks; see ``Engine``.

        Raises:
            TopicwireError: Workers end before they can do anything, or there is no room for one.
        """
        if not tasks:
            return
        needs = needs or Needs()
        if self._needs != needs:
            self._dismiss()
            self._needs = needs
        room = self._find_room(needs)
        while len(self._idle) > room:
            self._idle.pop().end()
        waiting = deque(range(len(tasks)))
        lost: Counter[int] = Counter()
        stillborn = 0
        starting: set[Worker] = set()
        busy: dict[Worker, int] = {}
        try:
            while waiting or busy:
                while waiting and self._idle:
                    worker = self._idle.pop()
                    busy[worker] = waiting.popleft()
                    worker.give(work, tasks[busy[worker]])
                while len(starting) < min(len(waiting), room - len(busy)):
                    starting.add(self._start(needs))
                for worker, said in self._hear([*busy, *starting]):
                    if worker in starting:
                        starting.remove(worker)
                        if said is None:
                            stillborn = 0
                            self._idle.append(worker)
                            continue
                        worker.end()
                        stillborn += 1
                        if stillborn == STILLBORN and isinstance(said.error, Exception):
                            raise self._explain(said.error)
                        continue
                    number = busy.pop(worker)
                    if said is None:
                        raise AssertionError("a worker at work says nothing but outcomes")
                    if isinstance(said.error, WorkerLostError):
                        worker.end()
                    else:
                        self._idle.append(worker)
                    if isinstance(said.error, (WorkerLostError, MemoryError)):
                        lost[number] += 1
                        if lost[number] < TRIES:
                            waiting.appendleft(number)
                            continue
                    yield tasks[number], said
        finally:
            for worker in (*busy, *starting):
                worker.end()
