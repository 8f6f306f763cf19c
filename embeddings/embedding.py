"""Embedding what has no vector yet, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.normalising import hash_text, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder
    from embeddings.store import CorpusStore

# Texts committed together: what a killed run loses at most. About a second's work on two cores.
BATCH_SIZE = 128

Progress = Callable[[int, int], None]
"""Told how many texts are done, and of how many."""


@dataclass(frozen=True)
class EmbeddingReport:
    """What a run embedded.

    Attributes:
        embedded: Distinct texts embedded by this run.
        reused: Distinct texts that had a vector already.
    """

    embedded: int
    reused: int


def embed_corpus(
    store: CorpusStore, encoder: Encoder, progress: Progress | None = None
) -> EmbeddingReport:
    """Give every passage of the store a vector; each batch is stored before the next."""
    missing = store.missing_texts(encoder.fingerprint)
    distinct = store.rows("SELECT count(DISTINCT hash) FROM passages")[0][0]
    for start in range(0, len(missing), BATCH_SIZE):
        if progress and not start:
            progress(0, len(missing))
        batch = missing[start : start + BATCH_SIZE]
        vectors = encoder.encode([text for _, text in batch])
        store.put_vectors(encoder.fingerprint, [key for key, _ in batch], vectors)
        if progress:
            progress(start + len(batch), len(missing))
    return EmbeddingReport(embedded=len(missing), reused=distinct - len(missing))


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
