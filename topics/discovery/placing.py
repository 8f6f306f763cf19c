"""Rows put into topics that are there already, each into the one that draws it most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]

# Rows compared with all others at once.
_BLOCK = 512


def place_by_draw(
    edges: csr_array,
    labels: Labels,
    homes: Labels | None = None,
    wanted: Labels | None = None,
) -> Labels:
    """Give each row without a topic the one that draws it most by edge weight.

    All at once, those without an edge to a placed row in a next round; of equals the lowest
    number is taken.

    Args:
        edges: Weights ``(n, n)``; a row's weights say what draws it.
        labels: int64 ``(n,)``, -1 for rows without a topic.
        homes: int64 ``(topics,)``: the home of each topic.
        wanted: int64 ``(n,)``: the home that each row is to go to; given with ``homes``.

    Returns:
        int64 ``(n,)``; -1 for rows from which no edges lead to a topic.
    """
    labels = labels.copy()
    while True:
        rows = np.flatnonzero(labels < 0)
        part = edges[rows]
        here = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
        topic = labels[part.indices]
        linked = topic >= 0
        if homes is not None and wanted is not None:
            linked &= homes[topic] == wanted[rows][here]
        if not linked.any():
            return labels
        best = strongest(here[linked], topic[linked], part.data[linked])
        labels[rows[best[0]]] = best[1]


def strongest(rows: Labels, topics: Labels, weights: NDArray[np.float64]) -> tuple[Labels, Labels]:
    """Return rows, and of each the topic with the greatest sum of weights, the lowest of equals.

    Args:
        rows: int64 ``(m,)``, one entry an edge.
        topics: int64 ``(m,)``, 0 and up: where each edge leads.
        weights: float64 ``(m,)``.
    """
    width = int(topics.max()) + 1
    pairs, at = np.unique(rows * width + topics, return_inverse=True)
    # Rounded beyond what the order of sums may change.
    sums = np.round(np.bincount(at, weights), 9)
    row, topic = np.divmod(pairs, width)
    order = np.lexsort((topic, -sums, row))
    first = order[np.unique(row[order], return_index=True)[1]]
    return row[first], topic[first]


def place_nearest(unit: NDArray[np.float32], labels: Labels, allowed: NDArray[np.bool_]) -> Labels:
    """Give rows without a topic that of the nearest allowed row, by cosine.

    Args:
        unit: Unit rows ``(n, d)``.
        labels: int64 ``(n,)``, -1 for rows without a topic.
        allowed: bool ``(n,)``: rows with a topic to be compared with, at least one.
    """
    labels = labels.copy()
    rows, others = np.flatnonzero(labels < 0), np.flatnonzero(allowed)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        alike = np.round(unit[block] @ unit[others].T, 5)
        labels[block] = labels[others[alike.argmax(axis=1)]]
    return labels
