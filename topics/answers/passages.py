"""Where passages stand: those of a topic, those between two topics, and strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import Quotation, read_quotations
from embeddings.corpus.store import CorpusStore
from topics.answers.topics import find_topics, require_topics
from topics.hierarchy.outline import read_outline


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
    db: Path | str = "topicwire.db",
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
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        outline = read_outline(store)
        wanted = {
            one for topic in find_topics(store, topics) for one in outline.under(topic)
        } or set(outline.levels)
        conditions = [name for name, on in (("a.mixed", mixed), ("a.stranger", strangers)) if on]
        order = "a.other / max(a.strength, 0.0001) DESC" if mixed else "a.strength DESC"
        # The canonical passage stands for its copies; which it is depends on no id.
        rows = store.rows(
            "SELECT p.id, coalesce(a.leaf_id, a.topic_id), a.topic_id, t.name, a.strength, "  # noqa: S608 - our own words
            "coalesce(o.name, ''), a.other, a.mixed, a.stranger, "
            "(SELECT count(*) - 1 FROM wordings AS c WHERE c.canonical = w.canonical) "
            "FROM assignments AS a JOIN passages AS p ON p.id = a.passage_id "
            "JOIN topics AS t ON t.id = a.topic_id LEFT JOIN topics AS o ON o.id = a.other_id "
            "LEFT JOIN wordings AS w ON w.passage_id = p.id "
            f"WHERE (w.canonical IS NULL OR w.canonical = p.id) "
            f"AND {' AND '.join(conditions or ['1'])} "
            f"ORDER BY {order}, p.hash"
        )
        kept = [row for row in rows if row[1] in wanted]
        quotations = read_quotations(store, [row[0] for row in kept])
    return [
        Placement(
            passage=quotations[row[0]],
            topic_id=row[2],
            topic=row[3],
            strength=row[4],
            other=row[5],
            other_strength=row[6],
            mixed=bool(row[7]),
            stranger=bool(row[8]),
            copies=max(int(row[9]), 0),
        )
        for row in kept
    ]
