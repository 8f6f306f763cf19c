"""The reference encoder: sentence-transformers on torch, for any of its models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.loading import load_model
from embeddings.encoders.local import LocalEncoder, Window
from embeddings.encoders.protocol import Role

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class ReferenceEncoder(LocalEncoder):
    """Vectors as sentence-transformers computes them, in float32 on the CPU.

    Texts go through one at a time on one core: a batch pads them to its longest text and
    more threads add up in another order, which moves the last bits of a vector. On two
    cores it is as fast as batches of 32 (docs/decisions/encoder.md); many stay idle.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        dimensions: Cut vectors to these first numbers (Matryoshka); ``None`` for all.
    """

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model; the first access imports torch and reads the weights."""
        model = load_model(self.folder)
        if self.folder.local_attention and model.transformers_model is not None:
            # A padding piece sees nothing but padding here. Torch's fused attention copes
            # with that; OpenVINO's, to which this model may be exported, gives NaN.
            model.transformers_model.set_attn_implementation("eager")
        return model

    def _embed(self, windows: Iterable[Window], role: Role) -> NDArray[np.float32]:
        import torch

        found = list(windows)
        model, threads = self.model, torch.get_num_threads()
        # sentence-transformers fails on a text of which its tokenizer makes nothing.
        empty = [row for row, window in enumerate(found) if window.ids == [0]]
        full = [row for row, window in enumerate(found) if window.ids != [0]]
        vectors = np.empty((len(found), self.folder.dimension), dtype=np.float32)
        torch.set_num_threads(1)
        try:
            if full:
                vectors[full] = model.encode(
                    [found[row].text for row in full],
                    prompt=self.folder.prompts[role],
                    batch_size=1,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            if empty:
                vectors[empty] = _embed_nothing(model)
        finally:
            torch.set_num_threads(threads)
        return vectors


def _embed_nothing(model: SentenceTransformer) -> NDArray[np.float32]:
    import torch

    one = torch.ones((1, 1), dtype=torch.int64)
    with torch.inference_mode():
        found = model({"input_ids": one * 0, "attention_mask": one})["sentence_embedding"]
    vector: NDArray[np.float32] = found[0].numpy()
    return vector
