"""Where an article credits an agency: the forms of datelines, by-lines and lines at either end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from embeddings.documents import Document
from topics.coverage.credit.agencies import (
    AGENCY,
    KNOWN,
    Credit,
    CreditKind,
    is_agency_outlet,
    is_known,
    may_name_agency,
    name_agency,
)

# A dateline stands at the head: a paragraph of 25 words may be a summary above it, after two
# of them it is one that the article quotes.
_LEAD_WORDS = 25
_LEADS = 2
# Lines at the foot of an article in which an agency's name on its own is still a credit.
_FOOT_LINES = 5
# Credits are lines of their own; a longer one is a paragraph of the story.
_LONGEST_LINE = 320

_PLACE = r"(?:[A-Z][\w.'’ʼ/\-]*(?:,? (?:[A-Z][\w.'’ʼ/\-]*|\d{1,2}|de|al|el|la))*,? ?)"
_ANY_AGENCY = r"[A-Z][\w.&'’\-]*(?: (?:of |and )?[A-Z][\w.&'’\-]*){0,5}"
_DATELINE = re.compile(
    rf"^[\s•*_]*(?:{_PLACE}{{0,1}}(?:[—–-] ?)?)?\((?P<agency>{_ANY_AGENCY}|dpa)\)\s*(?:[—–:]|--?)"
)
_BARE_DATELINE = re.compile(rf"^[\s•*_]*{_PLACE}?,? ?[,—–-] ?(?P<agency>{KNOWN})\s*[—–:-]")
# What an agency that is not listed is known by: a place or a party can stand there as well
# ("Speaker John Boehner (R-Ohio) —").
_LIKE_AGENCY = re.compile(
    r".*\b(?:Service|Services|Agency|News|Press|Presse|Wire|Wires|Media|Newspapers|Syndicate)"
    r"|[A-Z]{3,6}|.*\w\.com"
)

_PERSON = r"[A-Z][\w.'’\-]*(?: (?:[A-Z][\w.'’\-]*|al|bin|de|van|von|del)){1,4}"
_PEOPLE = rf"{_PERSON}(?:(?:,| and|, and| &) {_PERSON}){{0,5}}"
_IN_PLACE = r"(?: in [A-Z][\w ,.'’\-]{2,40})?"
_AGENCY = rf"(?P<agency>{AGENCY})"
_WRITER = r"(?: (?:writers?|correspondents?|staff|reporters?|foreign staff|news service))?"
_BYLINES = [
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"(?:by|from|BY|By|From)\s+(?:the |The )?{_AGENCY}{_WRITER}", 0),
        (rf"(?:By |BY |by )?{_PEOPLE}{_IN_PLACE}\s*[,|•·–—-]\s*{_AGENCY}{_WRITER}", 0),
        (rf"(?:By|BY|by) {_PEOPLE}{_IN_PLACE} (?:of |for )?(?:the |The )?{_AGENCY}{_WRITER}", 0),
        (rf"(?:By |BY )?{_AGENCY} (?:writers?|correspondents?),? (?:by )?{_PEOPLE}", 0),
    )
]
_SAYS_BY = re.compile(r"(?:by|from)\b", re.IGNORECASE)
_WIRE_LINES = [
    re.compile(pattern)
    for pattern in (
        rf"[\[(•*—–-]*\s*(?:The |the )?{_AGENCY}\s*[\])]*(?:\s*[|/•·,–—-]\s*.{{0,30}}\d.{{0,20}})?",
        rf"(?i:(?:©|\(c\)|copyright))[\s©,:]*(?i:\(c\)\s*)?(?:\d{{4}}(?:[-–]\d{{2,4}})?)?[\s,:]*"
        rf"(?:by )?(?:[Tt]he )?{_AGENCY}\b.*",
        rf"(?i:source|via)\s*:\s*(?:[Tt]he )?{_AGENCY}",
        rf".{{0,80}}\b(?i:distributed|provided|supplied|syndicated) by (?:[Tt]he )?{_AGENCY}\b.*",
        rf"(?i:this (?:article|story|report|text)) (?i:is|was|comes|originally).{{0,40}}?"
        rf"\b(?i:by|from) (?:[Tt]he )?{_AGENCY}\b.*",
    )
]
# The house style of one agency: names in brackets at the foot, the editor after the reporter.
_REUTERS_STYLE = re.compile(
    r"[\[(]?\s*(?:additional )?(?:reporting|writing) by [^()]+?[;.,]\s*"
    r"(?:(?:additional )?(?:reporting|writing) by [^()]+?[;.,]\s*)*editing by [^()]+[\])]?.?",
    re.IGNORECASE,
)
_SHARED_LINES = [
    re.compile(pattern)
    for pattern in (
        rf"(?=.*\b(?i:contribut(?:ed|ing)|with files|with reporting|with information))"
        rf".*?\b{_AGENCY}\b.*",
        rf"[(\[—–-]*\s*(?i:with)\s+(?:(?i:reports?|agency|material|additional) .{{0,20}}?)?"
        rf"(?:[Tt]he )?{_AGENCY}\b.{{0,60}}",
        rf"(?i:(?:some )?(?:material|information)) from .{{0,60}}?\b{_AGENCY}\b.*\bused\b.*",
        rf"(?i:by|source:?|from|compiled from)?\s*[\w .,'’&-]{{2,60}}?(?:,| and| &|/|\+)\s*"
        rf"(?:[Tt]he )?{_AGENCY}",
        rf"(?:[Tt]he )?{_AGENCY}\s*(?:,|and|&|/|\+)\s*[\w .'’&-]{{2,40}}",
    )
]
_SEVERAL = re.compile(
    r"(?:by |source:? |from |\(?with )?(?:[\w .'’&-]{2,60}?(?:,| and| &|/|\+)\s*)?"
    r"(?:news |wire |foreign |international )?"
    r"(?:agencies|wire[- ]services|wire reports|news services)\)?"
    r"|.*\b(?:based (?:in part )?on|compiled from|contributed by) (?:news )?"
    r"(?:wire|agency|news service)(?:[- ]service)?(?: reports?| dispatches| material|s)\b.*",
    re.IGNORECASE,
)
_ENDING = re.compile(rf"(?:\s[—–-]{{1,2}}\s?|\s?[\[(])(?P<agency>{AGENCY})[\])]?\s*$")

_NAMES = re.compile(rf"\b(?:{AGENCY})\b")
_PICTURE = re.compile(
    r"\b(?:photo|photograph|picture|image|graphic|caption|getty|pool|handout|illustration|file"
    r"|video|courtesy|landov|via)\b",
    re.IGNORECASE,
)
# "Azad Lashkari/Reuters": who took a picture, and for whom.
_PHOTOGRAPHER = re.compile(rf".*[a-z.][\w.'’\-]* [A-Z][\w'’\-]*\s?/\s?(?:{KNOWN})")
_STATEMENT = re.compile(
    r"\b(?:told|according to|reports|reported|says|said|quoted|citing|cited|writes|wrote)\b",
    re.IGNORECASE,
)


# A line without the white space around it, and where it begins; -1 where it was left out.
_Line = tuple[str, int]
_LINE = re.compile(r"\S(?:[^\n]*\S)?")


def search_credits(document: Document, dropped_lines: Iterable[str]) -> tuple[Credit, ...]:
    """Find what ``find_credits`` returns, in the text itself."""
    lines = [(match.group(), match.start()) for match in _LINE.finditer(document.text)]
    found = [
        *_find_datelines(document, lines),
        *_find_lines(document, lines),
        *_find_ending(document, lines),
    ]
    kept: dict[tuple[int, str], Credit] = {}
    for credit in found:
        kept.setdefault((credit.start, credit.agency), credit)
    stated = [kept[key] for key in sorted(kept)]
    said = {(credit.agency, credit.kind, credit.text) for credit in stated}
    also: dict[tuple[str, str, str], Credit] = {}
    for credit in _find_lines(document, [(line.strip(), -1) for line in dropped_lines]):
        also.setdefault((credit.agency, credit.kind, credit.text), credit)
    return (*stated, *(credit for key, credit in also.items() if key not in said))


def _find_datelines(document: Document, lines: Sequence[_Line]) -> Iterator[Credit]:
    leads = 0
    for line in lines:
        match = _DATELINE.match(line[0][:160]) or _BARE_DATELINE.match(line[0][:160])
        if match and (is_known(match["agency"]) or _LIKE_AGENCY.fullmatch(match["agency"])):
            yield _credit(document, "dateline", line, match)
            return
        leads += _is_lead(line[0])
        if leads == _LEADS:
            return


def _find_lines(document: Document, lines: Sequence[_Line]) -> Iterator[Credit]:
    leads = False
    for place, line in enumerate(lines):
        leads = leads or _is_lead(line[0])
        if len(line[0]) > _LONGEST_LINE or not may_name_agency(line[0]):
            continue
        if _DATELINE.match(line[0]):
            continue
        text = line[0].rstrip(".")
        if _REUTERS_STYLE.fullmatch(line[0]):
            yield _credit(document, "credit line", line, "Reuters")
        elif _PICTURE.search(text) or _PHOTOGRAPHER.fullmatch(text):
            continue
        elif (match := _first(_BYLINES, text)) is not None:
            if leads and not _SAYS_BY.match(text):
                continue  # the author of a report that this one excerpts
            yield _credit(document, "byline", line, match)
        elif (match := _first(_WIRE_LINES, text)) is not None:
            if len(text.split()) == 1 and leads and place < len(lines) - _FOOT_LINES:
                continue  # "AP" on its own in the middle: under a picture
            yield _credit(document, "credit line", line, match)
        elif _SEVERAL.fullmatch(text):
            yield _credit(document, "agencies", line, "", shared=True)
        elif _STATEMENT.search(text) and "contribut" not in text:
            continue
        elif (match := _first(_SHARED_LINES, text)) is not None:
            for agency in dict.fromkeys(map(name_agency, _NAMES.findall(match.group()))):
                yield _credit(document, "credit line", line, agency, shared=True)


def _find_ending(document: Document, lines: Sequence[_Line]) -> Iterator[Credit]:
    """Find an agency behind the last sentence of the last paragraph: "... . (AFP)"."""
    least = _LEAD_WORDS // 2
    text, start = next((one for one in reversed(lines) if len(one[0].split()) >= least), ("", -1))
    if not text or _PICTURE.search(text[-60:]):
        return
    match = _ENDING.search(text)
    if match and text[: match.start()].rstrip().endswith((".", '"', "”", "’", "'")):
        yield Credit(
            name_agency(match["agency"]),
            "credit line",
            match.group().strip(),
            start + match.end() - len(match.group().lstrip()),
            start + len(text),
            False,
            is_agency_outlet(name_agency(match["agency"]), document.source),
        )


def _is_lead(line: str) -> bool:
    return len(line.split()) >= _LEAD_WORDS


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.fullmatch(text))), None)


def _credit(
    document: Document,
    kind: CreditKind,
    line: _Line,
    found: re.Match[str] | str,
    *,
    shared: bool = False,
) -> Credit:
    """Credit what stands at the head of a line, or with the whole line an agency."""
    text, start = line
    if not isinstance(found, str):
        text, found = text[: found.end()], name_agency(found["agency"])
    place = (start, start + len(text)) if start >= 0 else (-1, -1)
    return Credit(found, kind, text, *place, shared, is_agency_outlet(found, document.source))
