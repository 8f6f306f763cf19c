"""Versions of one wording: by their facts, and by what the user says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Passage
from embeddings.words.copies import find_copies, survey_copies
from embeddings.words.versions import Judged, Pair
from tests.embeddings.words.wire import EDITED, OTHER, SAME_EVENT, SAME_FACTS, WIRE, key, passages


def test_pair_that_the_user_joins_is_a_group_whatever_it_shares() -> None:
    rows = passages(WIRE, SAME_EVENT, OTHER)
    survey = survey_copies(rows, together=[(key(SAME_EVENT), key(WIRE))])
    assert [group.members for group in survey.groups] == [(0, 1)]
    assert min(survey.groups[0].shares) < 0.5


def test_pairs_of_texts_that_are_not_there_are_passed_over() -> None:
    rows, pairs = passages(WIRE, SAME_FACTS), [(key(WIRE), key(OTHER)), (key(OTHER), key(WIRE))]
    survey = survey_copies(rows, together=pairs, apart=pairs)
    assert [group.members for group in survey.groups] == [(0, 1)]


def test_pair_that_the_user_joins_is_spared_the_veto() -> None:
    (group,) = survey_copies(passages(WIRE, EDITED), together=[(key(WIRE), key(EDITED))]).groups
    assert group.members == (0, 1)


def test_text_that_belongs_to_a_follower_joins_its_group() -> None:
    words = [f"v{chr(97 + n // 10)}{chr(97 + n % 10)}" for n in range(60)]
    followers = [
        " ".join(words[:n] + [f"{word}x" * 2 for word in words[n : n + 15]] + words[n + 15 :])
        for n in (0, 15, 30, 45)
    ]
    rows = passages(" ".join(words), *followers, WIRE)
    (group,) = survey_copies(rows, together=[(key(WIRE), key(followers[0]))]).groups
    assert (group.canonical, group.members) == (0, (0, 1, 2, 3, 4, 5))


@pytest.mark.parametrize("followers", [False, True])
def test_pair_that_the_user_parts_stands_in_no_group_together(followers: bool) -> None:
    rows = passages(WIRE, SAME_FACTS, *([f"{WIRE} More soon."] if followers else []))
    survey = survey_copies(rows, apart=[(key(WIRE), key(SAME_FACTS))])
    assert not any({0, 1} <= set(group.members) for group in survey.groups)
    assert not any({0, 1} <= set(members) for _, members in survey.wordings)


def family() -> list[str]:
    """Three wordings of three versions of two texts each."""
    rng = random.Random(4)
    bases = [" ".join(f"v{rng.randrange(3000)}" for _ in range(30)) for _ in range(3)]
    return [
        f"{base} and the army said that {figure} people were killed {where} Monday"
        for base in bases
        for figure in (12, 21, 33)
        for where in ("in the raid on", "in raids on")
    ]


def grouped(rows: list[Passage], together: set[Pair], apart: set[Pair]) -> dict[int, int]:
    keys = [key(row.body) for row in rows]
    survey = survey_copies(
        rows,
        together=[(keys[a], keys[b]) for a, b in together],
        apart=[(keys[a], keys[b]) for a, b in apart],
    )
    for group in survey.groups:
        leader, members = survey.wordings[group.wording]
        assert set(group.members) <= set(members)
        assert leader in members
    return {row: place for place, group in enumerate(survey.groups) for row in group.members}


PAIRS = st.sets(st.tuples(st.integers(0, 17), st.integers(0, 17)).filter(lambda p: p[0] < p[1]))


@settings(max_examples=40, deadline=None)
@given(PAIRS.filter(lambda p: len(p) < 6), PAIRS.filter(lambda p: len(p) < 4))
def test_what_the_user_says_is_obeyed(together: set[Pair], apart: set[Pair]) -> None:
    rows = passages(*family())
    apart = apart - together
    group_of = grouped(rows, together, apart)
    for a, b in apart:
        assert group_of.get(a, -1) != group_of.get(b, -2)
    chained = Judged(frozenset(together))
    for a, b in together:
        knot = chained.knots[a]
        if not any(x in knot and y in knot for x, y in apart):
            assert group_of[a] == group_of[b]
    if not apart:
        assert all(group_of[row] == group_of[row + 1] for row in range(0, 18, 2))


def test_chained_yes_makes_one_group() -> None:
    rows = passages(*(WIRE.replace("twelve", figure) for figure in ("12", "21", "33")))
    assert set(grouped(rows, {(0, 1), (1, 2)}, set()).values()) == {0}


def test_no_wins_over_a_chain_of_yes() -> None:
    rows = passages(*(WIRE.replace("twelve", figure) for figure in ("12", "21", "33")))
    group_of = grouped(rows, {(0, 1), (1, 2)}, {(0, 2)})
    assert len(group_of) == 2


def test_no_between_two_joined_groups_keeps_its_text_out() -> None:
    rows = passages(*family())
    group_of = grouped(rows, {(0, 6)}, {(1, 7)})
    assert group_of[0] == group_of[6]
    assert group_of.get(1, -1) != group_of.get(7, -2)


def test_text_that_agrees_with_no_first_one_of_its_key_is_gathered_in_a_later_round() -> None:
    """All contradict the leader alike, but two camps of them give another day each."""
    words = " ".join(f"v{chr(97 + n)}a" for n in range(25))
    ends = ("bank", "shop", "quay")
    lead = [f"{words} so 12 were hurt near the {place} as it then seemed" for place in ends]
    camps = [
        f"{words} so 21 were hurt near the {place} on May {day}"
        for day in (3, 4)
        for place in ("bank", "shop")
    ]
    groups = {group.members for group in find_copies(passages(*lead, *camps))}
    assert {(3, 4), (5, 6)} <= groups


def test_same_figure_at_two_places_makes_two_versions() -> None:
    words = [f"v{chr(97 + n // 10)}{chr(97 + n % 10)}" for n in range(40)]

    def put(first: str, second: str, last: str = "") -> str:
        return " ".join([*words[:10], first, *words[10:30], second, *words[30:], last]).strip()

    rows = passages(put("12", "12"), put("12", "12", "so"), put("12", "12", "now"),
                    put("21", "12"), put("12", "21"))  # fmt: skip
    survey = survey_copies(rows)
    assert [group.members for group in survey.groups] == [(0, 1, 2)]
    assert len(survey.conflicting) == 2
