"""How far passages speak in the words that a topic is described by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import read_words

# Words are compared by their beginning, a plural's s left out: deliver, delivery, deliveries.
_STEM = 6
# A word that stands in more than about a seventh of the passages tells nothing of one topic.
_LEAST_RARE = 2.0


def find_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of the telling words of some texts."""
    words = {word for text in texts for word in read_words(text).words}
    return frozenset(_shorten(word) for word in words - STOP_WORDS if len(word) > 2)


def match_words(texts: Sequence[str], wanted: Sequence[frozenset[str]]) -> NDArray[np.float64]:
    """Return how far texts are in the words of some topics, shape ``(n, topics)``.

    The log of one more than the sum over a topic's words of how rare each is (the log of the
    inverse of its share of the texts), a repeated word counting little more than once.

    Args:
        texts: At least one.
        wanted: Of each topic what ``find_words`` returns.
    """
    places = {word: place for place, word in enumerate(sorted(frozenset().union(*wanted)))}
    held = np.zeros((len(texts), len(places)))
    for row, text in enumerate(texts):
        for word in read_words(text).words:
            place = places.get(_shorten(word))
            if place is not None:
                held[row, place] += 1.0
    rare = np.log(len(texts) / np.maximum((held > 0).sum(axis=0), 1))
    rare[rare < _LEAST_RARE] = 0.0
    belongs = np.array([[word in words for words in wanted] for word in places], float)
    belongs = belongs.reshape(len(places), len(wanted))
    matched: NDArray[np.float64] = np.log1p((held / (held + 1.0)) @ (rare[:, None] * belongs))
    return matched


def _shorten(word: str) -> str:
    return word.removesuffix("'s").removesuffix("s")[:_STEM]
