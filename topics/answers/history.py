"""What moved passages from topic to topic since topics were first found."""

from __future__ import annotations

from dataclasses import dataclass

from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.pipeline.kept_tables import TopicEvent, read_events, read_kept


@dataclass(frozen=True)
class TopicHistory:
    """How the topics of a database came to be as they are.

    Attributes:
        kept: Whether topics are kept; in a corpus of a few passages each run finds them anew.
        found: When they were last found, ISO 8601 in UTC, or ``""`` where that was not noted.
        encoder: The model by whose vectors they were found, or ``""``.
        joined: Texts that came in since.
        texts: Texts that have a topic.
        events: What happened, in order.
    """

    kept: bool
    found: str
    encoder: str
    joined: int
    texts: int
    events: list[TopicEvent]


def history(db: Database = "topicwire.db") -> TopicHistory:
    """Tell how the topics came to be as they are.

    Raises:
        StoreError: No such database, or nothing in it has been clustered.
    """
    with open_clustered(db) as store:
        kept = read_kept(store)
        if kept is None:
            return TopicHistory(False, "", "", 0, 0, read_events(store))
        joined = len(kept.leaves) - len(kept.founders)
        return TopicHistory(
            True, kept.found, kept.encoder, joined, len(kept.leaves), read_events(store)
        )
