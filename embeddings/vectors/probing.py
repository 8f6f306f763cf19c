"""Rows compared with the members of the cells nearby: what takes the time of a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import run_blocks
from embeddings.vectors.products import best_columns, nearest

# Members of a cell that are compared with one row. Only rows that are all but equal make
# a cell this large, and among them any neighbours are as good.
MOST_MEMBERS = 4096
# Similarities that each thread holds at once: 64 MB. And the rows they are of, at most.
BATCH_CELLS = 16_000_000
BATCH_ROWS = 4096
# Rows in the smaller steps: their numbers stay in a core's cache.
STEP_ROWS = 512

Neighbours = tuple[NDArray[np.int32], NDArray[np.float32]]


@dataclass(frozen=True)
class Cells:
    """Rows by the centre that they are nearest to.

    Attributes:
        centres: float32 of shape ``(c, d)``, unit rows.
        own: int32 of shape ``(n,)``: each row's cell.
        order: int32 of shape ``(n,)``: the rows, cell by cell, rising within each.
        starts: int64 of shape ``(c + 1,)``: where each cell begins in ``order``.
    """

    centres: NDArray[np.float32]
    own: NDArray[np.int32]
    order: NDArray[np.int32]
    starts: NDArray[np.intp]


class Steps(Protocol):
    """What takes the time of a search, wherever it is done; the bits are the same."""

    def compare_all(self, unit: NDArray[np.float32], k: int) -> Neighbours:
        """Find the ``k`` nearest other rows of each row, comparing every pair."""

    def probe(
        self,
        unit: NDArray[np.float32],
        cells: Cells,
        probes: tuple[int, int],
        found: NDArray[np.int32],
        similarities: NDArray[np.float32],
    ) -> None:
        """Search each row's nearest cells from one rank to another, in place."""


class StepsHere:
    """What takes the time of a search, on the cores of this machine."""

    def compare_all(self, unit: NDArray[np.float32], k: int) -> Neighbours:
        """See ``Steps``."""
        found, cosines = nearest(unit, unit, k, own=np.arange(len(unit)))
        return found.astype(np.int32), cosines

    def probe(
        self,
        unit: NDArray[np.float32],
        cells: Cells,
        probes: tuple[int, int],
        found: NDArray[np.int32],
        similarities: NDArray[np.float32],
    ) -> None:
        """See ``Steps``."""
        step = count_at_once(cells, probes, found.shape[1])

        def compare(start: int) -> None:
            rows = cells.order[start : start + step]
            places, values = probe_rows(
                lambda begin, length: unit[cells.order[begin : begin + length]],
                cells,
                np.arange(start, start + len(rows)),
                probes,
                unit[rows],
                similarities[rows],
            )
            found[rows] = name_places(places, values, cells, found[rows])
            similarities[rows] = values

        run_blocks(compare, range(0, len(found), step))


