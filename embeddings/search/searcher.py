"""Similar passages: words and vectors, fused, with filters."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.citations import read_quotations
from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from embeddings.search.allowed import Allowed
from embeddings.search.hits import Hit, show_hits
from embeddings.search.index import MovedError, SearchIndex, list_passages, read_index, read_stamp
from embeddings.search.phrases import find_phrases
from embeddings.search.postings import Postings
from embeddings.search.ranking import Ranking
from embeddings.vectors.embedding import expect_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.protocol import Encoder

# Weight of meaning (cosine) against words (BM25); see docs/decisions/search.md.
MEANING_WEIGHT = 0.7


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        vector: Float32 ``(dimension,)``, of unit length.
        phrases: Words and phrases, any of them.
        filters: What the hits are limited to.
        weight: Of meaning against words: 1 is meaning alone, 0 words alone.
        left_out: A passage that is no hit, or ``None``.
    """

    vector: NDArray[np.float32]
    phrases: tuple[str, ...]
    filters: Filters
    weight: float
    left_out: int | None = None


class Searcher:
    """Searches, which keep what they have in common as long as the store is as it was.

    A process that searches more than once keeps one: the signs of all passages, the places of
    words asked for, the passages that filters let through. What another process stores is
    noticed. Several threads may share one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def find(
        self, store: CorpusStore, fingerprint: str, query: Query, limit: int = 10
    ) -> list[Hit]:
        """Return the best hits, best first; copies of one text are one hit.

        Args:
            store: The store, as it is to be searched.
            fingerprint: The encoder's.
            query: What is looked for.
            limit: The most hits.

        Raises:
            StoreError: Something that is read is damaged.
        """
        with self._lock:
            stamp = read_stamp(store, fingerprint)
            kept = self._kept
            if kept is None or kept.stamp != stamp or not stamp:
                kept = self._kept = _Kept(read_index(store, fingerprint), stamp)
            try:
                return kept.find(store, query, limit)
            except MovedError:
                kept = self._kept = _Kept(list_passages(store, fingerprint), stamp)
                return kept.find(store, query, limit)

    def search_text(
        self,
        store: CorpusStore,
        encoder: Encoder,
        query: str,
        *,
        filters: Filters | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Find the passages nearest to a query, best first.

        Raises:
            InputError: The query is empty.
            StoreError: The store's vectors are of another encoder.
        """
        # A byte of the command line that is no UTF-8 arrives as half a character.
        query = query.encode("utf-8", "replace").decode("utf-8")
        if not query.strip():
            raise InputError(
                'The query is empty; type what to look for: topicwire search "arms deliveries".'
            )
        expect_encoder(store, encoder)
        vector = encoder.encode([query], "query")[0]
        phrases = tuple(find_phrases(query))
        asked = Query(vector, phrases, filters or Filters(), MEANING_WEIGHT)
        return self.find(store, encoder.fingerprint, asked, limit)

    def search_like(
        self,
        store: CorpusStore,
        fingerprint: str,
        passage_id: int,
        *,
        filters: Filters | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Find the passages nearest to a stored one, which is itself left out.

        Needs no encoder: the passage has its vector.

        Raises:
            InputError: There is no such passage.
        """
        found = read_quotations(store, [passage_id])
        if not found:
            raise InputError(
                f"There is no passage {passage_id}; `topicwire search` and `topicwire copies` "
                "show the ids there are."
            )
        try:
            vector = store.vectors(fingerprint, [passage_id])[0]
        except KeyError:
            raise InputError(
                f"Passage {passage_id} is not embedded yet: a run was stopped; "
                "`topicwire cluster` goes on from there."
            ) from None
        # Its quotations are not phrases to look for.
        phrases = tuple(find_phrases(found[passage_id].text.replace('"', " ")))
        asked = Query(vector, phrases, filters or Filters(), MEANING_WEIGHT, passage_id)
        return self.find(store, fingerprint, asked, limit)


@dataclass
class _Kept:
    """What searches of one state of a store have in common."""

    index: SearchIndex
    stamp: str

    def __post_init__(self) -> None:
        self.postings, self.allowed = Postings(self.index), Allowed(self.index)

    def find(self, store: CorpusStore, query: Query, limit: int) -> list[Hit]:
        may = self.allowed.find(store, query.filters)
        if query.left_out is not None:
            may = may.copy()
            may[self.index.ids == query.left_out] = False
        if not may.any():
            return []
        words = np.where(may, self.postings.score(store, query.phrases), np.float32(0))
        words /= max(float(words.max()), 1e-9)
        ranking = Ranking(store, self.index, query.vector, words, may, query.weight)
        return show_hits(store, ranking.first(limit), query.phrases)


def search_text(
    store: CorpusStore,
    encoder: Encoder,
    query: str,
    *,
    filters: Filters | None = None,
    limit: int = 10,
) -> list[Hit]:
    """Search once; see ``Searcher.search_text``."""
    return Searcher().search_text(store, encoder, query, filters=filters, limit=limit)


def search_like(
    store: CorpusStore,
    fingerprint: str,
    passage_id: int,
    *,
    filters: Filters | None = None,
    limit: int = 10,
) -> list[Hit]:
    """Search once; see ``Searcher.search_like``."""
    return Searcher().search_like(store, fingerprint, passage_id, filters=filters, limit=limit)
