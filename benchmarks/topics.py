"""Topics against labelled news: ours, BERTopic, EVoC and k-means, from the same vectors.

Each method runs in a fresh process with vectors and texts on disk, several seeds; BERTopic
and k-means also told the true count. Ours is never told it but in the line that says so,
where it makes as many topics as BERTopic found. Scores are over all passages: what a method
does not place counts as topics of one. ``cold`` is the whole process, imports included;
``warm`` a second fit in it. Peers are used where they are installed
(``benchmarks/requirements-peers.txt``). NPMI and diversity are of each topic's ten top words;
BERTopic's are of the passages that it places, so the line of ours with its number of topics
takes them from as large a share, the most firmly placed.

    python -m benchmarks.topics --data DIR --vectors DIR [--seeds 3] [--large]
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# Run as a file, this folder would come first, and this module hide the package of its name.
sys.path.insert(0, str(ROOT))

SETS = {
    "ag_news": "ag_news.jsonl.gz",
    "bbc_news": "bbc_news.jsonl.gz",
    "timeline_updates": "timeline_updates.jsonl.gz",
    "ecbplus": "ecbplus.jsonl.gz",
}
LARGE = "mixtures_100k"
LARGE_ROWS = 100_000
Method = Callable[[NDArray[np.float32], list[str], int, int], NDArray[Any]]


def read_rows(path: Path) -> tuple[list[str], list[str]]:
    """Read texts (title and text) and labels of an evaluation file."""
    texts, labels = [], []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts.append(f"{row['title']}. {row['text']}" if row.get("title") else row["text"])
            labels.append(str(row["label"]))
    return texts, labels


def embed(data: Path, vectors: Path) -> None:
    """Embed the evaluation files with the default model, once."""
    vectors.mkdir(parents=True, exist_ok=True)
    missing = {name: file for name, file in SETS.items() if not (vectors / f"{name}.npy").exists()}
    if not missing:
        return
    from embeddings.encoders.opening import open_encoder

    encoder = open_encoder()
    for name, file in missing.items():
        texts, labels = read_rows(data / file)
        (vectors / f"{name}.json").write_text(json.dumps([texts, labels]), encoding="utf-8")
        np.save(vectors / f"{name}.npy", encoder.encode(texts))


def load_set(vectors: Path, name: str) -> tuple[NDArray[np.float32], list[str], list[str]]:
    """Return vectors, texts and labels of a set that ``embed`` or ``mix`` wrote."""
    texts, labels = json.loads((vectors / f"{name}.json").read_text("utf-8"))
    return np.load(vectors / f"{name}.npy", allow_pickle=False), texts, labels


def mix(vectors: Path) -> None:
    """Make a large set: mixtures of two neighbouring vectors of the others, with noise."""
    if (vectors / f"{LARGE}.npy").exists():
        return
    from embeddings.vectors.neighbours import find_neighbours

    real = np.concatenate([load_set(vectors, name)[0] for name in SETS])
    graph = find_neighbours(real, 10)
    random = np.random.default_rng(0)
    first = random.integers(0, len(real), LARGE_ROWS)
    second = graph.indices[first, random.integers(0, graph.k, LARGE_ROWS)]
    share = random.random((LARGE_ROWS, 1), np.float32)
    noise = random.standard_normal((LARGE_ROWS, real.shape[1]), np.float32)
    rows = share * real[first] + (1 - share) * real[second] + 0.015 * noise
    np.save(vectors / f"{LARGE}.npy", rows.astype(np.float32))
    (vectors / f"{LARGE}.json").write_text(json.dumps([[], []]), encoding="utf-8")


def ours(vectors: NDArray[np.float32], texts: list[str], count: int, seed: int) -> NDArray[Any]:
    """Graph, topics and all levels; exactly ``count`` topics if that is not 0.

    Returns:
        Topic of each row, shape ``(n,)``; of a number asked for also its strength in
        millionths, shape ``(2, n)``.
    """
    del texts
    from embeddings.vectors.neighbours import find_neighbours, hash_rows, unit_rows
    from topics.discovery.belonging import find_strangers, measure_belonging
    from topics.discovery.ground import prepare_ground
    from topics.discovery.levels import find_topics, grow_tree

    unit = unit_rows(vectors)
    keys = hash_rows(unit)
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    order = sorted(first)
    nodes = unit[[first[key] for key in order]]
    graph = find_neighbours(nodes, keys=order)
    ground = prepare_ground(graph, nodes)
    labels = find_topics(ground, count=count or None, seed=seed)
    tree = grow_tree(ground, labels, seed=seed)
    number = {key: node for node, key in enumerate(order)}
    rows = [number[key] for key in keys]
    found = tree.shown[rows]
    if not count:
        return found
    firmness = measure_belonging(ground.edges, labels, find_strangers(graph)).strengths
    return np.stack([found, (firmness[rows] * 1e6).astype(np.int64)])


def bertopic(vectors: NDArray[np.float32], texts: list[str], count: int, seed: int) -> NDArray[Any]:
    """BERTopic's defaults; told a count, reduced to it and outliers placed by vectors."""
    from bertopic import BERTopic
    from umap import UMAP

    # Its defaults but for the seed, which is what makes its runs repeat.
    layout = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(nr_topics=count + 1 if count else None, umap_model=layout, verbose=False)
    labels, _ = model.fit_transform(texts, vectors)
    if count and -1 in labels:
        labels = model.reduce_outliers(texts, labels, strategy="embeddings", embeddings=vectors)
    return np.asarray(labels)


