"""Topics of many things are said to be so, and named by their parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.topics.naming.test_describing import weighed
from topics.hierarchy.tree import TopicTree
from topics.keeping.names import keep_names
from topics.naming.describing import Topic
from topics.naming.saying import Keyphrases
from topics.naming.titles import name_tree
from topics.naming.various import VARIOUS, are_told, find_parts, list_names, list_own

# Of two topics, 60 and 40 rows, the first is of oil, 25, ships, 20, and gold, 15.
TREE = TopicTree((np.repeat([0, 1], (60, 40)), np.repeat([1, 2, 3, 0], (25, 20, 15, 40))), 0)
PHRASES = [
    weighed("market", "price", weights=[0.3, 0.2]),
    weighed("election", weights=[2.0]),
    weighed("oil", "barrel", weights=[1.2, 0.9]),
    weighed("ships", weights=[0.9]),
    weighed("gold", weights=[1.5]),
]


def name(phrases: list[Keyphrases], fixed: list[str] | None = None) -> list[str]:
    given = fixed or [""] * len(phrases)
    return name_tree(TREE.topics, phrases, 0, given, find_parts(TREE, phrases, given))


def test_a_topic_that_no_phrase_tells_is_named_by_its_parts_the_largest_first() -> None:
    assert name(PHRASES)[:2] == ["Various: oil, ships, gold", "Election"]


def test_a_topic_that_a_phrase_tells_is_named_by_it() -> None:
    told = [weighed("market", "price", weights=[0.6, 0.2]), *PHRASES[1:]]
    assert name(told)[0] == "Market, price"


def test_of_few_passages_a_topic_is_named_by_its_phrases_whatever_they_are_worth() -> None:
    few = TopicTree((np.repeat([0, 1], (14, 40)),), 0)
    assert find_parts(few, PHRASES[:2], ["", ""]) == {}


def test_parts_of_a_topic_of_many_things_keep_its_phrases() -> None:
    assert name(PHRASES)[2] == "Oil, barrel"


def test_of_too_few_parts_that_a_phrase_tells_no_topic_is_named() -> None:
    vague = [*PHRASES[:2], weighed("barrel", weights=[0.1]), *PHRASES[3:]]
    assert find_parts(TREE, vague, [""] * 5) == {0: [], 2: []}
    assert name(vague)[0] == "Various: market, price"
    assert name([replace(vague[0], subjects=(0.0, 0.0)), *vague[1:]])[0] == "Market"


def test_a_part_that_holds_little_of_a_topic_is_not_told() -> None:
    labels = np.repeat([1, 2, 3, 4, 0], (80, 70, 20, 60, 40))
    tree = TopicTree((np.repeat([0, 1], (230, 40)), labels), 0)
    told = [*PHRASES[:2], *(weighed(one, weights=[1.0]) for one in ("oil", "ships", "gold", "rye"))]
    assert find_parts(tree, told, [""] * 6) == {0: [2, 3, 5]}


def test_a_broad_topic_of_three_is_named_by_them_whatever_phrase_tells_it() -> None:
    labels = np.repeat([0, 1, 2], (30, 25, 20))
    tree = TopicTree((np.zeros(75, np.int64), labels), 1)
    told = [weighed(one, weights=[2.0]) for one in ("oil", "oil", "ships", "gold")]
    assert find_parts(tree, told, [""] * 4) == {0: [1, 2, 3]}
    two = TopicTree((np.zeros(75, np.int64), np.minimum(labels, 1)), 1)
    assert find_parts(two, told[:3], [""] * 3) == {}


def own_phrases(*shares: float, names: str = "Oil|ships at sea|Gold|rye") -> Keyphrases:
    """Return phrases worth little, each in passages of its own, of such shares."""
    phrases = names.split("|")[: len(shares)]
    worth = (0.2,) * len(shares)
    joint = tuple(
        tuple(share * (row == column) for column in range(len(shares)))
        for row, share in enumerate(shares)
    )
    return replace(weighed(*phrases, weights=worth), joint=joint)


def test_without_parts_that_can_be_told_a_topic_is_named_by_what_covers_most_of_it() -> None:
    told = list_own(own_phrases(0.1, 0.2, 0.15, 0.13), 42)
    assert next(told) == "Various: ships at sea, Gold, rye"
    vague = [own_phrases(0.1, 0.2, 0.15, 0.13), *PHRASES[1:3], *[weighed("x", weights=[0.1])] * 2]
    assert name(vague)[0] == "Various: ships at sea, Gold, rye"


@pytest.mark.parametrize(
    ("shares", "first"),
    [
        ((0.4, 0.2, 0.1), None),  # one tells most of it
        ((0.1, 0.07, 0.07), None),  # all together tell little
        ((0.2, 0.05, 0.2), "Various: Oil, Gold"),  # in too little of it
        ((0.2, 0.2, 0.02, 0.11), "Various: Oil, ships at sea"),  # a common noun is to cover more
    ],
)
def test_phrases_of_its_own_are_to_tell_the_whole_of_a_topic(
    shares: tuple[float, ...], first: str | None
) -> None:
    assert next(list_own(own_phrases(*shares), 42), None) == first


def test_general_words_and_linked_phrases_do_not_tell_of_what_a_topic_is() -> None:
    own = own_phrases(0.2, 0.2, 0.2, 0.2)
    general = replace(own, subjects=(0.2, 0.0, 0.2, 0.2))
    assert next(list_own(general, 42)) == "Various: Oil, Gold, rye"
    assert next(list_own(replace(own, linked=3), 42)) == "Various: Oil, ships at sea, Gold"


def test_a_name_that_the_user_gave_stays() -> None:
    assert name(PHRASES, ["Trade", "", "", "", ""])[0] == "Trade"


def test_parts_that_share_a_word_are_not_said_together() -> None:
    found = list_names(["oil prices", "oil", "gold", "rye"], 42)
    assert next(found) == "Various: oil prices, gold, rye"


@pytest.mark.parametrize("longest", [30, 35])
def test_a_name_is_no_longer_than_asked(longest: int) -> None:
    names = list(list_names(["crude oil", "ships", "gold", "rye"], longest))
    assert names
    assert max(map(len, names)) <= longest + len(VARIOUS)


def test_a_name_by_parts_is_never_said_not_to_fit() -> None:
    topic = Topic(0, "Market", "discovered", ("market",), 9, 1.0, (), ())
    assert keep_names([topic], ["Various: oil, gold"])[1] == ()
    assert keep_names([topic], ["Oil and gold"])[1] != ()


def test_parts_keep_their_names_when_they_are_named_again_below_a_name_by_parts() -> None:
    phrases = [
        *PHRASES[:2],
        *(weighed(one, "cargo", weights=[1.5, 1.4]) for one in ("oil", "ships", "gold")),
    ]
    first = name(phrases)
    assert first[0].startswith("Various: ")
    assert name(phrases, [first[0], "", "", "", ""]) == first


def test_a_topic_is_told_by_a_phrase_worth_enough_and_where_it_is_not_known() -> None:
    assert are_told(TREE, PHRASES) == [False, True, True, True, True]
    assert are_told(TREE, [Keyphrases(("market",)), Keyphrases(), *PHRASES[2:]])[:2] == [
        True,
        False,
    ]


def test_of_few_passages_a_topic_is_told_but_a_part_only_by_a_phrase() -> None:
    few = TopicTree((np.repeat([0, 1], (60, 14)), np.repeat([0, 1, 2], (46, 14, 14))), 0)
    vague = [weighed("market", weights=[0.1])] * len(few.topics)
    assert are_told(few, vague) == [False, True, False, False]


def test_a_broader_topic_of_three_or_more_is_not_told() -> None:
    broad = TopicTree((np.repeat([0, 1], (60, 40)), np.repeat([1, 2, 3, 0], (25, 20, 15, 40))), 1)
    assert are_told(broad, [PHRASES[4]] * 5) == [False, True, True, True, True]
