"""Where passages stand: those of a topic, those between two topics, and strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.corpus.citations import Quotation, read_quotations
from topics.answers.session import Database
from topics.answers.topics import find_topics, open_clustered
from topics.hierarchy.outline import read_outline
from topics.pipeline.assignments import read_placements


@dataclass(frozen=True)
class Placement:
    """Where a passage stands.

    Attributes:
        passage: The passage, to be cited.
        topic_id: Its topic.
        topic: The topic's name.
        strength: Share of its edge weight, 0 to 1, that leads to its topic.
        other: Name of the topic that draws it most after its own, or ``""``.
        other_strength: How strongly, as ``strength``.
        mixed: It lies between the two.
        stranger: It is like no other passage.
        copies: How many further passages are copies of it.
    """

    passage: Quotation
    topic_id: int
    topic: str
    strength: float
    other: str
    other_strength: float
    mixed: bool
    stranger: bool
    copies: int


def placements(
    db: Database = "topicwire.db",
    *,
    topics: Sequence[str] = (),
    mixed: bool = False,
    strangers: bool = False,
) -> list[Placement]:
    """Return where passages stand, the most firmly placed first; copies count once.

    Args:
        db: The database.
        topics: Topic ids, or words of their names; all when empty.
        mixed: Only passages between two topics, the most evenly drawn first.
        strangers: Only passages that are like no other.

    Raises:
        InputError: There is no such topic.
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with open_clustered(db) as store:
        outline = read_outline(store)
        wanted = {
            one for topic in find_topics(store, topics) for one in outline.under(topic)
        } or set(outline.levels)
        rows = read_placements(store, mixed=mixed, strangers=strangers)
        kept = [row for row in rows if row[1] in wanted]
        cited = read_quotations(store, [row[0] for row in kept])
    names = outline.names
    return [
        Placement(
            passage=cited[passage_id],
            topic_id=topic_id,
            topic=names[topic_id],
            strength=strength,
            other=names.get(other, ""),
            other_strength=its_strength,
            mixed=bool(mixed),
            stranger=bool(stranger),
            copies=max(copies, 0),
        )
        for passage_id, _, topic_id, strength, other, its_strength, mixed, stranger, copies in kept
    ]
