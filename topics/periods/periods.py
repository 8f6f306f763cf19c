"""Days, weeks, months and years: the columns of a count over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from embeddings.errors import InputError

UNITS = ("day", "week", "month", "year")

# A terminal's line holds a month of days beside a topic's name, and a reader no more.
MOST_BY_DEFAULT = 31

# 27 years of days; beyond that a wrong unit or a mistaken date is likelier than a wish.
MOST = 10_000

# A finer unit is taken by default only where this share of the dated articles is exact enough.
LEAST_EXACT = 0.9

# Characters of an ISO 8601 date that a unit needs.
_NEEDED = {"day": 10, "week": 10, "month": 7, "year": 4}


def period_of(published: str, unit: str) -> str:
    """Return the period that a date lies in, ``""`` where it is missing or too coarse.

    Args:
        published: ISO 8601, cut to what is known.
        unit: One of ``UNITS``.

    Returns:
        ``2013``, ``2013-05``, ``2013-05-11``, or the ISO 8601 week ``2013-W19``.
    """
    if len(published) < _NEEDED[unit]:
        return ""
    if unit == "week":
        year, week, _ = date.fromisoformat(published[:10]).isocalendar()
        return f"{year:04d}-W{week:02d}"
    return published[: _NEEDED[unit]]


def periods_between(first: str, last: str, unit: str) -> tuple[str, ...]:
    """Return all periods from the first to the last, those without articles too.

    Raises:
        InputError: There are more than ``MOST``.
    """
    count = _number(last, unit) - _number(first, unit) + 1
    if count > MOST:
        raise InputError(
            f"--by {unit} makes {count} periods from {first} to {last}, and {MOST} are the most; "
            "take a longer unit, or narrow the dates with --since and --until."
        )
    start = _number(first, unit)
    return tuple(_name(number, unit) for number in range(start, start + count))


def choose_unit(published: Iterable[str], most: int = MOST_BY_DEFAULT) -> str:
    """Return the finest unit that gives at most so many periods.

    Units that more than a tenth of the dated articles are too coarse for are passed over, since
    those articles could not be counted in any period. ``year`` where nothing else will do.
    """
    dated = [date for date in published if date]
    for unit in UNITS:
        exact = [period for date in dated if (period := period_of(date, unit))]
        if len(exact) < max(1, LEAST_EXACT * len(dated)):
            continue
        if _number(max(exact), unit) - _number(min(exact), unit) < most:
            return unit
    return "year"


def pool(counts: Sequence[int], columns: int) -> list[int]:
    """Add up neighbouring counts until there are no more than ``columns``."""
    width = -(-len(counts) // columns) or 1
    return [sum(counts[start : start + width]) for start in range(0, len(counts), width)]


def _number(period: str, unit: str) -> int:
    """Return a number that grows by one from period to period."""
    if unit == "year":
        return int(period)
    if unit == "month":
        return int(period[:4]) * 12 + int(period[5:7]) - 1
    if unit == "week":
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1).toordinal() // 7
    return date.fromisoformat(period).toordinal()


def _name(number: int, unit: str) -> str:
    if unit == "year":
        return f"{number:04d}"
    if unit == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    if unit == "week":
        # A Monday's ordinal leaves 1 when divided by 7, since 1 January of year 1 was one.
        return period_of((date.min + timedelta(days=number * 7)).isoformat(), "week")
    return date.fromordinal(number).isoformat()
