"""ProQuest: fields with their names, the text in "Full text"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.articles.formats.exports.export import Exported, Kind, take_article
from embeddings.articles.parsing.dates import DateOrder, parse_date_line

_NAMES = (
    "Abstract|Advisor|Alternate title|Author|Business indexing term|Classification|Column|"
    "Committee member|Company / organization|Copyright|Country of publication|Credit|CREDIT|"
    "Database|Dateline|Degree|Degree date|Department|Dissertation/thesis number|"
    "Document feature|Document type|Document URL|Edition|First page|Full text|"
    "Identifier / keyword|ISBN|ISSN|Issue|Language|Language of publication|Last updated|Links|"
    "Location|Number of pages|Pages|People|Place of publication|ProQuest document ID|"
    "Publication date|Publication info|Publication subject|Publication title|Publication year|"
    "Publisher|School code|Section|Source|Source type|Subject|Title|University location|"
    "University/institution|Volume|Year"
)
_FIELD = re.compile(rf"({_NAMES}): ?(.*)")
_SEPARATOR = re.compile(r"_{20,}$")
_NUMBERED = re.compile(r"Document \d+ of \d+$")
_LINK = "ProQuest document link"
_NONE = re.compile(r"(?:none|not) available\.?$", re.IGNORECASE)
_FURNITURE = frozenset({"Enlarge this image."})
_CITED = re.compile(r"\d{4}\b.{0,40}$")
_EDITION = re.compile(r"(?: ?:)? ?\[[^\]]*Edition\]$")
_PLACE = re.compile(r"(?:, [^,;]*\bedition\b[^;]*)?(?:;.*)?$", re.IGNORECASE)
# Lines that are no fields between those below the text.
_LONGEST_GAP = 1


def _split(lines: Sequence[str], order: DateOrder, _: frozenset[str]) -> list[Exported]:
    found: list[Exported] = []
    aside: list[str] = []
    for block in _cut(lines):
        if any(line.startswith("ProQuest document ID:") for line in block):
            article = _read(block, order)
            found.append(article._replace(dropped=(*aside, *article.dropped)))
            aside = []
        else:
            aside += block
    if found and aside:
        found[-1] = found[-1]._replace(dropped=(*found[-1].dropped, *aside))
    return found


def _cut(lines: Sequence[str]) -> Iterator[list[str]]:
    """Cut at lines of underscores, or, where there are none, below the database's name."""
    ruled = sum(bool(_SEPARATOR.match(line)) for line in lines) > 1
    block: list[str] = []
    for line in lines:
        if not (ruled and _SEPARATOR.match(line)):
            block.append(line)
        if block and (_SEPARATOR.match(line) if ruled else line.startswith("Database:")):
            yield block
            block = []
    yield block


def _read(block: Sequence[str], order: DateOrder) -> Exported:
    stated = {field[1]: field[2] for field in map(_FIELD.match, reversed(block)) if field}
    name = "Full text"
    begin, end = _find(block, name)
    body = _take(block, name, begin, end)
    if not body:
        name = "Abstract"
        begin, end = _find(block, name)
        body = _take(block, name, begin, end)
    below = [line for at, line in enumerate(block) if not begin <= at < end or line in _FURNITURE]
    outlet = _PLACE.sub("", stated.get("Publication title", ""))
    dated = parse_date_line(stated.get("Publication date", ""), order)
    year = re.fullmatch(r"\d{4}", stated.get("Publication year") or stated.get("Year", ""))
    return take_article(
        body,
        below,
        is_abstract=bool(body) and name == "Abstract",
        id=stated["ProQuest document ID"],
        title=_EDITION.sub("", stated.get("Title") or _find_title(block, outlet)),
        source=outlet,
        published=dated.published if dated else year[0] if year else "",
        url=stated.get("Document URL", ""),
    )


def _find_title(block: Sequence[str], outlet: str) -> str:
    """Return the line above the fields, or above the line that cites the article there."""
    fields = (at for at, line in enumerate(block) if _FIELD.match(line) or line == _LINK)
    first = next(fields, 0)
    if first > 1 and outlet and outlet in block[first - 1] and _CITED.search(block[first - 1]):
        first -= 1
    return block[first - 1] if first else ""


def _find(block: Sequence[str], name: str) -> tuple[int, int]:
    """Return where the lines of a field begin and end, an empty range where it is not there.

    Below the text, what looks like a field may still be text: only those at the end count.
    """
    begin = next((at for at, line in enumerate(block) if line.startswith(f"{name}:")), -1)
    if begin < 0:
        return 0, 0
    if name == "Full text":
        end = at = len(block)
        while at > begin + 1 and end - at <= _LONGEST_GAP:
            at -= 1
            end = at if _FIELD.match(block[at]) else end
        return begin, end
    after = (at for at in range(begin + 1, len(block)) if _FIELD.match(block[at]))
    return begin, next(after, len(block))


def _take(block: Sequence[str], name: str, begin: int, end: int) -> list[str]:
    lines = [line.removeprefix(f"{name}:").strip() for line in block[begin:end]]
    return [line for line in lines if line and line not in _FURNITURE and not _NONE.match(line)]


PROQUEST = Kind("ProQuest", re.compile(r"^[^\S\n]*ProQuest document ID:", re.MULTILINE), _split)
