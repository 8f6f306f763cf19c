from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours
from topics.discovery import weights
from topics.discovery.weights import neighbours_used, weigh_edges, weigh_without_hubs


def cloud(rows: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((rows, 16)).astype(np.float32)


@pytest.mark.parametrize("weigh", [lambda g: weigh_edges(g, 10), weigh_without_hubs])
def test_edge_weights_are_symmetric_at_most_one_and_without_a_diagonal(weigh) -> None:
    edges = weigh(find_neighbours(cloud(80), 10))
    assert abs(edges - edges.T).max() == 0
    assert 0 < edges.data.min() <= edges.data.max() <= 1
    assert not edges.diagonal().any()


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_a_handful_of_rows_has_edges_or_none(rows: int) -> None:
    edges = weigh_without_hubs(find_neighbours(cloud(rows), 40))
    assert edges.shape == (rows, rows)
    assert (edges.nnz > 0) == (rows > 1)


def test_equal_rows_are_tied_as_strongly_as_may_be() -> None:
    edges = weigh_edges(find_neighbours(np.ones((6, 4), np.float32), 5), 5)
    assert np.allclose(edges.data, 1.0)


def test_a_row_of_weights_sums_to_the_logarithm_of_its_neighbours() -> None:
    graph = find_neighbours(cloud(60), 12)
    edges = weigh_edges(graph, 12).toarray()
    beyond = 1 - graph.similarities.astype(np.float64)
    beyond -= beyond[:, :1]
    for row in range(60):
        scale = brentq(lambda s, d=beyond[row]: np.exp(-d / s).sum() - np.log2(13), 1e-4, 10)
        weights = np.exp(-beyond[row] / scale)
        # The other direction only adds: a + b - ab.
        assert (edges[row, graph.indices[row]] >= weights - 1e-6).all()


@pytest.mark.parametrize("at_once", [1, 7, 300])
def test_rows_weighed_some_at_a_time_have_the_same_bits(monkeypatch, at_once) -> None:
    graph = find_neighbours(cloud(300), 40)
    whole = weigh_without_hubs(graph)
    monkeypatch.setattr(weights, "_ROWS_AT_ONCE", at_once)
    parts = weigh_without_hubs(graph)
    for name in ("data", "indices", "indptr"):
        assert getattr(parts, name).tobytes() == getattr(whole, name).tobytes()


def test_a_hub_that_is_near_to_all_loses_its_edges() -> None:
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(4, 32), 30, axis=0)
    around = centres + 0.25 * random.standard_normal((120, 32))
    hub = around.mean(axis=0, keepdims=True)
    graph = find_neighbours(np.vstack([around, hub]).astype(np.float32), 20)
    usual = weigh_edges(graph, neighbours_used(graph.size))[[120]].sum()
    assert weigh_without_hubs(graph)[[120]].sum() < 0.7 * usual


def test_weights_take_no_more_neighbours_than_a_corpus_of_this_size_serves() -> None:
    assert [neighbours_used(rows) for rows in (1, 10, 100, 700, 10**6)] == [3, 5, 15, 40, 40]
    indices = find_neighbours(cloud(100), 40)
    fewer = NeighbourGraph(indices.indices[:, :15], indices.similarities[:, :15], 1.0)
    assert abs(weigh_without_hubs(indices) - weigh_without_hubs(fewer)).nnz == 0


def test_neighbours_a_hair_further_than_many_equal_ones_are_no_less_tied() -> None:
    # More equal neighbours than a row's weights may add up to: no scale fits.
    others = [[other for other in range(12) if other != row] for row in range(12)]
    similarities = np.full((12, 11), 0.5, np.float32)
    similarities[:, 6:] -= 1e-5
    edges = weigh_edges(NeighbourGraph(np.array(others, np.int32), similarities, 1.0), 11)
    assert edges.nnz == 12 * 11
    assert edges.data.min() > 0.9


def test_edges_are_numbered_in_half_the_size_where_they_are_few_enough() -> None:
    edges = weigh_without_hubs(find_neighbours(cloud(80)))
    assert (edges.indices.dtype, edges.indptr.dtype) == (np.int32, np.int32)
