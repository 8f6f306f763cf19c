"""What each word of a corpus is: an outlet's own, or taken, quoted, repeated by rote."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Passage
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.frames import frames_taken
from topics.coverage.reuse.origins import WordOrigins, words_of_rows
from topics.coverage.reuse.quotes import find_shared_quotes

ORIGINAL, WIRE, EARLIER, UNORDERED, SELF, QUOTE, BOILERPLATE = range(7)
KINDS = ("original", "wire", "earlier", "unordered", "self", "quote", "boilerplate")


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
    """Tell of each passage whether the words around its quotations were taken.

    Returns:
        bool of shape ``(passages,)``.
    """
    rows = np.array([row for article in articles for row in article.rows], np.int64)
    offsets, of_word = origins.texts.offsets, origins.of_word
    articles_of_origins = np.array([origin.article for origin in origins.origins] or [0], np.int64)
    result = np.zeros(len(offsets) - 1, bool)
    result[rows] = frames_taken(
        np.stack((offsets[rows], offsets[rows + 1]), axis=1),
        origins.article_of[rows],
        np.where(of_word >= 0, articles_of_origins[of_word], -1),
        origins.quoted_before,
    )
    return result


def _quoted_elsewhere(bodies: Sequence[str], origins: WordOrigins) -> NDArray[np.bool_]:
    """Tell which words others quote as well, in paragraphs that are no copies."""
    flags = np.zeros(len(origins.of_word), bool)
    shared = find_shared_quotes(bodies, origins.component.tolist())
    for row, stretches in shared.items():
        offset = origins.texts.offsets[row]
        for first, after in stretches:
            flags[offset + first : offset + after] = True
    return flags
