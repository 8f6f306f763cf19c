"""A tree of topics: one topic for each set of rows, guided topics folded into their parents."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topics.hierarchy.tree import TopicTree, fold_guided


def tree(*levels, default, fixed=0):
    return TopicTree(tuple(np.array(labels) for labels in levels), default, fixed)


def test_a_topic_that_is_not_parted_is_one_topic_on_both_levels():
    two = tree([0, 0, 0, 1, 1], [0, 0, 1, 2, 2], default=0)
    assert [(topic.level, topic.finest, topic.parent) for topic in two.topics] == [
        (0, 0, -1),
        (0, 1, -1),
        (1, 1, 0),
        (1, 1, 0),
    ]
    assert [here.tolist() for here in two.places] == [[0, 1], [2, 3, 1]]
    assert [here.tolist() for here in two.rows] == [[0, 0, 0, 1, 1], [2, 2, 3, 1, 1]]


def test_a_guided_topic_without_rows_is_listed_once():
    two = tree([1, 1, 2], [1, 1, 2], default=1, fixed=2)
    assert len(two.topics) == 3
    assert [here.tolist() for here in two.places] == [[0, 1, 2], [0, 1, 2]]
    assert [rows.tolist() for rows in two.members] == [[], [0, 1], [2]]


def test_guided_topics_are_folded_into_their_parents_one_level_up():
    # 0 war, 1 fighting below it, 2 truces below fighting; 3 was discovered.
    folded = fold_guided(tree([0, 1, 2, 2, 3], default=0, fixed=3), [-1, 0, 1])
    assert folded.default == 2
    assert [labels.tolist() for labels in folded.levels] == [
        [0, 0, 0, 0, 3],
        [0, 1, 1, 1, 3],
        [0, 1, 2, 2, 3],
    ]
    assert [(topic.label, topic.level, topic.parent) for topic in folded.topics] == [
        (0, 0, -1),
        (3, 0, -1),
        (1, 1, 0),
        (2, 2, 2),
    ]
    assert folded.places[0].tolist() == [0, -1, -1, 1]
    assert [rows.tolist() for rows in folded.members] == [[0, 1, 2, 3], [4], [1, 2, 3], [2, 3]]


def test_levels_below_the_one_shown_stay_as_they_are_when_guided_topics_are_folded():
    grown = tree([0, 1, 1, 2], [0, 1, 2, 3], default=0, fixed=2)
    folded = fold_guided(grown, [-1, 0])
    assert folded.default == 1
    assert folded.levels[2].tolist() == [0, 1, 2, 3]
    assert [(topic.level, topic.parent) for topic in folded.topics] == [
        (0, -1),
        (0, -1),
        (1, 0),
        (2, 2),
        (2, 2),
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_every_row_lies_in_one_topic_of_each_level_and_topics_nest(rows):
    levels = []
    for depth in range(3):
        paths = [row[: depth + 1] for row in rows]
        levels.append([sorted(set(paths)).index(path) for path in paths])
    found = tree(*levels, default=1)
    members = [set(rows.tolist()) for rows in found.members]
    assert len({frozenset(one) for one in members}) == len(found.topics)
    for here in found.rows:
        assert all(row in members[place] for row, place in enumerate(here.tolist()))
    for place, topic in enumerate(found.topics):
        if topic.parent >= 0:
            assert members[place] < members[topic.parent]
            assert found.topics[topic.parent].level < topic.level
