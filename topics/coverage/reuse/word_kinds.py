"""What each word of a corpus is: an outlet's own, or taken, quoted, repeated by rote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from topics.coverage.reuse.timelines import Origin

ORIGINAL, WIRE, EARLIER, UNORDERED, SELF, QUOTE, BOILERPLATE = range(7)
KINDS = ("original", "wire", "earlier", "unordered", "self", "quote", "boilerplate")
# A paragraph with fewer words around its quotation ("the senator said in a statement") is
# judged by its neighbours.
_LEAST_FRAME = 8
# Words that are counted together.
_WORDS_AT_ONCE = 1_000_000


@dataclass
class WordTrace:
    """Where each word of a corpus stood before, and what it is therefore.

    Attributes:
        texts: The words of the passages' bodies, by row.
        article_of: int64 of shape ``(passages,)``: number of each passage's article, -1 for
            one of no article given.
        origins: What ``of_word`` points at.
        of_word: int32 of shape ``(words,)``: place in ``origins``, -1 where the word stood
            nowhere before as far as is known.
        quoted_before: bool of shape ``(words,)``: whether it stood in a quotation there.
        kinds: uint8 of shape ``(words,)``: what it is; ``KINDS`` has the names.
    """

    texts: WordedTexts
    article_of: NDArray[np.int64]
    origins: list[Origin] = field(default_factory=list)
    of_word: NDArray[np.int32] = field(init=False)
    quoted_before: NDArray[np.bool_] = field(init=False)
    kinds: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with words that stood nowhere before."""
        self.of_word = np.full(len(self.texts.numbers), -1, np.int32)
        self.quoted_before = np.zeros(len(self.of_word), bool)
        self.kinds = np.zeros(len(self.of_word), np.uint8)

    def words_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of the words of passages, one passage after the other."""
        lengths = self.texts.lengths[rows]
        begins = np.cumsum(lengths) - lengths
        places: NDArray[np.int64] = np.repeat(self.texts.offsets[rows] - begins, lengths)
        places += np.arange(len(places))
        return places

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Give the passages and their words some at a time: a corpus may have millions."""
        offsets = self.texts.offsets
        row = 0
        for part in self.texts.parts(_WORDS_AT_ONCE):
            after = row + len(part)
            yield slice(row, after), slice(int(offsets[row]), int(offsets[after]))
            row = after

    def select(self, rows: NDArray[np.int64]) -> slice | NDArray[np.int64]:
        """Return what selects the words of passages: of those in one row no place of each."""
        if len(rows) and (np.diff(rows) == 1).all():
            return slice(int(self.texts.offsets[rows[0]]), int(self.texts.offsets[rows[-1] + 1]))
        return self.words_of(rows)

    def sources(self, words: slice | NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the article that each word is from: its number, -1 for none."""
        articles = np.array([origin.article for origin in self.origins] + [-1], np.int32)
        return articles[self.of_word[words]]


def tell_kinds(
    trace: WordTrace,
    rows: NDArray[np.int64],
    *,
    shared_quotes: NDArray[np.bool_],
    boilerplate: NDArray[np.bool_],
    wire: NDArray[np.bool_],
) -> None:
    """Tell what each word of some articles is.

    Words that were quoted where they stood before are ``quote``, unless the words around
    them were taken along: then it is copying. Where a text stands first, its quotations are
    its own, unless others have them in a frame of their own.

    Args:
        trace: Where the words stood before; the kinds are written to it.
        rows: The passages, all of each article, in its order.
        shared_quotes: bool of shape ``(words,)``: which words others quote too.
        boilerplate: bool of shape ``(passages,)``: which are repeated whatever the story.
        wire: bool of shape ``(passages,)``: which are credited to an agency alone; what of
            them stood nowhere before is the agency's.
    """
    words, lengths = trace.select(rows), trace.texts.lengths[rows]
    source, quoted = trace.sources(words), trace.quoted_before[words]
    taken = source >= 0
    code = {"earlier": EARLIER, "unordered": UNORDERED, "self": SELF}
    codes = np.array([code[origin.kind] for origin in trace.origins] + [ORIGINAL], np.uint8)
    kinds = codes[trace.of_word[words]]
    kinds[~taken & np.repeat(wire[rows], lengths)] = WIRE
    frames = _find_frames_taken(lengths, trace.article_of[rows], source, quoted)
    kinds[quoted & ~(taken & np.repeat(frames, lengths))] = QUOTE
    kinds[shared_quotes[words] & ~taken] = QUOTE
    kinds[np.repeat(boilerplate[rows], lengths)] = BOILERPLATE
    trace.kinds[words] = kinds


def _find_frames_taken(
    lengths: NDArray[np.int64],
    article: NDArray[np.int64],
    source: NDArray[np.int32],
    quoted: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell of each paragraph whether half of its words outside quotations was taken.

    One that is nearly all quotation goes with the paragraph before or after it, where that
    is of the same article and its first taken word from the same source.
    """
    taken = source >= 0
    ends = np.cumsum(lengths)
    begins = ends - lengths

    def count(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
        total = np.zeros(len(flags) + 1, np.int64)
        np.cumsum(flags, out=total[1:])
        counts: NDArray[np.int64] = total[ends] - total[begins]
        return counts

    frame = count(~quoted)
    judged = frame >= _LEAST_FRAME
    half = judged & (2 * count(taken & ~quoted) >= frame)
    places = np.append(np.flatnonzero(taken), len(taken))
    first = places[np.searchsorted(places, begins)]
    first = np.where(first < ends, np.append(source, -1)[first], -1)
    beside = (article[1:] == article[:-1]) & (first[1:] == first[:-1]) & (first[1:] >= 0)
    result = half.copy()
    result[1:] |= beside & ~judged[1:] & half[:-1]
    result[:-1] |= beside & ~judged[:-1] & half[1:]
    return result
