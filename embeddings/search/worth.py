"""What the words of a query are worth to passages: BM25, worked out for those that are asked for.

The words of a query stand in half of all passages where one of them is common. Of these few come
to be looked at, and what they are shared by, the best passage's worth, is found among the few that
have the rarer words: what the others add at most is known (as in MaxScore: Turtle and Flood, 1995,
"Query evaluation: strategies and optimizations").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.search.places import Places

# As in FTS5 (https://sqlite.org/fts5.html, the bm25() function).
_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6
# What the length of an empty text adds.
_LEAST_NORM = _K1 * (1 - _B)

# Of what words are worth, the share that is the article's: what it is on stands in several
# paragraphs. See docs/decisions/search.md.
ARTICLE_SHARE = 2 / 3

# Sums of numbers of 24 bits differ by less than this share with the order they are added up in.
_ROUNDED = 1e-5


@dataclass(frozen=True)
class Word:
    """What a phrase is worth to the passages it stands in, and to their articles.

    Attributes:
        places: The passages.
        norm: What the length of each passage of the corpus adds, float32 ``(n,)``.
        rarity: What it is worth to a passage for being rare.
        most: It is worth no more to any passage.
        articles: Numbers of the articles, ascending.
        article_worth: What it is worth to each of them, float32.
    """

    places: Places
    norm: NDArray[np.float32]
    rarity: float
    most: float
    articles: NDArray[Any]
    article_worth: NDArray[np.float32]

    @classmethod
    def weigh(
        cls,
        places: Places,
        norm: NDArray[np.float32],
        article_norm: NDArray[np.float32],
    ) -> Word:
        """Weigh a phrase.

        Args:
            places: Where it stands.
            norm: Of passages, as ``weigh_lengths`` gives it, ``(n,)``.
            article_norm: Of articles.
        """
        numbers, times = places.count_articles()
        rarity = _weigh_rarity(len(article_norm), len(numbers))
        worth = _weigh_times(times, rarity, article_norm[numbers])
        rarity = _weigh_rarity(len(norm), len(places.times))
        often = float(places.times.max(initial=0))
        most = rarity * (_K1 + 1) * often / (often + _LEAST_NORM)
        return cls(places, norm, rarity, most, numbers, worth)

    def worth_of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return which of some passages, ascending, it stands in, and what it is worth to these."""
        there, times = self.places.look_up(rows)
        return there, self._weigh(times, rows[there])

    def worth_of_all(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the passages that it stands in, and what it is worth to each."""
        rows = self.places.rows
        return rows, self._weigh(self.places.times, rows)

    def _weigh(self, times: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return _weigh_times(times, self.rarity, self.norm[rows])


class WordScores:
    """What the words of a query are worth to passages, 0 to 1.

    A third of it is the passage's BM25 for any of them, as a share of the best passage's; two
    thirds are its article's. It is 0 where none stands in the passage.

    Args:
        words: The words.
        articles: Number of each passage's article, int32 ``(n,)``.
        may: Which passages count, bool ``(n,)``; the others have 0.

    Attributes:
        spoken: Which of those have any of the words, bool ``(n,)``.
    """

    def __init__(
        self, words: Sequence[Word], articles: NDArray[np.int32], may: NDArray[np.bool_]
    ) -> None:
        self._words, self._articles = words, articles
        self.spoken = np.zeros(len(may), np.bool_)
        for word in words:
            word.places.mark(self.spoken)
        self.spoken &= may

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what they are worth to some passages, each named once, float32."""
        found = np.zeros(len(rows), np.float32)
        at = np.flatnonzero(self.spoken[rows])
        if np.any(np.diff(rows[at]) < 0):
            at = at[np.argsort(rows[at])]
        if len(at):
            best, wholes = self._best
            own = self._add_up(rows[at]) / best
            found[at] = own + ARTICLE_SHARE * (wholes[self._articles[rows[at]]] - own)
        return found

    def most(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what they are worth at most to some passages with any, by their articles."""
        if not len(rows):
            return np.zeros(0, np.float32)
        wholes: NDArray[np.float32] = self._best[1][self._articles[rows]]
        return ARTICLE_SHARE * wholes + np.float32(1 - ARTICLE_SHARE)

    def _add_up(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        total = np.zeros(len(rows), np.float32)
        for word in self._words:
            there, worth = word.worth_of(rows)
            total[there] += worth
        return total

    @cached_property
    def _best(self) -> tuple[np.float32, NDArray[np.float32]]:
        """Return the best passage's worth, and of each article its share of the best one's."""
        wholes = np.zeros(int(self._articles.max()) + 1, np.float32)
        for word in self._words:
            wholes[word.articles] += word.article_worth
        best = int(wholes.argmax())
        if not np.any(self.spoken & (self._articles == best)):  # it may be no hit
            rows = np.flatnonzero(self.spoken)
            best = max(self._articles[rows].tolist(), key=wholes.__getitem__)
        return self._find_best(), wholes / wholes[best]

    def _find_best(self) -> np.float32:
        part = np.zeros(len(self.spoken), np.float32)
        best, rest = 0.0, sum(word.most for word in self._words)
        for word in sorted(self._words, key=lambda one: -one.most):
            # What has none of the words before is worth less than one that has.
            if best > rest * (1 + _ROUNDED):
                break
            rows, worth = word.worth_of_all()
            part[rows] += worth
            best = max(best, float((part[rows] * self.spoken[rows]).max(initial=0.0)))
            rest -= word.most
        least = best * (1 - _ROUNDED) - max(rest, 0.0)
        rows = np.flatnonzero(part >= least)
        found: np.float32 = self._add_up(rows[self.spoken[rows]]).max()
        return found


def weigh_lengths(lengths: NDArray[Any]) -> NDArray[np.float32]:
    """Return what BM25 adds to the times that a word stands in texts of these lengths."""
    mean = max(float(lengths.mean()), 1e-9) if len(lengths) else 1.0
    norm: NDArray[np.float32] = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)
    return norm


def _weigh_rarity(texts: int, having: int) -> float:
    return max(math.log((texts - having + 0.5) / (having + 0.5)), _LEAST_IDF)


def _weigh_times(
    times: NDArray[Any], rarity: float, norm: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the BM25 of a phrase for texts that it stands in so many times, of these lengths."""
    often = times.astype(np.float64)
    worth: NDArray[np.float32] = (rarity * (_K1 + 1) * often / (often + norm)).astype(np.float32)
    return worth
