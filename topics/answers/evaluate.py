"""The stored topics against labels given by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.errors import InputError
from topics.answers.counting import count
from topics.answers.session import Database
from topics.answers.topics import TopicSummary, open_clustered, summarise_topics
from topics.evaluation.coherence import (
    Coherence,
    find_top_words,
    measure_coherence,
    measure_diversity,
)
from topics.evaluation.labelling import read_labels
from topics.evaluation.matching import Unmatched, match_labels
from topics.evaluation.scores import Scores, score
from topics.evaluation.units import Unit, as_unit, gather_units
from topics.pipeline.assignments import read_distinct, read_strengths
from topics.pipeline.stages import is_stale

Pairs = Mapping[tuple[str, int], int]
"""How many passages or articles have a label, ``""`` for none, and a topic, -1 for none."""


@dataclass(frozen=True)
class LabelMatch:
    """One label and the topic that holds most of it.

    Attributes:
        label: As given.
        units: Passages or articles of it.
        topic_id: The topic with most of them, ``None`` where none is placed; of equals the
            lower id.
        topic: Its name, or ``""``.
        share: Of the label's units, those in this topic.
        topics: Topics that hold any of them.
        unplaced: Those that no topic holds.
    """

    label: str
    units: int
    topic_id: int | None
    topic: str
    share: float
    topics: int
    unplaced: int


@dataclass(frozen=True)
class TopicMatch:
    """One topic and the label that most of it has.

    Attributes:
        topic_id: The topic's.
        topic: Its name.
        units: Passages or articles in it.
        labelled: Those of them that have a label.
        label: The commonest, of equals the first in code order; ``""`` without any.
        share: Of ``labelled``, those of this label.
        words: Its top words, as ``coherence`` is measured on.
        npmi: Their mean NPMI, ``None`` for fewer than two.
    """

    topic_id: int
    topic: str
    units: int
    labelled: int
    label: str
    share: float
    words: tuple[str, ...]
    npmi: float | None


@dataclass(frozen=True)
class Evaluation:
    """How well the topics agree with the labels, and over what this was measured.

    Attributes:
        labels_from: The file of labels.
        by: What a score counts: ``passage`` or ``document``.
        rows: Rows in the file.
        matched: Rows that speak of something stored.
        unmatched: The others, by reason, most first.
        units: Passages (articles) in the database.
        contradictory: Those to which rows, or an article's passages, give several labels;
            they count as without a label.
        unlabelled: All those without a label; no score sees them.
        scores: Agreement, over the labelled ones.
        coherence: Of each topic's ten top words, over the distinct passages of the corpus.
        diversity: Share of distinct ones among all top words, or ``None`` without any.
        phrase_coherence: The same of the key phrases that a reader is shown.
        phrase_diversity: The same.
        topics_found: Topics in the database.
        topics_without_label: Those of them with no labelled unit, in no count error.
        labels: Each label's best topic, most units first.
        topics: Each topic's main label, most labelled units first.
        notes: What to know before trusting a number, one sentence each.
    """

    labels_from: str
    by: Unit
    rows: int
    matched: int
    unmatched: tuple[Unmatched, ...]
    units: int
    contradictory: int
    unlabelled: int
    scores: Scores
    coherence: Coherence
    diversity: float | None
    phrase_coherence: Coherence
    phrase_diversity: float | None
    topics_found: int
    topics_without_label: int
    labels: tuple[LabelMatch, ...]
    topics: tuple[TopicMatch, ...]
    notes: tuple[str, ...]


def evaluate(
    labelled: Path | str,
    *,
    db: Database = "topicwire.db",
    by: Unit = "passage",
    columns: Mapping[str, str] | None = None,
) -> Evaluation:
    """Compare the stored topics with labels given by hand.

    A label is of a passage (its id; its article with position or start offset; its text)
    or of an article (id, url, path, whole text). By passage, an article's label goes to each
    of its passages that has none of its own. By document, an article without a label of its
    own has the one that most of its labelled passages have, and its topic is the one that
    holds most of its passages.

    Args:
        labelled: A .jsonl or .csv file of one label a row.
        db: The database.
        by: What a score counts.
        columns: The column or key that holds ``label``, ``passage``, ``document``,
            ``position``, ``start``, ``url``, ``path`` or ``text``; others by usual names.

    Raises:
        InputError: The file cannot be read, lacks a column, or speaks of nothing stored.
        StoreError: No such database, or nothing in it has been clustered.
    """
    by, path = as_unit(by), Path(labelled)
    records = read_labels(path, columns)
    with open_clustered(db) as store:
        passages, documents = store.passages(), store.documents()
        placed, distinct = read_strengths(store), read_distinct(store)
        summaries = summarise_topics(store, all_heads=True)
        stale = is_stale(store, "topics")
    given, unmatched = match_labels(records, passages, documents, path.resolve().parent)
    if not given:
        raise InputError(_nothing_matched(path, Path(db), len(records), unmatched))
    several, topic_of = gather_units(passages, documents, placed, given, by)
    labels = [min(some) if len(some) == 1 else "" for some in several]
    contradictory = sum(len(some) > 1 for some in several)
    if not any(labels):
        raise InputError(
            f"No {by} has one label only: {path} gives several to each of {contradictory}; "
            "give one to each."
        )
    scores = score(np.array(labels), topic_of)
    texts = [text for text, _ in distinct]
    words, phrases = _read_words(distinct, summaries), [one.keyphrases for one in summaries]
    coherence = measure_coherence(texts, words)
    pairs = Counter(zip(labels, topic_of.tolist(), strict=True))
    topics = _match_topics(pairs, summaries, words, coherence)
    return Evaluation(
        labels_from=str(labelled),
        by=by,
        rows=len(records),
        matched=len(records) - sum(one.rows for one in unmatched),
        unmatched=unmatched,
        units=len(labels),
        contradictory=contradictory,
        unlabelled=scores.unlabelled,
        scores=scores,
        coherence=coherence,
        diversity=measure_diversity(words),
        phrase_coherence=measure_coherence(texts, phrases),
        phrase_diversity=measure_diversity(phrases),
        topics_found=len(summaries),
        topics_without_label=sum(topic.labelled == 0 for topic in topics),
        labels=_match_labels(pairs, summaries),
        topics=topics,
        notes=tuple(_notes(pairs, scores, by, stale)),
    )


def _nothing_matched(path: Path, db: Path, rows: int, unmatched: Sequence[Unmatched]) -> str:
    why = "; ".join(f"{count(one.rows, 'row')}: {one.reason}" for one in unmatched)
    return (
        f"None of the {count(rows, 'row')} of {path} speaks of a passage or article of {db} "
        f"({why}); give ids, urls, paths or texts as `topicwire export` writes them."
    )


def _read_words(
    distinct: Sequence[tuple[str, int | None]], summaries: Sequence[TopicSummary]
) -> list[tuple[str, ...]]:
    """Return the top words of each topic."""
    row_of: dict[int | None, int] = {topic.id: row for row, topic in enumerate(summaries)}
    topics = np.array([row_of.get(topic, -1) for _, topic in distinct], np.int64)
    return find_top_words([text for text, _ in distinct], topics, len(summaries))


def _match_labels(pairs: Pairs, summaries: Sequence[TopicSummary]) -> tuple[LabelMatch, ...]:
    names = {topic.id: topic.name for topic in summaries}
    held: dict[str, dict[int, int]] = defaultdict(dict)
    for (label, topic), times in pairs.items():
        if label:
            held[label][topic] = times
    matches = []
    for label, topics in held.items():
        total, unplaced = sum(topics.values()), topics.pop(-1, 0)
        best = min(topics, key=lambda topic: (-topics[topic], topic), default=None)
        matches.append(
            LabelMatch(
                label=label,
                units=total,
                topic_id=best,
                topic="" if best is None else names[best],
                share=0.0 if best is None else topics[best] / total,
                topics=len(topics),
                unplaced=unplaced,
            )
        )
    return tuple(sorted(matches, key=lambda match: (-match.units, match.label)))


def _match_topics(
    pairs: Pairs,
    summaries: Sequence[TopicSummary],
    words: Sequence[tuple[str, ...]],
    coherence: Coherence,
) -> tuple[TopicMatch, ...]:
    held: dict[int, Counter[str]] = defaultdict(Counter)
    for (label, topic), times in pairs.items():
        held[topic][label] = times
    matches = []
    for summary, top, npmi in zip(summaries, words, coherence.by_topic, strict=True):
        labels = held[summary.id]
        units, unlabelled = labels.total(), labels.pop("", 0)
        label = min(labels, key=lambda label: (-labels[label], label), default="")
        matches.append(
            TopicMatch(
                topic_id=summary.id,
                topic=summary.name,
                units=units,
                labelled=units - unlabelled,
                label=label,
                share=labels[label] / labels.total() if label else 0.0,
                words=top,
                npmi=npmi,
            )
        )
    return tuple(sorted(matches, key=lambda match: (-match.labelled, -match.units, match.topic_id)))


def _notes(pairs: Pairs, scores: Scores, by: Unit, stale: bool) -> list[str]:
    """Say where a score cannot mean what it seems to."""
    noun = "article" if by == "document" else "passage"
    notes = []
    if stale:
        notes.append("The corpus has changed since the topics were made: run topicwire cluster.")
    if scores.labels == 1:
        only = next(label for label, _ in pairs if label)
        notes.append(
            f"All labels are {only!r}: homogeneity and B-cubed precision are 1 whatever the "
            "topics; look at completeness and B-cubed recall, which say whether it is in one."
        )
    elif scores.labels == scores.labelled:
        notes.append(
            f"No two {noun}s share a label: completeness and B-cubed recall are 1 whatever the "
            "topics."
        )
    if scores.labels > 1 and scores.topics == 1 and scores.placed == scores.labelled:
        notes.append(
            f"All labelled {noun}s are in one topic: completeness and B-cubed recall are 1 "
            "whatever the labels."
        )
    elif scores.labels > 1 and scores.placed == 0:
        notes.append(f"No labelled {noun} has a topic: each counts as a topic of its own.")
    return notes
