"""A tree of topics: levels from broad to fine, each nested in the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class TreeTopic:
    """One topic of the tree, which may stand unchanged on several levels.

    Attributes:
        level: The broadest level it stands on.
        finest: The finest level it stands on.
        label: Its number on ``level``.
        parent: Its parent's place in ``TopicTree.topics``, -1 for none.
    """

    level: int
    finest: int
    label: int
    parent: int


@dataclass(frozen=True)
class TopicTree:
    """Levels from broad to fine, which of them to show first, and the topics on them.

    Attributes:
        levels: At least one; for each int64 ``(n,)``, the label of every row. The rows of a
            label lie within one label of the level above. Down to the default level the
            first labels stand for the guided topics, in the user's order, whether they have
            rows or not; the others are numbered from the largest down, equal ones by first row.
        default: Place in ``levels`` of the one that is shown when none is asked for.
        fixed: Number of guided topics.
        resolutions: The resolution of modularity at which each level below the default one
            was found.
    """

    levels: tuple[Labels, ...]
    default: int
    fixed: int = 0
    resolutions: tuple[float, ...] = ()

    @property
    def shown(self) -> Labels:
        """The default level."""
        return self.levels[self.default]

    def count(self, level: int) -> int:
        """Return the number of labels of a level, guided topics without rows included."""
        return max(self._guided_on(level), int(self.levels[level].max(initial=-1)) + 1)

    @property
    def topics(self) -> list[TreeTopic]:
        """The topics of all levels, broad before fine.

        A topic that is its parent's only child is its parent, found again; so is a guided
        topic below itself, where it keeps what its guided children did not take.
        """
        return self._numbered[0]

    @property
    def places(self) -> list[Labels]:
        """For each level the place of each of its labels in ``topics``.

        -1 for a guided topic that stands only on finer levels.
        """
        return self._numbered[1]

    @cached_property
    def rows(self) -> list[Labels]:
        """For each level int64 ``(n,)``, the place in ``topics`` of every row's topic."""
        return [here[labels] for here, labels in zip(self.places, self.levels, strict=True)]

    @cached_property
    def members(self) -> list[Labels]:
        """The rows of each of ``topics`` on the broadest level it stands on."""
        members = []
        for level, rows in enumerate(self.rows):
            fresh = [place for place, topic in enumerate(self.topics) if topic.level == level]
            order = np.argsort(rows, kind="stable")
            starts, ends = (np.searchsorted(rows[order], fresh, side) for side in ("left", "right"))
            members += [order[start:end] for start, end in zip(starts, ends, strict=True)]
        return members

    def is_guided(self, topic: TreeTopic) -> bool:
        """Whether a topic is one of the user's."""
        return topic.label < self._guided_on(topic.level)

    @cached_property
    def _numbered(self) -> tuple[list[TreeTopic], list[Labels]]:
        topics: list[TreeTopic] = []
        places: list[Labels] = []
        held = [
            np.bincount(labels, minlength=self.count(level)) > 0
            for level, labels in enumerate(self.levels)
        ]
        for level, labels in enumerate(self.levels):
            parents = np.full(self.count(level), -1)
            if level:
                parents[labels] = self.levels[level - 1]
            children = np.bincount(parents[parents >= 0], minlength=1)
            here = np.full(len(parents), -1)
            for label, parent in enumerate(parents.tolist()):
                above = int(places[-1][parent]) if parent >= 0 else -1
                guided = label < self._guided_on(level)
                if guided and not held[level][label]:
                    # Without rows here: it stood above, comes later, or has none at all.
                    above = int(places[-1][label]) if level else -1
                    same = above >= 0
                    if not same and any(one[label] for one in held[level + 1 : self.default + 1]):
                        continue
                else:
                    same = label == parent if guided else parent >= 0 and children[parent] == 1
                if same:
                    here[label] = above
                    topics[above] = replace(topics[above], finest=level)
                else:
                    here[label] = len(topics)
                    topics.append(TreeTopic(level, level, label, above))
            places.append(here)
        return topics, places

    def _guided_on(self, level: int) -> int:
        """Return how many labels of a level stand for guided topics."""
        return self.fixed if level <= self.default else 0


def fold_guided(tree: TopicTree, parents: Sequence[int]) -> TopicTree:
    """Fold guided topics into their guided parents, the narrowest first, level by level.

    On the default level all stand by themselves; on each broader one, the narrowest kind
    left is folded, until only topics without a parent are. Where there are too few broader
    levels, the broadest stands several times.

    Args:
        tree: Its guided topics stand by themselves on every level down to the default.
        parents: For each guided topic the number of its parent, -1 for none.
    """
    chains = [_find_chain(topic, parents) for topic in range(tree.fixed)]
    deepest = max((len(chain) - 1 for chain in chains), default=0)
    extra = max(0, deepest - tree.default)
    default = tree.default + extra
    levels = [*[tree.levels[0]] * extra, *tree.levels]
    for level in range(default):
        depth = max(deepest - (default - level), 0)
        into = np.arange(tree.count(max(level - extra, 0)))
        into[: tree.fixed] = [chain[min(depth, len(chain) - 1)] for chain in chains]
        levels[level] = into[levels[level]]
    return replace(tree, levels=tuple(levels), default=default)


def _find_chain(topic: int, parents: Sequence[int]) -> list[int]:
    """Return the topics from the top down to this one."""
    chain = [topic]
    while parents[chain[0]] >= 0:
        chain.insert(0, parents[chain[0]])
    return chain
