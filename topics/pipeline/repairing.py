"""What of a damaged file is made again, and what must be said a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from embeddings.corpus.repairing import drop_values, drop_vectors, empty_tables, rebuild_indexes
from embeddings.corpus.store import CorpusStore
from topics.pipeline.coverage_tables import LAST_STORY_ID, last_story_id
from topics.pipeline.kept_tables import KEPT
from topics.pipeline.making import SEARCH, STAGES
from topics.pipeline.stages import forget_stages
from topics.pipeline.topic_tables import LAST_TOPIC_ID, last_topic_id


@dataclass(frozen=True)
class Dropped:
    """What was taken out of a file.

    Attributes:
        stages: Names of derived results that the next run makes anew.
        chosen: Settings that the user chose, which are lost.
    """

    stages: tuple[str, ...]
    chosen: tuple[str, ...]


def drop_damaged(store: CorpusStore, damaged: Mapping[str, Iterable[str]]) -> Dropped:
    """Take out what is damaged and can be made again, with all that was made from it.

    Args:
        store: Open for writing.
        damaged: Names of damaged things, by what they are (``Check.what``).
    """
    tables = set(damaged.get("tables", ()))
    settings = set(damaged.get("settings", ()))
    # Kept topics can be replaced by those found anew, not made again.
    values = (settings | set(damaged.get("arrays", ()))) - {KEPT}
    derived = {value for stage in STAGES for value in stage.values}
    stages = {
        stage.name
        for stage in STAGES
        if stage.name in damaged.get("stages", ())
        or tables & set(stage.tables)
        or values & set(stage.values)
    }
    if damaged.get("vectors") or damaged.get("words"):
        stages.add(SEARCH.name)  # which has the rows that they stood in, and lengths in words
    with store.transaction():
        rebuild_indexes(store)
        drop_vectors(store, damaged.get("vectors", ()))
        drop_values(store, values)
        emptied = tables & {table for stage in STAGES for table in stage.tables}
        empty_tables(store, emptied)
        store.forget_sums(emptied)
        forget_stages(store, stages)
        # Numbers once given are not given again.
        if LAST_TOPIC_ID in settings:
            store.set_setting(LAST_TOPIC_ID, last_topic_id(store))
        if LAST_STORY_ID in settings:
            store.set_setting(LAST_STORY_ID, last_story_id(store))
    return Dropped(tuple(sorted(stages)), tuple(sorted(settings - derived)))
