from __future__ import annotations

import hashlib
import signal
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.maps.layout import _gather_islands, layout


@dataclass(frozen=True)
class Neighbours:
    indices: np.ndarray


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def nearest(vectors: np.ndarray, k: int = 15) -> Neighbours:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return Neighbours(np.argsort(-cosines, axis=1)[:, : min(k, len(vectors) - 1)].astype(np.int32))


def hashes(vectors: np.ndarray) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in vectors]


def clusters(count: int, each: int, spread: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(count), each)
    middles = random.normal(size=(count, 24))
    return unit(middles[group] + spread * random.normal(size=(len(group), 24))), group


def test_rows_in_any_order_give_the_same_picture():
    vectors, _ = clusters(4, 15)
    placed = layout(nearest(vectors), vectors, hashes(vectors)).points
    shuffled = np.random.default_rng(1).permutation(len(vectors))
    again = layout(nearest(vectors[shuffled]), vectors[shuffled], hashes(vectors[shuffled])).points
    np.testing.assert_array_equal(again, placed[shuffled])


def test_another_seed_gives_another_picture():
    vectors, _ = clusters(2, 12)
    graph, keys = nearest(vectors), hashes(vectors)
    first, other = (layout(graph, vectors, keys, seed=seed).points for seed in (0, 1))
    assert not np.array_equal(first, other)


def test_points_of_one_cluster_stand_together():
    vectors, group = clusters(5, 20)
    placed = layout(nearest(vectors), vectors, hashes(vectors)).points
    distances = np.linalg.norm(placed[:, None] - placed[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (group[distances.argmin(axis=1)] == group).mean() > 0.95


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(0, 40),
    distinct=st.integers(1, 40),
    k=st.integers(0, 20),
    seed=st.integers(0, 99),
)
def test_any_corpus_gives_finite_places_within_the_square(n, distinct, k, seed):
    """Few points, equal points, short rows of neighbours: never an error, never a NaN."""
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(distinct, 6)))[random.integers(0, distinct, n)]
    graph = nearest(vectors, k) if n else Neighbours(np.zeros((0, k), np.int32))
    graph.indices[random.random(graph.indices.shape) < 0.1] = -1
    placed = layout(graph, vectors, hashes(vectors)).points
    assert placed.shape == (n, 2)
    assert placed.dtype == np.float32
    assert np.isfinite(placed).all()
    assert np.abs(placed).max(initial=0.0) <= 1.0 + 1e-6


@pytest.mark.parametrize("n", [2, 3, 8, 30])
def test_identical_points_can_each_be_seen(n):
    vectors = unit(np.ones((n, 6)))
    placed = layout(nearest(vectors), vectors, [bytes([i]) for i in range(n)]).points
    assert len(np.unique(placed.round(3), axis=0)) == n


def test_three_points_keep_their_distances():
    vectors = unit(np.array([[1, 0, 0], [1, 0.2, 0], [0, 0, 1.0]]))
    placed = layout(nearest(vectors), vectors, hashes(vectors)).points
    true = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    drawn = np.linalg.norm(placed[:, None] - placed[None], axis=2)
    np.testing.assert_allclose(drawn / drawn.max(), true / true.max(), atol=1e-4)


def test_a_part_without_a_link_to_the_rest_does_not_squeeze_it():
    vectors, group = clusters(3, 40, spread=0.05)
    indices = np.stack(
        [np.setdiff1d(np.flatnonzero(group == group[i]), i)[:15] for i in range(120)]
    )
    placed = layout(Neighbours(indices.astype(np.int32)), vectors, hashes(vectors)).points
    widths = [np.ptp(placed[group == part], axis=0).max() for part in range(3)]
    assert min(widths) > 0.3


@pytest.mark.parametrize("away", [1.5, 4.0, 100.0])
def test_what_is_far_from_all_else_is_drawn_closer_and_whole(away):
    main = np.stack(np.meshgrid(np.linspace(0, 1, 20), np.linspace(0, 1, 20)), -1).reshape(-1, 2)
    island = np.array([[0, 0.4], [0.05, 0.4], [0, 0.48]]) + np.array([away, 0])
    placed = _gather_islands(np.concatenate([island, main]))
    # The middle of the largest part is the new zero.
    np.testing.assert_allclose(placed[3:], main - 0.5)
    np.testing.assert_allclose(placed[:3] - placed[0], island - island[0])
    gap = np.linalg.norm(placed[:3, None] - placed[3:], axis=2).min()
    assert 0.05 < gap < 0.2


def test_points_that_lie_apart_alike_stay_where_they_are():
    points = np.random.default_rng(0).normal(size=(40, 2))
    np.testing.assert_array_equal(_gather_islands(points), points)


def test_the_long_side_lies_horizontally():
    vectors, _ = clusters(3, 12)
    width, height = np.ptp(layout(nearest(vectors), vectors, hashes(vectors)).points, axis=0)
    assert width == pytest.approx(2.0)
    assert height <= width


def test_the_long_side_lies_horizontally_even_if_few_points_make_it_long():
    plane = np.array([[-1, 0.1 * i] for i in range(5)] + [[1, 0.1 * i] for i in range(5)])
    plane = np.concatenate([plane, [[0, -1.6], [0, 1.6]]])
    vectors = unit(np.column_stack([np.ones(12), 0.1 * plane]))
    width, height = np.ptp(layout(nearest(vectors), vectors, hashes(vectors)).points, axis=0)
    assert height < width


def test_a_graph_that_counts_each_point_as_its_own_neighbour_is_read_without_it():
    vectors, _ = clusters(2, 12)
    others = nearest(vectors, 10)
    itself = np.arange(24, dtype=np.int32)[:, None]
    with_itself = Neighbours(np.concatenate([itself, others.indices], axis=1))
    keys = hashes(vectors)
    first, second = layout(others, vectors, keys).points, layout(with_itself, vectors, keys).points
    np.testing.assert_allclose(first, second, atol=1e-4)


def test_arguments_of_different_length_are_refused():
    vectors, _ = clusters(2, 10)
    with pytest.raises(ValueError, match="20 vectors, 19 keys"):
        layout(nearest(vectors), vectors, hashes(vectors)[1:])


@pytest.mark.parametrize("tells", [True, False])
def test_an_interrupt_is_raised_between_epochs_and_not_within_one(monkeypatch, tells):
    done = []

    def descend(first, *_, tqdm_kwds, **__):
        # As if numba compiled: what is raised here is printed, and lost.
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return first
        done.append("an epoch")
        if tells:
            tqdm_kwds["file"].write("1")
            done.append("another")
        return first

    monkeypatch.setattr("umap.layouts.optimize_layout_euclidean", descend)
    vectors, _ = clusters(2, 12)
    with pytest.raises(KeyboardInterrupt):
        layout(nearest(vectors), vectors, hashes(vectors))
    assert done == ["an epoch"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
