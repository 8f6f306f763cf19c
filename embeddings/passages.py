"""Paragraphs with their place: what is embedded, compared, searched and shown."""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence

from embeddings.documents import Document, Passage
from embeddings.furniture import Removal
from embeddings.lines import Line, find_lines

CountTokens = Callable[[str], int]
Span = tuple[int, int]

# A heading is short and does not end as a sentence does; one or two stand above a
# paragraph, more are a list.
_HEADING_WORDS = 14
_HEADING_LENGTH = 100
_MOST_HEADINGS = 2
# Items of a list shorter than this say too little to stand alone.
_ITEM_WORDS = 4
_CLAUSE_END = re.compile(r"[,;:)\]–—][\"'”’]?\s+")
_WORD_END = re.compile(r"\s+")


def split(
    document: Document,
    removed: Sequence[Removal],
    count_tokens: CountTokens,
    window: int,
) -> list[Passage]:
    """Split an article into its paragraphs.

    A heading is joined to the paragraph below it where only blank space lies between;
    the body of such a passage is the paragraph. A body of more than ``window`` word
    pieces becomes several passages of about equal length on sentence bounds; a sentence
    that is too long by itself is split at clauses, else at words. Neighbouring list items
    of fewer than four words are one passage.

    Args:
        document: The article.
        removed: What ``find_furniture`` returned for it; the rest is covered in full.
        count_tokens: The encoder's count of word pieces.
        window: The most word pieces that the encoder reads.

    Returns:
        Passages in the order of the text, disjoint, with ``id`` 0.

    Raises:
        ValueError: The window has no room for a single character.
    """
    if window < 1:
        raise ValueError(f"the window must be at least 1 word piece, not {window}")
    text = document.text
    splitter = _Splitter(text, count_tokens, window)
    passages: list[Passage] = []
    for start, body_start, end in _join(_kept(text, removed)):
        for index, (first, last) in enumerate(splitter.fit(body_start, end)):
            begin = start if index == 0 else first
            passages.append(
                Passage(document.id, len(passages), begin, first, last, text[begin:last])
            )
    return passages


def _kept(text: str, removed: Sequence[Removal]) -> list[list[Line]]:
    """Return the lines that stay, in runs between which something was removed."""
    runs: list[list[Line]] = [[]]
    gone = [(removal.start, removal.end) for removal in removed]
    starts = [start for start, _ in gone]
    for line in find_lines(text):
        place = bisect_left(starts, line.start)
        if place < len(gone) and gone[place][0] < line.end:
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if run]


def _join(runs: list[list[Line]]) -> list[tuple[int, int, int]]:
    """Put headings to their paragraphs and short items together.

    Returns:
        ``(start, body_start, end)`` of each passage before long ones are split.
    """
    joined = []
    for run in runs:
        index = 0
        while index < len(run):
            last = index
            while last < len(run) and _is_heading(run[last]):
                last += 1
            headings = last - index
            if 0 < headings <= _MOST_HEADINGS and last < len(run):
                joined.append((run[index].start, run[last].start, run[last].end))
                index = last + 1
                continue
            end = index
            while end + 1 < len(run) and _belongs(run[end], run[end + 1]):
                end += 1
            joined.append((run[index].start, run[index].start, run[end].end))
            index = end + 1
    return joined


def _is_heading(line: Line) -> bool:
    """Whether a line announces what follows: "Regime gains", "What happened in Douma?"."""
    text = line.text
    if len(text) > _HEADING_LENGTH or line.words > _HEADING_WORDS:
        return False
    if text[-1] in ".!;,…" or text[0] in "•⦁▪■●◦*-–—" or text[0].islower():
        return False
    if text[-1] in '"”':
        # A heading in quotation marks has no full stop inside: it is not someone's words.
        return text[-2:-1] not in ".!?,;…" and line.words <= _HEADING_WORDS // 2
    return any(character.isalnum() for character in text)


def _belongs(line: Line, after: Line) -> bool:
    """Whether two lines are neighbouring short items of one list."""
    return (
        not after.gap
        and line.words < _ITEM_WORDS
        and after.words < _ITEM_WORDS
        and not line.is_sentence
    )


class _Splitter:
    """Fits parts of one text into the encoder's window."""

    def __init__(self, text: str, count_tokens: CountTokens, window: int) -> None:
        self._text = text
        self._count_tokens = count_tokens
        self._window = window

    def fit(self, start: int, end: int) -> list[Span]:
        """Return spans that cover all but blank space, none over the window."""
        if self._fits(start, end):
            return [(start, end)]
        units = [
            unit for sentence in self._sentences(start, end) for unit in self._break(sentence, 0)
        ]
        return [
            span
            for packed in self._pack(units)
            # Counts of parts may add up to less than the count of the whole.
            for span in ([packed] if self._fits(*packed) else self._halve(packed, units))
        ]

    def _fits(self, start: int, end: int) -> bool:
        text = self._text[start:end]
        if most_tokens(text) <= self._window:
            return True
        return self._count_tokens(text) <= self._window

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
        if level < 2:
            pattern = (_CLAUSE_END, _WORD_END)[level]
            bounds = [start, *(m.end() for m in pattern.finditer(self._text, start, end)), end]
            parts = [
                part
                for first, last in itertools.pairwise(bounds)
                for part in self._strip(first, last)
            ]
        else:
            middle = (start + end) // 2
            parts = [*self._strip(start, middle), *self._strip(middle, end)]
        deeper = min(level + 1, 2)
        return [unit for part in parts for unit in self._break(part, deeper)]

    def _pack(self, units: list[Span]) -> list[Span]:
        """Put neighbouring units together, in as few spans as fit, of like length."""
        sizes = [self._count_tokens(self._text[start:end]) for start, end in units]
        fewest = len(_fill(sizes, self._window))
        low, high = max(sizes), self._window
        while low < high:
            middle = (low + high) // 2
            if len(_fill(sizes, middle)) <= fewest:
                high = middle
            else:
                low = middle + 1
        groups = _fill(sizes, high)
        return [(units[first][0], units[last][1]) for first, last in groups]

    def _halve(self, packed: Span, units: list[Span]) -> list[Span]:
        inside = [unit for unit in units if packed[0] <= unit[0] < packed[1]]
        if len(inside) < 2:
            return [packed]
        middle = len(inside) // 2
        halves = [(inside[0][0], inside[middle - 1][1]), (inside[middle][0], inside[-1][1])]
        return [
            span
            for half in halves
            for span in ([half] if self._fits(*half) else self._halve(half, units))
        ]


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


def most_tokens(text: str) -> int:
    """Bound the number of word pieces from above, without a tokenizer.

    A piece covers at least one byte of the text as the tokenizer normalises it: as it is,
    or in one of the normal forms, of which compatibility decomposition is the longest.
    One more is for the mark that some tokenizers put before the first word.
    """
    if text.isascii():
        return len(text) + 1
    forms = (text, unicodedata.normalize("NFKD", text))
    return max(len(form.encode("utf-8", "replace")) for form in forms) + 1
