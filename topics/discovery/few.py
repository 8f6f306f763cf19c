"""Topics of a few passages, where a graph of neighbours ties all to all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Below so many rows all are neighbours of all: communities and resampling tell nothing.
FEW_ROWS = 10
# Pairs of one part must be more alike than pairs of two by so much, in the mean cosine.
LEAST_CLEAR = 0.15


def part_few(unit: NDArray[np.float32]) -> NDArray[np.int64] | None:
    """Part less than ``FEW_ROWS`` rows by average linkage, cut at their mean cosine.

    Args:
        unit: Unit rows, shape ``(n, d)``, in canonical order.

    Returns:
        int64 ``(n,)``, without gaps; ``None`` for more rows or fewer than 3, and where the
        parts do not stand clear of each other or most of them would be single rows.
    """
    rows = len(unit)
    if not 3 <= rows < FEW_ROWS:
        return None
    # To import it takes .3 s, and hardly any corpus has so few.
    from scipy.cluster.hierarchy import fcluster, linkage

    # einsum, not a matrix product, whose last bits hang on the number of threads.
    one, other = np.triu_indices(rows, 1)
    distances = np.round(1.0 - np.einsum("nd,nd->n", unit[one], unit[other]).astype(float), 6)
    labels = fcluster(linkage(distances, "average"), distances.mean(), "distance").astype(int) - 1
    together = labels[one] == labels[other]
    parts = int(labels.max()) + 1
    if parts == 1 or 2 * parts > rows + 1:
        return None
    clear = distances[~together].mean() - distances[together].mean()
    return labels if clear >= LEAST_CLEAR else None
