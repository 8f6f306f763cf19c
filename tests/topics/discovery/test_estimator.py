from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from embeddings.errors import InputError
from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.communities import (
    _with_twins,
    agreed_communities,
    best_communities,
    default_resolution,
    least_topic_size,
    modularity,
    run_leiden,
    sweep,
)
from topics.discovery.condensing import Groups, condense_edges
from topics.discovery.estimator import TopicModel
from topics.discovery.few import FEW_ROWS
from topics.discovery.ground import prepare_ground
from topics.discovery.joining import join_steps
from topics.discovery.levels import find_topics
from topics.discovery.rest import discover_rest, rest_resolution


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
    labels = find_topics(prepare_ground(find_neighbours(vectors, 40), vectors))
    assert labels.tolist() == [0] * rows


def test_ten_rows_of_two_events_are_two_topics() -> None:
    vectors, labels = events(10, 2, seed=3, spread=0.3)
    assert adjusted_rand_score(labels, TopicModel().fit(vectors).labels_) == 1.0


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 120))
@settings(max_examples=20, deadline=None)
def test_shuffled_rows_give_the_same_partition_bit_for_bit(seed: int, rows: int) -> None:
    vectors, _ = events(rows, 4, seed, spread=1.2)
    order = np.random.default_rng(seed).permutation(rows)
    one, other = TopicModel(15).fit(vectors), TopicModel(15).fit(vectors[order])
    assert np.array_equal(other.labels_, one.labels_[order])
    assert np.array_equal(other.strengths_, one.strengths_[order])


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 150))
@settings(max_examples=20, deadline=None)
def test_no_topic_is_a_crumb_and_labels_fall_in_size(seed: int, rows: int) -> None:
    vectors, _ = events(rows, 8, seed, spread=1.5)
    sizes = np.bincount(TopicModel().fit(vectors).labels_)
    assert (np.diff(sizes) <= 0).all()
    # A few rows may fall apart into a pair and one by itself.
    least = least_topic_size(rows) if rows >= FEW_ROWS else 1
    assert sizes.min() >= least or len(sizes) == 1


def test_copies_of_a_row_move_no_other_row_on_any_level() -> None:
    vectors, _ = events(200, 5, spread=1.0)
    copied = np.vstack([vectors, np.repeat(vectors[:1], 300, axis=0)])
    model, with_copies = TopicModel().fit(vectors), TopicModel().fit(copied)
    assert len(with_copies.levels_) == len(model.levels_) > 1
    for labels, before in zip(with_copies.levels_, model.levels_, strict=True):
        assert np.array_equal(labels[:200], before)
        assert (labels[200:] == before[0]).all()


def test_the_labels_are_those_of_the_default_level_and_levels_nest() -> None:
    model = TopicModel().fit(events(400, 6, spread=1.2)[0])
    assert np.array_equal(model.labels_, model.levels_[model.default_level_])
    for above, below in zip(model.levels_, model.levels_[1:], strict=False):
        assert below.max() > above.max()
        assert all(len(np.unique(above[below == topic])) == 1 for topic in range(below.max() + 1))


@pytest.mark.parametrize("count", [1, 4, 25])
def test_a_number_of_topics_is_kept_to(count: int) -> None:
    vectors, _ = events(120, 5, spread=1.0)
    model = TopicModel(n_topics=count).fit(vectors)
    assert len(np.unique(model.labels_)) == count
    assert np.array_equal(model.predict(vectors), model.labels_)


@pytest.mark.parametrize("count", [0, 3])
def test_more_topics_than_distinct_rows_or_none_are_refused(count: int) -> None:
    with pytest.raises(InputError, match="2 distinct rows; give 1 to 2"):
        TopicModel(n_topics=count).fit(np.eye(2)[[0, 1, 1, 0]])


def test_as_many_topics_as_asked_for_are_found_among_the_rows_left_over() -> None:
    vectors, labels = events(700, 4)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    for left, count in ((labels != 2, 3), (labels == 1, 7)):
        taken = np.where(left, -1, 0)
        found = discover_rest(ground, taken, 2, count=count)
        assert np.array_equal(np.unique(found[left]), 2 + np.arange(count))
        assert (found[~left] == 0).all()


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
    model = TopicModel().fit(vectors)
    assert model.labels_.max() == 1
    assert model.strengths_[:100].min() > model.strengths_[100]


