"""The lines of a printed page in the order in which they are read, from places of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

# In sizes of type (ems). How far letters reach below and above the line that they stand on.
_BELOW, _ABOVE = 0.15, 0.65
# A gap between words that may be one between columns, and what is left of it over all lines.
_GAP, _GUTTER = 0.7, 0.5
# What is narrower is no column: bullets, the figures of a table.
_COLUMN_WIDTH = 7.0
_COLUMN_LINES = 3
# A letter so much larger than what follows begins its word, over several lines.
_DROP_CAP = 1.8
# A row in type so much larger than the row above it is a headline.
_HEADLINE = 1.3


class Word(NamedTuple):
    """A word of a page.

    Attributes:
        text: Its characters.
        left: Where it begins, in points from the page's left.
        right: Where it ends.
        base: The line that it stands on, in points from the page's bottom.
        size: Of its type, in points.
    """

    text: str
    left: float
    right: float
    base: float
    size: float

    @property
    def bottom(self) -> float:
        """The lower edge of its letters."""
        return self.base - _BELOW * self.size

    @property
    def top(self) -> float:
        """The upper edge of its letters."""
        return self.base + _ABOVE * self.size


class PrintedLine(NamedTuple):
    """A line of a column.

    Attributes:
        text: Its words.
        left: Where it begins, in points.
        right: Where it ends.
        base: What it stands on, in points from the page's bottom.
        size: The size of most of its type, in points.
        block: The number of its column, among those of the page in the order of reading.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    block: int


_Rows = list[list[Word]]


def order_lines(words: Sequence[Word]) -> list[PrintedLine]:
    """Return the lines of a page, column by column.

    Rows of words are told apart by the white space between them. Rows that have gaps in the
    same places, with lines enough on both sides, stand in columns, and each column is read
    in the same way; a row that crosses the gap, such as a headline, ends them.
    """
    return [
        _make_line(line, number)
        for number, block in enumerate(_order(list(words)))
        for line in block
    ]


def _order(words: list[Word]) -> Iterator[_Rows]:
    """Yield blocks of lines, of words from left to right."""
    rows = _split_rows(words)
    block: _Rows = []
    start = 0
    while start < len(rows):
        end, gutters = _find_columns(rows, start)
        if not gutters:
            block += _split_lines(rows[start])
            start += 1
            continue
        # Rows of the right column alone, above the first of both.
        first = start
        while block and first and _is_within(rows[first - 1], gutters):
            first -= 1
            block = block[: len(block) - len(_split_lines(rows[first]))]
        if block:
            yield block
            block = []
        within = [word for row in rows[first:end] for word in row]
        edges = [float("-inf"), *(left for left, _ in gutters), float("inf")]
        for left, right in pairwise(edges):
            yield from _order([word for word in within if left < word.right <= right])
        start = end
    if block:
        yield block


def _split_rows(words: list[Word]) -> _Rows:
    """Part words where white space runs across all of them, from the top down."""
    rows: _Rows = []
    lowest = 0.0
    for word in sorted(words, key=lambda word: -word.top):
        if rows and word.top > lowest:
            rows[-1].append(word)
            lowest = min(lowest, word.bottom)
        else:
            rows.append([word])
            lowest = word.bottom
    return rows


def _find_columns(rows: _Rows, start: int) -> tuple[int, list[tuple[float, float]]]:
    """Return the row behind those that stand in columns from ``start``, and the gaps between.

    The gaps are empty where there are no columns.
    """
    end, gutters = start, _find_gaps(rows[start])
    found: list[tuple[float, float]] = []
    while gutters and end < len(rows):
        found, end = gutters, end + 1
        if end < len(rows):
            gutters = _cut_gaps(gutters, rows[end])
            larger = _size_of(rows[end]) >= _HEADLINE * _size_of(rows[end - 1])
            if larger or len(gutters) < len(found):
                # A headline ends the columns above it, also where it crosses not all of them.
                gutters = gutters if _has_both_sides(rows[end], gutters) else []
    within = [word for row in rows[start:end] for word in row]
    return end, [gap for gap in found if _parts_columns(within, gap)]


