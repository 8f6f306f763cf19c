"""The stored tree of topics: which topic stands under which, on which level."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError

# The setting that says which level of the tree is shown when none is asked for.
SHOWN_LEVEL = "shown_level"


@dataclass(frozen=True)
class Outline:
    """The tree of topics of a store.

    Attributes:
        levels: Broadest level that each topic stands on, by id; 0 is the broadest of all.
        parents: The topic above each, by id, ``None`` on top.
        finest: Finest level that each topic stands on, by id.
        names: Name of each topic, by id.
        kinds: ``guided`` or ``discovered``, by id.
        stabilities: How surely each topic is found again, by id; ``None`` if not measured.
        used: Topics of the finest level that have passages.
        shown: The level that is shown when none is asked for.
    """

    levels: dict[int, int]
    parents: dict[int, int | None]
    finest: dict[int, int]
    names: dict[int, str]
    kinds: dict[int, str]
    stabilities: dict[int, float | None]
    used: frozenset[int]
    shown: int

    @property
    def deepest(self) -> int:
        """The finest level."""
        return max(self.finest.values(), default=0)

    def at(self, level: int) -> dict[int, int]:
        """Return for each topic the one it belongs to on a level: itself, or one above."""
        return {topic_id: self._raise(topic_id, level) for topic_id in self.levels}

    def _raise(self, topic_id: int, level: int) -> int:
        parent = self.parents[topic_id]
        while self.levels[topic_id] > level and parent is not None:
            topic_id = parent
            parent = self.parents[topic_id]
        return topic_id

    def on(self, level: int) -> list[int]:
        """Return the topics that stand on a level, by id.

        Those with passages there, and those that have none and no topic below them either.
        """
        at = self.at(level)
        above = set(self.parents.values())
        empty = {
            topic_id
            for topic_id, finest in self.finest.items()
            if topic_id not in above and self.levels[topic_id] <= level <= finest
        }
        return sorted({at[leaf] for leaf in self.used} | empty)

    def under(self, topic_id: int) -> list[int]:
        """Return a topic and all topics below it, by id."""
        found = {topic_id}
        # Broad before fine, so that a parent is met before its children.
        for one in sorted(self.levels, key=lambda one: (self.levels[one], one)):
            if self.parents[one] in found:
                found.add(one)
        return sorted(found)

    def check(self, level: int | None) -> int:
        """Return the level asked for, the one shown for ``None``.

        Raises:
            InputError: There is no such level.
        """
        if level is None:
            return self.shown
        if not 0 <= level <= self.deepest:
            raise InputError(
                f"--level is {level}; this database has levels 0 (broadest) to {self.deepest} "
                f"(finest), and shows {self.shown}."
            )
        return level


def read_outline(store: CorpusStore) -> Outline:
    """Read the tree of topics.

    Raises:
        StoreError: It is damaged.
    """
    store.check_rows("topics")
    rows = store.rows(
        "SELECT id, level, parent, finest, name, kind, stability FROM topics ORDER BY id"
    )
    levels, parents, finest, names, kinds, stabilities = (
        {row[0]: row[column] for row in rows} for column in range(1, 7)
    )
    leaves = store.rows("SELECT DISTINCT coalesce(leaf_id, topic_id) FROM assignments")
    used = frozenset(leaf for (leaf,) in leaves)
    shown = store.setting(SHOWN_LEVEL) or 0
    return Outline(levels, parents, finest, names, kinds, stabilities, used, shown)
