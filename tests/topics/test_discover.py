from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from embeddings.neighbours import find_neighbours
from topics.discover import TopicModel
from topics.leiden import (
    default_resolution,
    discover,
    discover_rest,
    least_topic_size,
    rest_resolution,
)
from topics.weights import weigh_edges


def events(
    rows: int, count: int, seed: int = 0, spread: float = 0.6
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Rows around ``count`` centres, and which centre each is of."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((count, 32))
    labels = random.integers(0, count, rows)
    noise = random.standard_normal((rows, 32))
    return (centres[labels] + spread * noise).astype(np.float32), labels


@parametrize_with_checks([TopicModel()])  # type: ignore[untyped-decorator]
def test_topic_model_keeps_the_scikit_learn_contract(estimator: object, check: object) -> None:
    check(estimator)  # type: ignore[operator]


@pytest.mark.parametrize("rows", [150, 1500])
def test_clear_events_are_found_without_being_told_how_many(rows: int) -> None:
    vectors, labels = events(rows, 6)
    assert adjusted_rand_score(labels, TopicModel().fit(vectors).labels_) > 0.95


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_a_handful_of_rows_is_placed_whole(rows: int) -> None:
    vectors, _ = events(rows, 1)
    partition = discover(find_neighbours(vectors, 40), vectors)
    assert len(partition.labels) == rows
    assert partition.count == min(rows, 1)


def test_ten_rows_of_two_events_are_two_topics() -> None:
    vectors, labels = events(10, 2, seed=3, spread=0.3)
    partition = discover(find_neighbours(vectors, 40), vectors)
    assert adjusted_rand_score(labels, partition.labels) == 1.0


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 120))
@settings(max_examples=20, deadline=None)
def test_shuffled_rows_give_the_same_partition_bit_for_bit(seed: int, rows: int) -> None:
    vectors, _ = events(rows, 4, seed, spread=1.2)
    order = np.random.default_rng(seed).permutation(rows)
    one = discover(find_neighbours(vectors, 15), vectors)
    other = discover(find_neighbours(vectors[order], 15), vectors[order])
    assert np.array_equal(other.labels, one.labels[order])
    assert np.array_equal(other.strengths, one.strengths[order])


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 150))
@settings(max_examples=20, deadline=None)
def test_no_topic_is_a_crumb_and_labels_fall_in_size(seed: int, rows: int) -> None:
    vectors, _ = events(rows, 8, seed, spread=1.5)
    sizes = np.bincount(discover(find_neighbours(vectors, 40), vectors).labels)
    assert (np.diff(sizes) <= 0).all()
    assert sizes.min() >= least_topic_size(rows) or len(sizes) == 1


def test_copies_of_a_row_move_no_other_row() -> None:
    vectors, _ = events(200, 5, spread=1.0)
    copied = np.vstack([vectors, np.repeat(vectors[:1], 300, axis=0)])
    model, with_copies = TopicModel().fit(vectors), TopicModel().fit(copied)
    assert np.array_equal(with_copies.labels_[:200], model.labels_)
    assert (with_copies.labels_[200:] == model.labels_[0]).all()


def test_predict_on_fitted_rows_gives_their_labels() -> None:
    vectors, _ = events(400, 6, spread=1.5)
    model = TopicModel().fit(vectors)
    assert np.array_equal(model.predict(vectors), model.labels_)


def test_predict_places_new_rows_with_their_event() -> None:
    vectors, labels = events(600, 5)
    model = TopicModel().fit(vectors[:500])
    assert adjusted_rand_score(labels[500:], model.predict(vectors[500:])) > 0.95


def test_strength_is_high_inside_a_topic_and_low_between_two() -> None:
    left, right = np.eye(32)[0], np.eye(32)[1]
    noise = np.random.default_rng(0).standard_normal((101, 32)) * 0.05
    vectors = np.vstack([np.tile(left, (50, 1)), np.tile(right, (50, 1)), [left + right]])
    vectors = (vectors + noise).astype(np.float32)
    partition = discover(find_neighbours(vectors, 40), vectors)
    assert partition.count == 2
    assert partition.strengths[:100].min() > partition.strengths[100]


