"""Claims about the figures, dates, places and names that are read from a text."""

from __future__ import annotations

import pytest

from embeddings.facts import Fact, FactKind, find_facts
from embeddings.gazetteer import read_places
from embeddings.wording import read_words


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
    for words in places:
        assert read_words(" ".join(words)).words == words
