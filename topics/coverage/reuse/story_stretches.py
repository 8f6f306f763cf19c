"""What articles share beyond whole paragraphs: a sentence reused in another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import keep_value, key_of
from embeddings.text.wording import join_rows
from embeddings.words.alignment import Block, match_words
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.sources import LEAST_RUN, likely_sources
from topics.coverage.reuse.timelines import Bounds
from topics.coverage.reuse.word_kinds import WordTrace

# Words of a passage: its row, the first word, the one after the last; and where they stand too:
# other passages' rows, and the first of the words there.
Shared = tuple[int, int, int, list[tuple[int, int]]]

# Raised when stretches are found otherwise.
_METHOD = "stretches 1"


def find_shared(
    articles: Sequence[Article],
    trace: WordTrace,
    stories: Sequence[Collection[int]],
    bounds: Callable[[int], Bounds],
    *,
    beyond: bool = False,
) -> Iterator[Shared]:
    """Lay each article of a story beside its likely sources there.

    Stretches are cut where a paragraph ends on either side and where other sources begin.

    Args:
        articles: Of the corpus.
        trace: The words of the passages' bodies.
        stories: Article numbers of each story, each article in one at most.
        bounds: When the text of an article may have been out, by its number.
        beyond: Lay all articles beside their likely sources in other stories, or in none.
    """
    story_of = {number: place for place, members in enumerate(stories) for number in members}
    if beyond:
        story_of = {number: -1 - number for number in range(len(articles))} | story_of
    numbers = sorted(story_of, key=lambda number: articles[number].id)
    words = [
        trace.words_of(np.array(articles[number].rows, np.int64)).astype(np.int32)
        for number in numbers
    ]
    bodies = join_rows([trace.texts.numbers[each] for each in words], trace.texts.vocabulary)
    sources = likely_sources(
        bodies,
        [bounds(number) for number in numbers],
        [articles[number].id for number in numbers],
        [story_of[number] for number in numbers],
        beyond=beyond,
    )
    row_of = np.repeat(np.arange(len(trace.texts), dtype=np.int32), trace.texts.lengths)
    letters = bodies.vocabulary.hashes()
    keys = cache(lambda place: letters[np.array(bodies.row(place), np.int64)].tobytes())
    aligned: dict[tuple[int, int], list[Block]] = {}
    for place, others in enumerate(sources):
        if not others:
            continue
        # Where each word stands, in the article and in each source; -1 where it does not.
        lanes = np.full((1 + len(others), len(words[place])), -1, np.int32)
        lanes[0] = words[place]
        for lane, other in zip(lanes[1:], others, strict=True):
            key = min(place, other), max(place, other)
            if key not in aligned:
                aligned[key] = keep_value(
                    _METHOD,
                    key_of(*map(keys, key)),
                    partial(copied_stretches, *map(bodies.row, key)),
                )
            for a, b, c, d in aligned[key]:
                if place < other:
                    lane[a:b] = words[other][c:d]
                else:
                    lane[c:d] = words[other][a:b]
        yield from _cut(lanes, np.where(lanes >= 0, row_of[lanes], -1), trace.texts.offsets)


def _cut(
    lanes: NDArray[np.int32], rows: NDArray[np.int32], offsets: NDArray[np.int64]
) -> Iterator[Shared]:
    """Cut an article's words where a passage ends, and where its sources begin or end."""
    breaks = (np.diff(rows) != 0) | ((np.diff(lanes) != 1) & (lanes[:, 1:] >= 0))
    firsts = [0, *(np.flatnonzero(breaks.any(axis=0)) + 1).tolist(), lanes.shape[1]]
    for first, after in pairwise(firsts):
        row, *others = rows[:, first].tolist()
        begin, *begins = (lanes[:, first] - offsets[rows[:, first]]).tolist()
        sources = [each for each in zip(others, begins, strict=True) if each[0] >= 0]
        if sources:
            yield row, begin, begin + after - first, sources


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
