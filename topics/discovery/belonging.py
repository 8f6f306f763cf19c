"""How firmly each passage belongs to its topic, which lie between two, which are strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A passage is mixed when another topic draws it at least so strongly beside its own.
MIXED_SHARE = 0.5
# A stranger's mean cosine with its nearest STRANGER_NEIGHBOURS lies so many spreads below
# the corpus' median; the spread is the median distance from it, scaled to a normal
# distribution's deviation (Hampel, 1974). docs/decisions/topics.md has what it finds.
STRANGER_NEIGHBOURS = 5
STRANGER_SPREADS = 2.5
_DEVIATION = 1.4826
# A line of fewer words is like no other whatever it says.
STRANGER_WORDS = 10
# Fewer passages than this tell too little of what is usual for one to be strange.
STRANGER_ROWS = 30
_BLOCK_CELLS = 1_000_000


@dataclass(frozen=True)
class Belonging:
    """How each of ``n`` rows belongs to its topic.

    Attributes:
        strengths: float32 of shape ``(n,)``, 0..1: the share of a row's edge weight that
            leads to rows of its own topic. 1 is deep inside; below .5 most of a row's
            neighbours lie elsewhere. It is a share, so it compares across topics.
        others: int64 of shape ``(n,)``: the topic that draws the row most after its own,
            -1 where none does.
        other_shares: float32 of shape ``(n,)``: the share of edge weight that leads there.
        mixed: bool of shape ``(n,)``: the row lies between the two.
        strangers: bool of shape ``(n,)``: the row is unlike all others. It is placed with
            what is least unlike it, and said to be a stranger there.
    """

    strengths: NDArray[np.float32]
    others: NDArray[np.int64]
    other_shares: NDArray[np.float32]
    mixed: NDArray[np.bool_]
    strangers: NDArray[np.bool_]


def measure_belonging(
    edges: csr_array, labels: NDArray[np.int64], strangers: NDArray[np.bool_]
) -> Belonging:
    """Measure how firmly each row belongs.

    Args:
        edges: Symmetric weights of shape ``(n, n)``.
        labels: Topic of each row, 0 and up, shape ``(n,)``.
        strangers: Which rows are unlike all others, from ``find_strangers``.
    """
    rows, count = len(labels), int(labels.max(initial=-1)) + 1
    own, other = np.ones(rows), np.zeros(rows)
    others = np.full(rows, -1, np.int64)
    step = max(1, _BLOCK_CELLS // max(count, 1))
    for start in range(0, rows, step):
        part = edges[start : start + step]
        size = part.shape[0]
        pull = np.bincount(
            np.repeat(np.arange(size) * count, np.diff(part.indptr)) + labels[part.indices],
            part.data,
            minlength=size * count,
        ).reshape(size, count)
        total = pull.sum(axis=1)
        linked = total > 0
        share = pull / np.where(linked, total, 1.0)[:, None]
        places = np.arange(size)
        here = labels[start : start + size]
        own[start : start + size] = np.where(linked, share[places, here], 1.0)
        share[places, here] = 0.0
        best = share.argmax(axis=1)
        other[start : start + size] = share[places, best]
        others[start : start + size] = np.where(share[places, best] > 0, best, -1)
    return Belonging(
        strengths=np.clip(own, 0.0, 1.0).astype(np.float32),
        others=others,
        other_shares=np.clip(other, 0.0, 1.0).astype(np.float32),
        # Rounded, so that a tie is a tie on every machine.
        mixed=(others >= 0) & (np.round(other, 6) >= np.round(MIXED_SHARE * own, 6)),
        strangers=strangers,
    )


def find_strangers(
    graph: NeighbourGraph,
    documents: Sequence[str] | None = None,
    texts: Sequence[str] | None = None,
) -> NDArray[np.bool_]:
    """Tell the rows that are unlike all others; none in corpora of a few rows.

    A row is as near to others as to its nearest in other articles, and half of that is its
    article's mean: an odd line in a common article is less strange than one in an odd article.

    Args:
        graph: Neighbours of each row.
        documents: Article of each row; by default each is its own.
        texts: Text of each row; those of a few words are no strangers. By default all may be.

    Returns:
        bool of shape ``(n,)``.
    """
    if graph.size < STRANGER_ROWS or graph.k == 0:
        return np.zeros(graph.size, np.bool_)
    keys = range(graph.size) if documents is None else np.array(documents, dtype=object)
    numbers = np.unique(keys, return_inverse=True)[1]
    outside = numbers[graph.indices] != numbers[:, None]
    # A row whose neighbours are all of its article is no nearer to others than to the last.
    outside[:, -1] |= ~outside.any(axis=1)
    nearest = outside & (np.cumsum(outside, axis=1) <= STRANGER_NEIGHBOURS)
    sums = np.where(nearest, graph.similarities, 0.0).sum(axis=1, dtype=np.float64)
    near = sums / nearest.sum(axis=1)
    near = (near + (np.bincount(numbers, near) / np.bincount(numbers))[numbers]) / 2
    usual = np.median(near)
    spread = _DEVIATION * np.median(np.abs(near - usual))
    strange = near < usual - STRANGER_SPREADS * spread
    if texts is not None:
        rows = np.flatnonzero(strange)
        strange[rows] = [len(texts[row].split()) >= STRANGER_WORDS for row in rows.tolist()]
    return np.asarray(strange, np.bool_)
