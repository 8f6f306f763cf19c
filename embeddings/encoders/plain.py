"""The packaged model computed by numpy: for one query, before OpenVINO would have started.

To start OpenVINO and compile the model takes a second of processor time, to read the weights and
compute a query's vector a fifth of that. Passages are embedded by ``CompiledEncoder``, which is
many times as fast once it has started; the vectors of both agree to the sixth decimal.
"""

from __future__ import annotations

import json
import mmap
from typing import TYPE_CHECKING

import numpy as np

from embeddings.blocks import one_blas_thread
from embeddings.encoders.folder import expect_unchanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.folder import ModelFolder

# Of all-MiniLM-L6-v2 (its config.json), a BERT encoder (Devlin et al., 2019).
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12


class PlainNetwork:
    """The network of the packaged model; its weights are read where they are needed.

    Args:
        folder: The packaged model, as ``read_package`` returns it.

    Raises:
        ModelError: The weights are not those that were published.
    """

    def __init__(self, folder: ModelFolder) -> None:
        expect_unchanged(folder, (".safetensors",))
        self._weights = _read_weights(folder)

    def embed(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the mean of the vectors of word pieces, float32 ``(dimension,)``.

        Args:
            ids: Of the word pieces of one text, special ones included.
        """
        weights, pieces = self._weights, list(ids)
        rows = weights["embeddings.word_embeddings.weight"][pieces]
        rows = rows + weights["embeddings.position_embeddings.weight"][: len(pieces)]
        rows = rows + weights["embeddings.token_type_embeddings.weight"][0]
        # Several threads would wait for each other at each of these small products. A column a
        # piece: weights by columns take three quarters of the time of rows by weights.
        with one_blas_thread():
            columns = self._normalise(np.ascontiguousarray(rows.T), "embeddings.LayerNorm")
            for layer in range(_LAYERS):
                columns = self._run_layer(columns, f"encoder.layer.{layer}")
        mean: NDArray[np.float32] = columns.mean(axis=1)
        return mean

    def _run_layer(self, columns: NDArray[np.float32], layer: str) -> NDArray[np.float32]:
        count = columns.shape[1]
        query, key, value = (
            self._multiply(columns, f"{layer}.attention.self.{part}").reshape(_HEADS, -1, count)
            for part in ("query", "key", "value")
        )
        scores = query.transpose(0, 2, 1) @ key / np.float32(np.sqrt(query.shape[1]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        seen = (value @ scores.transpose(0, 2, 1)).reshape(columns.shape)
        seen = self._multiply(seen, f"{layer}.attention.output.dense")
        columns = self._normalise(columns + seen, f"{layer}.attention.output.LayerNorm")
        wide = _gelu(self._multiply(columns, f"{layer}.intermediate.dense"))
        narrow = self._multiply(wide, f"{layer}.output.dense")
        return self._normalise(columns + narrow, f"{layer}.output.LayerNorm")

    def _multiply(self, columns: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        product: NDArray[np.float32] = self._weights[f"{name}.weight"] @ columns
        return product + self._weights[f"{name}.bias"][:, None]

    def _normalise(self, columns: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        columns = columns - columns.mean(axis=0)
        columns = columns / np.sqrt((columns * columns).mean(axis=0) + np.float32(_EPSILON))
        scaled: NDArray[np.float32] = columns * self._weights[f"{name}.weight"][:, None]
        return scaled + self._weights[f"{name}.bias"][:, None]


def _gelu(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return x times the normal distribution's share below x (Hendrycks and Gimpel, 2016)."""
    # numpy has no erf: Abramowitz and Stegun (1964), 7.1.26, right to 1.5e-7.
    size = np.abs(numbers) * np.float32(np.sqrt(0.5))
    part = 1 / (1 + np.float32(0.3275911) * size)
    sum_ = np.zeros_like(part)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ = (sum_ + np.float32(factor)) * part
    erf = np.copysign(1 - sum_ * np.exp(-size * size), numbers)
    half: NDArray[np.float32] = numbers * np.float32(0.5)
    grown: NDArray[np.float32] = half * (1 + erf)
    return grown


def _read_weights(folder: ModelFolder) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a safetensors file, which is mapped, not read.

    A length, a table in JSON, then the numbers
    (https://huggingface.co/docs/safetensors, format).
    """
    with (folder.transformer / "model.safetensors").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 8 + int.from_bytes(mapped[:8], "little")
    table = json.loads(mapped[8:start])
    return {
        name: np.frombuffer(
            mapped, "<f4", int(np.prod(entry["shape"])), start + entry["data_offsets"][0]
        ).reshape(entry["shape"])
        for name, entry in table.items()
        if entry.get("dtype") == "F32"
    }
