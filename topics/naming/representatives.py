"""Passages that stand for a topic, and how near to its middle each passage is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows

REPRESENTATIVES = 3
# Two representative passages are at most this alike (cosine), and have so many words.
MOST_ALIKE = 0.85
LEAST_WORDS = 8
# Passages looked at for representatives, best first.
_CANDIDATES = 60


def compare_with_middle(unit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosines of a topic's passages with its middle, ``(members,)``.

    Args:
        unit: Their unit vectors, ``(members, d)``.
    """
    if not len(unit):
        return np.empty(0, np.float32)
    middle = unit_rows(unit.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32))[0]
    # Not a product of BLAS: that may round a row by its place, and rouses threads for little.
    cosines: NDArray[np.float32] = np.einsum("ij,j->i", unit, middle)
    return cosines


def measure_centrality(cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return cosines with a topic's middle over their mean, which is 1 then; never 0."""
    if not len(cosines):
        return np.empty(0)
    positive = np.maximum(cosines.astype(np.float64), 0.001)
    # Rounded: the order of passages may change the last bits, and no name.
    return np.maximum(np.round(positive / float(positive.mean()), 3), 0.001)


def choose_representatives(
    members: NDArray[np.int64],
    merit: NDArray[np.float32],
    unit: NDArray[np.float32],
    texts: Sequence[str],
    outlets: Sequence[str],
) -> tuple[int, ...]:
    """Pick passages near the topic's middle, unlike each other, of different outlets.

    Conditions are let go one after the other where too few passages meet them: first
    that outlets differ, then the length. Passages too alike are never both taken.

    Args:
        members: Rows of the topic.
        merit: How well each of them stands for it, ``(members,)``.
        unit: Their unit vectors, ``(members, d)``.
        texts: Text of each passage.
        outlets: Outlet of each passage, ``""`` where unknown.
    """
    rows = members.tolist()
    best = np.argsort(-merit, kind="stable")[: 4 * _CANDIDATES].tolist()
    ranked = sorted(best, key=lambda at: (-round(float(merit[at]), 5), texts[rows[at]]))
    candidates = ranked[:_CANDIDATES]
    long_enough = [at for at in candidates if len(texts[rows[at]].split()) >= LEAST_WORDS]
    chosen: list[int] = []
    for other_outlet, able in ((True, long_enough), (False, long_enough), (False, candidates)):
        for at in able:
            if len(chosen) == REPRESENTATIVES:
                break
            if at in chosen:
                continue
            outlet = outlets[rows[at]]
            if other_outlet and outlet and outlet in {outlets[rows[one]] for one in chosen}:
                continue
            if all(float(unit[at] @ unit[one]) <= MOST_ALIKE for one in chosen):
                chosen.append(at)
    return tuple(rows[at] for at in chosen)
