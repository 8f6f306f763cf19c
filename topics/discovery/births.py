"""Topics that have come up since topics were found: subjects of what was added alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.discovery.branching import RUNS_FINER
from topics.discovery.communities import (
    best_communities,
    least_topic_size,
)
from topics.discovery.condensing import compact, condense_edges, intersect
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
    found = _find_communities(ground, labels, free)
    alone = np.isin(found, np.setdiff1d(found[free], found[~free]))
    standing = _find_standing(ground, np.where(alone, found, -1), labels, articles)
    for number, rows in enumerate(standing):
        born[rows] = number
    return born


def find_subjects(
    ground: Ground, labels: Labels, inside: NDArray[np.bool_], articles: Labels
) -> list[NDArray[np.intp]]:
    """Find the subjects of some topics: what would be topics, were their rows not kept together.

    As topics are born, but for what communities share with other topics, which is cut off.

    Args:
        ground: All rows.
        labels: int64 ``(n,)``, without gaps: the topic of each row.
        inside: bool ``(n,)``: the rows of those topics.
        articles: int64 ``(n,)``: the article of each row.

    Returns:
        Rows of each.
    """
    found = intersect(labels, _find_communities(ground, labels, inside))
    return _find_standing(ground, np.where(inside, found, -1), labels, articles)


def _find_standing(
    ground: Ground, pieces: Labels, labels: Labels, articles: Labels
) -> list[NDArray[np.intp]]:
    """Return the topics that pieces join into by themselves, and that stand; -1 is no piece."""
    least = least_topic_size(ground.rows)
    own = pieces >= 0
    joined = tidy(ground, compact(np.where(own, int(labels.max()) + 1 + pieces, labels)))
    parts = np.setdiff1d(joined[own], joined[~own]).tolist()
    return [
        rows
        for rows in (np.flatnonzero(joined == part) for part in parts)
        if len(rows) >= least
        and len(np.unique(articles[rows])) >= LEAST_ARTICLES
        and _share_inside(ground, rows) >= LEAST_INSIDE
    ]


def _find_communities(ground: Ground, labels: Labels, free: NDArray[np.bool_]) -> Labels:
    """Return communities of some rows, each by itself, and of all other topics, each whole."""
    alone = np.flatnonzero(free)
    nodes = labels.copy()
    nodes[alone] = int(labels.max()) + 1 + np.arange(len(alone))
    nodes = compact(nodes)
    links = condense_edges(ground.edges, nodes)
    return best_communities(links, ground.resolution, 0, RUNS_FINER)[nodes]


def _share_inside(ground: Ground, rows: NDArray[np.intp]) -> float:
    """Return the share of the rows' edge weight that leads to each other."""
    part = ground.edges[rows]
    inside = np.zeros(ground.rows, np.bool_)
    inside[rows] = True
    weight = float(part.data.sum())
    return round(float(part.data[inside[part.indices]].sum()) / weight, 6) if weight else 0.0
