"""How far topics return when a fifth of the passages is left out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.discovery.communities import best_communities, default_resolution, sweep
from topics.discovery.condensing import compact, condense_edges, gather_groups
from topics.discovery.counting import join_to, join_to_count
from topics.discovery.levels import CONDENSE_ROWS, FULL_ROWS, SWEEPS, find_atoms, refine, tidy
from topics.hierarchy.tree import TopicTree

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]
Values = NDArray[np.float64]

# Rows left out of each run; Leiden runs for each.
LEFT_OUT = 0.2
RUNS_EACH = 2
# Below so many rows nothing can be left out and found again.
LEAST_ROWS = 10


def measure_stability(
    edges: csr_array,
    unit: NDArray[np.float32],
    tree: TopicTree,
    *,
    runs: int = 8,
    count: int | None = None,
    atoms: Labels | None = None,
    seed: int = 0,
) -> tuple[Values, ...]:
    """Measure each topic's mean best Jaccard over resampled runs (Hennig, 2007).

    Each run leaves out a fifth of the rows and finds topics anew, as many as discovery
    found; broader levels are joined from them, finer ones found inside them. A topic's
    value is the share it has in common with the topic most like it, over all rows of
    both: above .85 it returns in every run, below .6 it should not be relied on. Rows of
    guided topics stay taken. Corpora above ``FULL_ROWS`` rows get half the runs.

    Args:
        edges: Symmetric weights ``(n, n)``, rows in canonical order.
        unit: The rows' unit vectors, ``(n, d)``.
        tree: From ``topics.discovery.levels.grow_tree`` on these edges.
        runs: Runs, 1 or more.
        count: Topics that discovery found, without guided ones, before the user merged or
            split any: with the edited number, others would have to be split or joined for
            it. By default the number that the tree shows.
        atoms: From ``topics.discovery.levels.find_atoms``, where they are known.
        seed: The one source of randomness.

    Returns:
        For each level float64 ``(level.count,)``, 0 to 1; NaN for guided topics, for
        topics without rows, and for all in corpora below ``LEAST_ROWS`` rows.
    """
    rows = len(unit)
    if rows < LEAST_ROWS or edges.nnz == 0:
        return tuple(np.full(level.count, np.nan) for level in tree.levels)
    runs = runs if rows <= FULL_ROWS else max(1, runs // 2)
    atoms = find_atoms(edges, seed) if atoms is None else atoms
    generator = np.random.default_rng(seed)
    kept = [np.sort(generator.permutation(rows)[round(rows * LEFT_OUT) :]) for _ in range(runs)]

    def resample(number: int) -> list[Values]:
        keep = kept[number]
        part = edges[keep][:, keep]
        part.sort_indices()
        again = _Resample(part, unit[keep], compact(atoms[keep]), seed + number * RUNS_EACH)
        return [
            _best_jaccard(level.labels[keep], found, level.count)
            for level, found in zip(tree.levels, again.find(tree, keep, count), strict=True)
        ]

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        measured = list(pool.map(resample, range(runs)))
    values = tuple(_mean(np.stack(level)) for level in zip(*measured, strict=True))
    for level in values[: tree.default + 1]:
        level[: tree.fixed] = np.nan
    return values


class _Resample:
    """Topics found anew among the rows kept."""

    def __init__(
        self, edges: csr_array, unit: NDArray[np.float32], atoms: Labels, seed: int
    ) -> None:
        self.edges = edges
        self.unit = unit
        self.atoms = atoms
        self.seed = seed

    def find(self, tree: TopicTree, keep: NDArray[np.intp], count: int | None) -> list[Labels]:
        """Find all levels of the tree anew; ``count`` as for ``measure_stability``."""
        shown = tree.shown.labels[keep]
        base = shown.copy()
        free = shown >= tree.fixed
        if free.any():
            seen = len(np.unique(shown[free]))
            # Topics of which no row was kept cannot be found.
            lost = tree.shown.count - tree.fixed - seen
            wanted = seen if count is None else max(count - lost, 1)
            base[free] = tree.fixed + self._find_default(free, wanted)
        found = [base]
        for level in reversed(tree.levels[: tree.default]):
            part = base.copy()
            part[free] = tree.fixed + self._join(free, found[0][free], level.count - tree.fixed)
            found.insert(0, part)
        for level in tree.levels[tree.default + 1 :]:
            above = compact(found[-1])
            found.append(
                refine(self.edges, self.unit, above, self.atoms, level.resolution, seed=self.seed)
            )
        return found

    def _inside(self, free: NDArray[np.bool_]) -> csr_array:
        if free.all():
            return self.edges
        inside = self.edges[free][:, free]
        inside.sort_indices()
        return inside

    def _find_default(self, free: NDArray[np.bool_], count: int) -> Labels:
        edges, unit = self._inside(free), self.unit[free]
        rows = len(unit)
        resolution = default_resolution(rows)
        if rows <= CONDENSE_ROWS:
            labels = best_communities(edges, resolution, self.seed, RUNS_EACH)
        else:
            atoms = compact(self.atoms[free])
            links = condense_edges(edges, atoms)
            labels = best_communities(links, resolution, self.seed, RUNS_EACH)[atoms]
            labels = sweep(edges, labels, resolution, SWEEPS)
        labels = tidy(gather_groups(edges, unit, labels))[labels]
        return join_to_count(edges, unit, labels, min(count, rows), seed=self.seed)

    def _join(self, free: NDArray[np.bool_], base: Labels, count: int) -> Labels:
        return join_to(gather_groups(self._inside(free), self.unit[free], compact(base)), count)


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
