"""Europresse (also Eureka): a document number with dots stands below each article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from embeddings.articles.formats.exports.export import (
    Exported,
    Kind,
    is_rights,
    read_stated_date,
    take_article,
)
from embeddings.articles.parsing.dates import DateOrder

_NUMBER = r"(\w+·((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)·[\w\-]+·[\w\-]+)"
_LAST = re.compile(rf"(?:[^·]{{0,40}}: ?)?{_NUMBER}")
# Below the number: for whom the copy was made, and what may not be done with it.
_BELOW = re.compile(
    r"Ce certificat |This certificate |Date d'émission|Date of issue|Issued on|"
    r"Le présent document est protégé|This document is protected|\(?(?:PubliC|CEDROM)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(?:Illustration|Note)\(s\) ?:$")
_AUTHOR_WORDS = 5
# Section, headline, author.
_HEAD_LINES = 3


def _split(lines: Sequence[str], order: DateOrder, headlines: frozenset[str]) -> list[Exported]:
    found: list[Exported] = []
    block: list[str] = []
    for line in lines:
        number = _LAST.fullmatch(line)
        if number and block:
            found.append(_read(block, order, headlines, number))
            block = []
        elif found and not block and (number or _BELOW.match(line)):
            found[-1] = found[-1]._replace(dropped=(*found[-1].dropped, line))
        else:
            block.append(line)
    if found and block:
        found[-1] = found[-1]._replace(dropped=(*found[-1].dropped, *block))
    return found


def _read(
    block: Sequence[str], order: DateOrder, headlines: frozenset[str], number: re.Match[str]
) -> Exported:
    """Read the outlet, section and date, headline, authors, text and rights."""
    dated = next((at for at in range(1, min(6, len(block))) if _date(block[at], order)), 0)
    marked = (at for at in range(dated, len(block)) if block[at] in headlines)
    titled = next(marked, -1)
    if titled < 0:
        titled = _find_longest_head(block, dated + 1)
    start = min(titled + 1, len(block))
    if start < len(block) - 1 and _is_author(block[start]):
        start += 1
    below = (
        at for at in range(start, len(block)) if is_rights(block[at]) or _NOTE.match(block[at])
    )
    end = next(below, len(block))
    return take_article(
        block[start:end],
        [*block[:start], *block[end:], number.string],
        id=number[1],
        title=block[titled] if titled < len(block) else "",
        source=block[dated - 1] if dated else "",
        published=_date(block[dated], order) or "-".join(number.groups()[1:]),
    )


def _find_longest_head(block: Sequence[str], start: int) -> int:
    """Return the headline where nothing marks it: longer than the section and the author."""
    heads = range(start, min(start + _HEAD_LINES, len(block)))
    short = list(takewhile(lambda at: not block[at].endswith("."), heads))
    return max(short, key=lambda at: len(block[at]), default=start)


def _date(line: str, order: DateOrder) -> str:
    """Return the date in "Politique, jeudi 5 octobre 2013, p. 3"."""
    dates = (read_stated_date(part, order) for part in line.split(", ")) if len(line) < 200 else ()
    return next(filter(None, dates), "")


def _is_author(line: str) -> bool:
    words = line.split()
    is_name = all(word[0].isupper() or len(word) < 4 for word in words)
    return is_name and len(words) <= _AUTHOR_WORDS and not line.endswith((".", "!", "?", ":"))


EUROPRESSE = Kind("Europresse", re.compile(r"·(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d·\w"), _split)
