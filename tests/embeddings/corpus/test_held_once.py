"""What copies have in common is held once, so that a million of them fit into memory."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.corpus import held_once
from embeddings.corpus.held_once import read_hashes, read_vectors
from embeddings.errors import StoreError
from embeddings.text.normalising import hash_text, normalise
from embeddings.vectors.embedding import embed_corpus
from embeddings.vectors.graph import gather_nodes


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


@pytest.mark.parametrize("at_once", [1, 8192])
def test_vectors_lie_in_the_order_of_the_graph_so_that_it_needs_no_copy(
    copied, encoder, monkeypatch, at_once
):
    monkeypatch.setattr(held_once, "_VECTORS", at_once)
    embed_corpus(copied, encoder)
    vectors = read_vectors(copied, encoder.fingerprint)
    nodes = gather_nodes(copied.passages(), [])
    rows = dict(zip(nodes.hashes, range(5), strict=True))
    distinct = [rows[key] for key in sorted(rows)]
    assert vectors[distinct] is vectors.distinct
    expected = encoder.encode([normalise(copied.passages()[row].body) for row in distinct])
    np.testing.assert_array_equal(vectors.distinct, expected)


@pytest.mark.parametrize("at_once", [1, 8192])
def test_a_vector_of_another_length_or_a_missing_one_is_told(copied, encoder, monkeypatch, at_once):
    monkeypatch.setattr(held_once, "_VECTORS", at_once)
    embed_corpus(copied, encoder)
    with copied.transaction() as connection:
        connection.execute(
            "UPDATE vectors SET vector = x'00000000', crc = 0 "
            "WHERE rowid = (SELECT max(rowid) FROM vectors)"
        )
    with pytest.raises(StoreError, match="damaged"):
        read_vectors(copied, encoder.fingerprint)
    with copied.transaction() as connection:
        connection.execute("DELETE FROM vectors WHERE crc = 0")
    with pytest.raises(KeyError, match="1 texts have no vector yet"):
        read_vectors(copied, encoder.fingerprint)


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
