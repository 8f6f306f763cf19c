"""The passages of a corpus as points of a map: where each lies and what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.citations import ArticleLine
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.hierarchy.outline import Outline, read_outline
from topics.pipeline.assignments import read_points
from topics.pipeline.run import has_layout, lay_out

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class MapPoints:
    """Passages on the map, by article and position; copies of one text lie on one place.

    Attributes:
        places: float32 ``(n, 2)``, in any unit; y grows upwards.
        nodes: int64 ``(n,)``: row of the graph, the same for copies.
        topics: int64 ``(n,)``: id of the finest topic that is shown and holds it, else of the
            one it is counted under.
        article_of: int64 ``(n,)``: place in ``articles``.
        articles: Those that the passages are of.
        stories: Story of each article, or ``None``.
        texts: Of each passage, with its heading.
    """

    places: NDArray[np.float32]
    nodes: NDArray[np.int64]
    topics: NDArray[np.int64]
    article_of: NDArray[np.int64]
    articles: tuple[ArticleLine, ...]
    stories: tuple[int | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class MapPoint:
    """Where a passage lies on the map.

    Attributes:
        passage_id: The store's id.
        document_id: Its article.
        topic_id: The finest topic that is shown and holds it, else the one it is counted under.
        x: In any unit, the same for both; copies of one text lie on one place.
        y: Grows upwards.
    """

    passage_id: int
    document_id: str
    topic_id: int
    x: float
    y: float


@contextmanager
def open_laid_out(db: Database) -> Iterator[CorpusStore]:
    """Open a database whose topics, copies and stories are current, with its map laid out.

    The layout is computed once for a state of the corpus, and kept.

    Raises:
        StoreError: There is none, or articles came or went since it was clustered.
    """
    with open_clustered(db, current=True) as store:
        if has_layout(store):
            yield store
            return
    with open_clustered(db, current=True, write=True) as store:
        lay_out(store)
    with open_clustered(db, current=True) as store:
        yield store


def points(db: Database = "topicwire.db") -> list[MapPoint]:
    """Return where each passage lies on the map, by article and position.

    Args:
        db: The database; the map is laid out and stored where it is not yet.

    Raises:
        StoreError: There is no such database, or articles came or went since it was clustered.
    """
    with open_laid_out(db) as store:
        return list_points(store, lay_out(store))


def list_points(store: CorpusStore, places: NDArray[np.float32]) -> list[MapPoint]:
    """Return where each passage lies, given the places of the nodes, float32 ``(nodes, 2)``."""
    outline = read_outline(store)
    return [
        MapPoint(passage_id, document_id, outline.spots[leaf], *places[node].tolist())
        for node, leaf, _, document_id, *_, passage_id in read_points(store)
    ]


def gather_points(
    store: CorpusStore,
    outline: Outline,
    *,
    filters: Filters | None = None,
    topics: Collection[int] = (),
    documents: Collection[str] = (),
    places: NDArray[np.float32] | None = None,
) -> MapPoints:
    """Return the points of a store that is laid out.

    Args:
        store: Opened by ``open_laid_out``, or with ``places``.
        outline: Its topics.
        filters: Outlets, dates and languages to keep.
        topics: Only passages in one of these topics or below; all when empty.
        documents: Only passages of these articles; all when empty.
        places: Of each node, as ``lay_out`` returns them; those stored when none are given.
    """
    filters = filters or Filters()
    under = {leaf for one in topics for leaf in outline.under(one)}
    # node, leaf, text, document, title, source, published, url, story, passage
    rows = [
        row
        for row in read_points(store)
        if (not topics or row[1] in under)
        and (not documents or row[3] in documents)
        and filters.fit_outlet(row[5])
        and filters.fit_date(row[6])
    ]
    number: dict[str, int] = {}
    articles: list[ArticleLine] = []
    for _, _, _, document_id, title, source, published, url, _, _ in rows:
        if number.setdefault(document_id, len(articles)) == len(articles):
            articles.append(ArticleLine(document_id, title, source, published, url))
    stories = {row[3]: row[8] for row in rows}
    nodes = np.array([row[0] for row in rows], np.int64)
    places = lay_out(store) if places is None else places
    return MapPoints(
        places=places[nodes] if len(nodes) else np.zeros((0, 2), np.float32),
        nodes=nodes,
        topics=np.array([outline.spots[row[1]] for row in rows], int),
        article_of=np.array([number[row[3]] for row in rows], np.int64),
        articles=tuple(articles),
        stories=tuple(stories[one.document_id] for one in articles),
        texts=tuple(row[2] for row in rows),
    )
