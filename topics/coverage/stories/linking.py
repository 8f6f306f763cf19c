"""Average-link groups over a sparse graph of pairs, cut where a group stops holding together."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Log odds of a pair that was not looked at: neither is among the other's neighbours.
MISSING = -3.0
# What a merge costs where the two sides lie further apart than the members of one side do:
# two stories of one kind ("another earthquake") differ less from each other than from all
# else, but more than either does within. Fitted with the pairs, see likeness/articles.py.
DROP = 1.56
# Pairs within a side that count as much as no knowledge of it.
_DOUBT = 1.0


@dataclass
class Tree:
    """Merges made so far. Clusters are numbered: first those given, then one a merge.

    Attributes:
        groups: The nodes of those given.
        pairs: See ``link``.
        evidence: See ``link``.
        least: Mean evidence down to which clusters are merged.
        excess: For each cluster, what the pairs with another one add up to beyond
            ``MISSING`` for each; minus infinity where the two must stay apart. Empty once
            the cluster is part of a larger one.
        parts: Clusters that are part of a larger one.
        sizes: Nodes in each cluster.
        keys: Lowest node of each: by it ties are broken.
        within: Sum of the log odds of its pairs.
        children: The two clusters that a merge joined; ``None`` for those given.
        means: Mean evidence between the two; 0 for those given.
        drops: How far that falls below the mean within either.
        joined: Log odds of all merges below, if all hold.
        best: The most that a cut of the tree below can reach.
    """

    groups: Sequence[Sequence[int]]
    pairs: NDArray[np.int64]
    evidence: NDArray[np.float64]
    least: float
    excess: list[dict[int, float]]
    parts: set[int]
    sizes: list[int]
    keys: list[int]
    within: list[float]
    children: list[tuple[int, int] | None]
    means: list[float]
    drops: list[float]
    joined: list[float]
    best: list[float]

    def cut(self) -> list[list[int]]:
        """Cut where the odds of the merges that hold add up to most; see ``link``."""
        found = []
        waiting = [cluster for cluster in range(len(self.sizes)) if cluster not in self.parts]
        while waiting:
            cluster = waiting.pop()
            children = self.children[cluster]
            if children is not None and self.best[cluster] > self.joined[cluster]:
                waiting += children
            else:
                found.append(sorted(self.nodes(cluster)))
        return sorted(found)

    def nodes(self, cluster: int) -> Iterator[int]:
        """Yield the nodes of a cluster."""
        waiting = [cluster]
        while waiting:
            one = waiting.pop()
            children = self.children[one]
            if children is None:
                yield from self.groups[one]
            else:
                waiting += children

    def weigh_parted(self, a: int, b: int) -> float:
        """Return what was held against ``least`` where two nodes are not in one group.

        Of their clusters that were not merged, or whose merge was cut: the mean evidence
        between the two, less what is lost by falling below that within either. Minus
        infinity where they must stay apart.
        """
        one, other = self._clusters_of(a), self._clusters_of(b)
        for cluster in one:
            if cluster in other:
                return _weigh_merge(self.means[cluster], self.drops[cluster])
        if self.excess[one[-1]].get(other[-1]) == -np.inf:
            return -np.inf
        return self._mean_between(list(self.nodes(one[-1])), list(self.nodes(other[-1])))

    def _clusters_of(self, node: int) -> list[int]:
        """Return the clusters that a node is in, from the one given to the largest."""
        above = {part: made for made, pair in enumerate(self.children) for part in pair or ()}
        clusters = [next(n for n, nodes in enumerate(self.groups) if node in nodes)]
        while clusters[-1] in above:
            clusters.append(above[clusters[-1]])
        return clusters

    def _mean_between(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return the mean evidence, also where no merge was tried since all of it is weak."""
        there, back = (np.isin(self.pairs, nodes) for nodes in (one, other))
        between = (there[:, 0] & back[:, 1]) | (there[:, 1] & back[:, 0])
        over = np.maximum(self.evidence[between] - MISSING, 0).sum()
        return MISSING + float(over) / (len(one) * len(other))


def link(
    groups: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    evidence: NDArray[np.float64],
    least: float,
    apart: Iterable[tuple[int, int]] = (),
) -> list[list[int]]:
    """Group nodes so that the mean evidence within each group holds it together.

    Clusters are merged by the greatest mean evidence of their pairs (average link; pairs
    not given count ``MISSING``), as long as that is ``least`` or more. Each merge then has
    odds of its own: the mean, less ``DROP`` times how far it falls below the mean within
    either side. Of all cuts of the tree the one is taken under which the odds of the merges
    that hold add up to most, so that a weak merge is made good only by those above it.

    Args:
        groups: The nodes, those that belong together from the start in one list.
        pairs: int64 of shape ``(m, 2)``, each pair once.
        evidence: float64 of shape ``(m,)``: log odds.
        least: Log odds from which two single nodes are joined.
        apart: Nodes that may not be in one group; those of one list are not looked at.

    Returns:
        Groups of nodes, sorted. They depend on the order of the nodes where ties are
        broken, and not on that of pairs or groups.
    """
    return grow(groups, pairs, evidence, least, apart).cut()


