"""Topics against labelled news: ours, never told the count, and k-means told it.

Vectors are read from a folder, one ``NAME.npy`` of shape ``(n, d)`` and one
``NAME.labels.txt`` (a label a line) for each data set; ``--embed`` makes them from the
evaluation files with the default model. Scores are over all passages.

    python -m benchmarks.topics --data DIR --vectors DIR [--embed] [--seeds 3]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Run as a file, this folder would come first, and this module hide the package of its name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SETS = {
    "ag_news": "ag_news.jsonl.gz",
    "bbc_news": "bbc_news.jsonl.gz",
    "timeline_updates": "timeline_updates.jsonl.gz",
}
Labelling = Callable[[NDArray[np.float32], int, int], NDArray[Any]]


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
    """Embed the evaluation files with the default model, texts cut at its window."""
    from embeddings.encoders.opening import open_encoder

    encoder = open_encoder()
    vectors.mkdir(parents=True, exist_ok=True)
    for name, file in SETS.items():
        texts, labels = read_rows(data / file)
        np.save(vectors / f"{name}.npy", encoder.encode(texts))
        (vectors / f"{name}.labels.txt").write_text("\n".join(labels), encoding="utf-8")


def ours(vectors: NDArray[np.float32], count: int, seed: int) -> NDArray[Any]:
    """Graph and topics with the settings as they are; the count is not looked at."""
    from embeddings.neighbours import find_neighbours
    from topics.leiden import discover

    del count
    return discover(find_neighbours(vectors), vectors, seed=seed).labels


def k_means(vectors: NDArray[np.float32], count: int, seed: int) -> NDArray[Any]:
    """k-means told the true count, 10 starts."""
    from sklearn.cluster import KMeans

    labels: NDArray[Any] = KMeans(count, n_init=10, random_state=seed).fit_predict(vectors)
    return labels


def main() -> None:
    """Print a line for each data set and method."""
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--embed", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    if options.embed:
        embed(options.data, options.vectors)
    methods: dict[str, Labelling] = {"ours": ours, "k-means, told": k_means}
    print(f"{'set':18}{'method':16}{'topics':>8}{'NMI':>8}{'ARI':>8}{'ARI min':>9}{'seconds':>9}")
    for name in SETS:
        vectors = np.load(options.vectors / f"{name}.npy", allow_pickle=False)
        labels_file = options.vectors / f"{name}.labels.txt"
        truth = labels_file.read_text(encoding="utf-8").splitlines()
        for method, label in methods.items():
            label(vectors[:500], 4, 0)  # imports and thread pools are not timed
            scores = []
            for seed in range(options.seeds):
                start = time.perf_counter()
                found = label(vectors, len(set(truth)), seed * 1000)
                seconds = time.perf_counter() - start
                nmi = normalized_mutual_info_score(truth, found)
                ari = adjusted_rand_score(truth, found)
                scores.append((len(set(found.tolist())), nmi, ari, seconds))
            mean = np.mean(scores, axis=0)
            least = min(score[2] for score in scores)
            print(
                f"{name:18}{method:16}{mean[0]:8.1f}{mean[1]:8.3f}{mean[2]:8.3f}{least:9.3f}"
                f"{mean[3]:9.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
