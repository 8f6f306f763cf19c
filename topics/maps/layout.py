"""Where each passage stands on the topic map: UMAP on the one neighbour graph."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.progress import track

if TYPE_CHECKING:
    from scipy.sparse import coo_matrix

    from embeddings.vectors.neighbours import NeighbourGraph

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# Below this many points a neighbour graph says nothing that the distances do not.
FEWEST_FOR_UMAP = 15
# n_neighbors of UMAP, the point itself included; its documented default is 15.
NEIGHBOURS = 16
# The curve 1 / (1 + a d^2b) fitted by umap.umap_.find_ab_params(spread=1, min_dist=0.1),
# UMAP's defaults, rounded to four places so that no fit runs (and drifts) at map time.
CURVE_A = 1.5769
CURVE_B = 0.8951
# UMAP runs 500 epochs up to 10,000 points and 200 above. Here they fall from 500 to 200
# between 4,000 and 10,000 points: on 7,600 news texts 500 epochs took 13.7 s and 200
# 5.5 s, at trustworthiness .921 and .922.
MOST_EPOCHS, FEWEST_EPOCHS, POINT_EPOCHS = 500, 200, 2_000_000
NEGATIVE_SAMPLES = 5
# How strongly points push others off, and the first step; 1 and 1 in UMAP. With these, as many
# epochs keep more neighbours: trustworthiness .973 for .970 on timeline, .971 for .963 on BBC.
REPULSION = 3.0
FIRST_STEP = 0.5
# The first step of points that are put among others, of 1: they begin where they belong.
SETTLING = 0.25
# Side of the square that the first positions fill, as in UMAP.
START_SIDE = 10.0
# An island (a part of the map that is far from all else) is drawn about this share of the
# map's diagonal away from the rest: UMAP's distance between them means nothing.
ISLAND_GAP = 0.06
# A point further from the middle than this many times the 98th percentile is drawn closer.
FAR = 1.25


@dataclass(frozen=True)
class Layout:
    """Where points stand on the map.

    Attributes:
        points: float32 ``(n, 2)``, finite.
        keys: What each is known by, the same in every run: a content hash.
        unit: How long on the map the unit of UMAP's curve is; 0 where UMAP did not place them.
    """

    points: Floats
    keys: Sequence[bytes]
    unit: float = 0.0


def layout(
    graph: NeighbourGraph, vectors: Floats, keys: Sequence[bytes], *, seed: int = 0
) -> Layout:
    """Place every point on a plane, near its neighbours.

    The points are put in the order of their keys first, and the similarities along the
    graph's edges are computed in that order, so the picture does not depend on the order
    of the rows. Fewer than 15 points are placed by classical scaling, which keeps
    their distances as well as a plane can. More are placed by UMAP (McInnes, Healy and
    Melville 2018) on the given graph, from their principal components: a start from
    principal components keeps the large structure and needs no luck (Kobak and Linderman
    2021, doi:10.1038/s41587-020-00809-z).

    Args:
        graph: The neighbour graph; only ``indices``, int32 ``(n, k)``, is read.
        vectors: Unit rows, float32 ``(n, d)``.
        keys: What each row is known by, the same in every run: a content hash.
        seed: Of the random numbers; one seed, one picture.

    Returns:
        The longest side of the picture spans -1 to 1 and lies horizontally. Distances within a
        cluster mean something, those between far clusters little.

    Raises:
        ValueError: The three arguments differ in length.
    """
    n = len(vectors)
    if not n == len(keys) == len(graph.indices):
        raise ValueError(
            f"{n} vectors, {len(keys)} keys and a graph of {len(graph.indices)} points "
            "were given; each point needs one of each."
        )
    if n == 0:
        return Layout(np.zeros((0, 2), dtype=np.float32), keys)
    order, rows, weights = weigh(graph, vectors, keys)
    if weights is None:
        points, unit = _frame(_spread_coincident(_principal_components(rows)))[0], 0.0
    else:
        found = optimise(weights, _start(rows, seed), seed)
        points, unit = _frame(_rein_in(_gather_islands(found)))
    placed = np.empty((n, 2), dtype=np.float32)
    placed[order] = points
    return Layout(placed, keys, unit)


def weigh(
    graph: NeighbourGraph, vectors: Floats, keys: Sequence[bytes]
) -> tuple[Integers, Floats, coo_matrix | None]:
    """Return points in the order of their keys, and how strongly neighbours hold together.

    Returns:
        The row of each point, its vector, and symmetric weights of shape ``(n, n)``; ``None`` where
        points are too few, or have no neighbours.
    """
    order = _canonical_order(vectors, keys)
    rows = np.ascontiguousarray(vectors[order], dtype=np.float32)
    neighbours = _renumber(np.asarray(graph.indices), order)
    if len(rows) < FEWEST_FOR_UMAP or not (neighbours >= 0).any():
        return order, rows, None
    return order, rows, _fuzzy_graph(*_sort_nearest(rows, neighbours))


def _canonical_order(vectors: Floats, keys: Sequence[bytes]) -> Integers:
    """Rows by key, and rows of one key by their values."""
    by_key = sorted(range(len(keys)), key=lambda i: (keys[i], vectors[i].tobytes()))
    return np.array(by_key, dtype=np.int64)


def _renumber(indices: NDArray[np.int32], order: Integers) -> Integers:
    """The graph in canonical order, at most 15 neighbours a row, -1 where absent."""
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    kept = indices[order, : NEIGHBOURS - 1].astype(np.int64)
    valid = (kept >= 0) & (kept != order[:, None])
    return rank[np.where(valid, kept, -1)]


def _sort_nearest(rows: Floats, neighbours: Integers, block: int = 2048) -> tuple[Integers, Floats]:
    """Neighbours, nearest first, and 1 - cosine to each; infinite where there is none."""
    distances = np.full(neighbours.shape, np.inf, dtype=np.float32)
    for first in range(0, len(rows), block):
        near = neighbours[first : first + block]
        cosines = np.einsum("nd,nkd->nk", rows[first : first + block], rows[near])
        distances[first : first + block] = np.where(near < 0, np.inf, 1.0 - cosines)
    distances = np.maximum(distances, 0.0)
    nearest_first = np.lexsort((neighbours, distances), axis=1)
    return (
        np.take_along_axis(neighbours, nearest_first, axis=1),
        np.take_along_axis(distances, nearest_first, axis=1),
    )


def _fuzzy_graph(neighbours: Integers, distances: Floats) -> coo_matrix:
    """Membership of each edge: UMAP's fuzzy simplicial set, algorithms 2 and 3 of the paper.

    Written with NumPy because umap's own compiles for 5 s in every process, and takes
    a mean in parallel whose last bits depend on the number of threads.
    """
    from scipy.sparse import coo_matrix

    n, k = neighbours.shape
    there = np.isfinite(distances)
    positive = np.where(there & (distances > 0), distances, np.inf).min(axis=1)
    nearest = np.where(np.isfinite(positive), positive, 0.0)
    beyond = np.maximum(distances - nearest[:, None], 0.0)
    target = np.log2(np.maximum(there.sum(axis=1) + 1, 2))
    # Bisection for the bandwidth at which the memberships of a row add up to the target.
    low, high = np.zeros(n), np.full(n, np.inf)
    bandwidth = np.ones(n)
    for _ in range(64):
        total = np.exp(-beyond / bandwidth[:, None]).sum(axis=1)
        high = np.where(total > target, bandwidth, high)
        low = np.where(total > target, low, bandwidth)
        wider = np.where(np.isinf(high), 2 * bandwidth, (low + high) / 2)
        bandwidth = np.clip(wider, 1e-12, 1e12)
    mean = np.where(there, distances, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    bandwidth = np.maximum(bandwidth, 1e-3 * np.where(mean > 0, mean, 1.0))
    membership = np.exp(-beyond / bandwidth[:, None])
    row = np.repeat(np.arange(n), k)[there.ravel()]
    directed = coo_matrix(
        (membership[there], (row, neighbours[there])), shape=(n, n), dtype=np.float64
    ).tocsr()
    both = directed.multiply(directed.T)
    united = (directed + directed.T - both).tocoo()
    united.eliminate_zeros()
    return united


def _start(rows: Floats, seed: int) -> NDArray[np.float64]:
    """Principal components, and noise a ten-thousandth as large against coincidence."""
    points = _principal_components(rows)
    points *= START_SIDE / max(float(np.abs(points).max()), 1e-9)
    noise = np.random.default_rng(seed).normal(scale=START_SIDE * 1e-4, size=points.shape)
    return np.asarray(points + noise)


def optimise(
    weights: coo_matrix,
    start: NDArray[np.float64],
    seed: int,
    moving: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Run UMAP's stochastic gradient descent, on one thread so that it repeats.

    Args:
        weights: From ``weigh``.
        start: Where points stand before, ``(n, 2)``; of any size where all move.
        seed: Of the samples.
        moving: bool ``(n,)``, those that move, the others holding and pushing them off; all by
            default.
    """
    n = len(start)
    epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, POINT_EPOCHS // n))
    # An edge too weak to be drawn once in all epochs is left out, as umap does.
    strong = weights.data >= weights.data.max() / epochs
    if moving is None:
        extent = np.maximum(np.ptp(start, axis=0), 1e-9)
        start = START_SIDE * (start - start.min(axis=0)) / extent
    else:
        strong &= moving[weights.row]
    first = np.array(start, np.float32, order="C")
    head, tail, strength = weights.row[strong], weights.col[strong], weights.data[strong]
    if not len(head):
        return np.asarray(first, dtype=np.float64)
    limits = np.iinfo(np.int32)
    with _holding_interrupts() as heard:
        from umap.layouts import optimize_layout_euclidean

        placed = optimize_layout_euclidean(
            first,
            first,
            head.astype(np.int32),
            tail.astype(np.int32),
            epochs,
            n,
            strength.max() / strength,
            CURVE_A,
            CURVE_B,
            np.random.default_rng(seed).integers(limits.min, limits.max, 3, dtype=np.int64),
            gamma=REPULSION,
            negative_sample_rate=NEGATIVE_SAMPLES,
            # One line an epoch, to something that counts them.
            tqdm_kwds={"disable": False, "file": _Epochs(epochs, heard), "bar_format": "{n}"},
            initial_alpha=FIRST_STEP if moving is None else SETTLING,
            move_other=moving is None,
        )
    return np.asarray(placed, dtype=np.float64)


