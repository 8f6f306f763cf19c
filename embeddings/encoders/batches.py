"""Word pieces to a compiled network in batches of fixed shape, several at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder

# A batch holds about this many word pieces, on at most this many rows. More rows make
# matrix products hardly faster and part-filled batches more costly: docs/decisions/encoder.md.
_PIECES = 384
_ROWS = 8

# Batches started for each stream of the network: one at work, one ready when it ends.
_DEPTH = 2

_Vectors = NDArray[np.float32]
_Batch = list[tuple[int, Sequence[int]]]


def run_batches(network: Any, sequences: Iterable[Sequence[int]], folder: ModelFolder) -> _Vectors:
    """Return the network's vector of each sequence, float32 of shape ``(n, d)``, in order.

    The order of sums inside a network may follow the shape of what it is given, so each
    text goes through one shape only: that of its length's bucket, with a fixed number of
    rows. Rows without a text hold one word piece, and nothing passes between rows.

    Batches start as soon as they are full, so that the network is at work while the
    caller makes the next sequences.

    Args:
        network: An ``openvino.CompiledModel`` from ids and mask to vectors; each of its
            streams has one thread.
        sequences: Ids of each text, as many as the caller wants to have in memory; none is
            empty or longer than the model reads.
        folder: The model, for its window and dimension.
    """
    lengths = bucket_lengths(folder.max_length)
    waiting: list[_Batch] = [[] for _ in lengths]
    running = _Running(network, folder.dimension)
    try:
        for index, sequence in enumerate(sequences):
            bucket = bisect_left(lengths, len(sequence))
            batch = waiting[bucket]
            batch.append((index, sequence))
            if len(batch) == batch_rows(lengths[bucket]):
                running.start(batch, lengths[bucket])
                waiting[bucket] = []
        for length, batch in zip(reversed(lengths), reversed(waiting), strict=True):
            if batch:
                running.start(batch, length)
    finally:
        running.finish()
    vectors = np.empty((sum(map(len, running.indices)), folder.dimension), dtype=np.float32)
    for indices, found in zip(running.indices, running.vectors, strict=True):
        vectors[indices] = found
    return vectors


def bucket_lengths(longest: int) -> list[int]:
    """Return the lengths texts are padded to: 16, 24, ... 96, 112, ... 192, 224, ... ``longest``.

    A step is the largest power of two up to a sixth of the length, and at least 8: of a
    thousand paragraphs of news at once, a tenth of the word pieces are padding.
    """
    lengths = [16]
    while lengths[-1] < longest:
        lengths.append(lengths[-1] + max(8, 1 << ((lengths[-1] // 6).bit_length() - 1)))
    return [*(length for length in lengths if length < longest), longest]


def batch_rows(length: int) -> int:
    """Return the number of rows of each batch of texts padded to ``length``."""
    return max(1, min(_ROWS, _PIECES // length))


class _Running:
    """Batches the network is at work on, and the vectors of those it has done.

    Attributes:
        indices: Which sequences each batch held.
        vectors: Their vectors, float32 of shape ``(len(indices), d)``.
    """

    def __init__(self, network: Any, dimension: int) -> None:
        self.indices: list[list[int]] = []
        self.vectors: list[_Vectors] = []
        self._network = network
        self._dimension = dimension
        self._most = _DEPTH * int(network.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._started: deque[tuple[Any, list[int]]] = deque()

    def start(self, batch: _Batch, length: int) -> None:
        """Hand a batch to the network, waiting for its oldest one if it has enough."""
        if len(self._started) < self._most:
            request = self._network.create_infer_request()
        else:
            request = self._collect()
        ids, mask = _pad([sequence for _, sequence in batch], batch_rows(length), length)
        request.start_async([ids, mask])  # which copies them
        self._started.append((request, [index for index, _ in batch]))

    def finish(self) -> None:
        """Wait for all batches."""
        while self._started:
            self._collect()

    def _collect(self) -> Any:
        request, indices = self._started.popleft()
        request.wait()
        found = request.get_output_tensor(0).data
        if found.ndim != 2 or len(found) < len(indices) or found.shape[1] != self._dimension:
            raise ValueError(f"vectors of shape {found.shape}")
        self.indices.append(indices)
        self.vectors.append(found[: len(indices)].copy())
        return request


def _pad(
    sequences: Sequence[Sequence[int]], rows: int, length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ids = np.zeros((rows, length), dtype=np.int64)
    mask = np.zeros((rows, length), dtype=np.int64)
    mask[:, 0] = 1  # a row without a text must not divide by its zero pieces
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = 1
    return ids, mask
