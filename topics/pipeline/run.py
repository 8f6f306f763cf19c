"""The stages over a store, in their order.

Everything here is a function of the corpus, of the user's choices and of the topics that are
kept, so it is replaced whole, in one transaction, when one of them has changed, and left alone
when none has.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

import numpy as np

from embeddings.corpus.contents import count_languages
from embeddings.corpus.store import CorpusStore
from embeddings.words.copies import Wordings
from topics.coverage.examples.judgements import count_gone
from topics.edits.edits import Edit
from topics.maps.layout import Layout
from topics.pipeline.coverage_tables import STORY_COUNTS
from topics.pipeline.kept_texts import reading_kept
from topics.pipeline.layouts import POINTS, forget_layout
from topics.pipeline.making import (
    FURNITURE,
    LAYOUT,
    NAMES,
    OUTLETS,
    PLACES,
    QUOTATIONS,
    RELATIONS,
    SEARCH,
    SHARED,
    STORIES,
    TOPICS,
)
from topics.pipeline.stages import Runner, Work, stored_digest, stored_notes
from topics.pipeline.topic_tables import count_shown
from topics.pipeline.work import UNREAD, CorpusWork, Derivation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

REMOVALS = "removals"
# Of 50 languages, as small as the default model; Apache-2.0.
MULTILINGUAL = "paraphrase-multilingual-MiniLM-L12-v2"


def derive(
    store: CorpusStore,
    encoder: Encoder,
    *,
    undone: Edit | None = None,
    anew: bool = False,
    measure: bool = False,
    wordings: Wordings | None = None,
) -> Derivation:
    """Bring copies, graph, relations and topics up to date with the corpus and the edits.

    Topics once found are kept: what is new is placed among them.

    Args:
        store: Every passage must have a vector of ``encoder``.
        encoder: Embeds the descriptions of guided topics; not used when they are stored.
        undone: An edit just taken back, whose topics get back their ids.
        anew: Find topics anew, as from corpus and edits alone.
        measure: Measure the stability of topics that are kept.
        wordings: Of the passages, where they were found elsewhere.
    """
    work = CorpusWork(store, encoder, undone, anew=anew, measure=measure, wordings=wordings)
    # What reads texts; where one of them had nothing to do, what the others did not ask for stays.
    reading = (RELATIONS.name, STORIES.name, TOPICS.name)
    with reading_kept(store, lambda: all(name in work.runner.made for name in reading)):
        work.runner.make(RELATIONS, FURNITURE, STORIES, SHARED)
        work.runner.make(QUOTATIONS, PLACES, TOPICS, NAMES, SEARCH)
        previous = count_shown(store)
        work.runner.keep()
        work.let_go_of_made()
        work.runner.make(OUTLETS)
        work.runner.keep()
    if not store.rows("SELECT 1 FROM sums WHERE name = ?", (REMOVALS,)):
        store.note_sums([REMOVALS])  # until articles change
    told = stored_notes(store, TOPICS.name)
    # Edits that are idle are told by every run, until they are undone.
    idle = (*told.get("idle", ()), *stored_notes(store, NAMES.name))
    notes = (*told.get("notes", ()), *_doubts(store), *_tell_unread(store, encoder))
    if work.changed is None:
        return Derivation(fresh=False, previous_topics=previous, idle=idle, notes=notes)
    return dataclasses.replace(work.changed, idle=idle, notes=notes)


def find_resting(store: CorpusStore, number: int) -> tuple[int, ...]:
    """Return the merges, splits and exclusions that are about topics that an edit made."""
    told = stored_notes(store, TOPICS.name) or {}
    return tuple(edit for edit, *makers in told.get("rests", ()) if number in makers)


def _doubts(store: CorpusStore) -> tuple[str, ...]:
    """Say which of the user's answers could not be obeyed."""
    dropped = len((store.setting(STORY_COUNTS) or {}).get("dropped", ()))
    gone = count_gone(store)
    return tuple(
        f"{number} of the answers given to `topicwire calibrate` {why}; --answers lists them."
        for number, why in (
            (dropped, "contradict others on stories, and were not obeyed"),
            (gone, "are on texts that have changed or are gone"),
        )
        if number
    )


def _tell_unread(store: CorpusStore, encoder: Encoder) -> tuple[str, ...]:
    """Say of how many articles the model does not read the language, and which model does."""
    unread = store.setting(UNREAD) or ()
    counts = [(code, number) for code, number in count_languages(store) if code in unread]
    number = sum(times for _, times in counts)
    if not number:
        return ()
    which = ", ".join(f"{times:,} {code}" for code, times in counts)
    articles = "1 article is" if number == 1 else f"{number:,} articles are"
    return (
        f"{articles} in a language that {encoder.name} does not read ({which}), so that topics and "
        "search by meaning are poor there and events are told by words in common; for a model "
        f"that reads it type `topicwire cluster PATH --model {MULTILINGUAL} --db NEW.db`.",
    )


def lay_out(store: CorpusStore, *, keep: bool = True, anew: bool = False) -> NDArray[np.float32]:
    """Return the place of each node on the map, float32 ``(nodes, 2)``: stored, or made.

    What was on the map stays where it is; what is new is put among it.

    Args:
        store: Its graph and topics are up to date.
        keep: Whether what is made is stored, too; the store is open for writing then, if
            ``has_layout`` says no.
        anew: Lay all out afresh; the store is open for writing.
    """
    if anew:
        forget_layout(store)
    runner = Runner(Work(store))
    runner.make(LAYOUT)
    if keep:
        runner.keep()
    elif LAYOUT.name in runner.made:
        made: Layout = runner.made[LAYOUT.name]
        return made.points
    return cast("NDArray[np.float32]", store.array(POINTS))


def has_layout(store: CorpusStore) -> bool:
    """Say whether a layout of the graph as it is now is stored."""
    return stored_digest(store, LAYOUT.name) == stored_digest(store, RELATIONS.name) != ""
