"""What copies have in common is held once: texts and vectors of all passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.checksums import join_vectors
from embeddings.documents import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.values import NamedValues

# Texts among which equal ones are sought.
_TEXTS = 50_000
# Vectors of which bytes are held beside them.
_VECTORS = 8192

NO_VECTORS = np.zeros((0, 0), dtype=np.float32)


def share_texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[Passage]:
    """Make passages of rows of their fields; equal texts that are not far apart are one string."""
    texts: dict[str, str] = {}
    last = ""
    for document_id, position, start, body_start, end, text, number in rows:
        if document_id != last:
            last = document_id
        if len(texts) > _TEXTS:
            texts.clear()
        begin = start if body_start == start else body_start
        yield Passage(last, position, start, begin, end, texts.setdefault(text, text), number)


def read_hashes(store: NamedValues) -> Iterator[bytes]:
    """Give the content hash of each passage, by article and position."""
    hashes: dict[bytes, bytes] = {}
    for (key,) in store.each("SELECT hash FROM passages ORDER BY document_id, position"):
        if len(hashes) > _TEXTS:
            hashes.clear()
        yield hashes.setdefault(key, key)


@dataclass(frozen=True)
class PassageVectors:
    """Vectors by rows of passages, as those of a matrix: a text of a million copies has one.

    Attributes:
        distinct: float32 of shape ``(distinct texts, dimension)``, in the order of their hashes,
            which is that of the graph's rows; not to be written to.
        of_passage: int64 of shape ``(passages,)``: the row there of passage *i* of
            ``CorpusStore.passages()``.
    """

    distinct: NDArray[np.float32]
    of_passage: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.of_passage)

    def __getitem__(self, rows: NDArray[np.int64] | Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of these passages, float32 ``(len(rows), dimension)``.

        Of all texts in the order of their hashes it is ``distinct`` itself, not a copy.
        """
        places = self.of_passage[np.asarray(rows, np.int64)]
        if np.array_equal(places, np.arange(len(self.distinct))):
            return self.distinct
        return self.distinct[places]


def read_vectors(store: NamedValues, fingerprint: str) -> PassageVectors:
    """Read the vectors of all passages.

    Args:
        store: Where they are.
        fingerprint: The encoder's.

    Raises:
        KeyError: A passage has no vector yet.
        StoreError: One is damaged.
    """
    place = {key: row for row, key in enumerate(sorted(set(read_hashes(store))))}
    of_passage = np.fromiter((place[key] for key in read_hashes(store)), np.int64)
    sql = "SELECT hash, vector, crc FROM vectors WHERE encoder = ?"
    stored = (row for row in store.each(sql, (fingerprint,)) if row[0] in place)
    distinct, count = NO_VECTORS, 0
    # Some at a time, or their bytes would be held twice.
    while some := list(islice(stored, _VECTORS)):
        keys, blobs, sums = zip(*some, strict=True)
        vectors = join_vectors(blobs, sums)
        if not count and vectors is not None:
            distinct = np.empty((len(place), vectors.shape[1]), np.float32)
        if vectors is None or vectors.shape[1] != distinct.shape[1]:
            raise store.damaged("a vector")
        distinct[[place[key] for key in keys]] = vectors
        count += len(some)
    if count < len(place):
        raise KeyError(f"{len(place) - count} texts have no vector yet")
    distinct.flags.writeable = False
    return PassageVectors(distinct, of_passage)
