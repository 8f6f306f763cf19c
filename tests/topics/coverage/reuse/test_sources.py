"""Claims about which articles another one may have words from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents import date_bounds, publication_order
from embeddings.text.wording import read_many
from topics.coverage.reuse import sources as sources_module
from topics.coverage.reuse.sources import likely_sources

TEXT = (
    "The convoy of eleven lorries crossed the border shortly before noon, carrying flour and "
    "blankets for the besieged town."
)
REST = "It was the first delivery since March, and it would feed the town for nine days or ten."


def sources(*published, texts=None):
    return likely_sources(
        read_many(texts or [TEXT] * len(published)),
        [date_bounds(date) for date in published],
        [f"d{number}" for number in range(len(published))],
    )


def test_a_source_surely_before_wins_over_one_of_unknown_order():
    assert sources("2020", "2020-01-02T10:00", "2020-01-03T10:00")[2][0] == 1


def test_an_undated_article_is_named_after_dated_ones():
    assert sources("", "2020-01-02", "2020-01-03")[2][0] == 1


def test_who_shares_more_is_named_first_and_who_is_surely_later_never():
    found = sources(
        "2020-01-01",
        "2020-01-02",
        "2020-01-03",
        "2020-01-04",
        texts=[TEXT, f"{TEXT} {REST}", f"{TEXT} {REST}", f"{TEXT} {REST}"],
    )
    assert found == [[], [0], [1, 0], [1, 2, 0]]


@pytest.mark.parametrize("long", [1, 10_000])
def test_a_run_that_a_text_says_again_counts_once(monkeypatch, long):
    monkeypatch.setattr(sources_module, "_LONG", long)
    again = " ".join(["and they said it again and again and again"] * 40)
    found = sources(*["2020"] * 3, texts=[again, f"{TEXT} {REST}", f"{TEXT} {REST} {again}"])
    assert found[2] == [1, 0]


dates = st.sampled_from(["", "2020", "2020-01", "2020-01-02", "2020-01-02T10:00", "2020-01-03"])


@given(st.lists(dates, min_size=1, max_size=4))
def test_equal_sources_come_in_the_order_of_publication(published):
    order = [(*publication_order(date), number) for number, date in enumerate(published)]
    for place, found in enumerate(sources(*published)):
        assert found == sorted(found, key=lambda other: order[other])
        begin = date_bounds(published[place])[0]
        sure = [date_bounds(published[other])[1] < begin for other in found]
        assert sure == sorted(sure, reverse=True)
