"""The one neighbour graph: each passage's nearest other passages by cosine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import one_blas_thread
from embeddings.vectors import cells
from embeddings.vectors.probing import Steps, StepsHere
from embeddings.vectors.products import best_columns, nearest

__all__ = [
    "NeighbourGraph",
    "best_columns",
    "canonical_order",
    "find_neighbours",
    "hash_rows",
    "nearest",
    "unit_rows",
]

# Up to here every pair is compared.
EXACT_ROWS = 20_000
# Share of the true neighbours that a search of more rows has to find.
RECALL = 0.95
# Rows brought to unit length at a time, so that copies at higher precision stay small.
UNIT_ROWS = 8192
# A squared length this near to 1 is 1: a float32 length is right to 6e-8.
UNIT_WITHIN = 5e-7


@dataclass(frozen=True)
class NeighbourGraph:
    """The ``k`` nearest other rows of each row, nearest first.

    Attributes:
        indices: int32 of shape ``(n, k)``; row numbers, never the row itself.
        similarities: float32 of shape ``(n, k)``; cosines in -1..1, falling along a row.
        recall: Share of true neighbours found, 1.0 where every pair was compared, else
            measured on a sample of rows.
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
    recall: float = RECALL,
    steps: Steps | None = None,
) -> NeighbourGraph:
    """Find each row's ``k`` nearest other rows by cosine.

    The work is done in the order of ``keys``, so that a shuffled corpus gives the same
    neighbours and the same bits, on any number of threads. Rows at equal similarity are
    taken in that order too.

    Args:
        vectors: Shape ``(n, d)``; need not be of unit length. A row of zeros is at
            cosine 0 from all others.
        k: Neighbours wanted; ``n - 1`` are given where there are no more.
        keys: One per row, such as content hashes, that fix the canonical order; by
            default hashes of the rows themselves.
        exact_rows: Up to this many rows all pairs are compared; beyond, cells of nearby
            rows are searched until ``recall`` is reached.
        recall: Share of the true neighbours to find, above 0 and at most 1. It is missed
            only by large corpora without neighbourhoods, and the graph says by how much.
        steps: Where what takes the time is done; here by default.

    Raises:
        ValueError: ``vectors`` is not a finite matrix, ``k`` is below 1, ``recall`` is
            not a share, or ``keys`` are not one a row.
    """
    if k < 1:
        raise ValueError(f"k is {k}; at least 1 neighbour is needed.")
    if not 0 < recall <= 1:
        raise ValueError(f"recall is {recall}; a share above 0 and at most 1 is expected.")
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
    # A million rows are 1.4 GiB, which the search has a use for.
    ordered = unit if np.array_equal(order, np.arange(count)) else unit[order]
    del unit
    with one_blas_thread():
        if count <= exact_rows:
            found, similarities = (steps or StepsHere()).compare_all(ordered, k)
            reached = 1.0
        else:
            found, similarities, reached = cells.search(ordered, k, recall, steps=steps)
    indices = np.empty((count, k), np.int32)
    sorted_similarities = np.empty((count, k), np.float32)
    indices[order] = order[found]
    sorted_similarities[order] = np.clip(similarities, -1.0, 1.0)
    return NeighbourGraph(indices, sorted_similarities, reached)


def unit_rows(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Scale rows to unit length, float32; rows of zeros stay zeros.

    Rows that have it, to what float32 can say, stay as they are: most vectors come so, and where
    all do, the very matrix that was given is returned, which is not to be written to.

    Raises:
        ValueError: Not two-dimensional, or not finite.
    """
    matrix = np.asarray(vectors)
    if matrix.ndim != 2:
        raise ValueError(f"Vectors of shape {matrix.shape} were given; (n, d) is expected.")
    unit = np.ascontiguousarray(matrix, np.float32)
    for start in range(0, len(matrix), UNIT_ROWS):
        rows = matrix[start : start + UNIT_ROWS]
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
        other = np.flatnonzero(~(np.abs(squares - 1) < UNIT_WITHIN))
        if not len(other):
            continue
        if np.may_share_memory(unit, matrix):
            unit = unit.copy()
        rows = rows[other]
        if not np.isfinite(rows).all():
            raise ValueError("The vectors hold NaN or infinity; every number must be finite.")
        # The largest is divided out first, so that squares neither vanish nor overflow.
        largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
        scaled = rows / np.where(largest > 0, largest, 1)
        lengths = np.sqrt(np.square(scaled, dtype=np.float64).sum(axis=1, keepdims=True))
        unit[start + other] = scaled / np.where(lengths > 0, lengths, 1)
    return unit


def hash_rows(vectors: NDArray[np.float32]) -> list[bytes]:
    """Return a 16-byte hash of each row's float32 bytes; equal rows have equal hashes."""
    # Adding zero turns -0.0 into 0.0, which is equal to it but differs in its bytes.
    rows = np.ascontiguousarray(vectors, dtype=np.float32) + np.float32(0)
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows]


def canonical_order(keys: Sequence[bytes]) -> NDArray[np.intp]:
    """Return the row numbers sorted by key: the order in which all work is done."""
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
