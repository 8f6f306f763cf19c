"""What a search goes by, kept in the file: of each passage its signs, its length and its vector.

A sign is whether a number of a vector lies above the corpus's mean: 48 bytes a passage of 384
dimensions. How many signs two vectors have apart tells how near they are, well enough to choose
those whose cosine is worth computing (locality-sensitive hashing by hyperplanes: Charikar, 2002).
A second bit says whether the number lies far from the mean, by which the cosine of those chosen is
guessed so well that a twentieth of them is read.

The vectors are not kept a second time: the index holds the row of each in the table ``vectors``,
which is read in half the time that it takes through the hash of a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.checksums import join_vectors, sum_vectors
from embeddings.corpus.full_text import read_lengths
from embeddings.errors import StoreError
from embeddings.text.languages import FOUND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore

INDEX = "search"
"""The stage, and the setting, of which a file's index is."""

VERSION = 3
"""Of how it is made and laid out; one of another version is not read."""

FIELDS = ("ids", "places", "sums", "lengths", "articles", "signs", "seconds", "mean", "spread")
ARRAYS = tuple(f"{INDEX}.{field}" for field in FIELDS)
"""Names of its arrays."""

# Rows of the table of vectors that are read at once: some 12 MB of 384 dimensions.
BLOCK = 8192

# Of a passage that is not asked for.
FAR = 0xFF

# Words of signs that all passages are compared by: as many as a byte counts.
_FIRST_WORDS = 3

# Rows whose signs are compared at once, so that what is written stays in the processor's cache.
_STRIP = 1 << 14

# The bits of each value of a byte, as -1 and 1.
_BYTES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) * np.float32(2) - 1


class MovedError(Exception):
    """A vector does not stand where the index has it, so that another program moved the rows."""


