from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.ground import Ground, prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.discovery.stability import LEAST_MEMBERS, leave_out, measure_stability


def prepared(
    centres: int, rows: int, spread: float, seed: int = 0
) -> tuple[Ground, NDArray[np.int64]]:
    """Rows around centres in canonical order, and the centre of each."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, centres, rows)
    means = random.standard_normal((centres, 32))
    vectors = means[labels] + spread * random.standard_normal((rows, 32))
    ground = prepare_ground(
        find_neighbours(vectors.astype(np.float32), 40), vectors.astype(np.float32)
    )
    return ground, labels


def test_clear_topics_return_and_topics_cut_from_a_cloud_do_not() -> None:
    values = []
    for centres, spread in ((6, 0.3), (1, 1.0)):
        ground, _ = prepared(centres, 500, spread)
        labels = find_topics(ground)
        tree = grow_tree(ground, labels)
        values.append(measure_stability(ground, tree)[tree.default])
    assert values[0].min() > 0.95
    assert values[1].mean() < 0.7


def test_a_topic_split_at_random_is_less_stable_than_the_others() -> None:
    ground, truth = prepared(5, 500, 0.3)
    labels = truth.copy()
    halves = np.flatnonzero(truth == 4)[::2]
    labels[halves] = 5
    tree = grow_tree(ground, labels)
    values = measure_stability(ground, tree)[tree.default]
    assert values[[4, 5]].max() < 0.7
    assert np.sort(values)[2:].mean() > 0.8


def test_every_topic_of_every_level_has_a_share_but_those_of_a_few_rows() -> None:
    ground, _ = prepared(8, 400, 0.8)
    tree = grow_tree(ground, find_topics(ground))
    values = measure_stability(ground, tree, runs=3)
    assert [len(level) for level in values] == [*map(tree.count, range(len(tree.levels)))]
    sizes = [np.bincount(labels) for labels in tree.levels]
    assert min(size.min() for size in sizes) < LEAST_MEMBERS
    for level, size in zip(values, sizes, strict=True):
        told = level[size >= LEAST_MEMBERS]
        assert ((told >= 0) & (told <= 1)).all()
        assert np.isnan(level[size < LEAST_MEMBERS]).all()


def test_guided_topics_have_no_value_and_the_others_do() -> None:
    ground, truth = prepared(5, 400, 0.4)
    # Guided topic 1 has no rows.
    tree = grow_tree(ground, np.where(truth == 0, 0, truth + 1), 2)
    values = measure_stability(ground, tree, runs=3)
    for level in values[: tree.default + 1]:
        assert np.isnan(level[:2]).all()
        assert not np.isnan(level[2:]).any()
    large = np.bincount(tree.levels[-1]) >= LEAST_MEMBERS
    assert not np.isnan(values[-1][large]).any()


def test_one_seed_gives_one_answer() -> None:
    ground, _ = prepared(4, 200, 1.0)
    tree = grow_tree(ground, find_topics(ground))
    one, again = (measure_stability(ground, tree, seed=3) for _ in range(2))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, again, strict=True))


@pytest.mark.parametrize("rows", [0, 1, 2, 9, 10, 12])
def test_a_handful_of_rows_has_values_or_none(rows: int) -> None:
    ground, _ = prepared(2, rows, 0.5)
    tree = grow_tree(ground, find_topics(ground))
    values = measure_stability(ground, tree, runs=2)
    assert [len(level) for level in values] == [*map(tree.count, range(len(tree.levels)))]
    assert rows >= 10 or all(np.isnan(level).all() for level in values)


def with_small_topics(seed: int = 0) -> tuple[Ground, NDArray[np.int64]]:
    """Three topics of some hundred rows and six of five rows, each around a centre."""
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(9), [130, 125, 115, *[5] * 6])
    means = random.standard_normal((9, 32))
    vectors = (means[truth] + 0.3 * random.standard_normal((len(truth), 32))).astype(np.float32)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    return ground, truth


def test_small_topics_return_where_their_rows_were_kept_and_not_in_other_runs() -> None:
    ground, truth = with_small_topics()
    tree = grow_tree(ground, truth)
    one, many = (measure_stability(ground, tree, runs=runs)[tree.default] for runs in (1, 8))
    assert many[3:].mean() < 0.9
    # Other rows are left out in each run.
    assert not np.allclose(one[3:], many[3:])


def test_merging_or_splitting_topics_leaves_the_others_as_stable() -> None:
    ground, truth = prepared(6, 500, 0.5)
    merged = np.maximum(truth - 1, 0)
    split = truth + 1
    split[np.flatnonzero(truth == 0)[::2]] = 0
    for edited, touched in ((merged, 1), (split, 2)):
        tree = grow_tree(ground, edited)
        values = measure_stability(ground, tree, count=6)[tree.default]
        assert values[touched:].min() > 0.95
    tree = grow_tree(ground, merged)
    assert measure_stability(ground, tree)[tree.default][1:].min() < 0.8


def test_the_number_shown_is_the_number_found_without_edits() -> None:
    ground, _ = prepared(8, 400, 0.8)
    tree = grow_tree(ground, find_topics(ground, count=150))
    one = measure_stability(ground, tree, runs=2)
    other = measure_stability(ground, tree, runs=2, count=150)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_rows_of_guided_topics_stay_taken() -> None:
    ground, truth = prepared(5, 400, 0.4)
    # The guided topic took half of a subject; the other half stands by itself.
    labels = truth + 1
    labels[np.flatnonzero(truth == 4)[::2]] = 0
    tree = grow_tree(ground, labels, 1)
    values = measure_stability(ground, tree, runs=3)[tree.default]
    assert values[5] > 0.9


def test_broad_topics_joined_from_a_cloud_do_not_return() -> None:
    ground, _ = prepared(1, 400, 1.0)
    tree = grow_tree(ground, find_topics(ground))
    assert tree.default > 0
    values = measure_stability(ground, tree, runs=3)
    assert all(level.mean() < 0.8 for level in values[: tree.default])


def test_a_fifth_of_the_rows_is_left_out_and_another_in_each_run() -> None:
    kept = [set(rows.tolist()) for rows in leave_out(100, 3, seed=0)]
    assert [len(rows) for rows in kept] == [80] * 3
    assert len(set(map(frozenset, kept))) == 3
    assert set.union(*kept) <= set(range(100))
