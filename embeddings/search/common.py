"""Where the commonest words stand, kept in the file beside the index.

Of a million passages the full-text index takes .15 microseconds for each place of a word, and a
word of every fifth passage most of a search. Flags of all passages, and how often the word stands
in each, are read in a fiftieth of that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.full_text import find_word, list_common
from embeddings.errors import StoreError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import SearchIndex

Places = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""The rows of passages that words stand in, ascending, and how often in each."""

_NAME = "search.common."
# A word is common from so many passages on, and this share of all: of rarer ones, the full-text
# index takes a millisecond.
_LEAST, _SHARE = 8192, 1 / 64
# Times that a byte holds.
_MOST = 255


def keep_common(store: CorpusStore, index: SearchIndex) -> None:
    """Keep where common words stand, in place of what was kept before.

    Args:
        store: Open for writing.
        index: All its passages.
    """
    with store.transaction() as connection:
        connection.execute("DELETE FROM arrays WHERE name GLOB ?", (f"{_NAME}*",))
        for word in list_common(store, max(_LEAST, int(_SHARE * len(index.ids)))):
            rows, times = count_times(index, find_word(store, word))
            if times.max() <= _MOST:
                flags = np.zeros(len(index.ids), np.bool_)
                flags[rows] = True
                kept = np.concatenate((np.packbits(flags), times.astype(np.uint8)))
                store.put_array(f"{_NAME}{word}", kept)


def read_common(store: CorpusStore, index: SearchIndex, word: str) -> Places | None:
    """Return where a common word stands; ``None`` for others, and where that is damaged."""
    kept = None
    with suppress(StoreError):
        kept = store.array(f"{_NAME}{word}")
    if kept is None:
        return None
    passages = len(index.ids)
    flags, times = np.split(kept, [-(-passages // 8)])
    return np.flatnonzero(np.unpackbits(flags, count=passages).view(np.bool_)), times


def count_times(index: SearchIndex, passage_ids: NDArray[np.int64]) -> Places:
    """Count how often each passage is named.

    Args:
        index: The passages.
        passage_ids: Of passages, ascending.
    """
    first = np.flatnonzero(np.diff(passage_ids, prepend=-1))
    return index.rows_of(passage_ids[first]), np.diff(first, append=len(passage_ids))
