"""A few texts are parted where they fall apart, and else are one topic."""

from __future__ import annotations

import numpy as np

from topics.discovery.estimator import TopicModel
from topics.discovery.few import FEW_ROWS, part_few


def rows(*cosines: float) -> np.ndarray:
    """Unit rows at the given cosines with the first axis, else each in a direction of its own."""
    found = np.zeros((len(cosines), len(cosines) + 1), np.float32)
    found[:, 0] = cosines
    found[np.arange(len(cosines)), np.arange(len(cosines)) + 1] = np.sqrt(1 - np.square(cosines))
    return found


def test_of_three_texts_the_one_on_something_else_is_a_topic():
    assert part_few(rows(0.7, 0.7, 0.1)).tolist() in ([0, 0, 1], [1, 1, 0])


def test_texts_that_all_say_the_same_are_not_parted():
    assert part_few(rows(0.9, 0.9, 0.85, 0.9)) is None


def test_texts_that_have_nothing_in_common_are_not_a_topic_each():
    assert part_few(rows(0.2, 0.1, 0.15, 0.05, 0.1)) is None


def test_two_texts_and_ten_are_left_to_the_graph():
    assert part_few(rows(0.7, 0.1)) is None
    assert part_few(rows(*[0.7] * 5, *[-0.7] * 5)) is None
    assert FEW_ROWS == 10


def test_three_texts_five_times_over_are_parted_in_any_order():
    vectors = np.concatenate([rows(0.7, 0.7, 0.1)] * 5)
    assert TopicModel().fit(vectors).labels_.tolist() == [0, 0, 1] * 5
    assert TopicModel().fit(vectors[::-1]).labels_.tolist() == [1, 0, 0] * 5