def test_rows_without_neighbours_in_common_join_the_nearest_topic() -> None:
    vectors = np.vstack([events(60, 2, spread=0.2)[0], np.zeros((1, 32), np.float32)])
    assert np.bincount(TopicModel(5).fit(vectors).labels_).min() > 1


def test_rows_of_guided_topics_stay_and_the_rest_is_numbered_after_them() -> None:
    vectors, labels = events(300, 4)
    taken = np.where(labels == 2, 0, -1)
    found = discover_rest(prepare_ground(find_neighbours(vectors, 40), vectors), taken, 3)
    assert (found[labels == 2] == 0).all()
    assert found[labels != 2].min() == 3
    assert adjusted_rand_score(labels, found) > 0.95


def test_a_left_over_row_without_edges_to_the_others_is_no_topic_of_its_own() -> None:
    vectors, labels = events(300, 4)
    left = np.append(np.flatnonzero(labels == 0)[:6], np.flatnonzero(labels == 3)[0])
    taken = np.zeros(300, np.int64)
    taken[left] = -1
    found = discover_rest(prepare_ground(find_neighbours(vectors, 20), vectors), taken, 1)
    assert np.bincount(found).min() >= least_topic_size(7)


def test_higher_resolution_gives_more_topics() -> None:
    vectors, _ = events(600, 12, spread=1.2)
    counts = [TopicModel(resolution=r).fit(vectors).labels_.max() for r in (0.2, 4.0)]
    assert counts[0] < counts[1]


def test_small_corpora_are_looked_at_more_closely() -> None:
    assert [default_resolution(n) for n in (1, 500, 2000, 100_000)] == [1.0, 1.0, 0.5, 0.5]


@pytest.mark.parametrize("resolution", [0.0, -1.0, float("nan")])
def test_a_resolution_that_is_not_above_zero_is_refused(resolution: float) -> None:
    vectors, _ = events(10, 2)
    with pytest.raises(ValueError, match="must be above 0"):
        TopicModel(resolution=resolution).fit(vectors)


def test_vectors_of_another_corpus_are_refused() -> None:
    vectors, _ = events(10, 2)
    with pytest.raises(ValueError, match="10 rows and vectors 5"):
        prepare_ground(find_neighbours(vectors, 3), vectors[:5])


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
        found = discover_rest(prepare_ground(find_neighbours(vectors, 40), vectors), taken, 1)
        rest = labels > 0
        counts.append(len(set(found[rest].tolist())))
        scores.append(adjusted_rand_score(labels[rest], found[rest]))
    assert max(counts) <= 5
    assert np.mean(scores) > 0.7


def test_the_resolution_of_a_rest_rises_to_that_of_a_corpus() -> None:
    assert [rest_resolution(n) for n in (10, 100, 205, 500)] == [0.7, 0.7, 1.0, 1.0]
    assert rest_resolution(2000) == default_resolution(2000)


def graph_of(rows: int, count: int, spread: float) -> csr_array:
    vectors, _ = events(rows, count, spread=spread)
    return prepare_ground(find_neighbours(vectors, 15), vectors).edges


def test_of_several_runs_the_one_of_greatest_modularity_is_taken() -> None:
    edges = graph_of(300, 1, 1.0)
    every = [modularity(edges, run_leiden(edges, 1.0, seed), 1.0) for seed in range(6)]
    assert min(every) < max(every)
    assert modularity(edges, best_communities(edges, 1.0, 0, 6), 1.0) == pytest.approx(max(every))


def test_what_runs_agree_on_is_joined_to_a_greater_modularity_than_theirs() -> None:
    edges = graph_of(600, 1, 1.0)
    atoms = run_leiden(edges, 50.0, 0, 1)
    runs = [run_leiden(edges, 1.0, seed, 2) for seed in range(6)]
    agreed = [agreed_communities(edges, atoms, 1.0, seed, 2) for seed in (0, 50, 100)]
    reached = [modularity(edges, labels, 1.0) for labels in agreed]
    assert min(reached) > max(modularity(edges, labels, 1.0) for labels in runs)


