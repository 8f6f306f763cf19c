"""A tree of topics on the neighbour graph, broad to fine, and the level to show first.

Rows are put into some hundreds of atoms once; Leiden runs on the small graph of atoms and
rows are then moved one by one. Finer levels are found inside the topics of the level
above, broader ones by joining, so that levels nest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embeddings.progress import track
from topics.discovery.branching import measure_margin, refine, split_loose
from topics.discovery.communities import (
    agreed_communities,
    best_communities,
    least_topic_size,
)
from topics.discovery.condensing import (
    compact,
    first_rows,
    gather_groups,
    number_by_size,
)
from topics.discovery.counting import FINER, MOST_PIECES, join_linked, join_to_count
from topics.discovery.few import part_few
from topics.discovery.ground import CONDENSE_ROWS, Ground
from topics.discovery.joining import follow_steps, join_alike, join_steps, merge_fragments
from topics.hierarchy.tree import TopicTree

Labels = NDArray[np.int64]

# Leiden runs on small graphs, of which the one of greatest modularity is taken. On large ones so
# many on all rows are among those that must agree, up to FULL_ROWS.
RUNS = 8
RUNS_WHOLE = 2
FULL_ROWS = 30_000
# So much closer the corpus is looked at as well; that partition is taken when its topics
# stand so much further apart.
CLOSER = math.sqrt(2)
LEAST_GAIN = 1.05
# A finer level is kept when it has so many times the topics of the one above, and is the
# last when it has fewer rows a topic than this.
LEAST_FINER = 1.3
LEAST_ROWS = 12
DEEPEST = 5
# Up to so many topics there is nothing broader.
MOST_BROAD = 3


def find_topics(
    ground: Ground, *, count: int | None = None, resolution: float | None = None, seed: int = 0
) -> Labels:
    """Find the topics to show first, or exactly ``count`` of them.

    Leiden communities by modularity (Traag, Waltman and van Eck, 2019), fragments and halves
    of one subject joined, loose topics split; a few rows by linkage.

    Args:
        ground: The rows.
        count: Topics wanted, 1 to ``n``.
        resolution: Higher gives more and smaller topics; by default from the number of
            rows (``Ground.resolution``), or ``CLOSER`` times that.
        seed: The one source of randomness.

    Returns:
        int64 ``(n,)``; 0 is the largest topic, and so on down, equal ones by first row.

    Raises:
        ValueError: ``count`` is not in 1 to ``n``.
    """
    rows = ground.nodes
    few = part_few(ground.unit) if resolution is None else None
    if count is not None and not 1 <= count <= max(rows, 1):
        raise ValueError(f"{count} topics were asked of {rows} passages; ask for 1 to {rows}.")
    if rows < 3 or ground.edges.nnz == 0:
        labels = np.zeros(rows, np.int64)
    elif few is not None:
        labels = few
    else:
        labels = _find_default(ground, resolution, seed)
        if count is None and resolution is None:
            labels = split_loose(ground, labels, seed=seed)
    if count is not None and rows:
        labels = join_to_count(ground, labels, count, seed=seed)
    return number_by_size(labels)


def _find_default(ground: Ground, resolution: float | None, seed: int) -> Labels:
    usual = ground.resolution
    tried = [resolution] if resolution else [usual, CLOSER * usual]
    found = [find_parts(ground, one, seed) for one in track(tried, len(tried))]
    margins = [measure_margin(ground, labels) for labels in found]
    best = len(tried) - 1 if margins[-1] > LEAST_GAIN * margins[0] > 0 else 0
    if not CONDENSE_ROWS < ground.rows <= FULL_ROWS:
        return found[best]
    return find_parts(ground, tried[best], seed, whole=RUNS_WHOLE)


def find_parts(
    ground: Ground, resolution: float, seed: int, *, runs: int = RUNS, whole: int = 0
) -> Labels:
    """Find topics at one resolution; fragments and halves of one subject are joined.

    Args:
        ground: The rows.
        resolution: That of modularity.
        seed: The one source of randomness.
        runs: Leiden runs in small corpora.
        whole: Those on all rows in large ones.
    """
    if ground.nodes <= CONDENSE_ROWS:
        part = best_communities(ground.edges, resolution, seed, runs)
    else:
        part = agreed_communities(ground.edges, ground.atoms, resolution, seed, whole)
    return tidy(ground, part)


def tidy(ground: Ground, labels: Labels) -> Labels:
    """Join fragments to their nearest topic, then halves of one subject."""
    topics = gather_groups(ground.edges, ground.unit, labels, ground.held)
    whole = merge_fragments(topics, least_topic_size(ground.rows))
    return join_alike(topics.merge(whole))[whole][labels]


def grow_tree(ground: Ground, labels: Labels, fixed: int = 0, *, seed: int = 0) -> TopicTree:
    """Find broader and finer levels around a given one, which becomes the default.

    Args:
        ground: The rows.
        labels: int64 ``(n,)``, 0 or more; the first ``fixed`` numbers are guided topics,
            with rows or without, the others are without gaps.
        fixed: Guided topics: never joined on broader levels, split as others on finer.
        seed: The one source of randomness.
    """
    if ground.edges.nnz == 0:
        return TopicTree((labels,), 0, fixed)
    broader = _find_broader(ground, labels, fixed)
    finer, resolutions = _find_finer(ground, labels, seed)
    return TopicTree((*broader, labels, *finer), len(broader), fixed, resolutions)


def _find_broader(ground: Ground, labels: Labels, fixed: int) -> list[Labels]:
    """Join topics step by step; keep counts before a weak join, each half as many or so.

    Above ``MOST_PIECES`` topics, those linked best are joined to that number first, which
    is a level too: a table of all pairs would take gigabytes.
    """
    levels: list[Labels] = []

    def keep(part: Labels) -> None:
        broad = labels.copy()
        broad[labels >= fixed] = fixed + number_by_size(part[labels >= fixed])
        levels.insert(0, broad)

    topics = gather_groups(ground.edges, ground.unit, compact(labels), ground.held)
    free = np.unique(labels) >= fixed
    if topics.count > MOST_PIECES:
        near = join_linked(topics, free, MOST_PIECES)
        topics, free = topics.merge(near), free[first_rows(near)]
        if len(free) < len(near):
            keep(topics.labels)
    ceiling = int(free.sum())
    kept = topics.count - ceiling
    steps, links = join_steps(topics, np.where(free, 0, -1), kept + 2)
    left = ceiling - 1 - np.arange(len(steps))
    gaps = links / np.maximum(np.append(links[1:], links[-1:]), 1e-9)
    while ceiling > MOST_BROAD:
        inside = np.flatnonzero((left >= max(2, ceiling / 3)) & (left <= ceiling / 1.5))
        if not len(inside):
            break
        best = int(inside[gaps[inside].argmax()])
        ceiling = int(left[best])
        keep(follow_steps(steps[: best + 1], topics.count)[topics.labels])
    return levels


def _find_finer(
    ground: Ground, labels: Labels, seed: int
) -> tuple[list[Labels], tuple[float, ...]]:
    """Find levels inside the default's topics, each inside the one before; resolutions too."""
    resolution, above = ground.resolution, compact(labels)
    levels: list[Labels] = []
    resolutions: list[float] = []
    for _ in track(range(DEEPEST), DEEPEST):
        resolution *= FINER
        part = refine(ground, above, resolution, seed=seed)
        count = int(part.max()) + 1
        if count < LEAST_FINER * (int(above.max()) + 1):
            continue
        above = number_by_size(part)
        levels.append(above)
        resolutions.append(resolution)
        if ground.rows / count < LEAST_ROWS:
            break
    return levels, tuple(resolutions)
