"""Exactly as many topics as were asked for, by joining or splitting those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.discovery.communities import run_leiden
from topics.discovery.condensing import (
    Groups,
    compact,
    first_rows,
    gather_groups,
    intersect,
    keep_inside,
    number_by_size,
)
from topics.discovery.ground import Ground
from topics.discovery.joining import affinity, centre_directions, follow_steps, join_steps

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Labels = NDArray[np.int64]

# Topics are split at so many times the last resolution, until there are enough.
FINER = 2.5
# Most pieces of which all pairs are compared: a table of them takes 18 MB. Where there are
# more, the linked ones are joined first.
MOST_PIECES = 1_500
# Pairs of centres compared at once.
_BLOCK = 20_000


def join_to_count(ground: Ground, labels: Labels, count: int, *, seed: int = 0) -> Labels:
    """Join or split topics until there are exactly ``count``.

    Fewer are made by joining pairs (``topics.discovery.joining.join_steps``); more by finding finer
    ones inside each, and joining those again, inside each, down to the number.

    Args:
        ground: The rows.
        labels: int64 ``(n,)``, without gaps.
        count: 1 to ``n``.
        seed: The one source of randomness.

    Returns:
        int64 ``(n,)``; 0 is the largest topic.
    """
    topics = int(labels.max(initial=-1)) + 1
    if topics > count:
        return number_by_size(
            join_to(gather_groups(ground.edges, ground.unit, labels, ground.held), count)
        )
    above, resolution = labels, ground.resolution
    while topics < count:
        resolution *= FINER
        fine = _split(ground.edges, above, resolution, seed)
        topics = int(fine.max()) + 1
        if topics >= count:
            pieces = gather_groups(ground.edges, ground.unit, fine, ground.held)
            homes = above[first_rows(fine)]
            join = _split_largest if topics > MOST_PIECES else _join_inside
            return number_by_size(join(pieces, homes, count))
        above = fine
    return number_by_size(labels)


def join_to(topics: Groups, count: int) -> Labels:
    """Join topics down to ``count``; returns the rows' labels."""
    if topics.count > MOST_PIECES:
        free = np.ones(topics.count, np.bool_)
        topics = topics.merge(join_linked(topics, free, max(count, MOST_PIECES)))
    return _join_inside(topics, np.zeros(topics.count, np.int64), count)


def join_linked(topics: Groups, free: NDArray[np.bool_], count: int) -> Labels:
    """Join linked topics that are each other's nearest, in rounds, down to ``count``.

    Nearest is the greatest affinity, as in ``join_steps``, which joins a pair at a time and
    needs a table of all pairs. Where links do not lead down to the number, the smallest join the
    most alike of the largest.

    Args:
        topics: Any number of topics.
        free: bool ``(topics.count,)``: which of them may be joined.
        count: Topics wanted; more are left where more are not free.

    Returns:
        int64 ``(topics.count,)``: where each topic goes.
    """
    where = np.arange(topics.count, dtype=np.int64)
    while topics.count > count:
        into = _nearest_pairs(topics, free, count)
        if into is None:
            into = _into_largest(topics, free, count)
        labels = compact(into)
        if labels.max() + 1 == topics.count:
            break
        free = free[first_rows(labels)]
        where, topics = labels[where], topics.merge(labels)
    return where


def _nearest_pairs(topics: Groups, free: NDArray[np.bool_], count: int) -> Labels | None:
    """Return where each topic goes when mutual nearest pairs join; ``None`` without a pair."""
    links = topics.links.tocoo()
    linked = (links.row != links.col) & free[links.row] & free[links.col] & (links.data > 0)
    if not linked.any():
        return None
    one, other = links.row[linked], links.col[linked]
    weight = topics.links.sum(axis=1)
    product = weight[one] * weight[other]
    away = centre_directions(topics)
    cosines = np.concatenate(
        [
            np.einsum(
                "nd,nd->n", away[one[start : start + _BLOCK]], away[other[start : start + _BLOCK]]
            )
            for start in range(0, len(one), _BLOCK)
        ]
    )
    height = affinity(links.data[linked] * weight.sum(), product, cosines)
    order = np.lexsort((other, -height, one))
    first = order[np.unique(one[order], return_index=True)[1]]
    nearest = np.full(topics.count, -1, np.int64)
    nearest[one[first]] = other[first]
    # Of equals the first is taken, so the highest pair of all is always mutual.
    mutual = first[(nearest[other[first]] == one[first]) & (one[first] < other[first])]
    mutual = mutual[np.lexsort((one[mutual], -height[mutual]))][: topics.count - count]
    into = np.arange(topics.count, dtype=np.int64)
    into[other[mutual]] = one[mutual]
    return into


def _into_largest(topics: Groups, free: NDArray[np.bool_], count: int) -> Labels:
    """Return where each topic goes when the smallest join the most alike of the largest."""
    some = np.flatnonzero(free)
    some = some[np.argsort(-topics.sizes[some], kind="stable")]
    stay = max(1, count - int((~free).sum()))
    large, small = some[:stay], some[stay:]
    away = centre_directions(topics)
    into = np.arange(topics.count, dtype=np.int64)
    step = max(1, MOST_PIECES**2 // stay)
    for start in range(0, len(small), step):
        block = small[start : start + step]
        alike = np.round(np.einsum("id,jd->ij", away[block], away[large]), 9)
        into[block] = large[alike.argmax(axis=1)]
    return into


def _split(edges: csr_array, above: Labels, resolution: float, seed: int) -> Labels:
    """Find communities inside topics; single rows when nothing is linked any more."""
    rows = len(above)
    inside = keep_inside(edges, above)
    if inside.nnz == 0 or resolution > rows**2:
        return np.arange(rows, dtype=np.int64)
    return intersect(above, run_leiden(inside, resolution, seed, 1))


def _join_inside(pieces: Groups, homes: Labels, count: int) -> Labels:
    """Join pieces inside homes, comparing all pairs; returns the rows' labels."""
    steps, _ = join_steps(pieces, homes, count)
    return follow_steps(steps, pieces.count)[pieces.labels]


def _split_largest(pieces: Groups, homes: Labels, count: int) -> Labels:
    """Split homes into their pieces, the largest home first, until there are ``count``."""
    sizes = np.bincount(homes, pieces.sizes)
    left = count - len(sizes)
    labels = homes.copy()
    for home in np.lexsort((np.arange(len(sizes)), -sizes)):
        inside = np.flatnonzero(homes == home)
        # The first piece keeps the home's number.
        apart = inside[1 : left + 1]
        labels[apart] = len(sizes) + count + apart
        left -= len(apart)
        if left == 0:
            break
    return compact(labels)[pieces.labels]
