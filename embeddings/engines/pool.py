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
    """A process somewhere, and the line to it; it begins when it is made.

    Attributes:
        needs: What it was begun for.
    """

    def __init__(self, needs: Needs) -> None:
        self.needs = needs

    @abstractmethod
    def give(self, work: Callable[[T], object], task: T) -> None:
        """Give it a task; where it has died, the next that is heard of it is its death."""

    @abstractmethod
    def end(self) -> None:
        """End it at once; what it was writing has no marker."""


class Pool(ABC):
    """An engine of workers, started when there is work, kept for tasks that they suit.

    A worker that dies is replaced, and its task given to another; one that ``TRIES`` workers
    died of, or ran out of memory on, is given up. This is counted here and not by the engine
    beneath, so that all engines set the same tasks aside.

    Args:
        workers: Cores that tasks may use at once.

    Attributes:
        reserves: Whether the memory that a worker was begun for is kept from others.
    """

    name: str
    reserves = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.notes: list[str] = []
        self.preload = ""
        self._idle: list[Worker] = []
        # Those that have not said yet that they are there; they may come to do another stage.
        self._starting: set[Worker] = set()

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

    def _keep(self, needs: Needs, room: int, tasks: int) -> None:
        """Keep workers that can do tasks of these needs, no more than there is room for.

        What can do more can do less; but where its memory is kept from others while it waits, only
        if as many are kept as can be of use: new ones might find no room beside it.
        """
        have = [*self._idle, *self._starting]
        kept = [one for one in have if self._suits(one.needs, needs)]
        if self.reserves and len(kept) < min(room, tasks):
            kept = [one for one in kept if one.needs == needs]
        kept = kept[:room]
        for worker in have:
            if worker not in kept:
                worker.end()
        self._idle = [one for one in self._idle if one in kept]
        self._starting.intersection_update(kept)

    def _suits(self, own: Needs, needs: Needs) -> bool:
        likes = (own.threads, own.gpus) == (needs.threads, needs.gpus)
        return likes and (own.memory >= needs.memory or not self.reserves)

    def _dismiss(self) -> None:
        for worker in (*self._idle, *self._starting):
            worker.end()
        self._idle.clear()
        self._starting.clear()

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
        room = self._find_room(needs)
        self._keep(needs, room, len(tasks))
        waiting = deque(range(len(tasks)))
        lost: Counter[int] = Counter()
        stillborn = 0
        starting = self._starting
        busy: dict[Worker, int] = {}
        try:
            while waiting or busy:
                while waiting and self._idle:
                    worker = self._idle.pop()
                    busy[worker] = waiting.popleft()
                    worker.give(work, tasks[busy[worker]])
                while len(starting) < min(len(waiting), room - len(busy)):
                    starting.add(self._start(needs))
                ended: list[tuple[T, Outcome]] = []
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
                    ended.append((tasks[number], said))
                # All that was said is noted by now: who stops asking here loses no worker.
                yield from ended
        except GeneratorExit:
            raise
        except BaseException:
            self._dismiss()
            raise
        finally:
            for worker in busy:
                worker.end()
