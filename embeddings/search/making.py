"""Making the index that searches go by, measuring what it finds, and keeping it in the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.checksums import checksum, sum_vectors
from embeddings.progress import share, track
from embeddings.search.common import keep_common
from embeddings.search.index import (
    ARRAYS,
    BLOCK,
    FIELDS,
    INDEX,
    VERSION,
    SearchIndex,
    find_reach,
    list_passages,
    pack_bits,
    pack_signs,
    read_vectors,
)
from embeddings.search.ranking import CANDIDATES, FEW, NEAR, narrow
from embeddings.vectors.products import best_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore

# Passages that ask for their nearest when the recall is measured, and how many they ask for.
_SAMPLE, _NEAREST = 100, 10
# More candidates are taken until this recall is reached, or there are so many.
_LEAST, _MOST = 0.99, 48_000
# A number is far from the mean from so many standard deviations on: of normal ones, those two bits
# lose least (Max, 1960, "Quantizing for minimum distortion").
_FAR = 0.98
# Of the time that it takes, the mean's part.
_MEAN = 0.25


def make_index(store: CorpusStore, fingerprint: str) -> tuple[SearchIndex, float]:
    """Make the index of all passages of a store.

    Its vectors are read twice, some at a time: 1.5 GB for a million.

    Returns:
        The index; and its recall at 10, the share of the ten nearest of a passage that are among
        the candidates, over a hundred passages that are spread over the corpus. As many
        candidates are taken as it needs to be .99.
    """
    index = list_passages(store, fingerprint)
    # Passages of one text have one vector.
    places, rows, back = np.unique(index.places, return_index=True, return_inverse=True)
    embedded = np.flatnonzero(places > 0)
    rows = rows[embedded]
    with share(_MEAN):
        mean, deviation = _find_mean(store, index, rows)
    bound = _FAR * deviation
    # Of near numbers and of far ones: how far they lie from the mean together, and how many.
    apart, counts = np.zeros((2, len(mean))), np.zeros((2, len(mean)))
    sample = _Sample.draw(store, index, rows)
    signs = np.zeros((-(-len(mean) // 64), len(places)), np.uint64)
    seconds = signs.copy()
    sums = np.full(len(places), -1, np.int64)
    for at, vectors in _track_vectors(store, index, rows):
        signs[:, embedded[at]] = pack_signs(vectors, mean)
        sums[embedded[at]] = sum_vectors(vectors)
        distance = np.abs(vectors - mean)
        far = distance > bound
        seconds[:, embedded[at]] = pack_bits((vectors > mean) == far)
        for place, there in enumerate((~far, far)):
            apart[place] += distance.sum(axis=0, where=there, dtype=np.float64)
            counts[place] += there.sum(axis=0)
        sample.compare(at, vectors)
    near, far = apart / np.maximum(counts, 1)
    spread = (far + near) / 2, (far - near) / 2
    found = replace(index, mean=mean, spread=np.array(spread, np.float32).T)
    distinct = replace(found, places=rows, signs=signs[:, embedded], seconds=seconds[:, embedded])
    candidates = CANDIDATES
    while (recall := sample.recall(distinct, candidates)) < _LEAST and candidates < _MOST:
        candidates *= 2
    signs, seconds = (np.ascontiguousarray(bits[:, back]) for bits in (signs, seconds))
    found = replace(found, signs=signs, seconds=seconds, sums=sums[back], candidates=candidates)
    return found, recall


def keep_index(store: CorpusStore, fingerprint: str, index: SearchIndex, recall: float) -> None:
    """Keep an index in place of the one before."""
    arrays = [np.ascontiguousarray(getattr(index, field)) for field in FIELDS]
    for name, array in zip(ARRAYS, arrays, strict=True):
        store.put_array(name, array)
    keep_common(store, index)
    store.set_setting(
        INDEX,
        {
            "version": VERSION,
            "fingerprint": fingerprint,
            "recall": recall,
            "passages": len(index.ids),
            "candidates": index.candidates,
            "digest": checksum(*(array.data for array in arrays)),
        },
    )


def _track_vectors(
    store: CorpusStore, index: SearchIndex, rows: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    return track(read_vectors(store, index, rows), -(-len(rows) // BLOCK))


def _find_mean(
    store: CorpusStore, index: SearchIndex, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and standard deviation of each number of the vectors."""
    total, squares = np.zeros(0), np.zeros(0)
    for _, vectors in _track_vectors(store, index, rows):
        total = vectors.sum(axis=0, dtype=np.float64) + (total if len(total) else 0.0)
        squares = np.einsum("nd,nd->d", vectors, vectors, dtype=np.float64) + (
            squares if len(squares) else 0.0
        )
    mean = total / max(len(rows), 1)
    variance = squares / max(len(rows), 1) - mean**2
    return mean.astype(np.float32), np.sqrt(np.maximum(variance, 0.0)).astype(np.float32)


class _Sample:
    """Vectors that ask for their nearest, and the nearest so far of each."""

    def __init__(self, at: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._at, self._vectors = at, vectors
        self._nearest = np.full((len(at), _NEAREST), -1, np.int64)
        self._cosines = np.full((len(at), _NEAREST), -np.inf, np.float32)

    @classmethod
    def draw(cls, store: CorpusStore, index: SearchIndex, rows: NDArray[np.int64]) -> _Sample:
        at = np.unique(np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.int64))
        if len(rows) <= CANDIDATES // FEW:
            at = at[:0]  # all are looked at
        for order, vectors in read_vectors(store, index, rows[at]):
            return cls(at[order], vectors)
        return cls(at, np.zeros((0, 0), np.float32))

    def compare(self, at: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Take note of what is nearest among these."""
        if not len(self._at):
            return
        cosines = self._vectors @ vectors.T
        cosines[self._at[:, None] == at] = -np.inf  # itself
        cosines = np.concatenate([self._cosines, cosines], axis=1)
        rows = np.concatenate(
            [self._nearest, np.broadcast_to(at, (len(self._at), len(at)))], axis=1
        )
        best, self._cosines = best_columns(cosines, _NEAREST)
        self._nearest = np.take_along_axis(rows, best, axis=1)

    def recall(self, index: SearchIndex, candidates: int) -> float:
        """Return the share of the nearest that are read among so many candidates."""
        if not len(self._at):
            return 1.0
        every = np.ones(len(index.places), np.bool_)
        found = []
        for vector, nearest in zip(self._vectors, self._nearest, strict=True):
            apart = index.distances(vector, every)
            near = np.flatnonzero(apart <= find_reach(apart, NEAR * candidates))
            rows = narrow(
                index, vector, (near, apart[near]), (1.0, np.zeros(len(near))), candidates
            )
            found.append(np.isin(nearest, rows).mean())
        return float(np.mean(found))
