"""Which passages may be hits: those that pass the filters and have a vector."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.filters import Filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

# Sets of filters whose passages a process keeps: a byte a passage each.
_MOST_KEPT = 16

_OF_ARTICLES = (
    "SELECT p.id FROM documents AS d CROSS JOIN passages AS p ON p.document_id = d.id WHERE {}"
)
_OF_TOPICS = "SELECT a.passage_id FROM assignments AS a WHERE {}"
# What stands in a topic all the same was put there by hand.
_FURNITURE = (
    "SELECT f.passage_id FROM furniture AS f LEFT JOIN assignments AS a "
    "ON a.passage_id = f.passage_id WHERE a.topic_id IS NULL"
)


class Allowed:
    """The passages that filters let through, those asked for before kept at hand.

    Args:
        index: The passages.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._kept: dict[Filters, NDArray[np.bool_]] = {}

    def find(self, store: CorpusStore, filters: Filters) -> NDArray[np.bool_]:
        """Return which passages may be hits, bool ``(n,)``; not to be written to."""
        found = self._kept.pop(filters, None)
        if found is None:
            found = self._look(store, filters)
        self._kept[filters] = found
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    def _look(self, store: CorpusStore, filters: Filters) -> NDArray[np.bool_]:
        may = self._index.places > 0  # a stopped run has not embedded all
        of_articles = replace(filters, topics=(), furniture=False)
        if of_articles != Filters():
            may &= self._mark(store, _OF_ARTICLES, of_articles)
        if filters.topics:
            may &= self._mark(store, _OF_TOPICS, Filters(topics=filters.topics))
        if not filters.furniture:
            may &= ~self._mark(store, _FURNITURE, Filters())
        return may

    def _mark(self, store: CorpusStore, sql: str, filters: Filters) -> NDArray[np.bool_]:
        condition, parameters = filters.condition()
        rows = store.rows(sql.format(condition), parameters)
        marked = np.zeros(len(self._index.ids), np.bool_)
        marked[self._index.rows_of(np.array([one for (one,) in rows], np.int64))] = True
        return marked
