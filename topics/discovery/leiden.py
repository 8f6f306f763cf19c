"""Topics of a neighbour graph, the same whatever the order of its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import (
    NeighbourGraph,
    canonical_order,
    find_neighbours,
    hash_rows,
    unit_rows,
)
from topics.discovery.adjacency import read_in_context
from topics.discovery.communities import best_communities, default_resolution
from topics.discovery.condensing import compact, gather_groups, number_by_size
from topics.discovery.counting import join_to_count
from topics.discovery.joining import merge_fragments
from topics.discovery.levels import RUNS, find_atoms, find_topics
from topics.discovery.weights import MOST_NEIGHBOURS, weigh_edges, weigh_without_hubs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Up to so many rows left over by guided topics get a graph of their own: in the corpus'
# graph most of their neighbours were taken, and what edges remain fall into crumbs. Its
# resolution is REST_RESOLUTION to 100 rows and rises to 1 at 200; an edge needs a cosine
# of LEAST_ALIKE, centred on the mean of the corpus.
SMALL_REST = 500
REST_RESOLUTION = 0.7
LEAST_ALIKE = 0.05


@dataclass(frozen=True)
class Ground:
    """What topics are found on: a neighbour graph's rows in canonical order.

    Attributes:
        edges: Symmetric weights of shape ``(n, n)``.
        unit: float32 unit rows of shape ``(n, d)``.
        order: Which row of the graph each row is, shape ``(n,)``.
        atoms: int64 of shape ``(n,)``, from ``topics.discovery.levels.find_atoms``.
    """

    edges: csr_array
    unit: NDArray[np.float32]
    order: NDArray[np.intp]
    atoms: NDArray[np.int64]


@dataclass(frozen=True)
class Partition:
    """A topic for every row.

    Attributes:
        labels: int64 of shape ``(n,)``; 0 is the largest topic, and so on down. Topics
            of one size are numbered by their first member in canonical order.
        strengths: float32 of shape ``(n,)``, 0..1: the share of a row's edge weight that
            leads to rows of its own topic. 1 is deep inside; below .5 most of a row's
            neighbours lie elsewhere. It is a share, so it compares across topics.
    """

    labels: NDArray[np.int64]
    strengths: NDArray[np.float32]

    @property
    def count(self) -> int:
        """Number of topics."""
        return int(self.labels.max(initial=-1)) + 1


def rest_resolution(rows: int) -> float:
    """Return the resolution for so many rows left over: .7 to 100 rows, 1 from 205."""
    return min(default_resolution(rows), REST_RESOLUTION * max(1.0, math.sqrt(rows / 100)))


def prepare_ground(
    graph: NeighbourGraph, vectors: NDArray[np.float32], keys: Sequence[bytes] | None = None
) -> Ground:
    """Put rows in canonical order and weigh their edges.

    Args:
        graph: Neighbours of every row; 40 of each serve best.
        vectors: The rows, shape ``(n, d)``.
        keys: One per row, such as content hashes, that fix the canonical order; by
            default hashes of the rows.
    """
    unit = unit_rows(vectors)
    order = canonical_order(hash_rows(unit) if keys is None else keys)
    # Weights are computed after the rows are in order: exp() may round a number
    # differently by its place in an array.
    edges = weigh_without_hubs(reorder_graph(graph, order))
    return Ground(edges, unit[order], order, find_atoms(edges, 0))


def discover(
    graph: NeighbourGraph,
    vectors: NDArray[np.float32],
    keys: Sequence[bytes] | None = None,
    *,
    resolution: float | None = None,
    count: int | None = None,
    seed: int = 0,
) -> Partition:
    """Find topics on a neighbour graph, without being told how many.

    Leiden communities by modularity (Traag, Waltman and van Eck, 2019), fragments and
    halves of one subject joined (``topics.discovery.levels.find_topics``). Nodes are numbered in
    the order of ``keys``, so the order of rows has no effect.

    Args:
        graph: Neighbours of every row; 40 of each serve best.
        vectors: The rows, shape ``(n, d)``.
        keys: One per row, such as content hashes, that fix the canonical order; by
            default hashes of the rows.
        resolution: Higher gives more and smaller topics; by default from the size of
            the corpus (``topics.discovery.communities.default_resolution``).
        count: Topics wanted; by default what the corpus has.
        seed: The one source of randomness.

    Raises:
        ValueError: Sizes differ, ``resolution`` is not above 0, or ``count`` is not in 1
            to ``n``.
    """
    taken = np.full(graph.size, -1)
    return discover_rest(
        graph, vectors, taken, 0, keys, resolution=resolution, count=count, seed=seed
    )


def discover_rest(
    graph: NeighbourGraph,
    vectors: NDArray[np.float32],
    taken: NDArray[np.int64],
    topics: int,
    keys: Sequence[bytes] | None = None,
    adjacent: NDArray[np.int64] | None = None,
    *,
    resolution: float | None = None,
    count: int | None = None,
    seed: int = 0,
    ground: Ground | None = None,
) -> Partition:
    """Find topics among the rows that no guided topic took.

    Args:
        graph: As for ``discover``; only edges between rows left over are used. Up to
            ``SMALL_REST`` rows left over are compared anew, among themselves.
        vectors: As for ``discover``.
        taken: Shape ``(n,)``: the guided topic of each row, -1 where it is left over.
        topics: Number of guided topics; the discovered ones are numbered from there.
        keys: As for ``discover``.
        adjacent: Pairs of rows whose passages follow each other in an article, as for
            ``topics.guiding.assigning.assign``; used where rows left over are compared anew.
        resolution: As for ``discover``; by default from the number of rows left over.
        count: Topics wanted among the rows left over; without such rows it is not looked at.
        seed: As for ``discover``.
        ground: From ``prepare_ground`` on the same graph, vectors and keys, where it is known.

    Returns:
        Labels and strengths of all rows, guided and discovered.

    Raises:
        ValueError: As ``discover``, or ``adjacent`` holds no pairs of rows.
    """
    rows = graph.size
    if len(vectors) != rows or len(taken) != rows:
        raise ValueError(
            f"The graph has {rows} rows, vectors {len(vectors)} and labels {len(taken)}; "
            "they must be as many."
        )
    if resolution is not None and not resolution > 0:
        raise ValueError(f"resolution is {resolution}; it must be above 0.")
    ground = prepare_ground(graph, vectors, keys) if ground is None else ground
    edges, unit, order = ground.edges, ground.unit, ground.order
    found = np.asarray(taken, np.int64)[order]
    rest = np.flatnonzero(found < 0)
    if len(rest) <= min(SMALL_REST, rows - 1):
        beside = None if adjacent is None else number_in(order)[adjacent]
        read = read_in_context(unit, beside)
        part = _find_in_rest(read, rest, resolution, count, seed)
    else:
        inside = edges if len(rest) == rows else edges[rest][:, rest]
        inside.sort_indices()
        part = find_topics(
            inside,
            unit[rest],
            count=count,
            resolution=resolution,
            atoms=compact(ground.atoms[rest]),
            seed=seed,
        )
    found[rest] = topics + part
    labels = np.empty(rows, np.int64)
    labels[order] = found
    strengths = np.empty(rows, np.float32)
    strengths[order] = measure_strengths(edges, found)
    return Partition(labels, strengths)


def _find_in_rest(
    unit: NDArray[np.float32],
    rest: NDArray[np.intp],
    resolution: float | None,
    count: int | None,
    seed: int,
) -> NDArray[np.int64]:
    """Find topics among a few rows, compared anew; labels of the rest, by size."""
    size = len(rest)
    if not size:
        return np.empty(0, np.int64)
    if count is not None and not 1 <= count <= size:
        raise ValueError(f"{count} topics were asked of {size} passages; ask for 1 to {size}.")
    edges = _compare_rest(unit, rest)
    part = best_communities(edges, resolution or rest_resolution(size), seed, RUNS)
    fragment = max(2, round(math.sqrt(size) / 2))
    part = merge_fragments(gather_groups(edges, unit[rest], part), fragment)[part]
    if count is not None:
        part = join_to_count(edges, unit[rest], part, count, seed=seed)
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


def reorder_graph(graph: NeighbourGraph, order: NDArray[np.intp]) -> NeighbourGraph:
    """Number the rows in canonical order."""
    rank = number_in(order).astype(np.int32)
    return NeighbourGraph(rank[graph.indices[order]], graph.similarities[order], graph.recall)


def number_in(order: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the number each row has once rows are put in ``order``."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def measure_strengths(edges: csr_array, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the share of each row's edge weight that stays in its topic; 1 without edges."""
    rows = np.repeat(np.arange(len(labels)), np.diff(edges.indptr))
    inside = edges.data * (labels[rows] == labels[edges.indices])
    total = np.bincount(rows, edges.data, minlength=len(labels))
    own = np.bincount(rows, inside, minlength=len(labels))
    share = np.where(total > 0, own / np.where(total > 0, total, 1.0), 1.0)
    return np.clip(share, 0.0, 1.0).astype(np.float32)
