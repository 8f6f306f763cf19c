"""A corpus of made vectors and words, large enough that not all of it is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.search.index import INDEX
from embeddings.search.making import keep_index, make_index
from embeddings.text.normalising import hash_text

DIMENSION, ARTICLE = 48, 10


@pytest.fixture
def keep(store):
    """Keep the index of a store as a run does."""

    def keep_made(fingerprint="words-1"):
        index, recall = make_index(store, fingerprint)
        with store.transaction() as connection:
            keep_index(store, fingerprint, index, recall)
            connection.execute(
                "INSERT OR REPLACE INTO stages VALUES (?, 'digest', 'null', NULL)", (INDEX,)
            )
        return index, recall

    return keep_made


@pytest.fixture
def many(store, put):
    """Put 2,000 passages of 200 articles; returns their vectors, in the order of their ids."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{n}" for n in range(300)])
    texts = [" ".join(words[(300 * rng.random(9) ** 3).astype(int)]) + f" {n}" for n in range(2000)]
    centres = rng.standard_normal((20, DIMENSION))
    vectors = centres[rng.integers(0, 20, 2000)] + rng.standard_normal((2000, DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    with store.transaction():
        for start in range(0, len(texts), ARTICLE):
            number = start // ARTICLE
            put(
                store,
                f"d{(number * 7) % 200:03}",  # ids come in another order than articles do
                texts[start : start + ARTICLE],
                source=f"outlet-{number % 3}",
                published=("", "2013", "2013-05", "2013-05-11")[number % 4],
                language=("en", "fr")[number % 2],
            )
        store.put_vectors("words-1", [hash_text(text) for text in texts], vectors)
    return vectors
