"""The levels of a tree once its default level has been edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from topics.discovery.condensing import (
    compact,
    first_rows,
    gather_groups,
    intersect,
    keep_inside,
    number_by_size,
)
from topics.discovery.ground import Ground
from topics.discovery.joining import merge_fragments
from topics.hierarchy.tree import TopicTree

Labels = NDArray[np.int64]


def follow_edits(
    tree: TopicTree, labels: Labels, ground: Callable[[], Ground], last: Labels | None = None
) -> TopicTree:
    """Bring the levels of a tree in line with an edited default level; none is found anew.

    An edited topic stands under the broader one that holds most of it. On finer levels a topic
    that lies in several edited ones is parted between them; of it, what is a lone row goes to
    the topic of its new home that draws it most.

    Args:
        tree: Without edits; guided topics stand by themselves.
        labels: int64 ``(n,)``: the edited default level.
        ground: Gives the rows; asked only where a lone row was cut off.
        last: int64 ``(n,)``: the finest topic of each row in the last run, -1 for none; a lone row
            stays with those that it was with.
    """
    if np.array_equal(labels, tree.shown):
        return tree
    levels = list(tree.levels)
    for level in range(tree.default):
        levels[level] = _raise(tree, level, labels)
    above = labels
    for level in range(tree.default + 1, len(levels)):
        above = levels[level] = number_by_size(_lower(ground, above, tree.levels[level], last))
    levels[tree.default] = labels
    return replace(tree, levels=tuple(levels))


def _raise(tree: TopicTree, level: int, labels: Labels) -> Labels:
    """Return a broader level: of each edited topic, the broader one that holds most of it."""
    lowest = tree.levels[tree.default - 1]
    # Levels nest: one label of the lowest broader level lies in one of each above.
    up = np.zeros(int(lowest.max(initial=-1)) + 1, np.int64)
    up[lowest] = tree.levels[level]
    found = labels.copy()
    for topic in np.unique(labels[labels >= tree.fixed]).tolist():
        rows = labels == topic
        held = lowest[rows]
        held = held[held >= tree.fixed]
        broad = int(up[np.bincount(held).argmax()]) if len(held) else len(up) + topic
        found[rows] = tree.fixed + broad
    free = labels >= tree.fixed
    found[free] = tree.fixed + number_by_size(found[free])
    return found


def _lower(
    ground: Callable[[], Ground], above: Labels, finer: Labels, last: Labels | None
) -> Labels:
    """Return a finer level inside an edited one; a row that was moved alone joins others."""
    homes = compact(above)
    pieces = intersect(homes, finer)
    if last is not None:
        pieces = _rejoin(pieces, finer, homes, last)
    lone = _find_lone(pieces, finer)
    if not lone.any():
        return pieces
    edges, unit = ground().edges, ground().unit
    groups = gather_groups(keep_inside(edges, homes), unit, pieces)
    # Only what an edit cut off is a fragment, however small others are.
    groups = replace(groups, sizes=np.where(lone, 1.0, groups.sizes + 1.0))
    return merge_fragments(groups, 2, homes[first_rows(pieces)])[pieces]


def _find_lone(pieces: Labels, finer: Labels) -> NDArray[np.bool_]:
    """Tell the pieces that are one row cut off from a topic of several."""
    whole = np.bincount(finer)[finer[first_rows(pieces)]]
    lone: NDArray[np.bool_] = (np.bincount(pieces) == 1) & (whole > 1)
    return lone


def _rejoin(pieces: Labels, finer: Labels, homes: Labels, last: Labels) -> Labels:
    """Put rows that were cut off where most of what they were with in the last run is."""
    joined = pieces.copy()
    for row in first_rows(pieces)[_find_lone(pieces, finer)].tolist():
        beside = np.flatnonzero((last == last[row]) & (last >= 0) & (homes == homes[row]))
        beside = pieces[beside[beside != row]]
        if len(beside):
            joined[row] = np.bincount(beside).argmax()
    return compact(joined)
