"""Claims about versions of one article, and about figures that others still have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from embeddings.corpus.citations import ArticleLine
from topics.answers.story_words import tell_still
from topics.coverage.reuse.updates import Text, find_timelines, revise

BODY = (
    "{} people were killed when a car bomb exploded near the central bank in Damascus, the "
    "health ministry said. Witnesses described smoke above the market and ambulances."
)
OTHERS = "A car bomb near the bank {} {} people, officials said, and shops stayed shut all day."


def text(name, outlet, published, body):
    return Text(ArticleLine(name, f"Headline {name}", outlet, published, ""), body)


BEFORE = text("a", "Courier", "2024-03-05T10:00", BODY.format("Seven"))
AFTER = text("b", "Courier", "2024-03-05T12:00", BODY.format("Twelve"))


def revise_beside(*others):
    return revise(BEFORE, AFTER, "", None, others)


def test_what_changed_between_two_versions_is_told():
    found = revise_beside()
    assert [(one.kind, one.before, one.after) for one in found.facts] == [("figure", "7", "12")]
    assert (found.headline, found.still) == ("Headline a", ())


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("2024-03-05T14:00", "still 7 in Ledger, 2 hours later"),
        ("2024-03-05T12:40", "still 7 in Ledger, 40 minutes later"),
        ("2024-03-06", "still 7 in Ledger, 1 day later"),
        ("2024-03-05T11:00", ""),
        ("2024-03-05", ""),
        ("2024", ""),
        ("", ""),
    ],
)
def test_who_surely_has_the_figure_of_before_later_is_told(published, told):
    other = text("c", "Ledger", published, OTHERS.format("killed", "seven"))
    assert [tell_still(one, AFTER.article) for one in revise_beside(other).still] == [told] * (
        told != ""
    )


def test_another_thing_that_is_as_many_is_no_old_figure():
    later = "2024-03-05T14:00"
    for outlet, body in (
        (
            "Ledger",
            "The parliament elected seven judges, after a debate of two days, to the court.",
        ),
        (
            "Ledger",
            OTHERS.format("killed", "twelve") + " At first seven people were feared killed.",
        ),
        ("Courier", OTHERS.format("killed", "seven")),
    ):
        assert revise_beside(text("c", outlet, later, body)).still == ()


def test_versions_are_dated_articles_of_one_known_outlet_that_are_one_wording():
    lines = [
        ArticleLine(name, "", outlet, published, "")
        for name, outlet, published in (
            ("late", "A", "2024-03-05T12:00"),
            ("early", "A", "2024-03-05T10:00"),
            ("other", "B", "2024-03-05T11:00"),
            ("none", "", "2024-03-05"),
            ("without", "", "2024-03-06"),
            ("sequel", "A", "2024-03-06"),
            ("undated", "A", ""),
        )
    ]
    pairs = [("late", "early"), ("early", "other"), ("none", "without"), ("late", "elsewhere")]
    pairs.append(("late", "undated"))
    assert find_timelines(lines, pairs) == [[1, 0]]


def test_of_versions_of_one_day_without_an_hour_one_is_told():
    articles = [
        ArticleLine(name, "", "Post", published, "")
        for name, published in (("a", "2013-05-02"), ("b", "2013-05-02"), ("c", "2013-05-03"))
    ]
    assert find_timelines(articles, [("a", "b"), ("b", "c")]) == [[0, 2]]
    hours = [replace(one, published=f"2013-05-02T1{n}:00") for n, one in enumerate(articles)]
    assert find_timelines(hours, [("a", "b"), ("b", "c")]) == [[0, 1, 2]]
