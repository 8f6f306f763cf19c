"""The neighbour graph over rows that came and went: what is new is searched, old lists mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import one_blas_thread
from embeddings.corpus.checksums import sum_vectors
from embeddings.vectors.cells import RECALL_SAMPLE
from embeddings.vectors.neighbours import RECALL, NeighbourGraph, find_neighbours, unit_rows
from embeddings.vectors.products import MARGIN, measure_pairs, nearest

# Neighbours known of each row beyond those of the graph: what is removed takes from them, and a
# row is searched anew only where they are used up.
SPARE = 24
# From this share of rows on that are new or have lost too many neighbours, all are searched.
MOST_NEW = 0.25
# Rows that are new, compared with all others at once.
_ROWS_AT_ONCE = 256
# New rows and the lists that they join, held against each other at once.
_JOINS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Lists:
    """The nearest other rows of each row, a whole beginning of all others by cosine.

    Attributes:
        keys: One a row, ascending, no two alike.
        sums: int64 of shape ``(n,)``: a checksum of each row's vector.
        indices: int32 of shape ``(n, w)``: nearest first, equal ones by row; -1 behind the last.
        similarities: float32 of shape ``(n, w)``: minus infinity behind the last.
        recall: See ``NeighbourGraph``.
    """

    keys: Sequence[bytes]
    sums: NDArray[np.int64]
    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    recall: float

    def graph(self, k: int) -> NeighbourGraph:
        """Return the graph of the ``k`` nearest of each, as ``find_neighbours`` gives it."""
        return NeighbourGraph(self.indices[:, :k], self.similarities[:, :k], self.recall)


Found = tuple[NDArray[np.int32], NDArray[np.float32]]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


class Rows(Protocol):
    """The rows that are searched, and which of them may be neighbours.

    Attributes:
        unit: The rows, of unit length, shape ``(n, d)``.
    """

    @property
    def unit(self) -> NDArray[np.float32]:
        """Unit rows."""

    def search(self, rows: NDArray[np.int64], width: int) -> Found:
        """Find the lists of some rows among all, as in ``Lists``."""

    def search_all(self, width: int) -> tuple[NDArray[np.int32], NDArray[np.float32], float]:
        """Find the lists of all rows, and the recall."""

    def choose(self, pairs: Pairs) -> Pairs:
        """Return the pairs of a row, a new row and their cosine that may be neighbours."""


@dataclass(frozen=True)
class EveryRow:
    """Rows of which all may be neighbours of each other."""

    unit: NDArray[np.float32]
    keys: Sequence[bytes]

    def search(self, rows: NDArray[np.int64], width: int) -> Found:
        """See ``Rows``."""
        found, cosines = nearest(self.unit[rows], self.unit, width, own=rows)
        return found.astype(np.int32), cosines

    def search_all(self, width: int) -> tuple[NDArray[np.int32], NDArray[np.float32], float]:
        """See ``Rows``."""
        graph = find_neighbours(self.unit, width, keys=self.keys)
        return graph.indices, graph.similarities, graph.recall

    def choose(self, pairs: Pairs) -> Pairs:
        """See ``Rows``."""
        return pairs


def grow_lists(
    known: Lists, rows_now: Rows, keys: Sequence[bytes], sums: NDArray[np.int64], k: int
) -> Found | None:
    """Return the lists of rows as a search of all would find them, from those known of some.

    Args:
        known: Of rows of before.
        rows_now: The rows now.
        keys: Of each, ascending.
        sums: Of each.
        k: Neighbours that each must have.

    Returns:
        Row numbers and cosines as in ``Lists``; ``None`` where so much is new that all must be
        searched.
    """
    count, width = len(keys), known.indices.shape[1]
    place = {key: row for row, key in enumerate(known.keys)}
    old = np.array([place.get(key, -1) for key in keys], np.int64)
    there = old >= 0
    there[there] = known.sums[old[there]] == sums[there]
    rows, before = np.flatnonzero(there), old[there]
    fresh = np.flatnonzero(~there)
    if width < k or count <= 4 * width or len(fresh) > MOST_NEW * count:
        return None
    number = np.full(len(known.keys) + 1, -1, np.int32)
    number[before] = rows
    indices = np.full((count, width), -1, np.int32)
    similarities = np.full((count, width), -np.inf, np.float32)
    indices[rows] = number[known.indices[before]]
    similarities[rows] = np.where(indices[rows] < 0, -np.inf, known.similarities[before])
    _close_gaps(indices, similarities)
    robbed = np.flatnonzero((indices[:, k - 1] < 0) & there)
    if len(fresh) + len(robbed) > MOST_NEW * count:
        return None
    searched = np.concatenate((fresh, robbed))
    with one_blas_thread():
        if len(fresh):
            pairs = _find_joining(rows_now, fresh, indices, similarities)
            _insert(indices, similarities, *pairs)
        if len(searched):
            indices[searched], similarities[searched] = rows_now.search(searched, width)
    return indices, similarities


def _close_gaps(indices: NDArray[np.int32], similarities: NDArray[np.float32]) -> None:
    """Move what is left of each list to its beginning, in place."""
    gaps = np.flatnonzero((indices[:, :-1] < 0).any(axis=1))
    order = np.argsort(indices[gaps] < 0, axis=1, kind="stable")
    indices[gaps] = np.take_along_axis(indices[gaps], order, axis=1)
    similarities[gaps] = np.take_along_axis(similarities[gaps], order, axis=1)


def _find_joining(
    rows: Rows,
    fresh: NDArray[np.int64],
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
) -> Pairs:
    """Find the rows in whose lists new rows belong: row, new row and cosine of each."""
    last = np.maximum((indices >= 0).sum(axis=1) - 1, 0)
    places = np.arange(len(indices))
    bar, bar_row = similarities[places, last], indices[places, last]
    # Lists of new rows are sought by themselves.
    bar[fresh] = np.inf
    unit, found = rows.unit, []
    for start in range(0, len(fresh), _ROWS_AT_ONCE):
        part = fresh[start : start + _ROWS_AT_ONCE]
        new, row = np.nonzero(unit[part] @ unit.T >= bar - MARGIN)
        found.append(np.stack((row, part[new])))
    row, new = np.concatenate(found, axis=1)
    cosines = measure_pairs(unit, row, new)
    joins = (cosines > bar[row]) | ((cosines == bar[row]) & (new < bar_row[row]))
    return rows.choose((row[joins], new[joins], cosines[joins]))


def _insert(
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
    row: NDArray[np.int64],
    new: NDArray[np.int64],
    cosines: NDArray[np.float32],
) -> None:
    """Put new rows into lists, in place; what falls off at the end is let go."""
    order = np.lexsort((new, -cosines, row))
    row, new, cosines = row[order], new[order].astype(np.int32), cosines[order]
    touched, first, at = np.unique(row, return_index=True, return_inverse=True)
    width = indices.shape[1]
    # Lists are in order: where a row goes is how many are ahead of it, there and among the new.
    behind = np.empty(len(row), np.int64)
    for start in range(0, len(row), _JOINS_AT_ONCE):
        part = slice(start, start + _JOINS_AT_ONCE)
        own, bar = similarities[row[part]], cosines[part, None]
        ahead = (own > bar) | ((own == bar) & (indices[row[part]] < new[part, None]))
        behind[part] = ahead.sum(axis=1)
    moved = np.zeros((len(touched), width + 1), np.int64)
    np.add.at(moved, (at, behind), 1)
    place = np.arange(width) + np.cumsum(moved[:, :width], axis=1)
    line, column = np.nonzero(place < width)
    kept = line, place[line, column]
    place = behind + np.arange(len(row)) - first[at]
    come = at[place < width], place[place < width]
    for lists, joining in ((indices, new), (similarities, cosines)):
        old = lists[touched]
        grown = np.empty_like(old)
        grown[kept], grown[come] = old[line, column], joining[place < width]
        lists[touched] = grown


def find_lists(
    vectors: NDArray[np.float32], keys: Sequence[bytes], k: int, known: Lists | None = None
) -> Lists:
    """Find the ``k`` nearest other rows of each row, and some more, from what is known of them.

    Args:
        vectors: Shape ``(n, d)``.
        keys: Of each row, ascending, no two alike.
        k: Neighbours that each is to have; fewer where there are not so many others.
        known: Lists of rows of before.
    """
    return bring_up(EveryRow(unit_rows(vectors), keys), keys, sum_vectors(vectors), k, known)


def bring_up(
    rows: Rows, keys: Sequence[bytes], sums: NDArray[np.int64], k: int, known: Lists | None
) -> Lists:
    """Bring lists up to date with the rows, or find them; ``known`` itself if nothing is new.

    Args:
        rows: Those that are searched.
        keys: Of each row, ascending, no two alike.
        sums: Of each row, another one where its list or its place in others' may be another.
        k: Neighbours that each is to have.
        known: Lists of rows of before.
    """
    k = min(k, max(len(keys) - 1, 0))
    same = known and list(known.keys) == list(keys) and np.array_equal(known.sums, sums)
    if known and same and known.indices.shape[1] >= k:
        return known
    grown = grow_lists(known, rows, keys, sums, k) if known and k else None
    if grown is not None and known is not None:
        recall = 1.0 if known.recall == 1 else measure_recall(rows, grown[1][:, :k])
        if recall >= min(known.recall, RECALL):
            return Lists(keys, sums, *grown, recall)
    return Lists(keys, sums, *rows.search_all(k + SPARE))


def narrow_graph(
    lists: Lists, rows: NDArray[np.int64], vectors: NDArray[np.float32], k: int
) -> NeighbourGraph:
    """Return the graph of some rows alone: what loses neighbours is given its next ones.

    Args:
        lists: Of all rows.
        rows: Those that stay, ascending, shape ``(m,)``.
        vectors: Of those that stay, in the same order, shape ``(m, d)``.
        k: Neighbours of each row.
    """
    if len(rows) == len(lists.indices):
        return lists.graph(k)
    number = np.full(len(lists.indices) + 1, -1, np.int32)
    number[rows] = np.arange(len(rows), dtype=np.int32)
    k = min(k, max(len(rows) - 1, 0))
    indices = number[lists.indices[rows]]
    similarities = lists.similarities[rows]
    _close_gaps(indices, similarities)
    indices, similarities = indices[:, :k], similarities[:, :k]
    robbed = np.flatnonzero((indices < 0).any(axis=1))
    if len(robbed):
        unit = unit_rows(vectors)
        with one_blas_thread():
            indices[robbed], similarities[robbed] = nearest(unit[robbed], unit, k, own=robbed)
    return NeighbourGraph(indices, similarities, lists.recall)


def measure_recall(rows: Rows, similarities: NDArray[np.float32]) -> float:
    """Return the share of the true neighbours of a sample of rows that lists hold."""
    sample = np.unique(np.linspace(0, len(similarities) - 1, RECALL_SAMPLE).astype(np.int64))
    _, true = rows.search(sample, similarities.shape[1])
    return float((similarities[sample] >= true[:, -1:] - MARGIN).mean())
