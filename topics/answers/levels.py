"""The tree of topics as a reader walks it: how many on each level, which under which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.store import CorpusStore
from topics.answers.topics import LEAST_STABLE, find_topics, require_topics, topics_on
from topics.hierarchy.outline import read_outline


@dataclass(frozen=True)
class LevelCounts:
    """How a tree of topics is made up.

    Attributes:
        topics: Number of topics on each level, the broadest first.
        shown: The level that is shown when none is asked for.
        mixed: Passages between two topics of that level.
        strangers: Passages that are like no other.
        unstable: Topics of that level that resampled runs seldom find again.
    """

    topics: tuple[int, ...]
    shown: int
    mixed: int
    strangers: int
    unstable: int


def count_levels(store: CorpusStore) -> LevelCounts:
    """Count the topics of each level of an open store."""
    outline = read_outline(store)
    mixed, strangers = store.rows(
        "SELECT coalesce(sum(mixed), 0), coalesce(sum(stranger), 0) FROM assignments"
    )[0]
    shown = topics_on(store, outline, outline.shown)
    weak = store.rows("SELECT id FROM topics WHERE stability < ?", (LEAST_STABLE,))
    return LevelCounts(
        topics=tuple(len(topics_on(store, outline, level)) for level in range(outline.deepest + 1)),
        shown=outline.shown,
        mixed=mixed,
        strangers=strangers,
        unstable=len({row[0] for row in weak} & set(shown)),
    )


@dataclass(frozen=True)
class Branch:
    """A topic of the tree with what stands below it.

    Attributes:
        id: The topic's.
        name: Its name.
        kind: ``guided`` or ``discovered``.
        level: The broadest level it stands on.
        finest: The finest level it stands on.
        passages: Its passages and those of all topics below it, copies included.
        stability: As in ``TopicSummary``.
        unstable: As in ``TopicSummary``.
        parts: The topics just below it, the largest first.
    """

    id: int
    name: str
    kind: str
    level: int
    finest: int
    passages: int
    stability: float | None
    unstable: bool
    parts: tuple[Branch, ...]


def levels(db: Path | str = "topicwire.db") -> LevelCounts:
    """Return how the tree of topics of a database is made up.

    Raises:
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        return count_levels(store)


def tree(
    db: Path | str = "topicwire.db", *, wanted: Sequence[str] = (), level: int | None = None
) -> list[Branch]:
    """Return the tree of topics, the broadest and largest first.

    Args:
        db: The database.
        wanted: Ids of topics, or words of their names: only these, with what is below them.
        level: The finest level to go down to; by default all.

    Raises:
        InputError: There is no such topic or level.
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        deepest = None if level is None else read_outline(store).check(level)
        chosen = find_topics(store, wanted)
        counts = dict(
            store.rows("SELECT coalesce(leaf_id, topic_id), count(*) FROM assignments GROUP BY 1")
        )
        below: dict[int | None, list[Branch]] = {}
        made: dict[int, Branch] = {}
        # Fine before broad, so that a topic's parts are there when it is made.
        for row in store.rows(
            "SELECT id, name, kind, level, finest, stability, parent FROM topics "
            "ORDER BY level DESC, id"
        ):
            topic_id, name, kind, level, finest, stability, parent = row
            parts = sorted(below.pop(topic_id, []), key=lambda one: (-one.passages, one.id))
            branch = Branch(
                id=topic_id,
                name=name,
                kind=kind,
                level=level,
                finest=finest,
                passages=counts.get(topic_id, 0) + sum(part.passages for part in parts),
                stability=stability,
                unstable=stability is not None and stability < LEAST_STABLE,
                parts=tuple(p for p in parts if deepest is None or p.level <= deepest),
            )
            made[topic_id] = branch
            below.setdefault(parent, []).append(branch)
        roots = [made[one] for one in chosen] if wanted else below.get(None, [])
        return sorted(roots, key=lambda one: (-one.passages, one.id))