def test_rows_without_neighbours_in_common_join_the_nearest_topic() -> None:
    vectors = np.vstack([events(60, 2, spread=0.2)[0], np.zeros((1, 32), np.float32)])
    partition = discover(find_neighbours(vectors, 5), vectors)
    assert np.bincount(partition.labels).min() > 1


def test_rows_of_guided_topics_stay_and_the_rest_is_numbered_after_them() -> None:
    vectors, labels = events(300, 4)
    taken = np.where(labels == 2, 0, -1)
    partition = discover_rest(find_neighbours(vectors, 40), vectors, taken, 3)
    assert (partition.labels[labels == 2] == 0).all()
    assert partition.labels[labels != 2].min() == 3
    assert adjusted_rand_score(labels, partition.labels) > 0.95


def test_a_left_over_row_without_edges_to_the_others_is_no_topic_of_its_own() -> None:
    vectors, labels = events(300, 4)
    left = np.append(np.flatnonzero(labels == 0)[:6], np.flatnonzero(labels == 3)[0])
    taken = np.zeros(300, np.int64)
    taken[left] = -1
    partition = discover_rest(find_neighbours(vectors, 20), vectors, taken, 1)
    assert np.bincount(partition.labels).min() >= least_topic_size(7)


def test_higher_resolution_gives_more_topics() -> None:
    vectors, _ = events(600, 12, spread=1.2)
    counts = [TopicModel(resolution=r).fit(vectors).labels_.max() for r in (0.2, 4.0)]
    assert counts[0] < counts[1]


def test_small_corpora_are_looked_at_more_closely() -> None:
    assert [default_resolution(n) for n in (1, 500, 2000, 100_000)] == [1.0, 1.0, 0.5, 0.5]


def test_edge_weights_are_symmetric_and_at_most_one() -> None:
    edges = weigh_edges(find_neighbours(events(80, 3)[0], 10), 10)
    assert abs(edges - edges.T).max() == 0
    assert 0 < edges.data.min() <= edges.data.max() <= 1


@pytest.mark.parametrize("resolution", [0.0, -1.0, float("nan")])
def test_a_resolution_that_is_not_above_zero_is_refused(resolution: float) -> None:
    vectors, _ = events(10, 2)
    with pytest.raises(ValueError, match="must be above 0"):
        discover(find_neighbours(vectors, 3), vectors, resolution=resolution)


def test_vectors_of_another_corpus_are_refused() -> None:
    vectors, _ = events(10, 2)
    with pytest.raises(ValueError, match="as many"):
        discover(find_neighbours(vectors, 3), vectors[:5])


def left_over(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Ninety rows taken by a guided topic, and 31 of four subjects left over."""
    random = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2, 3, 4], [90, 14, 8, 5, 4])
    centres = random.standard_normal((5, 32))
    vectors = centres[labels] + 1.1 * random.standard_normal((len(labels), 32))
    return vectors.astype(np.float32), labels, np.where(labels == 0, 0, -1)


def test_a_few_rows_left_over_are_few_topics() -> None:
    counts, scores = [], []
    for seed in range(8):
        vectors, labels, taken = left_over(seed)
        found = discover_rest(find_neighbours(vectors, 40), vectors, taken, 1).labels
        rest = labels > 0
        counts.append(len(set(found[rest].tolist())))
        scores.append(adjusted_rand_score(labels[rest], found[rest]))
    assert max(counts) <= 5
    assert np.mean(scores) > 0.7


def test_rows_left_over_are_found_alike_in_any_order() -> None:
    vectors, _, taken = left_over()
    beside = np.array([[row, row + 1] for row in range(90, 120)])
    order = np.random.default_rng(3).permutation(len(vectors))
    rank = np.argsort(order)
    one = discover_rest(find_neighbours(vectors, 40), vectors, taken, 1, adjacent=beside)
    graph = find_neighbours(vectors[order], 40)
    other = discover_rest(graph, vectors[order], taken[order], 1, adjacent=rank[beside])
    assert np.array_equal(other.labels, one.labels[order])
    assert np.array_equal(other.strengths, one.strengths[order])


def test_the_resolution_of_a_rest_rises_to_that_of_a_corpus() -> None:
    assert [rest_resolution(n) for n in (10, 100, 205, 500)] == [0.7, 0.7, 1.0, 1.0]
    assert rest_resolution(2000) == default_resolution(2000)
