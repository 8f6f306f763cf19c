"""Dates as articles print them, and as tables and pages carry them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

DateOrder = Literal["DMY", "MDY"]

_MONTH_NAMES = """january february march april may june july august september october november
    december""".split()  # noqa: SIM905
_MONTHS = {
    form: number for number, name in enumerate(_MONTH_NAMES, start=1) for form in (name, name[:3])
} | {"sept": 9}
# Hours from UTC of the zone names that have one meaning in English-language news. IST
# (India, Israel, Ireland) has three and AST two: their times are kept as printed.
_ZONES = {
    **dict.fromkeys(("gmt", "utc", "z", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west"), 1),
    **dict.fromkeys(("cest", "eet", "sast"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("cst", "mdt"), -6),
    **dict.fromkeys(("mst", "pdt"), -7),
    "edt": -4,
    "pst": -8,
    "jst": 9,
}
# "ET" names no offset: summer time is an hour on.
_AMERICAN_ZONES = {"et": -5, "ct": -6, "mt": -7, "pt": -8}

_MONTH = r"(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?!\d)"
_DATE_FORMS = (
    r"(?P<iy>(?:19|20)\d\d)[-/.](?P<im>[01]?\d)[-/.](?P<id>[0-3]?\d)(?:T(?=\d)|(?!\d))",
    r"(?P<n1>[0-3]?\d)(?P<ns>[-/.])(?P<n2>[0-3]?\d)(?P=ns)(?P<ny>(?:19|20)?\d\d)(?!\d)",
    rf"{_DAY.format('dd')}[ \-]?(?:of )?{_MONTH.format('dm')}[,\-]? ?{_YEAR.format('dy')}",
    rf"{_MONTH.format('mm')} ?{_DAY.format('md')}(?!\d),? ?{_YEAR.format('my')}",
    rf"{_MONTH.format('om')},? {_YEAR.format('oy')}",
)
_TIME = (
    r"(?P<hour>[0-2]?\d)[:.h](?P<minute>[0-5]\d)(?:[:.][0-5]\d(?:\.\d+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
    r"|(?P<hour12>1?\d) ?(?P<half12>[ap])\.?m\b\.?"
    r"|(?P<hour4>[0-2]\d)(?P<minute4>[0-5]\d)(?= ?(?:gmt|utc|hrs|hours)\b)"
)
_ZONE = (
    r"(?:(?:gmt|utc) ?)?(?P<sign>[+\-−])(?P<zh>[01]?\d):?(?P<zm>[0-5]\d)?(?!\d)"
    rf"|(?P<zone>{'|'.join(sorted([*_ZONES, *_AMERICAN_ZONES, 'ist', 'ast'], key=len)[::-1])})\b"
)
_LABEL = (
    r"(?:(?:first|last|originally|date|article|story|page) )*"
    r"(?P<label>published|posted|created|issued|filed|released|uploaded|dated?|"
    r"updated?|modified|edited|revised|changed|printed)(?: (?:date|time|on|at|online))*\b"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_TOKEN = re.compile(
    rf"(?P<date>{'|'.join(_DATE_FORMS)})|(?P<time>{_TIME})|(?P<offset>{_ZONE})"
    rf"|(?P<labelled>{_LABEL})|{_WEEKDAY}"
    r"|(?P<filler>(?:on|at|of|local time|hrs|hours|time)\b)"
    r"|(?P<punctuation>[\s,|·•;:–—\-/()\[\]]+)",
    re.IGNORECASE,
)
# "By Jane Doe", "Beirut", "Our correspondent": capitalised words before or between dates.
_NAME = r"(?:[A-Z][\w.'’\-]*|and|in|at|for|of|the|our|staff|correspondent|de|al|van|von|&)"
_BESIDE_DATE = re.compile(rf"(?:[Bb]y:? |BY:? )?{_NAME}(?: {_NAME}){{0,7}}(?=\s*[,|·•–—\-(]|\s*$)")
# A date line is short: a long line with a date in it is a sentence.
_LONGEST_LINE = 120
_UPDATES = ("updat", "modif", "edit", "revis", "chang", "print")


class DateLine(NamedTuple):
    """A date read from a line of its own.

    Attributes:
        published: ISO 8601, cut to what is known.
        label: ``"published"``, ``"updated"`` or ``""``.
        bare: Whether the line has neither label nor time, as a timeline's headings.
    """

    published: str
    label: str
    bare: bool


@lru_cache(maxsize=4096)
def parse_date_line(line: str, order: DateOrder = "DMY") -> DateLine | None:
    """Read a line that states when the article appeared; ``None`` for any other line.

    The whole line must be dates, times, zones, labels such as "Last Modified", weekdays,
    and names set off by punctuation (a byline or a place). A date in a sentence is none.
    With several dates the first labelled as published counts, else the first.
    """
    if len(line) > _LONGEST_LINE or not any(character.isdigit() for character in line):
        return None
    found = _scan(" ".join(line.split()), order)
    return next((each for each in found if each.label == "published"), next(iter(found), None))


def parse_date(value: str, order: DateOrder = "DMY") -> str:
    """Read a date of a table column or a page's metadata.

    Returns:
        ISO 8601 cut to what is known, UTC where a zone is stated; ``""`` if not a date.
    """
    value = " ".join(value.split())
    if re.fullmatch(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?", value):
        return value
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", value):
        # Seconds, or milliseconds, since 1970: the two ways in which tables keep times.
        seconds = float(value) / (1000 if re.fullmatch(r"\d{12,13}", value) else 1)
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M")
    if re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", value):
        return _checked(int(value[:4]), int(value[4:6]), int(value[6:]))
    line = parse_date_line(value, order)
    return line.published if line else _guess(value, order)


@lru_cache(maxsize=4096)
def _guess(value: str, order: DateOrder) -> str:
    """Ask dateparser, which knows other languages; never for a value without a year."""
    if len(value) > _LONGEST_LINE or not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", value):
        return ""
    # Without a month's name there is nothing that our own grammar would not have read:
    # "11 ??? 2013" would become November, "2013W20" the 20th of January.
    if not re.search(r"[A-Za-z]{3}|[^\W\d_a-zA-Z]", value):
        return ""
    from dateparser.date import DateDataParser

    # The base date is fixed, so that no answer depends on the day of the run.
    settings = {
        "DATE_ORDER": order,
        "RELATIVE_BASE": datetime(2000, 1, 1),
        "REQUIRE_PARTS": ["year"],
        "PARSERS": ["absolute-time"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    found = DateDataParser(settings=settings).get_date_data(value)
    moment = found.date_obj
    if moment is None:
        return ""
    if found.period == "time" and moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    lengths = {"year": 4, "month": 7, "time": 16}
    return str(moment.strftime("%Y-%m-%dT%H:%M"))[: lengths.get(found.period, 10)]


def _scan(line: str, order: DateOrder) -> list[DateLine]:
    """Read a line token by token; no dates unless every character is accounted for."""
    label, clock, offset, bare = "", None, None, True
    dates: list[tuple[str, str]] = []
    place = 0
    while place < len(line):
        token = _TOKEN.match(line, place)
        if token is None:
            if (name := _BESIDE_DATE.match(line, place)) is None:
                return []
            place = name.end()
            continue
        if token["date"]:
            if not (date := _read_date(token, order)):
                return []
            dates.append((date, label))
        elif token["time"]:
            clock, bare = clock or _read_time(token), False
        elif token["offset"]:
            offset, bare = offset or token, False
        elif token["labelled"]:
            updated = token["label"].lower().startswith(_UPDATES)
            label, bare = "updated" if updated else "published", False
        place = token.end()
    # One time and one date belong together; so do the time and the last of two.
    if clock and dates and len(dates[-1][0]) == 10:
        dates[-1] = _at(dates[-1][0], clock, offset), dates[-1][1]
    return [DateLine(date, labelled, bare) for date, labelled in dates]


def _read_date(token: re.Match[str], order: DateOrder) -> str:
    if token["iy"]:
        return _checked(int(token["iy"]), int(token["im"]), int(token["id"]))
    if token["n1"]:
        day, month = int(token["n1"]), int(token["n2"])
        if (order == "MDY" and day <= 12) or month > 12:
            day, month = month, day
        year = int(token["ny"])
        # Two-digit years as in POSIX strptime: 69-99 are of the last century.
        year += (1900 if year >= 69 else 2000) if year < 100 else 0
        return _checked(year, month, day)
    if token["dd"]:
        return _checked(int(token["dy"]), _MONTHS[token["dm"].lower()], int(token["dd"]))
    if token["md"]:
        return _checked(int(token["my"]), _MONTHS[token["mm"].lower()], int(token["md"]))
    return f"{int(token['oy']):04d}-{_MONTHS[token['om'].lower()]:02d}"


def _checked(year: int, month: int, day: int) -> str:
    try:
        return datetime(year, month, day).strftime("%Y-%m-%d")
    except ValueError:
        return ""


def _read_time(token: re.Match[str]) -> tuple[int, int] | None:
    hour = int(token["hour"] or token["hour12"] or token["hour4"])
    minute = int(token["minute"] or token["minute4"] or 0)
    half = (token["half"] or token["half12"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour, minute) if hour < 24 else None


def _at(date: str, clock: tuple[int, int], offset: re.Match[str] | None) -> str:
    """Put a time to a date, in UTC where the zone is known."""
    moment = datetime.fromisoformat(date).replace(hour=clock[0], minute=clock[1])
    shift = _shift(offset, moment) if offset else None
    if shift is not None:
        moment = moment.replace(tzinfo=timezone(shift)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M")


def _shift(offset: re.Match[str], moment: datetime) -> timedelta | None:
    if offset["sign"]:
        minutes = int(offset["zh"]) * 60 + int(offset["zm"] or 0)
        if minutes >= 24 * 60:
            return None
        return timedelta(minutes=minutes if offset["sign"] == "+" else -minutes)
    name = offset["zone"].lower()
    if name in _AMERICAN_ZONES:
        return timedelta(hours=_AMERICAN_ZONES[name] + _is_american_summer(moment))
    return timedelta(hours=_ZONES[name]) if name in _ZONES else None


def _is_american_summer(moment: datetime) -> bool:
    """Second Sunday of March to first Sunday of November (Energy Policy Act of 2005).

    Days, not hours, are compared; articles from before 2007 may be an hour off.
    """
    march = datetime(moment.year, 3, 8)
    november = datetime(moment.year, 11, 1)
    start = march + timedelta(days=(6 - march.weekday()) % 7)
    end = november + timedelta(days=(6 - november.weekday()) % 7)
    return start <= moment < end
