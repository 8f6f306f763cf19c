"""What topics are found on: weighed edges and vectors, the rows in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
        crowd: Rows for each that stands by itself: those of one article stand together.
        whole: What these are a part of, and which of its rows they are; ``None`` where they are
            all that there is.
    """

    edges: csr_array
    unit: NDArray[np.float32]
    crowd: float = 1.0
    whole: tuple[Ground, NDArray[np.intp]] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.unit)

    @property
    def resolution(self) -> float:
        """The resolution of modularity at which topics of such a corpus are found."""
        return default_resolution(round(self.rows / self.crowd))

    @cached_property
    def atoms(self) -> NDArray[np.int64]:
        """Groups without gaps, so small that all broader topics are made of them, but for strays.

        int64 of shape ``(n,)``; up to ``CONDENSE_ROWS`` rows each is its own.
        """
        if self.whole is not None:
            ground, rows = self.whole
            return compact(ground.atoms[rows])
        if self.rows <= CONDENSE_ROWS:
            return np.arange(self.rows)
        resolution = max(ATOM_RESOLUTION, self.rows / ATOM_ROWS)
        return run_leiden(self.edges, resolution, seed=0, cycles=1)

    def part(self, rows: NDArray[np.intp]) -> Ground:
        """Return some of the rows, given in ascending order, and what lies between them."""
        if len(rows) == self.rows:
            return self
        edges = self.edges[rows][:, rows]
        edges.sort_indices()
        return Ground(edges, self.unit[rows], self.crowd, (self, rows))


def prepare_ground(
    graph: NeighbourGraph, vectors: NDArray[np.float32], crowd: float = 1.0
) -> Ground:
    """Weigh the edges of a neighbour graph.

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
    return Ground(weigh_without_hubs(graph), unit_rows(vectors), crowd)