@contextmanager
def _holding_interrupts() -> Iterator[list[int]]:
    """Give a list that notes each Ctrl-C, which is raised at the end, or by who reads the list.

    What is raised while numba compiles, or calls Python back, is printed there and lost.
    """
    heard: list[int] = []
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield heard
        return
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if heard:
        raise KeyboardInterrupt


class _Epochs:
    """What umap writes its progress to: the number of epochs done, told to who listens."""

    def __init__(self, epochs: int, heard: list[int]) -> None:
        self.steps = track(range(epochs), epochs)
        self.heard = heard
        self.told = -1

    def write(self, text: str) -> int:
        if self.heard:
            raise KeyboardInterrupt
        done = int(text) if text.strip().isdigit() else self.told
        while self.told < done:
            self.told = next(self.steps, done)
        return len(text)

    def flush(self) -> None:
        """Nothing waits to be written."""


def _principal_components(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Coordinates on the two main axes; for few points this is classical scaling."""
    centred = np.asarray(rows, dtype=np.float64) - rows.mean(axis=0, dtype=np.float64)
    n, d = centred.shape
    if n <= d:
        values, axes = np.linalg.eigh(centred @ centred.T)
        points = axes[:, ::-1][:, :2] * np.sqrt(np.maximum(values[::-1][:2], 0.0))
    else:
        points = centred @ np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    wide = np.zeros((n, 2))
    wide[:, : points.shape[1]] = points
    wide[np.abs(wide) < 1e-9] = 0.0
    return _set_signs(wide)


def _set_signs(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Flip each axis so that its longer tail is on the right, and at the top."""
    lean = (points**3).sum(axis=0)
    first = points[np.abs(points).argmax(axis=0), range(points.shape[1])]
    even = np.abs(lean) <= 1e-6 * np.abs(points**3).sum(axis=0)
    sign = np.where(np.where(even, first, lean) < 0, -1.0, 1.0)
    return np.asarray(points * sign)


def _spread_coincident(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points at one place go round a small circle, so that each can be seen."""
    spread = points.copy()
    radius = 0.05 * float(np.ptp(points, axis=0).max()) or 1.0
    _, groups = np.unique(points.round(6), axis=0, return_inverse=True)
    for group in range(int(groups.max()) + 1):
        members = np.flatnonzero(groups.ravel() == group)
        if len(members) > 1:
            turn = 2 * np.pi * np.arange(len(members)) / len(members)
            spread[members] += radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return spread


def _gather_islands(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move what lies far from all else towards the largest part, whole and unturned."""
    from scipy.ndimage import label
    from scipy.spatial import cKDTree

    # Parts between which a row of cells is empty; few points lie further apart as they are.
    side = max(ISLAND_GAP, len(points) ** -0.5) * float(np.hypot(*np.ptp(points, axis=0))) + 1e-9
    cells = tuple(((points - points.min(axis=0)) / side).astype(np.int64).T)
    grid = np.zeros([int(one.max()) + 1 for one in cells], dtype=bool)
    grid[cells] = True
    numbered, count = label(grid, structure=np.ones((3, 3)))
    part = numbered[cells] - 1
    if count == 1:
        return points
    sizes = np.bincount(part)
    parts = sorted(range(count), key=lambda c: (-sizes[c], int(np.argmax(part == c))))
    moved = points - np.median(points[part == parts[0]], axis=0)
    placed = moved[part == parts[0]]
    for island in parts[1:]:
        own = moved[part == island]
        gap = ISLAND_GAP * float(np.hypot(*np.ptp(placed, axis=0))) + 1e-9
        tree, middle = cKDTree(placed), own.mean(axis=0)
        for share in 0.95 ** np.arange(150):
            # Step by step towards the middle, until the next step would come too close.
            step = own - (1 - share) * middle
            if tree.query(step)[0].min() < gap:
                break
            moved[part == island] = step
        placed = np.concatenate([placed, moved[part == island]])
    return np.asarray(moved)


def _rein_in(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shorten the way out to the few farthest points; the order outwards is kept."""
    middle = np.median(points, axis=0)
    away = points - middle
    length = np.hypot(away[:, 0], away[:, 1])
    edge = max(FAR * float(np.quantile(length, 0.98)), 1e-9)
    excess = np.maximum(length / edge, 1.0)
    return np.asarray(middle + away * ((1 + np.log(excess)) / excess)[:, None])


def _frame(points: NDArray[np.float64]) -> tuple[Floats, float]:
    """Turn the main axis horizontal, centre, scale the longest side to 2; also by how much."""
    turned = _principal_components(points)
    if np.ptp(turned[:, 1]) > np.ptp(turned[:, 0]):
        turned = _set_signs(turned[:, ::-1])
    centred = turned - (turned.min(axis=0) + turned.max(axis=0)) / 2
    side = float(np.abs(centred).max())
    side = side or 1.0
    return np.asarray(centred / side, dtype=np.float32), 1 / side
