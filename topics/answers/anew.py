"""What finding topics anew would change: both trees, and what would move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from embeddings.encoders.protocol import Encoder
from topics.answers.topics import TopicSummary, summarise_topics
from topics.hierarchy.lineage import Change
from topics.pipeline.run import derive
from topics.pipeline.topic_tables import read_names


@dataclass(frozen=True)
class Anew:
    """Topics as they are kept, and as they would be found now from corpus and edits alone.

    Attributes:
        before: Those that are kept.
        after: Those that would be found; one that goes on has the id that it has now.
        moved: Share of the passages, 0 to 1, whose topic would change.
        changes: What would become of the topics.
        names: Names, by id, of the topics in ``changes``.
    """

    before: list[TopicSummary]
    after: list[TopicSummary]
    moved: float
    changes: tuple[Change, ...]
    names: dict[int, str]


class _TakenBack(Exception):  # noqa: N818 - no error: it ends a transaction
    pass


def preview_anew(store: CorpusStore, encoder: Encoder, change: Callable[[], None]) -> Anew:
    """Find topics anew, and put all back as it was.

    Args:
        store: Open for writing, with all stages up to date.
        encoder: As for ``derive``.
        change: Sets what the user asked to be otherwise.
    """
    before = summarise_topics(store)
    made = []
    try:
        with store.transaction():
            change()
            found = derive(store, encoder, anew=True)
            made.append(
                Anew(
                    before,
                    summarise_topics(store),
                    found.moved,
                    found.changes,
                    found.name_changes(read_names(store)),
                )
            )
            raise _TakenBack
    except _TakenBack:
        return made[0]