def evoc(vectors: NDArray[np.float32], texts: list[str], count: int, seed: int) -> NDArray[Any]:
    """EVoC's broadest layer, the best of them on these sets."""
    del texts, count
    from evoc import EVoC

    model = EVoC(random_state=seed)
    model.fit(vectors)
    return np.asarray(model.cluster_layers_[-1])


def k_means(vectors: NDArray[np.float32], texts: list[str], count: int, seed: int) -> NDArray[Any]:
    """k-means told the true count, 10 starts."""
    del texts
    from sklearn.cluster import KMeans

    labels: NDArray[Any] = KMeans(count, n_init=10, random_state=seed).fit_predict(vectors)
    return labels


METHODS: dict[str, Method] = {"ours": ours, "bertopic": bertopic, "evoc": evoc, "k_means": k_means}
NEEDS = {"bertopic": "bertopic", "evoc": "evoc"}


def run_once(options: argparse.Namespace) -> None:
    """In a process of its own: fit twice, write the labels, print seconds and memory."""
    vectors, texts, _ = load_set(options.vectors, options.set)
    fit = METHODS[options.run]
    labels = fit(vectors, texts, options.count, options.seed)
    np.save(options.out, labels.astype(np.int64))
    cold = time.time() - options.began
    start = time.perf_counter()
    if options.warm:
        fit(vectors, texts, options.count, options.seed)
    warm = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"cold": cold, "warm": warm, "memory": memory}))


def measure(
    options: argparse.Namespace, name: str, method: str, count: int, seed: int, *, warm: bool
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Run a method in a fresh process; returns its labels and what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "labels.npy"
        command = [sys.executable, "-m", "benchmarks.topics", "--data", options.data]
        command += ["--vectors", options.vectors, "--run", method, "--set", name, "--out", out]
        command += ["--count", count, "--seed", seed, "--began", time.time()]
        command += ["--warm"] if warm else []
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"},
        )
        if done.returncode:
            raise SystemExit(f"{method} on {name} failed:\n{done.stderr[-2000:]}")
        found = np.load(out, allow_pickle=False)
        cost = json.loads(done.stdout.splitlines()[-1])
        return (found[0], {**cost, "firmness": found[1]}) if found.ndim == 2 else (found, cost)


