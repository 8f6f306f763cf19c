"""The one neighbour graph: each passage's nearest other passages by cosine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings import cells

# Up to here every pair is compared: 20,000 rows of 384 numbers take about 4 s on two cores.
EXACT_ROWS = 20_000
# Rows compared at a time: 512 x 100,000 float32 similarities are 200 MB.
BLOCK_CELLS = 16_000_000
# Rows whose true neighbours are looked up to estimate recall; the standard error of a
# recall of .95 over 500 rows of 30 neighbours is about .003.
RECALL_SAMPLE = 500


@dataclass(frozen=True)
class NeighbourGraph:
    """The ``k`` nearest other rows of each row, nearest first.

    Attributes:
        indices: int32 of shape ``(n, k)``; row numbers, never the row itself.
        similarities: float32 of shape ``(n, k)``; cosines in -1..1, falling along a row.
        recall: Share of true neighbours found, 1.0 where every pair was compared, else
            estimated on a sample of rows.
    """

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    recall: float

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.indices)

    @property
    def k(self) -> int:
        """Neighbours of each row: what was asked for, or ``n - 1`` where that is less."""
        return int(self.indices.shape[1])


def find_neighbours(
    vectors: NDArray[np.float32],
    k: int = 40,
    *,
    keys: Sequence[bytes] | None = None,
    exact_rows: int = EXACT_ROWS,
) -> NeighbourGraph:
    """Find each row's ``k`` nearest other rows by cosine.

    The work is done in the order of ``keys``, so that a shuffled corpus gives the same
    neighbours and the same bits. Rows at equal similarity are taken in that order too.

    Args:
        vectors: Shape ``(n, d)``; need not be of unit length. A row of zeros is at
            cosine 0 from all others.
        k: Neighbours wanted; ``n - 1`` are given where there are no more.
        keys: One per row, such as content hashes, that fix the canonical order; by
            default hashes of the rows themselves.
        exact_rows: Up to this many rows all pairs are compared; beyond, cells of nearby
            rows are searched and the recall is estimated.

    Raises:
        ValueError: ``vectors`` is not a finite matrix, ``k`` is below 1, or ``keys`` are
            not one a row.
    """
    if k < 1:
        raise ValueError(f"k is {k}; at least 1 neighbour is needed.")
    unit = unit_rows(vectors)
    count = len(unit)
    k = min(k, max(count - 1, 0))
    if k == 0:
        return NeighbourGraph(
            np.empty((count, 0), np.int32), np.empty((count, 0), np.float32), recall=1.0
        )
    order = canonical_order(hash_rows(unit) if keys is None else keys)
    if len(order) != count:
        raise ValueError(f"{len(order)} keys were given for {count} rows; give one a row.")
    ordered = np.ascontiguousarray(unit[order])
    recall = 1.0
    if count <= exact_rows:
        found, similarities = nearest(ordered, ordered, k, own=np.arange(count))
    else:
        found, similarities = cells.search(ordered, k)
        recall = _estimate_recall(ordered, found)
    indices = np.empty((count, k), np.int32)
    sorted_similarities = np.empty((count, k), np.float32)
    indices[order] = order[found]
    sorted_similarities[order] = np.clip(similarities, -1.0, 1.0)
    return NeighbourGraph(indices, sorted_similarities, recall)


def nearest(
    queries: NDArray[np.float32],
    rows: NDArray[np.float32],
    k: int,
    *,
    own: NDArray[np.intp] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Find the ``k`` rows nearest to each query, comparing every pair in blocks.

    Args:
        queries: Unit rows, shape ``(m, d)``.
        rows: Unit rows, shape ``(n, d)``.
        k: At most ``n``, or ``n - 1`` with ``own``.
        own: For each query the row that it is, which is passed over.

    Returns:
        Row numbers and cosines, both ``(m, k)``, nearest first; equal cosines in the
        order of ``rows``.
    """
    found = np.empty((len(queries), k), np.intp)
    similarities = np.empty((len(queries), k), np.float32)
    step = max(1, BLOCK_CELLS // max(len(rows), 1))
    for start in range(0, len(queries), step):
        stop = min(start + step, len(queries))
        block = queries[start:stop] @ rows.T
        if own is not None:
            block[np.arange(stop - start), own[start:stop]] = -np.inf
        found[start:stop], similarities[start:stop] = best_columns(block, k)
    return found, similarities


def best_columns(
    block: NDArray[np.float32], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Take the ``k`` largest of each row, largest first, equal ones by column number."""
    if k < block.shape[1]:
        columns = np.argpartition(block, -k, axis=1)[:, -k:]
    else:
        columns = np.broadcast_to(np.arange(block.shape[1]), block.shape).copy()
    values = np.take_along_axis(block, columns, axis=1)
    least = values.min(axis=1)
    # argpartition leaves open which of several equal columns it takes at the boundary.
    for row in np.flatnonzero((block >= least[:, None]).sum(axis=1) > k):
        above = np.flatnonzero(block[row] > least[row])
        level = np.flatnonzero(block[row] == least[row])
        columns[row] = np.concatenate([above, level])[:k]
    columns.sort(axis=1)
    values = np.take_along_axis(block, columns, axis=1)
    falling = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(columns, falling, axis=1), np.take_along_axis(values, falling, axis=1)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to unit length, float32; rows of zeros stay zeros.

    Raises:
        ValueError: Not two-dimensional, or not finite.
    """
    matrix = np.asarray(vectors)
    if matrix.ndim != 2:
        raise ValueError(f"Vectors of shape {matrix.shape} were given; (n, d) is expected.")
    if not np.isfinite(matrix).all():
        raise ValueError("The vectors hold NaN or infinity; every number must be finite.")
    # The largest number is divided out first, so that squares neither vanish nor overflow.
    largest = np.abs(matrix).max(axis=1, keepdims=True, initial=0.0)
    scaled = matrix / np.where(largest > 0, largest, 1)
    lengths = np.sqrt(np.square(scaled, dtype=np.float64).sum(axis=1, keepdims=True))
    return (scaled / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def hash_rows(vectors: NDArray[np.float32]) -> list[bytes]:
    """Return a 16-byte hash of each row's float32 bytes; equal rows have equal hashes."""
    # Adding zero turns -0.0 into 0.0, which is equal to it but differs in its bytes.
    rows = np.ascontiguousarray(vectors, dtype=np.float32) + np.float32(0)
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows]


def canonical_order(keys: Sequence[bytes]) -> NDArray[np.intp]:
    """Return the row numbers sorted by key: the order in which all work is done."""
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)


def _estimate_recall(unit: NDArray[np.float32], found: NDArray[np.intp]) -> float:
    """Compare the rows found for evenly spread rows with their true neighbours."""
    sample = np.unique(np.linspace(0, len(unit) - 1, RECALL_SAMPLE).astype(np.intp))
    k = int(found.shape[1])
    true, _ = nearest(unit[sample], unit, k, own=sample)
    hits = [
        len(np.intersect1d(true[place], found[row], assume_unique=True))
        for place, row in enumerate(sample)
    ]
    return float(np.sum(hits)) / (len(sample) * k)
