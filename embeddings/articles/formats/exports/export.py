"""What an export is: a sign by which it is told, and a function that splits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from embeddings.articles.parsing.dates import DateOrder, parse_date, parse_date_line
from embeddings.documents import Document

_YEAR = r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)"
_DAY_AND_YEAR = re.compile(rf"(?<!\d)\d{{1,2}}(?!\d).*{_YEAR}|{_YEAR}\D{{1,4}}\d")
_TO_YEAR = re.compile(rf".*?{_YEAR}")
_LONGEST_DATE = 100
_RIGHTS = re.compile(
    r"\(?(?:©|\(c\)|copyright\b|copy \d{4}\b)|.{0,60}\b(?:all rights reserved|alle rechte|"
    r"tous droits réservés)",
    re.IGNORECASE,
)


class Exported(NamedTuple):
    """One article of an export.

    Attributes:
        document: The article; its text is ``""`` where the export holds none.
        dropped: The lines that are its fields or furniture, not its text.
        is_abstract: Whether the export holds an abstract in place of its text.
    """

    document: Document
    dropped: tuple[str, ...]
    is_abstract: bool = False


class Kind(NamedTuple):
    """A kind of export.

    Attributes:
        name: Of the database.
        sign: Found in the text of every such file, and hardly in another.
        split: Takes the lines of a file, the order of its dates, and the lines that are
            marked as headlines, where the file marks them; returns its articles.
    """

    name: str
    sign: re.Pattern[str]
    split: Callable[[Sequence[str], DateOrder, frozenset[str]], list[Exported]]


def take_article(
    body: Sequence[str], dropped: Sequence[str], is_abstract: bool = False, **fields: str
) -> Exported:
    """Put an article together: ``fields`` are those of ``Document``, but for its text."""
    document = Document(**{"id": "", **fields, "text": "\n\n".join(body)})
    return Exported(document, tuple(dropped), is_abstract)


def cut_at_ends(lines: Sequence[str], ends: Sequence[int]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the lines of each article above its end, and its end: for the last, all below."""
    start = 0
    for at in ends:
        stop = at + 1 if at < ends[-1] else len(lines)
        yield list(lines[start:at]), list(lines[at:stop])
        start = stop


def read_stated_date(line: str, order: DateOrder) -> str:
    """Return the day that a line states and begins with, ``""`` for none.

    "May 3, 2010 Monday, Final Edition" is 3 May; what stands behind the year may be more.
    """
    if len(line) > _LONGEST_DATE or not _DAY_AND_YEAR.search(line):
        return ""
    begin = _TO_YEAR.match(line)
    heads = [line, begin[0]] if begin else [line]
    # Our own grammar before dateparser, which asks all its languages in vain for seconds.
    known = next(filter(None, (parse_date_line(head, order) for head in heads)), None)
    if known:
        return known.published
    return next(filter(None, (parse_date(head, order) for head in heads)), "")


def is_rights(line: str) -> bool:
    """Whether a line says who has the rights."""
    return bool(_RIGHTS.match(line))
