"""The lines of a text as a reader sees them: hard-wrapped lines are put together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Lines wrapped by hand or by an editor are at most this long (72-80 is usual).
WRAP_WIDTH = 100
# A shorter line is no sign of wrapping, whatever follows it.
_WRAP_LEAST = 40
# How far a wrapped line may fall short of the width that its next word would break.
_WRAP_SLACK = 6
_WRAP_SHARE = 0.7
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
_BULLET = re.compile(r"(?:[•⦁▪■●◦*\-–—]|\(?\d{1,2}[.)]|\([a-z]\))\s+\S")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read: a paragraph, a heading, or a piece of furniture.

    Attributes:
        start: Offset of its first character that is not blank.
        end: Offset after its last character that is not blank.
        text: The characters between, wrapped lines included, white space folded.
        gap: Whether an empty line, or the start of the text, stands before it.
        indent: The number of blanks before it on its line.
    """

    start: int
    end: int
    text: str
    gap: bool
    indent: int = 0

    @property
    def words(self) -> int:
        """The number of words."""
        return self.text.count(" ") + 1

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(_SENTENCE_END.search(self.text))

    @property
    def is_bullet(self) -> bool:
        """Whether it begins with a bullet, a dash or a number."""
        return bool(_BULLET.match(self.text))


def find_lines(text: str) -> list[Line]:
    """Split a text into its lines, in order, disjoint, covering all that is not blank.

    Where the text is wrapped at a fixed width, the lines of a paragraph are one line.
    """
    printed = list(_printed_lines(text))
    width = _wrap_width(printed)
    lines: list[Line] = []
    for index, line in enumerate(printed):
        if width and index and _continues(printed[index - 1], line, width):
            last = lines[-1]
            joined = f"{last.text} {line.text}"
            lines[-1] = Line(last.start, line.end, joined, last.gap, last.indent)
        else:
            lines.append(line)
    return lines


def _continues(line: Line, after: Line, width: int) -> bool:
    """Whether ``after`` goes on with the paragraph of ``line``."""
    apart = after.gap or after.is_bullet or after.indent > line.indent
    return not apart and _is_full(line, after, width)


def _printed_lines(text: str) -> Iterator[Line]:
    start, gap = 0, True
    before = ""
    for raw in text.splitlines(keepends=True):
        stripped = raw.strip()
        if stripped:
            first = start + raw.index(stripped[0])
            folded = " ".join(stripped.split())
            # A line that is repeated a million times is one string.
            before = folded = before if folded == before else folded
            yield Line(first, first + len(stripped), folded, gap, first - start)
        gap = not stripped
        start += len(raw)


def _wrap_width(printed: list[Line]) -> int:
    """Return the width at which the text was wrapped, or 0 if it was not.

    A text was wrapped if its lines are short and most of those with a line right
    behind them end where the next word would not have fitted, or in mid-sentence.
    """
    short = [line for line in printed if len(line.text) <= WRAP_WIDTH]
    characters = sum(len(line.text) for line in printed)
    if not short or sum(len(line.text) for line in short) < 0.8 * characters:
        return 0
    width = max(len(line.text) for line in short)
    if width < _WRAP_LEAST:
        return 0
    pairs = [
        (line, after)
        for line, after in itertools.pairwise(printed)
        if not after.gap and _WRAP_LEAST <= len(line.text) <= WRAP_WIDTH
    ]
    full = sum(_is_full(line, after, width) for line, after in pairs)
    broken = sum(
        after.text[0].islower() and not line.is_sentence and not after.is_bullet
        for line, after in pairs
    )
    # Of three lines or fewer, more must break off in mid-sentence.
    enough = broken >= (0.3 if full >= 3 else 0.5) * len(pairs) and (full >= 3 or broken)
    return width if enough and full >= _WRAP_SHARE * len(pairs) else 0


def _is_full(line: Line, after: Line, width: int) -> bool:
    """Whether the first word of ``after`` would not have fitted behind ``line``."""
    first_word = after.text.split(" ", 1)[0]
    room = width - _WRAP_SLACK
    return room <= len(line.text) + 1 + len(first_word) and len(line.text) <= width
