"""What the full-text index knows: words as it splits them, where each stands, and lengths."""

from __future__ import annotations

import json
import sqlite3
import threading
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.values import NamedValues

# Marks that cannot stand in article text: the reader turns control characters into spaces.
OPEN, CLOSE = "\x02", "\x03"

# More words than a passage has; a passage and a word's place in it are one number.
PLACES = 1 << 20

# To make these tables takes longer than all that is asked of them.
_own = threading.local()

_COUNTS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.counts USING fts5vocab (main, words, row)"

# As the index of the passages is made.
_TOKENIZE = "tokenize = 'porter unicode61 remove_diacritics 2'"


def split_phrases(phrases: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words of each phrase as the index has them, stems; no phrase without any."""
    return list(_split_phrases(tuple(phrases)))


@lru_cache(16)
def _split_phrases(phrases: tuple[str, ...]) -> list[tuple[str, ...]]:
    # A search asks thrice for the same.
    rows = _index(enumerate(phrases)).execute("SELECT doc, term FROM places ORDER BY doc, offset")
    return [tuple(term for _, term in group) for _, group in groupby(rows, itemgetter(0))]


def mark_phrases(texts: Mapping[int, str], expression: str) -> dict[int, str]:
    """Return those of the texts that fit an FTS5 expression, matches between OPEN and CLOSE.

    They are indexed by themselves: to find them in the index of all passages takes longer, the
    more there are.
    """
    if not expression:
        return {}
    rows = _index(texts.items()).execute(
        "SELECT rowid, highlight(texts, 0, ?, ?) FROM texts WHERE texts MATCH ?",
        (OPEN, CLOSE, expression),
    )
    return dict(rows.fetchall())


def _index(texts: Iterable[tuple[int, str]]) -> sqlite3.Connection:
    """Return a database in memory, one a thread, whose only texts are these."""
    connection: sqlite3.Connection | None = getattr(_own, "connection", None)
    if connection is None:
        connection = _own.connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (text, {_TOKENIZE})")
        connection.execute("CREATE VIRTUAL TABLE places USING fts5vocab (texts, instance)")
    connection.execute("DELETE FROM texts")
    connection.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)
    return connection


def find_word(store: NamedValues, word: str, *, places: bool = False) -> NDArray[np.int64]:
    """Return the id of a passage once for each time that a word stands in it, ascending.

    Args:
        store: The store.
        word: As ``split_phrases`` gives it.
        places: Return the id times ``PLACES`` plus the word's place in the passage.
    """
    what = f"doc * {PLACES} + offset" if places else "doc"
    store.rows(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab (main, words, instance)"
    )
    # As one text: a row for each would take twice the time.
    found = store.rows(f"SELECT group_concat({what}) FROM temp.places WHERE term = ?", (word,))  # noqa: S608
    return np.fromstring(found[0][0] or "", np.int64, sep=",")


def count_words(store: NamedValues, words: Iterable[str]) -> dict[str, int]:
    """Return in how many passages words stand, those that stand in any.

    Args:
        store: The store.
        words: As ``split_phrases`` gives them.
    """
    store.rows(_COUNTS)
    found = store.rows(
        "SELECT term, doc FROM temp.counts WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(set(words))),),
    )
    return dict(found)


def list_common(store: NamedValues, least: int) -> list[str]:
    """Return the words that stand in so many passages at least, as ``find_word`` takes them."""
    store.rows(_COUNTS)
    found = store.rows("SELECT term FROM temp.counts WHERE doc >= ? ORDER BY term", (least,))
    return [term for (term,) in found]


def read_lengths(store: NamedValues) -> NDArray[np.int32]:
    """Return how many words each passage has, by id, int32.

    FTS5 keeps them for its bm25(), as varints (https://sqlite.org/fts5.html, FTS5 data
    structures).
    """
    lengths = []
    for (size,) in store.rows("SELECT sz FROM words_docsize ORDER BY id"):
        length = 0
        for byte in size:
            length = length << 7 | byte & 0x7F
        lengths.append(length)
    return np.array(lengths, np.int32)
