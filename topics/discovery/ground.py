"""What topics are found on: weighed edges and vectors, the rows in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph, unit_rows
from topics.discovery.communities import default_resolution, run_leiden
from topics.discovery.condensing import compact
from topics.discovery.weights import weigh_without_hubs

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Larger graphs are condensed: one run at a high resolution gives hundreds of atoms, at
# most some thousand whatever the size. At 100,000 rows ATOM_ROWS makes it 200.
CONDENSE_ROWS = 2_000
ATOM_RESOLUTION = 50.0
ATOM_ROWS = 500


@dataclass(frozen=True)
class Ground:
    """Rows in canonical order, copies taken together: what is found hangs on neither.

    Attributes:
        edges: Symmetric weights of shape ``(n, n)``, no diagonal, from
            ``topics.discovery.weights.weigh_without_hubs``.
        unit: float32 unit rows of shape ``(n, d)``.
        atoms: int64 of shape ``(n,)``: groups without gaps, so small that all broader topics
            are made of them, but for strays; up to ``CONDENSE_ROWS`` rows each its own.
        crowd: Rows for each that stands by itself: those of one article stand together.
    """

    edges: csr_array
    unit: NDArray[np.float32]
    atoms: NDArray[np.int64]
    crowd: float = 1.0

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.unit)

    @property
    def resolution(self) -> float:
        """The resolution of modularity at which topics of such a corpus are found."""
        return default_resolution(round(self.rows / self.crowd))

    def part(self, rows: NDArray[np.intp]) -> Ground:
        """Return some of the rows, given in ascending order, and what lies between them."""
        if len(rows) == self.rows:
            return self
        edges = self.edges[rows][:, rows]
        edges.sort_indices()
        return Ground(edges, self.unit[rows], compact(self.atoms[rows]), self.crowd)


def prepare_ground(
    graph: NeighbourGraph, vectors: NDArray[np.float32], crowd: float = 1.0
) -> Ground:
    """Weigh the edges of a neighbour graph and find its atoms.

    Args:
        graph: Neighbours of every row, in canonical order (``canonical_order``); 40 of each
            serve best.
        vectors: The same rows, shape ``(n, d)``.
        crowd: As in ``Ground``.

    Raises:
        ValueError: Sizes differ.
    """
    if len(vectors) != graph.size:
        raise ValueError(f"The graph has {graph.size} rows and vectors {len(vectors)}; one a row.")
    return lay_ground(weigh_without_hubs(graph), unit_rows(vectors), crowd)


def lay_ground(edges: csr_array, unit: NDArray[np.float32], crowd: float = 1.0) -> Ground:
    """Find the atoms of rows whose edges are weighed; all as in ``Ground``."""
    rows = len(unit)
    if rows <= CONDENSE_ROWS:
        return Ground(edges, unit, np.arange(rows), crowd)
    resolution = max(ATOM_RESOLUTION, rows / ATOM_ROWS)
    return Ground(edges, unit, run_leiden(edges, resolution, seed=0, cycles=1), crowd)
