"""What is not of the news is not counted for names."""

from __future__ import annotations

import pytest

from topics.naming.asides import find_outlets, leave_out_aside, leave_out_turns
from topics.naming.speakers import find_speakers
from topics.naming.tokens import tokenise

NEWS = "The convoy crossed the border on Friday: it carried flour."


@pytest.mark.parametrize(
    "speaker",
    [
        "INSKEEP:",
        "Steve Inskeep:",
        "STEVE INSKEEP, HOST:",
        "((Sara Seager))",
        "[Reporter]",
        "((hi))Hindi language:",
    ],
)
def test_who_speaks_is_left_out_where_it_recurs_in_an_article(speaker: str) -> None:
    texts = [f"{speaker} {NEWS}"] * 3
    assert leave_out_turns(texts, ["a"] * 3) == [NEWS] * 3
    assert leave_out_turns(texts, ["a", "b", "c"]) == texts
    assert leave_out_turns(texts, None) == texts


@pytest.mark.parametrize(
    "text",
    [
        "Haroon Moghul is a senior fellow at the Center for Global Policy.",
        "Editor's note: Andrew Liepman is a senior analyst at the RAND Corporation.",
        "Reporters in Beirut contributed to this report.",
        "You can follow us on Twitter, or make a donation.",
    ],
)
def test_notes_on_authors_and_appeals_are_left_out(text: str) -> None:
    assert [leave_out_aside(text), leave_out_aside(NEWS)] == ["", NEWS]


@pytest.mark.parametrize(
    "text",
    [
        "The author of the plan is a fellow of the party.",
        "The donation to the party was returned.",
        "Bashar Assad is the president of Syria.",
        "Haroon Moghul is a senior fellow at the Center. " + NEWS * 12,
    ],
)
def test_news_of_authors_and_donations_is_kept(text: str) -> None:
    assert leave_out_aside(text) == text


def test_a_dateline_of_an_agency_is_left_out_and_an_acronym_is_kept() -> None:
    texts = ["NEW ORLEANS (Sports Network) - They won.", "The guard (IRGC) of Iran won."]
    assert [leave_out_aside(text) for text in texts] == [" - They won.", texts[1]]


def test_speakers_are_those_heard_often_where_they_are_named() -> None:
    texts = ["Troops of Assad fell back, Kerry said."] * 5 + ["Assad said that he would stay."]
    assert find_speakers(tokenise([*texts, *["They fought for Assad."] * 60])) == {"kerry"}
    assert find_speakers(tokenise(["They spoke of Kerry."] * 60 + texts)) == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("CNN (Web News)", {("cnn",)}),
        ("Fox News Opinion", {("fox", "news", "opinion"), ("fox", "news")}),
        ("en.wikinews.org", {("wikinews",)}),
        ("BBC News", {("bbc", "news"), ("bbc",)}),
        ("UK Government", {("uk", "government")}),
        ("", set()),
    ],
)
def test_outlets_are_known_as_texts_name_them(source: str, names: set[tuple[str, ...]]) -> None:
    assert find_outlets([source]) == names
