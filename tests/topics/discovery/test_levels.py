from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_rand_score

from embeddings.vectors.neighbours import find_neighbours
from topics.discovery import counting, levels
from topics.discovery.communities import default_resolution
from topics.discovery.condensing import Groups, gather_groups
from topics.discovery.counting import join_linked, join_to, join_to_count
from topics.discovery.estimator import TopicModel
from topics.discovery.ground import CONDENSE_ROWS, Ground, prepare_ground
from topics.discovery.joining import compare_centres, join_alike, join_steps, merge_fragments
from topics.discovery.levels import (
    CLOSER,
    LEAST_ROWS,
    find_topics,
    grow_tree,
    refine,
)
from topics.hierarchy.tree import TopicTree

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]


def nested(
    rows: int, broad: int, each: int, seed: int = 0, spread: float = 0.5
) -> tuple[Rows, Numbers, Numbers]:
    """Rows around ``broad * each`` centres, ``each`` of which lie around one broad centre."""
    random = np.random.default_rng(seed)
    middles = random.standard_normal((broad, 48))
    centres = np.repeat(middles, each, axis=0) + 0.7 * random.standard_normal((broad * each, 48))
    fine = random.integers(0, broad * each, rows)
    vectors = centres[fine] + spread * random.standard_normal((rows, 48))
    return vectors.astype(np.float32), fine // each, fine


def grown(vectors: Rows, fixed: int = 0, count: int | None = None) -> TopicTree:
    """The tree of some rows, in canonical order; the first rows are guided topics'."""
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    labels = find_topics(ground, count=count)
    return grow_tree(ground, labels, fixed)


@given(seed=st.integers(0, 10**6), rows=st.integers(0, 200))
@settings(max_examples=12, deadline=None)
def test_every_topic_lies_in_one_topic_of_the_level_above(seed: int, rows: int) -> None:
    tree = grown(nested(rows, 3, 3, seed, spread=0.9)[0])
    for above, labels in zip(tree.levels, tree.levels[1:], strict=False):
        assert len(np.unique(np.stack([above, labels]), axis=1).T) == labels.max() + 1
        assert labels.max() > above.max()
    for level, labels in enumerate(tree.levels):
        assert np.array_equal(np.unique(labels), np.arange(tree.count(level)))


def test_broad_and_fine_subjects_are_levels_of_one_tree() -> None:
    vectors, broad, fine = nested(800, 4, 5, spread=0.4)
    tree = grown(vectors)
    scores = [
        [adjusted_rand_score(truth, labels) for labels in tree.levels] for truth in (broad, fine)
    ]
    assert max(scores[0]) > 0.9
    assert max(scores[1]) > 0.9
    assert np.argmax(scores[0]) < np.argmax(scores[1])


@pytest.mark.parametrize("rows", [150, CONDENSE_ROWS + 300])
def test_shuffled_rows_give_the_same_labels_on_every_level(rows: int) -> None:
    vectors = nested(rows, 4, 4, spread=1.0)[0]
    order = np.random.default_rng(1).permutation(rows)
    one, other = (TopicModel(40).fit(rows).levels_ for rows in (vectors, vectors[order]))
    assert len(one) > 2
    assert len(one) == len(other)
    assert all(np.array_equal(b, a[order]) for a, b in zip(one, other, strict=True))


PROGRAM = """
import hashlib, os, numpy as np
os.cpu_count = lambda: int(os.environ["CORES"])
from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.discovery.stability import measure_stability
random = np.random.default_rng(0)
vectors = random.standard_normal((12, 48))[random.integers(0, 12, 2400)]
vectors = (vectors + 1.3 * random.standard_normal(vectors.shape)).astype(np.float32)
ground = prepare_ground(find_neighbours(vectors, 20), vectors)
tree = grow_tree(ground, find_topics(ground))
values = measure_stability(ground, tree, runs=1)
every = [*tree.levels, *values]
print(len(every), hashlib.sha256(b"".join(a.tobytes() for a in every)).hexdigest())
"""


