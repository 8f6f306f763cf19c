"""From what the user typed to an encoder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import InputError, ModelError

if TYPE_CHECKING:
    from embeddings.encoders.folder import ModelFolder
    from embeddings.encoders.protocol import Encoder

PRECISIONS = ("auto", "float32", "bfloat16", "int8")

STATIC = "static"

# "name" or "organisation/name", as the hub allows them.
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def open_encoder(
    model: str | None = None,
    precision: str = "auto",
    device: str = "cpu",
    dimensions: int | None = None,
    *,
    fetch: bool = True,
) -> Encoder:
    """Open an encoder; weights are read and heavy libraries imported at its first use.

    Args:
        model: A folder saved by sentence-transformers, or a model's name; a name other
            than the default's may be fetched from the hub at the first use. None stands
            for the environment's ``TOPICWIRE_MODEL``, else all-MiniLM-L6-v2 from the
            installed package, whose files are checked. ``static`` is a table of word
            vectors distilled from the default model, ``static:MODEL`` from another.
        precision: ``float32``; ``bfloat16``; ``int8``; or ``auto``, which takes bfloat16
            where the CPU is much faster in it, and half precision on a GPU.
        device: ``cpu``; ``cuda``, all GPUs that are visible; ``mps``; or ``auto``, a GPU if
            there is one.
        dimensions: Cut vectors to these first numbers, for models trained to allow it
            (Matryoshka); None for all.
        fetch: Whether the hub may be asked for ``model``; without it, a name that this
            machine has no copy of is an error. The environment's model is never fetched.

    Raises:
        InputError: The precision, device or number of dimensions is none that can be.
        ModelError: A folder does not exist, or the name cannot
            be a model's. A missing or altered model is found out at the first use.
    """
    from embeddings.encoders.devices import find_devices, may_accelerate
    from embeddings.encoders.packaged import NAME

    accelerated = may_accelerate(device)
    if precision not in PRECISIONS:
        raise InputError(
            f"The precision {precision!r} is unknown: expected one of {', '.join(PRECISIONS)}."
        )
    if dimensions is not None and dimensions < 1:
        raise InputError(
            f"A vector cannot have {dimensions} dimensions: expected 1 or more, such as "
            "--dimensions 256."
        )
    name = model or os.environ.get("TOPICWIRE_MODEL") or NAME
    kind, _, base = name.partition(":")
    locate = _locator(base or NAME if kind == STATIC else name, fetch and bool(model))
    if kind == STATIC:
        from embeddings.encoders.static import StaticEncoder

        if accelerated and device != "auto":
            raise InputError(f"A static model is read by the CPU: leave out --device {device}.")
        if precision not in ("auto", "float32"):
            raise InputError(f"A static model has no {precision} form: leave out --precision.")
        return StaticEncoder(base or NAME, locate, dimensions)
    if accelerated and precision == "int8" and device != "auto":
        raise InputError(f"The precision int8 is for the CPU: leave out --device {device}.")
    from embeddings.encoders.compiled import CompiledEncoder

    compiled = CompiledEncoder(name, locate, precision, dimensions)
    if not accelerated or precision == "int8":
        return compiled
    from embeddings.encoders.accelerated import AcceleratedEncoder

    return AcceleratedEncoder(compiled, locate, precision, lambda: find_devices(device), dimensions)


def _locator(name: str, fetch: bool) -> Callable[[], ModelFolder]:
    """Choose where a model of this name is looked for, without looking."""
    from embeddings.encoders.folder import read_folder
    from embeddings.encoders.loading import find_named
    from embeddings.encoders.packaged import NAME, find_package, read_package

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
    return lambda: find_named(name, fetch)
