"""Rows compared with rows: the nearest of each, by products in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import run_blocks

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Queries and rows in one product: 64 MB of similarities for each thread. Of 128 queries a
# quarter more time goes into the product, of 256 a tenth.
QUERY_ROWS = 512
PRODUCT_ROWS = 32_768
# Maxima taken of each row, as a multiple of k, to find a bar that few numbers pass.
PARTS = 6
# The cosines of one pair from two products differ by less than this.
MARGIN = 2e-6
# Rows beyond those wanted that are measured by themselves; where more are as near as the last
# one wanted, so many of these.
_EXTRA, _MOST_LEVEL = 8, 1024
# Pairs measured at a time, 12 MB.
_PAIRS_AT_ONCE = 4096
# Columns that a sparse matrix is multiplied with at a time.
_COLUMNS_AT_ONCE = 32


def nearest(
    queries: NDArray[np.float32],
    rows: NDArray[np.float32],
    k: int,
    *,
    own: NDArray[np.intp] | None = None,
    product_rows: int = PRODUCT_ROWS,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Find the ``k`` rows nearest to each query, comparing every pair in blocks.

    Args:
        queries: Unit rows, shape ``(m, d)``.
        rows: Unit rows, shape ``(n, d)``.
        k: At most ``n``, or ``n - 1`` with ``own``.
        own: For each query the row that it is, which is passed over.
        product_rows: Rows compared in one product.

    Returns:
        Row numbers and cosines, both ``(m, k)``, nearest first; equal cosines in the
        order of ``rows``. A pair has the same bits whatever it is compared among.
    """
    found = np.empty((len(queries), k), np.intp)
    similarities = np.empty((len(queries), k), np.float32)
    wide = min(k + _EXTRA, len(rows) - (own is not None))

    def compare(start: int) -> None:
        part = slice(start, min(start + QUERY_ROWS, len(queries)))
        names = np.empty((part.stop - start, 0), np.intp)
        scores = np.empty((part.stop - start, 0), np.float32)
        for first in range(0, len(rows), product_rows):
            block = queries[part] @ rows[first : first + product_rows].T
            if own is not None:
                place = own[part] - first
                here = np.flatnonzero((place >= 0) & (place < block.shape[1]))
                block[here, place[here]] = -np.inf
            columns, values = best_columns(block, min(wide, block.shape[1]))
            # The best so far come first, as they do among equals.
            names = np.concatenate([names, columns + first], axis=1)
            best, scores = best_columns(
                np.concatenate([scores, values], axis=1), min(wide, names.shape[1])
            )
            names = np.take_along_axis(names, best, axis=1)
        names, cosines = _measure_best(queries[part], rows, names)
        found[part], similarities[part] = names[:, :k], cosines[:, :k]
        level = np.flatnonzero(scores[:, -1] >= cosines[:, k - 1] - MARGIN)
        for row in level.tolist() if wide < len(rows) - (own is not None) else ():
            at = start + row
            near = rows @ queries[at] >= cosines[row, k - 1] - MARGIN
            if own is not None:
                near[own[at]] = False
            more = np.union1d(np.flatnonzero(near)[:_MOST_LEVEL], names[row])[None]
            columns, values = _measure_best(queries[at : at + 1], rows, more)
            found[at], similarities[at] = columns[0, :k], values[0, :k]

    run_blocks(compare, range(0, len(queries), QUERY_ROWS))
    return found, similarities


