"""Average-link groups over a sparse graph of pairs, cut where a group stops holding together."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topics.coverage.articles.unions import Unions

# Log odds of a pair that was not looked at: neither is among the other's neighbours.
MISSING = -3.0
# What a merge costs where the two sides lie further apart than the members of one side do:
# two stories of one kind ("another earthquake") differ less from each other than from all
# else, but more than either does within. Fitted with the pairs, see likeness/articles.py.
DROP = 1.56
# Pairs within a side that count as much as no knowledge of it.
_DOUBT = 1.0
# The most that the mean within a side is taken for where a single node joins it: the tighter a
# story, the further a side angle or a comment lies below, and still is of the story.
TIGHT = 2.0


@dataclass(slots=True)
class Cluster:
    """Nodes that were given together, or that a merge joined.

    Attributes:
        size: Nodes in it.
        key: Lowest node: by it ties are broken.
        within: Sum of the log odds of its pairs.
        excess: What the pairs with another cluster add up to beyond ``MISSING`` for each;
            minus infinity where the two must stay apart. Empty once it is part of a larger one.
        children: The two clusters that a merge joined; ``None`` where it was given.
        mean: Mean evidence between the two.
        drop: How far that falls below the mean within either.
        joined: Log odds of all merges below, if all hold.
        best: The most that a cut of the tree below can reach.
        parent: The larger one that it is part of.
    """

    size: int
    key: int
    within: float
    excess: dict[int, float] = field(default_factory=dict)
    children: tuple[int, int] | None = None
    mean: float = 0.0
    drop: float = 0.0
    joined: float = 0.0
    best: float = 0.0
    parent: int | None = None


@dataclass(frozen=True)
class Tree:
    """Merges made so far.

    Attributes:
        groups: The nodes of the clusters given.
        pairs: See ``grow``.
        evidence: See ``grow``.
        least: Mean evidence down to which clusters are merged.
        surplus: See ``grow``.
        doubts: See ``grow``.
        clusters: First those given, then one a merge; they go by their places here.
    """

    groups: Sequence[Sequence[int]]
    pairs: NDArray[np.int64]
    evidence: NDArray[np.float64]
    least: float
    surplus: float
    doubts: NDArray[np.float64]
    clusters: list[Cluster]

    def cut(self) -> list[list[int]]:
        """Cut where the odds of the merges that hold add up to most, sorted; see ``grow``."""
        found = []
        waiting = [place for place, one in enumerate(self.clusters) if one.parent is None]
        while waiting:
            place = waiting.pop()
            cluster = self.clusters[place]
            if cluster.children is not None and cluster.best > cluster.joined:
                waiting += cluster.children
            else:
                found.append(sorted(self.nodes(place)))
        return sorted(found)

    def nodes(self, place: int) -> Iterator[int]:
        """Yield the nodes of a cluster."""
        waiting = [place]
        while waiting:
            one = waiting.pop()
            children = self.clusters[one].children
            if children is None:
                yield from self.groups[one]
            else:
                waiting += children

    def mean(self, one: int, other: int) -> float:
        """Return the mean evidence between two clusters."""
        left, right = self.clusters[one], self.clusters[other]
        return MISSING + left.excess[other] / (left.size * right.size)

    def weigh_parted(self, a: int, b: int) -> float:
        """Return what was held against ``least`` where two nodes are not in one group.

        Of their clusters that were not merged, or whose merge was cut: the mean evidence
        between the two, less what is lost by falling below that within either. Minus
        infinity where they must stay apart.
        """
        one, other = self._clusters_of(a), self._clusters_of(b)
        for place in one:
            if place in other:
                cluster = self.clusters[place]
                left, right = cluster.children or (place, place)
                return self.weigh_merge(left, right, cluster.mean, cluster.drop)
        left, right = one[-1], other[-1]
        if self.clusters[left].excess.get(right) == -np.inf:
            return -np.inf
        mean = self._mean_between(list(self.nodes(left)), list(self.nodes(right)))
        return self.weigh_merge(left, right, mean, 0.0)

    def weigh_merge(self, one: int, other: int, mean: float, drop: float) -> float:
        """Return the log odds that two clusters are one story.

        What all pairs share, the surplus, counts in full for two single nodes, and less where
        many pairs speak for a merge: as their mean's doubt does.
        """
        left, right = self.clusters[one], self.clusters[other]
        pairs = left.size * right.size
        if pairs == 1:
            mean += float(self.doubts[left.key] + self.doubts[right.key])
        return mean + self.surplus / math.sqrt(pairs) - DROP * drop

    def _clusters_of(self, node: int) -> list[int]:
        """Return the clusters that a node is in, from the one given to the largest."""
        place: int | None = next(n for n, nodes in enumerate(self.groups) if node in nodes)
        found = []
        while place is not None:
            found.append(place)
            place = self.clusters[place].parent
        return found

    def _mean_between(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return the mean evidence, also where no merge was tried since all of it is weak."""
        there, back = (np.isin(self.pairs, nodes) for nodes in (one, other))
        between = (there[:, 0] & back[:, 1]) | (there[:, 1] & back[:, 0])
        over = np.maximum(self.evidence[between] - MISSING, 0).sum()
        return MISSING + float(over) / (len(one) * len(other))


