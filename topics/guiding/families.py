"""Topics and their parts: which of them takes a passage, by its scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# All measured: see docs/decisions/guided.md. A topic's top is what the best twentieth of
# the passages it is the best topic for reach.
TOP_QUANTILE = 0.95
# A passage is taken when its score is above LEAST_FIT; above LEAST_SHARE of the highest
# top, or a topic that the corpus lacks takes its strangers; and above TOP_SHARE of the
# topic's own top, or a description that fits some passages closely takes their distant
# relations. In a corpus all on one subject (``Surroundings.crowded``) LEAST_SHARE rises to
# CROWDED_SHARE: most of what a description is like is something else. What does not clear
# CHILD_SHARE of a child's top stays with the parent.
LEAST_FIT = 0.08
LEAST_SHARE = 0.2
CROWDED_SHARE = 0.9
TOP_SHARE = 0.32
CHILD_SHARE = 0.4
# The same for passages that are sure enough to learn from.
SURE_FIT = 0.12
SURE_LEAST_SHARE = 0.3
SURE_TOP_SHARE = 0.65


@dataclass(frozen=True)
class Family:
    """Which topic is part of which.

    Attributes:
        parents: int64 of shape ``(topics,)``: number of each topic's parent, -1 for none.
    """

    parents: NDArray[np.int64]

    def children(self, topic: int) -> list[int]:
        """Return the topics just below one; those on top for -1."""
        return [int(child) for child in np.flatnonzero(self.parents == topic)]

    def descent(self, topic: int) -> list[int]:
        """Return a topic and all below it."""
        return [topic, *(one for child in self.children(topic) for one in self.descent(child))]

    def holds(self, labels: NDArray[np.int64], topic: int) -> NDArray[np.bool_]:
        """Say which rows are under a topic or one below it."""
        return np.isin(labels, self.descent(topic))


def find_sure(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the best column of each row where it surely fits, else -1.

    Args:
        scores: Shape ``(n, columns)``; minus infinity where a column is out of question.
    """
    best, reached = scores.argmax(axis=1), scores.max(axis=1)
    tops = _tops(scores)
    least = max(SURE_FIT, SURE_LEAST_SHARE * float(tops.max()))
    return np.where(reached > np.maximum(least, SURE_TOP_SHARE * tops)[best], best, -1)


def place(scores: NDArray[np.float64], family: Family, crowded: float = 0.0) -> NDArray[np.int64]:
    """Place passages under families by their best member, then within each.

    Args:
        scores: Shape ``(n, topics)``; minus infinity where a topic is out of question.
        family: Which topic is part of which.
        crowded: As in ``topics.guiding.likeness.Surroundings``.

    Returns:
        int64 ``(n,)``, the topic of each passage, -1 for none.
    """
    labels = np.full(len(scores), -1, np.int64)
    members = [family.descent(topic) for topic in range(scores.shape[1])]
    grouped = np.stack([scores[:, some].max(axis=1) for some in members], axis=1)
    heads = family.children(-1)
    share = LEAST_SHARE + crowded * (CROWDED_SHARE - LEAST_SHARE)
    least = max(LEAST_FIT, share * float(_tops(grouped[:, heads]).max()))
    # Topics that share rows among themselves, and the rows in question.
    open_ = [(heads, np.ones(len(scores), np.bool_), TOP_SHARE)]
    while open_:
        siblings, inside, share = open_.pop()
        best, reached = grouped[:, siblings].argmax(axis=1), grouped[:, siblings].max(axis=1)
        for column, topic in enumerate(siblings):
            won = inside & (best == column) & np.isfinite(reached)
            fits = scores[:, topic] > max(least, share * _top(scores[won, topic]))
            # A close-fitting child sets no bar for what only the wider parent fits.
            fits |= reached > max(least, share * _top(reached[won]))
            labels[won & fits] = topic
            children = family.children(topic)
            if children:
                open_.append((children, won & fits, CHILD_SHARE))
    return labels


def _tops(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the top of each column over the rows it is the best for."""
    best, reached = scores.argmax(axis=1), scores.max(axis=1)
    return np.array([_top(reached[best == column]) for column in range(scores.shape[1])])


def _top(scores: NDArray[np.float64]) -> float:
    """Return what the best of some scores reach, 0 where there are none."""
    real = scores[np.isfinite(scores)]
    return max(0.0, float(np.quantile(real, TOP_QUANTILE))) if len(real) else 0.0
