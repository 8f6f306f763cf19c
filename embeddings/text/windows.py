"""Parts of a long text that fit under a limit, on sentence bounds where that is possible."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable

Span = tuple[int, int]
Size = Callable[[str], int]
"""Measures a text: its characters, words or word pieces."""

_CLAUSE_END = re.compile(r"[,;:)\]–—][\"'”’]?\s+")
_WORD_END = re.compile(r"\s+")


def fit(text: str, start: int, end: int, size: Size, limit: int) -> list[Span]:
    """Split a part of a text into as few spans as fit, of about equal size.

    They end where sentences do; a sentence that is too large by itself is split at
    clauses, else at words, else inside a word.

    Args:
        text: The whole text.
        start: First character of the part.
        end: One past its last character.
        size: Measures a span's text; a longer text may not be smaller.
        limit: The most that a span may measure; a single character is never split.

    Returns:
        Start and end in ``text`` of each span, in order, disjoint; they cover all of the
        part but blank space.
    """
    return _Splitter(text, size, limit).fit(start, end)


class _Splitter:
    """Fits parts of one text under the limit."""

    def __init__(self, text: str, size: Size, limit: int) -> None:
        self._text = text
        self._size = size
        self._limit = limit

    def fit(self, start: int, end: int) -> list[Span]:
        """Return spans that cover all but blank space, none over the limit."""
        if self._fits(start, end):
            return [(start, end)]
        units = [
            unit for sentence in self._sentences(start, end) for unit in self._break(sentence, 0)
        ]
        if not units:  # nothing but blank space
            return [(start, end)]
        # Counts of parts may add up to less than the count of the whole.
        return [span for packed in self._pack(units) for span in self._halve(packed, units)]

    def _fits(self, start: int, end: int) -> bool:
        return self._size(self._text[start:end]) <= self._limit

    def _sentences(self, start: int, end: int) -> list[Span]:
        from sentencex import segment

        spans, place = [], start
        # Single line breaks are no paragraph bounds here: lines were put together before.
        text = self._text[start:end].replace("\r", " ").replace("\n", " ")
        for sentence in segment("en", text):
            spans.append((place, place + len(sentence)))
            place += len(sentence)
        if place != end:
            spans = [(start, end)]
        return [span for each in spans for span in self._strip(*each)]

    def _strip(self, start: int, end: int) -> list[Span]:
        part = self._text[start:end]
        first = start + len(part) - len(part.lstrip())
        last = end - (len(part) - len(part.rstrip()))
        return [(first, last)] if first < last else []

    def _break(self, span: Span, level: int) -> list[Span]:
        """Break a span that is too long: at clauses, then words, then characters."""
        start, end = span
        if end - start == 1 or self._fits(start, end):
            return [span]
        inner = [(start + end) // 2]
        if level < 2:
            pattern = (_CLAUSE_END, _WORD_END)[level]
            inner = [match.end() for match in pattern.finditer(self._text, start, end)]
        return [
            unit
            for first, last in itertools.pairwise([start, *inner, end])
            for part in self._strip(first, last)
            for unit in self._break(part, min(level + 1, 2))
        ]

    def _pack(self, units: list[Span]) -> list[Span]:
        """Put neighbouring units together, in as few spans as fit, of like length."""
        sizes = [self._size(self._text[start:end]) for start, end in units]
        fewest = len(_fill(sizes, self._limit))
        least = min(max(sizes), self._limit)
        enough = least + bisect_left(
            range(least, self._limit), True, key=lambda size: len(_fill(sizes, size)) <= fewest
        )
        return [(units[first][0], units[last][1]) for first, last in _fill(sizes, enough)]

    def _halve(self, packed: Span, units: list[Span]) -> list[Span]:
        inside = [unit for unit in units if packed[0] <= unit[0] < packed[1]]
        if self._fits(*packed) or len(inside) < 2:
            return [packed]
        middle = len(inside) // 2
        halves = [(inside[0][0], inside[middle - 1][1]), (inside[middle][0], inside[-1][1])]
        return [span for half in halves for span in self._halve(half, units)]


def _fill(sizes: list[int], limit: int) -> list[Span]:
    """Group neighbours greedily so that no group exceeds the limit."""
    groups: list[Span] = []
    total = 0
    for index, size in enumerate(sizes):
        if groups and total + size <= limit:
            groups[-1] = (groups[-1][0], index)
            total += size
        else:
            groups.append((index, index))
            total = size
    return groups
