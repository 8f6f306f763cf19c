"""A map that stays put: points that came are put among those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.maps.layout import FEWEST_FOR_UMAP, Layout, optimise, weigh

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from embeddings.vectors.neighbours import NeighbourGraph

# From this share of new points on what is there says too little of where all belong.
MOST_NEW = 0.5
# What a point starts off its neighbour by, in units of the curve: no two begin at one place.
_OFF = 1e-2


def grow_layout(
    known: Layout,
    graph: NeighbourGraph,
    vectors: NDArray[np.float32],
    keys: Sequence[bytes],
    *,
    seed: int = 0,
) -> Layout | None:
    """Put points on a map where some of them stand already, and stay, to the bit.

    A new point begins at the one of its neighbours that is in the middle of them, and is settled
    by UMAP's descent with all that were there held fixed. What is gone leaves its place empty.

    Args:
        known: The map.
        graph: The neighbour graph; only ``indices``, int32 ``(n, k)``, is read.
        vectors: Unit rows, float32 ``(n, d)``.
        keys: What each row is known by.
        seed: Of the random numbers.

    Returns:
        ``None`` where the map has to be laid out afresh: it has hardly more than half of the
        points, or too few.
    """
    place = {key: at for at, key in enumerate(known.keys)}
    at = np.array([place.get(key, -1) for key in keys], np.int64)
    there = at >= 0
    fresh = int((~there).sum())
    if known.unit <= 0 or len(keys) - fresh < FEWEST_FOR_UMAP or fresh > MOST_NEW * len(keys):
        return None
    points = np.where(there[:, None], known.points[at], np.float32(0))
    if fresh:
        order, rows, weights = weigh(graph, vectors, keys)
        if weights is None:
            return None
        moving = ~there[order]
        start = points[order].astype(np.float64) / known.unit
        _begin(start, moving, weights.tocsr(), rows)
        start[moving] += np.random.default_rng(seed).normal(scale=_OFF, size=(fresh, 2))
        settled = optimise(weights, start, seed, moving) * known.unit
        points[order[moving]] = settled[moving]
    return Layout(np.asarray(points, np.float32), keys, known.unit)


def _begin(
    start: NDArray[np.float64],
    moving: NDArray[np.bool_],
    weights: csr_array,
    rows: NDArray[np.float32],
) -> None:
    """Write where new points begin; those without a neighbour that is placed in a next round."""
    placed = ~moving
    while len(left := np.flatnonzero(~placed)):
        began = []
        for point in left.tolist():
            here = slice(weights.indptr[point], weights.indptr[point + 1])
            near, strength = weights.indices[here], weights.data[here]
            near, strength = near[placed[near]], strength[placed[near]]
            if len(near):
                apart = np.linalg.norm(start[near][:, None] - start[near], axis=2)
                began.append((point, start[near[np.argmin(apart @ strength)]]))
        if not began:
            # Tied to nothing that is placed: where the nearest is.
            others = np.flatnonzero(placed)
            nearest = others[(rows[left] @ rows[others].T).argmax(axis=1)]
            began = list(zip(left.tolist(), start[nearest], strict=True))
        for point, where in began:
            start[point], placed[point] = where, True
