"""Whole articles through the product, against their labels: each in the topic of most passages.

Articles are read, split and embedded as ``topicwire cluster`` does it (int8), into a database of
each set in ``--vectors``, once. Then topics are found under several seeds: from passages alone
(``passages``); from passages read in their articles, as the product does (``in articles``);
and from one vector an article, the mean of its passages' (``one vector``). NMI and ARI are of
articles; ``in one`` is the mean share of an article's passages in the topic of most of them.

    python -m benchmarks.articles --data DIR --vectors DIR [--seeds 3] [--sets NAME ...]
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# Run as a file, this folder would come first, and hide the packages of its modules' names.
sys.path.insert(0, str(ROOT))

# Of each set so many articles: the labels of the last are rough, and its articles long.
SETS = {"ecbplus": None, "bbc_news": None, "security": 600}


def read_articles(data: Path, name: str) -> list[dict[str, str]]:
    """Read the articles of a set."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, SETS[name])]
    return [{**row, "source": row.get("source") or "news"} for row in rows]


def read_in(articles: list[dict[str, str]], db: Path) -> None:
    """Take articles into a database."""
    from topics import cluster

    fields = ("id", "title", "text", "source")
    given = [{field: row[field] for field in fields} for row in articles]
    cluster(given, db=db, stability=False, precision="int8")


def count_topics(
    labels: NDArray[np.int64], passages: NDArray[np.int64], documents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], float]:
    """Return the topic of most passages of each article, and the mean share of these.

    Args:
        labels: Topic of each row.
        passages: Row of each passage, -1 for none.
        documents: Article of each passage, without gaps.
    """
    counts = np.zeros((int(documents.max()) + 1, int(labels.max()) + 1), np.int64)
    placed = passages >= 0
    np.add.at(counts, (documents[placed], labels[passages[placed]]), 1)
    total = counts.sum(axis=1)
    shares = counts.max(axis=1)[total > 0] / total[total > 0]
    return np.where(total > 0, counts.argmax(axis=1), -1), float(shares.mean())


def compare(db: Path, truth: dict[str, str], name: str, seeds: int) -> None:
    """Print a line for each way of looking at a set."""
    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.opening import open_encoder
    from embeddings.vectors.neighbours import find_neighbours, unit_rows
    from topics.discovery.articles import read_in_articles
    from topics.discovery.ground import prepare_ground
    from topics.discovery.levels import find_topics
    from topics.evaluation.scores import score
    from topics.pipeline.work import CorpusWork

    with CorpusStore.open(db) as store:
        work = CorpusWork(store, open_encoder(precision="int8"), None)
        corpus, passages = work.corpus, work.passages
        of_passage = work.nodes.of_passage
    names, documents = np.unique([one.document_id for one in passages], return_inverse=True)
    labels = [truth[one] for one in names]
    placed = of_passage >= 0
    sums = np.zeros((len(names), corpus.vectors.shape[1]), np.float32)
    np.add.at(sums, documents[placed], unit_rows(corpus.vectors)[of_passage[placed]])
    start = time.process_time()
    read = read_in_articles(
        corpus.graph, corpus.vectors, corpus.articles, corpus.texts, corpus.keys
    )
    spent = time.process_time() - start
    ways = {
        "one vector": (find_neighbours(sums), sums),
        "passages": (corpus.graph, corpus.vectors),
        "in articles": (read.graph, read.vectors, read.crowd),
    }
    for way, given in ways.items():
        ground = prepare_ground(*given)
        scores, shares = [], []
        start = time.process_time()
        for seed in range(seeds):
            found = find_topics(ground, seed=seed)
            share = 1.0
            if way != "one vector":
                found, share = count_topics(found, of_passage, documents)
            scores.append(score(labels, found))
            shares.append(share)
        seconds = (time.process_time() - start) / seeds + (spent if way == "in articles" else 0)
        topics, nmi, ari = np.mean([(one.topics, one.nmi, one.ari) for one in scores], axis=0)
        print(
            f"{name:10}{way:13}{topics:7.1f}{nmi:7.3f}{ari:7.3f}"
            f"{min(one.ari for one in scores):7.3f}{np.mean(shares):7.2f}{seconds:7.1f}",
            flush=True,
        )


def main() -> None:
    """Take in what is missing, then compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="*", choices=SETS)
    options = parser.parse_args()
    print(
        f"{'set':10}{'topics from':13}{'topics':>7}{'NMI':>7}{'ARI':>7}{'worst':>7}"
        f"{'in one':>7}{'CPU s':>7}"
    )
    for name in options.sets or SETS:
        articles = read_articles(options.data, name)
        db = options.vectors / "articles" / f"{name}.db"
        if not db.exists():
            db.parent.mkdir(parents=True, exist_ok=True)
            read_in(articles, db)
        truth = {row["id"]: str(row["label"]) for row in articles}
        compare(db, truth, name, options.seeds)


if __name__ == "__main__":
    main()
