"""What follows from the number of passages: how closely to look, and what is a crumb."""

from __future__ import annotations

import math


def default_resolution(rows: int) -> float:
    """Return the resolution of modularity for a corpus of this size.

    Modularity at .5 finds subjects in thousands of passages and next to nothing in a
    hundred, so small corpora are looked at more closely: 1 up to 500 rows, .5 from 2,000.
    Measured in ``docs/decisions/topics.md``.
    """
    return min(1.0, max(0.5, math.sqrt(500 / max(rows, 1))))


def least_topic_size(rows: int) -> int:
    """Return the size below which a topic is merged into its nearest: sqrt(n)/4, 2 or more."""
    return max(2, round(math.sqrt(rows) / 4))
