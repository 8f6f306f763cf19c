"""Graphs whose nodes are groups of rows: a hundredth of the size, the same modularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

# Up to so many groups, links between groups are counted in a table: several times as fast
# as two sparse products, and 20 MB at the most.
TABLE_GROUPS = 1_500


@dataclass(frozen=True)
class Groups:
    """Groups of rows, and what discovery needs to know of them.

    Attributes:
        labels: int64 ``(n,)``: the group of each row, ``0..m - 1`` without gaps.
        links: float64 ``(m, m)``, symmetric: sums of edge weights between groups; the
            diagonal holds twice what lies inside a group.
        sums: float64 ``(m, d)``: sums of the rows' unit vectors.
        sizes: float64 ``(m,)``: rows in each group.
    """

    labels: Labels
    links: csr_array
    sums: Floats
    sizes: Floats

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.sizes)

    def merge(self, labels: Labels) -> Groups:
        """Return larger groups; ``labels``, ``(m,)``, says which group goes where."""
        member = membership(labels)
        return Groups(
            labels[self.labels],
            condense_edges(self.links, labels),
            np.asarray(member @ self.sums),
            np.asarray(member @ self.sizes),
        )


def gather_groups(
    edges: csr_array, unit: NDArray[np.floating], labels: Labels, held: Floats | None = None
) -> Groups:
    """Put rows into groups.

    Args:
        edges: Symmetric weights ``(n, n)``.
        unit: The rows' unit vectors, ``(n, d)``; or sums of several.
        labels: The group of each row, without gaps.
        held: float64 ``(n,)``: of how many each is a sum; by default of one.
    """
    count = int(labels.max(initial=-1)) + 1
    if count == len(labels) and np.array_equal(labels, np.arange(count)):
        sizes = np.ones(count) if held is None else held
        return Groups(labels, edges, unit.astype(np.float64), sizes)
    # A sparse product sums rows one after the other, on any number of threads.
    sums = membership(labels).astype(unit.dtype) @ unit
    sizes = np.bincount(labels, held, minlength=count).astype(np.float64)
    return Groups(labels, condense_edges(edges, labels), np.asarray(sums, np.float64), sizes)


def condense_edges(edges: csr_array, labels: Labels, in_table: int = TABLE_GROUPS) -> csr_array:
    """Sum the weights between groups, ``(m, m)``; what lies inside is on the diagonal.

    Args:
        edges: Symmetric weights ``(n, n)``.
        labels: The group of each row, without gaps.
        in_table: Up to so many groups are counted in a table.
    """
    from scipy.sparse import csr_array

    count = int(labels.max(initial=-1)) + 1
    if count <= in_table:
        # Of millions of edges: numbers of half the size, and none held twice.
        short = labels.astype(np.int32)
        place = np.repeat(short * np.int32(count), np.diff(edges.indptr))
        place += short[edges.indices]
        table = np.bincount(place, edges.data, minlength=count * count)
        return csr_array(table.reshape(count, count))
    member = membership(labels)
    links = csr_array(member @ edges @ member.T)
    links.sort_indices()
    return links


def keep_inside(edges: csr_array, labels: Labels) -> csr_array:
    """Return the edges that lie inside groups."""
    from scipy.sparse import csr_array

    short = labels.astype(np.int32)
    inside = np.repeat(short, np.diff(edges.indptr)) == short[edges.indices]
    places = np.concatenate([[0], np.cumsum(inside, dtype=np.int32)])[edges.indptr]
    return csr_array((edges.data[inside], edges.indices[inside], places), shape=edges.shape)


def membership(labels: Labels) -> csr_array:
    """Return the 0/1 matrix of groups by rows."""
    from scipy.sparse import csr_array

    count = int(labels.max(initial=-1)) + 1
    order = np.argsort(labels, kind="stable")
    places = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=count))])
    return csr_array((np.ones(len(labels)), order, places), shape=(count, len(labels)))


def compact(labels: Labels) -> Labels:
    """Number labels from 0 without gaps, in the order of their numbers."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def first_rows(labels: Labels) -> NDArray[np.intp]:
    """Return the first row of each label, by label."""
    return np.unique(labels, return_index=True)[1]


def intersect(one: Labels, other: Labels) -> Labels:
    """Return the groups of rows that are together in both labellings."""
    return compact(one * (int(other.max(initial=-1)) + 1) + other)


def number_by_size(labels: Labels) -> Labels:
    """Number topics from the largest down, equal ones by their first row."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse]
