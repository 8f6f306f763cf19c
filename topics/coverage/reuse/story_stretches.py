"""What articles of one story share beyond whole paragraphs: a sentence reused in another one."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import date_bounds
from embeddings.text.wording import WordedTexts, join_rows
from embeddings.words.alignment import Block, match_words
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.sources import LEAST_RUN, likely_sources


class Shared(NamedTuple):
    """Words of a passage that stand in passages of other articles of its story.

    Attributes:
        row: The passage.
        first: First of the words.
        after: The one after the last.
        sources: Where they stand: the passage, and the first of the words in it.
    """

    row: int
    first: int
    after: int
    sources: tuple[tuple[int, int], ...]


class _Stretch(NamedTuple):
    """Words of a passage, and where the same stand in another: the row, the first word."""

    first: int
    after: int
    source: int
    begin: int


def find_shared(
    articles: Sequence[Article], texts: WordedTexts, stories: Sequence[Collection[int]]
) -> Iterator[Shared]:
    """Lay each article of a story beside its likely sources there.

    Stretches are cut where a paragraph ends on either side and where other sources begin.

    Args:
        articles: Of the corpus.
        texts: The words of the passages' bodies, by row.
        stories: Article numbers of each story, each article in one at most.
    """
    told = [members for members in stories if len(members) > 1]
    story_of = {number: place for place, members in enumerate(told) for number in members}
    numbers = sorted(story_of, key=lambda number: articles[number].id)
    rows = [articles[number].rows for number in numbers]
    bodies = join_rows([_join(texts, each) for each in rows], texts.vocabulary)
    begins = [np.cumsum([0, *texts.lengths[list(each)]]).tolist() for each in rows]
    sources = likely_sources(
        bodies,
        [date_bounds(articles[number].document.published) for number in numbers],
        [articles[number].id for number in numbers],
        [story_of[number] for number in numbers],
    )
    aligned: dict[tuple[int, int], list[Block]] = {}
    for place, others in enumerate(sources):
        found: dict[int, list[_Stretch]] = defaultdict(list)
        for other in others:
            key = min(place, other), max(place, other)
            if key not in aligned:
                aligned[key] = copied_stretches(*(bodies.row(each) for each in key))
            for a, b, c, d in aligned[key]:
                words = (a, b, c) if place < other else (c, d, a)
                for here, there, stretch in _cut(words, begins[place], begins[other]):
                    row = rows[place][here]
                    found[row].append(stretch._replace(source=rows[other][there]))
        for row, stretches in found.items():
            yield from _by_sources(row, stretches)


def _join(texts: WordedTexts, rows: Sequence[int]) -> NDArray[np.uint32]:
    parts = [texts.numbers[texts.offsets[row] : texts.offsets[row + 1]] for row in rows]
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)


def _cut(
    words: tuple[int, int, int], here: Sequence[int], there: Sequence[int]
) -> Iterator[tuple[int, int, _Stretch]]:
    """Cut words of a body where a paragraph ends, its own or the other's.

    Args:
        words: First, the one after the last, and the first in the other body.
        here: Word at which each paragraph of the body begins, and its length.
        there: The same of the other body.

    Yields:
        Number of the paragraph, of the other's, and the stretch counted from their starts.
    """
    first, after, begin = words
    while first < after:
        one, two = bisect_right(here, first) - 1, bisect_right(there, begin) - 1
        length = min(after - first, here[one + 1] - first, there[two + 1] - begin)
        start = first - here[one]
        yield one, two, _Stretch(start, start + length, -1, begin - there[two])
        first, begin = first + length, begin + length


def _by_sources(row: int, stretches: Sequence[_Stretch]) -> Iterator[Shared]:
    """Cut the stretches of a passage so that each piece has the same sources throughout."""
    bounds = sorted({place for each in stretches for place in (each.first, each.after)})
    for first, after in pairwise(bounds):
        sources = tuple(
            (each.source, each.begin + first - each.first)
            for each in stretches
            if each.first <= first and after <= each.after
        )
        if sources:
            yield Shared(row, first, after, sources)


def copied_stretches(
    a: Sequence[int] | Sequence[str], b: Sequence[int] | Sequence[str]
) -> list[Block]:
    """Find the stretches of words of ``a`` that stand in ``b``, in order or moved.

    A stretch is a run of ``LEAST_RUN`` words, and the shorter runs beside it that are at
    least as long as what was changed between: an edit does not end a stretch, a lone common
    word does not lengthen it.

    Returns:
        First word and the one after the last, in ``a`` and in ``b``; by place in ``a``.
    """
    equal, moved = match_words(a, b)
    kept = [block for block in moved if block[1] - block[0] >= LEAST_RUN]
    blocks = sorted(equal)
    firm = [block[1] - block[0] >= LEAST_RUN for block in blocks]
    for order in (range(1, len(blocks)), range(len(blocks) - 2, -1, -1)):
        step = -1 if order.step == 1 else 1
        for place in order:
            if not firm[place] and firm[place + step]:
                firm[place] = _is_beside(blocks[place], blocks[place + step])
    return sorted(kept + [block for block, keep in zip(blocks, firm, strict=True) if keep])


def _is_beside(block: Block, other: Block) -> bool:
    left, right = sorted((block, other))
    changed = max(right[0] - left[1], right[2] - left[3])
    return block[1] - block[0] >= changed
