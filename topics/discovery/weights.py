"""Edge weights of the neighbour graph: how strongly two passages belong together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Steps that find a row's scale: twelve give it to the last digits of a float64 on real
# neighbours. Distances of 0..2 do not need a finer scale than the inverse of the largest.
_NEWTON_STEPS = 12
_LARGEST_INVERSE = 1e12
# Rows weighed at a time: of all of a hundred thousand it would take 300 MB beside the weights.
_ROWS_AT_ONCE = 8192
# A scale is at least this share of the mean distance (MIN_K_DIST_SCALE in umap-learn).
_LEAST_SCALE = 1e-3


# Neighbours looked at: 1.5 sqrt(n), at most 40 (from 700 passages on).
MOST_NEIGHBOURS = 40
# Nearest neighbours over which a row's usual similarity is taken, and the share of
# neighbours kept once hubs are set back.
_HUB_NEIGHBOURS = 15
_KEPT_SHARE = 0.75


def neighbours_used(rows: int) -> int:
    """Return how many neighbours of each row count, fewer in small corpora."""
    return min(MOST_NEIGHBOURS, max(3, round(1.5 * math.sqrt(rows))))


def weigh_edges(graph: NeighbourGraph, k: int) -> csr_array:
    """Turn the first ``k`` neighbours of each row into a symmetric weighted graph.

    The weights are UMAP's fuzzy set (McInnes, Healy and Melville, 2018, section 3.1):
    a neighbour at distance ``d`` weighs ``exp(-(d - nearest) / scale)``, where the scale
    makes the weights of a row add up to ``log2(k + 1)``; the two directions ``a`` and
    ``b`` of an edge give ``a + b - ab``. Dense and sparse regions so get alike weights.

    Returns:
        float64 of shape ``(n, n)``, symmetric, no diagonal, sorted indices.
    """
    from scipy.sparse import csr_array

    k = min(k, graph.k)
    rows = graph.size
    if k == 0:
        return csr_array((rows, rows), dtype=np.float64)
    weights = _fuzzy_weights(1.0 - graph.similarities[:, :k].astype(np.float64))
    return _unite(weights, graph.indices[:, :k])


def weigh_without_hubs(graph: NeighbourGraph) -> csr_array:
    """Weigh edges as ``weigh_edges`` does, after similarities to hubs were set back.

    Some rows are near to very many; edges to them tie subjects together that have little
    in common. Each similarity loses half the mean similarity of both its rows to their
    nearest neighbours (CSLS; Conneau et al., 2018, section 2.3), and the best three
    quarters of a row's ``neighbours_used`` are kept.

    Args:
        graph: Rows in canonical order, so that equal rows of weights give equal bits.

    Returns:
        float64 of shape ``(n, n)``, symmetric, no diagonal, sorted indices.
    """
    from scipy.sparse import csr_array

    rows, k = graph.size, min(graph.k, neighbours_used(graph.size))
    if k == 0:
        return csr_array((rows, rows), dtype=np.float64)
    near = measure_nearness(graph.similarities[:, :k])
    parts = [
        weigh_fairly(graph.indices[part, :k], graph.similarities[part, :k], near)
        for part in _list_parts(rows)
    ]
    weights, leading = (np.concatenate(some) for some in zip(*parts, strict=True))
    del parts
    return _unite(weights, leading)


def _list_parts(rows: int) -> list[slice]:
    """Return the stretches in which rows are weighed: what is held for each is let go again."""
    return [slice(start, start + _ROWS_AT_ONCE) for start in range(0, rows, _ROWS_AT_ONCE)]


def measure_nearness(similarities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how near rows are to their nearest neighbours, ``(n,)``, from ``(n, k)``."""
    near: NDArray[np.float64] = similarities[:, :_HUB_NEIGHBOURS].mean(axis=1, dtype=np.float64)
    return near


def weigh_fairly(
    indices: NDArray[Any], similarities: NDArray[np.float32], near: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Weigh what leads from rows to their neighbours, similarities to hubs set back.

    Args:
        indices: Of shape ``(m, k)``, rows of ``near``.
        similarities: Of shape ``(m, k)``, nearest first.
        near: Of shape ``(n,)``, from ``measure_nearness``.

    Returns:
        Weights and where they lead, both of shape ``(m, kept)``.
    """
    k = indices.shape[1]
    fair = similarities - (measure_nearness(similarities)[:, None] + near[indices]) / 2
    keep = max(min(k, 3), round(k * _KEPT_SHARE))
    order = np.argsort(-fair, axis=1, kind="stable")[:, :keep]
    weights = _fuzzy_weights(1.0 - np.take_along_axis(fair, order, axis=1))
    return weights, np.take_along_axis(indices, order, axis=1)


def _unite(weights: NDArray[np.float64], indices: NDArray[Any]) -> csr_array:
    """Join the two directions of each edge, ``a + b - ab``."""
    from scipy.sparse import csr_array

    rows, k = weights.shape
    # Of few enough edges places are int32, and with them all that follows: a third less to hold.
    few = rows * k < np.iinfo(np.int32).max // 2  # of both directions, not more than twice as many
    places = np.arange(rows + 1, dtype=np.int32 if few else np.int64) * k
    # A copy: what is given is the graph's, and is not to be sorted.
    directed = csr_array(
        (weights.ravel(), indices.ravel().astype(places.dtype), places),
        shape=(rows, rows),
    )
    directed.sort_indices()
    return join_directions(directed, directed.T.tocsr())


def join_directions(one: csr_array, other: csr_array) -> csr_array:
    """Join the two directions of each edge, ``a + b - ab``; returns sorted indices, no zeros."""
    from scipy.sparse import csr_array, vstack

    parts = []
    for rows in _list_parts(one.shape[0]):
        here, there = one[rows], other[rows]
        part = csr_array(here + there - here * there)
        part.eliminate_zeros()
        parts.append(part)
    both = csr_array(vstack(parts, format="csr") if parts else one)
    both.sort_indices()
    return both


def _fuzzy_weights(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh each row's distances, nearest first, to a sum of ``log2(k + 1)``."""
    beyond = np.maximum(distances - distances[:, :1], 0.0)
    target = np.log2(distances.shape[1] + 1)
    # The sum falls with the inverse of the scale and is convex in it, so Newton's steps
    # from 0 come up to the root and never pass it.
    inverse = np.zeros((len(distances), 1))
    weights = np.ones_like(beyond)
    for _ in range(_NEWTON_STEPS):
        slope = np.maximum(np.einsum("nk,nk->n", weights, beyond), 1e-300)
        inverse += np.maximum((weights.sum(axis=1) - target) / slope, 0.0)[:, None]
        np.minimum(inverse, _LARGEST_INVERSE, out=inverse)
        np.exp(-beyond * inverse, out=weights)
    scale = 1.0 / np.maximum(inverse[:, 0], 1e-12)
    floor = _LEAST_SCALE * distances.mean(axis=1)
    low = np.flatnonzero(scale < floor)
    weights[low] = np.exp(-beyond[low] / floor[low, None])
    return weights
