"""What each word of a corpus is: an outlet's own, or taken, quoted, repeated by rote."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Passage
from topics.coverage.articles import Article
from topics.coverage.origins import WordOrigins, words_of_rows
from topics.coverage.quotes import find_shared_quotes

ORIGINAL, WIRE, EARLIER, UNORDERED, SELF, QUOTE, BOILERPLATE = range(7)
KINDS = ("original", "wire", "earlier", "unordered", "self", "quote", "boilerplate")

# A paragraph with fewer words around its quotation ("the senator said in a statement") is
# judged by its neighbours.
LEAST_FRAME = 8


def tell_words(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    origins: WordOrigins,
    *,
    boilerplate: Collection[int] = (),
    wire: Collection[int] = (),
) -> NDArray[np.uint8]:
    """Tell what each word is; ``KINDS`` has the names.

    Words that were quoted where they stood before are ``quote``, unless the words around
    them were taken along: then it is copying. Where a text stands first, its quotations are
    its own, unless others have them in a frame of their own.

    Args:
        passages: Of the corpus.
        articles: Of the corpus.
        origins: Where its words stood before.
        boilerplate: Rows of passages repeated whatever the story.
        wire: Numbers of articles credited to an agency alone: what stood nowhere before is
            the agency's.

    Returns:
        uint8 of shape ``(words,)``, in the order of ``origins.texts``.
    """
    texts, of_word = origins.texts, origins.of_word
    rows = words_of_rows(texts)
    kinds = np.zeros(len(of_word), np.uint8)
    if len(wire):
        kinds[np.isin(origins.article_of[rows], sorted(wire))] = WIRE
    code = {"earlier": EARLIER, "unordered": UNORDERED, "self": SELF}
    codes = np.array([code[origin.kind] for origin in origins.origins] or [0], np.uint8)
    taken = of_word >= 0
    kinds[taken] = codes[of_word[taken]]
    bodies = [passage.body for passage in passages]
    quoted = taken & origins.quoted_before
    kinds[quoted & ~_frames_taken(articles, origins)[rows]] = QUOTE
    kinds[_quoted_elsewhere(bodies, origins) & ~taken] = QUOTE
    if len(boilerplate):
        kinds[np.isin(rows, sorted(boilerplate))] = BOILERPLATE
    return kinds


def _frames_taken(articles: Sequence[Article], origins: WordOrigins) -> NDArray[np.bool_]:
    """Tell of each passage whether half of its words outside the shared quotations was taken.

    One that is nearly all quotation goes with the passage before or after it, where that is
    from the same article.

    Returns:
        bool of shape ``(passages,)``.
    """
    offsets, of_word = origins.texts.offsets, origins.of_word
    taken, quoted = of_word >= 0, origins.quoted_before
    frame = _sums(~quoted, offsets)
    copied = _sums(taken & ~quoted, offsets)
    judged = frame >= LEAST_FRAME
    half = judged & (2 * copied >= frame)
    result = half.copy()
    sources = _first_sources(origins)
    for article in articles:
        for before, after in zip(article.rows, article.rows[1:], strict=False):
            if sources.get(before, -1) == sources.get(after, -2):
                result[after] |= not judged[after] and half[before]
                result[before] |= not judged[before] and half[after]
    return result


def _first_sources(origins: WordOrigins) -> dict[int, int]:
    """Return, for each passage with a taken word, the article that its first one is from."""
    rows = words_of_rows(origins.texts)
    places = np.flatnonzero(origins.of_word >= 0)
    with_one, first = np.unique(rows[places], return_index=True)
    return {
        row: origins.origins[place].article
        for row, place in zip(
            with_one.tolist(), origins.of_word[places[first]].tolist(), strict=True
        )
    }


def _sums(flags: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    sums: NDArray[np.int64] = total[offsets[1:]] - total[offsets[:-1]]
    return sums


def _quoted_elsewhere(bodies: Sequence[str], origins: WordOrigins) -> NDArray[np.bool_]:
    """Tell which words others quote as well, in paragraphs that are no copies."""
    flags = np.zeros(len(origins.of_word), bool)
    shared = find_shared_quotes(bodies, origins.component.tolist())
    for row, stretches in shared.items():
        offset = origins.texts.offsets[row]
        for first, after in stretches:
            flags[offset + first : offset + after] = True
    return flags
