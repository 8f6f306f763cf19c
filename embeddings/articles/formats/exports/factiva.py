"""Factiva (Dow Jones): "Document" and an accession number stand below each article."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from embeddings.articles.formats.exports.export import (
    Exported,
    Kind,
    cut_at_ends,
    is_rights,
    read_stated_date,
    take_article,
)
from embeddings.articles.parsing.dates import DateOrder

# The code of the source, filled up with zeros; the day it came in; its number on that day.
_NUMBER = r"([A-Za-z][A-Za-z0-9]{7}(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d[0-9a-z]{9})"
_LAST = re.compile(rf"(?:AN\b[ \t|]*)?(?:\w{{2,12}} )?{_NUMBER}")
_CODES = frozenset(
    """SE HD BY CR WC PD ET SN SC ED PG VOL LA CY LP TD CLM ART RF CO IN NS RE IPC IPD PUB AN GC NGC
    CT CX DLN RST RIC""".split()  # noqa: SIM905
)
_CODED = re.compile(r"([A-Z]{2,3})(?:\s*\|\s*(.*?))?\s*\|?$|(HD|SE) (.+)$")
_WORDS = re.compile(r"\d[\d.,' ]* ?[^\W\d]{1,12}$")
_BYLINE = re.compile(r"(?:by|von|par|por|da|special to)\b", re.IGNORECASE)
_MASTHEAD = frozenset({"Factiva", "Dow Jones", "Dow Jones Factiva"})
# Between the code of the source and the text: edition, page, language, rights.
_HEAD_LINES = 8
_SHORT = 60


def _split(lines: Sequence[str], order: DateOrder, headlines: frozenset[str]) -> list[Exported]:
    ends = [at for at, line in enumerate(lines) if _LAST.fullmatch(line)]
    found = []
    # Below the last article stands how the search was made.
    for above, below in cut_at_ends(lines, ends):
        number = _LAST.sub(r"\1", below[0])
        block = [line for line in above if line not in _MASTHEAD]
        coded = any(code and code[1] == "SN" for code in map(_CODED.match, block))
        if coded:
            article = _read_coded(block, order)
        else:
            article = _read_plain(block, order, headlines, number)
        found.append(
            article._replace(
                document=replace(article.document, id=number),
                dropped=(*article.dropped, *below),
            )
        )
    return found


def _read_coded(block: Sequence[str], order: DateOrder) -> Exported:
    """Read fields that begin with a code of two or three letters."""
    fields: dict[str, list[str]] = defaultdict(list)
    code = ""
    for line in block:
        found = _CODED.match(line)
        name = (found[1] or found[3] or "") if found else ""
        if found and name in _CODES:
            code, line = name, found[2] or found[4] or ""
        if line:
            fields[code].append(line)
    body = fields.pop("LP", []) + fields.pop("TD", [])
    day, time = " ".join(fields["PD"]), " ".join(fields["ET"])
    return take_article(
        body,
        [f"{name} {line}".strip() for name, lines in fields.items() for line in lines],
        title=" ".join(fields["HD"]),
        source=" ".join(fields["SN"]),
        published=read_stated_date(f"{day} {time}".strip(), order) or read_stated_date(day, order),
    )


def _read_plain(
    block: Sequence[str], order: DateOrder, headlines: frozenset[str], number: str
) -> Exported:
    """Read the headline, words, date, outlet and code of the source, rights and text."""
    codes = {number[:size].upper() for size in range(1, 9) if set(number[size:8]) <= {"0"}}
    at = next((at for at, line in enumerate(block[:20]) if line.upper() in codes), 0)
    dated = next((i for i in reversed(range(at)) if read_stated_date(block[i], order)), 0)
    counted = next((i for i in reversed(range(dated)) if _WORDS.match(block[i])), dated)
    above = [line for line in block[:counted] if not _BYLINE.match(line)]
    marked = [line for line in above if line in headlines]
    start = at + 1 if at else 0
    rights = [i for i in range(start, min(start + _HEAD_LINES, len(block))) if is_rights(block[i])]
    if rights:
        start = rights[-1] + 1
    else:
        while start < len(block) and len(block[start]) < _SHORT and not _is_sentence(block[start]):
            start += 1
    end = len(block)
    if end - start > 1 and len(block[end - 1]) < _SHORT and _is_publisher(block[end - 1]):
        end -= 1
    return take_article(
        block[start:end],
        [*block[:start], *block[end:]],
        # Sections and bylines are shorter than headlines.
        title=next(iter(marked), "") or max(above, key=len, default=""),
        source=block[at - 1] if at else "",
        published=read_stated_date(block[dated], order) if at else "",
    )


def _is_publisher(line: str) -> bool:
    return line.endswith(("Inc.", "Ltd.", "Co.", "S.A.")) or not _is_sentence(line)


def _is_sentence(line: str) -> bool:
    return line.rstrip("\"'”’»)").endswith((".", "!", "?", "…", "。"))


FACTIVA = Kind("Factiva", re.compile(rf"^[ \t]*{_LAST.pattern}[ \t]*$", re.MULTILINE), _split)
