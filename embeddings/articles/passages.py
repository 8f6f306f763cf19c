"""Paragraphs with their place: what is embedded, compared, searched and shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from embeddings.articles.parsing.lines import Line, find_lines
from embeddings.documents import Document, Passage, Removal
from embeddings.text.windows import fit

# The most characters of a passage: some 200 words of English, about what all-MiniLM-L6-v2
# reads at once. It does not follow the model, so that offsets, copies and citations stay
# when the model is changed; 0.4 % of the paragraphs of 742 news articles are longer.
LONGEST = 1200

# A heading is short and does not end as a sentence does; one or two stand above a
# paragraph, more are a list.
_HEADING_WORDS = 14
_HEADING_LENGTH = 100
_MOST_HEADINGS = 2
# Items of a list shorter than this say too little to stand alone.
_ITEM_WORDS = 4


def split(document: Document, removed: Sequence[Removal], longest: int = LONGEST) -> list[Passage]:
    """Split an article into its paragraphs.

    A heading is joined to the paragraph below it where only blank space lies between;
    the body of such a passage is the paragraph. A body of more than ``longest`` characters
    becomes several passages of about equal length on sentence bounds; a sentence that is
    too long by itself is split at clauses, else at words. Neighbouring list items of fewer
    than four words are one passage.

    Args:
        document: The article.
        removed: What ``find_furniture`` returned for it; the rest is covered in full.
        longest: The most characters of a passage's body.

    Returns:
        Passages in the order of the text, disjoint, with ``id`` 0.

    Raises:
        ValueError: ``longest`` has no room for a single character.
    """
    if longest < 1:
        raise ValueError(f"a passage must have room for at least 1 character, not {longest}")
    text = document.text
    passages: list[Passage] = []
    before = ""
    for start, body_start, end in _join(_kept(text, removed)):
        for index, (first, last) in enumerate(fit(text, body_start, end, len, longest)):
            begin = start if index == 0 else first
            own = text[begin:last]
            # A line that is repeated a million times is one string.
            before = own = before if own == before else own
            passages.append(Passage(document.id, len(passages), begin, first, last, own))
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
            # Of a long list of headings no more is looked at than it takes to know it for one.
            while last < min(len(run), index + _MOST_HEADINGS + 1) and _is_heading(run[last]):
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
