"""How like a text's typical neighbours it is: what a likeness of two is held against."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Pairs of rows multiplied at once; of 100 stems each some 100 MB.
_AT_ONCE = 50_000


def multiply_rows(
    left: Any, right: Any, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the scalar products of rows of two sparse matrices, pair by pair.

    Args:
        left: Sparse matrix.
        right: Sparse matrix of as many columns.
        first: int64 of shape ``(m,)``, rows of ``left``.
        second: int64 of shape ``(m,)``, rows of ``right``.
    """
    found = np.empty(len(first))
    for start in range(0, len(first), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        products = left[first[part]].multiply(right[second[part]])
        found[part] = np.asarray(products.sum(axis=1)).ravel()
    return found


def average(
    sums: NDArray[np.float64], count: int, wanted: int, median: float, least: float
) -> NDArray[np.float64]:
    """Return each text's mean likeness to its typical neighbours.

    Args:
        sums: float64 of shape ``(n,)``, over the neighbours that there are.
        count: How many there are; in a small corpus fewer than wanted.
        wanted: How many the mean is of.
        median: Stands in for each that lacks.
        least: The least mean that the models were fitted on.
    """
    filled: NDArray[np.float64] = np.maximum((sums + (wanted - count) * median) / wanted, least)
    return filled
