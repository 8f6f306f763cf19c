"""A word misspelt once is taken for one that passages have, and what is nowhere is said."""

from __future__ import annotations

import pytest

from embeddings.search.query import parse_query
from embeddings.search.spelling import mend_query


@pytest.fixture
def said(store, put):
    put(store, "c", ["The envoys met.", "Two envoys left."])
    put(store, "a", ["Lavrov met Kerry in Geneva.", "Lavrov left.", "Governments spoke."])
    put(store, "b", ["Governments fell.", "Лавров прибыл в Женеву.", "Лавров уехал.", "Latrov."])
    return store


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("Lavorv", "Lavrov"),  # two letters that changed places
        ("talks of Lavrv today", "talks of Lavrov today"),  # one is missing
        ("LAVROVV", "LAVROV"),  # one too many
        ("lavrof", "lavrov"),  # another one
        ("goverments", "governments"),  # by their stems
        ("govenments", "governments"),
        ("Лаврав", "Лавров"),
    ],
)
def test_a_word_misspelt_once_is_taken_for_the_one_there_is(said, typed, mended):
    found = mend_query(said, parse_query(typed))
    assert found.query.typed == mended
    assert "searched for" in found.notes[0]


@pytest.mark.parametrize(
    "typed",
    [
        "Latrov",  # it stands in a passage
        "Tavrov",  # another first letter
        "Lavorvo",  # two slips
        "Envoyz",  # what it might be is no name
        "Kery",  # what it might be stands in one passage alone
        '"Lavorv"',  # as it is typed
        "-Lavorv Geneva",
        "Lavorv\nleft",  # a text
    ],
)
def test_other_words_stay_as_they_are(said, typed):
    assert mend_query(said, parse_query(typed)).query.typed == typed


def test_what_was_replaced_and_what_is_nowhere_is_said(said):
    found = mend_query(said, parse_query("Lavorv and Nemtsov or Obama in Geneva"))
    assert found.notes == (
        "No passage has 'Lavorv'; searched for 'Lavrov'.",
        "No passage has 'Nemtsov' or 'Obama'.",
    )


def test_a_word_typed_twice_is_replaced_twice(said):
    assert mend_query(said, parse_query("Lavorv, Lavorv")).query.typed == "Lavrov, Lavrov"


def test_a_word_too_long_to_be_typed_is_not_mended(store, put):
    long = "a" * 60
    put(store, "c", [f"The {long} met.", f"Two {long} left."])
    assert mend_query(store, parse_query(f"{long}b")).query.typed == f"{long}b"
