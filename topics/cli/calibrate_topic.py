"""``topicwire calibrate topic NAME``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from topics.answers.counting import count as number_of
from topics.cli.output import RIGHT, echo, plain, print_json, say, show_table
from topics.cli.side_by_side import cite_line

if TYPE_CHECKING:
    from topics.answers.calibrate_topic import Range, TopicCalibration, TopicQuestion


def teach(
    topic: str, count: int, db: Path, read_answer: Callable[[], str], *, as_json: bool
) -> None:
    """Ask about passages, learn from the answers, and print how good the topic is.

    Args:
        topic: Id or name of one of the user's own topics.
        count: Questions at most.
        db: The database.
        read_answer: Returns y, yes, n, no, s or q.
        as_json: Whether to print JSON.
    """
    from topics.answers.calibrate_topic import answer_topic, calibrate_topic, topic_questions

    asked = topic_questions(topic, count=count, db=db)
    if not asked:
        echo("There are no more passages to ask about.", err=True)
    for number, question in enumerate(asked, 1):
        _print_question(question, number, len(asked))
        answer = read_answer()
        if answer == "q":
            break
        if answer != "s":
            answer_topic(question.topic, question.key, answer.startswith("y"), db=db)
    report = calibrate_topic(topic, db=db)
    print_json(report) if as_json else _print(report)


def _print_question(question: TopicQuestion, number: int, total: int) -> None:
    say((f"{number} of {total}", "bold"), (f" fit {question.fit:.2f}, bar 0.50", "dim"), err=True)
    say(cite_line(question.source, question.published, question.number), err=True)
    if question.title:
        say(plain(question.title), style="bold", indent=2, err=True)
    say(plain(question.text), indent=2, err=True)
    say(f"Is this about {plain(repr(question.topic))}?", style="bold", err=True)


def _print(report: TopicCalibration) -> None:
    echo(
        f"{plain(report.topic)}: {number_of(report.answers, 'answer')}, {report.yes} of them yes; "
        f"{report.moved:.1%} of the passages changed topic."
    )
    show_table(
        [("precision", report.precision), ("recall", report.recall), ("share", report.share)],
        ("", 0, lambda row: row[0]),
        ("estimate", RIGHT, lambda row: f"{row[1].share:.1%}"),
        ("90 % interval", RIGHT, lambda row: _bounds(row[1])),
    )
    say("Share is of all distinct passages; recall is of what is somewhat like the topic.")
    if not report.taught:
        say("Nothing is learnt yet: it takes 8 answers, with 2 of yes and of no.")


def _bounds(one: Range) -> str:
    return f"{one.low:.1%} to {one.high:.1%}"
