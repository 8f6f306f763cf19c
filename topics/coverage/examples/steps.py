"""The tests that explain a pair, and the verdict they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ExplanationKind = Literal["near_copy", "contains", "same_event", "story"]
Value = str | float | None

# How a verdict begins: what was joined, and what was not.
_VERDICTS: dict[ExplanationKind, tuple[str, str]] = {
    "near_copy": ("A near copy", "Not a near copy"),
    "contains": ("Contained", "Not contained"),
    "same_event": ("The same event", "Not the same event"),
    "story": ("One story", "Not one story"),
}
# The chance to be found that a pair has is no test of its own: it is the reason where the
# pair passes all others.
SEARCH = "search"
# Whether two near copies ended in one group, since a group has one canonical text.
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Step:
    """One test.

    Attributes:
        test: What was tested, in a word or two.
        value: What was measured; ``None`` where it could not be.
        limit: What is asked for; ``None`` where there is no one number.
        passed: Whether it let the pair through.
        sentence: The same for a reader.
    """

    test: str
    value: Value
    limit: Value
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a score, in log odds: all of a score's parts add up to it.

    Attributes:
        name: What it is.
        value: What was measured.
        log_odds: What it adds.
    """

    name: str
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair was joined or was not.

    Attributes:
        kind: What was asked for.
        joined: Whether the tests join it.
        steps: The tests in order; all that could be made, those after a failed one too.
        verdict: The outcome and what decided it, in a sentence.
        terms: The parts of a same-event score.
    """

    kind: ExplanationKind
    joined: bool
    steps: tuple[Step, ...]
    verdict: str
    terms: tuple[Term, ...] = ()


def make_step(test: str, value: Value, limit: Value, passed: bool, clause: str) -> Step:
    """Make a step of a clause, whose first letter may be either case."""
    return Step(test, value, limit, passed, f"{clause[0].upper()}{clause[1:]}.")


def judge(judged: bool | None) -> list[Step]:
    """Tell what the user said of the pair; no step where nothing was said."""
    if judged is None:
        return []
    answer, does = ("yes", "puts them together") if judged else ("no", "keeps them apart")
    clause = f"your answer to this pair was {answer}, which {does}"
    return [make_step("your answer", answer, None, judged, clause)]


def check_words(words: int, least: int) -> Step:
    """Test the length of the shorter text."""
    clause = f"the shorter text has {count_words(words)}; {least} are asked for"
    return make_step("words", words, least, words >= least, clause)


def check_days(days: int | None, most: int) -> Step:
    """Test the days between two texts, ``None`` where one's day is not known."""
    if days is None:
        clause = "the day of one is not known, which counts against nothing"
        return make_step("days apart", None, most, True, clause)
    clause = f"they were published {days} day{'s' * (days != 1)} apart; {most} are allowed"
    return make_step("days apart", days, most, days <= most, clause)


def check_score(score: float | None, least: float, parts: str = "") -> Step:
    """Test a score; ``parts`` is said behind it."""
    if score is None:
        clause = "nothing in the two was near enough to be compared"
        return make_step("score", None, least, False, clause)
    clause = f"the two score {state_number(score, least)}{parts}; {least:.2f} is asked for"
    return make_step("score", score, least, score >= least, clause)


def conclude(
    kind: ExplanationKind,
    steps: Sequence[Step],
    judged: bool | None,
    terms: tuple[Term, ...] = (),
) -> Explanation:
    """Give the verdict: the first test that failed, and a slim chance only after all others."""
    failed = [step for step in steps if not step.passed]
    failed.sort(key=lambda step: step.test == SEARCH)
    together = any(step.test == GROUP and step.passed for step in steps)
    joined = judged is not False and (bool(judged) or together or not failed)
    yes, no = _VERDICTS[kind]
    if failed and failed[0].test == GROUP:
        no = "Near copies, but not together"
    if not joined:
        sentence = failed[0].sentence
        verdict = f"{no}: {sentence[0].lower()}{sentence[1:]}"
    elif judged:
        verdict = f"{yes}: you said so."
    else:
        verdict = f"{yes}: every test is passed."
    return Explanation(kind, joined, tuple(steps), verdict, terms)


def count_words(words: int) -> str:
    """Say how many words."""
    return f"{words} word{'s' * (words != 1)}"


def state_number(value: float, limit: float) -> str:
    """Print two decimals, or more where the value would seem to be on the limit's other side."""
    stated = f"{value:.2f}"
    for digits in range(3, 10):
        if (float(stated) >= limit) == (value >= limit):
            break
        stated = f"{value:.{digits}f}"
    return stated


def state_percent(value: float, limit: float) -> tuple[str, str]:
    """Print a share and the share asked for, with decimals where they would look equal."""
    stated, asked = f"{value:.0%}", f"{limit:.0%}"
    for digits in range(1, 7):
        if (float(stated[:-1]) >= float(asked[:-1])) == (value >= limit):
            break
        stated, asked = f"{value:.{digits}%}", f"{limit:.{digits}%}"
    return stated, asked
