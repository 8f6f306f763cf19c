"""Graphs in the cache: what is damaged is not used."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.encoders.graphs import find_graph, keep_graph
from embeddings.encoders.runtime import import_openvino


@pytest.fixture(scope="module")
def graph() -> Any:
    openvino = import_openvino()
    from openvino import opset13 as ops

    given = ops.parameter([-1, 4], np.float32)
    weights = ops.constant(np.ones((3, 4), dtype=np.float32))
    return openvino.Model([ops.matmul(given, weights, False, True)], [given], "small")


@pytest.fixture
def place(tmp_path, graph) -> Path:
    keep_graph(graph, tmp_path / "kept")
    return tmp_path / "kept"


def test_what_is_kept_is_found(place):
    assert find_graph(place) == place / "model.xml"


def test_nothing_is_found_where_nothing_was_kept(tmp_path):
    assert find_graph(tmp_path / "kept") is None


def test_a_flipped_bit_in_the_weights_is_noticed(place):
    content = bytearray((place / "model.bin").read_bytes())
    content[len(content) // 2] ^= 1
    (place / "model.bin").write_bytes(content)
    assert find_graph(place) is None


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "sums.json"])
@pytest.mark.parametrize("size", [0, 10])
def test_a_file_cut_off_or_emptied_is_noticed(place, name, size):
    (place / name).write_bytes((place / name).read_bytes()[:size])
    assert find_graph(place) is None


@pytest.mark.parametrize("content", ["[]", "{}", '{"model.xml": 1}', "\0"])
def test_a_strange_list_of_sums_is_noticed(place, content):
    (place / "sums.json").write_text(content)
    assert find_graph(place) is None


def test_files_moved_with_their_content_are_hashed_once_more_and_taken(place):
    before = json.loads((place / "sums.json").read_text())
    os.utime(place / "model.bin", ns=(1, 1))
    assert find_graph(place) is not None
    after = json.loads((place / "sums.json").read_text())
    assert after["model.bin"][1] == 1
    assert after["model.bin"][3] == before["model.bin"][3]


def test_a_damaged_graph_is_replaced_and_a_sound_one_left(place, graph):
    sound = (place / "model.bin").stat().st_mtime_ns
    keep_graph(graph, place)
    assert (place / "model.bin").stat().st_mtime_ns == sound
    (place / "model.bin").write_bytes(b"")
    keep_graph(graph, place)
    assert find_graph(place) is not None
    assert [path.name for path in place.parent.iterdir()] == ["kept"]
