"""A sentence-transformers model as files in a folder: what they are, hashed and read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.encoders.caching import cache_folder, hash_file, read_note, write_note
from embeddings.encoders.protocol import Role
from embeddings.encoders.settings import (
    Module,
    expect_text,
    read_dimension,
    read_max_length,
    read_modules,
    read_object,
    read_own_settings,
    read_poolings,
    read_prompts,
    read_whole,
    usual_pooling,
)
from embeddings.errors import ModelError

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
class ModelFolder:
    """A model on disk, and what its configuration says.

    Attributes:
        name: The model as the user named it.
        path: The folder.
        hashes: sha256 (hex) of each file that the model consists of, by relative path.
        transformer: The folder of the transformer and its tokenizer.
        max_length: The most word pieces the model reads, special ones included.
        dimension: Length of a vector.
        truncation: The first numbers of a vector to which the model itself cuts it, if it does.
        pooling: How word pieces become one vector, such as ``mean``; ``""`` if not stated.
        prompts: What is put before a text, by its role.
        lower_case: Whether texts are lower-cased before the tokenizer's own rules.
        local_attention: Whether a layer's word pieces see only those near them.
        obstacle: Why only sentence-transformers itself can compute the vectors; ``""``
            if nothing stands in the way.
    """

    name: str
    path: Path
    hashes: Mapping[str, str]
    transformer: Path
    max_length: int
    dimension: int
    truncation: int | None
    pooling: str
    prompts: Mapping[Role, str]
    lower_case: bool
    local_attention: bool
    obstacle: str

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
    transformer = path / modules[0].path
    _expect_files(path, transformer, name)
    config = read_object(transformer / "config.json")
    general_file = path / "config_sentence_transformers.json"
    general = read_object(general_file)
    plain = not (path / "modules.json").is_file()
    own = {} if plain else read_own_settings(transformer)
    expect_text(transformer, own, general, name, plain)
    prompts = read_prompts(general_file, general)
    poolings = [module for module in modules if module.kind == "Pooling"]
    pooled = all(module.config.get("include_prompt", True) for module in poolings)
    left_out = any(prompts.values()) and not pooled
    return ModelFolder(
        name=name,
        path=path,
        transformer=transformer,
        max_length=read_max_length(transformer, own, config),
        dimension=read_dimension(path, modules, config),
        truncation=read_whole(general_file, general, "truncate_dim"),
        pooling="+".join(mode for pooling in poolings for mode in read_poolings(pooling))
        or (usual_pooling(config) if plain else ""),
        prompts=prompts,
        lower_case=own.get("do_lower_case") is True,
        local_attention=bool(config.get("local_attention") or config.get("sliding_window")),
        obstacle=f"{name} leaves its prompts out of the pooling" if left_out else "",
        hashes=_hash_files(path, modules),
    )


def expect_unchanged(folder: ModelFolder, suffixes: tuple[str, ...] = _SUFFIXES) -> None:
    """Hash anew what is about to be loaded, since what is noted in the cache may be forged.

    Args:
        folder: The model.
        suffixes: Of the files that are loaded.

    Raises:
        ModelError: A file is not what its hash says.
    """
    for relative, known in folder.hashes.items():
        file = folder.path / relative
        if relative.endswith(suffixes) and hash_file(file)[-1] != known:
            raise ModelError(
                f"{file} is not what the cache notes of it: remove the folder "
                f"{cache_folder() / 'stamps'}, and type the command again."
            )


def _expect_files(path: Path, transformer: Path, name: str) -> None:
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
    noted = read_note(stamp_file)
    stamps = noted if isinstance(noted, dict) else {}
    fresh = {
        relative: hash_file(path / relative, stamps.get(relative))
        for relative in _model_files(path, modules)
    }
    if fresh != stamps:
        write_note(stamp_file, fresh)
    return {relative: stamp[3] for relative, stamp in fresh.items()}


def _model_files(path: Path, modules: list[Module]) -> list[str]:
    found = {
        file.relative_to(path).as_posix()
        for module in {"", *(module.path for module in modules)}
        for file in (path / module).glob("*")
        if file.suffix in _SUFFIXES and file.name not in _NOT_READ and file.is_file()
    }
    return sorted(found)
