"""Topics that have come up since topics were found: subjects of what was added alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.discovery.branching import RUNS_FINER
from topics.discovery.communities import (
    best_communities,
    least_topic_size,
)
from topics.discovery.condensing import compact, condense_edges
from topics.discovery.ground import Ground
from topics.discovery.levels import tidy

Labels = NDArray[np.int64]

# A topic is born of so many articles at least, and keeps so much of its edge weight inside.
LEAST_ARTICLES = 3
LEAST_INSIDE = 0.5


def find_births(
    ground: Ground, labels: Labels, free: NDArray[np.bool_], articles: Labels
) -> Labels:
    """Find topics among rows that were added, which no topic that is there would take.

    Communities are found of the topics that are there, each whole, and of the added rows, each by
    itself, at the resolution at which topics of such a corpus are found. One of added rows alone
    is a topic when the rules that join pieces in discovery join it to none that is there, it has
    the size that a topic needs, stands in three articles, and keeps half of its edge weight inside.

    Args:
        ground: All rows.
        labels: int64 ``(n,)``, without gaps: the topic of each row.
        free: bool ``(n,)``: the rows that were added since; the others stay.
        articles: int64 ``(n,)``: the article of each row.

    Returns:
        int64 ``(n,)``: the number of the new topic that a row goes into, -1 where it stays.
    """
    born = np.full(ground.rows, -1, np.int64)
    least = least_topic_size(ground.rows)
    if int(free.sum()) < least:
        return born
    alone = _find_alone(ground, labels, free)
    pieces = compact(np.where(alone >= 0, int(labels.max()) + 1 + alone, labels))
    joined = tidy(ground, pieces)
    count = 0
    for topic in np.setdiff1d(joined[alone >= 0], joined[alone < 0]).tolist():
        rows = np.flatnonzero(joined == topic)
        if (
            len(rows) >= least
            and len(np.unique(articles[rows])) >= LEAST_ARTICLES
            and _share_inside(ground, rows) >= LEAST_INSIDE
        ):
            born[rows] = count
            count += 1
    return born


def _find_alone(ground: Ground, labels: Labels, free: NDArray[np.bool_]) -> Labels:
    """Return the communities of added rows without a topic in them; -1 for all other rows."""
    added = np.flatnonzero(free)
    nodes = labels.copy()
    nodes[added] = int(labels.max()) + 1 + np.arange(len(added))
    nodes = compact(nodes)
    links = condense_edges(ground.edges, nodes)
    found = best_communities(links, ground.resolution, 0, RUNS_FINER)[nodes]
    alone = np.isin(found, np.setdiff1d(found[free], found[~free]))
    return np.where(alone, found, -1)


def _share_inside(ground: Ground, rows: NDArray[np.intp]) -> float:
    """Return the share of the rows' edge weight that leads to each other."""
    part = ground.edges[rows]
    inside = np.zeros(ground.rows, np.bool_)
    inside[rows] = True
    weight = float(part.data.sum())
    return round(float(part.data[inside[part.indices]].sum()) / weight, 6) if weight else 0.0
