"""Linear layers in 8-bit integers, on small graphs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from embeddings.encoders.quantising import GROUP, _factors, _round, quantise
from embeddings.encoders.runtime import compile_graph, import_openvino

VOCABULARY = 40


def build(width: int, transposed: bool = True) -> Any:
    """Make a graph of a table, in which one channel is 30 times the rest, and two layers."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    random = np.random.default_rng(0)
    table = random.standard_normal((VOCABULARY, width)).astype(np.float32)
    table[:, 3] *= 30
    pieces, mask = (ops.parameter([-1, -1], np.int64) for _ in range(2))
    state = ops.gather(ops.constant(table), pieces, ops.constant(0))
    for _ in range(2):
        weights = random.standard_normal((width, width)).astype(np.float32) / width
        product = ops.matmul(state, ops.constant(weights), False, transposed)
        state = ops.gelu(product, "erf")
    seen = ops.unsqueeze(ops.convert(mask, "f32"), ops.constant(2))
    pooled = ops.reduce_sum(ops.multiply(state, seen), ops.constant([1]))
    return openvino.Model([pooled], [pieces, mask], "small")


def compute(graph: Any, precision: str, **properties: Any) -> np.ndarray:
    network = compile_graph(import_openvino().Core(), graph, precision, **properties)
    pieces = np.arange(VOCABULARY).reshape(4, 10)
    return network([pieces, np.ones_like(pieces)])[0]


@pytest.mark.parametrize("transposed", [True, False])
@pytest.mark.parametrize("width", [16, GROUP, 2 * GROUP])
def test_integers_give_nearly_the_same_vectors(width, transposed):
    graph = build(width, transposed)
    exact = compute(graph, "float32")
    quantise(import_openvino().Core(), graph, [[1, 2, 3], list(range(VOCABULARY))])
    found = compute(graph, "int8")
    assert not np.array_equal(found, exact)
    assert np.linalg.norm(found - exact) < 0.02 * np.linalg.norm(exact)


def test_the_cpu_multiplies_integers_and_not_only_stores_them():
    # Where the CPU has instructions for 8-bit integers, OpenVINO rounds activations too.
    facts = Path("/proc/cpuinfo")
    if not facts.is_file() or "avx512_vnni" not in facts.read_text():
        pytest.skip("a CPU without AVX-512 VNNI")
    graph = build(2 * GROUP)
    quantise(import_openvino().Core(), graph, [list(range(VOCABULARY))])
    stored = compute(graph, "int8", DYNAMIC_QUANTIZATION_GROUP_SIZE=0)
    assert not np.allclose(compute(graph, "int8"), stored, rtol=1e-5, atol=0)


def test_a_graph_without_linear_layers_is_refused():
    openvino = import_openvino()
    from openvino import opset13 as ops

    pieces = ops.parameter([-1, -1], np.int64)
    graph = openvino.Model([ops.convert(pieces, "f32")], [pieces], "none")
    with pytest.raises(ValueError, match="no linear layers"):
        quantise(openvino.Core(), graph, [[1]])


numbers = st.floats(-1e4, 1e4, width=32, allow_subnormal=False)


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.sampled_from([1, 5, GROUP, 2 * GROUP])),
        elements=numbers,
    )
)
def test_rounding_is_off_by_half_a_step_at_most(matrix):
    integers, scales = _round(matrix)
    assert integers.dtype == np.int8
    assert np.abs(integers.astype(int)).max() <= 127
    off = np.abs(integers * scales.astype(np.float64) - matrix.reshape(integers.shape))
    assert (off <= scales * 0.5001).all()


@given(arrays.arrays(np.float32, (2, 7), elements=st.floats(0, 1e4, width=32)))
def test_factors_are_positive_and_one_on_average(peaks):
    factors = _factors(*peaks)
    assert (factors > 0).all()
    assert np.log(factors.astype(np.float64)).mean() == pytest.approx(0, abs=1e-4)