def print_scores(
    name: str,
    line: str,
    texts: list[str],
    truth: list[str],
    runs: Iterable[Any],
    told: float = 1.0,
) -> None:
    """Print mean scores of a method's runs on one set, its worst ARI, and what it cost.

    NPMI and diversity are of the ``told`` share of passages that stand most firmly.
    """
    from topics.evaluation.coherence import find_top_words, measure_coherence, measure_diversity
    from topics.evaluation.scores import score

    kept, words = [], []
    runs = list(runs)
    for labels, cost in runs:
        kept.append(score(truth, labels))
        found = np.where(labels >= 0, np.unique(labels, return_inverse=True)[1], -1)
        if told < 1:
            found[cost["firmness"] < np.quantile(cost["firmness"], 1 - told)] = -1
        found[found >= 0] -= found[found >= 0].min(initial=0)
        top = find_top_words(texts, found, int(found.max()) + 1, 10)
        words.append((measure_coherence(texts, top).npmi or 0.0, measure_diversity(top) or 0.0))
    costs = [cost for _, cost in runs]
    warm = [cost["warm"] for cost in costs if cost["warm"] > 0.001]
    print(
        f"{name:17}{line:22}{np.mean([s.topics for s in kept]):7.1f}"
        f"{np.mean([s.nmi for s in kept]):7.3f}{np.mean([s.ari for s in kept]):7.3f}"
        f"{min(s.ari for s in kept):7.3f}{np.mean([s.ami for s in kept]):7.3f}"
        f"{np.mean([s.bcubed_f for s in kept]):7.3f}{np.mean([s.share_placed for s in kept]):7.2f}"
        f"{np.mean([w[0] for w in words]):7.3f}{np.mean([w[1] for w in words]):7.3f}"
        f"{min(cost['cold'] for cost in costs):8.1f}{min(warm, default=0):8.2f}"
        f"{max(cost['memory'] for cost in costs):8.0f}",
        flush=True,
    )


def compare(options: argparse.Namespace) -> None:
    """Print a line for each data set and method."""
    print(
        f"{'set':17}{'method':22}{'topics':>7}{'NMI':>7}{'ARI':>7}{'worst':>7}{'AMI':>7}"
        f"{'B3-F':>7}{'placed':>7}{'NPMI':>7}{'divers':>7}{'cold s':>8}{'warm s':>8}{'MiB':>8}"
    )
    have = {
        name: not need or importlib.util.find_spec(need) is not None
        for name, need in ((m, NEEDS.get(m)) for m in METHODS)
    }
    for name in options.sets or SETS:
        _, texts, truth = load_set(options.vectors, name)
        told = len(set(truth))
        lines: list[tuple[str, str, int]] = [("ours", "ours", 0)]
        if have["bertopic"]:
            lines += [("BERTopic", "bertopic", 0), ("BERTopic, told", "bertopic", told)]
        if have["evoc"]:
            lines += [("EVoC", "evoc", 0)]
        lines += [("k-means, told", "k_means", told)]
        for line, method, count in lines:
            runs = [
                measure(options, name, method, count, seed, warm=seed == 0)
                for seed in range(options.seeds)
            ]
            print_scores(name, line, texts, truth, runs)
            if method == "bertopic":
                same = len(set(runs[0][0].tolist()) - {-1})
                share = float((runs[0][0] >= 0).mean())
                run = measure(options, name, "ours", same, 0, warm=False)
                print_scores(name, f"ours, {same} asked", texts, truth, [run], share)


def compare_large(options: argparse.Namespace) -> None:
    """Print seconds and memory at 100,000 rows, the methods taking turns."""
    mix(options.vectors)
    methods = ["ours", *(["evoc"] if importlib.util.find_spec("evoc") else [])]
    for turn in range(2):
        for method in methods:
            labels, cost = measure(options, LARGE, method, 0, turn, warm=True)
            print(
                f"{LARGE:17}{method:22}{len(set(labels.tolist()) - {-1}):7d} topics, cold "
                f"{cost['cold']:.1f} s, warm {cost['warm']:.1f} s, {cost['memory']:.0f} MiB",
                flush=True,
            )


def main() -> None:
    """Embed what is missing, then compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="*", choices=SETS)
    parser.add_argument("--large", action="store_true", help="only the 100,000 mixtures")
    for option in ("--run", "--set", "--out"):
        parser.add_argument(option, help=argparse.SUPPRESS)
    for option in ("--count", "--seed"):
        parser.add_argument(option, type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, default=0.0, help=argparse.SUPPRESS)
    parser.add_argument("--warm", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_once(options)
        return
    embed(options.data, options.vectors)
    if options.large:
        compare_large(options)
    else:
        compare(options)


if __name__ == "__main__":
    main()
