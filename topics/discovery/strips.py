"""A graph too large for one machine, by strips of its rows: atoms, moves, the graph of atoms.

Each function sees the edges of one strip, and of the other rows the number of their group alone.
What is done with all strips one after the other is ``topics.pipeline.sharded.grouping``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.discovery.communities import choose_communities, run_leiden
from topics.discovery.condensing import first_rows
from topics.discovery.weights import join_directions

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]
# Where edges begin, where they end, and what they weigh.
Edges = tuple[Labels, Labels, Floats]


@dataclass(frozen=True)
class Strip:
    """The edges of some rows of a graph with all others.

    Attributes:
        rows: int64 ``(m,)``, ascending: the numbers of the rows in the whole graph.
        ends: int64 ``(u,)``, ascending: the numbers of all that an edge leads to.
        edges: float64 ``(m, u)``: weights, a column for each of ``ends``.
    """

    rows: Labels
    ends: Labels
    edges: csr_array

    @property
    def inside(self) -> csr_array:
        """The edges that lead from its rows to its rows, ``(m, m)``."""
        place, here = find_places(self.rows, self.ends)
        found = self.edges[:, np.flatnonzero(here)]
        found.sort_indices()
        inside = type(found)(
            (found.data, place[here][found.indices].astype(np.int32), found.indptr),
            shape=(len(self.rows), len(self.rows)),
        )
        return inside


def unite_strip(rows: Labels, out: Edges, back: Edges) -> Strip:
    """Join the two directions of the edges of some rows, as ``weigh_without_hubs`` does.

    Args:
        rows: Numbers of the rows, ascending.
        out: What leads from these to their neighbours.
        back: What leads from others to these: where it ends, where it begins, and weights.
    """
    from scipy.sparse import csr_array

    ends = np.unique(np.concatenate((out[1], back[1])))
    shape = (len(rows), len(ends))
    one, other = (
        csr_array((weights, (np.searchsorted(rows, row), np.searchsorted(ends, end))), shape=shape)
        for row, end, weights in (out, back)
    )
    return Strip(rows, ends, join_directions(one, other))


def find_strip_atoms(strip: Strip, share: float, seed: int = 0) -> Labels:
    """Find atoms among the rows of a strip, by the edges inside it.

    Modularity is that of the whole graph: an edge inside is set against what chance would give it
    there. Edges that lead out are left to ``move_rows``.

    Args:
        strip: The rows.
        share: The resolution beside the weight of the whole graph.
        seed: Of Leiden.

    Returns:
        int64 ``(m,)``: the lowest row of each row's atom, by its number in the whole graph.
    """
    inside = strip.inside
    labels = run_leiden(inside, share * float(inside.sum()), seed, cycles=1)
    return strip.rows[first_rows(labels)][labels]


def move_rows(
    strip: Strip,
    labels: Labels,
    ends: Labels,
    names: Labels,
    volumes: Floats,
    share: float,
    *,
    half: bool = False,
) -> Labels:
    """Move the rows of a strip to the linked groups that raise modularity most, all at once.

    Args:
        strip: The rows.
        labels: int64 ``(m,)``: the group of each.
        ends: int64 ``(u,)``: the group of each of the strip's ends.
        names: The groups of both, ascending; others may be among them.
        volumes: float64: the weight of each of ``names`` in the whole graph.
        share: The resolution beside the weight of the whole graph; 0 goes by weights alone.
        half: Move even rows alone, so that pairs do not swap for ever.

    Returns:
        int64 ``(m,)``: the groups.
    """
    own = np.searchsorted(names, labels)
    best = choose_communities(
        strip.edges,
        np.searchsorted(names, ends),
        own,
        strip.edges.sum(axis=1),
        volumes,
        share,
    )
    if half:
        best = np.where(strip.rows % 2 == 0, best, own)
    return names[best]


def settle_rows(
    strip: Strip,
    labels: Labels,
    ends: Labels,
    default: int,
    names: Labels,
    volumes: Floats,
    share: float,
) -> Labels:
    """Move the rows of a strip among the topics of a tree, all at once.

    On the default level as ``move_rows`` does; broader topics follow, and on finer levels a row
    goes to the part of its topic that draws it most.

    Args:
        strip: The rows.
        labels: int64 ``(m, levels)``: the topics of each, broad to fine.
        ends: int64 ``(u, levels)``: those of each of the strip's ends.
        default: The level shown.
        names: See ``move_rows``, of that level.
        volumes: Likewise.
        share: Likewise.

    Returns:
        int64 ``(m, levels)``.
    """
    settled = labels.copy()
    settled[:, default] = move_rows(
        strip, labels[:, default], ends[:, default], names, volumes, share
    )
    every = np.concatenate((labels, ends))
    topics, first = np.unique(every[:, default], return_index=True)
    settled[:, :default] = every[first[np.searchsorted(topics, settled[:, default])], :default]
    edges = strip.edges
    row = np.repeat(np.arange(len(labels)), np.diff(edges.indptr))
    inside, weight = np.ones(len(row), np.bool_), np.zeros(len(labels))
    for level in range(default + 1, labels.shape[1]):
        inside &= settled[row, level - 1] == ends[edges.indices, level - 1]
        kept = edges.copy()
        kept.data = edges.data * inside
        kept.eliminate_zeros()
        parts = np.unique(every[:, level])
        best = choose_communities(
            kept,
            np.searchsorted(parts, ends[:, level]),
            np.searchsorted(parts, labels[:, level]),
            weight,
            np.zeros(len(parts)),
            0.0,
        )
        settled[:, level] = parts[best]
    return settled


def sum_by_group(labels: Labels, values: NDArray[np.floating]) -> tuple[Labels, Floats]:
    """Return the groups, ascending, and the sum of their rows' values, ``(m,)`` or ``(m, d)``."""
    order = np.argsort(labels, kind="stable")
    names, first = np.unique(labels[order], return_index=True)
    if not len(names):
        return names, np.zeros((0, *values.shape[1:]))
    return names, np.add.reduceat(values[order].astype(np.float64), first, axis=0)


def condense_strip(strip: Strip, labels: Labels, ends: Labels) -> Edges:
    """Sum the weights of a strip's edges by the groups of both ends; by group, ascending.

    Args:
        strip: The rows.
        labels: int64 ``(m,)``: the group of each.
        ends: int64 ``(u,)``: the group of each of the strip's ends.
    """
    from scipy.sparse import coo_array, csr_array

    (one, row), (other, end) = (np.unique(each, return_inverse=True) for each in (labels, ends))
    pairs = strip.edges.tocoo()
    place = (row[pairs.row], end[pairs.col])
    sums = csr_array(coo_array((pairs.data, place), shape=(len(one), len(other))))
    sums.sum_duplicates()
    found = sums.tocoo()
    return one[found.row], other[found.col], found.data


def find_places(names: Labels, wanted: Labels) -> tuple[Labels, NDArray[np.bool_]]:
    """Return where numbers stand among ascending names, and which of them do."""
    if not len(names):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    place = np.searchsorted(names, wanted).clip(max=len(names) - 1)
    return place, names[place] == wanted
