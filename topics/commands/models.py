"""The encoder a database belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.embedding import expect_encoder, note_encoder
from embeddings.encoders.opening import open_encoder

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder
    from embeddings.store import CorpusStore


def choose_encoder(
    store: CorpusStore,
    *,
    model: str | None = None,
    precision: str | None = None,
    device: str = "cpu",
    dimensions: int | None = None,
) -> Encoder:
    """Open the encoder of a database, or for a new one the encoder asked for, and note it.

    Args:
        store: Open for writing.
        model: A model name or folder; ``None`` for the database's own, or the packaged one.
        precision: As for ``open_encoder``; ``None`` for the database's own, or ``auto``.
        device: Where to compute; not noted, since it does not change what vectors mean.
        dimensions: Numbers of a vector; ``None`` for the database's own, or all.

    Raises:
        InputError: Precision, device or dimensions are none that can be.
        StoreError: The database holds vectors that those asked for cannot be compared with.
        ModelError: The model cannot be had.
    """
    stored = store.setting("encoder") or {}
    model = _lasting(model or (None if stored else os.environ.get("TOPICWIRE_MODEL")))
    if stored and model in (None, stored.get("model")):
        model = stored.get("model")
        precision = precision or stored.get("precision")
        dimensions = dimensions or stored.get("dimensions")
    precision = precision or "auto"
    encoder = open_encoder(model, precision, device, dimensions)
    note_encoder(store, encoder, model=model, precision=precision, dimensions=dimensions)
    return encoder


def _lasting(model: str | None) -> str | None:
    """Return a model's name, or its folder as seen from anywhere."""
    kind, colon, base = (model or "").rpartition(":")
    return f"{kind}{colon}{Path(base).resolve()}" if base and Path(base).is_dir() else model


def stored_encoder(store: CorpusStore) -> Encoder:
    """Open the encoder whose vectors a database holds.

    Raises:
        StoreError: The model of that name is another one now.
        ModelError: It cannot be had any more.
    """
    stored = store.setting("encoder")
    encoder = open_encoder(
        stored.get("model"),
        stored.get("precision", "auto"),
        dimensions=stored.get("dimensions"),
    )
    expect_encoder(store, encoder)
    return encoder
