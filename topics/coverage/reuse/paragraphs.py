"""Two articles laid side by side, paragraph by paragraph."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from embeddings.text.wording import find_starts
from embeddings.words.alignment import Block, Comparison, compare
from embeddings.words.conflicts import FactChange
from topics.coverage.articles.articles import find_paragraphs

# Start and end of a stretch of text.
Span = tuple[int, int]


# A paragraph on the left, one on the right (``None`` where the other stands alone), and the two
# laid side by side, with offsets from their starts.
Beside = tuple[Span | None, Span | None, Comparison | None]


def lay_out(left: str, right: str, spans: Sequence[Block]) -> list[Beside]:
    """Pair the paragraphs of two texts that share most, in the order of the right one.

    A paragraph of the left text that none on the right shares anything with stands alone,
    before the next that one does.

    Args:
        left: The left text.
        right: The right text.
        spans: What agrees: start and end on the left, start and end on the right.
    """
    lefts, rights = find_paragraphs(left), find_paragraphs(right)
    partners = _find_partners(left, right, lefts, rights, spans)
    rows: list[Beside] = []
    shown = 0
    for span, place in zip((*rights, None), (*partners, len(lefts)), strict=True):
        if place is not None and place >= shown:
            alone = (lefts[n] for n in range(shown, place) if n not in partners)
            rows += [(one, None, None) for one in alone]
            shown = place + 1
        if span and place is not None:
            beside = compare(left[slice(*lefts[place])], right[slice(*span)])
            rows.append((lefts[place], span, beside))
        elif span:
            rows.append((None, span, None))
    return rows


def find_conflicts(rows: Sequence[Beside]) -> tuple[FactChange, ...]:
    """Return the facts of which paired paragraphs say different things, each once."""
    found = (fact for *_, beside in rows if beside for fact in beside.conflicts)
    return tuple(dict.fromkeys(found))


def _find_partners(
    left: str, right: str, lefts: Sequence[Span], rights: Sequence[Span], spans: Sequence[Block]
) -> list[int | None]:
    """Find for each paragraph on the right the left one that shares most with it.

    What agrees is equal word by word, so that a stretch over several paragraphs says of each
    of its words which two belong together.
    """
    begins = [[start for start, _ in each] for each in (lefts, rights)]
    words = [find_starts(text) for text in (left, right)]
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for start, end, first, after in spans:
        here = words[0][bisect_left(words[0], start) : bisect_left(words[0], end)]
        there = words[1][bisect_left(words[1], first) : bisect_left(words[1], after)]
        for a, b in zip(here, there, strict=False):
            votes[bisect_right(begins[1], b) - 1][bisect_right(begins[0], a) - 1] += 1
    # Of those that share as much, the first.
    return [
        min(votes[place], key=lambda other: (-votes[place][other], other))
        if place in votes
        else None
        for place in range(len(rights))
    ]
