"""Two articles laid side by side, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.alignment import Block, Comparison, compare
from embeddings.conflicts import FactChange

_PARAGRAPH = re.compile(r"[^\n](?:.*?[^\n])??(?=\n\s*\n|\s*\Z)", re.DOTALL)

# Start and end of a stretch of text.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ParagraphPair:
    """Two paragraphs that share words, or one that stands alone.

    Attributes:
        left: Start and end in the left text; ``None`` where only the right one has it.
        right: Start and end in the right text; ``None`` where only the left one has it.
        comparison: The two laid side by side, with offsets from their starts; ``None`` of
            one alone.
    """

    left: Span | None
    right: Span | None
    comparison: Comparison | None


def lay_out(left: str, right: str, spans: Sequence[Block]) -> list[ParagraphPair]:
    """Pair the paragraphs of two texts that share most, in the order of the right one.

    A paragraph of the left text that none on the right shares anything with stands alone,
    before the next that one does.

    Args:
        left: The left text.
        right: The right text.
        spans: What agrees: start and end on the left, start and end on the right.
    """
    return [
        ParagraphPair(
            a,
            b,
            compare(left[slice(*a)], right[slice(*b)]) if a is not None and b is not None else None,
        )
        for a, b in _pair(_paragraphs(left), _paragraphs(right), spans)
    ]


def find_conflicts(pairs: Sequence[ParagraphPair]) -> tuple[FactChange, ...]:
    """Return the facts of which paired paragraphs say different things, each once."""
    found = (fact for pair in pairs if pair.comparison for fact in pair.comparison.conflicts)
    return tuple(dict.fromkeys(found))


def _paragraphs(text: str) -> list[Span]:
    return [match.span() for match in _PARAGRAPH.finditer(text)]


def _pair(
    lefts: Sequence[Span], rights: Sequence[Span], spans: Sequence[Block]
) -> list[tuple[Span | None, Span | None]]:
    partners = [_partner(lefts, right, spans) for right in rights]
    used = {place for place in partners if place is not None}
    rows: list[tuple[Span | None, Span | None]] = []
    shown = 0
    for right, place in zip(rights, partners, strict=True):
        if place is not None and place >= shown:
            rows += [(lefts[n], None) for n in range(shown, place) if n not in used]
            shown = place + 1
        rows.append((lefts[place] if place is not None else None, right))
    rows += [(lefts[n], None) for n in range(shown, len(lefts)) if n not in used]
    return rows


def _partner(lefts: Sequence[Span], right: Span, spans: Sequence[Block]) -> int | None:
    """Return the left paragraph that shares most characters with a right one."""
    shared = [0] * len(lefts)
    for start, end, first, after in spans:
        inside = _overlap((first, after), right)
        if inside:
            for place, left in enumerate(lefts):
                shared[place] += min(inside, _overlap((start, end), left))
    best = max(shared, default=0)
    return shared.index(best) if best else None


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))