def test_any_number_of_threads_gives_the_same_bits() -> None:
    outputs = []
    for threads in ("1", "3"):
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CORES")
        environment = {**os.environ, **dict.fromkeys(variables, threads)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("rows", [1, 2, 3, 40])
def test_exactly_as_many_topics_as_asked_for_whatever_the_number(rows: int) -> None:
    vectors = nested(rows, 3, 2, spread=1.0)[0]
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    for count in range(1, rows + 1):
        labels = find_topics(ground, count=count)
        assert np.array_equal(np.unique(labels), np.arange(count))


@pytest.mark.parametrize("count", [2, 800, 2_300, 2_400])
def test_exactly_as_many_topics_in_a_graph_that_is_condensed(count: int) -> None:
    vectors = nested(2_400, 4, 4, spread=1.0)[0]
    ground = prepare_ground(find_neighbours(vectors, 15), vectors)
    labels = join_to_count(ground, np.arange(2_400) % 3, count)
    assert np.array_equal(np.unique(labels), np.arange(count))


@pytest.mark.parametrize("count", [0, -1, 31])
def test_a_number_of_topics_out_of_reach_is_refused(count: int) -> None:
    vectors = nested(30, 2, 2)[0]
    ground = prepare_ground(find_neighbours(vectors, 10), vectors)
    with pytest.raises(ValueError, match="ask for 1 to 30"):
        find_topics(ground, count=count)


def test_asking_for_the_true_number_finds_the_true_topics() -> None:
    vectors, broad, fine = nested(600, 4, 5, spread=0.4)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    for truth, count in ((broad, 4), (fine, 20)):
        labels = find_topics(ground, count=count)
        assert adjusted_rand_score(truth, labels) > 0.95


DEGENERATE = {
    "all rows equal": np.ones((40, 8), np.float32),
    "all rows zero": np.zeros((40, 8), np.float32),
    "one zero row": np.vstack([nested(60, 2, 2)[0], np.zeros((1, 48), np.float32)]),
    "two far apart halves": np.repeat(np.eye(2, 8, dtype=np.float32), 30, axis=0),
    "a huge pile of copies": np.vstack([nested(50, 3, 2)[0], np.ones((300, 48), np.float32)]),
    "one dimension": np.arange(-20, 20, dtype=np.float32)[:, None],
}


@pytest.mark.parametrize("case", list(DEGENERATE))
def test_degenerate_corpora_have_a_tree(case: str) -> None:
    vectors = DEGENERATE[case]
    tree = grown(vectors)
    assert all(len(labels) == len(vectors) for labels in tree.levels)
    assert grown(vectors, count=5).shown.max() == 4


def test_halves_without_a_link_are_two_topics() -> None:
    tree = grown(DEGENERATE["two far apart halves"] + 0.01 * nested(60, 2, 1)[0][:, :8])
    assert tree.shown.max() >= 1


def test_guided_topics_are_never_joined_and_keep_their_numbers() -> None:
    vectors, _, fine = nested(900, 3, 4, spread=0.4)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    truth = fine
    # Guided topics 0 and 2 have rows, 1 has none.
    labels = np.where(truth == 0, 0, np.where(truth == 1, 2, truth + 1))
    tree = grow_tree(ground, labels, 3)
    assert tree.default > 0
    assert np.array_equal(tree.shown, labels)
    for level in tree.levels[: tree.default + 1]:
        assert np.array_equal(level == 0, truth == 0)
        assert np.array_equal(level == 2, truth == 1)
        assert not (level == 1).any()
    finest = tree.levels[-1]
    assert len(np.unique(finest[truth == 0])) > 1


def test_a_tree_of_guided_topics_alone_has_no_broader_level() -> None:
    vectors = nested(100, 2, 2)[0]
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    tree = grow_tree(ground, np.zeros(100, np.int64), 2)
    assert tree.default == 0
    assert tree.count(0) == 2


def test_fragments_join_what_they_are_linked_to() -> None:
    vectors, _, fine = nested(400, 2, 2, spread=0.3)
    ground = prepare_ground(find_neighbours(vectors, 10), vectors)
    truth = fine.astype(np.int64)
    labels = truth.copy()
    labels[np.flatnonzero(truth == 1)[:3]] = 4
    topics = gather_groups(ground.edges, ground.unit, labels)
    where = merge_fragments(topics, 5)
    assert where[4] == where[1]
    assert len(np.unique(where)) == 4


@pytest.mark.parametrize(("third", "topics"), [(0.6, 5), (0.28, 4)])
def test_parts_of_one_subject_are_joined_when_they_stand_clear(third: float, topics: int) -> None:
    random = np.random.default_rng(0)
    centres = 0.35 * random.standard_normal((6, 64))
    centres[1] = centres[0] + 0.22 * random.standard_normal(64)
    centres[2] = centres[0] + third * random.standard_normal(64)
    truth = np.repeat(np.arange(6), 120)
    vectors = (centres[truth] + 0.4 * random.standard_normal((720, 64))).astype(np.float32)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    where = join_alike(gather_groups(ground.edges, ground.unit, truth))
    assert len(np.unique(where)) == topics
    assert where[0] == where[1]
    assert (where[0] == where[2]) == (topics == 4)


def around(means: NDArray[np.float64], truth: Numbers, spread: float) -> tuple[Ground, Numbers]:
    """Rows around given centres in canonical order, and the centre of each."""
    noise = np.random.default_rng(1).standard_normal((len(truth), means.shape[1]))
    vectors = (means[truth] + spread * noise).astype(np.float32)
    ground = prepare_ground(find_neighbours(vectors, 40), vectors)
    return ground, truth


def test_of_topics_in_a_ring_each_alike_its_neighbours_hardly_any_are_joined() -> None:
    angles = np.arange(6) * np.pi / 3
    means = np.pad(np.stack([np.cos(angles), np.sin(angles)], axis=1), ((0, 0), (0, 62)))
    ground, labels = around(means, np.repeat(np.arange(6), 120), 0.2)
    # Without the margin three are left.
    assert len(np.unique(join_alike(gather_groups(ground.edges, ground.unit, labels)))) >= 5


@pytest.mark.parametrize("shape", ["a cloud", "two long subjects"])
def test_the_closer_look_is_taken_where_its_topics_stand_further_apart(shape: str) -> None:
    random = np.random.default_rng(1)
    if shape == "a cloud":
        ground, _ = around(random.standard_normal((1, 32)), np.zeros(300, np.int64), 1.0)
    else:
        # Cutting a long subject up leaves pieces that are next to each other.
        truth = random.integers(0, 2, 500)
        centres, along = random.standard_normal((2, 2, 32))
        means = centres[truth] + random.uniform(-1, 1, 500)[:, None] * along[truth]
        ground, _ = around(means, np.arange(500), 0.3)
    usual = default_resolution(len(ground.unit))
    found, far, near = (
        find_topics(ground, resolution=resolution) for resolution in (None, usual, CLOSER * usual)
    )
    assert far.max() < near.max()
    assert np.array_equal(found, near if shape == "a cloud" else far)


def test_the_broader_level_stops_before_the_weakest_join() -> None:
    random = np.random.default_rng(0)
    means = np.repeat(random.standard_normal((4, 48)), 2, axis=0)
    ground, fine = around(means + 0.5 * random.standard_normal((8, 48)), np.arange(80) % 8, 0.5)
    tree = grow_tree(ground, fine)
    above = tree.levels[tree.default - 1]
    assert above.max() == 3
    assert adjusted_rand_score(fine // 2, above) == 1.0


def test_a_level_of_a_few_rows_a_topic_is_the_last() -> None:
    tree = grown(nested(250, 3, 3, spread=0.8)[0])
    finer = [250 / (labels.max() + 1) for labels in tree.levels[tree.default + 1 :]]
    assert finer[-1] < LEAST_ROWS
    assert all(rows >= LEAST_ROWS for rows in finer[:-1])


def test_finer_topics_stay_in_their_homes_even_where_all_their_links_lead_out() -> None:
    ground, truth = around(np.eye(2, 32), np.arange(200) % 2, 0.1)
    above = truth.copy()
    above[np.flatnonzero(truth == 1)[0]] = 0
    part = refine(ground, above, 2.0)
    assert len(np.unique(part[above == 0])) + len(np.unique(part[above == 1])) == part.max() + 1


def test_communities_that_cross_homes_are_cut_where_homes_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground, truth = around(np.eye(3, 32), np.arange(200) % 3, 0.1)
    everything = lambda links, *_: np.zeros(links.shape[0], np.int64)  # noqa: E731
    monkeypatch.setattr(levels, "best_communities", everything)
    assert np.array_equal(refine(ground, truth, 1.0), truth)


def test_a_satellite_joins_the_large_topic_that_it_is_most_like() -> None:
    random = np.random.default_rng(0)
    means = 0.35 * random.standard_normal((6, 64))
    means[5] = means[0] + 0.3 * random.standard_normal(64)
    for size, joined in ((20, True), (200, False)):
        ground, truth = around(means, np.repeat(np.arange(6), [*[400] * 5, size]), 0.4)
        where = join_alike(gather_groups(ground.edges, ground.unit, truth))
        assert (where[5] == where[0]) == joined
        assert len(np.unique(where)) == 6 - joined


def test_samples_of_one_cloud_are_at_no_distance_however_small() -> None:
    ground, _ = around(np.ones((1, 64)), np.zeros(200, np.int64), 0.5)
    topics = gather_groups(ground.edges, ground.unit, np.arange(200) % 40)
    _, distances, _ = compare_centres(topics, ground.unit.mean(axis=0, dtype=np.float64))
    apart = distances[~np.eye(40, dtype=bool)]
    assert abs(apart.mean()) < 0.03


def test_more_topics_lie_inside_those_there_were() -> None:
    vectors = nested(300, 3, 2, spread=0.8)[0]
    ground = prepare_ground(find_neighbours(vectors, 20), vectors)
    above = np.arange(300) % 3
    found = join_to_count(ground, above, 20)
    assert len(np.unique(np.stack([found, above]), axis=1).T) == 20


def test_of_very_many_topics_the_largest_are_split_first() -> None:
    homes = np.array([0, 0, 1, 1, 1, 2, 2])
    sizes = np.array([3.0, 3, 4, 4, 4, 2, 2])
    pieces = Groups(np.arange(7), csr_array((7, 7)), np.ones((7, 2)), sizes)
    for count, split in ((4, [1, 2, 1]), (5, [1, 3, 1]), (6, [2, 3, 1]), (7, [2, 3, 2])):
        labels = counting._split_largest(pieces, homes, count)
        assert [len(np.unique(labels[homes == home])) for home in range(3)] == split


def test_only_topics_that_are_each_others_nearest_are_joined() -> None:
    links = np.zeros((5, 5))
    links[[0, 1, 3], [1, 2, 4]] = [1.0, 3.0, 0.8]
    links += links.T
    links += np.diag(10 - links.sum(axis=1))
    topics = Groups(np.arange(5), csr_array(links), np.zeros((5, 2)), np.ones(5))
    # The nearest of the first is the second, whose nearest is the third.
    assert join_linked(topics, np.ones(5, np.bool_), 3).tolist() == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("most", [6, 60])
def test_very_many_topics_are_joined_without_a_table_of_all_pairs(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def record(topics: Groups, homes: Numbers, count: int) -> object:
        seen.append(topics.count)
        return join_steps(topics, homes, count)

    for module in (counting, levels):
        monkeypatch.setattr(module, "MOST_PIECES", most)
        monkeypatch.setattr(module, "join_steps", record)
    ground, truth = around(np.eye(4, 32), np.arange(400) % 4, 0.2)
    pairs = np.empty(400, np.int64)
    pairs[np.argsort(truth, kind="stable")] = np.arange(400) // 2
    every = gather_groups(ground.edges, ground.unit, pairs)
    for count in (1, 4, 100):
        joined = join_to(every, count)
        assert np.array_equal(np.unique(joined), np.arange(count))
        if count == 4:
            assert adjusted_rand_score(truth, joined) > 0.95
    # The first two topics are guided.
    tree = grow_tree(ground, pairs, 2)
    assert max(tree.count(level) for level in range(tree.default)) == most
    for above, labels in zip(tree.levels, tree.levels[1:], strict=False):
        assert len(np.unique(np.stack([above, labels]), axis=1).T) == labels.max() + 1
    for labels in tree.levels[: tree.default]:
        assert np.bincount(labels)[:2].tolist() == [2, 2]
    assert max(seen) <= max(most, 100)


def test_topics_without_a_link_are_joined_with_the_most_alike_of_the_largest() -> None:
    sums = np.repeat(np.eye(3), [4, 3, 3], axis=0) + 0.01
    sizes = np.array([9.0, 1, 1, 1, 8, 1, 1, 7, 1, 1])
    topics = Groups(np.arange(10), csr_array((10, 10)), sums * sizes[:, None], sizes)
    where = join_linked(topics, np.ones(10, np.bool_), 3)
    assert where.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert join_linked(topics, np.zeros(10, np.bool_), 3).tolist() == list(range(10))
