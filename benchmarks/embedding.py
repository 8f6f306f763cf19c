"""Passages a second, agreement and start-up of the encoders, in one run.

    python -m benchmarks.embedding --data DIR [--profile] [--memory] [--reference]

Setting: 1,024 evenly spaced paragraphs of 8 words or more of ``syria.jsonl.gz``, but for
those longer than the model's window, of which the peer reads the first part alone;
all-MiniLM-L6-v2. The peer is ``SentenceTransformer.encode`` as it
comes (float32, batches of 32, sorted by length). Each way is warmed with 64 paragraphs and
then takes its turn, block by block, so that whatever else the machine does falls on all
alike. Timed: from the list of strings to the float32 matrix, tokenizing included; loading
is not. CPU seconds are those of the whole process, all threads, and say more than the
clock on a busy machine.

The bound is the machine's own rate of matrix products: the model's linear layers one after
the other, 384 word pieces at a time, one stream a core, by torch (oneDNN); it takes its
turn with the ways. The share of it that a way reaches, by the clock and by CPU seconds, counts
the multiplications and additions of linear layers and attention that the texts' own word
pieces need: padding is no work done.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoders.batches import batch_rows, bucket_lengths, run_batches
from embeddings.encoders.compiled import GraphMaker
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import read_package
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.runtime import compile_graph, count_cores, import_openvino
from embeddings.encoders.tokens import WordPieces

PRECISIONS = ("float32", "bfloat16", "int8")
QUERY = (
    "from embeddings.encoders.opening import open_encoder;"
    "open_encoder(precision={!r}).encode(['arms deliveries to Damascus'])"
)
PEER_QUERY = (
    "from sentence_transformers import SentenceTransformer;"
    "SentenceTransformer({!r}, device='cpu').encode(['arms deliveries to Damascus'])"
)
MEMORY = (
    "import resource; from pathlib import Path;"
    "from benchmarks.embedding import read_paragraphs;"
    "from embeddings.encoders.opening import open_encoder;"
    "texts = read_paragraphs(Path({!r}), {}); open_encoder(precision={!r}).encode(texts);"
    "print(len(texts), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


@dataclass(frozen=True)
class Model:
    """The sizes of a BERT: ``layers`` are the linear layers' inputs and outputs, in order."""

    layers: tuple[tuple[int, int], ...]
    width: int
    depth: int

    def work(self, length: int) -> float:
        """Multiplications and additions for a text of ``length`` word pieces."""
        linear = 2 * sum(a * b for a, b in self.layers) * length
        return linear + 4 * self.width * length * length * self.depth


@dataclass
class Turns:
    """What one way has done so far: seconds of clock and CPU, and its vectors."""

    run: Callable[[list[str]], np.ndarray]
    clock: float = 0.0
    cpu: float = 0.0


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


def read_sizes(model: Any) -> Model:
    """Read a sentence-transformers model's sizes off its modules."""
    import torch

    layers = [
        (module.in_features, module.out_features)
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and "pooler" not in name
    ]
    config = model[0].model.config
    return Model(tuple(layers), config.hidden_size, config.num_hidden_layers)


