"""Words, vectors, or both: nDCG@10 of search on two labelled sets.

    python -m benchmarks.search --data DIR

TIME (423 articles of 1963, 83 queries with judged articles; an article counts by its best
passage) and neutral summaries (a summary finds the three lead paragraphs of its story).
Prints one line a weight of meaning against words; 0 is BM25 alone, 1 cosine alone. Below it,
what stopping where relevance does costs: the share of the judged articles among the first ten
that it takes away, and of the queries of one set, asked of the other, that it leaves unanswered.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.articles.passages import split
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document
from embeddings.encoders.opening import open_encoder
from embeddings.search.searcher import MODES, Searcher
from embeddings.vectors.embedding import embed_corpus

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder

WEIGHTS = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 1.0)


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


@contextmanager
def filled(documents: Iterable[Document], encoder: Encoder) -> Iterator[CorpusStore]:
    """Yield a store of articles, embedded."""
    with (
        tempfile.TemporaryDirectory() as folder,
        CorpusStore.open(Path(folder) / "search.db", write=True) as store,
    ):
        with store.transaction():
            for document in documents:
                store.put_document(document, [], split(document, []))
        embed_corpus(store, encoder)
        yield store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    encoder = open_encoder()
    sets = {"TIME": time_set(data), "summaries": summaries_set(data)}
    for name, (documents, queries, relevant) in sets.items():
        with filled(documents, encoder) as store:
            usual, searcher = MODES["hybrid"], Searcher()
            for weight in WEIGHTS:
                MODES["hybrid"] = weight
                scores, judged, lost = [], 0, 0
                for key, query in queries.items():
                    hits = searcher.search_text(store, encoder, query, limit=60)
                    best: dict[str, bool] = {}
                    for hit in hits:
                        best[hit.document_id] = best.get(hit.document_id, False) or hit.related
                    first = list(best)[:10]
                    scores.append(ndcg(first, relevant[key]))
                    judged += sum(one in relevant[key] for one in first)
                    lost += sum(one in relevant[key] and not best[one] for one in first)
                mean = sum(scores) / len(scores)
                print(
                    f"{name:10} meaning {weight:.2f}  nDCG@10 {mean:.3f}  ({len(scores)} queries)"
                    f"  judged articles taken away {lost}/{judged} = {lost / judged:.3f}",
                    flush=True,
                )
            MODES["hybrid"] = usual
            (other,) = (one for one in sets if one != name)
            foreign = list(sets[other][1].values())
            silent = sum(
                not searcher.search_text(store, encoder, query).stop() for query in foreign
            )
            print(f"{name:10} asked by {other}: {silent} of {len(foreign)} queries unanswered")


if __name__ == "__main__":
    main()
