"""Neighbour graphs: seconds, recall and memory of ours and of faiss, sizes up to a million.

    python -m benchmarks.neighbours [--vectors FILE.npy] [--million] [--rows N ...]

Every line is a fresh process; its seconds begin with the vectors in memory and include
imports, placing of cells and building of an index. "peak" is the most memory that process
held, the vectors included. Recall is over 1,000 rows drawn anew, a neighbour counting when
it is as near as the k-th true one; faiss searches with the first of its settings that
reaches the target, and only that setting's seconds count.

Rows are mixtures of two near vectors from FILE with noise: as many as are wanted, as
crowded as real ones. Without FILE the vectors mixed are random ones around 300 centres.
Peers: pip install faiss-cpu; without it only ours runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
# Settings tried, the first that reaches the target counts.
NPROBES = (8, 16, 24, 32, 48, 64, 96, 128, 192, 256)
EF_SEARCH = (64, 96, 128, 192, 256, 384, 512)
CHECKED = 1000
# What a method yields before its first search: building is timed apart, and once.
BUILT = ("built", np.empty((0, 0), np.float32))


def make_rows(vectors: Path | None, count: int, path: Path) -> None:
    """Write mixtures of neighbouring vectors, a few at a time, to a file."""
    from embeddings.vectors.neighbours import find_neighbours, unit_rows

    random = np.random.default_rng(0)
    if vectors is None:
        centres = random.standard_normal((300, 384), dtype=np.float32)
        noise = random.standard_normal((10_000, 384), dtype=np.float32)
        real = unit_rows(centres[random.integers(0, 300, 10_000)] + noise)
    else:
        real = unit_rows(np.load(vectors)[:20_000])
    near = find_neighbours(real, 40).indices
    file = np.lib.format.open_memmap(path, "w+", np.float32, (count, real.shape[1]))
    for start in range(0, count, 20_000):
        size = min(20_000, count - start)
        one = random.integers(0, len(real), size)
        two = near[one, random.integers(5, 40, size)]
        share = random.uniform(0.3, 0.7, (size, 1)).astype(np.float32)
        mixed = unit_rows(share * real[one] + (1 - share) * real[two])
        noise = random.standard_normal(mixed.shape, dtype=np.float32)
        file[start : start + size] = unit_rows(mixed + 0.6 / real.shape[1] ** 0.5 * noise)
    file.flush()


def ours(rows: Rows, k: int, target: float) -> Iterator[tuple[str, Rows]]:
    """Yield what was found, with the recall that the graph claims for itself."""
    yield BUILT
    from embeddings.vectors.neighbours import find_neighbours

    graph = find_neighbours(rows, k, recall=target)
    yield f"says {graph.recall:.4f}", graph.similarities


def faiss_ivf(rows: Rows, k: int, _: float) -> Iterator[tuple[str, Rows]]:
    """Yield what the inverted file finds with more and more probes."""
    import faiss

    lists = int(4 * len(rows) ** 0.5)
    quantiser = faiss.IndexFlatIP(rows.shape[1])
    index = faiss.IndexIVFFlat(quantiser, rows.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    index.train(rows[:: max(1, len(rows) // (lists * 40))].copy())
    index.add(rows)
    yield BUILT
    for index.nprobe in NPROBES:
        yield f"{lists} lists, {index.nprobe} probes", _search(index, rows, k)


def faiss_hnsw(rows: Rows, k: int, _: float) -> Iterator[tuple[str, Rows]]:
    """Yield what the navigable graph finds with wider and wider searches."""
    import faiss

    index = faiss.IndexHNSWFlat(rows.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.add(rows)
    yield BUILT
    for index.hnsw.efSearch in EF_SEARCH:
        yield f"M 32, efSearch {index.hnsw.efSearch}", _search(index, rows, k)


def _search(index: Any, rows: Rows, k: int) -> Rows:
    """Search an index for its own rows; the row itself is passed over."""
    similarities, found = index.search(rows, k + 1)
    similarities[found == np.arange(len(rows))[:, None]] = -np.inf
    best: Rows = -np.sort(-similarities, axis=1)[:, :k]
    return best


METHODS: dict[str, Callable[[Rows, int, float], Iterator[tuple[str, Rows]]]] = {
    "ours": ours,
    "faiss-ivf": faiss_ivf,
    "faiss-hnsw": faiss_hnsw,
}


def measure(method: str, path: Path, k: int, target: float) -> dict[str, Any]:
    """Run one method in this process, with each of its settings until the target is met."""
    rows = np.load(path)
    runs = METHODS[method](rows, k, target)
    start = _clocks()
    next(runs)
    built = _clocks() - start
    line: dict[str, Any] = {"recall": 0.0}
    while line["recall"] < target:
        start = _clocks()
        run = next(runs, None)
        if run is None:
            break
        wall, cpu = built + _clocks() - start
        if "peak" not in line:
            line["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            checked, least = _true_bars(rows, k)
        recall = float((run[1][checked] >= least[:, None] - 1e-6).mean())
        line |= {"setting": run[0], "wall": wall, "cpu": cpu, "recall": recall}
    return line


def _true_bars(rows: Rows, k: int) -> tuple[NDArray[np.intp], Rows]:
    """Return rows drawn anew and the similarity of each one's k-th true neighbour."""
    from embeddings.vectors.neighbours import nearest

    drawn = np.random.default_rng(1).choice(len(rows), min(CHECKED, len(rows)), replace=False)
    return drawn, nearest(rows[drawn], rows, k, own=drawn)[1][:, -1]


def _clocks() -> NDArray[np.float64]:
    """Return seconds on the wall and of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return np.array([time.perf_counter(), usage.ru_utime + usage.ru_stime])


def run_apart(method: str, path: Path, k: int, target: float) -> dict[str, Any]:
    """Measure one method in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.neighbours", "--child", method, str(path)]
    command += ["-k", str(k), "--recall", str(target)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    line: dict[str, Any] = json.loads(done.stdout)
    return line


def main() -> None:
    """Make the rows of each size, run each method on them, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vectors", type=Path, help="real vectors to mix, .npy of (n, d)")
    parser.add_argument("--rows", type=int, nargs="+", default=[7600, 20_000, 100_000])
    parser.add_argument("--million", action="store_true", help="a million rows too")
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("-k", type=int, default=40)
    parser.add_argument("--recall", type=float, default=0.95)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        method, path = given.child
        print(json.dumps(measure(method, Path(path), given.k, given.recall)))
        return
    peers = importlib.util.find_spec("faiss") is not None
    methods = [name for name in given.methods if peers or name == "ours"]
    print(f"k = {given.k}, recall asked for {given.recall}, float32, seconds of wall and CPU")
    print(
        f"{'rows':>9}  {'method':<11} {'wall s':>8} {'CPU s':>8} {'recall':>7} {'GiB':>6}  setting"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        for count in given.rows + [1_000_000] * given.million:
            make_rows(given.vectors, count, path)
            for name in methods:
                found = run_apart(name, path, given.k, given.recall)
                print(
                    f"{count:9,}  {name:<11} {found['wall']:8.2f} {found['cpu']:8.2f} "
                    f"{found['recall']:7.4f} {found['peak']:6.2f}  {found['setting']}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