def used() -> float:
    """Return the CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(
    ways: dict[str, Turns], texts: list[str], block: int, between: Callable[[], None]
) -> dict[str, np.ndarray]:
    """Let the ways take turns; return the vectors of each."""
    parts: dict[str, list[np.ndarray]] = {way: [] for way in ways}
    for turns in ways.values():
        turns.run(texts[:64])
    for start in range(0, len(texts), block):
        between()
        for way, turns in ways.items():
            begun, before = time.perf_counter(), used()
            parts[way].append(np.asarray(turns.run(texts[start : start + block])))
            turns.clock += time.perf_counter() - begun
            turns.cpu += used() - before
    return {way: np.concatenate(found) for way, found in parts.items()}


class MatrixRate:
    """The rate of the model's linear layers alone, on all cores."""

    def __init__(self, sizes: Model, rows: int = 384) -> None:
        self._sizes = sizes
        self._rows = rows
        self._done = dict.fromkeys(PRECISIONS, 0.0)
        self._clock = dict.fromkeys(PRECISIONS, 0.0)
        self._cpu = dict.fromkeys(PRECISIONS, 0.0)

    def rates(self, precision: str) -> tuple[float, float]:
        """Return operations a second of clock, and a second of one CPU, over all turns."""
        done = self._done[precision]
        return done / self._clock[precision], done / self._cpu[precision]

    def take_turn(self, seconds: float = 0.5) -> None:
        """Multiply for a while in each precision."""
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        cores = count_cores()
        with ThreadPoolExecutor(cores) as pool:
            for precision in PRECISIONS:
                once = self._layers(precision)
                once()
                until = time.perf_counter() + seconds
                begun, before = time.perf_counter(), used()
                passes = sum(pool.map(lambda _: _repeat(once, until), range(cores)))  # noqa: B023
                self._clock[precision] += time.perf_counter() - begun
                self._cpu[precision] += used() - before
                each = 2 * self._rows * sum(a * b for a, b in self._sizes.layers)
                self._done[precision] += passes * each
        torch.set_num_threads(threads)

    def _layers(self, precision: str) -> Callable[[], None]:
        import torch

        rows, sizes = self._rows, sorted(set(self._sizes.layers))
        products: list[Callable[[], Any]]
        if precision == "int8":
            given = {a: torch.ones((rows, a), dtype=torch.int8) for a, _ in sizes}
            whole = {(a, b): torch.ones((a, b), dtype=torch.int8) for a, b in sizes}
            products = [partial(torch._int_mm, given[a], whole[a, b]) for a, b in sizes]
        else:
            kind = getattr(torch, precision)
            real = {a: torch.ones((rows, a), dtype=kind) for a, _ in sizes}
            weights = {(a, b): torch.ones((b, a), dtype=kind) for a, b in sizes}
            linear = torch.nn.functional.linear
            products = [partial(linear, real[a], weights[a, b]) for a, b in sizes]
        order = [products[sizes.index(layer)] for layer in self._sizes.layers]

        def once() -> None:
            with torch.inference_mode():
                for product in order:
                    product()

        return once


def _repeat(once: Callable[[], None], until: float) -> int:
    count = 0
    while time.perf_counter() < until:
        once()
        count += 1
    return count


