"""A tree of topics on the neighbour graph, broad to fine, and the level to show first.

Rows are put into some hundreds of atoms once; Leiden runs on the small graph of atoms and
rows are then moved one by one. Finer levels are found inside the topics of the level
above, broader ones by joining, so that levels nest.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows
from topics.discovery.communities import (
    best_communities,
    default_resolution,
    least_topic_size,
    run_leiden,
    sweep,
)
from topics.discovery.condensing import (
    Groups,
    compact,
    condense_edges,
    gather_groups,
    intersect,
    keep_inside,
    membership,
    number_by_size,
)
from topics.discovery.counting import FINER, MOST_PIECES, join_linked, join_to_count
from topics.discovery.joining import follow_steps, join_alike, join_steps, merge_fragments
from topics.hierarchy.tree import Level, TopicTree

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]

# Larger graphs are condensed: one run at a high resolution gives hundreds of atoms, at
# most some thousand whatever the size. At 100,000 rows ATOM_ROWS makes it 200.
CONDENSE_ROWS = 2_000
ATOM_RESOLUTION = 50.0
ATOM_ROWS = 500
# Leiden runs, of which the one of greatest modularity is taken: so many on small graphs,
# on the graph of atoms, and on all rows up to FULL_ROWS, the last two of fewer cycles.
RUNS = 8
RUNS_ATOMS = 2
RUNS_FULL = 4
CYCLES_LARGE = 2
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
RUNS_FINER = 2
# Rounds in which rows are moved on finer levels, and on the default one of large corpora.
SWEEPS = 4
# Cells of the table of rows by topics up to which rows are moved on finer levels.
MOST_CELLS = 4_000_000
# Up to so many topics there is nothing broader.
MOST_BROAD = 3
# Rows, spread evenly, that say how far topics stand apart.
MARGIN_ROWS = 20_000


def find_topics(
    edges: csr_array,
    unit: NDArray[np.float32],
    *,
    count: int | None = None,
    resolution: float | None = None,
    atoms: Labels | None = None,
    seed: int = 0,
) -> Labels:
    """Find the topics to show first, or exactly ``count`` of them.

    Args:
        edges: Symmetric weights ``(n, n)``, no diagonal, from
            ``topics.discovery.weights.weigh_without_hubs``. Rows in canonical order, copies taken
            together, which makes the result independent of both.
        unit: The rows' unit vectors, ``(n, d)``, in the same order.
        count: Topics wanted, 1 to ``n``.
        resolution: Higher gives more and smaller topics; by default from the number of
            rows (``default_resolution``), or ``CLOSER`` times that.
        atoms: From ``find_atoms``, where they are known.
        seed: The one source of randomness.

    Returns:
        int64 ``(n,)``; 0 is the largest topic.

    Raises:
        ValueError: ``count`` is not in 1 to ``n``.
    """
    rows = edges.shape[0]
    if count is not None and not 1 <= count <= max(rows, 1):
        raise ValueError(f"{count} topics were asked of {rows} passages; ask for 1 to {rows}.")
    if rows < 3 or edges.nnz == 0:
        labels = np.zeros(rows, np.int64)
    else:
        labels = _find_default(edges, unit, resolution, atoms, seed)
    if count is not None and rows:
        labels = join_to_count(edges, unit, labels, count, seed=seed)
    return number_by_size(labels)


def _find_default(
    edges: csr_array,
    unit: NDArray[np.float32],
    resolution: float | None,
    atoms: Labels | None,
    seed: int,
) -> Labels:
    rows = edges.shape[0]
    usual = default_resolution(rows)
    tried = [resolution] if resolution else [usual, CLOSER * usual]
    if rows <= CONDENSE_ROWS:
        parts = [best_communities(edges, one, seed, RUNS) for one in tried]
    else:
        atoms = find_atoms(edges, seed) if atoms is None else atoms
        links = condense_edges(edges, atoms)
        parts = [
            best_communities(links, one, seed, RUNS_ATOMS, CYCLES_LARGE)[atoms] for one in tried
        ]
    found = [tidy(gather_groups(edges, unit, part))[part] for part in parts]
    margins = [measure_margin(unit, labels) for labels in found]
    best = len(tried) - 1 if margins[-1] > LEAST_GAIN * margins[0] > 0 else 0
    if rows <= CONDENSE_ROWS:
        return found[best]
    if rows <= FULL_ROWS:
        part = best_communities(edges, tried[best], seed, RUNS_FULL, CYCLES_LARGE)
    else:
        part = sweep(edges, parts[best], tried[best], SWEEPS)
    return tidy(gather_groups(edges, unit, part))[part]


def measure_margin(unit: NDArray[np.float32], labels: Labels) -> float:
    """Return how much nearer rows are to their own centre than to the next, in the mean.

    Cosines with the centres, as in the simplified silhouette (Hruschka, Campello and de
    Castro, 2004), without its scaling. 0 for a single topic. In large corpora the mean is
    of ``MARGIN_ROWS`` rows spread evenly.
    """
    if labels.max(initial=0) == 0:
        return 0.0
    centres = unit_rows(np.asarray(membership(labels) @ unit))
    step = -(-len(unit) // MARGIN_ROWS)
    cosines, labels = unit[::step] @ centres.T, labels[::step]
    rows = np.arange(len(labels))
    own = cosines[rows, labels]
    cosines[rows, labels] = -np.inf
    # Rounded beyond what the number of threads may change.
    return round(float((own - cosines.max(axis=1)).mean(dtype=np.float64)), 5)


def tidy(topics: Groups) -> Labels:
    """Join fragments to their nearest, then halves of one subject; where each topic goes."""
    whole = merge_fragments(topics, least_topic_size(len(topics.labels)))
    return join_alike(topics.merge(whole))[whole]


def find_atoms(edges: csr_array, seed: int) -> Labels:
    """Return groups small enough that all broader topics are made of them, but for strays."""
    if edges.shape[0] <= CONDENSE_ROWS:
        return np.arange(edges.shape[0], dtype=np.int64)
    return run_leiden(edges, max(ATOM_RESOLUTION, edges.shape[0] / ATOM_ROWS), seed, 1)


def grow_tree(
    edges: csr_array,
    unit: NDArray[np.float32],
    labels: Labels,
    fixed: int = 0,
    *,
    atoms: Labels | None = None,
    seed: int = 0,
) -> TopicTree:
    """Find broader and finer levels around a given one, which becomes the default.

    Args:
        edges: As for ``find_topics``.
        unit: As for ``find_topics``.
        labels: int64 ``(n,)``, 0 or more; the first ``fixed`` numbers are guided topics,
            with rows or without, the others are without gaps.
        fixed: Guided topics: never joined on broader levels, split as others on finer.
        atoms: From ``find_atoms``, where they are known.
        seed: As for ``find_topics``.
    """
    rows = len(labels)
    count = max(fixed, int(labels.max(initial=-1)) + 1)
    resolution = default_resolution(rows)
    default = Level(labels, np.full(count, -1), resolution)
    if rows == 0 or edges.nnz == 0:
        return TopicTree((default,), 0, fixed)
    broader = _find_broader(
        gather_groups(edges, unit, compact(labels)), np.unique(labels), labels, fixed
    )
    atoms = find_atoms(edges, seed) if atoms is None else atoms
    finer = _find_finer(edges, unit, labels, atoms, seed)
    levels = [*broader, default, *finer]
    linked = [_link(level, above) for above, level in pairwise(levels)]
    return TopicTree((levels[0], *linked), len(broader), fixed)


def _link(level: Level, above: Level) -> Level:
    """Fill in the parents."""
    parents = np.full(level.count, -1)
    parents[level.labels] = above.labels
    return Level(level.labels, parents, level.resolution)


def _find_broader(topics: Groups, numbers: Labels, labels: Labels, fixed: int) -> list[Level]:
    """Join topics step by step; keep counts before a weak join, each half as many or so.

    Above ``MOST_PIECES`` topics, those linked best are joined to that number first, which
    is a level too: a table of all pairs would take gigabytes.
    """
    levels: list[Level] = []

    def keep(part: Labels, count: int, link: float) -> None:
        broad = labels.copy()
        broad[labels >= fixed] = fixed + number_by_size(part[labels >= fixed])
        levels.insert(0, Level(broad, np.full(fixed + count, -1), link))

    free = numbers >= fixed
    if topics.count > MOST_PIECES:
        near = join_linked(topics, free, MOST_PIECES)
        topics, free = topics.merge(near), free[np.unique(near, return_index=True)[1]]
        if len(free) < len(near):
            keep(topics.labels, int(free.sum()), 0.0)
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
        joined = follow_steps(steps[: best + 1], topics.count)[topics.labels]
        keep(joined, ceiling, float(links[best]))
    return levels


def _find_finer(
    edges: csr_array, unit: NDArray[np.float32], labels: Labels, atoms: Labels, seed: int
) -> list[Level]:
    """Find levels inside the default's topics, each inside the one before."""
    rows, resolution = len(labels), default_resolution(len(labels))
    above, levels = compact(labels), []
    for _ in range(DEEPEST):
        resolution *= FINER
        part = refine(edges, unit, above, atoms, resolution, seed=seed)
        count = int(part.max()) + 1
        if count < LEAST_FINER * (int(above.max()) + 1):
            continue
        above = number_by_size(part)
        levels.append(Level(above, np.full(count, -1), resolution))
        if rows / count < LEAST_ROWS:
            break
    return levels


