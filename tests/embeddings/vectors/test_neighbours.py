from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_info, threadpool_limits

from embeddings import blocks
from embeddings.vectors import cells, probing, products
from embeddings.vectors.neighbours import (
    best_columns,
    find_neighbours,
    hash_rows,
    nearest,
    unit_rows,
)
from embeddings.vectors.products import multiply


def clustered(rows: int, dimension: int = 24, seed: int = 0) -> NDArray[np.float32]:
    """Rows around a few dozen centres, as passages lie around events."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((40, dimension))
    noise = random.standard_normal((rows, dimension))
    return (centres[random.integers(0, 40, rows)] + 0.5 * noise).astype(np.float32)


def spread(rows: int, dimension: int = 8) -> NDArray[np.float32]:
    """Rows on all sides alike, whose neighbours lie in many cells."""
    random = np.random.default_rng(0)
    return random.standard_normal((rows, dimension), dtype=np.float32)


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


@given(
    seed=st.integers(0, 10**6),
    width=st.integers(1, 300),
    k=st.integers(1, 12),
    values=st.sampled_from([2, 30, 10**6]),
)
@settings(max_examples=60, deadline=None)
def test_best_columns_are_those_of_a_stable_sort(
    seed: int, width: int, k: int, values: int
) -> None:
    random = np.random.default_rng(seed)
    block = random.integers(0, values, (7, width)).astype(np.float32)
    block[0] = -np.inf
    k = min(k, width)
    columns, best = best_columns(block, k)
    expected = np.argsort(-block, axis=1, kind="stable")[:, :k]
    assert np.array_equal(columns, expected)
    assert np.array_equal(best, np.take_along_axis(block, expected, axis=1))


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


def share_found(similarities: NDArray[np.float32], vectors: NDArray[np.float32]) -> float:
    """Share of neighbours as near as the true ones."""
    true = find_neighbours(vectors, similarities.shape[1])
    return float((similarities >= true.similarities[:, -1:] - 1e-6).mean())


@pytest.mark.parametrize("target", [0.6, 0.95])
def test_cell_search_reaches_the_recall_asked_for_and_says_how_much(target: float) -> None:
    vectors = spread(5000)
    graph = find_neighbours(vectors, 15, exact_rows=1000, recall=target)
    assert target <= graph.recall < 1
    assert graph.recall == pytest.approx(share_found(graph.similarities, vectors), abs=0.02)


def test_cell_search_looks_further_while_recall_is_below_the_target() -> None:
    """The first look is made far too short; what it found is kept."""
    unit = unit_rows(spread(3000))
    found, similarities, recall = cells.search(unit, 15, 0.95, gain=0.9)
    assert recall >= 0.95
    assert recall == pytest.approx(share_found(similarities, unit), abs=0.02)
    assert all(len({row, *near}) == 16 for row, near in enumerate(found.tolist()))


def test_a_cell_search_measures_what_the_other_side_adds_and_stops_near_the_target() -> None:
    """Here it adds far more than in most corpora."""
    _, _, recall = cells.search(unit_rows(spread(8000, 12)), 15, 0.95)
    assert 0.95 <= recall < 0.975


def test_rows_without_neighbourhoods_are_all_compared() -> None:
    noise = spread(1500, dimension=200)
    graph, exact = find_neighbours(noise, 10, exact_rows=100), find_neighbours(noise, 10)
    assert graph.recall == 1.0
    assert np.array_equal(graph.indices, exact.indices)


def test_recall_is_told_where_the_target_cannot_be_afforded() -> None:
    noise = unit_rows(spread(1500, dimension=200))
    _, similarities, recall = cells.search(noise, 10, 0.95, most_compared=400)
    assert 0.2 < recall < 0.9
    assert recall == pytest.approx(share_found(similarities, noise), abs=0.03)


def test_in_a_cell_search_neighbours_are_found_from_both_sides() -> None:
    found, similarities, _ = cells.search(unit_rows(spread(3000)), 10, 0.7, cell_rows=150)
    last = similarities[:, -1] + 1e-6
    for row, near in enumerate(found):
        among = near[similarities[row] > last[near]]
        assert (found[among] == row).any(axis=1).all()


@pytest.mark.parametrize("exact_rows", [500, 5000])
def test_shuffled_rows_on_other_threads_have_the_same_neighbours_bit_for_bit(
    exact_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = clustered(3000, dimension=100)
    order = np.random.default_rng(1).permutation(3000)
    monkeypatch.setattr(blocks, "cores", lambda: 3)
    with threadpool_limits(2, "blas"):
        graph = find_neighbours(vectors, 10, exact_rows=exact_rows)
    monkeypatch.setattr(blocks, "cores", lambda: 1)
    with threadpool_limits(1, "blas"):
        shuffled = find_neighbours(vectors[order], 10, exact_rows=exact_rows)
    assert np.array_equal(order[shuffled.indices], graph.indices[order])
    assert np.array_equal(shuffled.similarities, graph.similarities[order])


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_two_searches_at_once_leave_the_threads_of_blas_as_they_were() -> None:
    with threadpool_limits(2, "blas"):
        first, second = blocks.one_blas_thread(), blocks.one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert blas_threads() == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == {2}


def test_each_product_is_one_thread_of_blas(monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks, and in the search's own small products between them."""
    seen: list[set[int]] = []
    spied = cells._halve

    def halve(*given: Any) -> NDArray[np.intp]:
        seen.append(blas_threads())
        return spied(*given)

    monkeypatch.setattr(cells, "_halve", halve)
    with threadpool_limits(2, "blas"):
        blocks.run_blocks(lambda _: seen.append(blas_threads()), range(3))
        find_neighbours(clustered(300), 5, exact_rows=100)
    assert seen == [{1}] * 4


