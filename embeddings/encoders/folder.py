"""A sentence-transformers model as files in a folder: what they are, hashed and read."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.encoders.caching import cache_folder, write_whole
from embeddings.errors import ModelError

# What a loader reads beside the weights: configurations, vocabularies, merge tables and
# SentencePiece models. data_config.json lists the training data and is read by nothing.
_SUFFIXES = (".safetensors", ".json", ".txt", ".model")
_NOT_READ = {"data_config.json"}

# Part of every fingerprint: raise it when the same files come to mean other vectors.
_SCHEME = "1"

# sentence-transformers falls back on the transformer's own limits; BERT's is 512.
_USUAL_LENGTH = 512


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on disk.

    Attributes:
        name: The model as the user named it.
        path: The folder.
        hashes: sha256 (hex) of each file that the model consists of, by relative path.
        max_length: The most word pieces the model reads, special ones included.
        dimension: Length of a vector.
    """

    name: str
    path: Path
    hashes: Mapping[str, str]
    max_length: int
    dimension: int

    @property
    def fingerprint(self) -> str:
        """32 hex digits that stand for weights, tokenizer, pooling and window."""
        parts = [_SCHEME, str(self.max_length), *(f"{k}={v}" for k, v in self.hashes.items())]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def read_folder(path: Path, name: str) -> ModelFolder:
    """Hash the model's files and read its window and dimension; loads no weights.

    Raises:
        ModelError: The folder holds no sentence-transformers model in safetensors form,
            or one that brings code of its own.
    """
    modules = _module_paths(path, name)
    _expect_weights(path, modules, name)
    hashes = _hash_files(path, modules)
    transformer = path / modules[0]
    return ModelFolder(name, path, hashes, _max_length(transformer), _dimension(path, modules))


def _module_paths(path: Path, name: str) -> list[str]:
    """Return the sub-folder of each module in order; a plain transformer is one module."""
    if not path.is_dir():
        raise ModelError(
            f"The model folder {path} does not exist: name a folder that holds config.json, "
            "tokenizer.json and model.safetensors."
        )
    if not (path / "modules.json").is_file():
        return [""]
    modules = _read_json(path / "modules.json")
    if not isinstance(modules, list) or not modules:
        raise ModelError(f"{path / 'modules.json'} of the model {name} lists no modules.")
    for module in modules:
        kind = str(module.get("type", ""))
        if not kind.startswith("sentence_transformers."):
            raise ModelError(
                f"The model {name} brings code of its own ({kind}), which is never run: "
                "name a model made of sentence-transformers' own modules."
            )
        if ".." in Path(module.get("path", "")).parts or Path(module.get("path", "")).is_absolute():
            raise ModelError(f"The model {name} points outside its folder ({module['path']}).")
    return [str(module.get("path", "")) for module in modules]


def _expect_weights(path: Path, modules: list[str], name: str) -> None:
    transformer = path / modules[0]
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


def _hash_files(path: Path, modules: list[str]) -> dict[str, str]:
    """Hash the files the modules are made of, reading only those that changed.

    Hashing 90 MB takes 0.1-0.3 s, so hashes are kept in the cache beside size, time of
    writing and time of change of each file; a file that differs in any is read again.
    """
    stamp_file = cache_folder() / "stamps" / f"{_short_hash(str(path.resolve()))}.json"
    stamps = _read_stamps(stamp_file)
    fresh: dict[str, list[Any]] = {}
    for relative in _model_files(path, modules):
        status = (path / relative).stat()
        key = [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        known = stamps.get(relative)
        if isinstance(known, list) and known[:3] == key and len(known) == 4:
            fresh[relative] = known
        else:
            fresh[relative] = [*key, _sha256(path / relative)]
    if fresh != stamps:
        # Without a cache that can be written, the files are hashed at each start.
        with contextlib.suppress(OSError):
            write_whole(stamp_file, json.dumps(fresh))
    return {relative: stamp[3] for relative, stamp in fresh.items()}


def _model_files(path: Path, modules: list[str]) -> list[str]:
    found = {
        file.relative_to(path).as_posix()
        for module in {"", *modules}
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


def _max_length(transformer: Path) -> int:
    """Follow sentence-transformers: its own setting, else the smaller of the two limits."""
    # The file is called sentence_bert_config.json, sentence_roberta_config.json and so on.
    for file in sorted(transformer.glob("sentence_*_config.json")):
        own = _read_json(file).get("max_seq_length")
        if isinstance(own, int):
            return own
    limits = [
        _read_json(transformer / file).get(key)
        for file, key in (
            ("config.json", "max_position_embeddings"),
            ("tokenizer_config.json", "model_max_length"),
        )
    ]
    # "No limit" is written as 10**30.
    return min((n for n in limits if isinstance(n, int) and n < 10**6), default=_USUAL_LENGTH)


def _dimension(path: Path, modules: list[str]) -> int:
    """Return the width of what the last module that changes the width puts out."""
    for module in reversed(modules[1:]):
        config = _read_json(path / module / "config.json")
        if width := config.get("out_features"):  # Dense
            return int(width)
        if width := config.get("embedding_dimension") or config.get("word_embedding_dimension"):
            return int(width) * _pooling_count(config)
    config = _read_json(path / modules[0] / "config.json")
    width = config.get("hidden_size") or config.get("dim") or config.get("d_model")
    if not isinstance(width, int):
        raise ModelError(f"{path / modules[0] / 'config.json'} does not state hidden_size.")
    return width


def _pooling_count(config: dict[str, Any]) -> int:
    """Count the poolings, whose vectors sentence-transformers joins end to end."""
    mode = config.get("pooling_mode")
    if isinstance(mode, list | tuple):
        return len(mode)
    if isinstance(mode, str):
        return 1
    return max(1, sum(value is True for k, value in config.items() if k.startswith("pooling_mode")))


def _read_json(file: Path) -> Any:
    if not file.is_file():
        return {}
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelError(f"{file} of the model cannot be read as JSON ({error}).") from error


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
