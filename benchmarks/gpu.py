"""Passages a second on a GPU against the reference and the CPU, and whether they agree.

    python -m benchmarks.gpu --data DIR [--device cuda] [--model NAME] [--count 20000]

For a machine with a GPU; without one it says so and ends. Setting: evenly spaced
paragraphs of 8 words or more of ``syria.jsonl.gz`` (those of ``benchmarks.embedding``, but
more), each way warmed first, then timed once from the list of strings to the float32
matrix; loading is not timed, and the start of the pool of processes is printed apart.
Ways:

- ``SentenceTransformer.encode`` at its defaults on the first GPU (float32, batches of 32);
- the same in half precision with batches of 256, as its users would speed it up;
- ours on the first GPU, for each number of word pieces in a batch;
- ours on all GPUs, if there are several;
- the compiled CPU encoder and the reference, on ``--cpu-count`` of the paragraphs.

Cosines are to the reference on the CPU, over ``--cpu-count`` paragraphs. "Same bits" is the
share of vectors that are equal bit for bit when the paragraphs come in reverse order.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.embedding import read_paragraphs
from embeddings.encoders.accelerated import PIECES, AcceleratedEncoder
from embeddings.encoders.devices import find_devices, name_device
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.loading import find_named, load_model
from embeddings.encoders.local import unit_rows
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import read_package
from embeddings.encoders.reference import ReferenceEncoder

Encode = Callable[[list[str]], NDArray[np.float32]]


def synchronize(device: str) -> None:
    """Wait for what the device still does, so that the clock sees it."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    elif device == "mps":
        torch.mps.synchronize()


def peer(folder: ModelFolder, device: str, *, half: bool) -> Encode:
    """sentence-transformers as it comes, or in half precision with larger batches."""
    model = load_model(folder).to(device)
    if half:
        model = model.half()

    def encode(texts: list[str]) -> NDArray[np.float32]:
        found = model.encode(texts, batch_size=256 if half else 32, show_progress_bar=False)
        rows = np.asarray(found, dtype=np.float32)
        return unit_rows(rows)

    return encode


def ours(
    name: str, folder: ModelFolder, devices: tuple[str, ...], pieces: int, precision: str
) -> AcceleratedEncoder:
    """Our encoder, never leaving small requests to the CPU."""
    small = open_encoder(name, device="cpu")
    return AcceleratedEncoder(small, lambda: folder, precision, lambda: devices, pieces=pieces)


def report(
    way: str, encode: Encode, texts: list[str], expected: NDArray[np.float32], device: str
) -> None:
    """Time one way and print its line."""
    encode(texts[: max(512, AcceleratedEncoder.few)])
    synchronize(device)
    begun = time.perf_counter()
    vectors = encode(texts)
    synchronize(device)
    seconds = time.perf_counter() - begun
    again = encode(texts[::-1])[::-1]
    same = np.mean(np.all(again == vectors, axis=1))
    cosines = np.sum(vectors[: len(expected)] * expected[: len(vectors)], axis=1)
    print(
        f"{way:34}{len(texts) / seconds:10.0f}{cosines.mean():13.6f}{cosines.min():10.6f}"
        f"{same:10.1%}",
        flush=True,
    )


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--device", default="auto", help="auto, cuda or mps; cpu tries the script")
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16")
    parser.add_argument("--model", help="a name or folder; the packaged model without")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--cpu-count", type=int, default=500)
    parser.add_argument("--pieces", type=int, nargs="+", default=[PIECES // 2, PIECES, PIECES * 2])
    options = parser.parse_args()
    devices = find_devices(options.device)
    if devices == ("cpu",) and options.device != "cpu":
        raise SystemExit("No GPU was found, so nothing is measured: see --device.")
    devices = ("cpu:0",) if devices == ("cpu",) else devices
    folder = find_named(options.model) if options.model else read_package()
    name = options.model or folder.name
    texts = read_paragraphs(options.data, options.count)
    few = texts[: options.cpu_count]
    AcceleratedEncoder.few = 0
    kinds = ", ".join(sorted({name_device(device) for device in devices}))
    print(f"{len(devices)} device(s): {kinds}; {folder.name}; {len(texts)} paragraphs of", end=" ")
    print(f"{sum(map(len, texts)) / len(texts):.0f} characters")
    print(f"{'':34}{'per s':>10}{'mean cosine':>13}{'lowest':>10}{'same bits':>10}")
    reference = ReferenceEncoder(folder.name, lambda: folder)
    expected = reference.encode(few)
    report("reference, CPU", reference.encode, few, expected, "cpu")
    compiled = open_encoder(name, device="cpu")
    report("compiled, CPU", compiled.encode, few, expected, "cpu")
    first = devices[0]
    default, half = (peer(folder, first, half=half) for half in (False, True))
    report("sentence-transformers", default, texts, expected, first)
    report("  half precision, batches of 256", half, texts, expected, first)
    for pieces in options.pieces:
        encoder = ours(name, folder, devices[:1], pieces, options.precision)
        report(f"ours, {pieces} word pieces", encoder.encode, texts, expected, first)
        for note in encoder.notes:
            print("  note:", note)
    if len(devices) > 1:
        measure_pool(ours(name, folder, devices, PIECES, options.precision), texts, expected)


def measure_pool(
    encoder: AcceleratedEncoder, texts: list[str], expected: NDArray[np.float32]
) -> None:
    """Time all GPUs together, and apart from it what starting their processes takes."""
    AcceleratedEncoder.pool_from = 0
    try:
        for label in ("first", "second"):
            begun = time.perf_counter()
            encoder.encode(texts[:1000])
            print(f"  pool, {label} 1,000 paragraphs: {time.perf_counter() - begun:.1f} s")
        report("ours, all GPUs", encoder.encode, texts, expected, "cpu")
        for note in encoder.notes:
            print("  note:", note)
    finally:
        encoder.close()


if __name__ == "__main__":
    main()
