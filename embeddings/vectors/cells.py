"""Approximate nearest neighbours for large corpora: search only the cells nearby."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import run_blocks
from embeddings.vectors.probing import (
    STEP_ROWS,
    Cells,
    Neighbours,
    Steps,
    StepsHere,
    count_at_once,
    probe_rows,
)
from embeddings.vectors.products import best_columns, nearest

# Rows whose true neighbours are looked up. The standard error of a recall of .95 over
# 1,000 rows of 40 neighbours is about .003.
RECALL_SAMPLE = 1000
# One pair's similarity differs by less than this between two products.
ROUNDING = 1e-6
# Mean members of a cell: a quarter of the root of the number of rows, and no fewer than
# this. Small cells hold fewer unwanted rows, but many cells take longer to choose from.
LEAST_CELL = 64
# Sample rows a cell and passes of k-means over them. Twice the rows or one pass more find
# .002 to .005 more in as many cells, and cost as much as they save.
SAMPLE_ROWS = 20
PASSES = 2
# Rows that set the direction in which a part of the sample is halved, and its passes.
HALVING_ROWS = 256
HALVING_PASSES = 3
# Rows that each row is compared with, where the target would need more.
MOST_COMPARED = 65_536
# What pairs found from the other side add to the recall, before it is measured on the true
# neighbours of so many rows; and how much more than the target the search then aims at.
REVERSE_GAIN, GAIN_SAMPLE, AIM_ABOVE = 0.025, 50, 0.002


def search(
    unit: NDArray[np.float32],
    k: int,
    target: float,
    *,
    cell_rows: int | None = None,
    gain: float | None = None,
    most_compared: int = MOST_COMPARED,
    steps: Steps | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32], float]:
    """Find about the ``k`` nearest other rows of each row (inverted-file search).

    Rows are put into cells by their nearest centre (Jegou, Douze and Schmid, 2011, the
    inverted file without its quantiser), and each row is compared with the members of its
    nearest cells. Then a row that another found joins that other's neighbours where it is
    near enough (the reverse neighbours of Dong, Moses and Li, 2011). How many cells: as
    many as hold enough of a sample's true neighbours. The recall is measured on that
    sample, and while it is below the target more cells are searched.

    Args:
        unit: Unit rows, shape ``(n, d)``, in canonical order: samples are every
            so-manyth row.
        k: Neighbours a row, fewer than ``n``.
        target: Recall to reach, 0..1. Where it takes more than half the rows, all pairs
            are compared; if that is too much too, each row is compared with as many as
            ``most_compared``, and the recall stays lower.
        cell_rows: Mean members of a cell.
        gain: What pairs found from the other side are expected to add to the recall; by default
            it is measured.
        most_compared: Rows that each row is compared with at most.
        steps: Where what takes the time is done; here by default.

    Returns:
        Row numbers and cosines, both ``(n, k)``, nearest first, equal ones by row number;
        and the recall: 1.0 where every pair was compared.
    """
    count, steps = len(unit), steps or StepsHere()
    cell_rows = cell_rows or max(LEAST_CELL, round(math.sqrt(count) / 4))
    # The true neighbours of evenly spread rows, and how near the last of them is.
    sample = np.unique(np.linspace(0, count - 1, RECALL_SAMPLE).astype(np.intp))
    true, cosines = nearest(unit[sample], unit, k, own=sample)
    least = cosines[:, -1:] - ROUNDING
    cells = _place_cells(unit, cell_rows)
    shares = _probed_shares(unit, cells, sample, true)
    most = min(len(cells.centres), max(1, most_compared // cell_rows))
    found: NDArray[np.int32] = np.full((count, k), -1, np.int32)
    similarities = np.full((count, k), -np.inf, np.float32)
    if gain is None:
        gain = REVERSE_GAIN
        # It falls with the cells searched: measured with those that it was taken for, too.
        for _ in range(2):
            probes = _count_probes(shares, target - gain, 1, most)
            gain = _measure_gain(unit, cells, sample, true, probes) - AIM_ABOVE
    done, probes = 0, _count_probes(shares, target - gain, 1, most)
    while True:
        if probes * cell_rows > count / 2 and count <= 2 * most_compared:
            return *steps.compare_all(unit, k), 1.0
        steps.probe(unit, cells, (done, probes), found, similarities)
        both, cosines = _add_reverse(found, similarities)
        recall = float((cosines[sample] >= least).mean())
        if recall >= target or probes == most:
            break
        gain = recall - float(shares[probes])
        done, probes = probes, _count_probes(shares, target - gain, probes + 1, most)
    short = np.flatnonzero(cosines[:, -1] == -np.inf)
    if len(short):
        both[short], cosines[short] = nearest(unit[short], unit, k, own=short)
    return both, cosines, recall


def _count_probes(shares: NDArray[np.float64], share: float, least: int, most: int) -> int:
    """Return how many cells hold a share of the sample's neighbours, within bounds.

    An eighth more than ``least`` where that is above 1: cells are searched in large steps.
    """
    return min(most, max(least + (least - 1) // 8, int(np.searchsorted(shares, share))))


def _place_cells(unit: NDArray[np.float32], cell_rows: int) -> Cells:
    """Place unit centres by spherical k-means on a sample, and put all rows to them."""
    wanted = max(1, round(len(unit) / cell_rows))
    drawn = min(len(unit), wanted * SAMPLE_ROWS)
    centres = place_centres(unit[np.linspace(0, len(unit) - 1, drawn).astype(np.intp)], wanted)
    own = assign_rows(unit, centres)
    order = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[order], np.arange(len(centres) + 1))
    return Cells(centres, own, order.astype(np.int32), starts)


def place_centres(sample: NDArray[np.float32], wanted: int) -> NDArray[np.float32]:
    """Place centres among unit rows by spherical k-means; those next in number are alike."""
    own: NDArray[np.int32] = np.empty(len(sample), np.int32)
    own[_halve(sample, wanted)] = np.arange(len(sample)) * wanted // len(sample)
    centres = _means(sample, own)
    for _ in range(PASSES):
        centres = _means(sample, assign_rows(sample, centres))
    return centres


def _halve(rows: NDArray[np.float32], parts: int) -> NDArray[np.intp]:
    """Order rows so that equal shares of them, one for each part, are of a kind.

    Halved again and again at the median along the line between two means. Cells that
    begin of one size stay near it in k-means, and cells next in number are alike: rows of
    a few cells together probe the same others.
    """
    order = np.arange(len(rows))
    ends = np.arange(parts + 1) * len(rows) // parts
    waiting = [(0, parts)]
    while waiting:
        low, high = waiting.pop()
        if high - low > 1:
            part = order[ends[low] : ends[high]]
            along = rows[part] @ _direction(rows[part[:: -(-len(part) // HALVING_ROWS)]])
            order[ends[low] : ends[high]] = part[np.argsort(-along, kind="stable")]
            middle = (low + high) // 2
            waiting += [(low, middle), (middle, high)]
    return order


def _direction(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the difference of two means of rows: k-means with two centres."""
    one = rows[(rows @ rows.mean(axis=0)).argmin()]
    two = rows[(rows @ one).argmin()]
    for _ in range(HALVING_PASSES):
        side = rows @ (one - two) > 0
        if side.all() or not side.any():
            break
        one, two = _means(rows, np.where(side, 0, 1))
    difference: NDArray[np.float32] = one - two
    return difference


