"""Which passages a phrase stands in, and what that is worth: BM25 over the full-text index.

SQLite's own ``bm25()`` looks up the length of every passage that it finds. With the lengths at
hand it is enough to read where words stand, which takes a fifth of the time, and what one phrase
is worth can be kept for the next query: the score of a query is the sum over its phrases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.full_text import PLACES, count_words, find_word, split_phrases
from embeddings.search.common import Places, count_times, read_common
from embeddings.search.phrases import find_phrases
from embeddings.search.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

# As in FTS5 (https://sqlite.org/fts5.html, the bm25() function).
_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6

# Of what words are worth, the share that is the article's: what it is on stands in several
# paragraphs. See docs/decisions/search.md.
ARTICLE_SHARE = 2 / 3

# Postings that a process keeps, 12 bytes each, and the phrases that they are of.
_MOST_KEPT, _MOST_PHRASES = 4_000_000, 20_000


@dataclass(frozen=True)
class _Worth:
    """What a phrase is worth to the passages it stands in, and to their articles."""

    rows: NDArray[np.int64]
    worth: NDArray[np.float32]
    articles: NDArray[np.int32]
    article_worth: NDArray[np.float32]


class Postings:
    """The passages that phrases stand in, those asked for before kept at hand.

    Args:
        index: The passages.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._kept = Recent[_Worth](_MOST_PHRASES, (lambda found: len(found.rows), _MOST_KEPT))
        self._norm = _weigh_lengths(index.lengths)
        self._article_norm = _weigh_lengths(np.bincount(index.articles, index.lengths))

    def score(
        self,
        store: CorpusStore,
        phrases: Sequence[str],
        may: NDArray[np.bool_],
        rarest: int | None = None,
    ) -> NDArray[np.float32]:
        """Return what phrases are worth to each passage, 0 to 1, float32 ``(n,)``.

        A third of it is the passage's BM25 for any of them, as a share of the best passage's;
        two thirds are its article's. It is 0 where none stands in the passage.

        Args:
            store: The store.
            phrases: As ``find_phrases`` gives them.
            may: Which passages count, bool ``(n,)``; the others have 0.
            rarest: How many of the phrases count, those of the fewest passages; ``None`` for all.
        """
        passages = np.zeros(len(may), np.float32)
        articles = np.zeros(len(self._article_norm), np.float32)
        spoken = np.zeros(len(may), np.bool_)
        for terms in self._choose(store, phrases, rarest):
            found = self._find(store, terms)
            passages[found.rows] += found.worth
            articles[found.articles] += found.article_worth
            spoken[found.rows] = True
        # Of a million passages, a walk over flags takes a tenth of one over numbers.
        rows = np.flatnonzero(spoken & may)
        words = np.zeros(len(may), np.float32)
        if len(rows):
            wholes = articles[self._index.articles[rows]]
            own = passages[rows]
            own /= own.max()
            words[rows] = own + ARTICLE_SHARE * (wholes / wholes.max() - own)
        return words

    def _choose(
        self, store: CorpusStore, phrases: Sequence[str], rarest: int | None
    ) -> list[tuple[str, ...]]:
        """Return the words of the phrases that count."""
        split = split_phrases(phrases)
        if rarest is None or len(split) <= rarest:
            return split
        counts = count_words(store, {term for terms in split for term in terms})
        # A phrase stands in no more passages than its rarest word.
        fewest = {terms: min(counts.get(term, 0) for term in terms) for terms in split}
        there = (terms for terms in fewest if fewest[terms])
        return sorted(there, key=lambda terms: (fewest[terms], terms))[:rarest]

    def find(self, store: CorpusStore, phrase: str) -> NDArray[np.bool_]:
        """Return the passages that a phrase stands in, bool ``(n,)``; all for one of no words."""
        found = np.zeros(len(self._index.ids), np.bool_)
        split = split_phrases(find_phrases("", (phrase,)))
        for terms in split:
            found[self._find(store, terms).rows] = True
        return found if split else ~found

    def have_all(
        self, store: CorpusStore, phrases: Sequence[str], passage_ids: Sequence[int]
    ) -> NDArray[np.bool_]:
        """Return which passages all of these phrases stand in, bool ``(len(passage_ids),)``."""
        rows = self._index.rows_of(np.array(passage_ids, np.int64))
        split = split_phrases(phrases)
        found = np.full(len(rows), bool(split))
        for terms in split:
            there = self._find(store, terms).rows
            found &= np.searchsorted(there, rows, "right") > np.searchsorted(there, rows)
        return found

    def _find(self, store: CorpusStore, terms: tuple[str, ...]) -> _Worth:
        return self._kept.get(terms, lambda: self._weigh(*self._look(store, terms)))

    def _look(self, store: CorpusStore, terms: tuple[str, ...]) -> Places:
        known = None
        # What is kept is of the articles of the index, where that is kept itself.
        if len(terms) == 1 and len(self._index.signs):
            known = read_common(store, self._index, terms[0])
        return known or count_times(self._index, _list_passages(store, terms))

    def _weigh(self, rows: NDArray[np.int64], times: NDArray[Any]) -> _Worth:
        in_articles = np.bincount(self._index.articles[rows], times, len(self._article_norm))
        articles = np.flatnonzero(in_articles)
        return _Worth(
            rows,
            _weigh_times(times, self._norm, rows),
            articles.astype(np.int32),
            _weigh_times(in_articles[articles], self._article_norm, articles),
        )


def _weigh_lengths(lengths: NDArray[Any]) -> NDArray[np.float32]:
    """Return what BM25 adds to the times that a word stands in texts of these lengths."""
    mean = max(float(lengths.mean()), 1e-9) if len(lengths) else 1.0
    norm: NDArray[np.float32] = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)
    return norm


def _weigh_times(
    times: NDArray[Any], norm: NDArray[np.float32], rows: NDArray[Any]
) -> NDArray[np.float32]:
    """Return the BM25 of a phrase for the texts it stands in, so many times in each."""
    without = len(norm) - len(rows)
    rare = max(math.log((without + 0.5) / (len(rows) + 0.5)), _LEAST_IDF)
    worth: NDArray[np.float32] = (rare * (_K1 + 1) * times / (times + norm[rows])).astype(
        np.float32
    )
    return worth


def _list_passages(store: CorpusStore, terms: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the id of a passage once for each time that these words stand there in a row."""
    if len(terms) == 1:
        return find_word(store, terms[0])
    found = [find_word(store, term, places=True) for term in terms]
    starts = found[0]
    for at, other in enumerate(found[1:], start=1):
        starts = np.intersect1d(starts, other - at, assume_unique=True)
    return starts // PLACES