def _has_both_sides(row: list[Word], gaps: list[tuple[float, float]]) -> bool:
    """Whether a row has words to the left and to the right of one of the gaps."""
    first, last = min(word.left for word in row), max(word.right for word in row)
    return any(first < left and right < last for left, right in gaps)


def _size_of(row: list[Word]) -> float:
    return median(word.size for word in row)


def _find_gaps(row: list[Word]) -> list[tuple[float, float]]:
    """Return where a row has white space that may be one between columns."""
    gaps = []
    reached = None
    size = _size_of(row)
    for word in sorted(row, key=lambda word: word.left):
        if reached is not None and word.left - reached >= _GAP * size:
            gaps.append((reached, word.left))
        reached = max(word.right, reached or word.right)
    return gaps


def _cut_gaps(gaps: list[tuple[float, float]], row: list[Word]) -> list[tuple[float, float]]:
    """Return what is left of the gaps where a row is white too."""
    size = _size_of(row)
    spans = _join_spans(row)
    left_over = []
    for left, right in gaps:
        for one, other in spans:
            if one < right and other > left:
                # Words on both sides of the middle leave nothing of it.
                left, right = (other, right) if other - left < right - one else (left, one)
        if right - left >= _GUTTER * size:
            left_over.append((left, right))
    return left_over


def _join_spans(row: list[Word]) -> list[tuple[float, float]]:
    """Return the stretches of a row in which no gap is one between columns."""
    gaps = _find_gaps(row)
    edges = [min(word.left for word in row)]
    edges += [edge for gap in gaps for edge in gap]
    edges.append(max(word.right for word in row))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _parts_columns(words: list[Word], gap: tuple[float, float]) -> bool:
    """Whether what stands on both sides of a gap is as broad and as long as columns are."""
    for side in (
        [word for word in words if word.right <= gap[0]],
        [word for word in words if word.left >= gap[1]],
    ):
        if len({round(word.base) for word in side}) < _COLUMN_LINES:
            return False
        width = max(word.right for word in side) - min(word.left for word in side)
        if width < _COLUMN_WIDTH * median(word.size for word in side):
            return False
    return True


def _is_within(row: list[Word], gutters: list[tuple[float, float]]) -> bool:
    """Whether a row stands in one column that is not the first."""
    left, right = min(word.left for word in row), max(word.right for word in row)
    crosses = any(left < gap[0] < right for gap in gutters)
    return left >= gutters[0][1] - 1 and not crosses


def _split_lines(row: list[Word]) -> _Rows:
    """Part a row at its base lines, as where a large first letter stands beside several."""
    size = _size_of(row)
    if max(word.base for word in row) - min(word.base for word in row) < size / 2:
        return [sorted(row, key=lambda word: word.left)]

    def height(word: Word) -> float:
        is_drop_cap = word.size >= _DROP_CAP * size
        return word.top - _ABOVE * size if is_drop_cap else word.base

    lines: _Rows = []
    last = 0.0
    for word in sorted(row, key=height, reverse=True):
        if not lines or last - height(word) > size / 2:
            lines.append([])
            last = height(word)
        lines[-1].append(word)
    return [sorted(line, key=lambda word: word.left) for line in lines]


def _make_line(words: list[Word], block: int) -> PrintedLine:
    lengths: Counter[float] = Counter()
    for word in words:
        lengths[word.size] += len(word.text)
    first, *rest = words
    text = first.text
    if rest:
        is_drop_cap = len(text) == 1 and first.size >= _DROP_CAP * rest[0].size
        text += ("" if is_drop_cap else " ") + " ".join(word.text for word in rest)
    return PrintedLine(
        text=text,
        left=first.left,
        right=max(word.right for word in words),
        base=min(word.base for word in words),
        size=lengths.most_common(1)[0][0],
        block=block,
    )
