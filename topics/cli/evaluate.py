"""``topicwire evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, read_columns
from topics.cli.output import RIGHT, echo, plain, show, show_table

if TYPE_CHECKING:
    from topics.answers.evaluate import Evaluation, LabelMatch
    from topics.evaluation.coherence import Coherence

EXAMPLE = "topicwire evaluate labels.csv --column label=subject"

# Each score of agreement: its field, its name, and what it says in one line of 80 columns.
_AGREEMENT = (
    ("ari", "ARI", "pairs together or apart as labelled; 0 is chance"),
    ("ami", "AMI", "topics tell labels, labels topics; 0 is chance"),
    ("nmi", "NMI", "the same, but many small topics raise it"),
    ("homogeneity", "homogeneity", "1: no topic mixes labels"),
    ("completeness", "completeness", "1: no label is spread over topics"),
    ("v_measure", "V-measure", "mean of the two (harmonic)"),
    ("bcubed_precision", "B-cubed precision", "share of {unit}'s topic that has its label"),
    ("bcubed_recall", "B-cubed recall", "share of {unit}'s label that is in its topic"),
    ("bcubed_f", "B-cubed F", "mean of the two (harmonic)"),
)
_NPMI = "top words together: 1 always, 0 chance, -1 never"


def run(
    labelled: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED",
            help="A .jsonl or .csv file with a label a row, and what it is of: passage_id; "
            "document_id (and position or start), url or path; or text.",
        ),
    ],
    by: Annotated[
        str, typer.Option(metavar="passage|document", help="What a score counts.")
    ] = "passage",
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=NAME",
            help="Which column holds a field (label, passage, document, position, start, url, "
            "path, text): --column label=subject; may be repeated.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="The most labels, and topics, to list.")
    ] = 15,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Compare the topics with labels given by hand."""
    from topics.answers.evaluate import evaluate
    from topics.evaluation.units import as_unit

    result = evaluate(
        labelled, db=db, by=as_unit(by), columns=read_columns(column or (), "label=subject")
    )
    show(result, as_json, lambda result: _print(result, limit))


def _print(result: Evaluation, limit: int) -> None:
    _print_matching(result)
    _print_scores(result)
    _print_labels(result, limit)
    _print_topics(result, limit)


def _print_matching(result: Evaluation) -> None:
    """Say over what the scores are, and what no score sees."""
    unit = _noun(result)
    scores = result.scores
    echo(
        f"{count(result.rows, 'row')} of labels, {result.matched:,} found in the database.\n"
        f"{scores.labelled:,} of {count(result.units, unit)} labelled, {scores.placed:,} of them "
        "in a topic."
    )
    for reason in result.unmatched:
        lines = ", ".join(map(str, reason.lines)) + (
            "..." if reason.rows > len(reason.lines) else ""
        )
        where = f"{'row' if reason.rows == 1 else 'rows'} {lines}"
        echo(f"  Not used, {count(reason.rows, 'row')}: {reason.reason} ({where}).")
    without = result.unlabelled - result.contradictory
    if without:
        echo(f"  Without a label, in no score: {count(without, unit)}.")
    if result.contradictory:
        echo(f"  With several labels, in no score: {count(result.contradictory, unit)}.")
    if scores.placed < scores.labelled:
        echo(
            f"  Without a topic, each scored as a topic of its own: "
            f"{count(scores.labelled - scores.placed, unit)}."
        )
    for note in result.notes:
        echo(f"Note: {plain(note)}")


def _print_scores(result: Evaluation) -> None:
    unit = _noun(result)
    one = f"an {unit}" if unit == "article" else f"a {unit}"
    scores, coherence = result.scores, result.coherence
    counted = f"{count(scores.topics, 'topic')} for {count(scores.labels, 'label')}"
    rows = [
        (name, _number(getattr(scores, field)), meaning.format(unit=one))
        for field, name, meaning in _AGREEMENT
    ]
    rows += [
        ("share placed", _number(scores.share_placed), f"labelled {unit}s with a topic"),
        (
            "count error",
            f"{scores.count_error:+d}",
            f"{counted}, {scores.count_ratio:.2f} times as many",
        ),
        ("NPMI coherence", _number(coherence.npmi), _NPMI),
        ("of key phrases", _number(result.phrase_coherence.npmi), "the same of these"),
        ("diversity", _number(result.diversity), "1: no two topics share a top word"),
    ]
    echo()
    show_table(
        rows,
        ("score", 0, lambda row: row[0]),
        ("value", RIGHT, lambda row: row[1]),
        ("what it says", 1, lambda row: row[2]),
    )
    _print_coherence(coherence)


def _print_coherence(coherence: Coherence) -> None:
    """Say what pulls coherence down, and what it leaves out."""
    if coherence.never_together:
        echo(
            f"Of {count(coherence.pairs, 'pair')} of top words, no passage holds both of "
            f"{coherence.never_together:,} (-1 each)."
        )
    if coherence.absent:
        named = plain(", ".join(coherence.absent[:5]))
        left = len(coherence.absent) - 5
        echo(f"In no passage: {named}{f' and {left:,} more' if left > 0 else ''}.")
    if coherence.topics_without_pairs:
        without = count(coherence.topics_without_pairs, "topic")
        echo(f"Without two top words, in no coherence: {without}.")


def _print_labels(result: Evaluation, limit: int) -> None:
    echo()
    show_table(
        result.labels[:limit],
        ("label", 3, lambda one: plain(one.label)),
        (f"{_noun(result)}s", RIGHT, lambda one: one.units),
        ("best topic", 4, _best_topic),
        ("share there", RIGHT, lambda one: f"{one.share:.0%}"),
        ("topics", RIGHT, lambda one: one.topics),
    )
    _print_more(len(result.labels) - limit, "label")


def _best_topic(match: LabelMatch) -> str:
    return "none" if match.topic_id is None else f"{match.topic_id}  {plain(match.topic)}"


def _print_topics(result: Evaluation, limit: int) -> None:
    shown = [match for match in result.topics if match.labelled]
    echo()
    show_table(
        shown[:limit],
        ("id", RIGHT, lambda one: one.topic_id),
        ("topic", 4, lambda one: plain(one.topic)),
        ("labelled", RIGHT, lambda one: f"{one.labelled} of {one.units}"),
        ("main label", 3, lambda one: plain(one.label)),
        ("share", RIGHT, lambda one: f"{one.share:.0%}"),
        ("NPMI", RIGHT, lambda one: _number(one.npmi)),
    )
    _print_more(len(shown) - limit, "topic")
    if result.topics_without_label:
        more = count(result.topics_without_label, "more topic")
        echo(f"{more} without a labelled {_noun(result)}.")


def _print_more(left: int, noun: str) -> None:
    if left > 0:
        echo(f"{count(left, f'more {noun}')}; --limit or --json shows all.")


def _noun(result: Evaluation) -> str:
    return "article" if result.by == "document" else "passage"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
