"""The seam between texts and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into unit vectors.

    Opening an encoder reads no weights; the first ``encode`` does. Two encoders with
    one ``fingerprint`` give vectors that may be compared.
    """

    @property
    def name(self) -> str:
        """The model as a user would name it."""

    @property
    def fingerprint(self) -> str:
        """Identifies weights, tokenizer, pooling and window."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def window(self) -> int:
        """The most word pieces of a text that the model reads, special ones excluded."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, such as why a slower path is used."""

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of ``text``, special ones excluded."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; returns unit rows, float32 of shape ``(len(texts), dimension)``."""
