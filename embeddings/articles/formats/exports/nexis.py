"""Nexis downloads of the older kind: "1 of 2 DOCUMENTS" stands above each article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from embeddings.articles.formats.exports.export import (
    Exported,
    Kind,
    is_rights,
    read_stated_date,
    take_article,
)
from embeddings.articles.parsing.dates import DateOrder

_MARK = r"\d[\d.,]* \w{2,3} \d[\d.,]* DO[CK]UMENT\w*"
_FIELD = re.compile(r"([A-ZÀ-Þ][A-ZÀ-Þ \-]{2,30}):(?:\s|$)")
# In English, German and French; what stands below the length besides the text.
_ABOVE = frozenset(
    """BYLINE DATELINE HIGHLIGHT LENGTH SECTION SERIES AUTOR RUBRIK LÄNGE AUTEUR RUBRIQUE LONGUEUR
    ENCART""".split()  # noqa: SIM905
)
_BELOW = frozenset(
    """LOAD-DATE LANGUAGE PUBLICATION-TYPE JOURNAL-CODE GRAPHIC DISTRIBUTION CORRECTION-DATE
    CORRECTION SUBJECT ORGANIZATION COMPANY TICKER INDUSTRY PERSON CITY STATE COUNTRY GEOGRAPHIC
    ACC-NO DOCUMENT-TYPE UPDATE SPRACHE GRAFIK ZEITUNGS-CODE SUJET LOCALISATION-GEO LANGUE
    DATE-CHARGEMENT TYPE-PUBLICATION SOCIETE SYMBOLE-BOURSIER SECTEUR-ACTIVITE
    ORGANISATION""".split()  # noqa: SIM905
)
_LENGTH = frozenset({"LENGTH", "LÄNGE", "LONGUEUR"})
# Between the date and the headline.
_ASIDE = re.compile(r".{0,40}\bedition\b.{0,20}$|correction appended$", re.IGNORECASE)
# The fields begin among the first lines, the rights stand among the last.
_TOP_LINES, _BOTTOM_LINES = 12, 4


def _split(lines: Sequence[str], order: DateOrder, _: frozenset[str]) -> list[Exported]:
    marks = [at for at, line in enumerate(lines) if re.fullmatch(_MARK, line)]
    blocks = [lines[at:end] for at, end in pairwise([*marks, len(lines)])]
    cover = lines[: marks[0]] if marks else []
    return [_read(block, order, () if at else cover) for at, block in enumerate(blocks)]


def _read(block: Sequence[str], order: DateOrder, cover: Sequence[str]) -> Exported:
    """Read the mark, outlet, date, headline, fields, text, fields and rights."""
    first = next((at for at, line in enumerate(block[:_TOP_LINES]) if _name(line)), 0)
    dated = next(
        (at for at in range(1, first or len(block[:5])) if read_stated_date(block[at], order)), 1
    )
    published = read_stated_date(block[dated], order) if len(block) > 1 else ""
    first = first or min(dated + 2, len(block))
    title = [line for line in block[dated + 1 : first] if not _ASIDE.match(line)]
    start = _find_text(block, first)
    end = next((at for at in range(start, len(block)) if _name(block[at]) in _BELOW), len(block))
    while end > start and end > len(block) - _BOTTOM_LINES and is_rights(block[end - 1]):
        end -= 1
    return take_article(
        block[start:end],
        [*cover, *block[:start], *block[end:]],
        title=" ".join(title),
        source=block[dated - 1] if dated > 1 else "",
        published=published,
    )


def _find_text(block: Sequence[str], at: int) -> int:
    """Return the line below the fields, of which the length is the last that is always there."""
    counted = False
    while at < len(block) and (name := _name(block[at])):
        if counted and name not in _ABOVE:
            break
        counted = counted or name in _LENGTH
        at += 1
    return at


def _name(line: str) -> str:
    """Return the name of the field that a line is, ``""`` for none."""
    field = _FIELD.match(line)
    return field[1] if field else ""


NEXIS = Kind("Nexis", re.compile(rf"^[^\S\n]*{_MARK}[^\S\n]*$", re.MULTILINE), _split)
