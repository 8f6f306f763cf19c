"""Embedding what has no vector yet, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.contents import count_distinct
from embeddings.errors import StoreError
from embeddings.text.normalising import hash_text, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.protocol import Encoder

Progress = Callable[[int, int], None]
"""Told how many texts are done, and of how many."""


@dataclass(frozen=True)
class EmbeddingReport:
    """What a run embedded.

    Attributes:
        embedded: Distinct texts embedded by this run.
        reused: Distinct texts that had a vector already.
        windowed: Texts of this run that were longer than the model's window: their vector
            is that of several windows, pooled by length.
    """

    embedded: int
    reused: int
    windowed: int


def embed_corpus(
    store: CorpusStore, encoder: Encoder, progress: Progress | None = None
) -> EmbeddingReport:
    """Give every passage of the store a vector; each batch is stored before the next.

    Memory does not grow with the corpus: texts are fetched as they are needed.

    Raises:
        StoreError: The store holds vectors that the encoder's cannot be compared with.
    """
    fingerprint = encoder.fingerprint
    if (store.setting("encoder") or {}).get("fingerprint") != fingerprint:
        note_encoder(store, encoder)
    missing = store.find_missing(fingerprint)
    distinct = count_distinct(store)
    windowed = encoder.windowed
    done = 0
    while done < missing:
        if progress and not done:
            progress(0, missing)
        batch = store.missing_texts(done, encoder.batch_size)
        vectors = encoder.encode([text for _, text in batch])
        store.put_vectors(fingerprint, [key for key, _ in batch], vectors)
        done += len(batch)
        if progress:
            progress(done, missing)
    return EmbeddingReport(
        embedded=missing, reused=distinct - missing, windowed=encoder.windowed - windowed
    )


def note_encoder(store: CorpusStore, encoder: Encoder, precision: str = "auto") -> None:
    """Make an encoder that of the store, which later runs open again.

    Args:
        store: Open for writing.
        encoder: Its name must open it again, together with precision and dimensions.
        precision: As the user chose it.

    Raises:
        StoreError: The store holds vectors that the encoder's cannot be compared with.
    """
    expect_encoder(store, encoder)
    noted = {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "description": encoder.description,
        "dimensions": encoder.dimension,
        "precision": precision,
    }
    if store.setting("encoder") != noted:
        store.set_setting("encoder", noted)


def expect_encoder(store: CorpusStore, encoder: Encoder) -> None:
    """Make sure that an encoder's vectors may be compared with those of the store.

    Raises:
        StoreError: The store's were made by another model, pooling, number of dimensions
            or class of precision.
    """
    stored = store.setting("encoder")
    if not stored or stored["fingerprint"] == encoder.fingerprint:
        return
    if not store.rows("SELECT 1 FROM vectors WHERE encoder = ? LIMIT 1", (stored["fingerprint"],)):
        return  # a run was stopped before it had embedded anything
    raise StoreError(
        f"{store.path} holds vectors of {stored.get('description', stored['name'])}, which "
        f"cannot be compared with those of {encoder.description}: leave out --model, "
        "--precision and --dimensions, or use another file with --db."
        + "".join(f" {note}" for note in encoder.notes)
    )


def embed_texts(store: CorpusStore, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed texts that are no passages (topic descriptions), kept in the same cache.

    Returns:
        Unit rows, float32 of shape ``(len(texts), dimension)``.
    """
    hashes = [hash_text(text) for text in texts]
    known = store.vectors_of(encoder.fingerprint, hashes)
    missing = {
        key: normalise(text) for key, text in zip(hashes, texts, strict=True) if key not in known
    }
    if missing:
        vectors = encoder.encode(list(missing.values()))
        store.put_vectors(encoder.fingerprint, list(missing), vectors)
        known.update(zip(missing, vectors, strict=True))
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.stack([known[key] for key in hashes])
