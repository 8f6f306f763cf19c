"""Dates that count back from when a page was fetched: "3 hours ago"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_UNITS = {
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hr": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
_AGO = re.compile(rf"(\d{{1,3}}|an?|one) ?({'|'.join(_UNITS)})(?:ute)?s? ago", re.IGNORECASE)
_DAYS = {"today": 0, "yesterday": 1}
_FORMS = (("%Y-%m-%dT%H:%M", 16), ("%Y-%m-%d", 10))


def parse_relative(value: str, fetched: str) -> str:
    """Read a date such as "3 hours ago", "yesterday" or "2 weeks ago".

    Sites round down: three hours are three to four. What both ends of that agree on is the
    date; days are counted by the calendar.

    Args:
        value: What stands there.
        fetched: When it stood there, ISO 8601 to the day or the minute; ``""`` if unknown.

    Returns:
        ISO 8601 cut to what is known; ``""`` if it is no such date.
    """
    value = " ".join(value.split()).rstrip(".")
    form = next((form for form, length in _FORMS if len(fetched) == length), "")
    ago = _AGO.fullmatch(value)
    if not form or not (ago or value.casefold() in _DAYS):
        return ""
    first = last = datetime.strptime(fetched, form)
    if "%H" not in form:
        last += timedelta(hours=23, minutes=59)
    unit = timedelta(days=1) if ago is None else _UNITS[ago[2].casefold()]
    number = _DAYS[value.casefold()] if ago is None else int(ago[1]) if ago[1].isdigit() else 1
    try:
        if unit == timedelta(days=1):
            return f"{first - number * unit:%Y-%m-%d}"
        first -= (number + (unit > timedelta(minutes=1))) * unit
        last -= number * unit
    except OverflowError:
        return ""
    one, other = f"{first:%Y-%m-%dT%H:%M}", f"{last:%Y-%m-%dT%H:%M}"
    return next(one[:known] for known in (16, 10, 7, 4, 0) if one[:known] == other[:known])
