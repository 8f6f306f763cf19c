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
        shown: The level that is shown when none is asked for.
        deepest: The finest level.
    """

    levels: dict[int, int]
    parents: dict[int, int | None]
    finest: dict[int, int]
    shown: int
    deepest: int

    def at(self, level: int) -> dict[int, int]:
        """Return for each topic the one it belongs to on a level: itself, or one above."""
        return {topic_id: self._raise(topic_id, level) for topic_id in self.levels}

    def _raise(self, topic_id: int, level: int) -> int:
        parent = self.parents[topic_id]
        while self.levels[topic_id] > level and parent is not None:
            topic_id = parent
            parent = self.parents[topic_id]
        return topic_id

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
    """Read the tree of topics."""
    rows = store.rows("SELECT id, level, finest, parent FROM topics")
    return Outline(
        levels={topic_id: level for topic_id, level, _, _ in rows},
        parents={topic_id: parent for topic_id, _, _, parent in rows},
        finest={topic_id: finest for topic_id, _, finest, _ in rows},
        shown=store.setting(SHOWN_LEVEL) or 0,
        deepest=max((finest for _, _, finest, _ in rows), default=0),
    )
