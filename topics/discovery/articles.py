"""What a passage means as a part of its article: line-ups, tables and quotes take its subject.

A list of scorers is nearest to other lists of scorers, whatever their matches. So topics are
found from passages mixed with the mean of their article, the shorter the more. By such vectors
a passage is nearest to those of its own article, then to all of the next one: so its neighbours
are the nearest passage of each of so many other articles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import run_blocks
from embeddings.corpus.checksums import sum_vectors
from embeddings.vectors.growing import Found, Lists, Pairs, bring_up, measure_recall
from embeddings.vectors.neighbours import (
    EXACT_ROWS,
    UNIT_ROWS,
    NeighbourGraph,
    find_neighbours,
    unit_rows,
)
from embeddings.vectors.products import MARGIN, measure_pairs, multiply
from topics.discovery.weights import neighbours_used

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# The mean of an article counts as so much text of a passage (Dirichlet smoothing; Zhai and
# Lafferty, 2001), in bytes of UTF-8, of which a word takes about as many in English as in
# Chinese: 40 words of English. Measured in docs/decisions/topics.md.
ARTICLE_BYTES = 240
# In a corpus of no more articles subjects stand inside articles.
FEW_ARTICLES = 40
# Of more than ``EXACT_ROWS`` passages each is compared with those of so many articles that are
# nearest to its own, and with its neighbours by its own vector.
NEAR_ARTICLES = 80
# Cosines in one product: 16 MB.
_CELLS = 4_000_000

Rows = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """Passages as parts of their articles.

    Attributes:
        graph: The neighbours that topics are found from.
        vectors: The vectors that they are found from, shape ``(n, d)``.
        crowd: How many rows there are for each article; 1 where articles say nothing.
        lists: What the graph was taken from, to be kept for the next run; ``None`` there.
    """

    graph: NeighbourGraph
    vectors: Rows
    crowd: float = 1.0
    lists: Lists | None = None


def list_articles(of_passage: Labels, documents: Sequence[str]) -> csr_array:
    """Say which rows each article holds; articles of the very same rows are one.

    Args:
        of_passage: Shape ``(passages,)``, the row of each, -1 for none.
        documents: Article of each passage.

    Returns:
        float64 of shape ``(rows, articles)``, 1 where the row is of the article; sorted.
    """
    from scipy.sparse import csr_array

    known: dict[str, int] = {}
    number = np.array([known.setdefault(one, len(known)) for one in documents], np.int64)
    span = int(of_passage.max(initial=0)) + 1
    held = np.unique((number * span + of_passage)[of_passage >= 0])
    parts = np.split(held % span, np.flatnonzero(np.diff(held // span)) + 1)
    articles = sorted({tuple(part.tolist()) for part in parts if len(part)})
    rows = np.array([row for article in articles for row in article], np.int64)
    numbers = np.repeat(np.arange(len(articles)), [len(article) for article in articles])
    shape = (int(of_passage.max(initial=-1)) + 1, len(articles))
    found = csr_array((np.ones(len(rows)), (rows, numbers)), shape=shape)
    found.sort_indices()
    return found


def read_in_articles(
    graph: NeighbourGraph,
    vectors: Rows,
    articles: csr_array,
    texts: Sequence[str],
    keys: Sequence[bytes],
    known: Lists | None = None,
) -> Reading:
    """Return the neighbours and vectors that topics are found from, and how rows crowd.

    Args:
        graph: Neighbours of each row by its own vector.
        vectors: Shape ``(n, d)``, in canonical order.
        articles: From ``list_articles``.
        texts: Text of each row.
        keys: Of each row, ascending, no two alike.
        known: What the last run kept.

    Returns:
        Graph and vectors as given where there are no more than ``FEW_ARTICLES`` articles, or none
        of several rows; else the nearest row of each of ``neighbours_used`` other articles, fewer
        in a corpus of few articles, and unit rows, those alone in their article as they were.
    """
    # A row of several articles stands in the first of them where it is one's neighbour.
    homes = articles.indices[articles.indptr[:-1]].astype(np.int64)
    count = len(np.unique(homes))
    if count <= FEW_ARTICLES or articles.nnz == articles.shape[1]:
        return Reading(graph, vectors)
    k = min(neighbours_used(count), graph.k)
    mixed = _mix(unit_rows(vectors), articles, texts)
    search = _Search(mixed, articles, homes, graph)
    lists = bring_up(search, keys, search.sum_rows(keys), k, known)
    indices, similarities = search.fill(lists.indices[:, :k], lists.similarities[:, :k])
    near = NeighbourGraph(indices, similarities, min(graph.recall, lists.recall))
    return Reading(near, mixed, graph.size / count, lists)


def _mix(unit: Rows, articles: csr_array, texts: Sequence[str]) -> Rows:
    """Add to each row the mean of its article; rows of articles of one row stay as they are."""
    means = unit_rows(multiply(articles.T, unit).astype(np.float32))
    own = np.array([len(text.encode()) for text in texts], np.float32)[:, None]
    others = np.flatnonzero(articles @ (articles.sum(axis=0) - 1))
    mixed = unit.copy()
    for start in range(0, len(others), UNIT_ROWS):
        part = others[start : start + UNIT_ROWS]
        held = articles[part]
        used = np.unique(held.indices)
        around = unit_rows((held[:, used] @ means[used]).astype(np.float32))
        mixed[part] = unit_rows(own[part] * unit[part] + np.float32(ARTICLE_BYTES) * around)
    return mixed


class _Search:
    """Rows compared with rows of other articles, of each of which the nearest is a neighbour."""

    def __init__(
        self, mixed: Rows, articles: csr_array, homes: Labels, graph: NeighbourGraph
    ) -> None:
        self.unit, self.articles, self.homes, self.graph = mixed, articles, homes, graph
        # Turned once: a product with each article's rows would turn it each time.
        self.rows = articles.T.tocsr()
        # Rows by the article that they stand in, and where each of these begins.
        self.order = np.argsort(homes, kind="stable")
        self.starts = np.searchsorted(homes[self.order], np.arange(articles.shape[1] + 1))

    def sum_rows(self, keys: Sequence[bytes]) -> Labels:
        """Return a checksum of each row, its articles, and all rows that stand where it does.

        Of the rows of an article one is a neighbour: where one of them has changed, another may be.
        """
        held = self.articles.tocsc()
        named = b"".join(
            hashlib.blake2b(
                b"".join([keys[row] for row in held.indices[start:end].tolist()]), digest_size=8
            ).digest()
            for start, end in zip(held.indptr[:-1], held.indptr[1:], strict=True)
        )
        names = np.frombuffer(named, np.int64)[self.articles.indices]
        own = sum_vectors(self.unit) + np.add.reduceat(names, self.articles.indptr[:-1])
        sums = np.zeros(self.articles.shape[1], np.int64)
        np.add.at(sums, self.homes, own)
        return own + sums[self.homes]

    def search(self, rows: Labels, width: int) -> Found:
        """Compare some rows with all; see ``embeddings.vectors.growing.Rows``."""
        articles = np.arange(len(self.starts) - 1)
        step = max(_CELLS // len(self.homes), 1)
        found = _make_lists(len(rows), width)

        def compare(start: int) -> None:
            part = slice(start, start + step)
            pairs = self._compare(rows[part], articles, width)
            self._put(found, np.arange(len(rows))[part], rows[part], pairs)

        run_blocks(compare, range(0, len(rows), step))
        return found

    def search_all(self, width: int) -> tuple[NDArray[np.int32], Rows, float]:
        """Compare all rows, where they are many only those that are likely to be near."""
        size = len(self.homes)
        if size <= EXACT_ROWS:
            return *self.search(np.arange(size), width), 1.0
        near = self._find_near_articles()
        found = _make_lists(size, width)

        def compare(article: int) -> None:
            held = self.order[self.starts[article] : self.starts[article + 1]]
            likely = np.unique(near[np.unique(self.articles[held].indices)])
            columns = int((self.starts[likely + 1] - self.starts[likely]).sum())
            step = max(_CELLS // max(columns, 1), 1)
            for rows in (held[start : start + step] for start in range(0, len(held), step)):
                pairs = self._compare(rows, likely, width)
                beside = self.graph.indices[rows].ravel().astype(np.int64)
                owners = np.repeat(rows, self.graph.k)
                more = self.choose((owners, beside, measure_pairs(self.unit, owners, beside)))
                both: list[NDArray[Any]] = [
                    np.concatenate((pairs[at], more[at])) for at in range(3)
                ]
                self._put(found, rows, rows, (both[0], both[1], both[2]))

        run_blocks(compare, np.unique(self.homes).tolist())
        short = np.flatnonzero(found[0][:, -1] < 0)
        found[0][short], found[1][short] = self.search(short, width)
        return *found, measure_recall(self, found[1])

    def choose(self, pairs: Pairs) -> Pairs:
        """Leave out pairs of one article, and take of each article the row that is nearest."""
        rows, others, cosines = pairs
        apart = self.homes[rows] != self.homes[others]
        # Rows that stand in different articles may share another.
        twice = np.flatnonzero(apart & (self._several[rows] | self._several[others]))
        shared = self.articles[rows[twice]].multiply(self.articles[others[twice]])
        apart[twice] = shared.sum(axis=1) == 0
        return self._take_nearest((rows[apart], others[apart], cosines[apart]))

    def fill(
        self, indices: NDArray[np.int32], similarities: Rows
    ) -> tuple[NDArray[np.int32], Rows]:
        """Put rows of their own articles last where rows have too few neighbours, at -1."""
        short = np.flatnonzero((indices < 0).any(axis=1))
        if not len(short):
            return indices, similarities
        indices, similarities = indices.copy(), similarities.copy()
        for row in short.tolist():
            gaps = indices[row] < 0
            others = np.setdiff1d(np.arange(len(self.homes)), [row, *indices[row].tolist()])
            indices[row, gaps] = others[: gaps.sum()]
            similarities[row, gaps] = -1.0
        return indices, similarities

    @cached_property
    def _several(self) -> NDArray[np.bool_]:
        """Which rows stand in several articles."""
        return np.asarray(np.diff(self.articles.indptr) > 1)

    def _find_near_articles(self) -> NDArray[np.int32]:
        """Return the articles nearest to each by the means of their rows."""
        means = unit_rows(multiply(self.articles.T, self.unit).astype(np.float32))
        keys = [number.to_bytes(4, "big") for number in range(len(means))]
        return find_neighbours(means, NEAR_ARTICLES, keys=keys).indices

    def _compare(self, rows: Labels, articles: Labels, width: int) -> Pairs:
        """Return pairs of rows with the nearest row of each of their ``width`` nearest articles."""
        begins, ends = self.starts[articles], self.starts[articles + 1]
        begins, sizes = begins[ends > begins], (ends - begins)[ends > begins]
        first = np.cumsum(sizes) - sizes
        others = self.order[np.repeat(begins - first, sizes) + np.arange(sizes.sum())]
        cosines, queries = np.empty((len(rows), len(others)), np.float32), self.unit[rows]
        for start in range(0, len(others), UNIT_ROWS):
            part = slice(start, start + UNIT_ROWS)
            cosines[:, part] = queries @ self.unit[others[part]].T
        own = self.articles[rows] @ self.rows
        line = np.repeat(np.arange(len(rows)), np.diff(own.indptr))
        by_row = np.argsort(others)
        place = np.searchsorted(others, own.indices, sorter=by_row)
        column = by_row[np.minimum(place, len(others) - 1)]
        there = others[column] == own.indices
        cosines[line[there], column[there]] = -np.inf
        best = np.maximum.reduceat(cosines, first, axis=1)
        # What a product says is right to MARGIN; what may be among the nearest is measured.
        few = min(width, best.shape[1])
        bar = np.partition(best, best.shape[1] - few, axis=1)[:, best.shape[1] - few]
        line, at = np.nonzero(cosines >= np.maximum(bar - 2 * MARGIN, -2.0)[:, None])
        article = np.repeat(np.arange(len(sizes)), sizes)[at]
        nearly = cosines[line, at] >= best[line, article] - 2 * MARGIN
        first_row, second_row = rows[line[nearly]], others[at[nearly]]
        measured = measure_pairs(self.unit, first_row, second_row)
        return self._take_nearest((first_row, second_row, measured))

    def _take_nearest(self, pairs: Pairs) -> Pairs:
        """Take of each row and article the nearest row; by row, nearest first."""
        order = np.lexsort((pairs[1], -pairs[2], pairs[0]))
        rows, others, cosines = pairs[0][order], pairs[1][order], pairs[2][order]
        keys = rows * len(self.homes) + self.homes[others]
        first = np.sort(np.unique(keys, return_index=True)[1])
        return rows[first], others[first], cosines[first]

    def _put(self, found: Found, places: Labels, rows: Labels, pairs: Pairs) -> None:
        """Write the nearest rows of some into their lists, which stand at some places."""
        owners, others, cosines = self._take_nearest(pairs)
        rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
        near = rank < found[0].shape[1]
        place = np.empty(len(self.homes), np.int64)
        place[rows] = places
        at = place[owners[near]], rank[near]
        found[0][at], found[1][at] = others[near], cosines[near]


def _make_lists(rows: int, width: int) -> Found:
    """Make lists with nothing in them."""
    return np.full((rows, width), -1, np.int32), np.full((rows, width), -np.inf, np.float32)
