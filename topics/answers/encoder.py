"""The encoder a database belongs to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.encoders.opening import STATIC, open_encoder
from embeddings.encoders.packaged import NAME
from embeddings.vectors.embedding import expect_encoder, note_encoder

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.protocol import Encoder
    from topics.answers.cluster_options import ClusterOptions


def choose_encoder(store: CorpusStore, options: ClusterOptions) -> Encoder:
    """Open the encoder of a database, or for a new one the encoder asked for, and note it.

    Args:
        store: Open for writing.
        options: What was asked for.

    Raises:
        InputError: Precision, device or dimensions are none that can be.
        StoreError: The database holds vectors that those asked for cannot be compared with.
        ModelError: The model cannot be had.
    """
    stored = store.setting("encoder") or {}
    own = _model_of(stored)
    name = lasting_name(options.model or own or os.environ.get("TOPICWIRE_MODEL") or NAME)
    precision, dimensions = options.precision, options.dimensions
    if stored and name == own:
        precision = _precision_of(stored) if precision is None else precision
        dimensions = stored.get("dimensions") if dimensions is None else dimensions
    precision = "auto" if precision is None else precision
    fetch = options.model is not None
    encoder = open_encoder(name, precision, options.device, dimensions, fetch=fetch)
    note_encoder(store, encoder, precision)
    return encoder


def _model_of(stored: Mapping[str, Any]) -> str | None:
    """Return what opens the model of a database: a name, or a folder."""
    name: str | None = stored.get("model") or stored.get("name")
    return name


def _precision_of(stored: Mapping[str, Any]) -> str:
    """Return a precision that gives vectors like those of a database.

    int8 may have been asked for where it could not be had.
    """
    if stored["fingerprint"].endswith("-int8"):
        return "int8"
    precision = str(stored.get("precision") or "auto")
    return "float32" if precision == "int8" else precision


def lasting_name(model: str) -> str:
    """Return a model's name, or its folder as seen from anywhere."""
    if model in (STATIC, f"{STATIC}:"):
        return f"{STATIC}:{NAME}"
    kind = f"{STATIC}:" if model.startswith(f"{STATIC}:") else ""
    place = model.removeprefix(kind)
    return f"{kind}{Path(place).resolve()}" if Path(place).is_dir() else model


def stored_encoder(store: CorpusStore) -> Encoder:
    """Open the encoder whose vectors a database holds.

    Raises:
        StoreError: The model of that name is another one now.
        ModelError: It cannot be had any more.
    """
    stored = store.setting("encoder")
    encoder = open_encoder(
        _model_of(stored),
        _precision_of(stored),
        dimensions=stored.get("dimensions"),
        fetch=False,
    )
    expect_encoder(store, encoder)
    return encoder
