"""Topics as communities of the neighbour graph, the same whatever the order of rows."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.neighbours import (
    NeighbourGraph,
    canonical_order,
    find_neighbours,
    hash_rows,
    nearest,
    unit_rows,
)
from topics.adjacency import read_in_context
from topics.weights import weigh_edges

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Neighbours looked at: 1.5 sqrt(n), at most 40 (from 700 passages on).
MOST_NEIGHBOURS = 40
# Leiden runs under different seeds, of which the one of greatest modularity is taken, and
# full cycles in each run. Large graphs get fewer runs: they cost more and differ less.
RUNS = 8
RUNS_LARGE = 2
LARGE_ROWS = 30_000
CYCLES = 3
# Up to so many rows left over by guided topics get a graph of their own: in the corpus'
# graph most of their neighbours were taken, and what edges remain fall into crumbs. Its
# resolution is REST_RESOLUTION to 100 rows and rises to 1 at 200; an edge needs a cosine
# of LEAST_ALIKE, centred on the mean of the corpus.
SMALL_REST = 500
REST_RESOLUTION = 0.7
LEAST_ALIKE = 0.05


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


def default_resolution(rows: int) -> float:
    """Return the resolution of modularity for a corpus of this size.

    Modularity at .5 finds subjects in thousands of passages and next to nothing in a
    hundred, so small corpora are looked at more closely: 1 up to 500 rows, .5 from 2,000.
    Measured in ``docs/decisions/topics.md``.
    """
    return min(1.0, max(0.5, math.sqrt(500 / max(rows, 1))))


def rest_resolution(rows: int) -> float:
    """Return the resolution for so many rows left over: .7 to 100 rows, 1 from 205."""
    return min(default_resolution(rows), REST_RESOLUTION * max(1.0, math.sqrt(rows / 100)))


def least_topic_size(rows: int) -> int:
    """Return the size below which a topic is merged into its nearest: sqrt(n)/4, 2 or more."""
    return max(2, round(math.sqrt(rows) / 4))


def neighbours_used(rows: int) -> int:
    """Return how many neighbours of each row count, fewer in small corpora."""
    return min(MOST_NEIGHBOURS, max(3, round(1.5 * math.sqrt(rows))))


def discover(
    graph: NeighbourGraph,
    vectors: NDArray[np.float32],
    keys: Sequence[bytes] | None = None,
    *,
    resolution: float | None = None,
    seed: int = 0,
) -> Partition:
    """Find topics on a neighbour graph, without being told how many.

    Leiden communities by modularity (Traag, Waltman and van Eck, 2019) on UMAP's edge
    weights, the best of several seeded runs. Nodes are numbered in the order of
    ``keys``, so the order of rows has no effect. Topics below ``least_topic_size`` join
    their nearest.

    Args:
        graph: Neighbours of every row; 40 of each serve best.
        vectors: The rows, shape ``(n, d)``; used where edges say nothing of the nearest
            topic.
        keys: One per row, such as content hashes, that fix the canonical order; by
            default hashes of the rows.
        resolution: Higher gives more and smaller topics; by default from the size of
            the corpus (``default_resolution``).
        seed: The one source of randomness.

    Raises:
        ValueError: Sizes differ, or ``resolution`` is not above 0.
    """
    rows = graph.size
    return discover_rest(
        graph, vectors, np.full(rows, -1), 0, keys, resolution=resolution, seed=seed
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
    seed: int = 0,
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
            ``topics.guided.assign``; used where rows left over are compared anew.
        resolution: As for ``discover``; by default from the number of rows left over.
        seed: As for ``discover``.

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
    if rows == 0:
        return Partition(np.empty(0, np.int64), np.empty(0, np.float32))
    unit = unit_rows(vectors)
    order = canonical_order(hash_rows(unit) if keys is None else keys)
    # Weights are computed after the rows are in order: exp() may round a number
    # differently by its place in an array.
    edges = weigh_edges(reorder(graph, order), neighbours_used(rows))
    found = np.asarray(taken, np.int64)[order]
    rest = np.flatnonzero(found < 0)
    if len(rest):
        if len(rest) <= min(SMALL_REST, rows - 1):
            beside = None if adjacent is None else number_in(order)[adjacent]
            inside = _compare_rest(read_in_context(unit[order], beside), rest)
            usual, least = rest_resolution(len(rest)), max(2, round(math.sqrt(len(rest)) / 2))
        else:
            inside = edges[rest][:, rest]
            inside.sort_indices()
            usual, least = default_resolution(len(rest)), least_topic_size(len(rest))
        part = best_communities(inside, resolution or usual, seed)
        part = _merge_fragments(part, inside, unit[order][rest], least)
        found[rest] = topics + number_by_size(part)
    labels = np.empty(rows, np.int64)
    labels[order] = found
    strengths = np.empty(rows, np.float32)
    strengths[order] = measure_strengths(edges, found)
    return Partition(labels, strengths)


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


def best_communities(edges: csr_array, resolution: float, seed: int) -> NDArray[np.int64]:
    """Run Leiden under several seeds; returns the partition of greatest modularity."""
    if edges.nnz == 0:
        return np.arange(edges.shape[0], dtype=np.int64)
    seeds = range(seed, seed + (RUNS if edges.shape[0] <= LARGE_ROWS else RUNS_LARGE))
    # Leiden lets go of the interpreter's lock, and no run sees another.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = list(pool.map(lambda one: _leiden(edges, resolution, one), seeds))
    # max() takes the first of equals, so the choice does not hang on thread timing.
    return max(runs, key=lambda run: run[0])[1]


def _leiden(edges: csr_array, resolution: float, seed: int) -> tuple[float, NDArray[np.int64]]:
    """Run Leiden once: its modularity, and labels numbered by first appearance."""
    import graspologic_native

    rows = edges.shape[0]
    quality, community = graspologic_native.leiden_csr(
        edges.indptr.astype(np.int64),
        edges.indices.astype(np.int32),
        np.ascontiguousarray(edges.data, np.float64),
        rows,
        resolution=resolution,
        seed=seed,
        iterations=CYCLES,
    )
    labels = np.fromiter((community[row] for row in range(rows)), np.int64, rows)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return float(quality), np.argsort(np.argsort(first))[inverse].astype(np.int64)


def reorder(graph: NeighbourGraph, order: NDArray[np.intp]) -> NeighbourGraph:
    """Number the rows in canonical order."""
    rank = number_in(order).astype(np.int32)
    return NeighbourGraph(rank[graph.indices[order]], graph.similarities[order], graph.recall)


def number_in(order: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the number each row has once rows are put in ``order``."""
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _merge_fragments(
    labels: NDArray[np.int64], edges: csr_array, unit: NDArray[np.float32], least: int
) -> NDArray[np.int64]:
    """Merge topics below ``least`` rows into their nearest one, until there are none.

    The nearest is the one with the greatest edge weight to it, else (no edge leads out)
    the one with the nearest mean vector.
    """
    from scipy.sparse import coo_array, csr_array
    from scipy.sparse.csgraph import connected_components

    while True:
        sizes = np.bincount(labels)
        small = np.flatnonzero(sizes < least)
        if len(sizes) == 1 or not len(small):
            return labels
        member = csr_array(
            (np.ones(len(labels)), (labels, np.arange(len(labels)))),
            shape=(len(sizes), len(labels)),
        )
        pull = csr_array(member[small] @ edges @ member.T)
        means = unit_rows(np.asarray(member @ unit, np.float32))
        into = np.empty(len(small), np.intp)
        for place, topic in enumerate(small):
            row = slice(pull.indptr[place], pull.indptr[place + 1])
            outside = pull.indices[row] != topic
            if outside.any():
                into[place] = pull.indices[row][outside][np.argmax(pull.data[row][outside])]
            else:
                into[place] = nearest(means[[topic]], means, 1, own=small[[place]])[0][0, 0]
        joined = coo_array((np.ones(len(small)), (small, into)), shape=(len(sizes),) * 2)
        labels = connected_components(joined, directed=False)[1][labels].astype(np.int64)


def number_by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number topics from the largest down, equal ones by their first row."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse]


def measure_strengths(edges: csr_array, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the share of each row's edge weight that stays in its topic; 1 without edges."""
    rows = np.repeat(np.arange(len(labels)), np.diff(edges.indptr))
    inside = edges.data * (labels[rows] == labels[edges.indices])
    total = np.bincount(rows, edges.data, minlength=len(labels))
    own = np.bincount(rows, inside, minlength=len(labels))
    share = np.where(total > 0, own / np.where(total > 0, total, 1.0), 1.0)
    return np.clip(share, 0.0, 1.0).astype(np.float32)
