"""Topics among the rows that no guided topic took."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.discovery.adjacency import read_in_context
from topics.discovery.communities import best_communities, default_resolution
from topics.discovery.condensing import gather_groups, number_by_size
from topics.discovery.counting import join_to_count
from topics.discovery.ground import Ground
from topics.discovery.joining import merge_fragments
from topics.discovery.levels import RUNS, find_topics
from topics.discovery.weights import MOST_NEIGHBOURS, weigh_edges

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Up to so many rows left over by guided topics get a graph of their own: in the corpus'
# graph most of their neighbours were taken, and what edges remain fall into crumbs. Its
# resolution is REST_RESOLUTION to 100 rows and rises to 1 at 200; an edge needs a cosine
# of LEAST_ALIKE, centred on the mean of the corpus.
SMALL_REST = 500
REST_RESOLUTION = 0.7
LEAST_ALIKE = 0.05


def rest_resolution(rows: int) -> float:
    """Return the resolution for so many rows left over: .7 to 100 rows, 1 from 205."""
    return min(default_resolution(rows), REST_RESOLUTION * max(1.0, math.sqrt(rows / 100)))


def discover_rest(
    ground: Ground,
    taken: NDArray[np.int64],
    topics: int,
    adjacent: NDArray[np.int64] | None = None,
    *,
    count: int | None = None,
) -> NDArray[np.int64]:
    """Find topics among the rows that no guided topic took.

    Args:
        ground: All rows; only edges between rows left over are used. Up to ``SMALL_REST``
            rows left over are compared anew, among themselves.
        taken: Shape ``(n,)``: the guided topic of each row, -1 where it is left over.
        topics: Number of guided topics; the discovered ones are numbered from there.
        adjacent: Pairs of rows whose passages follow each other in an article, as for
            ``topics.guiding.assigning.assign_topics``; used where rows left over are
            compared anew.
        count: Topics wanted among the rows left over; without such rows it is not looked at.

    Returns:
        int64 ``(n,)``: ``taken``, with a discovered topic for each row left over.

    Raises:
        ValueError: ``count`` is not in 1 to the number of rows left over, or ``adjacent``
            holds no pairs of rows.
    """
    labels = taken.copy()
    rest = np.flatnonzero(taken < 0)
    if len(rest) <= min(SMALL_REST, ground.rows - 1):
        part = _find_in_rest(read_in_context(ground.unit, adjacent), rest, count)
    else:
        part = find_topics(ground.part(rest), count=count)
    labels[rest] = topics + part
    return labels


def _find_in_rest(
    unit: NDArray[np.float32], rest: NDArray[np.intp], count: int | None
) -> NDArray[np.int64]:
    """Find topics among a few rows, compared anew; labels of the rest, by size."""
    size = len(rest)
    if not size:
        return np.empty(0, np.int64)
    if count is not None and not 1 <= count <= size:
        raise ValueError(f"{count} topics were asked of {size} passages; ask for 1 to {size}.")
    ground = Ground(_compare_rest(unit, rest), unit[rest])
    part = best_communities(ground.edges, rest_resolution(size), 0, RUNS)
    fragment = max(2, round(math.sqrt(size) / 2))
    part = merge_fragments(gather_groups(ground.edges, ground.unit, part), fragment)[part]
    if count is not None:
        part = join_to_count(ground, part, count)
    return number_by_size(part)


def _compare_rest(unit: NDArray[np.float32], rest: NDArray[np.intp]) -> csr_array:
    """Weigh edges among a few rows; none between rows no more alike than any two."""
    from scipy.sparse import csr_array

    # Rows are in canonical order: their numbers are keys.
    keys = [number.to_bytes(4, "big") for number in range(len(rest))]
    edges = weigh_edges(find_neighbours(unit[rest], MOST_NEIGHBOURS, keys=keys), MOST_NEIGHBOURS)
    pairs = edges.tocoo()
    centred = unit_rows(unit - unit.mean(axis=0))[rest]
    alike = (centred[pairs.row] * centred[pairs.col]).sum(axis=1) > LEAST_ALIKE
    kept = csr_array((pairs.data * alike, (pairs.row, pairs.col)), shape=edges.shape)
    kept.eliminate_zeros()
    kept.sort_indices()
    return kept
