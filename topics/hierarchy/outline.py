"""The stored tree of topics: which topic stands under which, on which level."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from topics.hierarchy.showing import find_heads

# The setting that says which level of the tree is the default one.
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
        shown: The default level, which edits act on.
        visible: Topics that are shown when no level is asked for.
    """

    levels: dict[int, int]
    parents: dict[int, int | None]
    finest: dict[int, int]
    names: dict[int, str]
    kinds: dict[int, str]
    stabilities: dict[int, float | None]
    used: frozenset[int]
    shown: int
    visible: frozenset[int] = frozenset()

    @property
    def deepest(self) -> int:
        """The finest level."""
        return max(self.finest.values(), default=0)

    @cached_property
    def heads(self) -> dict[int, int]:
        """For each topic the one that its passages are counted under (``find_heads``)."""
        guided = {one for one, kind in self.kinds.items() if kind == "guided"}
        return find_heads(self.parents, self.levels, self.visible, guided, self.shown)

    @cached_property
    def parts(self) -> dict[int, int]:
        """For each topic that is or lies in a part shown below its head, that part."""
        heads = {topic_id: self._find_visible(topic_id) for topic_id in self.levels}
        return {one: part for one, part in heads.items() if part not in (None, self.heads[one])}

    @cached_property
    def spots(self) -> dict[int, int]:
        """For each topic the finest one that is shown and holds it: its part, else its head."""
        return {one: self.parts.get(one, head) for one, head in self.heads.items()}

    @cached_property
    def hidden(self) -> list[int]:
        """Topics down to the parts' level that are not shown, but through a broader one, by id."""
        return sorted(
            topic_id
            for topic_id, level in self.levels.items()
            if topic_id not in self.visible
            and self.kinds[topic_id] != "guided"
            and level <= self.shown + 1
            and (self.heads[topic_id] in self.visible or self.finest[topic_id] >= self.shown)
            and self.finest[topic_id] >= self.levels[self.heads[topic_id]]
        )

    def _find_visible(self, topic_id: int) -> int | None:
        """Return the nearest topic shown, at or above one."""
        here: int | None = topic_id
        while here is not None and here not in self.visible:
            here = self.parents[here]
        return here

    def at(self, level: int | None) -> dict[int, int]:
        """Return for each topic the one it belongs to on a level: itself, or one above.

        Without a level: the one that it is shown under.
        """
        if level is None:
            return self.heads
        return {topic_id: self._raise(topic_id, level) for topic_id in self.levels}

    def _raise(self, topic_id: int, level: int) -> int:
        parent = self.parents[topic_id]
        while self.levels[topic_id] > level and parent is not None:
            topic_id = parent
            parent = self.parents[topic_id]
        return topic_id

    def on(self, level: int | None) -> list[int]:
        """Return the topics that stand on a level, by id.

        Those with passages there, and those that have none and no topic below them either.
        Without a level: those shown that are below no other.
        """
        if level is None:
            return sorted(one for one in self.visible if self.heads[one] == one)
        at = self.at(level)
        above = set(self.parents.values())
        empty = {
            topic_id
            for topic_id, finest in self.finest.items()
            if topic_id not in above and self.levels[topic_id] <= level <= finest
        }
        return sorted({at[leaf] for leaf in self.used} | empty)

    def within(self, topic_ids: Set[int]) -> dict[int, list[int]]:
        """Return for each topic those of some that it is or lies in, the nearest first."""
        found: dict[int, list[int]] = {}
        for topic_id in self.levels:
            here: int | None = topic_id
            found[topic_id] = []
            while here is not None:
                if here in topic_ids:
                    found[topic_id].append(here)
                here = self.parents[here]
        return found

    def under(self, topic_id: int) -> list[int]:
        """Return a topic and all topics below it, by id."""
        found = {topic_id}
        # Broad before fine, so that a parent is met before its children.
        for one in sorted(self.levels, key=lambda one: (self.levels[one], one)):
            if self.parents[one] in found:
                found.add(one)
        return sorted(found)

    def check(self, level: int | None) -> int | None:
        """Return the level asked for, which may be none.

        Raises:
            InputError: There is no such level.
        """
        if level is not None and not 0 <= level <= self.deepest:
            raise InputError(
                f"--level is {level}; this database has levels 0 (broadest) to {self.deepest} "
                f"(finest), and shows {self.shown}."
            )
        return level


def read_outline(store: CorpusStore) -> Outline:
    """Read the tree of topics; not to be changed.

    Raises:
        StoreError: It is damaged.
    """
    return store.once("outline", lambda: _read(store))


def _read(store: CorpusStore) -> Outline:
    store.check_rows("topics")
    rows = store.rows(
        "SELECT id, level, parent, finest, name, kind, stability, shown FROM topics ORDER BY id"
    )
    levels, parents, finest, names, kinds, stabilities = (
        {row[0]: row[column] for row in rows} for column in range(1, 7)
    )
    leaves = store.rows("SELECT DISTINCT coalesce(leaf_id, topic_id) FROM assignments")
    used = frozenset(leaf for (leaf,) in leaves)
    shown = store.setting(SHOWN_LEVEL) or 0
    visible = frozenset(row[0] for row in rows if row[7])
    return Outline(levels, parents, finest, names, kinds, stabilities, used, shown, visible)
