"""The kept tree of topics: the finest topic of each text, and the levels above, before edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topics.discovery.condensing import number_by_size
from topics.discovery.placing import strongest
from topics.hierarchy.tree import TopicTree

Labels = NDArray[np.int64]

# From so many distinct passages on topics are kept; fewer tell too little, and are gone over anew.
KEPT_FROM = 500


@dataclass(frozen=True)
class KeptTopic:
    """A topic as it was found.

    Attributes:
        level: The broadest level it stands on.
        finest: The finest.
        parent: Id of the topic above it, ``None`` on top.
        guided: The user's name for it, ``""`` for a discovered one.
        name: What it is called by its key phrases, ``""`` until it has been named.
        shown: Whether it is shown (``topics.hierarchy.showing``); ``None`` until that was chosen.
        stability: How far it returns in resampled runs, where that was measured.
    """

    level: int
    finest: int
    parent: int | None = None
    guided: str = ""
    name: str = ""
    shown: bool | None = None
    stability: float | None = None

    def stands_on(self, level: int) -> bool:
        """Whether it stands on a level."""
        return self.level <= level <= self.finest


@dataclass(frozen=True)
class KeptTree:
    """A tree of topics before edits, by content: it outlasts any file and any run.

    Attributes:
        topics: By id.
        leaves: The finest topic of each text, by content hash.
        founders: The texts that were there when their topic was made; the others joined it.
        default: The level that edits act on.
        depth: Number of levels.
        resolutions: As in ``TopicTree``.
        count: The number of topics that was asked for.
        guided: A digest of the user's own topics, and of the answers they learn from.
        idle: Ids of edits that found nothing to act on when the tree was found.
        found: When the tree was found, ISO 8601 in UTC.
        method: By which version of the methods.
        encoder: By whose vectors.
    """

    topics: Mapping[int, KeptTopic]
    leaves: Mapping[bytes, int]
    founders: frozenset[bytes]
    default: int
    depth: int
    resolutions: tuple[float, ...] = ()
    count: int | None = None
    guided: str = ""
    idle: tuple[int, ...] = ()
    found: str = ""
    method: int = 0
    encoder: str = ""
    _above: dict[int, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def above(self, leaf: int) -> tuple[int, ...]:
        """Return the topic that one of the finest belongs to on each level, broad to fine."""
        if leaf not in self._above:
            chain, here = [0] * self.depth, leaf
            for level in reversed(range(self.depth)):
                parent = self.topics[here].parent
                while self.topics[here].level > level and parent is not None:
                    here = parent
                    parent = self.topics[here].parent
                chain[level] = here
            self._above[leaf] = tuple(chain)
        return self._above[leaf]

    def at(self, leaves: Labels, level: int) -> Labels:
        """Return the topic on a level that each row belongs to, by the rows' finest ones."""
        numbers, inverse = np.unique(leaves, return_inverse=True)
        here = np.array([self.above(leaf)[level] for leaf in numbers.tolist()], np.int64)
        return here[inverse] if len(numbers) else leaves

    def lay_levels(self, leaves: Labels, guided: Sequence[str]) -> TopicTree:
        """Return the tree over some rows.

        Args:
            leaves: int64 ``(n,)``: id of each row's finest topic.
            guided: Names of the user's topics, in order; no row lies in another one of theirs.
        """
        place = {name: number for number, name in enumerate(guided)}
        levels = []
        for level in range(self.depth):
            ids = self.at(leaves, level)
            if level > self.default:
                levels.append(number_by_size(ids))
                continue
            numbers, inverse = np.unique(ids, return_inverse=True)
            own = [place.get(self.topics[one].guided, -1) for one in numbers.tolist()]
            labels = np.array(own, np.int64)[inverse] if own else ids
            free = labels < 0
            labels[free] = len(guided) + number_by_size(ids[free])
            levels.append(labels)
        return TopicTree(tuple(levels), self.default, len(guided), self.resolutions)


def keep_tree(
    tree: TopicTree, ids: Sequence[int], guided: Sequence[str], texts: Mapping[bytes, int]
) -> tuple[dict[int, KeptTopic], dict[bytes, int]]:
    """Return the topics of a tree by id, and the finest topic of each text.

    Args:
        tree: Just found, without edits; its guided topics stand by themselves.
        ids: Of each of ``tree.topics``.
        guided: Names of the guided topics.
        texts: Row of each text by content hash.
    """
    parents = {topic.parent for topic in tree.topics}
    topics = {
        ids[place]: KeptTopic(
            topic.level,
            topic.finest,
            ids[topic.parent] if topic.parent >= 0 else None,
            guided[topic.label] if tree.is_guided(topic) else "",
        )
        for place, topic in enumerate(tree.topics)
        # A guided topic without rows comes to be when it takes some.
        if len(tree.members[place]) or place in parents
    }
    leaf = tree.rows[-1]
    return topics, {key: ids[leaf[row]] for key, row in texts.items()}


def match_kept(tree: TopicTree, kept: KeptTree, texts: Mapping[bytes, int]) -> dict[int, int]:
    """Return the ids of those topics of a tree that hold what a kept topic holds, by place.

    Guided topics are known by their names.

    Args:
        tree: Of the same rows, edited or not.
        kept: The kept tree.
        texts: Row of each text by content hash.
    """
    leaves = find_leaves(kept, texts, len(tree.shown))
    ids: dict[bytes, tuple[bool, int]] = {}
    for level in range(kept.depth):
        here = kept.at(leaves, level)
        for topic_id, rows in _gather(here).items():
            topic = kept.topics[topic_id]
            if topic.level == level and not topic.guided:
                # Of two that are one for now, the one by which it is shown.
                rank = (not topic.stands_on(kept.default), topic_id)
                key = rows.tobytes()
                ids[key] = min(rank, ids.get(key, rank))
    return {
        place: ids[key][1]
        for place, (topic, rows) in enumerate(zip(tree.topics, tree.members, strict=True))
        if not tree.is_guided(topic)
        if len(rows) and (key := np.sort(rows).astype(np.int64).tobytes()) in ids
    }


def find_leaves(kept: KeptTree, texts: Mapping[bytes, int], rows: int) -> Labels:
    """Return the finest topic of each row, that of most of its texts; -1 where none is known."""
    leaves = np.full(rows, -1, np.int64)
    known = [(row, kept.leaves[key]) for key, row in texts.items() if key in kept.leaves]
    if known:
        row, leaf = np.array(known, np.int64).T
        numbers, place = np.unique(leaf, return_inverse=True)
        found, most = strongest(row, place.astype(np.int64), np.ones(len(row)))
        leaves[found] = numbers[most]
    return leaves


def _gather(ids: Labels) -> dict[int, Labels]:
    """Return the rows of each id, ascending."""
    order = np.argsort(ids, kind="stable")
    numbers, starts = np.unique(ids[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))
