"""Batches of fixed shape, on a small network that averages a table's rows."""

from collections.abc import Iterator
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embeddings.encoders.batches import batch_rows, bucket_lengths, run_batches
from embeddings.encoders.runtime import import_openvino

FOLDER = SimpleNamespace(max_length=40, dimension=4)
TABLE = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
ids = st.lists(st.integers(0, 49), min_size=1, max_size=40)


def some(count: int, seed: int = 0) -> list[list[int]]:
    random = np.random.default_rng(seed)
    return [random.integers(0, 50, random.integers(1, 41)).tolist() for _ in range(count)]


@pytest.fixture(scope="module")
def network() -> Any:
    """Compile the mean of the table's rows, of the pieces that the mask lets through."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    pieces, mask = (ops.parameter([-1, -1], np.int64) for _ in range(2))
    rows = ops.gather(ops.constant(TABLE), pieces, ops.constant(0))
    seen = ops.unsqueeze(ops.convert(mask, "f32"), ops.constant(2))
    total = ops.reduce_sum(ops.multiply(rows, seen), ops.constant([1]))
    mean = ops.divide(total, ops.reduce_sum(seen, ops.constant([1])))
    graph = openvino.Model([mean], [pieces, mask], "mean")
    return openvino.Core().compile_model(
        graph, "CPU", {"NUM_STREAMS": 2, "INFERENCE_NUM_THREADS": 2}
    )


class Watched:
    """A network that notes what goes through it."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self.shapes: list[tuple[int, int]] = []
        self.running = 0
        self.most = 0

    def get_property(self, name: str) -> Any:
        return self._network.get_property(name)

    def create_infer_request(self) -> Any:
        return WatchedRequest(self, self._network.create_infer_request())


class WatchedRequest:
    def __init__(self, watched: Watched, request: Any) -> None:
        self._watched = watched
        self._request = request
        self.get_output_tensor = request.get_output_tensor

    def start_async(self, given: list[np.ndarray]) -> None:
        self._watched.shapes.append(given[0].shape)
        self._watched.running += 1
        self._watched.most = max(self._watched.most, self._watched.running)
        self._request.start_async(given)

    def wait(self) -> None:
        self._request.wait()
        self._watched.running -= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(ids, max_size=60))
@example(some(200))
def test_each_sequence_gets_its_own_vector_in_the_order_given(network, sequences):
    vectors = run_batches(network, iter(sequences), FOLDER)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(sequences), 4)
    for vector, sequence in zip(vectors, sequences, strict=True):
        assert vector == pytest.approx(TABLE[sequence].mean(axis=0), abs=1e-5)


def test_a_length_has_one_shape_however_many_texts_there_are(network):
    many, few = Watched(network), Watched(network)
    run_batches(many, some(300), FOLDER)
    for sequence in some(20, seed=1):
        run_batches(few, [sequence], FOLDER)
    assert set(few.shapes) <= set(many.shapes)
    assert len(set(many.shapes)) == len({length for _, length in many.shapes})
    assert all(rows == batch_rows(length) for rows, length in many.shapes)


def test_the_network_starts_before_the_last_sequence_is_made(network):
    watched, running = Watched(network), []

    def made() -> Iterator[list[int]]:
        for _ in range(100):
            running.append(watched.running)
            yield [1, 2, 3]

    run_batches(watched, made(), FOLDER)
    assert running[:8] == [0] * 8
    assert running[8] == 1


def test_no_more_batches_are_under_way_than_two_for_each_stream(network):
    watched = Watched(network)
    run_batches(watched, some(400), FOLDER)
    assert watched.most == 4
    assert watched.running == 0


def test_what_stops_the_caller_leaves_nothing_running(network):
    watched = Watched(network)

    def broken() -> Iterator[list[int]]:
        yield from some(100)
        raise KeyError("no more")

    with pytest.raises(KeyError):
        run_batches(watched, broken(), FOLDER)
    assert watched.running == 0
    assert watched.shapes


def test_a_network_of_another_width_is_refused(network):
    with pytest.raises(ValueError, match="vectors of shape"):
        run_batches(network, some(3), SimpleNamespace(max_length=40, dimension=5))


def test_lengths_are_few_and_grow_by_a_sixth_or_by_eight_at_most():
    lengths = bucket_lengths(8192)
    assert all(after - before <= max(8, before / 6) for before, after in pairwise(lengths))
    assert len(lengths) < 80