def padding_share(lengths: Sequence[int], longest: int, block: int) -> float:
    """Return the share of padding among the word pieces of the compiled ways' batches."""
    buckets = np.array(bucket_lengths(longest))
    padded = 0
    for start in range(0, len(lengths), block):
        members = Counter(np.searchsorted(buckets, lengths[start : start + block]).tolist())
        for bucket, count in members.items():
            rows = batch_rows(int(buckets[bucket]))
            padded += -(-count // rows) * rows * int(buckets[bucket])
    return 1 - sum(lengths) / padded


def print_profile(folder: ModelFolder, precision: str, sequences: list[list[int]]) -> None:
    """Print the share of a single stream's time that each kind of operation takes."""
    core = import_openvino().Core()
    graph = GraphMaker(folder, core, []).find_or_make(precision)
    alone = {"PERF_COUNT": True, "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1}
    network = compile_graph(core, graph, precision, **alone)
    run_batches(network, sequences, folder)
    request = network.create_infer_request()
    ids = np.ones((8, 16), dtype=np.int64)
    request.infer([ids, ids])
    # Averages over all batches so far.
    spent: Counter[tuple[str, str]] = Counter()
    for node in request.profiling_info:
        spent[node.node_type, node.exec_type] += node.real_time.total_seconds()
    print(f"where the time of {precision} goes, by OpenVINO's counters:")
    for (kind, kernel), seconds in spent.most_common(7):
        print(f"  {kind:26}{kernel:26}{seconds / spent.total():8.1%}")


def time_fresh(script: str, runs: int) -> str:
    """Return the seconds that a new Python process takes for ``script``, run by run."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return " ".join(f"{s:.2f}" for s in seconds)


def print_memory(data: Path) -> None:
    """Print the peak memory of fresh processes that embed more and more paragraphs."""
    for precision in ("float32", "int8"):
        for count in (500, 2000, 6000):
            script = MEMORY.format(str(data), count, precision)
            done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
            texts, kilobytes = done.stdout.split()
            print(f"peak memory, {precision}, {int(texts)} paragraphs: {int(kilobytes) >> 10} MiB")


def print_table(
    ways: dict[str, Turns], vectors: dict[str, np.ndarray], work: float, pieces: int, bound: Any
) -> None:
    """Print what each way did a second, how near to the peer, and its share of the bound."""
    first, *_ = ways
    peer = vectors[first] / np.linalg.norm(vectors[first], axis=1, keepdims=True)
    print(
        f"{'':24}{'per s':>7}{'pieces/s':>10}{'per CPU s':>11}{'x peer':>8}{'x CPU':>7}"
        f"{'mean cosine':>13}{'lowest':>10}{'GFLOP/s':>9}{'of bound':>10}{'CPU':>6}"
    )
    for way, turns in ways.items():
        cosines = np.sum(vectors[way] * peer, axis=1)
        precision = way.split()[-1] if way.startswith("compiled") else "float32"
        clock, cpu = bound.rates(precision)
        print(
            f"{way:24}{len(peer) / turns.clock:7.0f}{pieces / turns.clock:10.0f}"
            f"{len(peer) / turns.cpu:11.0f}{ways[first].clock / turns.clock:8.2f}"
            f"{ways[first].cpu / turns.cpu:7.2f}{cosines.mean():13.6f}{cosines.min():10.6f}"
            f"{work / turns.clock / 1e9:9.0f}{work / turns.clock / clock:10.0%}"
            f"{work / turns.cpu / cpu:6.0%}"
        )
    for precision in PRECISIONS:
        clock, cpu = bound.rates(precision)
        print(f"matrix products in {precision}: {clock / 1e9:.0f} GFLOP/s, {cpu / 1e9:.0f} a CPU")


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1024)
    parser.add_argument("--block", type=int, default=512, help="paragraphs of a turn")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes of each way")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    parser.add_argument("--memory", action="store_true", help="peak memory of fresh processes")
    parser.add_argument("--reference", action="store_true", help="the reference encoder too")
    options = parser.parse_args()
    folder = read_package()
    texts = read_paragraphs(options.data, options.count)
    sequences = WordPieces(folder).encode(texts)
    texts = [t for t, ids in zip(texts, sequences, strict=True) if len(ids) <= folder.max_length]
    sequences = [ids for ids in sequences if len(ids) <= folder.max_length]
    reference = ReferenceEncoder(folder.name, lambda: folder)
    model = reference.model
    ways = {
        "sentence-transformers": Turns(
            lambda t: np.asarray(model.encode(t, show_progress_bar=False))
        ),
        **({"reference": Turns(reference.encode)} if options.reference else {}),
    }
    for precision in PRECISIONS:
        ways[f"compiled {precision}"] = Turns(open_encoder(precision=precision).encode)
    sizes = read_sizes(model)
    bound = MatrixRate(sizes)
    vectors = measure(ways, texts, options.block, bound.take_turn)
    lengths = [len(ids) for ids in sequences]
    padding = padding_share(lengths, folder.max_length, options.block)
    print(
        f"{len(texts)} paragraphs of {np.mean([len(t) for t in texts]):.0f} characters, "
        f"{np.mean(lengths):.1f} word pieces; {count_cores()} cores; padding {padding:.1%}"
    )
    print_table(ways, vectors, sum(map(sizes.work, lengths)), sum(lengths), bound)
    if options.profile:
        for precision in PRECISIONS:
            print_profile(folder, precision, sequences[:256])
    if options.memory:
        print_memory(options.data)
    print("one query in a fresh process, seconds, each run:")
    for precision in ("float32", "int8"):
        print(f"  compiled {precision:9}", time_fresh(QUERY.format(precision), options.runs))
    peer_runs = min(2, options.runs)
    print("  sentence-transformers", time_fresh(PEER_QUERY.format(str(folder.path)), peer_runs))


if __name__ == "__main__":
    main()
