"""A sentence-transformers model as files in a folder: what they are, hashed and read."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.encoders.caching import cache_folder, hash_file
from embeddings.encoders.settings import Module, Settings, read_modules, read_settings
from embeddings.errors import ModelError
from embeddings.writing import write_whole

# What a loader reads beside the weights: configurations, vocabularies, merge tables,
# SentencePiece and tiktoken models, chat templates. data_config.json lists the training
# data and is read by nothing.
_SUFFIXES = (".safetensors", ".json", ".txt", ".model", ".vocab", ".tiktoken", ".jinja")
_NOT_READ = {"data_config.json"}

# A vocabulary. Without one transformers makes up an empty tokenizer, and says nothing.
_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.vocab", "*.tiktoken")

# Part of every fingerprint: raise it when the same files come to mean other vectors.
_SCHEME = "1"


@dataclass(frozen=True, slots=True)
class ModelFolder(Settings):
    """A model on disk, and what its configuration says.

    Attributes:
        name: The model as the user named it.
        path: The folder.
        hashes: sha256 (hex) of each file that the model consists of, by relative path.
        transformer: The folder of the transformer and its tokenizer.
    """

    name: str
    path: Path
    hashes: Mapping[str, str]
    transformer: Path

    @property
    def fingerprint(self) -> str:
        """32 hex digits that stand for weights, tokenizer, pooling, prompts and window."""
        parts = [_SCHEME, str(self.max_length), *(f"{k}={v}" for k, v in self.hashes.items())]
        # Only where they are set: they came to be read later than the rest.
        parts += [f"prompt {role}={text}" for role, text in sorted(self.prompts.items()) if text]
        parts += ["lower case"] * self.lower_case
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def read_folder(path: Path, name: str) -> ModelFolder:
    """Hash the model's files and read its configuration; loads no weights.

    Raises:
        ModelError: The folder holds no sentence-transformers model in safetensors form,
            one that brings code of its own, or one of a kind that is not supported.
    """
    if not path.is_dir():
        raise ModelError(
            f"The model folder {path} does not exist: name a folder that holds config.json, "
            "tokenizer.json and model.safetensors."
        )
    modules = read_modules(path, name)
    _expect_files(path, modules, name)
    settings = read_settings(path, modules, name)
    return ModelFolder(
        name=name,
        path=path,
        hashes=_hash_files(path, modules),
        transformer=path / modules[0].path,
        **asdict(settings),
    )


def _expect_files(path: Path, modules: list[Module], name: str) -> None:
    transformer = path / modules[0].path
    if not (transformer / "config.json").is_file():
        raise ModelError(
            f"The folder {path} holds no model: expected config.json, tokenizer.json and "
            "model.safetensors, as sentence-transformers saves them."
        )
    if not any(transformer.glob("*.safetensors")):
        raise ModelError(
            f"The model {name} has no .safetensors weights in {transformer}, and pickled "
            "weights are never read: save it again with sentence-transformers."
        )
    if not any(file for pattern in _VOCABULARIES for file in transformer.glob(pattern)):
        raise ModelError(
            f"The model {name} has no tokenizer.json in {transformer}: save it again with "
            "sentence-transformers, which writes one."
        )


def _hash_files(path: Path, modules: list[Module]) -> dict[str, str]:
    """Hash the files the modules are made of, reading only those that changed.

    Hashing 90 MB takes 0.1-0.3 s, so what ``hash_file`` returns is kept in the cache.
    """
    place = hashlib.blake2b(str(path.resolve()).encode(), digest_size=16).hexdigest()
    stamp_file = cache_folder() / "stamps" / f"{place}.json"
    stamps = _read_stamps(stamp_file)
    fresh = {
        relative: hash_file(path / relative, stamps.get(relative))
        for relative in _model_files(path, modules)
    }
    if fresh != stamps:
        # Without a cache that can be written, the files are hashed at each start.
        with contextlib.suppress(OSError):
            write_whole(stamp_file, json.dumps(fresh))
    return {relative: stamp[3] for relative, stamp in fresh.items()}


def _model_files(path: Path, modules: list[Module]) -> list[str]:
    found = {
        file.relative_to(path).as_posix()
        for module in {"", *(module.path for module in modules)}
        for file in (path / module).glob("*")
        if file.suffix in _SUFFIXES and file.name not in _NOT_READ and file.is_file()
    }
    return sorted(found)


def _read_stamps(stamp_file: Path) -> dict[str, Any]:
    try:
        stamps = json.loads(stamp_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}
