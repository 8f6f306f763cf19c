"""From what the user typed to an encoder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import InputError, ModelError

if TYPE_CHECKING:
    from embeddings.encoders.compiled import CompiledEncoder
    from embeddings.encoders.folder import ModelFolder

PRECISIONS = ("auto", "float32", "bfloat16")

# "name" or "organisation/name", as the hub allows them.
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def open_encoder(model: str | None = None, precision: str = "auto") -> CompiledEncoder:
    """Open an encoder; weights are read and heavy libraries imported at its first use.

    Args:
        model: A folder saved by sentence-transformers, or a model's name; a name other
            than the default's may be fetched from the hub at the first use. None stands
            for the environment's ``TOPICWIRE_MODEL``, else all-MiniLM-L6-v2 from the
            installed package, whose files are checked.
        precision: ``float32``; ``bfloat16``; or ``auto``, which takes bfloat16 where the
            CPU is much faster in it.

    Raises:
        InputError: The precision is unknown.
        ModelError: A folder does not exist, or the name cannot
            be a model's. A missing or altered model is found out at the first use.
    """
    from embeddings.encoders.compiled import CompiledEncoder
    from embeddings.encoders.packaged import NAME

    if precision not in PRECISIONS:
        raise InputError(
            f"The precision {precision!r} is unknown: expected one of {', '.join(PRECISIONS)}."
        )
    name = model or os.environ.get("TOPICWIRE_MODEL") or NAME
    return CompiledEncoder(name, _locator(name), precision)


def _locator(name: str) -> Callable[[], ModelFolder]:
    """Choose where a model of this name is looked for, without looking."""
    from embeddings.encoders.folder import read_folder
    from embeddings.encoders.packaged import NAME, find_package, read_package
    from embeddings.encoders.reference import find_named

    path = Path(name).expanduser()
    if name == NAME or (name == f"sentence-transformers/{NAME}" and find_package()):
        return read_package
    if path.is_dir():
        return lambda: read_folder(path.resolve(), name)
    if not _HUB_NAME.fullmatch(name) or name.startswith("."):
        raise ModelError(
            f"There is no model folder {name}: name a folder that holds config.json, "
            "tokenizer.json and model.safetensors, or a model of the hub."
        )
    return lambda: find_named(name)
