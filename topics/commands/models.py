"""The encoder a database belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embeddings.encoders.opening import open_encoder
from embeddings.errors import StoreError

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder
    from embeddings.store import CorpusStore


def choose_encoder(store: CorpusStore, model: str | None, precision: str) -> Encoder:
    """Open the encoder of a database, or for a new one the encoder asked for, and note it.

    Args:
        store: Open for writing.
        model: A model name or folder; ``None`` for the database's own, or the packaged one.
        precision: ``auto``, ``float32`` or ``bfloat16``.

    Raises:
        StoreError: The database holds vectors of another model.
        ModelError: The model cannot be had.
    """
    stored = store.setting("encoder")
    if stored is None:
        encoder = open_encoder(model, precision)
    else:
        encoder = open_encoder(model or stored["model"], precision)
        _check(store, encoder, stored)
        model = stored["model"]
    store.set_setting(
        "encoder",
        {
            "model": model,
            "precision": precision,
            "name": encoder.name,
            "fingerprint": encoder.fingerprint,
            "dimension": encoder.dimension,
            "window": encoder.window,
        },
    )
    return encoder


def stored_encoder(store: CorpusStore) -> Encoder:
    """Open the encoder whose vectors a database holds.

    Raises:
        StoreError: The model of that name is another one now.
        ModelError: It cannot be had any more.
    """
    stored = store.setting("encoder")
    encoder = open_encoder(stored["model"], stored["precision"])
    _check(store, encoder, stored)
    return encoder


def _check(store: CorpusStore, encoder: Encoder, stored: dict[str, str]) -> None:
    if encoder.fingerprint != stored["fingerprint"]:
        raise StoreError(
            f"{store.path} holds vectors of {stored['name']}, and {encoder.name} is another model "
            "or version; leave out --model, or use another file with --db."
        )
