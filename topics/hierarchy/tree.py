"""A tree of topics: levels from broad to fine, each nested in the one before."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Level:
    """One level of the tree: a topic for every row.

    Attributes:
        labels: int64 of shape ``(n,)``. On the default level and above, the first numbers
            stand for the guided topics, in the user's order, whether they have rows or
            not; the others are numbered from the largest down, equal ones by first row.
        parents: int64 of shape ``(count,)``: each topic's topic on the level above; -1 for
            topics without rows, and on the broadest level.
        resolution: The resolution of modularity at which the level was found; for joined
            levels the link strength of the last join.
    """

    labels: NDArray[np.int64]
    parents: NDArray[np.int64]
    resolution: float

    @property
    def count(self) -> int:
        """Number of topics, those without rows included."""
        return len(self.parents)


@dataclass(frozen=True)
class TreeTopic:
    """One topic of the tree, which may stand unchanged on several levels.

    Attributes:
        level: The broadest level it stands on.
        finest: The finest level it stands on.
        label: Its number on ``level``.
        parent: Its parent's place in ``TopicTree.topics()``, -1 for none.
    """

    level: int
    finest: int
    label: int
    parent: int


@dataclass(frozen=True)
class TopicTree:
    """Levels from broad to fine, and which of them to show first.

    Attributes:
        levels: At least one; every topic lies within one topic of the level above.
        default: Place in ``levels`` of the one that is shown when none is asked for.
        fixed: Number of guided topics; they are labels ``0..fixed - 1`` of the default
            level and those above.
    """

    levels: tuple[Level, ...]
    default: int
    fixed: int = 0

    @property
    def shown(self) -> Level:
        """The default level."""
        return self.levels[self.default]

    def topics(self) -> tuple[list[TreeTopic], list[NDArray[np.int64]]]:
        """Number the topics of all levels, broad before fine.

        A topic that is its parent's only child is its parent, found again; so is a guided
        topic below itself, where it keeps what its guided children did not take.

        Returns:
            The topics, and for each level the place of each of its labels among them; -1
            for a guided topic that stands only on finer levels.
        """
        found: list[TreeTopic] = []
        places: list[NDArray[np.int64]] = []
        sizes = [np.bincount(level.labels, minlength=level.count) for level in self.levels]
        for number, level in enumerate(self.levels):
            children = np.bincount(level.parents[level.parents >= 0], minlength=1)
            here = np.empty(level.count, np.int64)
            for label, parent in enumerate(level.parents.tolist()):
                above = int(places[-1][parent]) if parent >= 0 else -1
                guided = number <= self.default and label < self.fixed
                if guided and sizes[number][label] == 0:
                    # Without rows here: it stood above, comes later, or has none at all.
                    above = int(places[-1][label]) if number else -1
                    same = above >= 0
                    if not same and any(
                        sizes[later][label] for later in range(number + 1, self.default + 1)
                    ):
                        here[label] = -1
                        continue
                elif guided:
                    same = label == parent
                else:
                    same = parent >= 0 and children[parent] == 1
                if same:
                    here[label] = above
                    found[above] = dataclasses.replace(found[above], finest=number)
                else:
                    here[label] = len(found)
                    found.append(TreeTopic(number, number, label, above))
            places.append(here)
        return found, places


def fold_guided(tree: TopicTree, parents: Sequence[int]) -> TopicTree:
    """Fold guided topics into their guided parents, the narrowest first, level by level.

    On the default level all stand by themselves; on each broader one, the narrowest kind
    left is folded, until only topics without a parent are.

    Args:
        tree: Its guided topics stand by themselves on every level down to the default.
        parents: For each guided topic the number of its parent, -1 for none.
    """
    chains = [_chain(topic, parents) for topic in range(tree.fixed)]
    deepest = max((len(chain) - 1 for chain in chains), default=0)
    extra = max(0, deepest - tree.default)
    levels = [*[tree.levels[0]] * extra, *tree.levels]
    default = tree.default + extra
    folded: list[Level] = []
    for number, level in enumerate(levels):
        above = level.parents.copy()
        if 0 < number <= extra:
            # A level that stands twice: each discovered topic is its own parent.
            held = np.bincount(level.labels, minlength=level.count) > 0
            above = np.where(held, np.arange(level.count), -1)
        if number > default or not tree.fixed:
            folded.append(level)
            continue
        depth = max(deepest - (default - number), 0)
        into = np.array([chain[min(depth, len(chain) - 1)] for chain in chains])
        over = np.array([chain[min(max(depth - 1, 0), len(chain) - 1)] for chain in chains])
        labels = np.append(into, np.arange(tree.fixed, level.count))[level.labels]
        held = np.bincount(labels, minlength=level.count)[: tree.fixed] > 0
        above[: tree.fixed] = np.where(held & (number > 0), over, -1)
        folded.append(Level(labels, above, level.resolution))
    return TopicTree(tuple(folded), default, tree.fixed)


def _chain(topic: int, parents: Sequence[int]) -> list[int]:
    """Return the topics from the top down to this one."""
    chain = [topic]
    while parents[chain[0]] >= 0:
        chain.insert(0, parents[chain[0]])
    return chain
