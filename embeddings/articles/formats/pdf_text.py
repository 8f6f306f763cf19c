"""The lines of printed pages as a text: running heads out, paragraphs put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from embeddings.articles.formats.pdf_layout import PrintedLine
from embeddings.articles.formats.plain import join_hyphens

Page = list[PrintedLine]
# In sizes of type: a new paragraph begins where a line is set in by this, or would have had
# room for the next word and this more; where lines stand apart by this much of what is
# usual; and where sizes differ by this.
_SET_IN, _ROOM, _APART, _RESIZED = 0.8, 1.0, 1.35, 1.1
# Rows at the upper and the lower edge in which running heads stand, and the share of pages
# on which they recur (left and right pages may have their own).
_EDGE_ROWS, _RECURS = 2, 0.3
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|página|pagina|стр\.)\s*)?(?:\d{1,3}|[ivxl]{1,5})"
    r"(?:\s*(?:/|of|von|de|sur|из)\s*\d{1,3})?\W*",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")

# Breaks between lines: between characters of Chinese and Japanese no blank takes their place.
_BREAK = re.compile(r"(?<!\n)\n(?=[^\n])")
_WIDE_BREAK = re.compile("(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])\n(?=[\u2e80-\u9fff])")


def part_heads(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """Return the pages without running heads and page numbers, and these.

    A head stands at the edge of a page and recurs, but for numbers, on others; a number
    that stands alone at the edge is that of the page.
    """
    edges = [_find_edges(page) for page in pages]
    counts = Counter(key for edge in edges for key in {_fold(line) for line in edge})
    least = max(2.0, _RECURS * len(pages))
    kept: list[Page] = []
    heads: list[str] = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {
            line
            for line in edge
            if counts[_fold(line)] >= least or _PAGE_NUMBER.fullmatch(line.text)
        }
        kept.append([line for line in page if line not in dropped])
        heads += [line.text for line in page if line in dropped]
    return kept, heads


def _find_edges(page: Page) -> list[PrintedLine]:
    rows: list[list[PrintedLine]] = []
    for line in sorted(page, key=lambda line: -line.base):
        if rows and rows[-1][0].base - line.base < line.size / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    edge = rows[:_EDGE_ROWS] + rows[max(_EDGE_ROWS, len(rows) - _EDGE_ROWS) :]
    return [line for row in edge for line in row]


def _fold(line: PrintedLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.size)


def join_lines(lines: Sequence[PrintedLine]) -> str:
    """Return lines in their order as paragraphs, words parted at a line's end put together."""
    paragraphs: list[list[str]] = []
    leading = _find_leading(lines)
    edges = {
        block: max(line.right for line in group)
        for block, group in groupby(lines, key=lambda line: line.block)
    }
    last = None
    for line in lines:
        if last is None or _begins(line, last, leading, edges[last.block]):
            paragraphs.append([])
        paragraphs[-1].append(line.text)
        last = line
    text = join_hyphens("\n\n".join("\n".join(paragraph) for paragraph in paragraphs) + "\n")
    return _BREAK.sub(" ", _WIDE_BREAK.sub("", text))


def _find_leading(lines: Sequence[PrintedLine]) -> float:
    """Return the usual distance of lines, in sizes of their type."""
    apart = [
        (one.base - other.base) / one.size
        for one, other in pairwise(lines)
        if one.block == other.block and one.base > other.base
    ]
    return median(apart) if apart else 1.2


def _begins(line: PrintedLine, last: PrintedLine, leading: float, edge: float) -> bool:
    """Whether a line begins a paragraph.

    Args:
        line: It.
        last: The one before.
        leading: The usual distance of lines, in sizes of their type.
        edge: How far to the right lines of the last one's column reach.
    """
    if max(line.size, last.size) > _RESIZED * min(line.size, last.size):
        return True
    ends = bool(_SENTENCE_END.search(last.text))
    if line.block != last.block:
        return ends
    is_apart = last.base - line.base > _APART * leading * line.size
    is_set_in = line.left - last.left > _SET_IN * line.size
    # The next word was not kept from the line before for want of room.
    first = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * (len(first) + 1) / max(1, len(line.text))
    had_room = last.right + width + _ROOM * line.size < edge
    return is_apart or is_set_in or (ends and had_room)
