"""What copies have in common is held once, so that a million of them fit into memory."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.corpus import held_once
from embeddings.corpus.held_once import read_hashes, read_vectors
from embeddings.text.normalising import hash_text, normalise
from embeddings.vectors.embedding import embed_corpus


@pytest.fixture
def copied(store, put):
    put(store, "a", ["The same words.", "Others.", "The same words."])
    put(store, "b", ["The same words.", "The same  words."])
    return store


def test_copies_have_one_vector_in_memory(copied, encoder):
    embed_corpus(copied, encoder)
    vectors = read_vectors(copied, encoder.fingerprint)
    assert vectors.distinct.shape == (2, encoder.dimension)
    assert len(vectors) == 5
    expected = encoder.encode([normalise(one.body) for one in copied.passages()])
    np.testing.assert_array_equal(vectors[np.arange(5)], expected)
    np.testing.assert_array_equal(vectors[[3, 1]], expected[[3, 1]])


@pytest.mark.parametrize("remembered", [0, 50_000])
def test_copies_have_one_text_and_one_hash_as_far_as_they_are_remembered(
    copied, monkeypatch, remembered
):
    monkeypatch.setattr(held_once, "_TEXTS", remembered)
    passages, hashes = copied.passages(), list(read_hashes(copied))
    assert [one.text for one in passages] == [
        "The same words.", "Others.", "The same words.", "The same words.", "The same  words.",
    ]  # fmt: skip
    assert hashes == [hash_text(one.body) for one in passages]
    if remembered:
        assert passages[0].text is passages[2].text is passages[3].text
        assert hashes[0] is hashes[2] is hashes[4]
        assert passages[0].document_id is passages[2].document_id
