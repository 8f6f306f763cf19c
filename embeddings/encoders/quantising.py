"""A float32 graph with its matrix products in 8-bit integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Part of the cache's key: raise it when the same graph comes to be quantised otherwise.
RECIPE = "int8 2"

# Channels that share a scale, in weights and activations. Measured here: 64 and 32 take 5 and
# 25 % longer, 384 is no faster; one scale for all of an output's weights is no faster either
# and half as far again from float32.
GROUP = 128

# How much of the difficulty moves from activations to weights, as SmoothQuant's paper
# recommends (Xiao et al. 2023, arXiv 2211.10438, section 5.1); .3 and .7 are worse here.
_SMOOTHING = 0.5

_Weights = NDArray[np.float32]


def quantise(core: Any, graph: Any, sequences: Iterable[Sequence[int]]) -> None:
    """Turn the weights of each linear layer into int8 with a scale for each group, in place.

    OpenVINO's CPU plugin then quantises activations as it runs, by word piece and group of
    channels, and multiplies integers (its option DYNAMIC_QUANTIZATION_GROUP_SIZE); no row
    knows of another. A few channels of a transformer are far larger than the rest and
    would make the steps of their group too coarse, so each channel is divided by a
    constant and its weights multiplied by it (SmoothQuant, equation 4). Embedding tables
    and attention stay as they are.

    Args:
        core: An ``openvino.Core``.
        graph: An ``openvino.Model`` from ids and mask to vectors.
        sequences: Ids of texts that show the size of activations.

    Raises:
        ValueError: There is no linear layer whose weights are constants.
    """
    from openvino import opset13 as ops

    layers = _linear_layers(graph)
    if not layers:
        raise ValueError("it has no linear layers")
    peaks = _measure(core, graph, [layer[0].input_value(0) for layer in layers], sequences)
    for layer, peak in zip(layers, peaks, strict=True):
        matrices = [_weights(product) for product in layer]
        heaviest = np.max([np.abs(matrix).max(axis=0) for matrix in matrices], axis=0)
        factors = _factors(peak, heaviest)
        smooth = ops.multiply(layer[0].input_value(0), ops.constant(1 / factors))
        for product, matrix in zip(layer, matrices, strict=True):
            integers, scales = _round(matrix * factors)
            grouped = ops.multiply(ops.convert(ops.constant(integers), "f32"), ops.constant(scales))
            weights = ops.reshape(grouped, ops.constant(np.array(matrix.shape)), False)
            replaced = ops.matmul(smooth, weights, False, True)
            replaced.set_friendly_name(product.get_friendly_name())
            product.output(0).replace(replaced.output(0))


def _linear_layers(graph: Any) -> list[list[Any]]:
    """Return products of activations and constant weights, those with one input together."""
    layers: dict[tuple[str, int], list[Any]] = {}
    for node in graph.get_ordered_ops():
        if node.get_type_name() != "MatMul" or node.get_attributes()["transpose_a"]:
            continue
        weights = node.input_value(1)
        if weights.get_node().get_type_name() != "Constant" or len(weights.get_shape()) != 2:
            continue
        given = node.input_value(0)
        layers.setdefault((given.get_node().get_name(), given.get_index()), []).append(node)
    return list(layers.values())


def _weights(product: Any) -> _Weights:
    """Return a product's weights, float32 of shape ``(outputs, inputs)``."""
    matrix = product.input_value(1).get_node().data.astype(np.float32)
    transposed: _Weights = matrix if product.get_attributes()["transpose_b"] else matrix.T
    return transposed


def _measure(
    core: Any, graph: Any, outputs: list[Any], sequences: Iterable[Sequence[int]]
) -> list[_Weights]:
    """Return the largest absolute value of each channel of the outputs, over all texts."""
    from openvino import Model
    from openvino import opset13 as ops

    largest = []
    for output in outputs:
        axes = np.arange(len(output.get_partial_shape()) - 1)
        largest.append(ops.reduce_max(ops.abs(output), ops.constant(axes), False))
    watched = Model(largest, graph.get_parameters(), "activations")
    request = core.compile_model(
        watched, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    ).create_infer_request()
    found = []
    for sequence in sequences:
        ids = np.array([sequence], dtype=np.int64)
        vectors = request.infer([ids, np.ones_like(ids)])
        found.append([np.array(vectors[n], dtype=np.float32) for n in range(len(outputs))])
    return [np.max(of_texts, axis=0) for of_texts in zip(*found, strict=True)]


def _factors(peak: _Weights, heaviest: _Weights) -> _Weights:
    """Return what each channel is divided by: 1 on (geometric) average."""
    tiny = np.float32(1e-5)
    logs = _SMOOTHING * np.log(np.maximum(peak, tiny)) - (1 - _SMOOTHING) * np.log(
        np.maximum(heaviest, tiny)
    )
    factors: _Weights = np.exp(logs - logs.mean()).astype(np.float32)
    return factors


def _round(matrix: _Weights) -> tuple[NDArray[np.int8], _Weights]:
    """Round weights of shape ``(outputs, inputs)`` to int8 in groups of inputs.

    Returns:
        Integers of shape ``(outputs, groups, inputs of a group)`` and float32 scales of shape
        ``(outputs, groups, 1)``; one group where the inputs are no multiple of ``GROUP``.
    """
    outputs, inputs = matrix.shape
    size = GROUP if inputs % GROUP == 0 else inputs
    grouped = matrix.reshape(outputs, inputs // size, size)
    largest = np.abs(grouped).max(axis=2, keepdims=True)
    scales = (np.maximum(largest, np.float32(1e-12)) / 127).astype(np.float32)
    return np.rint(grouped / scales).astype(np.int8), scales
