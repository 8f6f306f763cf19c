"""Claims about the figures, dates, places and names that are read from a text."""

from __future__ import annotations

import pytest

from embeddings.text.wording import read_words
from embeddings.words.facts import Fact, FactKind, find_facts, split_by_span
from embeddings.words.gazetteer import read_places


def told(text: str, kind: FactKind) -> list[str]:
    return [fact.value for fact in find_facts(read_words(text)) if fact.kind == kind]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Rebels left Tel Aviv for Aleppo", ["tel aviv", "aleppo"]),
        ("Damascus fell silent", ["damascus"]),
        ("The U.S. and American envoys of the United States", ["united states"] * 3),
        ("the Syrian army and Syria’s envoy", ["syria"] * 2),
        ("they told us of turkey and china", []),
        ("it said the Washington Post knew", []),
        ("they met in Geneva on Friday", ["geneva"]),
        ("from São Paulo, Brazil", ["sao paulo", "brazil"]),
    ],
)
def test_places_are_read_as_one_fact_each(text: str, places: list[str]) -> None:
    assert told(text, "place") == places


def test_place_of_several_words_covers_them_all() -> None:
    assert find_facts(read_words("in Tel Aviv today")) == [
        Fact("place", "tel aviv", 1, 3),
        Fact("date", "today", 3, 4),
    ]


def test_name_behind_a_title_with_a_full_stop_begins_no_sentence() -> None:
    assert told("they saw Mr. Kerry. Nobody else came", "name") == ["mr", "kerry"]


def test_day_of_the_week_may_have_an_s() -> None:
    assert told("after Tuesday's vote", "date") == ["tuesday"]


def test_every_place_is_named_by_folded_words() -> None:
    places, _ = read_places()
    assert len(places) > 5000
    for name in places:
        assert " ".join(read_words(name).words) == name


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("it was -5 degrees", ["-5"]),
        ("it was minus five degrees", ["-5"]),
        ("the years 2012-13 and an S-300", ["13", "300"]),
        ("at 5 p.m. and at 5pm", ["5 pm", "5 pm"]),
        ("three-quarters of two thirds", ["3/4", "2/3"]),
    ],
)
def test_figures_are_read_with_sign_parts_and_half_of_the_day(
    text: str, figures: list[str]
) -> None:
    assert told(text, "figure") == figures


def test_facts_are_parted_by_spans_in_any_order() -> None:
    facts = [Fact("figure", "1", 1, 2), Fact("place", "x", 3, 5), Fact("date", "y", 5, 6)]
    spans = [(4, 6), (0, 1), (4, 4), (0, 9), (5, 5)]
    values = [[fact.value for fact in one] for one in split_by_span(facts, spans)]
    assert values == [["x", "y"], [], ["x"], ["1", "x", "y"], []]


def test_facts_of_a_long_text_are_all_read() -> None:
    assert len(find_facts(read_words("they left 12 men in Aleppo " * 10_000))) == 20_000
