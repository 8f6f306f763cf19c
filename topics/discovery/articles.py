"""What a passage means as a part of its article: line-ups, tables and quotes take its subject.

A list of scorers is nearest to other lists of scorers, whatever their matches. So topics are
found from passages mixed with the mean of their article, the shorter the more. By such vectors
a passage is nearest to those of its own article, then to all of the next one: so its neighbours
are the nearest passage of each of so many other articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import run_blocks
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours, unit_rows
from embeddings.vectors.products import best_columns
from topics.discovery.weights import neighbours_used

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# The mean of an article counts as so much text of a passage (Dirichlet smoothing; Zhai and
# Lafferty, 2001), in bytes of UTF-8, of which a word takes about as many in English as in
# Chinese: 40 words of English. Measured in docs/decisions/topics.md.
ARTICLE_BYTES = 240
# In a corpus of no more articles subjects stand inside articles.
FEW_ARTICLES = 40
# A passage is compared with those of so many articles that are nearest to its own, and with its
# neighbours by its own vector.
NEAR_ARTICLES = 80
# Rows compared at a time, and of those compared with all.
_BLOCK, _BLOCK_ALL = 1024, 64

Rows = NDArray[np.float32]
Labels = NDArray[np.int64]
# Row, other row and cosine of pairs.
Triples = tuple[Labels, Labels, Rows]


def list_articles(of_passage: Labels, documents: Sequence[str]) -> csr_array:
    """Say which rows each article holds; articles of the very same rows are one.

    Args:
        of_passage: Shape ``(passages,)``, the row of each, -1 for none.
        documents: Article of each passage.

    Returns:
        float64 of shape ``(rows, articles)``, 1 where the row is of the article; sorted.
    """
    from scipy.sparse import csr_array

    held: dict[str, set[int]] = {}
    for row, document in zip(of_passage.tolist(), documents, strict=True):
        if row >= 0:
            held.setdefault(document, set()).add(row)
    articles = sorted({tuple(sorted(rows)) for rows in held.values()})
    rows = np.array([row for article in articles for row in article], np.int64)
    numbers = np.repeat(np.arange(len(articles)), [len(article) for article in articles])
    shape = (int(of_passage.max(initial=-1)) + 1, len(articles))
    found = csr_array((np.ones(len(rows)), (rows, numbers)), shape=shape)
    found.sort_indices()
    return found


def read_in_articles(
    graph: NeighbourGraph, vectors: Rows, articles: csr_array, texts: Sequence[str]
) -> tuple[NeighbourGraph, Rows, float]:
    """Return the neighbours and vectors that topics are found from, and how rows crowd.

    Args:
        graph: Neighbours of each row by its own vector.
        vectors: Shape ``(n, d)``, in canonical order.
        articles: From ``list_articles``.
        texts: Text of each row.

    Returns:
        Both as given where there are no more than ``FEW_ARTICLES`` articles, or none of several
        rows; else the nearest row of each of ``neighbours_used`` other articles, fewer in a
        corpus of few articles, and unit rows, those alone in their article as they were; and
        how many rows there are for each article, else 1.
    """
    together = articles @ articles.T
    # A row of several articles stands in the first of them where it is one's neighbour.
    homes = articles.indices[articles.indptr[:-1]].astype(np.int64)
    count = len(np.unique(homes))
    if count <= FEW_ARTICLES or together.nnz == graph.size:
        return graph, vectors, 1.0
    k = min(neighbours_used(count), graph.k)
    mixed = _mix(unit_rows(vectors), articles, texts)
    search = _Search(mixed, articles, together, homes)
    pairs = [search.compare_neighbours(graph), *search.compare_articles(k)]
    indices, similarities = search.take_nearest(pairs, k)
    for start in range(0, len(short := np.flatnonzero(indices[:, -1] < 0)), _BLOCK_ALL):
        rows = short[start : start + _BLOCK_ALL]
        indices[rows], similarities[rows] = search.compare_all(rows, k)
    near = NeighbourGraph(indices, np.clip(similarities, -1.0, 1.0), graph.recall)
    return near, mixed, graph.size / count


def _mix(unit: Rows, articles: csr_array, texts: Sequence[str]) -> Rows:
    """Add to each row the mean of its article; rows of articles of one row stay as they are."""
    means = unit_rows((articles.T @ unit).astype(np.float32))
    around = unit_rows((articles @ means).astype(np.float32))
    own = np.array([len(text.encode()) for text in texts], np.float32)[:, None]
    mixed = unit_rows(own * unit + np.float32(ARTICLE_BYTES) * around)
    alone = articles @ (articles.sum(axis=0) - 1) == 0
    return np.where(alone[:, None], unit, mixed)


class _Search:
    """Rows compared with rows of other articles, one of each."""

    def __init__(
        self, mixed: Rows, articles: csr_array, together: csr_array, homes: Labels
    ) -> None:
        self.mixed, self.together, self.homes = mixed, together, homes
        self.held = articles.T.tocsr()
        # Rows by the article that they stand in, and where each of these begins.
        self.order = np.argsort(homes, kind="stable")
        self.starts = np.searchsorted(homes[self.order], np.arange(articles.shape[1] + 1))

    def compare_neighbours(self, graph: NeighbourGraph) -> Triples:
        """Compare rows with those that are their neighbours by their own vectors."""
        cosines = np.empty(graph.indices.shape, np.float32)
        for start in range(0, graph.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            near = self.mixed[graph.indices[part]]
            cosines[part] = np.einsum("nd,nkd->nk", self.mixed[part], near)
        rows = np.repeat(np.arange(graph.size), graph.k)
        return rows, graph.indices.ravel().astype(np.int64), cosines.ravel()

    def compare_articles(self, k: int) -> list[Triples]:
        """Compare the rows of each article with those of the articles nearest to it."""
        means = unit_rows((self.held @ self.mixed).astype(np.float32))
        keys = [number.to_bytes(4, "big") for number in range(len(means))]
        near = find_neighbours(means, NEAR_ARTICLES, keys=keys).indices
        none = np.empty(0, np.int64)
        found: list[Triples] = [(none, none, none.astype(np.float32))] * len(means)

        def compare(article: int) -> None:
            rows = self.held.indices[self.held.indptr[article] : self.held.indptr[article + 1]]
            others, values = self._best_of_each(rows, np.sort(near[article]), k)
            there = values > -1
            numbers = np.repeat(rows.astype(np.int64), there.sum(axis=1))
            found[article] = (numbers, others[there], values[there])

        run_blocks(compare, range(len(means)))
        return found

    def compare_all(self, rows: NDArray[np.intp], k: int) -> tuple[Labels, Rows]:
        """Compare a few rows with all, those of their own articles last."""
        return self._best_of_each(rows, np.arange(len(self.starts) - 1), k)

    def _best_of_each(
        self, rows: NDArray[np.integer], articles: NDArray[np.integer], k: int
    ) -> tuple[Labels, Rows]:
        """Return the row of each of the ``k`` best of some articles, and its cosine."""
        begins, ends = self.starts[articles], self.starts[articles + 1]
        articles, sizes = articles[ends > begins], (ends - begins)[ends > begins]
        first = np.cumsum(sizes) - sizes
        places = np.repeat(begins[ends > begins] - first, sizes) + np.arange(sizes.sum())
        others = self.order[places]
        cosines = self.mixed[rows] @ self.mixed[others].T
        own = self.together[rows]
        column = np.full(len(self.homes), -1)
        column[others] = np.arange(len(others))
        there = column[own.indices] >= 0
        line = np.repeat(np.arange(len(rows)), np.diff(own.indptr))
        cosines[line[there], column[own.indices[there]]] = -1.0
        best = np.maximum.reduceat(cosines, first, axis=1)
        best[self.homes[rows][:, None] == articles] = -np.inf
        chosen, values = best_columns(best, min(k, len(articles)))
        level = cosines == np.repeat(np.maximum.reduceat(cosines, first, axis=1), sizes, axis=1)
        where = np.where(level, np.arange(len(others)), len(others))
        place = np.take_along_axis(np.minimum.reduceat(where, first, axis=1), chosen, axis=1)
        return others[place], values

    def take_nearest(self, pairs: Sequence[Triples], k: int) -> tuple[NDArray[np.int32], Rows]:
        """Take the nearest of each article, and of these the ``k`` nearest to each row.

        Returns:
            As in ``NeighbourGraph``; of rows with fewer the rest is -1.
        """
        size = len(self.homes)
        rows, others, cosines = (np.concatenate(part) for part in zip(*pairs, strict=True))
        own = np.repeat(np.arange(size) * size, np.diff(self.together.indptr))
        apart = ~np.isin(rows * size + others, own + self.together.indices)
        rows, others, cosines = rows[apart], others[apart], cosines[apart]
        order = np.lexsort((others, -cosines, rows))
        rows, others, cosines = rows[order], others[order], cosines[order]
        # Of each article the first, which is the nearest; then their ranks.
        first = np.sort(np.unique(rows * size + self.homes[others], return_index=True)[1])
        rows, others, cosines = rows[first], others[first], cosines[first]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        near = rank < k
        indices = np.full((size, k), -1, np.int32)
        similarities = np.zeros((size, k), np.float32)
        indices[rows[near], rank[near]] = others[near]
        similarities[rows[near], rank[near]] = cosines[near]
        return indices, similarities
