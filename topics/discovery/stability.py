"""How far topics return when a fifth of the passages is left out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import cores
from embeddings.progress import track
from topics.discovery.branching import refine, split_loose
from topics.discovery.communities import RUNS_AGREE
from topics.discovery.condensing import compact, gather_groups
from topics.discovery.counting import join_to, join_to_count
from topics.discovery.few import FEW_ROWS
from topics.discovery.ground import Ground
from topics.discovery.levels import FULL_ROWS, find_parts
from topics.hierarchy.tree import TopicTree

Labels = NDArray[np.int64]
Values = NDArray[np.float64]

# Rows left out of each run; Leiden runs for each in small corpora.
LEFT_OUT = 0.2
RUNS_EACH = 2
# In topics of fewer rows there is next to nothing to leave out.
LEAST_MEMBERS = 5


def measure_stability(
    ground: Ground, tree: TopicTree, *, runs: int = 8, count: int | None = None, seed: int = 0
) -> tuple[Values, ...]:
    """Measure each topic's mean best Jaccard over resampled runs (Hennig, 2007).

    Each run leaves out a fifth of the rows and finds topics anew, as many as discovery
    found; broader levels are joined from them, finer ones found inside them. A topic's
    value is the share it has in common with the topic most like it, over all rows of
    both: above .85 it returns in every run, below .6 it should not be relied on. Rows of
    guided topics stay taken. Corpora above ``FULL_ROWS`` rows get half the runs.

    Args:
        ground: The rows.
        tree: From ``topics.discovery.levels.grow_tree`` on this ground.
        runs: Runs, 1 or more.
        count: Topics that discovery found, without guided ones, before the user merged or
            split any: with the edited number, others would have to be split or joined for
            it. By default the number that the tree shows.
        seed: The one source of randomness.

    Returns:
        For each level float64 ``(tree.count(level),)``, 0 to 1; NaN for guided topics, for
        topics of fewer than ``LEAST_MEMBERS`` rows, and for all in corpora below
        ``FEW_ROWS`` rows.
    """
    rows = ground.rows
    if rows < FEW_ROWS or ground.edges.nnz == 0:
        return tuple(np.full(tree.count(level), np.nan) for level in range(len(tree.levels)))
    runs = runs if rows <= FULL_ROWS else max(1, runs // 2)
    kept = leave_out(rows, runs, seed)

    def resample(number: int) -> list[Values]:
        keep = kept[number]
        found = _find_again(ground, tree, keep, count, seed + number * RUNS_AGREE)
        return [
            _best_jaccard(tree.levels[level][keep], again, tree.count(level))
            for level, again in enumerate(found)
        ]

    with ThreadPoolExecutor(max_workers=cores()) as pool:
        measured = list(track(pool.map(resample, range(runs)), runs))
    values = tuple(_mean(np.stack(level)) for level in zip(*measured, strict=True))
    for labels, level in zip(tree.levels, values, strict=True):
        level[np.bincount(labels, minlength=len(level)) < LEAST_MEMBERS] = np.nan
    for level in values[: tree.default + 1]:
        level[: tree.fixed] = np.nan
    return values


def pick_stabilities(tree: TopicTree, measured: Sequence[Values]) -> list[float | None]:
    """Pick each topic's value on the default level, or on its own where it is not there."""
    values = np.full(len(tree.topics), np.nan)
    # The later overwrites: of several levels that of a topic's nearest the default counts.
    for level in (*range(tree.default), *reversed(range(tree.default, len(measured)))):
        stands = tree.places[level] >= 0
        values[tree.places[level][stands]] = measured[level][stands]
    return [None if np.isnan(value) else round(value, 3) for value in values.tolist()]


def leave_out(rows: int, runs: int, seed: int) -> list[NDArray[np.intp]]:
    """Return the rows kept in each run, ascending; a fifth of them is left out."""
    generator = np.random.default_rng(seed)
    return [np.sort(generator.permutation(rows)[round(rows * LEFT_OUT) :]) for _ in range(runs)]


def _find_again(
    ground: Ground, tree: TopicTree, keep: NDArray[np.intp], count: int | None, seed: int
) -> list[Labels]:
    """Find all levels of a tree anew among the rows kept; ``count`` is of the shown one."""
    shown = tree.shown[keep]
    kept, free = ground.part(keep), np.flatnonzero(shown >= tree.fixed)
    inside = kept.part(free)

    def put(found: Labels) -> Labels:
        labels = shown.copy()
        labels[free] = tree.fixed + found
        return labels

    levels = [shown] * (tree.default + 1)
    if len(free):
        seen = len(np.unique(shown[free]))
        # Topics of which no row was kept cannot be found.
        lost = tree.count(tree.default) - tree.fixed - seen
        wanted = seen if count is None else max(count - lost, 1)
        levels[-1] = put(_find_shown(inside, min(wanted, len(free)), seed))
        for level in reversed(range(tree.default)):
            topics = gather_groups(inside.edges, inside.unit, compact(levels[level + 1][free]))
            levels[level] = put(join_to(topics, tree.count(level) - tree.fixed))
    for resolution in tree.resolutions:
        levels.append(refine(kept, compact(levels[-1]), resolution, seed=seed))
    return levels


def _find_shown(ground: Ground, count: int, seed: int) -> Labels:
    """Find so many topics as ``find_topics`` does, by fewer runs."""
    labels = find_parts(ground, ground.resolution, seed, runs=RUNS_EACH)
    if count > int(labels.max()) + 1:
        labels = split_loose(ground, labels, seed=seed)
    return join_to_count(ground, labels, count, seed=seed)


def _best_jaccard(labels: Labels, found: Labels, count: int) -> Values:
    """Return each topic's best Jaccard with a topic found; NaN without rows."""
    width = int(found.max()) + 1
    # Pairs that share rows, not a table of all: fine levels have thousands of topics.
    pairs, both = np.unique(labels * width + found, return_counts=True)
    one, other = np.divmod(pairs, width)
    sizes = np.bincount(labels, minlength=count)
    best = np.full(count, np.nan)
    np.fmax.at(best, one, both / (sizes[one] + np.bincount(found)[other] - both))
    return best


def _mean(values: Values) -> Values:
    """Return means over runs, those without the topic passed over."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    seen = known.sum(axis=0)
    return np.where(seen > 0, total / np.maximum(seen, 1), np.nan)
