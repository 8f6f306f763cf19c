"""One order of day and month for a column of dates, decided by its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from embeddings.articles.parsing.dates import DateOrder

_NAMES = {"DMY": "day first", "MDY": "month first"}
# 03/05/2024, 3.5.24: day and month by their order alone.
_NUMERIC = re.compile(r"\s*(\d{1,2})([/.\-])(\d{1,2})\2(?:\d{4}|\d\d)(?!\d)")


def is_numeric_date(value: str) -> bool:
    """Whether a date tells day and month by their order alone."""
    return bool(_NUMERIC.match(value))


def describe_order(values: Iterable[str], usual: DateOrder) -> tuple[DateOrder, str]:
    """Return the order of a column's dates, and a sentence that says what decided it.

    A number above twelve is a day, wherever it stands.

    Args:
        values: What stands in the column.
        usual: The order where the rows do not decide.
    """
    first = second = undecided = 0
    for value in values:
        if (found := _NUMERIC.match(value)) is None:
            continue
        one, other = int(found[1]), int(found[3])
        first += one > 12 >= other
        second += other > 12 >= one
        undecided += one <= 12 and other <= 12 and one != other
    if first and second:
        return usual, (
            f"its dates contradict each other ({first} day first, {second} month first); "
            f"{undecided} that may be either were read {_NAMES[usual]}"
            + _other_way(usual, undecided)
        )
    if first or second:
        order: DateOrder = "DMY" if first else "MDY"
        return order, f"its dates are {_NAMES[order]}, as {first or second} of them can be no other"
    return usual, describe_undecided(usual, undecided)


def describe_undecided(usual: DateOrder, undecided: int = 1) -> str:
    """Say that nothing tells the order of dates, of which so many may be either."""
    said = f"nothing tells whether its dates are day or month first; read {_NAMES[usual]}"
    return said + _other_way(usual, undecided)


def _other_way(usual: DateOrder, undecided: int) -> str:
    option = "leave out --month-first" if usual == "MDY" else "--month-first"
    return f", {option} reads it the other way" if undecided else ""
