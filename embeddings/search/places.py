"""In which passages a word stands, and how often: as a list, or packed where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


# The flag of each of eight passages in a row.
_BITS = np.uint8(0x80) >> np.arange(8, dtype=np.uint8)


class Places(Protocol):
    """The passages that a word stands in."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """Return the rows of the passages, ascending, int64 ``(m,)``."""

    @property
    def times(self) -> NDArray[Any]:
        """Return how often the word stands in each, ``(m,)``."""

    @property
    def size(self) -> int:
        """Return the bytes that it takes."""

    def mark(self, flags: NDArray[np.bool_]) -> None:
        """Set the flags of these passages, bool ``(n,)``."""

    def look_up(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return which of some passages it stands in, and how often in each of these.

        Args:
            rows: Of passages, ascending, each once.

        Returns:
            Places in ``rows``, ascending, and times.
        """

    def count_articles(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the articles that the word stands in, and how often in each."""


@dataclass(frozen=True)
class Listed:
    """The rows of passages, a number each.

    Attributes:
        rows: Of the passages, ascending.
        times: How often the word stands in each.
        articles: Number of the article of each passage of the corpus, int32 ``(n,)``.
    """

    rows: NDArray[np.int64]
    times: NDArray[np.int64]
    articles: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Return the bytes that it takes."""
        return self.rows.nbytes + self.times.nbytes

    def mark(self, flags: NDArray[np.bool_]) -> None:
        """Set the flags of these passages."""
        flags[self.rows] = True

    def look_up(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return which of some passages it stands in, and how often in each of these."""
        few, many = sorted((self.rows, rows), key=len)
        places = np.searchsorted(many, few)
        there = np.flatnonzero(places < len(many))
        there = there[many[places[there]] == few[there]]
        if few is rows:
            return there, self.times[places[there]]
        return places[there], self.times[there]

    def count_articles(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the articles that the word stands in, and how often in each."""
        numbers, back = np.unique(self.articles[self.rows], return_inverse=True)
        return numbers, np.bincount(back, self.times).astype(np.int64)


@dataclass(frozen=True)
class Packed:
    """A bit for each passage of the corpus, and a byte for each that has the word.

    Attributes:
        flags: Which passages have it, as ``np.packbits`` gives them.
        times: How often each of these, uint8.
        article_times: How often each article, uint16.
    """

    flags: NDArray[np.uint8]
    times: NDArray[np.uint8]
    article_times: NDArray[np.uint16]

    @property
    def size(self) -> int:
        """Return the bytes that it takes."""
        # With the blocks that passages are looked up by.
        return 3 * self.flags.nbytes + self.times.nbytes + self.article_times.nbytes

    @property
    def rows(self) -> NDArray[np.int64]:
        """Return the rows of the passages, ascending."""
        return np.flatnonzero(np.unpackbits(self.flags).view(np.bool_))

    def mark(self, flags: NDArray[np.bool_]) -> None:
        """Set the flags of these passages."""
        flags |= np.unpackbits(self.flags, count=len(flags)).view(np.bool_)

    @cached_property
    def _blocks(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return 64 flags each, the first passage's the highest, and how many are set before."""
        whole = np.zeros(-(-len(self.flags) // 8) * 8, np.uint8)
        whole[: len(self.flags)] = self.flags
        blocks = whole.view(">u8").astype(np.uint64)
        counts = np.bitwise_count(blocks)
        return blocks, np.cumsum(counts, dtype=np.int64) - counts

    def look_up(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return which of some passages it stands in, and how often in each of these."""
        blocks, before = self._blocks
        there = np.flatnonzero(self.flags[rows >> 3] & _BITS[rows & 7])
        those = rows[there]
        # A passage's byte stands in the place of its flag among those that are set.
        up_to = np.bitwise_count(blocks[those >> 6] >> (~those & 63).view(np.uint64))
        return there, self.times[before[those >> 6] + up_to - 1]

    def count_articles(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the articles that the word stands in, and how often in each."""
        numbers = np.flatnonzero(self.article_times)
        return numbers, self.article_times[numbers]
