"""Rerankers: models that read a query and a passage together, and say how well they fit."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoders.loading import FROM_FOLDER, MISSING, find_copy, quietly
from embeddings.errors import ModelError, first_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sentence_transformers import CrossEncoder

# A reranker gives one score a pair.
_SCORES = 1


class Reranker:
    """A cross-encoder of sentence-transformers, in float32 on the CPU.

    Args:
        name: Its folder, or its name on the hub, which is asked where there is no copy here.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def model(self) -> CrossEncoder:
        """The loaded model; the first access imports torch and reads the weights.

        Raises:
            ModelError: There is none of that name, or it is no reranker.
        """
        folder = Path(self.name).expanduser()
        if not folder.is_dir():
            folder = find_copy(self.name, True, _expect_weights)
        _expect_weights(folder, self.name)
        try:
            with quietly():
                from sentence_transformers import CrossEncoder

                model: CrossEncoder = CrossEncoder(str(folder), **FROM_FOLDER)
        except ImportError as error:
            raise ModelError(MISSING) from error
        except Exception as error:  # whatever a broken or foreign folder makes a loader raise
            raise ModelError(
                f"The reranker {self.name} cannot be loaded ({first_line(error)}): expected a "
                "folder of a cross-encoder, saved by sentence-transformers."
            ) from error
        if model.num_labels != _SCORES:
            raise ModelError(
                f"{self.name} puts pairs into {model.num_labels} classes: expected a reranker, "
                "which gives one score, such as --rerank cross-encoder/ms-marco-MiniLM-L6-v2."
            )
        return model

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text fits a query, 0 to 1, float32 ``(len(texts),)``.

        What is longer than the model reads is cut there.
        """
        if not texts:
            return np.zeros(0, np.float32)
        import torch

        found = self.model.predict(
            [(query, text) for text in texts],
            activation_fn=torch.nn.Sigmoid(),
            show_progress_bar=False,
        )
        return np.asarray(found, np.float32)


def _expect_weights(folder: Path, name: str) -> Path:
    """Refuse a folder without a model whose weights are safetensors: others run code.

    Raises:
        ModelError: A file is missing.
    """
    if (folder / "config.json").is_file() and any(folder.glob("*.safetensors")):
        return folder
    raise ModelError(
        f"There is no reranker in {folder}: expected config.json and weights in safetensors form, "
        f"as sentence-transformers saves {name!r}."
    )