def grow(
    groups: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    evidence: NDArray[np.float64],
    least: float,
    apart: Iterable[tuple[int, int]] = (),
) -> Tree:
    """Merge clusters by average link down to a mean of ``least``; arguments as ``link``."""
    tree = _plant(groups, pairs, evidence, least, apart)
    queue = [
        _entry(tree, one, other, mean)
        for one, near in enumerate(tree.excess)
        for other in near
        if one < other and (mean := _mean(tree, one, other)) >= least
    ]
    heapq.heapify(queue)
    while queue:
        *_, one, other = heapq.heappop(queue)
        if one in tree.parts or other in tree.parts:
            continue
        made = _merge(tree, one, other)
        for near in tree.excess[made]:
            if (mean := _mean(tree, made, near)) >= least:
                heapq.heappush(queue, _entry(tree, made, near, mean))
    return tree


def _plant(
    groups: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    evidence: NDArray[np.float64],
    least: float,
    apart: Iterable[tuple[int, int]],
) -> Tree:
    cluster_of = np.empty(sum(map(len, groups)), np.int64)
    for number, nodes in enumerate(groups):
        cluster_of[list(nodes)] = number
    sizes = [len(nodes) for nodes in groups]
    ends = cluster_of[pairs]
    reach = _connect(len(groups), ends[evidence >= least])
    kept = (reach[ends[:, 0]] == reach[ends[:, 1]]) & (evidence > MISSING)
    excess: list[dict[int, float]] = [{} for _ in groups]
    within = [MISSING * size * (size - 1) / 2 for size in sizes]
    # Sums come out the same to the last bit in any order of the pairs.
    order = np.lexsort((pairs[kept].max(axis=1), pairs[kept].min(axis=1)))
    over = (evidence[kept] - MISSING)[order].tolist()
    for (one, other), more in zip(ends[kept][order].tolist(), over, strict=True):
        if one == other:
            within[one] += more
        else:
            _add(excess, one, other, more)
    for a, b in apart:
        one, other = int(cluster_of[a]), int(cluster_of[b])
        if one != other:
            _add(excess, one, other, -np.inf)
    count = len(groups)
    keys = [min(nodes) for nodes in groups]
    none = [[0.0] * count for _ in range(4)]
    children: list[tuple[int, int] | None] = [None] * count
    given = groups, pairs, evidence, least
    return Tree(*given, excess, set(), sizes, keys, within, children, *none)


def _connect(count: int, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the parts that strong pairs connect: no merge goes beyond one."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    graph = sparse.coo_matrix((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), (count, count))
    parts: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return parts


def _add(excess: list[dict[int, float]], one: int, other: int, more: float) -> None:
    for a, b in ((one, other), (other, one)):
        excess[a][b] = excess[a].get(b, 0.0) + more


def _mean(tree: Tree, one: int, other: int) -> float:
    return MISSING + tree.excess[one][other] / (tree.sizes[one] * tree.sizes[other])


def _entry(tree: Tree, one: int, other: int, mean: float) -> tuple[float, int, int, int, int]:
    low, high = sorted((tree.keys[one], tree.keys[other]))
    return -mean, low, high, one, other


def _merge(tree: Tree, one: int, other: int) -> int:
    mean = _mean(tree, one, other)
    drop = max(0.0, *(_drop(tree, side, mean) for side in (one, other)))
    odds = _weigh_merge(mean, drop) - tree.least
    made, sizes = len(tree.sizes), (tree.sizes[one], tree.sizes[other])
    left, right = tree.excess[one], tree.excess[other]
    near: dict[int, float] = {}
    for cluster in (left.keys() | right.keys()) - {one, other}:
        near[cluster] = left.get(cluster, 0.0) + right.get(cluster, 0.0)
        back = tree.excess[cluster]
        back.pop(one, None)
        back.pop(other, None)
        back[made] = near[cluster]
    tree.excess[one], tree.excess[other] = {}, {}
    tree.parts.update((one, other))
    tree.excess.append(near)
    tree.sizes.append(sum(sizes))
    tree.keys.append(min(tree.keys[one], tree.keys[other]))
    tree.within.append(tree.within[one] + tree.within[other] + mean * sizes[0] * sizes[1])
    tree.children.append((one, other))
    tree.means.append(mean)
    tree.drops.append(drop)
    tree.joined.append(tree.joined[one] + tree.joined[other] + odds)
    tree.best.append(max(tree.joined[-1], tree.best[one] + tree.best[other]))
    return made


def _weigh_merge(mean: float, drop: float) -> float:
    return mean - DROP * drop


def _drop(tree: Tree, side: int, mean: float) -> float:
    """How far a mean falls below that within a side; less where that is of few pairs."""
    pairs = tree.sizes[side] * (tree.sizes[side] - 1) / 2
    return (tree.within[side] - mean * pairs) / (pairs + _DOUBT)
