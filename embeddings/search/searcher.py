"""Similar passages: words and vectors, fused, with filters."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from embeddings.blocks import one_blas_thread
from embeddings.corpus.citations import find_keys, read_quotations
from embeddings.corpus.filters import Filters, find_outlets
from embeddings.errors import InputError
from embeddings.search.allowed import Allowed
from embeddings.search.found import FIRST, Found
from embeddings.search.hits import show_hits
from embeddings.search.index import MovedError, SearchIndex, list_passages, read_index, read_stamp
from embeddings.search.phrases import find_phrases
from embeddings.search.postings import Postings
from embeddings.search.query import TypedQuery, expect_query, parse_query
from embeddings.search.ranking import Ranking
from embeddings.search.relevance import Background
from embeddings.search.spelling import mend_query
from embeddings.vectors.embedding import expect_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.protocol import Encoder, Role

# Weight of meaning (cosine) against words (BM25); see docs/decisions/search.md.
MEANING_WEIGHT = 0.75

Mode = Literal["hybrid", "meaning", "words"]
MODES: dict[str, float] = {"hybrid": MEANING_WEIGHT, "meaning": 1.0, "words": 0.0}
"""Ways to search, and what meaning weighs in each."""

# Of a text its rarest words are looked for.
RAREST = 24


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        vector: Float32 ``(dimension,)``, of unit length; ``None`` where words alone are.
        phrases: Words and phrases, any of them.
        filters: What the hits are limited to.
        weight: Of meaning against words: 1 is meaning alone, 0 words alone.
        typed: What else the hits must have or may not have.
        left_out: A passage that is no hit, or ``None``.
        rarest: How many of the phrases count, the rarest; ``None`` for all.
    """

    vector: NDArray[np.float32] | None
    phrases: tuple[str, ...]
    filters: Filters
    weight: float
    typed: TypedQuery | None = None
    left_out: int | None = None
    rarest: int | None = None


