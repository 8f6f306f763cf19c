"""A tree of topics: one topic for each set of rows, guided topics folded into their parents."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topics.hierarchy.tree import Level, TopicTree, fold_guided


def level(labels, parents):
    return Level(np.array(labels, np.int64), np.array(parents, np.int64), 1.0)


def test_a_topic_that_is_not_parted_is_one_topic_on_both_levels():
    tree = TopicTree(
        (level([0, 0, 0, 1, 1], [-1, -1]), level([0, 0, 1, 2, 2], [0, 0, 1])), default=0
    )
    topics, places = tree.topics()
    assert [(topic.level, topic.finest, topic.parent) for topic in topics] == [
        (0, 0, -1),
        (0, 1, -1),
        (1, 1, 0),
        (1, 1, 0),
    ]
    assert [here.tolist() for here in places] == [[0, 1], [2, 3, 1]]


def test_a_guided_topic_without_rows_is_listed_once():
    tree = TopicTree(
        (level([1, 1, 2], [-1, -1, -1]), level([1, 1, 2], [-1, 1, 2])), default=1, fixed=2
    )
    topics, places = tree.topics()
    assert len(topics) == 3
    assert [here.tolist() for here in places] == [[0, 1, 2], [0, 1, 2]]


def test_guided_topics_are_folded_into_their_parents_one_level_up():
    # 0 war, 1 fighting below it, 2 truces below fighting; 3 was discovered.
    shown = level([0, 1, 2, 2, 3], [-1, -1, -1, -1])
    tree = fold_guided(TopicTree((shown,), default=0, fixed=3), [-1, 0, 1])
    assert tree.default == 2
    assert [one.labels.tolist() for one in tree.levels] == [
        [0, 0, 0, 0, 3],
        [0, 1, 1, 1, 3],
        [0, 1, 2, 2, 3],
    ]
    topics, places = tree.topics()
    assert [(topic.label, topic.level, topic.parent) for topic in topics] == [
        (0, 0, -1),
        (3, 0, -1),
        (1, 1, 0),
        (2, 2, 2),
    ]
    assert places[0].tolist() == [0, -1, -1, 1]


def test_levels_below_the_one_shown_stay_as_they_are_when_guided_topics_are_folded():
    shown = level([0, 1, 1, 2], [-1, -1, -1])
    finer = level([0, 1, 2, 3], [0, 1, 1, 2])
    tree = fold_guided(TopicTree((shown, finer), default=0, fixed=2), [-1, 0])
    assert tree.default == 1
    assert tree.levels[2].labels.tolist() == [0, 1, 2, 3]
    topics, _ = tree.topics()
    assert [(topic.level, topic.parent) for topic in topics] == [
        (0, -1),
        (0, -1),
        (1, 0),
        (2, 2),
        (2, 2),
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_every_row_lies_in_one_topic_of_each_level_and_topics_nest(rows):
    labels, parents = [], []
    for depth in range(3):
        paths = [row[: depth + 1] for row in rows]
        names = sorted(set(paths))
        labels.append([names.index(path) for path in paths])
        above = sorted({row[:depth] for row in rows})
        parents.append([above.index(name[:depth]) if depth else -1 for name in names])
    tree = TopicTree(tuple(map(level, labels, parents)), default=1)
    topics, places = tree.topics()
    members = [set() for _ in topics]
    for here, one in zip(places, tree.levels, strict=True):
        for row, label in enumerate(one.labels.tolist()):
            members[here[label]].add(row)
    assert len({frozenset(one) for one in members}) == len(topics)
    for place, topic in enumerate(topics):
        if topic.parent >= 0:
            assert members[place] < members[topic.parent]
            assert topics[topic.parent].level < topic.level
