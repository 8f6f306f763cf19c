"""Whether the words around a quotation were taken along: then it is copied, else quoted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A paragraph with fewer words around its quotation ("the senator said in a statement") is
# judged by its neighbours.
LEAST_FRAME = 8
# Words in a row outside quotations that make two paragraphs one text.
FRAME_RUN = 4


def frames_taken(
    spans: NDArray[np.int64],
    article: NDArray[np.int64],
    source: NDArray[np.int64],
    quoted: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell of each paragraph whether half of its words outside quotations was taken.

    One that is nearly all quotation goes with the paragraph before or after it, where that
    is of the same article and its first taken word from the same source.

    Args:
        spans: int64 of shape ``(paragraphs, 2)``: the first word of each and the one after
            its last. Those of one article are in order, one after the other.
        article: int64 of shape ``(paragraphs,)``: the article that each is of.
        source: int64 of shape ``(words,)``: the article that each word is from, -1 for none.
        quoted: bool of shape ``(words,)``: what was quoted where it is from.

    Returns:
        bool of shape ``(paragraphs,)``.
    """
    taken = source >= 0
    frame = _count(~quoted, spans)
    judged = frame >= LEAST_FRAME
    half = judged & (2 * _count(taken & ~quoted, spans) >= frame)
    first = _first_sources(source, spans)
    beside = (article[1:] == article[:-1]) & (first[1:] == first[:-1]) & (first[1:] >= 0)
    result = half.copy()
    result[1:] |= beside & ~judged[1:] & half[:-1]
    result[:-1] |= beside & ~judged[:-1] & half[1:]
    return result


def _count(flags: NDArray[np.bool_], spans: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    counts: NDArray[np.int64] = total[spans[:, 1]] - total[spans[:, 0]]
    return counts


def _first_sources(source: NDArray[np.int64], spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the first taken word of each paragraph is from, -1 where none was."""
    places = np.flatnonzero(source >= 0)
    if not len(places):
        return np.full(len(spans), -1, np.int64)
    next_one = np.minimum(np.searchsorted(places, spans[:, 0]), len(places) - 1)
    place = places[next_one]
    inside = (place >= spans[:, 0]) & (place < spans[:, 1])
    return np.where(inside, source[place], -1)