def grow(
    groups: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    evidence: NDArray[np.float64],
    least: float,
    apart: Iterable[tuple[int, int]] = (),
    *,
    surplus: float = 0.0,
    doubts: NDArray[np.float64] | None = None,
) -> Tree:
    """Merge clusters so that the mean evidence within each group, once cut, holds it together.

    Clusters are merged by the greatest mean evidence of their pairs (average link; pairs
    not given count ``MISSING``), as long as that is ``least`` or more. Each merge then has
    odds of its own: the mean, less ``DROP`` times how far it falls below the mean within
    either side, and less the surplus (``Tree.weigh_merge``). Of all cuts of the tree the one
    is taken under which the odds of the merges that hold add up to most, so that a weak merge
    is made good only by those above it.

    Args:
        groups: The nodes, those that belong together from the start in one list.
        pairs: int64 of shape ``(m, 2)``, each pair once.
        evidence: float64 of shape ``(m,)``: log odds.
        least: Log odds from which two single nodes are joined.
        apart: Nodes that may not be in one group; those of one list are not looked at.
        surplus: Log odds that every pair of this corpus loses, 0 or less.
        doubts: float64 of shape ``(nodes,)``: log odds, 0 or less, that each node loses where
            it would be a group with one other alone.

    Returns:
        The merges; ``Tree.cut`` gives groups of nodes, which depend on the order of the nodes
        where ties are broken, and not on that of pairs or groups.
    """
    clusters = _plant(groups, pairs, evidence, least, apart)
    if doubts is None:
        doubts = np.zeros(sum(map(len, groups)))
    tree = Tree(groups, pairs, evidence, least, surplus, doubts, clusters)
    queue = [
        _entry(tree, one, other, mean)
        for one, cluster in enumerate(tree.clusters)
        for other in cluster.excess
        if one < other and (mean := tree.mean(one, other)) >= least
    ]
    heapq.heapify(queue)
    while queue:
        *_, one, other = heapq.heappop(queue)
        if not (tree.clusters[one].parent is tree.clusters[other].parent is None):
            continue
        made = _merge(tree, one, other)
        for near in tree.clusters[made].excess:
            if (mean := tree.mean(made, near)) >= least:
                heapq.heappush(queue, _entry(tree, made, near, mean))
    return tree


def _plant(
    groups: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    evidence: NDArray[np.float64],
    least: float,
    apart: Iterable[tuple[int, int]],
) -> list[Cluster]:
    cluster_of = np.empty(sum(map(len, groups)), np.int64)
    for number, nodes in enumerate(groups):
        cluster_of[list(nodes)] = number
    clusters = [
        Cluster(size, min(nodes), MISSING * size * (size - 1) / 2)
        for size, nodes in zip(map(len, groups), groups, strict=True)
    ]
    ends = cluster_of[pairs]
    reach = _connect(len(groups), ends[evidence >= least])
    kept = (reach[ends[:, 0]] == reach[ends[:, 1]]) & (evidence > MISSING)
    # Sums come out the same to the last bit in any order of the pairs.
    order = np.lexsort((pairs[kept].max(axis=1), pairs[kept].min(axis=1)))
    over = (evidence[kept] - MISSING)[order].tolist()
    for (one, other), more in zip(ends[kept][order].tolist(), over, strict=True):
        if one == other:
            clusters[one].within += more
        else:
            _add(clusters, one, other, more)
    for a, b in apart:
        one, other = int(cluster_of[a]), int(cluster_of[b])
        if one != other:
            _add(clusters, one, other, -np.inf)
    return clusters


def _connect(count: int, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the parts that strong pairs connect: no merge goes beyond one."""
    # Of SciPy's graphs the loading takes longer than this.
    parts = Unions(count)
    for one, other in ends.tolist():
        parts.join(one, other)
    return np.array([parts.find(number) for number in range(count)], np.int64)


def _add(clusters: Sequence[Cluster], one: int, other: int, more: float) -> None:
    for a, b in ((one, other), (other, one)):
        excess = clusters[a].excess
        excess[b] = excess.get(b, 0.0) + more


def _entry(tree: Tree, one: int, other: int, mean: float) -> tuple[float, int, int, int, int]:
    low, high = sorted((tree.clusters[one].key, tree.clusters[other].key))
    return -mean, low, high, one, other


def _merge(tree: Tree, one: int, other: int) -> int:
    mean, made = tree.mean(one, other), len(tree.clusters)
    left, right = tree.clusters[one], tree.clusters[other]
    drop = max(0.0, _drop(left, mean, right.size == 1), _drop(right, mean, left.size == 1))
    odds = tree.weigh_merge(one, other, mean, drop)
    joined = left.joined + right.joined + odds - tree.least
    near: dict[int, float] = {}
    for place in (left.excess.keys() | right.excess.keys()) - {one, other}:
        near[place] = left.excess.get(place, 0.0) + right.excess.get(place, 0.0)
        back = tree.clusters[place].excess
        back.pop(one, None)
        back.pop(other, None)
        back[made] = near[place]
    for side in (left, right):
        side.excess, side.parent = {}, made
    tree.clusters.append(
        Cluster(
            size=left.size + right.size,
            key=min(left.key, right.key),
            within=left.within + right.within + mean * left.size * right.size,
            excess=near,
            children=(one, other),
            mean=mean,
            drop=drop,
            joined=joined,
            best=max(joined, left.best + right.best),
        )
    )
    return made


def _drop(side: Cluster, mean: float, single: bool) -> float:
    """How far a mean falls below that within a side; less where that is of few pairs."""
    pairs = side.size * (side.size - 1) / 2
    within = min(side.within, TIGHT * pairs) if single else side.within
    return (within - mean * pairs) / (pairs + _DOUBT)
