"""Which passages a phrase stands in, and what that is worth: BM25 over the full-text index.

SQLite's own ``bm25()`` looks up the length of every passage that it finds. With the lengths at
hand it is enough to read where words stand, which takes a fifth of the time, and what one phrase
is worth can be kept for the next query: the score of a query is the sum over its phrases.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.full_text import PLACES, find_word, split_phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

    # Rows, and what a phrase is worth in each.
    _Worth = tuple[NDArray[np.int64], NDArray[np.float32]]

# As in FTS5 (https://sqlite.org/fts5.html, the bm25() function).
_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6

# Postings that a process keeps, 12 bytes each, and the phrases that they are of.
_MOST_KEPT, _MOST_PHRASES = 4_000_000, 20_000


class Postings:
    """The passages that phrases stand in, those asked for before kept at hand.

    Args:
        index: The passages.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._kept: dict[tuple[str, ...], _Worth] = {}
        self._number = 0
        total = len(index.lengths) and float(index.lengths.mean())
        self._norm = _K1 * (1 - _B + _B * index.lengths.astype(np.float32) / max(total, 1e-9))

    def score(self, store: CorpusStore, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 of each passage for any of these phrases, 0 or more, float32 ``(n,)``."""
        scores = np.zeros(len(self._index.ids), np.float32)
        for terms in split_phrases(phrases):
            rows, worth = self._find(store, terms)
            scores[rows] += worth
        return scores

    def _find(self, store: CorpusStore, terms: tuple[str, ...]) -> _Worth:
        found = self._kept.pop(terms, None)
        if found is None:
            found = self._weigh(_list_passages(store, terms))
            self._number += len(found[0])
        self._kept[terms] = found  # the last asked for is the last to be dropped
        while self._number > _MOST_KEPT or len(self._kept) > _MOST_PHRASES:
            self._number -= len(self._kept.pop(next(iter(self._kept)))[0])
        return found

    def _weigh(
        self, passage_ids: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        ids, times = np.unique(passage_ids, return_counts=True)
        rows = self._index.rows_of(ids)
        without = len(self._index.ids) - len(ids)
        rare = max(math.log((without + 0.5) / (len(ids) + 0.5)), _LEAST_IDF)
        share = times / (times + self._norm[rows])
        return rows, (rare * (_K1 + 1) * share).astype(np.float32)


def _list_passages(store: CorpusStore, terms: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the id of a passage once for each time that these words stand there in a row."""
    if len(terms) == 1:
        return find_word(store, terms[0])
    found = [find_word(store, term, places=True) for term in terms]
    starts = found[0]
    for at, other in enumerate(found[1:], start=1):
        starts = np.intersect1d(starts, other - at, assume_unique=True)
    return starts // PLACES
