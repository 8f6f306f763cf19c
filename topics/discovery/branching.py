"""Depth by branch: the parts of a topic, and loose topics shown by theirs.

One resolution suits no whole corpus: it leaves a broad topic that holds several subjects
beside others that are one. A topic whose parts stand clear of each other, beside how far
topics do, is split into them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows
from embeddings.vectors.products import multiply
from topics.discovery.communities import (
    CYCLES_LARGE,
    SWEEPS,
    best_communities,
    least_topic_size,
    sweep,
)
from topics.discovery.condensing import (
    compact,
    condense_edges,
    first_rows,
    gather_groups,
    intersect,
    keep_inside,
    membership,
)
from topics.discovery.counting import FINER
from topics.discovery.ground import Ground
from topics.discovery.joining import merge_fragments

Labels = NDArray[np.int64]

# Leiden runs for finer topics.
RUNS_FINER = 2
# Cells of the table of rows by topics up to which rows are moved on finer levels.
MOST_CELLS = 4_000_000
# Rows, spread evenly, that say how far topics stand apart.
MARGIN_ROWS = 20_000
# A topic is split when it has so many parts, and the margin between them is so many times that
# between topics. Of two parts the other is always the next, which makes for wide margins.
LEAST_PARTS = 3
LOOSE = 1.4


def split_loose(ground: Ground, labels: Labels, *, seed: int = 0) -> Labels:
    """Split the topics whose parts on the next level stand clear of each other.

    Args:
        ground: The rows.
        labels: int64 ``(n,)``, topics without gaps.
        seed: The one source of randomness.

    Returns:
        int64 ``(n,)``, without gaps.
    """
    between = measure_margin(ground, labels)
    parts = refine(ground, labels, ground.resolution * FINER, seed=seed)
    split = labels.copy()
    for topic in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == topic)
        inside = compact(parts[rows])
        if int(inside.max()) + 1 < LEAST_PARTS:
            continue
        if measure_margin(ground, inside, rows) >= LOOSE * between > 0:
            split[rows] = len(labels) + parts[rows]
    return compact(split)


def measure_margin(ground: Ground, labels: Labels, nodes: Labels | None = None) -> float:
    """Return how much nearer rows are to their own centre than to the next, in the mean.

    Cosines with the centres, as in the simplified silhouette (Hruschka, Campello and de
    Castro, 2004), without its scaling. 0 for a single topic. In large corpora the mean is
    of ``MARGIN_ROWS`` rows spread evenly.

    Args:
        ground: The rows.
        labels: The topic of each of the nodes, without gaps.
        nodes: Those that are looked at, ascending; by default all.
    """
    if labels.max(initial=0) == 0:
        return 0.0
    # Rounded beyond what the number of threads may change.
    return round(float(_row_margins(ground, labels, nodes)[0].mean(dtype=np.float64)), 5)


def measure_margins(ground: Ground, labels: Labels) -> NDArray[np.float64]:
    """Return how far each topic stands apart: the margin of its rows beside that of all.

    Returns:
        float64 ``(topics,)``, 1 for the mean; of a topic without rows among those looked at,
        and of all where there is but one, 0.
    """
    count = int(labels.max(initial=-1)) + 1
    if count < 2:
        return np.zeros(count)
    margins, seen = _row_margins(ground, labels)
    sums = np.bincount(seen, margins, minlength=count)
    means = sums / np.maximum(np.bincount(seen, minlength=count), 1)
    return np.round(means / max(float(margins.mean(dtype=np.float64)), 1e-9), 5)


def _row_margins(
    ground: Ground, labels: Labels, nodes: Labels | None = None
) -> tuple[NDArray[np.float32], Labels]:
    """Return by how much rows are nearer to their centre than to the next, and their labels."""
    held = ground.unit if nodes is None else ground.unit[nodes]
    centres = unit_rows(multiply(membership(labels), held))
    unit, place = ground.spread(MARGIN_ROWS, nodes)
    cosines, labels = unit @ centres.T, labels[place]
    rows = np.arange(len(labels))
    own = cosines[rows, labels]
    cosines[rows, labels] = -np.inf
    return own - cosines.max(axis=1), labels


def refine(ground: Ground, above: Labels, resolution: float, *, seed: int = 0) -> Labels:
    """Find finer topics inside each topic at a resolution; fragments join a sibling.

    Args:
        ground: The rows.
        above: int64 ``(n,)``, topics without gaps.
        resolution: That of modularity on the edges inside topics.
        seed: The one source of randomness.

    Returns:
        int64 ``(n,)``, without gaps.
    """
    inside = keep_inside(ground.edges, above)
    pieces = intersect(above, ground.atoms)
    links = condense_edges(inside, pieces)
    part = best_communities(links, resolution, seed, RUNS_FINER, CYCLES_LARGE)[pieces]
    part = intersect(above, part)
    if links.shape[0] < ground.nodes and ground.nodes * int(part.max()) < MOST_CELLS:
        part = intersect(above, sweep(inside, part, resolution, SWEEPS))
    # The finer the level, the smaller a topic may be.
    closer = math.sqrt(ground.resolution / resolution)
    least = max(2, round(least_topic_size(ground.rows) * closer))
    homes = above[first_rows(part)]
    topics = gather_groups(inside, ground.unit, part, ground.held)
    return merge_fragments(topics, least, homes)[part]
