"""The map: seconds and trustworthiness of the layout beside umap-learn's, seconds of a drawing.

    python -m benchmarks.maps --vectors FILE.npy [--rows N] [--drawn N] [--laid-out N] [--grown]

Both layouts are of the same 15 neighbours, one after the other in one process, three times;
imports and the compilation of a first run are not in their seconds, which are of the processor.
The peer is ``umap.UMAP`` with its own defaults, its graph precomputed. Trustworthiness is that
of up to 2,500 rows drawn at random, cosine, 15 neighbours. What is drawn are as many made points
as asked for, of 30 topics of four parts each, on a page of 2,000 by 1,500 pixels; what is laid out
are made vectors of as many.

``--grown`` compares a map that grew with one laid out afresh instead: some rows, drawn at random,
are put on a map of the others, at once or in ten steps. Trustworthiness is that of the rows added,
up to 1,250 of them among 2,500, on either map; ``5 %`` is what as many rows of the fresh one reach
in all but one draw of twenty.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours, hash_rows, unit_rows
from topics.maps.drawing import draw
from topics.maps.growing import grow_layout
from topics.maps.layout import layout

Floats = NDArray[np.float32]
ROUNDS, SAMPLED, NEIGHBOURS = 3, 2_500, 15


def lay_out_with_umap(graph: NeighbourGraph, vectors: Floats) -> Floats:
    """Lay out with the estimator of umap-learn on the same graph."""
    from umap import UMAP

    own = np.arange(graph.size, dtype=np.int32)[:, None]
    indices = np.hstack([own, graph.indices])
    distances = np.hstack([np.zeros((graph.size, 1), np.float32), 1 - graph.similarities])
    known = (indices, np.maximum(distances, 0).astype(np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = UMAP(
            n_neighbors=NEIGHBOURS + 1, precomputed_knn=known, random_state=0, n_jobs=1
        ).fit_transform(vectors)
    return np.asarray(found, np.float32)


def measure_trust(vectors: Floats, points: Floats) -> float:
    """Return the trustworthiness of a layout on rows drawn at random."""
    from sklearn.manifold import trustworthiness

    random = np.random.default_rng(0)
    drawn = random.permutation(len(vectors))[:SAMPLED]
    return float(
        trustworthiness(vectors[drawn], points[drawn], n_neighbors=NEIGHBOURS, metric="cosine")
    )


def measure_trust_of_each(
    vectors: Floats, points: Floats, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the trustworthiness of each of some rows, among these."""
    near = vectors[rows] @ vectors[rows].T
    apart = np.linalg.norm(points[rows][:, None] - points[rows], axis=2)
    np.fill_diagonal(near, np.inf)
    np.fill_diagonal(apart, -1)
    ranks = np.argsort(np.argsort(-near, axis=1, kind="stable"), axis=1)
    drawn = np.argsort(apart, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
    beyond = np.maximum(np.take_along_axis(ranks, drawn, axis=1) - NEIGHBOURS, 0).sum(axis=1)
    most = NEIGHBOURS * (2 * len(rows) - 3 * NEIGHBOURS - 1) / 2
    return np.asarray(1 - beyond / most)


def compare_grown(vectors: Floats) -> None:
    """Print a line for each share of rows that are added to a map of the others."""
    random, keys = np.random.default_rng(0), hash_rows(vectors)
    graph = find_neighbours(vectors, NEIGHBOURS)
    spent, fresh = timed(lambda: layout(graph, vectors, keys).points)
    print(f"{len(vectors):,} rows, laid out afresh in {spent:.1f} CPU s")
    print(f"{'added':<10}{'steps':>6}{'CPU s':>8}{'trust':>8}{'afresh':>8}{'5 %':>8}")
    for share, steps in ((0.01, 1), (0.1, 1), (0.33, 1), (0.33, 10)):
        rows = random.permutation(len(vectors))
        count = round(share * len(rows))
        here, parts = rows[count:], np.array_split(rows[:count], steps)
        known = layout(find_neighbours(vectors[here], NEIGHBOURS), vectors[here], named(keys, here))
        spent = 0.0
        for part in parts:
            here = np.concatenate((here, part))
            near = find_neighbours(vectors[here], NEIGHBOURS)
            began = time.process_time()
            grown = grow_layout(known, near, vectors[here], named(keys, here))
            spent += time.process_time() - began
            if grown is None:
                raise SystemExit("The map was to be laid out afresh.")
            known = grown
        points = np.empty_like(fresh)
        points[here] = known.points
        drawn = np.concatenate((rows[:count][:1250], rows[count:]))[:SAMPLED]
        added = min(count, 1250)
        mine = measure_trust_of_each(vectors, points, drawn)[:added].mean()
        others = measure_trust_of_each(vectors, fresh, drawn)
        means = [random.choice(others, added, replace=False).mean() for _ in range(1000)]
        low = np.quantile(means, 0.05)
        print(
            f"{count:<10,}{steps:>6}{spent:>8.1f}{mine:>8.4f}{others[:added].mean():>8.4f}{low:>8.4f}",
            flush=True,
        )


def named(keys: list[bytes], rows: NDArray[np.int64]) -> list[bytes]:
    """Return the keys of some rows."""
    return [keys[row] for row in rows.tolist()]


def timed(work: Callable[[], Floats]) -> tuple[float, Floats]:
    """Return seconds of the processor, and what was made."""
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def compare(vectors: Floats) -> None:
    """Print a line for each round and each layout."""
    graph = find_neighbours(vectors, NEIGHBOURS)
    keys = hash_rows(vectors)
    few = find_neighbours(vectors[:200], NEIGHBOURS)
    layout(few, vectors[:200], keys[:200])
    lay_out_with_umap(few, vectors[:200])
    print(f"{len(vectors):,} rows\n{'':<10}{'CPU s':>8}{'trust':>8}")
    for _ in range(ROUNDS):
        for name, work in (
            ("ours", lambda: layout(graph, vectors, keys).points),
            ("umap", lambda: lay_out_with_umap(graph, vectors)),
        ):
            seconds, points = timed(work)
            print(f"{name:<10}{seconds:>8.1f}{measure_trust(vectors, points):>8.4f}", flush=True)


def make_graph(count: int) -> tuple[NeighbourGraph, Floats]:
    """Make vectors of 30 topics of four parts, and the neighbours of each, one in another part."""
    random = np.random.default_rng(0)
    topics = random.normal(size=(30, 1, 64))
    middles = (topics + 0.6 * random.normal(size=(30, 4, 64))).reshape(-1, 64)
    part = random.integers(0, 120, count)
    vectors = unit_rows(middles[part] + 0.5 * random.normal(size=(count, 64)).astype(np.float32))
    indices = np.empty((count, NEIGHBOURS), np.int32)
    for one in range(120):
        rows = np.flatnonzero(part == one)
        near = vectors[rows] @ vectors[rows].T
        np.fill_diagonal(near, -1)
        indices[rows] = rows[np.argpartition(-near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]]
        beside = np.flatnonzero((part // 4 == one // 4) & (part != one))
        indices[rows, -1] = random.choice(beside, len(rows))
    similarities = np.einsum("nd,nkd->nk", vectors, vectors[indices])
    return NeighbourGraph(indices, similarities, 1.0), vectors


def time_layout(count: int) -> None:
    """Print how long the layout of made vectors takes."""
    few = make_graph(4_000)
    layout(*few, hash_rows(few[1]))
    graph, vectors = make_graph(count)
    keys, wall = hash_rows(vectors), time.perf_counter()
    spent, _ = timed(lambda: layout(graph, vectors, keys).points)
    print(f"{count:,} points laid out: {spent:.1f} CPU s, {time.perf_counter() - wall:.1f} s")


def make_points(count: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Make places, topics and finer topics of points, 30 topics of unlike size."""
    random = np.random.default_rng(0)
    grid = np.meshgrid(np.linspace(-1.6, 1.6, 6), np.linspace(-1.1, 1.1, 5))
    middles = np.stack(grid, -1).reshape(-1, 2) + random.normal(size=(30, 2)) * 0.13
    parts = middles[:, None] + random.normal(size=(30, 4, 2)) * 0.17
    topics = random.choice(30, count, p=random.dirichlet(np.full(30, 1.2)))
    part = random.integers(0, 4, count)
    spread = random.uniform(0.03, 0.1, (30, 4))[topics, part]
    places = parts[topics, part] + random.normal(size=(count, 2)) * spread[:, None]
    return places, topics, np.where(part < 3, 1000 + 4 * topics + part, -1)


def time_drawing(count: int, out: Path) -> None:
    """Print how long a picture of made points takes."""
    places, topics, finer = make_points(count)
    names = {topic: f"Topic {topic}" for topic in range(30)}
    names |= {int(one): f"part {one - 1000}" for one in np.unique(finer) if one >= 0}
    began, wall = time.process_time(), time.perf_counter()
    picture = draw(places, topics, names, out, title=f"{count:,} made points", finer=finer)
    used, passed = time.process_time() - began, time.perf_counter() - wall
    print(
        f"{count:,} points drawn: {used:.1f} CPU s, {passed:.1f} s; {len(picture.named)} topics "
        f"and {len(picture.parts)} parts named, {out.stat().st_size / 1e6:.1f} MB"
    )


def main() -> None:
    """Compare the layouts and time a drawing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--drawn", type=int, default=100_000)
    parser.add_argument("--laid-out", type=int, default=0)
    parser.add_argument("--grown", action="store_true", help="A map that grew beside a fresh one.")
    given = parser.parse_args()
    if given.vectors is not None:
        vectors = unit_rows(np.load(given.vectors)[: given.rows].astype(np.float32))
        (compare_grown if given.grown else compare)(vectors)
    if given.laid_out:
        time_layout(given.laid_out)
    if given.drawn and not given.grown:
        with tempfile.TemporaryDirectory() as folder:
            time_drawing(given.drawn, Path(folder) / "map.png")


if __name__ == "__main__":
    main()
