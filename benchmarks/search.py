"""Words, vectors, or both: nDCG@10 of search on two labelled sets.

    python -m benchmarks.search --data DIR

TIME (423 articles of 1963, 83 queries with judged articles; an article counts by its best
passage) and neutral summaries (a summary finds the three lead paragraphs of its story).
Prints one line a weight of meaning against words; 0 is BM25 alone, 1 cosine alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import embeddings.search.searcher as search_module
from embeddings.articles.passages import split
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document
from embeddings.encoders.opening import open_encoder
from embeddings.search.searcher import search_text
from embeddings.vectors.embedding import embed_corpus

WEIGHTS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)


def rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ndcg(ranked: Iterable[str], relevant: set[str]) -> float:
    """Binary nDCG at 10 (Jarvelin and Kekalainen, 2002)."""
    gain = sum(
        1 / math.log2(place + 2)
        for place, name in enumerate(ranked)
        if place < 10 and name in relevant
    )
    best = sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))
    return gain / best


def time_set(data: Path) -> tuple[list[Document], dict[str, str], dict[str, set[str]]]:
    documents = [
        Document(row["id"], row.get("text_lower") or row["text"].lower())
        for row in rows(data / "time_corpus.jsonl.gz")
    ]
    queries = {row["id"]: row["text_lower"] for row in rows(data / "time_queries.jsonl")}
    relevant: dict[str, set[str]] = {}
    with (data / "time_qrels.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            relevant.setdefault(row["query-id"], set()).add(row["corpus-id"])
    return documents, queries, relevant


def summaries_set(data: Path) -> tuple[list[Document], dict[str, str], dict[str, set[str]]]:
    documents, relevant = [], {}
    for row in rows(data / "stories_val.jsonl"):
        if row["text"].strip():
            documents.append(Document(row["id"], row["text"]))
            relevant.setdefault(row["story"], set()).add(row["id"])
    queries = {
        row["story"]: row["text"]
        for row in rows(data / "stories_neutral.jsonl.gz")
        if row["story"] in relevant and row["text"].strip()
    }
    return documents, queries, relevant


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    encoder = open_encoder()
    for name, load in (("TIME", time_set), ("summaries", summaries_set)):
        documents, queries, relevant = load(data)
        with (
            tempfile.TemporaryDirectory() as folder,
            CorpusStore.open(Path(folder) / "search.db", write=True) as store,
        ):
            with store.transaction():
                for document in documents:
                    passages = split(document, [])
                    store.put_document(document, [], passages)
            embed_corpus(store, encoder)
            for weight in WEIGHTS:
                search_module.MEANING_WEIGHT = weight
                scores = []
                for key, query in queries.items():
                    hits = search_text(store, encoder, query, limit=60)
                    ranked = list(dict.fromkeys(hit.document_id for hit in hits))
                    scores.append(ndcg(ranked, relevant[key]))
                mean = sum(scores) / len(scores)
                print(
                    f"{name:10} meaning {weight:.1f}  nDCG@10 {mean:.3f}  ({len(scores)} queries)"
                )


if __name__ == "__main__":
    main()
