"""The seam between texts and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Role = Literal["passage", "query"]
"""What a text is to the model; an asymmetric model reads each with a prompt of its own."""


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
        """Identifies weights, tokenizer, pooling, prompts, window, dimensions and precision.

        Precisions that agree with the reference to a mean cosine of 0.9995 are one.
        """

    @property
    def description(self) -> str:
        """The fingerprint in words, for an error that names two encoders."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def windowed(self) -> int:
        """How many of the texts encoded so far were longer, and read window by window."""

    @property
    def batch_size(self) -> int:
        """Texts of about a second's work, to be stored together."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, such as why a slower path is used."""

    def reads(self, texts: Sequence[str]) -> bool:
        """Whether the model reads the language that texts are in, as far as its tokenizer tells."""

    def encode(self, texts: Sequence[str], role: Role = "passage") -> NDArray[np.float32]:
        """Embed texts; returns unit rows, float32 of shape ``(len(texts), dimension)``."""
