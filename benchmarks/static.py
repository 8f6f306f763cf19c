"""What the static tier gains in speed and loses in quality, beside the models it is for.

    python -m benchmarks.static --data DIR [--vectors DIR] [--encoders static,float32,int8]
                                [--sets sts,lee,mrpc,search,topics] [--rounds 10]

Rate: evenly spaced distinct paragraphs of 8 words or more of ``security.jsonl.gz``, no
text twice, ``static`` first warmed with 2,000 of them, the others with 64. The encoders
take turns, 128 paragraphs for a transformer and 4,096 for a static one, so that whatever
else the machine does falls on all alike. Timed: from strings to the float32 matrix.

Quality: STS-B dev (Spearman), Lee's documents (Pearson), MRPC (average precision),
search as in ``benchmarks.search`` (nDCG@10 by cosine alone and by the default mixture with
words), topics as in ``benchmarks.topics`` (NMI and ARI of ours, never told the count, and
of k-means told it, mean of three seeds). ``--vectors`` keeps vectors between runs.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import embeddings.search.searcher as search_module
from benchmarks.embedding import used
from benchmarks.search import ndcg, rows, summaries_set, time_set
from benchmarks.topics import SETS, k_means, ours, read_rows
from embeddings.articles.passages import split
from embeddings.corpus.store import CorpusStore
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.protocol import Encoder, Role
from embeddings.search.searcher import search_text
from embeddings.vectors.embedding import embed_corpus

SEEDS = 3
Score = tuple[str, float]


class Remembering:
    """An encoder that keeps its vectors in a folder, so that a second run has them."""

    def __init__(self, encoder: Encoder, folder: Path | None) -> None:
        self._encoder = encoder
        self._file = folder / f"{encoder.fingerprint}.npz" if folder else None
        self._rows: dict[str, NDArray[np.float32]] = {}
        if self._file and self._file.exists():
            with np.load(self._file, allow_pickle=False) as kept:
                self._rows = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str], role: Role = "passage") -> NDArray[np.float32]:
        keys = [hashlib.blake2b(f"{role} {t}".encode(), digest_size=16).hexdigest() for t in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._rows}
        if missing:
            found = self._encoder.encode(list(missing.values()), role)
            self._rows.update(zip(missing, found, strict=True))
        return np.stack([self._rows[key] for key in keys])

    def save(self) -> None:
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            keys, vectors = np.array(list(self._rows)), np.stack(list(self._rows.values()))
            np.savez(self._file, keys=keys, vectors=vectors)


def cosines(encoder: Encoder, pairs: list[dict[str, Any]]) -> NDArray[np.float32]:
    left = encoder.encode([row["text_a"] for row in pairs])
    right = encoder.encode([row["text_b"] for row in pairs])
    found: NDArray[np.float32] = (left * right).sum(axis=1)
    return found


def sts(encoder: Encoder, data: Path) -> Iterator[Score]:
    from scipy.stats import spearmanr

    pairs = rows(data / "stsb_dev.jsonl")
    found = spearmanr(cosines(encoder, pairs), [row["score"] for row in pairs])
    yield "STS-B dev, Spearman", float(found.statistic)


def lee(encoder: Encoder, data: Path) -> Iterator[Score]:
    texts = {row["id"]: row["text"] for row in rows(data / "lee_docs.jsonl")}
    vectors = dict(zip(texts, encoder.encode(list(texts.values())), strict=True))
    pairs = rows(data / "lee_pairs.jsonl")
    found = [float(vectors[row["a"]] @ vectors[row["b"]]) for row in pairs]
    yield "Lee, Pearson", float(np.corrcoef(found, [row["score"] for row in pairs])[0, 1])


def mrpc(encoder: Encoder, data: Path) -> Iterator[Score]:
    from sklearn.metrics import average_precision_score

    pairs = rows(data / "mrpc_train.jsonl.gz")
    labels = [int(row["label"]) for row in pairs]
    yield "MRPC, AP", float(average_precision_score(labels, cosines(encoder, pairs)))


def search(encoder: Encoder, data: Path) -> Iterator[Score]:
    usual = search_module.MODES["hybrid"]
    for name, load in (("TIME", time_set), ("summaries", summaries_set)):
        documents, queries, relevant = load(data)
        with (
            tempfile.TemporaryDirectory() as folder,
            CorpusStore.open(Path(folder) / "search.db", write=True) as store,
        ):
            with store.transaction():
                for document in documents:
                    store.put_document(document, [], split(document, []))
            embed_corpus(store, encoder)
            for way, weight in (("cosine", 1.0), ("with words", usual), ("words alone", 0.0)):
                search_module.MODES["hybrid"] = weight
                scores = []
                for key, query in queries.items():
                    hits = search_text(store, encoder, query, limit=60)
                    ranked = dict.fromkeys(hit.document_id for hit in hits)
                    scores.append(ndcg(ranked, relevant[key]))
                yield f"{name}, {way}, nDCG@10", sum(scores) / len(scores)
    search_module.MODES["hybrid"] = usual


def topics(encoder: Encoder, data: Path) -> Iterator[Score]:
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    for name, file in SETS.items():
        texts, truth = read_rows(data / file)
        vectors = encoder.encode(texts)
        for method, label in (("ours", ours), ("k-means", k_means)):
            found = [label(vectors, len(set(truth)), seed * 1000) for seed in range(SEEDS)]
            nmi = np.mean([normalized_mutual_info_score(truth, labels) for labels in found])
            ari = np.mean([adjusted_rand_score(truth, labels) for labels in found])
            yield f"{name}, {method}, NMI", float(nmi)
            yield f"{name}, {method}, ARI", float(ari)


MEASURES: dict[str, Callable[[Encoder, Path], Iterator[Score]]] = {
    "sts": sts,
    "lee": lee,
    "mrpc": mrpc,
    "search": search,
    "topics": topics,
}


def print_rates(encoders: dict[str, Encoder], data: Path, rounds: int) -> None:
    """Let the encoders take turns on texts of their own."""
    seen: dict[str, None] = {}
    for row in rows(data / "security.jsonl.gz"):
        for line in row["text"].split("\n"):
            if len(line.split()) >= 8:
                seen[line.strip()] = None
    # Evenly spaced, so that each turn has paragraphs from all over the corpus.
    texts = list(seen)
    texts = [text for start in range(97) for text in texts[start::97]]
    sizes = {way: 4096 if way == "static" else 128 for way in encoders}
    clock, cpu = dict.fromkeys(encoders, 0.0), dict.fromkeys(encoders, 0.0)
    for way, encoder in encoders.items():
        start = time.perf_counter()
        encoder.encode(texts[-2000:] if sizes[way] > 128 else texts[-64:])
        print(f"{way}: first texts after {time.perf_counter() - start:.2f} s")
    place = 0
    for _ in range(rounds):
        for way, encoder in encoders.items():
            part = texts[place : place + sizes[way]]
            place += len(part)
            start, before = time.perf_counter(), used()
            encoder.encode(part)
            clock[way] += time.perf_counter() - start
            cpu[way] += used() - before
    print(f"{sum(map(len, texts)) / len(texts):.0f} characters each; {place} paragraphs used")
    print(f"{'':12}{'texts':>8}{'per s':>10}{'per CPU s':>11}{'times float32, CPU':>20}")
    for way in encoders:
        count = rounds * sizes[way]
        base = rounds * 128 / cpu["float32"] if "float32" in cpu else float("nan")
        print(
            f"{way:12}{count:8}{count / clock[way]:10.0f}{count / cpu[way]:11.0f}"
            f"{count / cpu[way] / base:20.1f}"
        )


def main() -> None:
    """Print rates, then a row for each measure with a column for each encoder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--encoders", default="static,float32")
    parser.add_argument("--sets", default=",".join(MEASURES))
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    encoders = {
        way: open_encoder("static") if way == "static" else open_encoder(precision=way)
        for way in options.encoders.split(",")
    }
    if options.rounds:
        print_rates(encoders, options.data, options.rounds)
    kept = {way: Remembering(encoder, options.vectors) for way, encoder in encoders.items()}
    print(f"{'':36}" + "".join(f"{way:>10}" for way in encoders))
    for name in filter(None, options.sets.split(",")):
        found = {}
        for way, remembering in kept.items():
            found[way] = list(MEASURES[name](remembering, options.data))
            remembering.save()
        for scores in zip(*found.values(), strict=True):
            print(f"{scores[0][0]:36}" + "".join(f"{s:10.3f}" for _, s in scores), flush=True)
    for way, encoder in encoders.items():
        for note in encoder.notes:
            print(f"{way}: {note}")


if __name__ == "__main__":
    main()