def test_a_crowded_cell_is_compared_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else equal rows beyond number would be compared each with all."""
    longest = []

    class Spied(probing.Batch):
        def compare(self, *given: Any) -> NDArray[np.float32]:
            longest.append(self.size.max())
            return super().compare(*given)

    monkeypatch.setattr(probing, "Batch", Spied)
    monkeypatch.setattr(probing, "MOST_MEMBERS", 64)
    vectors = np.vstack([np.tile(clustered(1), (1500, 1)), clustered(500)])
    graph = find_neighbours(vectors, 10, exact_rows=100)
    assert max(longest) == 64
    assert not (graph.indices == np.arange(2000)[:, None]).any()
    assert np.allclose(graph.similarities[:1500], 1.0, atol=1e-5)
    assert all(len(set(row)) == 10 for row in graph.indices.tolist())


def test_a_cell_without_rows_takes_no_place_among_the_scores() -> None:
    unit = unit_rows(clustered(4))
    rows = np.arange(4, dtype=np.int32)
    own, starts = np.array([0, 0, 2, 2], np.int32), np.array([0, 2, 2, 4])
    placed = probing.Cells(unit[:3], own, rows, starts)
    probed = np.array([[1, 0], [1, 2], [0, 1], [2, 1]])
    scores = probing.Batch.of(placed, rows.astype(np.intp), probed, 1).compare(
        lambda begin, length: unit[begin : begin + length], unit
    )
    true = unit @ unit.T
    np.fill_diagonal(true, -np.inf)
    assert (scores[:, 0] == -np.inf).all()
    assert np.allclose(scores[:, 1:], [true[0, :2], true[1, 2:], true[2, :2], true[3, 2:]])


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
    found, similarities, _ = cells.search(unit, 10, 0.1, cell_rows=2)
    assert (found < 204).all()
    assert (similarities > -1.01).all()


def test_rows_of_unit_length_are_not_held_twice() -> None:
    unit = unit_rows(clustered(300))
    unit.flags.writeable = False
    assert unit_rows(unit) is unit
    other = unit.copy()
    other[7] *= 2
    given = other.copy()
    assert np.abs(unit_rows(other) - unit).max() < 1e-6
    assert np.array_equal(other, given)
    backwards = unit_rows(unit[:, ::-1])
    assert backwards.flags.c_contiguous
    assert np.array_equal(backwards, unit[:, ::-1])


@pytest.mark.parametrize("columns", [7, 24, 100])
def test_a_sparse_matrix_times_some_columns_at_a_time_has_the_bits_of_all(
    monkeypatch, columns
) -> None:
    monkeypatch.setattr(products, "_COLUMNS_AT_ONCE", columns)
    rows = clustered(300)
    matrix = csr_array(np.random.default_rng(1).random((40, 300)) * (rows[:, 0] > 0))
    assert multiply(matrix, rows).tobytes() == (matrix @ rows).tobytes()
    turned = csr_array(matrix.T).T
    assert multiply(turned, rows).tobytes() == (turned @ rows).tobytes()


def test_queries_find_the_rows_nearest_to_them() -> None:
    rows = unit_rows(clustered(200))
    found, similarities = nearest(rows[[17, 3]], rows, 1)
    assert found.ravel().tolist() == [17, 3]
    assert similarities.ravel() == pytest.approx([1.0, 1.0], abs=1e-5)


def test_rows_of_several_products_are_ranked_together() -> None:
    rows = np.repeat(unit_rows(clustered(60)), 3, axis=0)
    whole = nearest(rows, rows, 5, own=np.arange(180))
    found, similarities = nearest(rows, rows, 5, own=np.arange(180), product_rows=4)
    assert np.allclose(similarities, whole[1], atol=1e-6)
    assert np.array_equal(found[:, :2], whole[0][:, :2])


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


@pytest.mark.parametrize("recall", [0.0, 1.01, float("nan")])
def test_a_recall_that_is_no_share_is_named(recall: float) -> None:
    with pytest.raises(ValueError, match="a share above 0 and at most 1"):
        find_neighbours(clustered(3), 1, recall=recall)


def test_stretches_of_rows_elsewhere_find_what_one_search_finds() -> None:
    """Each knows the rows in the order of their cells, and nothing of the others."""

    class Elsewhere(probing.StepsHere):
        def probe(self, unit, cells, probes, found, similarities):
            ordered, count, k = unit[cells.order], *found.shape
            step = probing.count_at_once(cells, probes, k)
            for start in [*range(0, count, step)][::-1]:
                places = np.arange(start, min(start + step, count))
                rows = cells.order[places]
                near, values = probing.probe_rows(
                    lambda begin, length: ordered[begin : begin + length],
                    cells, places, probes, ordered[places], similarities[rows],
                )  # fmt: skip
                found[rows] = probing.name_places(near, values, cells, found[rows])
                similarities[rows] = values

    unit = unit_rows(clustered(2000))
    here, there = (
        cells.search(unit, 15, 0.97, gain=0.9, steps=steps) for steps in (None, Elsewhere())
    )
    assert np.array_equal(here[0], there[0])
    assert np.array_equal(here[1], there[1])