@pytest.mark.parametrize("in_table", [0, 1_500])
def test_condensed_links_are_sums_of_edges_with_what_lies_inside(in_table: int) -> None:
    edges = graph_of(120, 3, 1.0)
    groups, topics = np.arange(120) % 20, np.arange(20) % 4
    links = condense_edges(edges, groups, in_table)
    member = np.equal.outer(np.arange(20), groups).astype(float)
    assert np.allclose(links.toarray(), member @ edges.toarray() @ member.T)
    assert links.diagonal().any()
    # A diagonal that is there counts on.
    whole = np.equal.outer(np.arange(4), topics[groups]).astype(float)
    assert np.allclose(
        condense_edges(links, topics, in_table).toarray(), whole @ edges.toarray() @ whole.T
    )
    of_rows = modularity(edges, topics[groups], 0.7)
    assert modularity(links, topics, 0.7) == pytest.approx(of_rows)


def test_a_twin_carries_exactly_what_lies_inside_its_node() -> None:
    links = condense_edges(graph_of(200, 4, 1.0), np.arange(200) % 25)
    twins = _with_twins(links)
    assert not twins.diagonal().any()
    part = np.arange(25) % 3
    with_twins = modularity(twins, np.append(part, part), 1.3)
    assert with_twins == pytest.approx(modularity(links, part, 1.3))


def test_two_rows_that_want_to_each_other_do_not_swap_for_ever() -> None:
    edges = csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert sweep(edges, np.array([0, 1]), 0.5).tolist() == [0, 0]


def join_by_hand(topics: Groups, homes: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
    """The joins of ``join_steps``, all pairs looked at anew each time."""
    middle = topics.sums.sum(axis=0) / topics.sizes.sum()
    members = {topic: [topic] for topic in range(topics.count)}
    links, steps = topics.links.toarray(), []
    while len(members) > count:
        found = []
        for one in members:
            for other in members:
                if one < other and homes[one] == homes[other] >= 0:
                    a, b = members[one], members[other]
                    chance = links[a].sum() * links[b].sum() / links.sum()
                    away = [
                        topics.sums[g].sum(axis=0) / topics.sizes[g].sum() - middle for g in (a, b)
                    ]
                    cosine = away[0] @ away[1] / np.prod(np.linalg.norm(away, axis=1))
                    affinity = (links[np.ix_(a, b)].sum() / chance + 1e-6) * np.exp(2 * cosine)
                    found.append((-round(float(affinity), 9), one, other))
        if not found:
            break
        _, one, other = min(found)
        members[one] += members.pop(other)
        steps.append((one, other))
    return steps


def some_topics(seed: int, count: int = 12) -> Groups:
    random = np.random.default_rng(seed)
    links = np.triu(random.random((count, count)) * (random.random((count, count)) < 0.4))
    sizes = random.integers(1, 30, count).astype(float)
    sums = random.standard_normal((count, 6)) * sizes[:, None]
    return Groups(np.arange(count), csr_array(links + links.T + np.eye(count)), sums, sizes)


@pytest.mark.parametrize("seed", range(8))
def test_pairs_are_joined_as_if_all_were_looked_at_each_time(seed: int) -> None:
    topics = some_topics(seed)
    for homes in (np.zeros(12, np.int64), np.arange(12) % 3 - 1):
        assert join_steps(topics, homes, 2)[0] == join_by_hand(topics, homes, 2)


def test_of_equal_pairs_the_first_is_joined_first() -> None:
    half, order = some_topics(20, 6), np.random.default_rng(20).permutation(12)
    # Each topic has a double, so each pair has an equal.
    links = np.kron(np.eye(2), half.links.toarray())[order][:, order]
    sums, sizes = np.tile(half.sums, (2, 1))[order], np.tile(half.sizes, 2)[order]
    topics, homes = Groups(np.arange(12), csr_array(links), sums, sizes), np.zeros(12, np.int64)
    assert join_steps(topics, homes, 2)[0] == join_by_hand(topics, homes, 2)
