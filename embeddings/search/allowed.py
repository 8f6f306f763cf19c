"""Which passages may be hits: those that pass the filters and have a vector."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.filters import Filters
from embeddings.corpus.full_text import mark_phrases
from embeddings.search.phrases import find_phrases, match_expression
from embeddings.search.recent import Recent
from embeddings.text.scripts import index_form

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

# Sets of filters, and titles, whose passages a process keeps: a byte a passage each.
_MOST_KEPT = 16

_OF_ARTICLES = (
    "SELECT p.id FROM documents AS d CROSS JOIN passages AS p ON p.document_id = d.id WHERE {}"
)
_OF_ROWS = (
    "SELECT p.id FROM json_each(?) AS j JOIN documents AS d ON d.rowid = j.value "
    "JOIN passages AS p ON p.document_id = d.id"
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
        self._kept = Recent["NDArray[np.bool_]"](_MOST_KEPT)

    def find(self, store: CorpusStore, filters: Filters) -> NDArray[np.bool_]:
        """Return which passages may be hits, bool ``(n,)``; not to be written to."""
        return self._kept.get(filters, lambda: self._look(store, filters))

    def find_title(self, store: CorpusStore, words: str) -> NDArray[np.bool_]:
        """Return the passages of articles with these words, in a row, in their title.

        Args:
            store: The store.
            words: Which are compared as those of passages are, by their stems.
        """
        return self._kept.get(words, lambda: self._look_for_title(store, words))

    def _look_for_title(self, store: CorpusStore, words: str) -> NDArray[np.bool_]:
        rows = store.rows("SELECT rowid, title FROM documents WHERE title != ''")
        titles = {rowid: index_form(title) for rowid, title in rows}
        fitting = mark_phrases(titles, match_expression(find_phrases("", (words,))))
        return self._mark(store, _OF_ROWS, [json.dumps(sorted(fitting))])

    def _look(self, store: CorpusStore, filters: Filters) -> NDArray[np.bool_]:
        may = self._index.places > 0  # a stopped run has not embedded all
        of_articles = replace(filters, topics=(), furniture=False)
        if of_articles != Filters():
            may &= self._mark(store, *_fill(_OF_ARTICLES, of_articles))
        if filters.topics:
            may &= self._mark(store, *_fill(_OF_TOPICS, Filters(topics=filters.topics)))
        if not filters.furniture:
            may &= ~self._mark(store, _FURNITURE, ())
        return may

    def _mark(
        self, store: CorpusStore, sql: str, parameters: Sequence[object]
    ) -> NDArray[np.bool_]:
        rows = store.rows(sql, parameters)
        marked = np.zeros(len(self._index.ids), np.bool_)
        marked[self._index.rows_of(np.array([one for (one,) in rows], np.int64))] = True
        return marked


def _fill(sql: str, filters: Filters) -> tuple[str, list[object]]:
    condition, parameters = filters.condition()
    return sql.format(condition), parameters
