"""A loaded sentence-transformers model as an OpenVINO model, by way of torch.export."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from embeddings.encoders.runtime import import_openvino

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def export(model: SentenceTransformer) -> Any:
    """Trace the whole model, pooling included, into one graph.

    torch.export (PyTorch 2 documentation) records the graph with symbolic batch and
    length; OpenVINO's PyTorch front end reads it, so that neither ONNX nor its exporter
    is needed.

    Args:
        model: In evaluation mode, on the CPU.

    Returns:
        An ``openvino.Model`` from ids and mask, int64 ``(batch, length)``, to sentence
        vectors, float32 ``(batch, dimension)``.

    Raises:
        Exception: torch or OpenVINO cannot express the model; of any type.
    """
    import torch

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    # An example with padding, of sizes unlike any of the model's own.
    ids = torch.ones((2, 7), dtype=torch.int64)
    mask = torch.ones((2, 7), dtype=torch.int64)
    mask[0, 5:] = 0
    sizes = {
        0: torch.export.Dim("batch", min=1, max=512),
        1: torch.export.Dim("length", min=2, max=model.max_seq_length),
    }
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # deprecations inside torch and transformers
        program = torch.export.export(
            Sentence().eval(),
            (ids, mask),
            dynamic_shapes={"input_ids": sizes, "attention_mask": sizes},
        )
        return import_openvino().convert_model(program)
