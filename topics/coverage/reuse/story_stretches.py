"""What articles share beyond whole paragraphs: a sentence reused in another one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import keep_value, key_of
from embeddings.text.wording import WordedTexts, join_rows
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
# Articles whose words are at hand at once: one may have millions.
_AT_HAND = 2


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
    rows = [articles[number].rows for number in numbers]
    bodies = _join_bodies(trace, rows)
    sources = likely_sources(
        bodies,
        [bounds(number) for number in numbers],
        [articles[number].id for number in numbers],
        [story_of[number] for number in numbers],
        beyond=beyond,
    )

    @lru_cache(_AT_HAND)
    def place_words(place: int) -> NDArray[np.int32]:
        return trace.words_of(np.fromiter(rows[place], np.int64)).astype(np.int32)

    letters = bodies.vocabulary.hashes()

    @lru_cache(_AT_HAND)
    def key(place: int) -> bytes:
        return letters[bodies.numbers[slice(*bodies.offsets[place : place + 2])]].tobytes()

    def align(a: int, b: int) -> list[Block]:
        if key(a) == key(b):
            length = int(bodies.lengths[a])
            return [(0, length, 0, length)] if length >= LEAST_RUN else []
        return copied_stretches(bodies.row(a), bodies.row(b))

    begins = np.zeros(len(trace.texts.numbers) + 1, bool)
    begins[trace.texts.offsets] = True
    aligned: dict[tuple[int, int], list[Block]] = {}
    for place, others in enumerate(sources):
        if not others:
            continue
        own = place_words(place)
        # Where each word stands, in the article and in each source; -1 where it does not.
        lanes = [own, *(np.full_like(own, -1) for _ in others)]
        for lane, other in zip(lanes[1:], others, strict=True):
            pair = min(place, other), max(place, other)
            if pair not in aligned:
                aligned[pair] = keep_value(_METHOD, key_of(*map(key, pair)), partial(align, *pair))
            theirs = place_words(other)
            for a, b, c, d in aligned[pair]:
                if place < other:
                    lane[a:b] = theirs[c:d]
                else:
                    lane[c:d] = theirs[a:b]
        yield from _cut(lanes, trace.texts.offsets, begins)


def _join_bodies(trace: WordTrace, rows: Sequence[Sequence[int]]) -> WordedTexts:
    """Return the words of articles: those of their passages, where all lie in one row."""
    texts = trace.texts
    ends = [0, *(each.stop for each in rows if isinstance(each, range))]
    if len(ends) == len(rows) + 1 and all(
        isinstance(each, range) and each.start == end for each, end in zip(rows, ends, strict=False)
    ):
        offsets = texts.offsets[ends]
        return WordedTexts(texts.numbers[: offsets[-1]], offsets, texts.vocabulary)
    words = (trace.words_of(np.fromiter(each, np.int64)) for each in rows)
    return join_rows([texts.numbers[each] for each in words], texts.vocabulary)


def _cut(
    lanes: Sequence[NDArray[np.int32]], offsets: NDArray[np.int64], begins: NDArray[np.bool_]
) -> Iterator[Shared]:
    """Cut an article's words where a passage ends, and where its sources begin or end.

    Args:
        lanes: int32 ``(words,)`` of the article and of each source: the place of each word in
            the corpus, -1 where it does not stand there.
        offsets: Where the words of each passage begin.
        begins: bool ``(words of the corpus + 1,)``: whether a passage begins there.
    """
    breaks = np.zeros(len(lanes[0]) - 1, bool)
    for words in lanes:
        here = words[1:] >= 0
        breaks |= (np.diff(words) != 1) & (here | (words[:-1] >= 0)) | here & begins[words[1:]]
    bounds = np.concatenate(([0], np.flatnonzero(breaks) + 1, [len(lanes[0])]))
    # Of each piece: its first word, and the passage that this is of, in each lane.
    firsts = np.stack([words[bounds[:-1]] for words in lanes], axis=1)
    rows = np.searchsorted(offsets, firsts, "right") - 1
    firsts = firsts - offsets[rows]
    for piece, length in enumerate(np.diff(bounds).tolist()):
        (row, *others), (first, *there) = rows[piece].tolist(), firsts[piece].tolist()
        sources = [each for each in zip(others, there, strict=True) if each[0] >= 0]
        if sources:
            yield row, first, first + length, sources


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
