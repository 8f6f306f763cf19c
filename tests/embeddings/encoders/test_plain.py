"""The packaged model in numpy: the compiled network's vectors, for queries alone."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.encoders import compiled
from embeddings.encoders.compiled import CompiledEncoder
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import NAME, read_package
from embeddings.encoders.plain import PlainNetwork
from embeddings.errors import ModelError

QUERIES = [
    "arms",
    "Arms deliveries to Damascus?",
    "津波 в Москве, 2013-05-11",
    "The inspectors left on Saturday after four days of work in the suburbs. " * 30,
]


def test_queries_have_the_vectors_that_passages_have():
    asked = open_encoder().encode(QUERIES, "query")
    told = open_encoder(precision="float32").encode(QUERIES)
    assert np.abs(asked - told).max() < 2e-6
    assert asked.dtype == np.float32


def test_a_query_does_not_start_openvino(monkeypatch):
    monkeypatch.setattr(compiled, "_open_network", lambda *_: pytest.fail("started"))
    encoder = open_encoder()
    assert encoder.encode(["arms"], "query").shape == (1, 384)
    with pytest.raises(pytest.fail.Exception):
        encoder.encode(["arms"])


def test_a_network_that_is_started_computes_queries_too(monkeypatch):
    encoder = open_encoder()
    encoder.encode(["arms"])
    monkeypatch.setattr(PlainNetwork, "embed", lambda *_: pytest.fail("computed by numpy"))
    assert encoder.encode(["arms"], "query").shape == (1, 384)


def test_int8_has_no_plain_form():
    encoder = CompiledEncoder(NAME, read_package, "int8")
    assert encoder._plain is None


def test_vectors_are_cut_to_the_dimensions_asked_for():
    encoder = open_encoder(dimensions=64)
    vector = encoder.encode(["arms"], "query")[0]
    whole = open_encoder().encode(["arms"], "query")[0, :64]
    assert vector == pytest.approx(whole / np.linalg.norm(whole), abs=1e-6)


def test_weights_that_are_not_those_published_are_refused(monkeypatch):
    folder = read_package()
    monkeypatch.setitem(folder.hashes, "model.safetensors", "0" * 64)
    with pytest.raises(ModelError, match="not what the cache notes"):
        PlainNetwork(folder)
