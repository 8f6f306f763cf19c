"""Approximate nearest neighbours for large corpora: search only the cells nearby."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Members of a cell. Small cells search fewer rows for one recall, large ones make better
# use of a matrix product.
CELL_ROWS = 320
# Cells searched for each row: a recall of .96 on 100,000 news vectors, 40 neighbours.
PROBES = 10
# Passes of spherical k-means that place the cells, on a sample of this many rows a cell.
PASSES = 4
SAMPLE_ROWS = 40


def search(
    unit: NDArray[np.float32], k: int, *, probes: int = PROBES, cell_rows: int = CELL_ROWS
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Find about the ``k`` nearest other rows of each row (inverted-file search).

    Rows are put into cells by their nearest centre (Jegou, Douze and Schmid, 2011, the
    inverted file without its quantiser); each row is compared with the members of the
    ``probes`` cells nearest to it. All rows that probe one cell are compared in one
    matrix product, and only similarities above a row's worst so far are looked at.

    Args:
        unit: Unit rows, shape ``(n, d)``, in canonical order: the sample that places
            the cells is every so-manyth row.
        k: Neighbours a row.
        probes: Cells searched for each row.
        cell_rows: Mean members of a cell.

    Returns:
        Row numbers and cosines, both ``(n, k)``, nearest first, equal ones by row number.
    """
    count = len(unit)
    centres = _place_centres(unit, max(1, round(count / max(cell_rows, 2 * k))))
    probes = min(probes, len(centres))
    probed = _nearest_centres(unit, centres, probes)
    members = _members(probed[:, 0], len(centres))
    found: NDArray[np.int32] = np.full((count, k), count, np.int32)
    similarities = np.full((count, k), -2.0, np.float32)
    # A row's own cell comes first: its similarities set a high bar for the others.
    for cell, rows in enumerate(members):
        _compare(unit, rows, members[cell], found, similarities)
    cell_of = probed[:, 1:].ravel()
    row_of: NDArray[np.intp] = np.repeat(np.arange(count), probes - 1)
    order = np.argsort(cell_of, kind="stable")
    starts = np.searchsorted(cell_of[order], np.arange(len(centres) + 1))
    for cell in range(len(centres)):
        rows = row_of[order[starts[cell] : starts[cell + 1]]]
        _compare(unit, rows, members[cell], found, similarities)
    _complete(unit, found, similarities)
    ranks = np.lexsort((found, -similarities), axis=1)
    return (
        np.take_along_axis(found, ranks, axis=1).astype(np.intp),
        np.take_along_axis(similarities, ranks, axis=1),
    )


def _place_centres(unit: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    """Place unit centres by spherical k-means on an evenly spread sample."""
    wanted = min(len(unit), cells * SAMPLE_ROWS)
    sample = unit[np.linspace(0, len(unit) - 1, wanted).astype(np.intp)]
    centres = sample[np.linspace(0, len(sample) - 1, cells).astype(np.intp)].copy()
    for _ in range(PASSES):
        nearest_centre = _nearest_centres(sample, centres, 1)[:, 0]
        for cell, rows in enumerate(_members(nearest_centre, cells)):
            if len(rows):
                mean = sample[rows].mean(axis=0)
                length = float(np.linalg.norm(mean))
                if length > 0:
                    centres[cell] = mean / length
    return centres


def _nearest_centres(
    rows: NDArray[np.float32], centres: NDArray[np.float32], probes: int
) -> NDArray[np.int32]:
    """Return each row's ``probes`` nearest centres, the nearest one first."""
    probed = np.empty((len(rows), probes), np.int32)
    step = max(1, 16_000_000 // len(centres))
    for start in range(0, len(rows), step):
        block = rows[start : start + step] @ centres.T
        own = block.argmax(axis=1)
        probed[start : start + step, 0] = own
        if probes > 1:
            block[np.arange(len(block)), own] = -np.inf
            others = np.argpartition(block, 1 - probes, axis=1)[:, 1 - probes :]
            probed[start : start + step, 1:] = others
    return probed


def _members(cell_of: NDArray[np.int32], cells: int) -> list[NDArray[np.intp]]:
    """List the rows of each cell, in rising order."""
    order = np.argsort(cell_of, kind="stable")
    return np.split(order, np.searchsorted(cell_of[order], np.arange(1, cells)))


def _compare(
    unit: NDArray[np.float32],
    rows: NDArray[np.intp],
    candidates: NDArray[np.intp],
    found: NDArray[np.int32],
    similarities: NDArray[np.float32],
) -> None:
    """Put the better ones of ``candidates`` among the neighbours of ``rows``, in place."""
    if not len(rows) or not len(candidates):
        return
    k = found.shape[1]
    step = max(1, 4_000_000 // len(candidates))
    vectors = unit[candidates]
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        block = unit[part] @ vectors.T
        place = np.searchsorted(candidates, part)
        own = place < len(candidates)
        own[own] = candidates[place[own]] == part[own]
        block[np.flatnonzero(own), place[own]] = -2.0
        bar = similarities[part].min(axis=1)
        best = block.max(axis=1)
        better = np.flatnonzero(best > bar)
        if not len(better):
            continue
        block, part = block[better], part[better]
        take = min(k, block.shape[1])
        columns = np.argpartition(block, -take, axis=1)[:, -take:]
        values = np.concatenate(
            [similarities[part], np.take_along_axis(block, columns, axis=1)], axis=1
        )
        names = np.concatenate([found[part], candidates[columns].astype(np.int32)], axis=1)
        keep = np.argpartition(values, -k, axis=1)[:, -k:]
        similarities[part] = np.take_along_axis(values, keep, axis=1)
        found[part] = np.take_along_axis(names, keep, axis=1)


def _complete(
    unit: NDArray[np.float32], found: NDArray[np.int32], similarities: NDArray[np.float32]
) -> None:
    """Compare rows whose cells held fewer than ``k`` others with all rows."""
    everything = np.arange(len(unit), dtype=np.intp)
    short = np.flatnonzero((similarities <= -2.0).any(axis=1))
    if len(short):
        similarities[short] = -2.0
        _compare(unit, short, everything, found, similarities)