@dataclass(frozen=True)
class SearchIndex:
    """All passages of a store, by id.

    Attributes:
        ids: The store's ids of passages, ascending, int64 ``(n,)``.
        places: Row of each one's vector in the table ``vectors``, int64 ``(n,)``; 0 where there
            is none yet.
        sums: The sum of each vector's 32-bit words, int64 ``(n,)``; below 0 where not known.
        lengths: Words of each, as the full-text index counts them, int32 ``(n,)``.
        articles: Number of each one's article, from 0 without gaps, int32 ``(n,)``.
        signs: A bit a dimension, as uint64 ``(words, n)``; no words where they are not kept, and
            all passages are compared.
        seconds: The same of second bits: set as the sign is where a number lies far from the
            mean, else as it is not.
        mean: That the signs are above or below, float32 ``(dimension,)``.
        spread: How far numbers lie from it, by which bits are turned back into numbers: what
            sign and second bit add, each, float32 ``(dimension, 2)``.
        candidates: Passages to be looked at again, by which the nearest are found.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    sums: NDArray[np.int64]
    lengths: NDArray[np.int32]
    articles: NDArray[np.int32]
    signs: NDArray[np.uint64]
    seconds: NDArray[np.uint64]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    candidates: int = 0

    def rows_of(self, passage_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of passages that are all there."""
        if len(self.ids) and self.ids[-1] - self.ids[0] == len(self.ids) - 1:
            rows: NDArray[np.int64] = passage_ids - self.ids[0]  # none was ever removed
            return rows
        return np.searchsorted(self.ids, passage_ids)

    @cached_property
    def angles(self) -> NDArray[np.float32]:
        """Return the cosine that so many of the first signs apart stand for, float32 ``(256,)``.

        But for chance, the share of signs apart is the angle (Charikar, 2002).
        """
        shares = np.arange(FAR + 1) / max(min(len(self.mean), 64 * _FIRST_WORDS), 1)
        return np.cos(np.pi * np.minimum(shares, 1)).astype(np.float32)

    def distances(self, vector: NDArray[np.float32], may: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Return how many of the first signs a vector and each passage have apart, uint8 ``(n,)``.

        Args:
            vector: The query's, float32 ``(dimension,)``.
            may: The passages wanted; ``FAR`` is returned for the others.
        """
        asked = pack_signs(vector[None], self.mean)[:_FIRST_WORDS, 0]
        found = np.zeros(len(may), np.uint8)
        differing, counted = np.empty(_STRIP, np.uint64), np.empty(_STRIP, np.uint8)
        for start in range(0, len(may), _STRIP):
            apart = found[start : start + _STRIP]
            bits, count = differing[: len(apart)], counted[: len(apart)]
            for word, one in zip(self.signs, asked, strict=False):
                np.bitwise_xor(word[start : start + len(apart)], one, out=bits)
                apart += np.bitwise_count(bits, out=count)
        np.putmask(found, ~may, FAR)
        return found

    def compare(
        self, vector: NDArray[np.float32], rows: NDArray[np.int64], apart: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """Return the cosine of a vector with these rows that all their signs apart stand for.

        Args:
            vector: The query's, float32 ``(dimension,)``.
            rows: The passages.
            apart: How many of the first signs each has apart.
        """
        asked = pack_signs(vector[None], self.mean)[_FIRST_WORDS:]
        others = np.bitwise_count(self.signs[_FIRST_WORDS:, rows] ^ asked)
        angles = np.pi / len(vector) * (apart + others.sum(axis=0, dtype=np.float32))
        found: NDArray[np.float32] = np.cos(angles)
        return found

    def guess(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what the cosine of a vector with each of these rows is likely to be.

        Each number of a row is taken to lie as far from the mean as such numbers do.

        Args:
            vector: The query's, float32 ``(dimension,)``.
            rows: The passages.
        """
        found = np.full(len(rows), vector @ self.mean, np.float32)
        for bits, spread in zip((self.signs, self.seconds), self.spread.T, strict=True):
            steps = np.zeros(64 * len(bits), np.float32)
            steps[: len(vector)] = vector * spread
            # What each of the 256 values of a byte adds up to, for each byte of the bits.
            worth = steps.reshape(-1, 8) @ _BYTES.T
            packed = np.ascontiguousarray(bits[:, rows].T).view(np.uint8)
            for of_byte, byte in zip(worth, np.ascontiguousarray(packed.T), strict=True):
                found += of_byte.take(byte)
        return found


def find_reach(apart: NDArray[np.uint8], wanted: int) -> int:
    """Return how many signs apart the nearest are, as many as are wanted, at the most."""
    low, high = 0, FAR - 1
    # A look at a million bytes takes a fiftieth of putting them in order.
    while low < high:
        middle = (low + high) // 2
        if np.count_nonzero(apart <= middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def choose_best(guess: NDArray[Any], wanted: int) -> NDArray[np.int64]:
    """Return the places of the highest guesses, ascending, and those of ties of the last."""
    if len(guess) <= wanted:
        return np.arange(len(guess))
    return np.flatnonzero(guess >= np.partition(guess, -wanted)[-wanted])


def pack_signs(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return the signs of vectors less a mean, as uint64 ``(words, n)``, filled up with zeros."""
    return pack_bits(vectors > mean)


def pack_bits(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return flags ``(n, dimension)`` as uint64 ``(words, n)``, filled up with zeros."""
    bits = np.packbits(flags, axis=1)
    whole = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    whole[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(whole.view("<u8").T)


# Reading


def has_index(store: CorpusStore) -> bool:
    """Say whether all of an index is stored, of whatever articles."""
    names = store.rows("SELECT name FROM arrays WHERE name LIKE ?", (f"{INDEX}.%",))
    return {*ARRAYS} <= {name for (name,) in names} and bool(_read_noted(store))


def describe_index(store: CorpusStore) -> dict[str, Any]:
    """Return recall and passages of the index; ``{}``: none is of the articles as they are."""
    # A change of articles takes the row away.
    current = store.rows("SELECT 1 FROM stages WHERE name = ?", (INDEX,))
    return _read_noted(store) if current and has_index(store) else {}


def _read_noted(store: CorpusStore) -> dict[str, Any]:
    """Return what is noted of the index; ``{}`` where it is damaged, or of another version's.

    It is made anew then, and until then all passages are compared.
    """
    try:
        noted: dict[str, Any] = store.setting(INDEX) or {}
    except StoreError:
        return {}
    return noted if noted.get("version") == VERSION else {}


def read_stamp(store: CorpusStore, fingerprint: str) -> str:
    """Return what differs where the index or what else is derived does; ``""``: there is none.

    It is the same in each process, and for each connection. A table may change under the digest
    of its stage, by edits or by topics found anew, but not under its checksum.
    """
    noted = describe_index(store)
    if noted.get("fingerprint") != fingerprint:
        return ""
    stages = store.rows("SELECT name, digest FROM stages ORDER BY name")
    sums = store.rows("SELECT name, crc FROM sums ORDER BY name")
    # A damaged name may be bytes.
    return json.dumps([noted, stages, sums, store.setting(FOUND)], default=repr)


def read_index(store: CorpusStore, fingerprint: str) -> SearchIndex:
    """Return the stored index, or one without signs where articles have changed since it was made.

    Args:
        store: The store.
        fingerprint: The encoder's.
    """
    noted = describe_index(store)
    if noted.get("fingerprint") == fingerprint:
        arrays: dict[str, Any] = {
            field: store.array(name) for field, name in zip(FIELDS, ARRAYS, strict=True)
        }
        return SearchIndex(**arrays, candidates=noted.get("candidates", 0))
    return list_passages(store, fingerprint)


def fits_vectors(store: CorpusStore) -> bool:
    """Say whether an index of the articles as they are is whole, its vectors where it has them."""
    noted = describe_index(store)
    try:
        found: dict[str, Any] = {name: store.array(name) for name in ARRAYS} if noted else {}
    except StoreError:
        return False
    if not found:
        return False
    return np.array_equal(found[f"{INDEX}.places"], _list_places(store, noted["fingerprint"])[1])


def _list_places(
    store: CorpusStore, fingerprint: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return all passages by id, the row of each one's vector, and the number of its article."""
    rows = store.rows(
        "SELECT p.id, coalesce(v.rowid, 0), d.rowid FROM passages AS p "
        "JOIN documents AS d ON d.id = p.document_id "
        "LEFT JOIN vectors AS v ON v.hash = p.hash AND v.encoder = ? ORDER BY p.id",
        (fingerprint,),
    )
    ids, places, articles = np.ascontiguousarray(np.array(rows, np.int64).reshape(-1, 3).T)
    return ids, places, np.unique(articles, return_inverse=True)[1].astype(np.int32)


def list_passages(store: CorpusStore, fingerprint: str) -> SearchIndex:
    """Return what can be told of all passages without reading their vectors."""
    ids, places, numbers = _list_places(store, fingerprint)
    lengths = read_lengths(store)
    if len(lengths) != len(ids):
        raise store.damaged("the full-text index")
    none = np.zeros(0, np.float32)
    bits = np.zeros((0, len(ids)), np.uint64)
    unknown = np.full(len(ids), -1, np.int64)
    return SearchIndex(ids, places, unknown, lengths, numbers, bits, bits, none, none)


def read_vectors(
    store: CorpusStore, index: SearchIndex, rows: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield the vectors of these rows by their places, some at a time.

    Returns:
        Of each block the rows, as places in ``rows``, and the vectors, float32 ``(m, dimension)``.

    Raises:
        StoreError: One is damaged.
        MovedError: One does not stand where the index has it.
    """
    order = np.argsort(index.places[rows], kind="stable")
    for start in range(0, len(rows), BLOCK):
        some = order[start : start + BLOCK]
        # Passages of one text have one vector.
        there = index.places[rows[some]]
        is_next = np.append(True, there[1:] != there[:-1])
        places, back = there[is_next], np.cumsum(is_next) - 1
        found = store.rows(
            "SELECT vector, crc FROM vectors WHERE rowid IN (SELECT value FROM json_each(?)) "
            "ORDER BY rowid",
            (json.dumps(places.tolist()),),
        )
        if len(found) != len(places) or not _fit(index, found):
            raise MovedError
        vectors = join_vectors([blob for blob, _ in found], [crc for _, crc in found])
        if vectors is None:
            raise store.damaged("a vector")
        noted = index.sums[rows[some]]
        if np.any((noted >= 0) & (noted != sum_vectors(vectors)[back])):
            raise MovedError
        yield some, vectors[back]


def _fit(index: SearchIndex, found: Sequence[tuple[bytes, int | None]]) -> bool:
    """Say whether vectors have the index's dimension, which those of another encoder may not."""
    size = 4 * len(index.mean)
    return not size or set(map(len, (blob for blob, _ in found))) == {size}
