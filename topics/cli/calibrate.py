"""``topicwire calibrate``."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.arguments import spread
from topics.answers.counting import count as number_of
from topics.cli.calibrate_topic import teach
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import (
    RIGHT,
    echo,
    plain,
    print_json,
    say,
    show,
    show_table,
)
from topics.cli.side_by_side import cite_line, describe_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.answers.calibrate import Answer, Calibration, Question
    from topics.coverage.examples.calibration import Estimate
    from topics.coverage.examples.thresholds import Thresholds

EXAMPLE = "topicwire calibrate near_copy --count 20"

_QUESTIONS = {
    "near_copy": "Is one of these a copy of the other, perhaps edited?",
    "contains": "Does the second text stand inside the first?",
    "same_event": "Do these report the same event?",
    "story": "Do these two articles tell one story?",
}
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


@dataclass(frozen=True)
class _Asked:
    """What is asked for: questions, answers, or thresholds, one of them at a time."""

    kind: Annotated[
        str,
        typer.Argument(metavar="[KIND]", help="near_copy, contains, same_event, story or topic."),
    ] = "near_copy"
    topic: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="With topic: id or name of one of your own."),
    ] = None
    count: Annotated[
        int | None, typer.Option(metavar="N", help="How many questions to ask; 10 by default.")
    ] = None
    precision: Annotated[
        float | None,
        typer.Option(metavar="P", help="Aim at this precision; by default at the best F1."),
    ] = None
    yes: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="A B", help="Put two passages, by number, together."),
    ] = None
    no: Annotated[
        tuple[int, int] | None, typer.Option(metavar="A B", help="Keep two passages apart.")
    ] = None
    forget: Annotated[
        tuple[int, int] | None, typer.Option(metavar="A B", help="Take an answer back.")
    ] = None
    answers: Annotated[bool, typer.Option("--answers", help="List the answers given so far.")] = (
        False
    )
    threshold: Annotated[
        float | None, typer.Option(metavar="T", help="Set the threshold by hand: 0 to 1.")
    ] = None
    jaccard: Annotated[
        float | None,
        typer.Option(metavar="J", help="Compare pairs of this Jaccard similarity of word pairs."),
    ] = None
    recall: Annotated[
        float | None, typer.Option(metavar="R", help="With this chance at least: 0 to 1.")
    ] = None
    curve: Annotated[
        bool, typer.Option("--curve", help="Print the chance that a pair of copies is compared.")
    ] = False
    reset: Annotated[
        bool, typer.Option("--reset", help="Bring back the thresholds that are shipped.")
    ] = False

    @property
    def questions(self) -> int:
        """How many questions are asked at most."""
        return 10 if self.count is None else self.count

    @property
    def said(self) -> list[tuple[tuple[int, int], bool | None]]:
        """Pairs that are answered, each with the answer."""
        told = ((self.yes, True), (self.no, False), (self.forget, None))
        return [(pair, same) for pair, same in told if pair is not None]

    @property
    def by_hand(self) -> dict[str, float]:
        """Thresholds that are set."""
        given = {self.kind: self.threshold, "jaccard": self.jaccard, "recall": self.recall}
        return {name: value for name, value in given.items() if value is not None}

    def check_topic(self) -> str:
        """Return the topic that is asked about; refuse what does not go with one."""
        if self.topic is None:
            raise InputError(
                "Which topic is not said; type `topicwire calibrate topic NAME`, the name of one "
                "of your own."
            )
        if replace(self, count=None) != _Asked(self.kind, self.topic):
            raise InputError(
                "A topic is calibrated by questions alone (--count); `topicwire edit list` shows "
                "the answers, and `edit undo` takes one back."
            )
        return self.topic

    def check_pairs(self) -> None:
        """Refuse what does not go with pairs, and what does not go together."""
        if self.kind not in _QUESTIONS:
            kinds = ", ".join(_QUESTIONS)
            raise InputError(
                f"There are no pairs of kind {self.kind!r}; use one of {kinds}, or topic NAME."
            )
        if self.topic is not None:
            raise InputError(
                f"{self.topic!r} was given after {self.kind}; only a topic has a name."
            )
        asks = self.count is not None or self.precision is not None
        said, by_hand = bool(self.said), bool(self.by_hand)
        alone = (said, self.curve, self.answers, self.reset)
        if sum((*alone, by_hand and not self.curve, asks and not said)) > 1:
            raise InputError(
                "Answers, --answers, --curve, --reset, questions (--count, --precision) and "
                "thresholds set by hand were given together; use one of them at a time."
            )


@spread("asked", _Asked)
def run(*, asked: _Asked, db: DbOption = DEFAULT_DB, as_json: JsonOption = False) -> None:
    """Set what counts as a copy, an event, a story or a topic by answering yes or no."""
    from topics.answers import calibrate as calibrating

    if asked.kind == "topic":
        teach(asked.check_topic(), asked.questions, db, _read_answer, as_json=as_json)
        return
    asked.check_pairs()
    calibrating.check_precision(asked.precision)
    if asked.curve:
        _show_curve(calibrating.read_settings(db), asked.by_hand, as_json=as_json)
    elif asked.answers:
        show(calibrating.list_answers(db), as_json, _print_answers)
    elif asked.reset:
        show(calibrating.reset_thresholds(db), as_json, _print_thresholds)
    elif asked.by_hand:
        show(calibrating.set_thresholds(db=db, **asked.by_hand), as_json, _print_thresholds)
    else:
        show(_take_answers(asked, db), as_json, _print)


def _take_answers(asked: _Asked, db: Path) -> Calibration | None:
    """Store what is answered, asking where nothing is; ``None`` where nothing is answered."""
    from topics.answers import calibrate as calibrating

    for pair, same in asked.said:
        calibrating.judge_passages(asked.kind, *pair, same, db=db)
    pairs = None
    if not asked.said:
        pairs = calibrating.find_pairs(asked.kind, db=db)
        found = calibrating.questions(asked.kind, count=asked.questions, db=db, pairs=pairs)
        if not _ask_all(found, db) and asked.precision is None:
            return None
    return calibrating.calibrate(asked.kind, precision=asked.precision, db=db, pairs=pairs)


def _ask_all(asked: list[Question], db: Path) -> int:
    """Ask until the user has had enough; each answer is stored at once. Returns how many."""
    from topics.answers.calibrate import judge

    if not asked:
        echo("There are no more pairs to ask about.", err=True)
    answered = 0
    for number, question in enumerate(asked, 1):
        _print_question(question, number, len(asked))
        answer = _read_answer()
        if answer == "q":
            break
        if answer in _ANSWERS:
            judge(question.kind, question.a.key, question.b.key, _ANSWERS[answer], db=db)
            answered += 1
    return answered


def _read_answer() -> str:
    """Return y, n, s or q; the end of the input is a q. Results alone go to the output."""
    while True:
        echo("Type y (yes), n (no), s (skip) or q (quit): ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line.endswith("\n") or not sys.stdin.isatty():
            echo(err=True)  # what was typed did not end the line of the prompt
        if not line:
            return "q"
        answer = line.strip().lower()
        if answer in _ANSWERS:
            return answer
        if answer[:1] in ("s", "q") and answer:
            return answer[0]


def _print_question(question: Question, number: int, total: int) -> None:
    score = f" score {question.score:.2f}, threshold {question.threshold:.2f}"
    say((f"{number} of {total}", "bold"), (score, "dim"), err=True)
    for side in (question.a, question.b):
        say(cite_line(side.source, side.published, side.number), err=True)
        if question.kind == "story" and side.title:
            say(plain(side.title), style="bold", indent=2, err=True)
        say(plain(side.text), indent=2, err=True)
    for change in question.changes:
        say(describe_change(change), indent=6, err=True)
    say(_QUESTIONS[question.kind], style="bold", err=True)


def _print(report: Calibration | None) -> None:
    if report is None:
        echo("Nothing was answered, and nothing has changed.")
        return
    before, after = report.before, report.after
    same = after.threshold == before.threshold
    if same:
        echo(f"Threshold of {report.kind}: {after.threshold:.3f}, as before.")
    else:
        echo(
            f"Threshold of {report.kind}: {before.threshold:.3f} -> {after.threshold:.3f}, "
            f"from {number_of(after.judged, 'answer')}."
        )
    if after.reason:
        echo(after.reason)
    show_table(
        [("now", after)] if same else [("before", before), ("now", after)],
        ("", 0, lambda row: row[0]),
        ("pairs taken", RIGHT, lambda row: f"{row[1].taken:,}"),
        ("precision", RIGHT, lambda row: _range(row[1], "precision")),
        ("recall", RIGHT, lambda row: _range(row[1], "recall")),
    )
    say("Estimates with 90 % intervals; recall is of the pairs that were compared.")
    if not after.judged:
        say("Nothing is answered yet: they are what such a threshold gives elsewhere.")
    if report.gone:
        say(f"{number_of(report.gone, 'answer')} on texts that are no candidates now.")


def _range(one: Estimate, name: str) -> str:
    share, low, high = (getattr(one, f"{name}{end}") for end in ("", "_low", "_high"))
    return f"{share:.0%} ({low:.0%} to {high:.0%})"


def _print_thresholds(thresholds: Thresholds) -> None:
    show_table(
        asdict(thresholds).items(),
        ("threshold", 0, lambda one: one[0]),
        ("value", RIGHT, lambda one: f"{one[1]:.3f}"),
    )


def _show_curve(thresholds: Thresholds, by_hand: dict[str, float], *, as_json: bool) -> None:
    wanted = {name: by_hand[name] for name in ("jaccard", "recall") if name in by_hand}
    plan = replace(thresholds, **wanted).check().for_copies().plan()
    points = plan.curve()
    if as_json:
        print_json({"bands": plan.bands, "rows": plan.rows, "curve": points})
        return
    echo(f"{plan.bands} bands of {plan.rows} rows ({plan.permutations} values a text)")
    show_table(
        points,
        ("Jaccard", RIGHT, lambda point: f"{point[0]:.2f}"),
        ("compared", RIGHT, lambda point: f"{point[1]:.2%}"),
    )


def _print_answers(found: Sequence[Answer]) -> None:
    if not found:
        echo("No pair has been answered.")
        return
    show_table(
        found,
        ("kind", 0, lambda one: one.kind),
        ("answer", 0, lambda one: "yes" if one.same else "no"),
        ("a", 1, lambda one: plain(one.a)),
        ("b", 1, lambda one: plain(one.b)),
    )
