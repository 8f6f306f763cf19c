"""What a passage means beside the passages before and after it in its article."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows


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
    from scipy.sparse import csr_array

    if adjacent is None:
        return unit
    pairs = np.asarray(adjacent, np.int64)
    if pairs.size == 0:
        return unit
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"adjacent is of shape {pairs.shape}; pairs of rows, (m, 2), are wanted.")
    if pairs.min() < 0 or pairs.max() >= len(unit):
        raise ValueError(f"adjacent names rows that are not in 0..{len(unit) - 1}.")
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    centred = unit_rows(unit - unit.mean(axis=0))
    one, other = pairs.T
    alike = np.maximum((centred[one] * centred[other]).sum(axis=1), 0.0)
    beside = csr_array(
        (np.tile(alike, 2), (np.append(one, other), np.append(other, one))),
        shape=(len(unit), len(unit)),
    )
    read = unit_rows((unit + beside @ unit).astype(np.float32))
    return np.where(np.diff(beside.indptr)[:, None] > 0, read, unit)
