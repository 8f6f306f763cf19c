"""What searches asked for last, kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps what was found last; several threads may ask at once.

    Args:
        most: The most that is kept, at least one.
        size: How much room each takes, and how much there is; any by default.
    """

    def __init__(self, most: int, size: tuple[Callable[[T], int], int] | None = None) -> None:
        self._most, self._size = most, size
        self._lock, self._taken = Lock(), 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, question: Hashable, find: Callable[[], T]) -> T:
        """Return what was found, or find it: two threads may do so at once, and none waits."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return self._kept[question]
        found = find()
        measure, room = self._size or (lambda _: 0, 0)
        with self._lock:
            if question not in self._kept:
                self._kept[question] = found
                self._taken += measure(found)
            while len(self._kept) > self._most or self._taken > room:
                self._taken -= measure(self._kept.popitem(last=False)[1])
        return found
