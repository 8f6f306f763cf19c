"""Topics by strips of rows beside those of one machine, on sets that one machine holds.

The stages of ``cluster --out DIR --with-topics`` from neighbours on, with so many strips, as if no
machine held the graph; agreement with the topics of one machine on the same graph, and of these
under other seeds. ``large`` is one machine's path for more than 30,000 rows.

    python -m benchmarks.strips --vectors DIR [--sets ag_news ...] [--strips 4 16] [--seeds 0 1]
    python -m benchmarks.strips --memory 100000 400000

``DIR`` is as ``benchmarks.topics --vectors DIR`` leaves it; NAME.npz there has arrays ``near``,
``cosine`` and ``vectors`` of another graph. ``--memory`` prints the most that the processes held
which find topics, on planted graphs of so many rows. A seed but 0 renumbers the rows, so that all
that is drawn by them is drawn otherwise.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks.topics import load_set
from embeddings.articles.parsing.results import ReadOptions
from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours, hash_rows, unit_rows
from embeddings.words.copy_options import CopyOptions
from topics.discovery import levels
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics
from topics.pipeline.sharded import finding, grouping
from topics.pipeline.sharded.parts import Settings, Source, column, matrix
from topics.pipeline.sharded.plan import Here, Sharded

SEEDS = (0, 10, 20)
BEFORE = ("vectors", "nodes", "lists")


def load(vectors: Path, name: str) -> tuple[NeighbourGraph, np.ndarray[Any, Any], Any]:
    """Return neighbours and vectors of a set, in canonical order, and labels if there are any."""
    if (vectors / f"{name}.npz").exists():
        held = np.load(vectors / f"{name}.npz")
        return NeighbourGraph(held["near"], held["cosine"], 1.0), held["vectors"], None
    rows, _, labels = load_set(vectors, name)
    unit = unit_rows(rows)
    keys = hash_rows(unit)
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    order = sorted(first)
    nodes = unit[[first[key] for key in order]]
    truth = np.unique([labels[first[key]] for key in order], return_inverse=True)[1]
    return find_neighbours(nodes, keys=order), nodes, truth


def begin(place: Path, graph: NeighbourGraph, vectors: Any) -> Sharded:
    """Return a run whose stages to the neighbours are done."""
    settings = Settings(
        shards=1, reading=ReadOptions(), given=(), read="", aliases=(), copies=CopyOptions(),
        model="static", precision="auto", device="cpu", dimensions=None,
    )  # fmt: skip
    with open_run(Place.at(place), Here()) as run:
        sharded = Sharded(run, settings)
        sharded.write("vectors", {"vector": vectors.astype(np.float32)}, [])
        sharded.write("nodes", {"body": np.arange(len(vectors))}, [])
        near = graph.indices.astype(np.int32)
        sharded.write("lists", {"near": near, "cosine": graph.similarities}, [])
        return sharded


def by_strips(graph: NeighbourGraph, vectors: Any, strips: int, seed: int) -> tuple[Any, float]:
    """Return each row's topic of the level shown, and the share of weight inside strips."""
    rows = -(-len(vectors) // strips)
    order = np.arange(len(vectors))
    if seed:
        order = np.random.default_rng(seed).permutation(order)
        near = np.argsort(order)[graph.indices[order]]
        graph = NeighbourGraph(near, graph.similarities[order], graph.recall)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(finding, STRIP_ROWS=rows, HEAD_ROWS=0),
    ):
        sharded = begin(Path(folder), graph, vectors[order])
        placed, _ = finding.place_topics(sharded)
        default = grouping.read_default(sharded.made["tree"])
        labels = np.empty(len(vectors), np.int64)
        for table in sharded.made[placed].each(group=0):
            labels[order[column(table, "row")]] = matrix(table, "group")[:, default]
        return labels, sharded.run.manifest["topics"]["inside"]


