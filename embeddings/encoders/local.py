"""What encoders of a model on disk have in common, and those that run a transformer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.protocol import Role
from embeddings.encoders.tokens import WordPieces
from embeddings.errors import InputError
from embeddings.text.windows import fit

# Texts held as word pieces at a time: memory does not grow with the number of texts, and
# short last batches are under 2 % of the work.
_CHUNK = 1024

# Texts tokenized at a time, while the network is at work on those before.
_SLICE = 64


@dataclass(frozen=True, slots=True)
class Window:
    """As much of a text as the model reads at once: mostly all of it.

    Attributes:
        text: Without the model's prompt.
        ids: Word pieces of prompt and text, special ones included, no more than the model
            reads.
    """

    text: str
    ids: list[int]


class ModelEncoder:
    """What encoders of a model on disk have in common; it is located and read at the first use.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        dimensions: Cut vectors to these first numbers; ``None`` for all.
    """

    def __init__(
        self, name: str, locate: Callable[[], ModelFolder], dimensions: int | None = None
    ) -> None:
        self._name = name
        self._locate = locate
        self._dimensions = dimensions
        self._remarks: list[str] = []

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
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the vectors are made; complete after ``encode``."""
        return tuple(self._remarks)

    def reads(self, texts: Sequence[str]) -> bool:
        """Whether the model reads the language that texts are in, as far as its tokenizer tells."""
        return self._pieces.are_made_for(texts)

    def _choose_dimension(self, kind: str, most: int, usual: int) -> int:
        if self._dimensions is not None and self._dimensions > most:
            raise InputError(
                f"The {kind} {self.name} gives vectors of {most} dimensions, and "
                f"{self._dimensions} were asked for: leave out --dimensions, or name fewer."
            )
        return self._dimensions or usual


class LocalEncoder(ModelEncoder, ABC):
    """An encoder that runs a transformer.

    A text that is longer than the model's window is read in windows on sentence bounds;
    its vector is the mean of theirs, weighted by length.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        dimensions: Cut vectors to these first numbers (Matryoshka); ``None`` for all.
    """

    # Texts stored together: about a second's work on two cores.
    batch_size = 128
    _windowed = 0

    @property
    def fingerprint(self) -> str:
        """Identifies weights, tokenizer, pooling, prompts, window and dimensions."""
        cut = [str(self.dimension)] * (self.dimension < self.folder.dimension)
        return "-".join([self.folder.fingerprint, *cut, *self._apart])

    @property
    def description(self) -> str:
        """The fingerprint in words, for an error that names two encoders."""
        pooling = f"{self.folder.pooling} pooling, " if self.folder.pooling else ""
        marks = ", ".join([self.fingerprint[:6], *self._apart])
        return f"{self.name} ({pooling}{self.dimension} dimensions, {marks})"

    @property
    def _apart(self) -> tuple[str, ...]:
        """Name the precision, if its vectors must not be compared with the usual ones."""
        return ()

    @property
    def dimension(self) -> int:
        """Length of a vector.

        Raises:
            InputError: More numbers were asked for than the model gives.
        """
        most = self.folder.dimension
        return self._choose_dimension("model", most, min(self.folder.truncation or most, most))

    @property
    def windowed(self) -> int:
        """How many of the texts encoded so far were longer, and read window by window."""
        return self._windowed

    def encode(self, texts: Sequence[str], role: Role = "passage") -> NDArray[np.float32]:
        """Embed texts of any length.

        A text's vector depends on the text alone, whatever stands beside it.

        Args:
            texts: Any number of them.
            role: Whether they are passages or queries.

        Returns:
            Unit rows, float32 of shape ``(len(texts), dimension)``.

        Raises:
            ModelError: The model is missing or cannot be read.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = list(texts[start : start + _CHUNK])
            vectors[start : start + len(chunk)] = self._encode_chunk(chunk, role)
        return vectors

    def _encode_chunk(self, texts: list[str], role: Role) -> NDArray[np.float32]:
        counts: list[int] = []
        lengths: list[int] = []

        def windows() -> Iterator[Window]:
            # Lazily, so that the network is at work while later texts are tokenized.
            for start in range(0, len(texts), _SLICE):
                for parts in self._read(texts[start : start + _SLICE], role):
                    counts.append(len(parts))
                    lengths.extend(len(part.ids) for part in parts)
                    yield from parts

        vectors = self._embed(windows(), role)
        if len(vectors) > len(texts):
            self._windowed += sum(count > 1 for count in counts)
            vectors = _pool(vectors, counts, lengths)
        return unit_rows(vectors[:, : self.dimension])

    def _read(self, texts: list[str], role: Role) -> Iterator[list[Window]]:
        """Return the windows of each text."""
        prompt, limit = self.folder.prompts[role], self.folder.max_length
        whole = self._pieces.encode([prompt + text for text in texts])
        for text, ids in zip(texts, whole, strict=True):
            if len(ids) <= limit:
                yield [Window(text, ids)]
                continue
            fixed = self._pieces.count(prompt)
            spans = fit(
                text,
                0,
                len(text),
                lambda part: self._pieces.count(prompt + part) - fixed,  # noqa: B023
                max(1, limit - fixed),
            )
            parts = [text[first:last] for first, last in spans]
            found = self._pieces.encode([prompt + part for part in parts])
            # A single character may be more word pieces than the model reads.
            yield [Window(part, ids[:limit]) for part, ids in zip(parts, found, strict=True)]

    @abstractmethod
    def _embed(self, windows: Iterable[Window], role: Role) -> NDArray[np.float32]:
        """Return the model's vector of each window, float32, in full length, in order."""


def _pool(
    vectors: NDArray[np.float32], counts: list[int], lengths: list[int]
) -> NDArray[np.float32]:
    """Average the unit vectors of each text's windows, weighted by length.

    Args:
        vectors: One row a window, those of a text together.
        counts: Windows of each text.
        lengths: Word pieces of each window.

    Returns:
        One row a text; the only window of a text as it is.
    """
    ends = np.cumsum(counts)
    pooled: NDArray[np.float32] = vectors[ends - counts]
    for row in np.flatnonzero(np.array(counts) > 1):
        part = slice(ends[row] - counts[row], ends[row])
        weights = np.array(lengths[part], dtype=np.float32)
        pooled[row] = weights @ unit_rows(vectors[part]) / weights.sum()
    return pooled


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length 1; a row of zeros stays.

    Apart from ``neighbours.unit_rows``, whose last bits differ: vectors stored earlier
    must be what this gives.
    """
    # Row by row: a sum over a whole array may add up in another order for other shapes.
    lengths = np.array([np.sqrt(np.dot(row, row)) for row in vectors], dtype=np.float32)
    lengths[lengths == 0] = 1
    unit: NDArray[np.float32] = vectors / lengths[:, np.newaxis]
    return unit