def count_at_once(cells: Cells, probes: tuple[int, int], k: int) -> int:
    """Return how many rows are compared at once; elsewhere stretches are multiples of it."""
    width = (probes[1] - probes[0]) * len(cells.order) // len(cells.centres) + k
    return int(np.clip(BATCH_CELLS // width, 64, BATCH_ROWS))


def probe_rows(
    members: Callable[[int, int], NDArray[np.float32]],
    cells: Cells,
    places: NDArray[np.intp],
    probes: tuple[int, int],
    vectors: NDArray[np.float32],
    similarities: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Search the nearest cells of rows from one rank to another.

    Args:
        members: Gives the unit rows of a stretch of ``cells.order``: where it begins, its length.
        cells: The cells; of their ``order`` the length alone.
        places: Where the rows stand in ``cells.order``, shape ``(m,)``, at most
            ``count_at_once``.
        probes: The ranks.
        vectors: Of the rows.
        similarities: Cosines found before, shape ``(m, k)``, minus infinity behind the last.

    Returns:
        Of each row the places of its neighbours in ``cells.order``, or ``-1 - column`` of one that
        was found before, or behind the last whatever; and cosines, nearest first.
    """
    k = similarities.shape[1]
    ranked = best_columns(vectors @ cells.centres.T, probes[1])[0]
    batch = Batch.of(cells, places, ranked[:, probes[0] :], k)
    scores = batch.compare(members, vectors)
    scores[:, :k] = similarities
    found, cosines = np.empty((len(places), k), np.intp), np.empty_like(similarities)
    for first in range(0, len(places), STEP_ROWS):
        part = slice(first, min(first + STEP_ROWS, len(places)))
        columns, cosines[part] = best_columns(scores[part], k)
        found[part] = np.where(columns < k, -1 - columns, batch.places(columns, first))
    return found, cosines


def name_places(
    places: NDArray[np.intp],
    cosines: NDArray[np.float32],
    cells: Cells,
    before: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return the row numbers of what ``probe_rows`` found, given those found before.

    Behind the last of a row they are -1.
    """
    names = cells.order.take(places, mode="clip")
    row, column = np.nonzero(places < 0)
    names[row, column] = before[row, -1 - places[row, column]]
    names[cosines == -np.inf] = -1
    return names


@dataclass(frozen=True)
class Batch:
    """Some rows and the stretches of ``Cells.order`` that each is compared with.

    Attributes:
        begin: Where each stretch begins in ``order``, shape ``(m, probes)``.
        size: Its length, same shape.
        offset: Where its similarities go in the batch's scores, flattened, same shape.
        own: Where each row itself is among its scores, flattened.
        width: Scores a row: ``k`` for neighbours found before, then those to come.
    """

    begin: NDArray[np.intp]
    size: NDArray[np.intp]
    offset: NDArray[np.intp]
    own: NDArray[np.intp]
    width: int

    @classmethod
    def of(cls, cells: Cells, places: NDArray[np.intp], probed: NDArray[np.intp], k: int) -> Batch:
        """Lay out the comparisons of rows, by their places, with the cells that they probe."""
        begin, end = cells.starts[probed], cells.starts[probed + 1]
        inside = places[:, None] - begin
        # In a crowded cell a row is compared with the stretch that it is in.
        at_home = (inside >= MOST_MEMBERS) & (places[:, None] < end) & (inside >= 0)
        begin = begin + np.where(at_home, inside // MOST_MEMBERS * MOST_MEMBERS, 0)
        size = np.minimum(end - begin, MOST_MEMBERS)
        offset = k + np.cumsum(size, axis=1) - size
        width = int((offset[:, -1] + size[:, -1]).max())
        offset += np.arange(len(places))[:, None] * width
        inside = places[:, None] - begin
        own = (offset + inside)[(inside >= 0) & (inside < size)]
        return cls(begin, size, offset, own, width)

    def compare(
        self,
        members: Callable[[int, int], NDArray[np.float32]],
        vectors: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Return cosines of the rows' vectors with all members, each row's side by side.

        Shape ``(m, width)``; minus infinity where nothing was compared. All rows that
        probe one cell are compared with it in one product.
        """
        scores = np.full((len(vectors), self.width), -np.inf, np.float32)
        order = np.argsort(self.begin, axis=None, kind="stable")
        rows, offset = order // self.begin.shape[1], self.offset.ravel()[order]
        begin, size = self.begin.ravel()[order], self.size.ravel()[order]
        cuts = [0, *(np.flatnonzero(np.diff(begin)) + 1).tolist(), len(begin)]
        for low, high in pairwise(cuts):
            # An empty cell begins where the next one does.
            length = int(size[low:high].max())
            if length:
                compared = members(int(begin[low]), length)
                part = np.flatnonzero(size[low:high]) + low
                # Windows onto the scores: row i is the stretch of them from i on.
                shape = (scores.size - length + 1, length)
                windows = np.ndarray(shape, np.float32, scores, strides=(4, 4))
                windows[offset[part]] = vectors[rows[part]] @ compared.T
        scores.ravel()[self.own] = -np.inf
        return scores

    def places(self, columns: NDArray[np.intp], first: int) -> NDArray[np.intp]:
        """Return where in ``Cells.order`` the members in some columns of scores stand.

        Args:
            columns: Shape ``(r, k)``. What is returned for columns that hold no member
                is of no use.
            first: The row of the batch that the first row of ``columns`` is of.
        """
        rows = slice(first, first + len(columns))
        offset, begin = self.offset[rows].ravel(), self.begin[rows].ravel()
        wanted = (columns + np.arange(first, first + len(columns))[:, None] * self.width).ravel()
        probe = np.searchsorted(offset, wanted, side="right") - 1
        return (begin[probe] + wanted - offset[probe]).reshape(columns.shape)