def compare(name: str, vectors: Path, strips: list[int], seeds: list[int]) -> None:
    """Print how topics of a set agree."""
    graph, nodes, truth = load(vectors, name)
    ground = prepare_ground(graph, nodes)
    known: dict[str, list[Any]] = {"one machine": [], "large": []}

    def tell(what: str, labels: Any, seconds: float) -> None:
        said = "" if truth is None else (
            f" labels {normalized_mutual_info_score(truth, labels):.3f}/"
            f"{adjusted_rand_score(truth, labels):.3f}"
        )  # fmt: skip
        aris = "; ".join(
            f"{path} {' '.join(f'{adjusted_rand_score(one, labels):.3f}' for one in ones)}"
            for path, ones in known.items()
        )
        count = len(np.unique(labels))
        print(
            f"{name} {what}: topics {count}{said} ARI to {aris} ({seconds:.1f} CPU s)", flush=True
        )

    for path, most in (("one machine", levels.FULL_ROWS), ("large", 0)):
        for seed in SEEDS:
            began = time.process_time()
            with mock.patch.object(levels, "FULL_ROWS", most):
                labels = find_topics(ground, seed=seed)
            tell(f"{path}, seed {seed}", labels, time.process_time() - began)
            known[path].append(labels)
    for count, seed in product(strips, seeds):
        began = time.process_time()
        labels, inside = by_strips(graph, nodes, count, seed)
        what = f"{count} strips, seed {seed} ({inside:.0%} inside)"
        tell(what, labels, time.process_time() - began)


def plant(rows: int) -> tuple[NeighbourGraph, Any]:
    """Return a planted graph: groups of 50 rows in 40 subjects, a tenth of neighbours elsewhere."""
    random = np.random.default_rng(0)
    subject = np.arange(rows) // 50 % 40
    centres = random.standard_normal((40, 64)).astype(np.float32)
    vectors = unit_rows(centres[subject] + random.standard_normal((rows, 64), np.float32))
    order = np.lexsort((np.arange(rows) // 50, subject))
    place = np.empty(rows, np.int64)
    place[order] = np.arange(rows)
    step = np.concatenate([np.arange(-20, 0), np.arange(1, 21)])
    near = order[(place[:, None] + step) % rows]
    stray = random.random(near.shape) < 0.1
    near[stray] = random.integers(0, rows, stray.sum())
    near[near == np.arange(rows)[:, None]] = 0
    cosines = np.sort(random.random(near.shape, np.float32), axis=1)[:, ::-1]
    return NeighbourGraph(near, np.ascontiguousarray(cosines), 1.0), vectors


def find_in_planted(folder: Path, rows: int) -> None:
    """Make a planted graph, and find topics by strips in it; stages are kept."""
    finding.HEAD_ROWS, finding.STRIP_ROWS = 0, 30_000
    sharded = begin(folder, *plant(rows))
    began = time.process_time()
    finding.place_topics(sharded)
    spent = time.process_time() - began
    made = {name: one for name, one in sharded.markers.items() if name not in BEFORE}
    size = sum(marker.size for markers in made.values() for marker in markers.values())
    print(f"{rows:,} rows: {spent / rows * 1e6:.0f} us and {size / rows:,.0f} bytes a row")


def measure_head(folder: Path, stage: str) -> None:
    """Do again what one machine does in a stage, in this process; print what it held at most."""
    made = {}
    for path in sorted(folder.glob("*-*/")):
        name, _, key = path.name.rpartition("-")
        tasks = tuple(sorted(one.stem for one in path.glob("*.parquet")))
        where = Folder(Place.at(folder), name, key)
        made[name] = Source(where, tasks, tuple(where.find_marker(one).rows for one in tasks))  # type: ignore[union-attr]
    before = most_held()
    if stage == "tree":
        names, ground = grouping.read_ground(made["core-links"], made["core-sums"])
    else:
        ground = grouping.read_whole(made["graph"], made["places"])
        names = np.arange(ground.nodes)
    levels.grow_tree(ground, find_topics(ground))
    held = most_held() - before
    print(f"{len(names):,} nodes, {held / 1e3:,.0f} MB beyond {before / 1e3:,.0f} MB")


def most_held() -> int:
    """Return the most kilobytes that this process has held; what it was forked from held not."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure_memory(sizes: list[int]) -> None:
    """Print what was held where topics were found, by atoms and by rows."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            find_in_planted(Path(folder), rows)
            for stage in ("tree", "whole"):
                line = [sys.executable, "-m", "benchmarks.strips", "--head", folder, stage]
                done = subprocess.run(line, capture_output=True, text=True, check=True)
                print(f"{rows:,} rows, {'atoms' if stage == 'tree' else 'all rows'}: ", end="")
                print(done.stdout.strip(), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--sets", nargs="+", default=["ag_news", "bbc_news", "timeline_updates"])
    parser.add_argument("--strips", type=int, nargs="+", default=[4, 16])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--memory", type=int, nargs="+")
    parser.add_argument("--head", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.head:
        measure_head(Path(arguments.head[0]), arguments.head[1])
    elif arguments.memory:
        measure_memory(arguments.memory)
    else:
        for name in arguments.sets:
            compare(name, arguments.vectors, arguments.strips, arguments.seeds)


if __name__ == "__main__":
    main()
