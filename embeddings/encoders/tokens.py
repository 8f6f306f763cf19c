"""Texts to word pieces, as sentence-transformers makes them, mostly without transformers."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoders.caching import cache_folder
from embeddings.encoders.folder import ModelFolder, expect_unchanged
from embeddings.encoders.loading import MISSING, quietly
from embeddings.errors import ModelError, first_line
from embeddings.text.scripts import is_unspaced
from embeddings.writing import write_whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Part of the cache's key: raise it when the same folder comes to mean another tokenizer.
_RECIPE = "1"


# Word pieces of models of many languages: 119,547 (BERT) to 501,153 (LaBSE); of those of one
# 20,000 to 65,000.
_MANY_PIECES = 100_000
# Letters of a word piece: 3.9 of English in all-MiniLM-L6-v2, and 2.5 of German or French, 1.0 of
# Russian. A piece of Chinese characters or kana counts one letter more.
_LEAST_LETTERS = 3.0


class WordPieces:
    """The tokenizer of a model; its file is read at the first use."""

    def __init__(self, folder: ModelFolder) -> None:
        self._folder = folder

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = load_tokenizer(self._folder)
        for role, prompt in self._folder.prompts.items():
            fixed, limit = len(tokenizer.encode(prompt).ids), self._folder.max_length
            if fixed >= limit:
                raise ModelError(
                    f"The model {self._folder.name} reads {limit} word pieces at once, and its "
                    f"prompt of a {role} with the special ones takes {fixed}: expected a model "
                    "with room for text (max_seq_length, prompts)."
                )
        return tokenizer

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, special ones included, none cut off.

        Raises:
            ModelError: The tokenizer cannot be read, or the prompt fills the model's window.
        """
        # The tokenizer refuses halves of surrogate pairs, which no file that we read has.
        whole = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        found = self._tokenizer.encode_batch_fast(whole)
        # A tokenizer without special pieces makes nothing of an empty text; the model
        # must read something, and 0 is the id of a padding or unknown piece.
        return [encoding.ids or [0] for encoding in found]

    def are_made_for(self, texts: Sequence[str]) -> bool:
        """Whether the pieces are made for the language of texts.

        Those of models of many languages are many. Others are made for a language if they hold
        several of its letters each.
        """
        if self._tokenizer.get_vocab_size() >= _MANY_PIECES:
            return True
        unknown = getattr(self._tokenizer.model, "unk_token", None)
        letters = pieces = 0.0
        for text in texts:
            found = self._tokenizer.encode(text, add_special_tokens=False)
            pieces += len(found.ids)
            for piece, (start, end) in zip(found.tokens, found.offsets, strict=True):
                if piece != unknown:
                    letters += sum(map(str.isalpha, text[start:end]))
                    letters += sum(map(is_unspaced, text[start:end]))
        return letters >= _LEAST_LETTERS * pieces

    def count(self, text: str) -> int:
        """Count the word pieces of a text, special ones included."""
        return len(self.encode([text])[0])


def load_tokenizer(folder: ModelFolder) -> Tokenizer:
    """Return the tokenizer that sentence-transformers uses, which neither pads nor cuts.

    transformers builds it from the folder's class name, vocabulary and options, and passes
    over some of ``tokenizer.json``. What it builds is kept in the cache, in the form that
    the package tokenizers reads, so that later processes need no transformers.

    Raises:
        ModelError: The folder has none, or one that cannot be read.
    """
    tokenizer = _find(folder)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _find(folder: ModelFolder) -> Tokenizer:
    from embeddings.encoders.packaged import PINNED

    if folder.hashes == PINNED:
        # Known to be read alike, so that the first use needs no transformers either.
        expect_unchanged(folder, ("tokenizer.json",))
        return _read(folder.transformer / "tokenizer.json")
    kept = cache_folder() / "tokenizers" / f"{_key(folder)}.json"
    if kept.is_file():
        # A damaged one is made again.
        with contextlib.suppress(ModelError):
            return _read(kept)
    tokenizer = _build(folder)
    # Where the cache cannot be written, each process builds it again.
    with contextlib.suppress(OSError):
        write_whole(kept, tokenizer.to_str())
    return tokenizer


def _read(file: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises bare Exception for a malformed file
        raise ModelError(f"{file} is no tokenizer ({error}).") from error


def _build(folder: ModelFolder) -> Tokenizer:
    """Build the tokenizer as sentence-transformers' module Transformer does."""
    try:
        with quietly():
            from transformers import AutoTokenizer

            found = AutoTokenizer.from_pretrained(
                str(folder.transformer), local_files_only=True, trust_remote_code=False
            )
            tokenizer: Tokenizer = found.backend_tokenizer
            if folder.lower_case:
                _lower_first(tokenizer)
    except ImportError as error:
        raise ModelError(MISSING) from error
    except AttributeError as error:  # one written in Python alone
        raise ModelError(
            f"The tokenizer of the model {folder.name} has no fast form: expected a "
            "tokenizer.json, or files that transformers converts to one."
        ) from error
    except Exception as error:  # whatever a broken or foreign folder makes a loader raise
        raise ModelError(
            f"The tokenizer of the model {folder.name} in {folder.transformer} cannot be read "
            f"({first_line(error)}): expected a tokenizer.json, as sentence-transformers saves it."
        ) from error
    return tokenizer


def _lower_first(tokenizer: Tokenizer) -> None:
    from tokenizers.normalizers import Lowercase, Sequence

    own = tokenizer.normalizer
    # A sequence can be iterated over, which the package's stubs do not say.
    steps = list(own) if isinstance(own, Sequence) else [own]  # type: ignore[call-overload]
    if not any(isinstance(step, Lowercase) for step in steps):
        tokenizer.normalizer = Sequence([Lowercase(), *filter(None, steps)])


def _key(folder: ModelFolder) -> str:
    try:
        built_by = version("transformers")
    except PackageNotFoundError:
        built_by = ""
    parts = f"{_RECIPE} {folder.fingerprint} {built_by}"
    return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()
