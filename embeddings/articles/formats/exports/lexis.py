"""Downloads of Nexis Uni and Lexis+: an article from its headline to "End of Document"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.articles.formats.exports.export import (
    Exported,
    Kind,
    cut_at_ends,
    is_rights,
    read_stated_date,
    take_article,
)
from embeddings.articles.parsing.dates import DateOrder

_END = "End of Document"
_FIELD = re.compile(r"[A-Z][A-Za-z/\-]+(?: [A-Za-z]+){0,2}:(?:\s|$)")
# Below the text: how it was classed, and what pictures it had.
_BELOW = re.compile(r"(?:Classification|Correction|Graphics?)$|(?:Load|Correction)-Date:")
# Between the outlet and the rights: the name of a blog, that a correction stands below.
_ASIDE = re.compile(r"\(.*\)$|Correction Appended$")
_OWN = re.compile(r"Body$|(?:Load-Date|Length):")
_MARKS = ("ABSTRACT", "FULL TEXT")
_CORRECTED = re.compile(r" - Correction Appended$")
_EDITION = re.compile(r" - [\w ]*\bEdition$")


def _split(lines: Sequence[str], order: DateOrder, _: frozenset[str]) -> list[Exported]:
    # Reports end so, too; they have no such fields.
    if not any(_OWN.match(line) for line in lines):
        return []
    ends = [at for at, line in enumerate(lines) if line == _END]
    return [_read(above, below, order) for above, below in cut_at_ends(lines, ends)]


def _read(block: Sequence[str], below: Sequence[str], order: DateOrder) -> Exported:
    """Read the headline, outlet, date, rights, fields, text and fields below it."""
    start = next((at for at, line in enumerate(block) if line == "Body"), -1)
    if start < 0:
        heads = [at for at, line in enumerate(block[:20]) if _FIELD.match(line) or is_rights(line)]
        start = heads[-1] if heads else 0
    above = [at for at in range(start) if not _FIELD.match(block[at])]
    # A list of all articles may stand above the first: what is nearest to the text counts.
    rights = next((at for at in reversed(above) if is_rights(block[at])), 0)
    dates = ((at, read_stated_date(block[at], order)) for at in reversed(above) if at != rights)
    top, published = next((date for date in dates if date[1]), (rights, ""))
    names = [line for line in block[:top] if not _ASIDE.match(line)][-2:]
    end = next((at for at in range(start, len(block)) if _BELOW.match(block[at])), len(block))
    body = block[start + 1 : end]
    marks = [line for line in body if line in _MARKS]
    return take_article(
        [line for line in body if line not in marks],
        [*block[: start + 1], *marks, *block[end:], *below],
        title=_CORRECTED.sub("", names[0]).removeprefix("- ") if names[1:] else "",
        source=_EDITION.sub("", names[-1]) if names else "",
        published=published,
    )


LEXIS = Kind("Nexis Uni", re.compile(rf"^[^\S\n]*{_END}[^\S\n]*$", re.MULTILINE), _split)
