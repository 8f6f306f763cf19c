"""Outlets that have nothing on a topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.periods.absences import LEVEL, expect_articles, find_absences, threshold


def articles(outlet: str, number: int, period: str = "2013") -> dict[str, tuple[str, str]]:
    return {f"{outlet}-{period}-{n}": (outlet, period) for n in range(number)}


def absent(found, topic: int = 1) -> dict[str, bool]:
    return {absence.outlet: absence.surprising for absence in found[topic]}


def test_silence_of_a_large_outlet_is_marked_and_of_a_small_one_not():
    corpus = articles("post", 60) | articles("courier", 40) | articles("leaflet", 3)
    covering = {article for article in corpus if article.startswith("post")}
    found = find_absences(corpus, {1: covering}, {"courier": 90, "leaflet": 9, "post": 1})
    assert absent(found) == {"courier": True, "leaflet": False}
    assert [a.outlet for a in found[1]] == ["courier", "leaflet"]  # most expected first
    assert (found[1][0].articles, found[1][0].passages) == (40, 90)
    assert found[1][0].expected > 30


def test_an_outlet_is_not_blamed_for_what_happened_after_its_time():
    corpus = articles("post", 60) | articles("post", 60, "2014") | articles("old", 40)
    covering = set(articles("post", 60, "2014"))
    found = find_absences(corpus, {1: covering}, {"old": 40, "post": 120})
    assert absent(found) == {"old": False}
    present = corpus | articles("new", 40, "2014")
    assert absent(find_absences(present, {1: covering}, {"old": 1, "new": 1}))["new"]


def test_unknown_outlets_count_as_others_but_are_not_absent():
    corpus = articles("", 60) | articles("post", 40)
    found = find_absences(
        corpus, {1: set(articles("", 60)), 2: set(articles("post", 9))}, {"post": 1}
    )
    assert absent(found) == {"post": True}
    assert found[2] == ()


def test_one_outlet_alone_is_measured_by_nobody():
    found = find_absences(articles("post", 40), {1: set()}, {"post": 40})
    assert [(a.expected, a.chance, a.surprising) for a in found[1]] == [(0.0, 1.0, False)]


def test_expected_articles_follow_the_share_of_the_others():
    expected, chance = expect_articles({"2013": 20}, {"2013": 10_000}, {"2013": 2_500})
    assert expected == pytest.approx(5, abs=0.01)
    assert chance == pytest.approx(0.75**20, rel=0.01)


@given(st.lists(st.floats(0, 1), max_size=60))
def test_the_bar_is_that_of_tarone(chances):
    families = [k for k in range(1, 62) if sum(c <= LEVEL / k for c in chances) <= k]
    assert threshold(chances) == LEVEL / min(families)
