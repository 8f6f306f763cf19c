"""Which topics are shown: what can be trusted, two above each other, most of the corpus."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topics.hierarchy.showing import LEAST_COVERED, choose_shown, find_heads, show_instead
from topics.hierarchy.tree import TopicTree

# Two broad topics, 0 and 1; on the default level 2 and 3 in the first, 4 the second again; below,
# 5 and 6 in topic 2, the others unparted.
LEVELS = (
    np.repeat([0, 0, 0, 1], 100),
    np.repeat([0, 0, 1, 2], 100),
    np.repeat([0, 3, 1, 2], 100),
)


# A level more, on which 5 is 7 and 8, and 6 is 9 and 10.
DEEP = (*LEVELS, np.repeat([0, 1, 2, 3, 4, 5], [50, 50, 50, 50, 100, 100]))


def shown(stabilities, *, margins=None, lone=(), kept=(), exact=False, levels=LEVELS, many=None):
    tree = TopicTree(levels, 1)
    count = len(tree.topics)
    given = [stabilities.get(place, 1.0) for place in range(count)]
    shares = [0.51 if place in lone else 0.5 for place in range(count)]
    found = choose_shown(
        tree,
        given,
        margins or [1.0] * count,
        shares,
        kept=set(kept),
        exact=exact,
        told=[place not in many for place in range(count)] if many is not None else (),
    )
    return {place for place in range(count) if found[place]}


def test_topics_of_the_default_level_are_shown_with_their_parts():
    assert shown({}) == {1, 2, 3, 4, 5}


def test_an_unstable_topic_is_shown_through_its_broader_one():
    # Topic 3 is a part of topic 0 then, and so is topic 2, whose own parts are too deep.
    assert shown({3: 0.5}) == {0, 1, 2}


def test_a_topic_that_the_user_edited_is_not_shown_through_a_broader_one():
    # Topic 3 has no broader one left to be shown through.
    assert shown({3: 0.5}, kept={2}) == {1, 2, 3, 4, 5}
    assert shown({2: 0.5}, kept={2}) == {1, 2, 3, 4, 5}


def test_a_broader_topic_that_an_edit_grew_gives_way_to_what_it_was_shown_for():
    tree = TopicTree(LEVELS, 1)
    for grown, left in ((set(), {0, 2}), ({0}, {2, 3}), ({1}, {0, 2})):
        shown = [place in (0, 2) for place in range(len(tree.topics))]
        show_instead(shown, tree, {2}, grown)
        assert {place for place, one in enumerate(shown) if one} == left


def test_a_topic_of_one_article_is_shown_through_its_broader_one():
    assert shown({}, lone={3}) == {0, 1, 2}


def test_a_part_that_is_nearly_the_whole_topic_is_not_shown():
    levels = (LEVELS[0], LEVELS[1], np.repeat([0, 3, 1, 2], [190, 10, 100, 100]))
    assert shown({}, levels=levels) == {1, 2, 3, 5}


def test_an_unstable_part_is_not_shown():
    assert shown({4: 0.5}) == {1, 2, 3, 5}


def test_a_topic_of_many_things_is_shown_through_a_broader_one_that_is_told():
    assert shown({}, many={3}) == {0, 1, 2}


def test_a_topic_of_many_things_is_shown_where_too_few_passages_are_under_another():
    assert shown({}, many={0, 3}) == {1, 2, 3, 4, 5}


def test_a_topic_of_many_things_that_lasts_is_not_gone_however_few_passages_it_holds():
    few = tuple(np.delete(level, range(320, 400)) for level in LEVELS)
    assert 1 in shown({}, many={1}, levels=few)
    assert 1 not in shown({1: 0.8}, many={1}, levels=few)
    # Of topic 2, of many things too, one part is told; the other lasts, or does not.
    uneven = tuple(np.delete(level, range(100, 175)) for level in LEVELS)
    assert shown({2: 0.8}, many={0, 2, 5}, levels=uneven) == {1, 3, 4, 5}
    assert shown({2: 0.8, 5: 0.8}, many={0, 2, 5}, levels=uneven) == {1, 3, 4}


def test_a_topic_of_many_things_gives_way_to_its_parts_where_these_hold_enough():
    # The parts 4 and 5 stand alone, and hold all of topic 2.
    assert shown({}, many={0, 2}) == {1, 3, 4, 5}


def test_a_part_of_many_things_gives_way_to_its_own():
    assert shown({}, levels=DEEP, many={4}) == {1, 2, 3, 5, 6, 7}
    assert shown({}, levels=DEEP) == {1, 2, 3, 4, 5}


def test_a_topic_of_many_things_that_is_the_users_own_is_shown():
    assert 3 in shown({}, many={3}, kept={3})
    assert {2, 3} <= shown({}, many={2, 3}, exact=True)


def test_a_guided_topic_is_shown_whatever_tells_it():
    tree = TopicTree((np.repeat([0, 1, 2], [5, 100, 100]),), 0, fixed=1)
    found = choose_shown(tree, [None, 1.0, 1.0], [1.0] * 3, [0.1] * 3, told=[False, True, True])
    assert found == [True, True, True]


def test_of_what_is_left_the_stable_is_shown_first():
    # Through the broader topic of many things, and not the unstable one in it.
    assert shown({2: 0.5, 4: 0.5, 5: 0.5}, many={0}) == {0, 1, 3}


def test_a_topic_without_a_measured_stability_is_shown():
    assert shown({3: None, 4: None}) == {1, 2, 3, 4, 5}


def test_a_small_topic_is_shown_where_it_stands_apart():
    few = tuple(np.concatenate([level, [level.max() + 1]]) for level in LEVELS)
    small = next(place for place, held in enumerate(TopicTree(few, 1).members) if len(held) == 1)
    margins = [1.0] * len(TopicTree(few, 1).topics)
    assert small not in shown({}, levels=few, margins=margins)
    margins[small] = 1.4
    assert small in shown({}, levels=few, margins=margins)


def test_a_part_of_two_passages_is_not_shown():
    few = (np.zeros(40, int), np.zeros(40, int), np.repeat([0, 1, 2], [19, 19, 2]))
    assert shown({}, levels=few, margins=[1.4] * 4) == {0, 1, 2}


def test_a_number_that_was_asked_for_is_shown_whole():
    assert {1, 2, 3} <= shown({1: 0.1, 2: 0.1, 3: 0.1}, exact=True)


def test_where_nothing_is_stable_the_largest_are_shown():
    everything = dict.fromkeys(range(6), 0.1)
    assert len(shown(everything)) == 3


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)), min_size=1),
    st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=60, max_size=60),
    st.integers(0, 2),
)
def test_most_rows_stay_under_a_topic_shown_and_at_most_two_lie_above_each_other(
    paths, stabilities, default
):
    one, two, three = np.array(paths).T
    levels = [np.unique(key, return_inverse=True)[1] for key in (one, one * 3 + two)]
    levels.append(np.unique((one * 3 + two) * 3 + three, return_inverse=True)[1])
    tree = TopicTree(tuple(levels), default)
    count = len(tree.topics)
    found = choose_shown(tree, stabilities[:count], [1.0] * count, [0.0] * count)
    above = []
    for place, topic in enumerate(tree.topics):
        above.append((above[topic.parent] if topic.parent >= 0 else 0) + found[place])
    assert max(above) <= 2
    places = range(len(tree.topics))
    heads = find_heads(
        {i: None if tree.topics[i].parent < 0 else tree.topics[i].parent for i in places},
        {i: tree.topics[i].level for i in places},
        {i for i in places if found[i]},
        set(),
        default,
    )
    covered = [found[heads[place]] for place in tree.rows[-1].tolist()]
    assert np.mean(covered) >= LEAST_COVERED
