"""Edge weights of the neighbour graph: how strongly two passages belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.neighbours import NeighbourGraph

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Halvings that find a row's scale; float64 distances of 0..2 gain nothing from more.
_HALVINGS = 50
# A scale is at least this share of the mean distance (MIN_K_DIST_SCALE in umap-learn).
_LEAST_SCALE = 1e-3


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
    directed = csr_array(
        (weights.ravel(), graph.indices[:, :k].ravel(), np.arange(rows + 1) * k),
        shape=(rows, rows),
    )
    directed.sort_indices()
    reverse = directed.T.tocsr()
    both = csr_array(directed + reverse - directed * reverse)
    both.eliminate_zeros()
    both.sort_indices()
    return both


def _fuzzy_weights(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh each row's distances, nearest first, to a sum of ``log2(k + 1)``."""
    beyond = np.maximum(distances - distances[:, :1], 0.0)
    target = np.log2(distances.shape[1] + 1)
    low, high = np.zeros(len(distances)), np.full(len(distances), 4.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        heavy = np.exp(-beyond / middle[:, None]).sum(axis=1) > target
        high = np.where(heavy, middle, high)
        low = np.where(heavy, low, middle)
    scale = np.maximum((low + high) / 2, _LEAST_SCALE * distances.mean(axis=1))
    weights: NDArray[np.float64] = np.exp(-beyond / np.maximum(scale, 1e-12)[:, None])
    return weights
