"""Texts to word pieces, without transformers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from embeddings.encoders.folder import ModelFolder
from embeddings.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FILE = "tokenizer.json"


class WordPieces:
    """The tokenizer of a model; its file is read at the first use.

    Counting and encoding have a tokenizer each: whether it truncates is a state of the
    object, and switching it to and fro would make the two unsafe beside each other.
    """

    def __init__(self, folder: ModelFolder) -> None:
        self._folder = folder

    @cached_property
    def _counting(self) -> Tokenizer:
        tokenizer = _load(self._folder)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _encoding(self) -> Tokenizer:
        tokenizer = _load(self._folder)
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._folder.max_length)
        return tokenizer

    @cached_property
    def special(self) -> int:
        """How many special word pieces the tokenizer puts around a text."""
        tokenizer = self.__dict__.get("_encoding") or self._counting
        return int(tokenizer.num_special_tokens_to_add(False))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the word pieces of each text, special ones excluded, none cut off."""
        found = self._counting.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in found]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, special ones included, cut to the window."""
        found = self._encoding.encode_batch_fast(list(texts))
        # A tokenizer without special pieces makes nothing of an empty text; the model
        # must read something, and 0 is the id of a padding or unknown piece.
        return [encoding.ids or [0] for encoding in found]


def _load(folder: ModelFolder) -> Tokenizer:
    from tokenizers import Tokenizer

    files = [file for file in folder.hashes if file.split("/")[-1] == _FILE]
    if not files:
        raise ModelError(
            f"The model {folder.name} has no {_FILE} in {folder.path}: save it again with "
            "sentence-transformers, which writes one."
        )
    try:
        return Tokenizer.from_file(str(folder.path / files[0]))
    except Exception as error:  # tokenizers raises bare Exception for a malformed file
        raise ModelError(f"{folder.path / files[0]} is no tokenizer ({error}).") from error
