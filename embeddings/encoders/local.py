"""What all encoders of a model on disk have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.tokens import WordPieces

# Texts held as word pieces at a time: memory does not grow with the number of texts, and
# short last batches are under 2 % of the work.
_CHUNK = 1024


class LocalEncoder(ABC):
    """An encoder of a model on disk, which is located and read at the first use.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
    """

    def __init__(self, name: str, locate: Callable[[], ModelFolder]) -> None:
        self._name = name
        self._locate = locate

    @cached_property
    def folder(self) -> ModelFolder:
        """The model's files."""
        return self._locate()

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self.folder)

    @property
    def name(self) -> str:
        """The model as a user would name it."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Identifies weights, tokenizer, pooling and window, not who computes."""
        return self.folder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.folder.dimension

    @property
    def window(self) -> int:
        """The most word pieces of a text that the model reads, special ones excluded."""
        return self.folder.max_length - self._pieces.special

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the vectors are made; complete after ``encode``."""
        return ()

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of ``text``, special ones excluded."""
        return self._pieces.count([text])[0]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; what goes beyond the window is not read.

        A text's vector depends on the text alone, bit for bit, whatever stands beside it.

        Returns:
            Unit rows, float32 of shape ``(len(texts), dimension)``.

        Raises:
            ModelError: The model is missing or cannot be read.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = list(texts[start : start + _CHUNK])
            vectors[start : start + len(chunk)] = _unit_rows(self._embed(chunk))
        return vectors

    @abstractmethod
    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Return the sentence vectors of a few texts, of any length."""


def _unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    # Row by row: a sum over a whole array may add up in another order for other shapes.
    lengths = np.array([np.sqrt(np.dot(row, row)) for row in vectors], dtype=np.float32)
    lengths[lengths == 0] = 1
    unit: NDArray[np.float32] = vectors / lengths[:, np.newaxis]
    return unit
