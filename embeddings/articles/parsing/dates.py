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
# The first newspapers are of the seventeenth century.
_CENTURIES = r"(?:1[6-9]|20)"
_YEAR = rf"(?P<{{0}}>{_CENTURIES}\d\d)(?!\d)"
_DATE_FORMS = (
    rf"(?P<iy>{_CENTURIES}\d\d)[-/.](?P<im>[01]?\d)[-/.](?P<id>[0-3]?\d)(?:T(?=\d)|(?!\d))",
    r"(?P<n1>[0-3]?\d)(?P<ns>[-/.])(?P<n2>[0-3]?\d)(?P=ns)(?P<ny>(?:1[6-9]|20)?\d\d)(?!\d)",
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
# Seconds, or milliseconds, since 1970: the two ways in which tables keep times.
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|(?P<ms>\d{12,13}(?:\.\d+)?)")
# 20240305, 20240305T211000Z, 20240305211000 as GDELT writes it.
_PACKED = re.compile(
    rf"(?P<y>{_CENTURIES}\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:T?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?:[0-5]\d)?Z?)?"
)
_ISO_WEEK = re.compile(rf"(?P<y>{_CENTURIES}\d\d)-?W(?P<w>\d\d)(?:-?(?P<d>[1-7]))?")
_STAMP = re.compile(
    r"(?:[A-Za-z]{3},? )?(?P<day>[A-Za-z]{3} [ \d]?\d) (?P<time>\d\d:\d\d(?::\d\d)?"
    rf"(?: [+\-]\d{{4}}| [A-Z]{{3,4}})?) (?P<year>{_CENTURIES}\d\d)"
)
_MIDNIGHT = re.compile(r"(?P<day>.+?)[T ]24:00(?::00)?Z?")
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
    found = _scan(" ".join(line.split()).rstrip("."), order)
    return next((each for each in found if each.label == "published"), next(iter(found), None))


def parse_date(value: str, order: DateOrder = "DMY") -> str:
    """Read a date of a table column or a page's metadata.

    Returns:
        ISO 8601 cut to what is known, UTC where a zone is stated; ``""`` if not a date.
    """
    value = " ".join(value.split())
    if re.fullmatch(rf"{_CENTURIES}\d\d(?:-(?:0[1-9]|1[0-2]))?", value):
        return value
    if epoch := _EPOCH.fullmatch(value):
        seconds = float(value) / (1000 if epoch["ms"] else 1)
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M")
    if packed := _PACKED.fullmatch(value):
        day = _checked(int(packed["y"]), int(packed["m"]), int(packed["d"]))
        return f"{day}T{packed['hour']}:{packed['minute']}" if day and packed["hour"] else day
    if week := _ISO_WEEK.fullmatch(value):
        return _read_week(int(week["y"]), int(week["w"]), int(week["d"] or 0))
    if stamp := _STAMP.fullmatch(value):
        # As tweets have it; in the order that dates are read elsewhere.
        value = f"{stamp['day']} {stamp['year']} {stamp['time']}"
    if midnight := _MIDNIGHT.fullmatch(value):
        day = parse_date(midnight["day"], order)
        return _checked_next(day) if len(day) == 10 else day
    value = _from_buddhist(value)
    line = parse_date_line(value, order)
    return line.published if line else _guess(value, order)


def _read_week(year: int, week: int, day: int) -> str:
    """Return a day of an ISO week; of a week without its day, the month it surely lies in."""
    try:
        first, last = (datetime.fromisocalendar(year, week, d) for d in (day or 1, day or 7))
    except ValueError:
        return ""
    if day:
        return first.strftime("%Y-%m-%d")
    months = first.strftime("%Y-%m"), last.strftime("%Y-%m")
    return months[0] if months[0] == months[1] else str(year)


def _checked_next(day: str) -> str:
    """Return the midnight at which a day ends."""
    return (datetime.fromisoformat(day) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def _from_buddhist(value: str) -> str:
    """Turn the year of a Thai date, which is 543 ahead, into the common one."""
    if not re.search(r"[\u0e01-\u0e3a\u0e40-\u0e4e]", value):
        return value
    value = value.translate({0x0E50 + digit: str(digit) for digit in range(10)})
    return re.sub(r"(?<!\d)2[45]\d\d(?!\d)", lambda year: str(int(year[0]) - 543), value)


@lru_cache(maxsize=4096)
def _guess(value: str, order: DateOrder) -> str:
    """Ask dateparser, which knows other languages; never for a value without a year."""
    if len(value) > _LONGEST_LINE or not re.search(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)", value):
        return ""
    # Without a month's name there is nothing that our own grammar would not have read:
    # "11 ??? 2013" would become November, "2013W20" the 20th of January.
    if not re.search(r"[A-Za-z]{3}|[^\W\d_a-zA-Z]", value):
        return ""
    from dateparser.date import DateDataParser

    # Where a day is written, a date without one was misread: "5 Mart 2024", which is Turkish,
    # would be May in Marquesas time.
    has_day = re.search(r"(?<![\d:])\d{1,2}(?![\d:])", value)
    # The base date is fixed, so that no answer depends on the day of the run.
    settings = {
        "DATE_ORDER": order,
        "RELATIVE_BASE": datetime(2000, 1, 1),
        "REQUIRE_PARTS": ["day", "month", "year"] if has_day else ["year"],
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
