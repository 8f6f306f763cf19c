"""Where relevance stops: which hits are more like the query than chance has it.

How near two texts are that have nothing to do with each other is the model's own: a cosine of 0
for some, of .7 for others. It is read from passages of the corpus, taken two by two. See
docs/decisions/search.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.search.index import read_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex
    from embeddings.search.ranking import Ranked

# Passages that are compared with each other, and the share of pairs taken to be unrelated.
_SAMPLE, _UNRELATED = 512, 0.05
# Of fewer it cannot be told what is unrelated.
_FEWEST = 100
# How far from there to a cosine of 1 the best hit lies where a query has any, and each hit.
_BEST, _RELATED = 0.43, 0.34


class Background:
    """How near unrelated texts come to each other in a corpus.

    Args:
        index: The passages.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._unrelated: float | None = None

    def tell(
        self, store: CorpusStore, ranked: Sequence[Ranked], spoken: NDArray[np.bool_]
    ) -> list[Ranked]:
        """Return passages with whether they are related to the query that found them.

        Args:
            store: The store.
            ranked: The passages.
            spoken: Which of them have all words of the query, bool ``(len(ranked),)``: these are.
        """
        if self._unrelated is None:
            self._unrelated = self._measure(store)
        if not np.isfinite(self._unrelated):
            return list(ranked)
        far = 1 - self._unrelated
        best = max((one.meaning for one in ranked), default=0.0)
        bar = self._unrelated + _RELATED * far
        if best < self._unrelated + _BEST * far:
            bar = np.inf
        return [
            replace(one, related=bool(has_all) or one.meaning >= bar)
            for one, has_all in zip(ranked, spoken, strict=True)
        ]

    def _measure(self, store: CorpusStore) -> float:
        rows = np.flatnonzero(self._index.places > 0)
        if len(rows) < _FEWEST:
            return -np.inf
        spread = np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.int64)
        rows = rows[np.flatnonzero(np.bincount(spread))]
        vectors = np.concatenate([some for _, some in read_vectors(store, self._index, rows)])
        pairs: NDArray[np.float32] = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
        # As np.quantile has it, which would import masked arrays: 30 ms of a fresh process.
        part, low = np.modf(_UNRELATED * (len(pairs) - 1))
        places = [int(low), int(low) + 1]
        below, above = np.partition(pairs, places)[places].tolist()
        return float(below + part * (above - below))