class Searcher:
    """Searches, which keep what they have in common as long as the store is as it was.

    A process that searches more than once keeps one: the signs of all passages, the places of
    words asked for, the passages that filters let through. What another process stores is
    noticed. Several threads may share one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def find(self, store: CorpusStore, fingerprint: str, query: Query, limit: int = 10) -> Found:
        """Return the best hits, best first; copies of one text are one hit.

        Args:
            store: The store, as it is to be searched.
            fingerprint: The encoder's.
            query: What is looked for.
            limit: The most hits.

        Raises:
            InputError: An outlet that is asked for is none.
            StoreError: Something that is read is damaged.
        """
        stamp = read_stamp(store, fingerprint)
        with one_blas_thread():
            try:
                return self._open(store, fingerprint, stamp).find(store, query, limit)
            except MovedError:
                kept = _Kept(list_passages(store, fingerprint), stamp)
                with self._lock:
                    self._kept = kept
                return kept.find(store, query, limit)

    def _open(self, store: CorpusStore, fingerprint: str, stamp: str) -> _Kept:
        # Threads that ask at once wait for one of them to read the index, not for its search.
        with self._lock:
            if self._kept is None or self._kept.stamp != stamp or not stamp:
                self._kept = _Kept(read_index(store, fingerprint), stamp)
            return self._kept

    def search_text(
        self,
        store: CorpusStore,
        encoder: Encoder | None,
        query: str | TypedQuery,
        *,
        filters: Filters | None = None,
        limit: int = FIRST,
        mode: Mode = "hybrid",
    ) -> Found:
        """Find the passages nearest to a query, best first.

        Args:
            store: The store.
            encoder: Its encoder; not needed where words alone are looked for.
            query: As it is typed, or read.
            filters: What the hits are limited to.
            limit: The most hits.
            mode: Whether meaning, words or both count.

        Raises:
            InputError: The query asks for nothing, or for an outlet that is none.
            StoreError: The store's vectors are of another encoder.
        """
        if isinstance(query, str):
            # A byte of the command line that is no UTF-8 arrives as half a character.
            query = parse_query(query.encode("utf-8", "replace").decode("utf-8"))
        expect_query(query)
        mended = mend_query(store, query)
        typed = mended.query
        vector = None
        if encoder and mode != "words":
            expect_encoder(store, encoder)
            role: Role = "passage" if typed.is_text else "query"
            vector = encoder.encode([typed.text], role)[0]
        words = typed.text if typed.is_text else typed.plain
        phrases = find_phrases(words, (*typed.texts("phrase"), *typed.texts("title")))
        rarest = RAREST if typed.is_text else None
        asked = Query(
            vector, tuple(phrases), filters or Filters(), MODES[mode], typed, rarest=rarest
        )
        fingerprint = encoder.fingerprint if encoder else store.setting("encoder")["fingerprint"]
        notes = (*mended.notes, note) if (note := query.note_operators()) else mended.notes
        return self.find(store, fingerprint, asked, limit).add(*notes)

    def search_like(
        self,
        store: CorpusStore,
        fingerprint: str,
        passage_id: int,
        *,
        filters: Filters | None = None,
        limit: int = FIRST,
        mode: Mode = "hybrid",
    ) -> Found:
        """Find the passages nearest to a stored one, which is itself left out.

        Needs no encoder: the passage has its vector.

        Raises:
            InputError: There is no such passage.
        """
        find_keys(store, passage_id)
        found = read_quotations(store, [passage_id])
        try:
            vector = store.vectors(fingerprint, [passage_id])[0]
        except KeyError:
            raise InputError(
                f"Passage {passage_id} is not embedded yet: a run was stopped; "
                "`topicwire cluster` goes on from there."
            ) from None
        phrases = tuple(find_phrases(found[passage_id].text))
        asked = Query(
            vector,
            phrases,
            filters or Filters(),
            MODES[mode],
            left_out=passage_id,
            rarest=RAREST,
        )
        return self.find(store, fingerprint, asked, limit)


@dataclass
class _Kept:
    """What searches of one state of a store have in common."""

    index: SearchIndex
    stamp: str

    def __post_init__(self) -> None:
        self.postings, self.allowed = Postings(self.index), Allowed(self.index)
        self.background = Background(self.index)

    def find(self, store: CorpusStore, query: Query, limit: int) -> Found:
        may = self.allowed.find(store, query.filters)
        if query.left_out is not None:
            may = may & (self.index.ids != query.left_out)
        if not may.any():
            return Found((), end="No passage fits these filters.")
        if query.typed:
            may, end = self._narrow(store, query.typed, may)
            if end:
                return Found((), end=end)
        words = self.postings.score(store, query.phrases, may, query.rarest)
        if query.vector is None:
            may = words.spoken
            if not may.any():
                return Found((), end="No passage has any of these words.")
        ranking = Ranking(store, self.index, query.vector, words, may, query.weight)
        ranked = ranking.first(limit)
        if query.vector is not None:
            ids = [one.passage_id for one in ranked]
            spoken = self.postings.have_all(store, query.phrases, ids)
            ranked = self.background.tell(store, ranked, spoken)
        return Found(tuple(show_hits(store, ranked, query.phrases)))

    def _narrow(
        self, store: CorpusStore, typed: TypedQuery, may: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], str]:
        """Leave out what a query does; or say which part of it lets nothing through."""
        for part in typed.parts:
            if part.kind == "outlet":
                names = (part.text,) if part.out else typed.texts("outlet")  # any of them
                sources = find_outlets(store, names, parts=True)
                fits = self.allowed.find(store, Filters(sources=sources, furniture=True))
            elif part.kind == "title":
                fits = self.allowed.find_title(store, part.text)
            else:
                fits = self.postings.find(store, part.text)
            may = may & (~fits if part.out else fits)
            if not may.any():
                asked = typed.typed[part.start : part.end]
                return may, f"With {asked}, no passage fits all that is asked for."
        return may, ""


def search_text(
    store: CorpusStore,
    encoder: Encoder,
    query: str,
    *,
    filters: Filters | None = None,
    limit: int = FIRST,
) -> Found:
    """Search once; see ``Searcher.search_text``."""
    return Searcher().search_text(store, encoder, query, filters=filters, limit=limit)


def search_like(
    store: CorpusStore,
    fingerprint: str,
    passage_id: int,
    *,
    filters: Filters | None = None,
    limit: int = FIRST,
) -> Found:
    """Search once; see ``Searcher.search_like``."""
    return Searcher().search_like(store, fingerprint, passage_id, filters=filters, limit=limit)
