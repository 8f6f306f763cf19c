"""The tests that decide a pair, each with what was measured and what is asked for.

What decides a pair yields its steps, and goes by whether all are passed: an explanation
shows the same steps, and tests nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Value = str | float | None


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


def make_step(test: str, value: Value, limit: Value, passed: bool, clause: str) -> Step:
    """Make a step of a clause, whose first letter may be either case."""
    return Step(test, value, limit, bool(passed), f"{clause[0].upper()}{clause[1:]}.")


def pass_all(steps: Iterable[Step]) -> bool:
    """Tell whether a pair is let through; what comes after a failed test is not made."""
    return all(step.passed for step in steps)


def long_enough(words: Any, least: int) -> Any:
    """Tell whether so many words are enough: of a number or of an array of them."""
    return words >= least


def near_in_time(days: Any, most: int) -> Any:
    """Tell whether so many days are few enough: of a number or of an array of them."""
    return days <= most


def check_words(words: int, least: int) -> Step:
    """Test the length of the shorter text."""
    clause = f"the shorter text has {count_words(words)}; {least} are asked for"
    return make_step("words", words, least, long_enough(words, least), clause)


def check_days(days: int | None, most: int) -> Step:
    """Test the days between two texts, ``None`` where one's day is not known."""
    if days is None:
        clause = "the day of one is not known, which counts against nothing"
        return make_step("days apart", None, most, True, clause)
    clause = f"they were published {days} day{'s' * (days != 1)} apart; {most} are allowed"
    return make_step("days apart", days, most, near_in_time(days, most), clause)


def check_score(score: float | None, least: float, parts: str = "") -> Step:
    """Test a score, ``None`` where there is none; ``parts`` is said behind it."""
    if score is None:
        clause = "nothing in the two was near enough to be compared"
        return make_step("score", None, least, False, clause)
    clause = f"the two score {state_number(score, least)}{parts}; {least:.2f} is asked for"
    return make_step("score", score, least, score >= least, clause)


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
