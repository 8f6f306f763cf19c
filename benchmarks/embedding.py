"""Passages a second, agreement and start-up of the encoders, in one run.

    python -m benchmarks.embedding --data DIR

Setting: the first 1,000 of the evenly spaced paragraphs of 8 words or more of
``syria.jsonl.gz``; all-MiniLM-L6-v2. The peer is ``SentenceTransformer.encode`` as it
comes (batches of 32, sorted by length). Each way is warmed with 64 paragraphs and then
takes its turn, block by block, so that whatever else the machine does falls on all alike.
Timed: from the list of strings to the float32 matrix, tokenizing included; loading is
not. CPU seconds are those of the whole process, all threads, and say more than the clock
on a busy machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import read_package
from embeddings.encoders.reference import ReferenceEncoder

QUERY = (
    "from embeddings.encoders.opening import open_encoder;"
    "open_encoder().encode(['arms deliveries to Damascus'])"
)
PEER_QUERY = (
    "from sentence_transformers import SentenceTransformer;"
    "SentenceTransformer({!r}, device='cpu').encode(['arms deliveries to Damascus'])"
)


def read_paragraphs(data: Path, count: int) -> list[str]:
    """Return evenly spaced distinct paragraphs of 8 words or more."""
    seen: dict[str, None] = {}
    with gzip.open(data / "syria.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for paragraph in json.loads(line)["text"].split("\n"):
                if len(paragraph.split()) >= 8:
                    seen[paragraph.strip()] = None
    paragraphs = list(seen)
    return paragraphs[:: max(1, len(paragraphs) // count)][:count]


def time_fresh(script: str, runs: int) -> list[float]:
    """Return the seconds that a new Python process takes for ``script``."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return seconds


def used() -> float:
    """Return the CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(
    ways: dict[str, Callable[[list[str]], np.ndarray]], texts: list[str], block: int
) -> tuple[dict[str, np.ndarray], dict[str, float], dict[str, float]]:
    """Let the ways take turns; return vectors, clock and CPU seconds of each."""
    parts: dict[str, list[np.ndarray]] = {way: [] for way in ways}
    clock, cpu = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
    for encode in ways.values():
        encode(texts[:64])
    for start in range(0, len(texts), block):
        for way, encode in ways.items():
            begun, before = time.perf_counter(), used()
            parts[way].append(np.asarray(encode(texts[start : start + block])))
            clock[way] += time.perf_counter() - begun
            cpu[way] += used() - before
    return {way: np.concatenate(found) for way, found in parts.items()}, clock, cpu


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--block", type=int, default=250)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each way")
    options = parser.parse_args()
    texts = read_paragraphs(options.data, options.count)
    folder = read_package()
    reference = ReferenceEncoder(folder.name, lambda: folder)
    model = reference.model
    compiled = {p: open_encoder(precision=p) for p in ("float32", "bfloat16")}
    ways: dict[str, Callable[[list[str]], np.ndarray]] = {
        "sentence-transformers": lambda t: np.asarray(model.encode(t, show_progress_bar=False)),
        "reference": reference.encode,
        **{f"compiled {p}": encoder.encode for p, encoder in compiled.items()},
    }
    vectors, clock, cpu = measure(ways, texts, options.block)
    peer = vectors["sentence-transformers"]
    peer = peer / np.linalg.norm(peer, axis=1, keepdims=True)
    print(f"{len(texts)} paragraphs, {sum(map(len, texts)) / len(texts):.0f} characters each")
    print(f"{'':24}{'per s':>8}{'per CPU s':>11}{'mean cosine':>13}{'lowest':>10}")
    for way in ways:
        cosines = np.sum(vectors[way] * peer, axis=1)
        print(
            f"{way:24}{len(texts) / clock[way]:8.0f}{len(texts) / cpu[way]:11.0f}"
            f"{cosines.mean():13.6f}{cosines.min():10.6f}"
        )
    for encoder in compiled.values():
        for note in encoder.notes:
            print("note:", note)
    print("one query in a fresh process, seconds, each run:")
    ours = time_fresh(QUERY, options.runs)
    theirs = time_fresh(PEER_QUERY.format(str(folder.path)), min(2, options.runs))
    print("  compiled              ", " ".join(f"{s:.2f}" for s in ours))
    print("  sentence-transformers ", " ".join(f"{s:.2f}" for s in theirs))


if __name__ == "__main__":
    main()
