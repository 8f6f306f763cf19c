"""What a passage means beside the passages before and after it in its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def read_in_context(
    unit: NDArray[np.float32], adjacent: NDArray[np.int64] | None
) -> NDArray[np.float32]:
    """Add to each row those beside it in an article, as far as they are alike.

    "Nobody here has seen one, he said" says little by itself. A neighbour counts by its
    cosine, both rows centred on the corpus mean, and for nothing below 0: a paragraph on
    another subject in the same article gets next to nothing from its neighbours.

    Args:
        unit: Unit rows of shape ``(n, d)``, in an order that does not hang on the order
            of the corpus, where bits are to be the same.
        adjacent: Pairs of rows, shape ``(m, 2)``, in any order; pairs that repeat count
            once, and pairs of a row with itself (copies in one article) not at all.

    Returns:
        Unit rows of shape ``(n, d)``.

    Raises:
        ValueError: ``adjacent`` is not of shape ``(m, 2)``, or a row is out of range.
    """
    if adjacent is None or np.size(adjacent) == 0:
        return unit
    pairs = find_pairs(adjacent, len(unit))
    centred = unit_rows(unit - unit.mean(axis=0))
    one, other = pairs.T
    alike = np.maximum((centred[one] * centred[other]).sum(axis=1), 0.0)
    beside = link_pairs(pairs, alike, len(unit))
    read = unit_rows((unit + beside @ unit).astype(np.float32))
    return np.where(np.diff(beside.indptr)[:, None] > 0, read, unit)


def find_pairs(adjacent: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """Return each pair of rows once, none of a row with itself, int64 of shape ``(m, 2)``.

    Raises:
        ValueError: ``adjacent`` is not of shape ``(m, 2)``, or a row is not below ``rows``.
    """
    pairs = np.asarray(adjacent, np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"adjacent is of shape {pairs.shape}; pairs of rows, (m, 2), are wanted.")
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= rows):
        raise ValueError(f"adjacent names rows that are not in 0..{rows - 1}.")
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    distinct: NDArray[np.int64] = pairs[pairs[:, 0] != pairs[:, 1]]
    return distinct


def link_pairs(
    pairs: NDArray[np.int64], weights: NDArray[np.float32 | np.float64], rows: int
) -> csr_array:
    """Return pairs from ``find_pairs`` as edges both ways, ``(rows, rows)``, of these weights."""
    from scipy.sparse import csr_array

    one, other = pairs.T
    ends = (np.append(one, other), np.append(other, one))
    return csr_array((np.tile(weights, 2), ends), shape=(rows, rows))
