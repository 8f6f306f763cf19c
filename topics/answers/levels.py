"""The tree of topics as a reader walks it: how many on each level, which under which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from topics.answers.session import Database
from topics.answers.topics import find_topics, open_clustered
from topics.hierarchy.outline import read_outline
from topics.hierarchy.showing import is_unstable
from topics.pipeline.assignments import count_by_topic


@dataclass(frozen=True)
class LevelCounts:
    """How a tree of topics is made up.

    Attributes:
        topics: Number of topics on each level, the broadest first.
        shown: The default level, around which the others were found.
        mixed: Passages between two of the topics that are shown.
        strangers: Passages that are like no other.
        unstable: Topics shown that resampled runs seldom find again.
        hidden: Topics down to the level of the parts that are not shown.
        uncovered: Passages that are under no topic that is shown.
    """

    topics: tuple[int, ...]
    shown: int
    mixed: int
    strangers: int
    unstable: int
    hidden: int
    uncovered: int


def count_levels(store: CorpusStore) -> LevelCounts:
    """Count the topics of each level of an open store."""
    outline = read_outline(store)
    counts = count_by_topic(store)
    return LevelCounts(
        topics=tuple(len(outline.on(level)) for level in range(outline.deepest + 1)),
        shown=outline.shown,
        mixed=sum(row[4] for row in counts),
        strangers=sum(row[5] for row in counts),
        unstable=sum(is_unstable(outline.stabilities[one]) for one in outline.visible),
        hidden=len(outline.hidden),
        uncovered=sum(row[1] for row in counts if outline.heads[row[0]] not in outline.visible),
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
        shown: As in ``TopicSummary``.
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
    shown: bool
    parts: tuple[Branch, ...]


def levels(db: Database = "topicwire.db") -> LevelCounts:
    """Return how the tree of topics of a database is made up.

    Raises:
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with open_clustered(db) as store:
        return count_levels(store)


def tree(
    db: Database = "topicwire.db", *, wanted: Sequence[str] = (), level: int | None = None
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
    with open_clustered(db) as store:
        outline = read_outline(store)
        outline.check(level)
        deepest = outline.deepest if level is None else level
        chosen = find_topics(store, wanted)
        counts = {row[0]: row[1] for row in count_by_topic(store)}

    def grow(topic_ids: Iterable[int]) -> tuple[Branch, ...]:
        """Return topics with what is below them, the largest first."""
        branches = [
            Branch(
                id=topic_id,
                name=outline.names[topic_id],
                kind=outline.kinds[topic_id],
                level=outline.levels[topic_id],
                finest=outline.finest[topic_id],
                passages=sum(counts.get(one, 0) for one in outline.under(topic_id)),
                stability=outline.stabilities[topic_id],
                unstable=is_unstable(outline.stabilities[topic_id]),
                shown=topic_id in outline.visible,
                parts=grow(one for one in below(topic_id) if outline.levels[one] <= deepest),
            )
            for topic_id in topic_ids
        ]
        return tuple(sorted(branches, key=lambda one: (-one.passages, one.id)))

    def below(topic_id: int | None) -> list[int]:
        return [one for one, above in outline.parents.items() if above == topic_id]

    return list(grow(chosen if wanted else below(None)))
