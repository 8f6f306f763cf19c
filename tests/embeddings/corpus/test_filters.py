"""Filters: what SQL lets through and what Python lets through is the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from embeddings.corpus.filters import Filters, find_outlets
from embeddings.documents import date_bounds
from embeddings.errors import InputError

DATES = ["", "2012", "2013", "2013-05", "2013-05-11", "2013-05-11T08:30", "2014-01"]
OUTLETS = ["Post", "post", "Straße", "courier", ""]


@pytest.mark.parametrize("given", ["2013-13", "2013-02-30", "last week", "11.05.2013", "0000"])
def test_a_date_that_is_none_is_refused_by_its_option(given):
    with pytest.raises(InputError, match=f"--until is '{given}'; write a year, month or day"):
        Filters(until=given)


def test_a_first_date_after_the_last_is_said_to_be():
    with pytest.raises(InputError, match="--since 2014 is later than --until 2013-05, and no"):
        Filters(since="2014", until="2013-05")
    Filters(since="2013-05-11", until="2013")


def test_an_unknown_outlet_is_named_with_those_there_are(store, put):
    put(store, "a", ["One."], source="post")
    put(store, "b", ["Two."])
    with pytest.raises(InputError, match=r"No article is from 'times'; outlets here are: post\."):
        Filters(["times"]).match(store)


@pytest.mark.parametrize("given", ["gaurdian", "guard"])
def test_the_outlet_that_may_be_meant_is_named(store, put, given):
    for number in range(10):
        put(store, f"a{number}", ["One."], source=f"post {number}")
    put(store, "b", ["Two."], source="The Guardian")
    with pytest.raises(InputError, match=r"from '.*'; is The Guardian meant\?"):
        Filters([given]).match(store)
    with pytest.raises(InputError, match=r"outlets here are: .*, post 6 and 3 more"):
        Filters(["zzz"]).match(store)


def test_a_language_that_no_article_is_in_is_named_with_those_there_are(store, put):
    put(store, "a", ["One."], language="de")
    put(store, "b", ["Two."], language="und")
    with pytest.raises(InputError, match="No article is in 'fr'; languages here are: de, und"):
        Filters(languages="fr").match(store)


def test_an_outlet_is_found_in_any_case_and_all_its_spellings(store, put):
    for name in OUTLETS:
        put(store, f"of {name}", ["One."], source=name)
    assert find_outlets(store, "POST") == ("Post", "post")
    assert find_outlets(store, ["STRASSE", "straße"]) == ("Straße",)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sources=st.lists(st.sampled_from(OUTLETS), max_size=2),
    since=st.sampled_from(DATES),
    until=st.sampled_from(DATES),
    languages=st.lists(st.sampled_from(["de", "EN"]), max_size=2),
)
def test_sql_and_python_let_the_same_articles_through(store, put, sources, since, until, languages):
    if not store.documents():
        for source in OUTLETS:
            for date in DATES:
                put(store, f"{source} {date}", ["One."], source=source, published=date)
                language = ("en", "de", "und")[len(date) % 3]
                store.put_languages([(f"{source} {date}", language)])
    assume(not (since and until) or date_bounds(since)[0] <= date_bounds(until)[1])
    filters = Filters(sources, since, until, languages=languages).match(store)
    condition, parameters = filters.condition()
    found = store.rows(f"SELECT d.id FROM documents AS d WHERE {condition}", parameters)  # noqa: S608
    fitting = [
        one.id for one in store.documents() if filters.fit(one.source, one.published, one.language)
    ]
    assert sorted(one for (one,) in found) == sorted(fitting)