def _means(rows: NDArray[np.float32], own: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return the mean of each cell that has rows, at unit length, in rising order."""
    order = np.argsort(own, kind="stable")
    first = np.unique(own[order], return_index=True)[1]
    sums: NDArray[np.float32] = np.add.reduceat(rows[order], first, axis=0)
    lengths = np.sqrt(np.square(sums).sum(axis=1, keepdims=True))
    sums /= np.where(lengths > 0, lengths, 1)
    return sums


def assign_rows(rows: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the number of each row's nearest centre."""
    own = np.empty(len(rows), np.int32)

    def assign(start: int) -> None:
        part = slice(start, start + STEP_ROWS)
        own[part] = (rows[part] @ centres.T).argmax(axis=1)

    run_blocks(assign, range(0, len(rows), STEP_ROWS))
    return own


def _probed_shares(
    unit: NDArray[np.float32], cells: Cells, sample: NDArray[np.intp], true: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the share of a sample's true neighbours in the 0, 1, 2, ... nearest cells."""
    held = np.zeros(len(cells.centres), np.intp)
    for start in range(0, len(sample), STEP_ROWS):
        part = slice(start, start + STEP_ROWS)
        to_centres = unit[sample[part]] @ cells.centres.T
        wanted = np.take_along_axis(to_centres, cells.own[true[part]], axis=1)
        for row, values in zip(np.sort(-to_centres, axis=1), -wanted, strict=True):
            held += np.bincount(np.searchsorted(row, values), minlength=len(held))
    return np.concatenate([[0.0], np.cumsum(held) / true.size])


def _measure_gain(
    unit: NDArray[np.float32],
    cells: Cells,
    sample: NDArray[np.intp],
    true: NDArray[np.intp],
    probes: int,
) -> float:
    """Return the share of true neighbours of a few rows that find them and are not found."""
    few = slice(None, None, max(len(sample) // GAIN_SAMPLE, 1))
    own, near = sample[few], true[few]
    place = np.empty(len(unit), np.intp)
    place[cells.order] = np.arange(len(unit))
    places, at = np.unique(place[near], return_inverse=True)
    k, step = near.shape[1], count_at_once(cells, (0, probes), near.shape[1])
    found = np.concatenate(
        [
            probe_rows(
                lambda begin, length: unit[cells.order[begin : begin + length]],
                cells,
                part,
                (0, probes),
                unit[cells.order[part]],
                np.full((len(part), k), -np.inf, np.float32),
            )[0]
            for part in np.split(places, range(step, len(places), step))
        ]
    )
    finding = (found[at.reshape(near.shape)] == place[own][:, None, None]).any(axis=2)
    probed = best_columns(unit[own] @ cells.centres.T, probes)[0]
    found_too = (cells.own[near][:, :, None] == probed[:, None]).any(axis=2)
    return float((finding & ~found_too).mean())


def _add_reverse(found: NDArray[np.int32], similarities: NDArray[np.float32]) -> Neighbours:
    """Let every row into the neighbours of those it found, where it is near enough.

    Returns:
        Row numbers and cosines, nearest first, equal ones by row number; where fewer than
        ``k`` were found the last cosines are minus infinity.
    """
    from scipy.sparse import csr_array

    count, k = found.shape
    gains = (similarities > similarities[:, -1][found]) & np.isfinite(similarities)
    starts = np.concatenate([[0], np.cumsum(gains.sum(axis=1))])
    reverse = csr_array((similarities[gains], found[gains], starts), shape=(count, count)).tocsc()
    both, values = np.empty_like(found), np.empty_like(similarities)

    def merge(start: int) -> None:
        part = slice(start, min(start + STEP_ROWS, count))
        low, high = reverse.indptr[part.start], reverse.indptr[part.stop]
        added = np.diff(reverse.indptr[part.start : part.stop + 1])
        names = np.full((len(added), k + int(added.max())), -1, np.int32)
        scores = np.full(names.shape, -np.inf, np.float32)
        names[:, :k], scores[:, :k] = found[part], similarities[part]
        row = np.repeat(np.arange(len(added)), added)
        column = k + np.arange(high - low) - np.repeat(np.cumsum(added) - added, added)
        names[row, column] = reverse.indices[low:high]
        scores[row, column] = reverse.data[low:high]
        # By name, so that a pair found from both sides is seen, and equals are in order.
        by_name = np.argsort(names, axis=1, kind="stable")
        names = np.take_along_axis(names, by_name, axis=1)
        scores = np.take_along_axis(scores, by_name, axis=1)
        scores[:, 1:][names[:, 1:] == names[:, :-1]] = -np.inf
        columns, values[part] = best_columns(scores, k)
        both[part] = np.take_along_axis(names, columns, axis=1)

    run_blocks(merge, range(0, count, STEP_ROWS))
    return both, values
