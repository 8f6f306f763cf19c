"""Topic ids follow members; a freed id is never given to another topic."""

from __future__ import annotations

from topics.identity import TopicKey, carry_ids, share_moved


def test_a_topic_that_grew_keeps_its_id():
    before = {7: TopicKey({1, 2, 3}), 8: TopicKey({4, 5})}
    after = [TopicKey({4, 5, 6}), TopicKey({1, 2, 3, 9})]
    assert carry_ids(before, after, 9) == [8, 7]


def test_a_split_leaves_the_id_with_the_greater_part():
    before = {1: TopicKey(set(range(10)))}
    after = [TopicKey(set(range(4))), TopicKey(set(range(4, 10)))]
    assert carry_ids(before, after, 2) == [2, 1]


def test_a_new_topic_takes_an_id_never_used():
    assert carry_ids({3: TopicKey({1})}, [TopicKey({2})], 10) == [10]


def test_a_guided_topic_is_known_by_its_name_alone():
    before = {1: TopicKey({1, 2}, "diplomacy"), 2: TopicKey({3, 4})}
    after = [TopicKey({1, 2}), TopicKey({9}, "diplomacy")]
    assert carry_ids(before, after, 3) == [3, 1]


def test_moves_are_counted_among_passages_of_both_runs():
    assert share_moved({1: 1, 2: 1, 3: 2}, {1: 1, 2: 2, 4: 1}) == 0.5
    assert share_moved({}, {1: 1}) == 0.0
