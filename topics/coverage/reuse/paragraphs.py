"""Two articles laid side by side, paragraph by paragraph."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.text.wording import find_starts
from embeddings.words.alignment import Block, Comparison, compare
from embeddings.words.conflicts import FactChange
from topics.coverage.articles.articles import find_paragraphs

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
        for a, b in _pair(*_vote(left, right, spans))
    ]


def find_conflicts(pairs: Sequence[ParagraphPair]) -> tuple[FactChange, ...]:
    """Return the facts of which paired paragraphs say different things, each once."""
    found = (fact for pair in pairs if pair.comparison for fact in pair.comparison.conflicts)
    return tuple(dict.fromkeys(found))


def _vote(
    left: str, right: str, spans: Sequence[Block]
) -> tuple[list[Span], list[Span], list[int | None]]:
    """Find the paragraphs of both, and for each on the right the left one that shares most.

    What agrees is equal word by word, so that a stretch over several paragraphs says of each
    of its words which two belong together.
    """
    lefts, rights = find_paragraphs(left), find_paragraphs(right)
    begins = [[start for start, _ in each] for each in (lefts, rights)]
    words = [find_starts(text) for text in (left, right)]
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for start, end, first, after in spans:
        here = words[0][bisect_left(words[0], start) : bisect_left(words[0], end)]
        there = words[1][bisect_left(words[1], first) : bisect_left(words[1], after)]
        for a, b in zip(here, there, strict=False):
            votes[bisect_right(begins[1], b) - 1][bisect_right(begins[0], a) - 1] += 1
    # Of those that share as much, the first.
    partners = [
        min(votes[place], key=lambda other: (-votes[place][other], other))
        if place in votes
        else None
        for place in range(len(rights))
    ]
    return lefts, rights, partners


def _pair(
    lefts: Sequence[Span], rights: Sequence[Span], partners: Sequence[int | None]
) -> list[tuple[Span | None, Span | None]]:
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
