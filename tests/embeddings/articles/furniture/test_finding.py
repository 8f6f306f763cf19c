"""Furniture: what goes, what stays, and that no article decides about another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.furniture.rules import LINE_RULES, RULES
from embeddings.articles.parsing.lines import find_lines
from embeddings.documents import Document

FIRST = (
    "The foreign minister said on Friday that the talks would go on until both sides had "
    "agreed on a date for the conference."
)
SECOND = (
    "A spokesman for the opposition answered that no date could be set while the shelling "
    "of the town continued, and asked for guarantees."
)
THIRD = "Several thousand people have fled the town since the fighting began two weeks ago."


def removed(text: str, title: str = "", source: str = "") -> list[tuple[str, str]]:
    document = Document("a", text, title, source)
    found = find_furniture(document)
    assert all(r.text == text[r.start : r.end] for r in found)
    return [(removal.rule, removal.text) for removal in found]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("separator", "* * *"),
        ("share", "Email Article"),
        ("share", "Share this article"),
        ("share", "Send Feedback"),
        ("share", "Facebook Twitter Pinterest"),
        ("share", "Read or Share this story: http://example.com/x"),
        ("comments", "Have your say"),
        ("comments", "Comments (14)"),
        ("comments", "Share your thoughts Will it hold? Join the conversation below."),
        ("caption", "The ministers met on Friday, but reached no agreement at all [AFP]"),
        ("caption", "Refugees cross the border at dawn near the camp. (Photo: Jo Doe, AP)"),
        ("caption", "A soldier stands guard in the old town. Photograph: Jo Doe/Reuters"),
        ("caption", "FILE PHOTO: A tank near the border, May 3, 2013. REUTERS/Jo Doe"),
        ("caption", "Jo Doe/AFP/Getty Images"),
        ("caption", "Enlarge this image toggle caption Jo Doe/AP Jo Doe/AP"),
        (
            "media player",
            "JUST WATCHED Talks fail Replay More Videos ... MUST WATCH Talks fail 02:14",
        ),
        ("media player", "Slideshow (5 Images)"),
        ("see also", "READ MORE: What is in the contract"),
        ("see also", "SEE ALSO: Minister doubts the date"),
        ("see also", "( PHOTOS: Scenes from the border)"),
        ("see also", "Minister doubts the date of the conference Read more"),
        ("see also", "Click here for more from the region."),
        ("promotion", "In-depth coverage of escalating violence across Syria"),
        ("promotion", "Full Coverage: Syria"),
        ("advert", "Advertisement"),
        ("advert", "Story Continued Below"),
        ("newsletter", "Sign up for Daily Newsletters Manage Newsletters"),
        ("newsletter", "Get the stories you care about delivered to your inbox."),
        ("follow", "Follow us on Twitter @example"),
        ("contact", "Write to Jo Doe at jo.doe@example.com"),
        ("credits", "Jo Doe in Beirut contributed to this report."),
        ("copyright", "Copyright © 2019 Example Times, LLC. All rights reserved."),
        ("notice", "This is a rush transcript. Copy may not be in its final form."),
        ("placeholder", "[pullquote]"),
    ],
)
def test_furniture_between_paragraphs_goes(rule: str, line: str) -> None:
    assert removed(f"{FIRST}\n\n{line}\n\n{SECOND}\n\n{THIRD}") == [(rule, line)]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("date line", "Last Modified: 11 May 2013 05:46"),
        ("date line", "6 years ago"),
        ("byline", "By Jo Doe in Beirut"),
        ("section label", "ANALYSIS/OPINION:"),
        ("share", "Print"),
    ],
)
def test_furniture_of_the_top_goes_at_the_top_and_stays_inside(rule: str, line: str) -> None:
    assert removed(f"{line}\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}") == [(rule, line)]
    assert removed(f"{FIRST}\n\n{SECOND}\n\n{line}\n\n{THIRD}\n\n{FIRST}") == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("credits", "Example Post And Agencies"),
        ("credits", "Coastal News Agency"),
        ("credits", "AFP"),
        ("credits", "Reporting by Jo Doe; editing by Max Roe"),
        ("tags", "Tags: Syria, Russia, arms trade"),
        ("author note", "Jo Doe is a columnist for the Example Post."),
        ("comments", "12 comments"),
    ],
)
def test_furniture_of_the_end_goes_at_the_end(rule: str, line: str) -> None:
    assert removed(f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{line}") == [(rule, line)]


@pytest.mark.parametrize(
    "line",
    [
        '"We agree on the date," he said.',
        "Regime gains",
        "What happened in Douma?",
        "SYRIA",
        "He asked people to share this article with their friends in the capital.",
        "They read more than the minister had written, and copied the photo of the letter.",
        "The paper printed a photograph of the missile (a picture that Moscow called a fake).",
        "Copyright law does not protect the plans of the missile, the court said on Monday.",
        "Three scientists contributed to the report on chemical weapons in the region.",
        "Newsletters of the rebels told people to sign up for the new brigades in the north.",
        "On 11 May 2013 the ministers met in Moscow to talk about the conference.",
        "Britain is to give a grant to help survivors infected with HIV/Aids.",
        "Research by the university shows that fewer people want the army to step in.",
        "Follow the money, he told the committee, and the network will come to light.",
        "U.S. F/A-18 E/F Super Hornet",
        "Vote now, pay later: the bill that divides the House",
        "- five crates of ammunition, found in a cellar",
    ],
)
def test_lines_of_the_body_stay(line: str) -> None:
    assert removed(f"{FIRST}\n\n{line}\n\n{SECOND}\n\n{THIRD}") == []


def test_headline_goes_where_the_text_repeats_it_and_only_at_the_start() -> None:
    text = f"Talks go on\n\n{FIRST}\n\nTalks go on\n\n{SECOND}"
    assert removed(text, title="Talks go on") == [("title", "Talks go on")]


def test_headline_stays_where_it_is_all_there_is() -> None:
    assert removed("Talks go on", title="Talks go on") == []


def test_announced_list_of_headlines_goes_to_the_end() -> None:
    links = [
        "Topics in this article",
        "Featured on Example Post",
        "At least 25 collectors have been killed since 2012 in a city awash in weapons.",
        "Cheap homes from a printer could soon be built for victims of floods.",
    ]
    text = "\n\n".join([FIRST, SECOND, THIRD]) + "\nEmail Article\n" + "\n".join(links)
    expected = [("share", "Email Article"), *(("link list", line) for line in links)]
    assert removed(text) == expected


def test_word_of_a_list_header_inside_the_article_is_a_heading() -> None:
    assert removed(f"{FIRST}\n\nRelated\n\n{SECOND}\n\n{THIRD} {SECOND}") == []


def test_unrelated_headlines_behind_the_last_paragraph_go() -> None:
    links = [
        "Cheap homes from printers for flood victims",
        "Amber boom brings danger to miners",
        "Champion returns after injury in Melbourne",
    ]
    text = "\n\n".join([FIRST, SECOND, THIRD, *links])
    assert removed(text) == [("link list", line) for line in links]


def test_list_that_belongs_to_the_article_stays() -> None:
    items = [
        "guarantees for the opposition before the conference",
        "fighting around the town to end within two weeks",
        "foreign minister to answer on Friday about the shelling",
    ]
    assert removed("\n\n".join([FIRST, SECOND, THIRD, *items])) == []


def test_list_that_a_colon_announces_stays() -> None:
    items = [
        "five crates of rifles found today",
        "two lorries without any plates",
        "a map of caves",
    ]
    assert removed("\n\n".join([FIRST, SECOND, "They showed:", *items])) == []


def test_headings_of_a_timeline_are_no_date_lines() -> None:
    days = [f"{day} March 2011" for day in (3, 9, 15, 18, 25)]
    text = "\n\n".join(part for day in days for part in (day, FIRST, SECOND))
    assert removed(text) == []


def test_line_inside_a_wrapped_paragraph_is_not_furniture() -> None:
    text = (
        "The minister asked the crowd that had gathered on the square to\n"
        "share this story with the people who had stayed in the villages\n"
        "beyond the river, and the crowd answered that it would do that\n"
        "as soon as the road had been cleared of mines by the engineers.\n"
    )
    assert len(find_lines(text)) == 1
    assert removed(text) == []


def test_outlet_on_a_line_of_its_own_goes() -> None:
    assert removed(f"{FIRST}\n\nExample Post\n\n{SECOND}", source="example post") == [
        ("source", "Example Post")
    ]


def test_every_rule_has_one_description_of_one_line() -> None:
    assert {rule.name for rule in LINE_RULES} <= set(RULES)
    assert all(text and "\n" not in text for text in RULES.values())


def test_hints_are_found_in_all_that_their_patterns_match() -> None:
    """A hint only saves time: without it the same lines are removed."""
    lines = [
        "Photo: Jo Doe",
        "Jo Doe in Beirut contributed reporting.",
        "© 2013 Example Post",
        "Want more in your inbox every day? Sign up here.",
        "Skip to main content",
    ]
    for line in lines:
        matching = [rule for rule in LINE_RULES if rule.pattern.fullmatch(line)]
        assert matching
        assert all(rule.matches(line, line.lower()) for rule in matching)


LINES = st.sampled_from(
    [FIRST, SECOND, THIRD, "Advertisement", "Regime gains", "Print", "12 May 2013", "", " ",
     "Most popular", "Tags: a, b", "[AFP]", "— — —", "By Jo Doe", "x", "• one item", "Jo Doe/AP"]
)  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=14))
def test_removals_are_whole_lines_in_order_and_disjoint(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = find_furniture(Document("a", text, "Regime gains", "x"))
    assert all(r.text == text[r.start : r.end] and r.rule in RULES for r in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    places = {(line.start, line.end) for line in find_lines(text)}
    assert {(r.start, r.end) for r in found} <= places


@example([SECOND, "[AFP]", "Print", FIRST, "Regime gains", "[AFP]"])
@given(st.lists(LINES.filter(lambda line: line != "Most popular"), max_size=14))
def test_long_sentences_are_never_removed_by_what_stands_around_them(parts: list[str]) -> None:
    gone = {r.text for r in find_furniture(Document("a", "\n\n".join(parts)))}
    assert not gone & {FIRST, SECOND}


def test_short_article_behind_share_links_stays() -> None:
    body = [
        "Rain has closed the bridge at Ashe.",
        "Farmers moved their animals to higher ground.",
        "The council opened two schools for the night.",
        "More rain is expected on Monday.",
    ]
    text = "\n\n".join(["Floods close bridge", "Share this article", *body])
    assert removed(text, title="Floods close bridge") == [
        ("title", "Floods close bridge"),
        ("share", "Share this article"),
    ]
