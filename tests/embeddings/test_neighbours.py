from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings import cells
from embeddings.neighbours import best_columns, find_neighbours, hash_rows, nearest, unit_rows


def clustered(rows: int, dimension: int = 24, seed: int = 0) -> NDArray[np.float32]:
    """Rows around a few dozen centres, as passages lie around events."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((40, dimension))
    noise = random.standard_normal((rows, dimension))
    return (centres[random.integers(0, 40, rows)] + 0.5 * noise).astype(np.float32)


def brute_force(vectors: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarities = unit @ unit.T
    np.fill_diagonal(similarities, -np.inf)
    return np.argsort(-similarities, axis=1, kind="stable")[:, :k]


def test_every_pair_is_compared_up_to_the_exact_limit() -> None:
    vectors = clustered(300)
    graph = find_neighbours(vectors, 10)
    assert np.array_equal(graph.indices, brute_force(vectors, 10))
    assert graph.recall == 1.0


def test_arrays_have_the_promised_types_and_similarities_fall() -> None:
    graph = find_neighbours(clustered(50), 7)
    assert graph.indices.dtype == np.int32
    assert graph.similarities.dtype == np.float32
    assert (np.diff(graph.similarities, axis=1) <= 0).all()


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_few_rows_have_as_many_neighbours_as_there_are(rows: int) -> None:
    graph = find_neighbours(clustered(rows), 5)
    assert graph.indices.shape == (rows, max(rows - 1, 0))


def test_no_row_is_its_own_neighbour_even_among_copies() -> None:
    vectors = np.repeat(clustered(5), 4, axis=0)
    graph = find_neighbours(vectors, 3)
    assert not (graph.indices == np.arange(20)[:, None]).any()
    assert np.allclose(graph.similarities, 1.0, atol=1e-6)


def test_equal_similarities_are_taken_in_the_order_of_the_keys() -> None:
    vectors = np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32)
    graph = find_neighbours(vectors, 2, keys=[b"a", b"d", b"c", b"b"])
    assert graph.indices[0].tolist() == [3, 2]


def test_equal_values_at_the_boundary_go_by_column() -> None:
    block = np.tile(np.array([[1.0, 2.0] + [1.0] * 40], np.float32), (3, 1))
    assert best_columns(block, 3)[0].tolist() == [[1, 0, 2]] * 3


def test_a_row_of_zeros_is_at_similarity_zero_from_all() -> None:
    graph = find_neighbours(np.vstack([np.zeros((1, 24)), clustered(9)]).astype(np.float32), 4)
    assert (graph.similarities[0] == 0).all()


@given(seed=st.integers(0, 10**6), rows=st.integers(2, 60), k=st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_shuffled_rows_have_the_same_neighbours_bit_for_bit(seed: int, rows: int, k: int) -> None:
    vectors = clustered(rows, seed=seed)
    order = np.random.default_rng(seed).permutation(rows)
    graph, shuffled = find_neighbours(vectors, k), find_neighbours(vectors[order], k)
    assert np.array_equal(order[shuffled.indices], graph.indices[order])
    assert np.array_equal(shuffled.similarities, graph.similarities[order])


def test_cell_search_finds_nine_in_ten_and_says_how_many() -> None:
    vectors = clustered(6000)
    graph = find_neighbours(vectors, 15, exact_rows=1000)
    true = find_neighbours(vectors, 15)
    shared = [len(np.intersect1d(graph.indices[i], true.indices[i])) for i in range(6000)]
    recall = float(np.mean(shared)) / 15
    assert recall > 0.9
    assert graph.recall == pytest.approx(recall, abs=0.02)


def test_cell_search_gives_shuffled_rows_the_same_neighbours() -> None:
    vectors = clustered(3000)
    order = np.random.default_rng(1).permutation(3000)
    graph = find_neighbours(vectors, 10, exact_rows=500)
    shuffled = find_neighbours(vectors[order], 10, exact_rows=500)
    assert np.array_equal(order[shuffled.indices], graph.indices[order])


def test_cell_search_copes_with_copies_and_zeros() -> None:
    vectors = np.vstack([np.repeat(clustered(3), 400, axis=0), np.zeros((200, 24))])
    graph = find_neighbours(vectors.astype(np.float32), 10, exact_rows=100)
    assert not (graph.indices == np.arange(1400)[:, None]).any()
    assert (graph.indices < 1400).all()
    assert all(len(set(row)) == 10 for row in graph.indices.tolist())


def test_cells_of_fewer_rows_than_neighbours_are_completed() -> None:
    far = np.zeros((204, 24), np.float32)
    far[:200, 0], far[200:, 0] = 20.0, -20.0
    unit = unit_rows(clustered(204) + far)
    found, similarities = cells.search(unit, 10, probes=1, cell_rows=10)
    assert (found < 204).all()
    assert (similarities > -1.01).all()


def test_queries_find_the_rows_nearest_to_them() -> None:
    rows = unit_rows(clustered(200))
    found, similarities = nearest(rows[[17, 3]], rows, 1)
    assert found.ravel().tolist() == [17, 3]
    assert similarities.ravel() == pytest.approx([1.0, 1.0], abs=1e-5)


def test_equal_rows_have_equal_hashes_whatever_the_sign_of_zero() -> None:
    first, second = hash_rows(np.array([[0.0, 1.0], [-0.0, 1.0]], np.float32))
    assert first == second


@pytest.mark.parametrize("scale", [2.0**-60, 2.0**60])
def test_length_of_rows_does_not_count(scale: float) -> None:
    vectors = clustered(30)
    graph = find_neighbours(vectors, 5)
    assert np.array_equal(
        find_neighbours((vectors * scale).astype(np.float32), 5).indices, graph.indices
    )


@pytest.mark.parametrize(
    ("vectors", "k", "keys", "message"),
    [
        (np.ones((3, 2)), 0, None, "at least 1 neighbour"),
        (np.ones(3), 1, None, r"\(n, d\) is expected"),
        (np.array([[np.nan, 1.0], [1.0, 1.0]]), 1, None, "must be finite"),
        (np.ones((3, 2)), 1, [b"a"], "give one a row"),
    ],
)
def test_wrong_input_is_named(
    vectors: NDArray[np.float32], k: int, keys: list[bytes] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        find_neighbours(vectors, k, keys=keys)
