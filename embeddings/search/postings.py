"""Which passages a phrase stands in, and what that is worth: BM25 over the full-text index.

SQLite's own ``bm25()`` looks up the length of every passage that it finds. With the lengths at
hand it is enough to read where words stand, which takes a fifth of the time, and what one phrase
is worth can be kept for the next query: the score of a query is the sum over its phrases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.full_text import PLACES, count_words, find_word, split_phrases
from embeddings.search.common import count_times, read_common
from embeddings.search.phrases import find_phrases
from embeddings.search.recent import Recent
from embeddings.search.worth import Word, WordScores, weigh_lengths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex
    from embeddings.search.places import Places

# Bytes of places that a process keeps, and the phrases that they are of.
_MOST_KEPT, _MOST_PHRASES = 48_000_000, 20_000


class Postings:
    """The passages that phrases stand in, those asked for before kept at hand.

    Args:
        index: The passages.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._kept = Recent[Word](_MOST_PHRASES, (lambda found: found.places.size, _MOST_KEPT))
        self._norm = weigh_lengths(index.lengths)
        self._article_norm = weigh_lengths(np.bincount(index.articles, index.lengths))

    def score(
        self,
        store: CorpusStore,
        phrases: Sequence[str],
        may: NDArray[np.bool_],
        rarest: int | None = None,
    ) -> WordScores:
        """Return what phrases are worth to each passage.

        Args:
            store: The store.
            phrases: As ``find_phrases`` gives them.
            may: Which passages count, bool ``(n,)``; the others have 0.
            rarest: How many of the phrases count, those of the fewest passages; ``None`` for all.
        """
        words = [self._find(store, terms) for terms in self._choose(store, phrases, rarest)]
        return WordScores(words, self._index.articles, may)

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
            self._find(store, terms).places.mark(found)
        return found if split else ~found

    def have_all(
        self, store: CorpusStore, phrases: Sequence[str], passage_ids: Sequence[int]
    ) -> NDArray[np.bool_]:
        """Return which passages all of these phrases stand in, bool ``(len(passage_ids),)``."""
        rows, back = np.unique(
            self._index.rows_of(np.array(passage_ids, np.int64)), return_inverse=True
        )
        split = split_phrases(phrases)
        times = np.zeros(len(rows), np.int64)
        for terms in split:
            times[self._find(store, terms).places.look_up(rows)[0]] += 1
        found: NDArray[np.bool_] = (times[back] == len(split)) & bool(split)
        return found

    def _find(self, store: CorpusStore, terms: tuple[str, ...]) -> Word:
        return self._kept.get(
            terms,
            lambda: Word.weigh(self._look(store, terms), self._norm, self._article_norm),
        )

    def _look(self, store: CorpusStore, terms: tuple[str, ...]) -> Places:
        known = None
        # What is kept is of the articles of the index, where that is kept itself.
        if len(terms) == 1 and len(self._index.signs):
            known = read_common(store, self._index, terms[0])
        return known or count_times(self._index, _list_passages(store, terms))


def _list_passages(store: CorpusStore, terms: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the id of a passage once for each time that these words stand there in a row."""
    if len(terms) == 1:
        return find_word(store, terms[0])
    found = [find_word(store, term, places=True) for term in terms]
    starts = found[0]
    for at, other in enumerate(found[1:], start=1):
        starts = np.intersect1d(starts, other - at, assume_unique=True)
    return starts // PLACES
