"""Topic ids follow members; a freed id is never given to another topic."""

from __future__ import annotations

from topics.hierarchy.identity import TopicKey, carry_ids, count_moved


def keys(*numbers: int) -> set[bytes]:
    return {bytes([number]) for number in numbers}


def test_a_topic_that_grew_keeps_its_id():
    before = {7: TopicKey(keys(1, 2, 3)), 8: TopicKey(keys(4, 5))}
    after = [TopicKey(keys(4, 5, 6)), TopicKey(keys(1, 2, 3, 9))]
    assert carry_ids(before, after, 9) == [8, 7]


def test_a_split_leaves_the_id_with_the_greater_part():
    before = {1: TopicKey(keys(*range(10)))}
    after = [TopicKey(keys(*range(4))), TopicKey(keys(*range(4, 10)))]
    assert carry_ids(before, after, 2) == [2, 1]


def test_a_new_topic_takes_an_id_never_used():
    assert carry_ids({3: TopicKey(keys(1))}, [TopicKey(keys(2))], 10) == [10]


def test_a_guided_topic_is_known_by_its_name_alone():
    before = {1: TopicKey(keys(1, 2), "diplomacy"), 2: TopicKey(keys(3, 4))}
    after = [TopicKey(keys(1, 2)), TopicKey(keys(9), "diplomacy")]
    assert carry_ids(before, after, 3) == [3, 1]


def test_moves_are_counted_among_passages_of_both_runs():
    assert count_moved({b"a": 1, b"b": 1, b"c": 2}, {b"a": 1, b"b": 2, b"d": 1}) == 1
    assert count_moved({}, {b"a": 1}) == 0


def test_topics_that_are_seen_keep_their_ids_before_their_parts():
    before = {4: TopicKey({b"a", b"b"}), 5: TopicKey({b"c", b"d", b"e"})}
    merged = TopicKey({b"a", b"b", b"c", b"d", b"e"})
    parts = [TopicKey(set(key.members), shown=False) for key in before.values()]
    assert carry_ids(before, [merged, *parts], 9) == [5, 4, 9]
