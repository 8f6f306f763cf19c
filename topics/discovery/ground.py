"""What topics are found on: weighed edges and vectors, the rows in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

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

    Its nodes are rows; or atoms, where rows are too many to be held.

    Attributes:
        edges: Symmetric weights of shape ``(n, n)``, from
            ``topics.discovery.weights.weigh_without_hubs``; no diagonal, but for atoms, where it
            holds twice what lies inside.
        unit: float32 unit rows of shape ``(n, d)``; of atoms float64 sums of rows.
        crowd: Rows for each that stands by itself: those of one article stand together.
        whole: What these are a part of, and which of its rows they are; ``None`` where they are
            all that there is.
        held: float64 ``(n,)``: rows of each atom; ``None`` where nodes are rows.
        sample: Unit rows spread evenly, and the atom of each; ``None`` likewise.
    """

    edges: csr_array
    unit: NDArray[Any]
    crowd: float = 1.0
    whole: tuple[Ground, NDArray[np.intp]] | None = None
    held: NDArray[np.float64] | None = None
    sample: tuple[NDArray[np.float32], NDArray[np.int64]] | None = None

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.unit)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.nodes if self.held is None else round(float(self.held.sum()))

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
        if self.nodes <= CONDENSE_ROWS or self.held is not None:
            return np.arange(self.nodes)
        return run_leiden(self.edges, atom_resolution(self.rows), seed=0, cycles=1)

    def spread(
        self, most: int, nodes: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return some unit rows, spread evenly, and of each the place of its node.

        Args:
            most: Rows, where nodes are rows; of atoms all of the sample.
            nodes: Those that are looked at, ascending; by default all.
        """
        if self.sample is not None:
            unit, place = self.sample
            if nodes is None:
                return self.sample
            number = np.full(self.nodes, -1, np.int64)
            number[nodes] = np.arange(len(nodes))
            here = number[place] >= 0
            return unit[here], number[place[here]]
        count = self.nodes if nodes is None else len(nodes)
        place = np.arange(0, count, -(-count // most))
        return self.unit[place if nodes is None else nodes[place]], place

    def part(self, rows: NDArray[np.intp]) -> Ground:
        """Return some of the rows, given in ascending order, and what lies between them."""
        if len(rows) == self.nodes:
            return self
        edges = self.edges[rows][:, rows]
        edges.sort_indices()
        held = None if self.held is None else self.held[rows]
        sample = None if self.sample is None else self.spread(len(rows), rows)
        return Ground(edges, self.unit[rows], self.crowd, (self, rows), held, sample)


def atom_resolution(rows: int) -> float:
    """Return the resolution at which atoms of so many rows are found."""
    return max(ATOM_RESOLUTION, rows / ATOM_ROWS)


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
