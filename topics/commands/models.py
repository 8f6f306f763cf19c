"""The encoder a database belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import NAME as PACKAGED
from embeddings.errors import StoreError

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder
    from embeddings.store import CorpusStore


def choose_encoder(store: CorpusStore, model: str | None, precision: str | None) -> Encoder:
    """Open the encoder of a database, or for a new one the encoder asked for, and note it.

    Args:
        store: Open for writing.
        model: A model name or folder; ``None`` for the database's own, or the packaged one.
        precision: ``auto``, ``float32`` or ``bfloat16``; ``None`` for the database's own,
            or ``auto``.

    Raises:
        InputError: The precision is none of these.
        StoreError: The database holds vectors of another model or precision.
        ModelError: The model cannot be had.
    """
    stored = store.setting("encoder")
    if stored is None:
        model = _lasting(model or os.environ.get("TOPICWIRE_MODEL"))
        encoder = open_encoder(model, precision or "auto")
        settings = {
            "model": model,
            "precision": precision or "auto",
            "name": encoder.name,
            "fingerprint": encoder.fingerprint,
            "dimension": encoder.dimension,
            "window": encoder.window,
        }
        store.set_setting("encoder", settings)
        return encoder
    if precision is not None and precision != stored["precision"]:
        open_encoder(None, precision)  # says so if there is no such precision
        raise StoreError(
            f"{store.path} holds vectors of precision {stored['precision']}; leave out "
            "--precision, or use another file with --db."
        )
    encoder = open_encoder(_lasting(model) or stored["model"] or PACKAGED, stored["precision"])
    _check(store, encoder, stored)
    return encoder


def _lasting(model: str | None) -> str | None:
    """Return a model's name, or its folder as seen from anywhere."""
    return str(Path(model).resolve()) if model and Path(model).is_dir() else model


def stored_encoder(store: CorpusStore) -> Encoder:
    """Open the encoder whose vectors a database holds.

    Raises:
        StoreError: The model of that name is another one now.
        ModelError: It cannot be had any more.
    """
    stored = store.setting("encoder")
    encoder = open_encoder(stored["model"] or PACKAGED, stored["precision"])
    _check(store, encoder, stored)
    return encoder


def _check(store: CorpusStore, encoder: Encoder, stored: dict[str, str]) -> None:
    if encoder.fingerprint != stored["fingerprint"]:
        raise StoreError(
            f"{store.path} holds vectors of {stored['name']}, and {encoder.name} is another model "
            "or version; leave out --model, or use another file with --db."
        )