def refine(
    edges: csr_array,
    unit: NDArray[np.float32],
    above: Labels,
    atoms: Labels,
    resolution: float,
    *,
    seed: int = 0,
) -> Labels:
    """Find finer topics inside each topic at a resolution; fragments join a sibling.

    Args:
        edges: As for ``find_topics``.
        unit: As for ``find_topics``.
        above: int64 ``(n,)``, topics without gaps.
        atoms: As for ``grow_tree``.
        resolution: That of modularity on the edges inside topics.
        seed: As for ``find_topics``.

    Returns:
        int64 ``(n,)``, without gaps.
    """
    rows = len(above)
    inside = keep_inside(edges, above)
    pieces = intersect(above, atoms)
    links = condense_edges(inside, pieces)
    part = best_communities(links, resolution, seed, RUNS_FINER, CYCLES_LARGE)[pieces]
    part = intersect(above, part)
    if links.shape[0] < rows and rows * int(part.max()) < MOST_CELLS:
        part = intersect(above, sweep(inside, part, resolution, SWEEPS))
    # The finer the level, the smaller a topic may be.
    closer = math.sqrt(default_resolution(rows) / resolution)
    least = max(2, round(least_topic_size(rows) * closer))
    homes = above[np.unique(part, return_index=True)[1]]
    return merge_fragments(gather_groups(inside, unit, part), least, homes)[part]