def _measure_best(
    queries: NDArray[np.float32], rows: NDArray[np.float32], names: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Measure some rows with each query, and sort them: nearest first, equal ones by row."""
    names = np.sort(names, axis=1)
    query = np.repeat(np.arange(len(names)), names.shape[1])
    cosines = measure_pairs(queries, query, names.ravel(), rows).reshape(names.shape)
    order = np.argsort(-cosines, axis=1, kind="stable")
    return np.take_along_axis(names, order, axis=1), np.take_along_axis(cosines, order, axis=1)


def multiply(sparse: csr_array, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return a sparse float64 matrix times rows; the same bits as at once.

    Scipy makes the rows float64 beforehand, which of a hundred thousand takes 200 MB: so they are
    multiplied some columns at a time.
    """
    product = np.empty((sparse.shape[0], rows.shape[1]))
    for start in range(0, rows.shape[1], _COLUMNS_AT_ONCE):
        part = slice(start, start + _COLUMNS_AT_ONCE)
        product[:, part] = sparse @ rows[:, part]
    return product


def measure_pairs(
    unit: NDArray[np.float32],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    others: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the cosine of each pair, to the same bits whatever pairs come with it.

    A product of matrices gives other last bits where a row stands elsewhere in them.

    Args:
        unit: Unit rows, shape ``(n, d)``.
        first: Rows of ``unit``, shape ``(m,)``.
        second: Rows of ``others``, shape ``(m,)``.
        others: By default ``unit``.
    """
    others = unit if others is None else others
    cosines = np.empty(len(first), np.float32)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        np.einsum("ij,ij->i", unit[first[part]], others[second[part]], out=cosines[part])
    return np.clip(cosines, -1.0, 1.0, out=cosines)


def best_columns(
    block: NDArray[np.float32], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Take the ``k`` largest of each row, largest first, equal ones by column number.

    The columns are dealt out into several times ``k`` parts. The k-th largest of the
    parts' maxima cannot be above the row's k-th largest number, and few numbers reach it:
    only those are sorted. A third of the time that ``argpartition`` takes on wide rows.
    """
    count, width = block.shape
    parts = PARTS * k
    if width < 2 * parts:
        return _sort_all(block, k)
    depth = width // parts
    maxima = block[:, : depth * parts].reshape(count, depth, parts).max(axis=1)
    maxima.partition(parts - k, axis=1)
    place = np.flatnonzero(block >= maxima[:, parts - k, None])
    row = place // width
    passed = np.bincount(row, minlength=count)
    # Rows with hundreds of equal numbers at their bar would make all rows wide.
    level = np.flatnonzero(passed > 2 * parts)
    if len(level):
        few = passed[row] <= 2 * parts
        place, row = place[few], row[few]
        passed[level] = 0
    columns = np.zeros((count, max(k, int(passed.max(initial=0)))), np.intp)
    values = np.full(columns.shape, -np.inf, np.float32)
    within = np.arange(len(row)) - np.repeat(np.cumsum(passed) - passed, passed)
    columns[row, within] = place - row * width
    values[row, within] = block.ravel()[place]
    falling = np.argsort(-values, axis=1, kind="stable")[:, :k]
    columns = np.take_along_axis(columns, falling, axis=1)
    values = np.take_along_axis(values, falling, axis=1)
    if len(level):
        columns[level], values[level] = _sort_all(block[level], k)
    return columns, values


def _sort_all(block: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Do what ``best_columns`` does, for narrow rows and those with many equal numbers.

    One stable sort would give the same, and take 5 to 19 times as long on 512 rows of 300 to
    700 numbers (13.3 against 2.4 ms, 53.4 against 2.8).
    """
    if k < block.shape[1]:
        columns = np.argpartition(block, -k, axis=1)[:, -k:]
    else:
        columns = np.broadcast_to(np.arange(block.shape[1]), block.shape).copy()
    values = np.take_along_axis(block, columns, axis=1)
    least = values.min(axis=1)
    # argpartition leaves open which of several equal columns it takes at the boundary.
    for row in np.flatnonzero((block >= least[:, None]).sum(axis=1) > k):
        above = np.flatnonzero(block[row] > least[row])
        level = np.flatnonzero(block[row] == least[row])
        columns[row] = np.concatenate([above, level])[:k]
    columns.sort(axis=1)
    values = np.take_along_axis(block, columns, axis=1)
    falling = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(columns, falling, axis=1), np.take_along_axis(values, falling, axis=1)
