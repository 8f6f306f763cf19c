"""Paragraphs side by side, with what was cut, added and changed marked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.text.printing import safe
from topics.coverage.reuse.differing import Side, split_paragraph
from topics.coverage.reuse.paragraphs import lay_out

if TYPE_CHECKING:
    from markupsafe import Markup

    from embeddings.words.alignment import Block, Comparison

_Span = tuple[int, int]

# Paragraphs that share less than this of either's words are two, and not one that was changed.
_LEAST_SHARED = 0.5


@dataclass(frozen=True)
class Beside:
    """A row of two articles side by side.

    Attributes:
        left: The paragraph of the source, ``None`` where only the other has one.
        right: That of the article.
        differs: Whether anything is marked.
    """

    left: Markup | None
    right: Markup | None
    differs: bool


def mark_beside(left: str, right: str, spans: Sequence[Block]) -> list[Beside]:
    """Lay two texts side by side, paragraph by paragraph.

    Args:
        left: The first text.
        right: The second.
        spans: What agrees: start and end on the left, start and end on the right.
    """
    rows = []
    for left_span, right_span, found in lay_out(left, right, spans):
        cells = _mark(left, left_span, found, "before"), _mark(right, right_span, found, "after")
        differs = any(cell is None or "</" in cell for cell in cells)
        rows.append(Beside(*cells, differs))
    return rows


def _mark(text: str, span: _Span | None, found: Comparison | None, side: Side) -> Markup | None:
    """Return a paragraph as HTML; one that stands alone is cut or added as a whole."""
    from markupsafe import Markup

    if span is None:
        return None
    own = "del" if side == "before" else "ins"
    paragraph = safe(text[span[0] : span[1]])
    if found is None or max(found.share_a, found.share_b) < _LEAST_SHARED:
        return Markup("<{0}>{1}</{0}>").format(own, paragraph)
    pieces = []
    for part, kind in split_paragraph(paragraph, found, side):
        tag = {"same": "", "own": own, "fact": "mark"}[kind]
        pieces.append(Markup("<{0}>{1}</{0}>").format(tag, part) if tag else Markup.escape(part))
    return Markup("").join(pieces)


def mark_spans(text: str, spans: Sequence[_Span]) -> Markup:
    """Return a text as HTML, the given spans (start, end) of it set off."""
    from markupsafe import Markup

    text = safe(text)  # of the same length, so that the spans stay true
    pieces, place = [], 0
    for start, end in spans:
        pieces.append(Markup.escape(text[place:start]))
        pieces.append(Markup('<mark class="found">{}</mark>').format(text[start:end]))
        place = end
    return Markup("").join([*pieces, Markup.escape(text[place:])])


def as_printed(value: str, text: str) -> str:
    """Return a fact, which is kept in lower case, as the text spells it where it is found."""
    parts = []
    for part in value.split(", "):
        found = re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE)
        parts.append(found[0] if found else part)
    return ", ".join(parts)
