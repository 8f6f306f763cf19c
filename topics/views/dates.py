"""Dates as pages spell them, no more exact than they are known."""

from __future__ import annotations

import re
from datetime import date

from topics.answers.counting import spell_date

_MONTH = re.compile(r"[A-Z][a-z]{3,}")


def spell_time(published: str) -> str:
    """Return ``9 Apr 2017 13:15`` for ISO 8601, cut to what is known; ``no date`` for none.

    A week is told by its Monday.
    """
    if not published:
        return "no date"
    day, _, time = published.partition("T")
    try:
        if "-W" in day:
            day = date.fromisocalendar(int(day[:4]), int(day[6:]), 1).isoformat()
        return f"{spell_date(day)} {time}".strip()
    except (ValueError, IndexError):  # no date that can be: as it stands
        return published


def shorten_time(published: str) -> str:
    """Return the same with the month in three letters: ``9 Apr 2017``."""
    return _MONTH.sub(lambda found: found[0][:3], spell_time(published))


def spell_range(first: str, last: str) -> str:
    """Return from when to when, as exact as days."""
    first, last = shorten_time(first[:10]), shorten_time(last[:10])
    return first if first == last else f"{first} to {last}"
