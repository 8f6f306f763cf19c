"""Small corpora and an encoder made on the spot, for tests that are not about the model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage

# The compiled model is kept with the checkout, so that tests neither read nor fill the user's
# cache, and compile it once.
os.environ["TOPICWIRE_CACHE"] = str(Path(__file__).parents[1] / ".cache" / "topicwire")
os.environ.pop("TOPICWIRE_MODEL", None)


# A shared machine stands still for a second now and then; no test is about time.
settings.register_profile("topicwire", deadline=None)
settings.load_profile("topicwire")


class WordEncoder:
    """A text's vector is the sum of its words' random vectors: same words, same vector."""

    name = "words"
    model = "words"
    fingerprint = "words-1"
    dimension = 32
    windowed = 0
    batch_size = 4
    description = "words (random)"
    notes = ()

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def reads(self, texts: Sequence[str]) -> bool:
        return bool(texts)

    def encode(self, texts: Sequence[str], role: str = "passage") -> NDArray[np.float32]:  # noqa: ARG002
        self.encoded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split():
                seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big")
                row += np.random.default_rng(seed).standard_normal(self.dimension).astype("f4")
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


@pytest.fixture(scope="session")
def make_encoder() -> type[WordEncoder]:
    return WordEncoder


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


def article(document_id: str, paragraphs: Sequence[str], **fields: str) -> Document:
    return Document(id=document_id, text="\n\n".join(paragraphs), **fields)


def paragraphs_of(document: Document) -> list[Passage]:
    passages, start = [], 0
    for position, text in enumerate(document.text.split("\n\n")):
        end = start + len(text)
        passages.append(Passage(document.id, position, start, start, end, text))
        start = end + 2
    return passages


@pytest.fixture
def put() -> Callable[..., None]:
    """Store an article given by its paragraphs."""

    def put_article(
        store: CorpusStore, document_id: str, paragraphs: Sequence[str], **fields: str
    ) -> None:
        document = article(document_id, paragraphs, **{"language": "en", **fields})
        store.put_document(document, [], paragraphs_of(document))

    return put_article


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CorpusStore]:
    with CorpusStore.open(tmp_path / "test.db", write=True) as opened:
        yield opened
