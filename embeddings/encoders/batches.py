"""Word pieces to a compiled network in batches of fixed shape."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder

# Rows of a batch, for texts of up to 256 word pieces; fewer of longer ones, so that a
# batch never holds more than these word pieces.
_ROWS = 8
_PIECES = 2048


def run_batches(
    network: Any, sequences: Sequence[Sequence[int]], folder: ModelFolder
) -> NDArray[np.float32]:
    """Return the network's vector of each sequence, float32 of shape ``(n, d)``.

    The order of sums inside a network may follow the shape of what it is given (in
    bfloat16 it does), so each text goes through one shape only: that of its length's
    bucket, with a fixed number of rows. Rows without a text hold one word piece, and
    nothing passes between rows.

    Args:
        network: An ``openvino.CompiledModel`` from ids and mask to vectors.
        sequences: Ids of each text; none is empty.
        folder: The model, for its window and dimension.
    """
    lengths = bucket_lengths(folder.max_length)
    members: dict[int, list[int]] = {}
    for index, sequence in enumerate(sequences):
        members.setdefault(bisect_left(lengths, len(sequence)), []).append(index)
    vectors = np.empty((len(sequences), folder.dimension), dtype=np.float32)
    request = network.create_infer_request()
    for bucket, indices in sorted(members.items()):
        rows = max(1, min(_ROWS, _PIECES // lengths[bucket]))
        for start in range(0, len(indices), rows):
            batch = indices[start : start + rows]
            ids, mask = _pad([sequences[i] for i in batch], rows, lengths[bucket])
            found = request.infer([ids, mask], share_inputs=True)[0]
            if not found.shape == (rows, folder.dimension):
                raise ValueError(f"vectors of shape {found.shape}")
            vectors[batch] = found[: len(batch)]
    return vectors


def bucket_lengths(longest: int) -> list[int]:
    """Return the lengths texts are padded to: 16, 32, 48, 64, 96, 128, ... ``longest``."""
    lengths = [16]
    step = 16
    while lengths[-1] < longest:
        lengths.append(lengths[-1] + step)
        if lengths[-1] >= 4 * step:
            step *= 2
    return [*(length for length in lengths if length < longest), longest]


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
