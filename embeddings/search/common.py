"""Where the commonest words stand, kept in the file beside the index.

Of a million passages the full-text index takes .15 microseconds for each place of a word, and a
word of every fifth passage most of a search. Flags of all passages, and how often the word stands
in each and in each article, are read in a fiftieth of that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.full_text import find_word, list_common
from embeddings.errors import StoreError
from embeddings.search.places import Listed, Packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

_NAME = "search.common."
# A word is common from so many passages on, and this share of all: of rarer ones, the full-text
# index takes a millisecond.
_LEAST, _SHARE = 8192, 1 / 64
# Times that a byte holds, and those of an article that two of them hold.
_MOST, _MOST_IN_ARTICLE = 0xFF, 0xFFFF


def keep_common(store: CorpusStore, index: SearchIndex) -> None:
    """Keep where common words stand, in place of what was kept before.

    Args:
        store: Open for writing.
        index: All its passages.
    """
    with store.transaction() as connection:
        connection.execute("DELETE FROM arrays WHERE name GLOB ?", (f"{_NAME}*",))
        for word in list_common(store, max(_LEAST, int(_SHARE * len(index.ids)))):
            found = count_times(index, find_word(store, word))
            in_articles = np.bincount(index.articles[found.rows], found.times).astype(np.int64)
            if found.times.max() <= _MOST and in_articles.max() <= _MOST_IN_ARTICLE:
                flags = np.zeros(len(index.ids), np.bool_)
                found.mark(flags)
                times = found.times.astype(np.uint8), in_articles.astype("<u2").view(np.uint8)
                store.put_array(f"{_NAME}{word}", np.concatenate((np.packbits(flags), *times)))


def read_common(store: CorpusStore, index: SearchIndex, word: str) -> Packed | None:
    """Return where a common word stands; ``None`` for others, and where that is damaged."""
    kept = None
    with suppress(StoreError):
        kept = store.array(f"{_NAME}{word}")
    if kept is None:
        return None
    flags, rest = np.split(kept, [-(-len(index.ids) // 8)])
    times, in_articles = np.split(rest, [int(np.bitwise_count(flags).sum(dtype=np.int64))])
    return Packed(flags, times, np.frombuffer(in_articles.tobytes(), "<u2"))


def count_times(index: SearchIndex, passage_ids: NDArray[np.int64]) -> Listed:
    """Count how often each passage is named.

    Args:
        index: The passages.
        passage_ids: Of passages, ascending.
    """
    first = np.flatnonzero(np.diff(passage_ids, prepend=-1))
    times = np.diff(first, append=len(passage_ids))
    return Listed(index.rows_of(passage_ids[first]), times, index.articles)
