"""Words are worth what SQLite's own bm25() says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.search import postings
from embeddings.search.index import list_passages
from embeddings.search.phrases import match_expression
from embeddings.search.postings import Postings

TEXTS = [
    "Al-Assad said that missiles and missile parts had come to Damascus.",
    "Damascus, Damascus: missiles to Damascus.",
    "The S-300 missile is in Syria; the S-400 is not.",
    "Nobody spoke of it " + "again and again " * 60,
    "Assad al said so.",
]
WORDS = ["al", "assad", "Assad", "missile", "missiles", "Damascus", "S", "300", "the", "again"]
WORDS += ["nobody", "absent", "Syria", "said"]


@pytest.fixture
def said(store, put):
    put(store, "a", TEXTS[:3])
    put(store, "b", TEXTS[3:])
    return store


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), unique=True)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_phrases_score_as_in_sqlite(said, phrases):
    index = list_passages(said, "words-1")
    expected = {}
    if phrases:
        expected = dict(
            said.rows(
                "SELECT rowid, -bm25(words) FROM words WHERE words MATCH ?",
                (match_expression(phrases),),
            )
        )
    found = Postings(index).score(said, phrases)
    assert found == pytest.approx([expected.get(i, 0) for i in index.ids.tolist()], rel=1e-5)


def test_words_asked_for_before_are_at_hand_until_there_are_too_many(said, monkeypatch):
    kept = Postings(list_passages(said, "words-1"))
    asked = []
    look = postings._list_passages
    monkeypatch.setattr(
        postings, "_list_passages", lambda store, terms: asked.append(terms) or look(store, terms)
    )
    for word in ("missile", "damascus", "missile"):
        kept.score(said, [word])
    assert asked == [("missil",), ("damascu",)]
    monkeypatch.setattr(postings, "_MOST_KEPT", 2)
    kept.score(said, ["damascus"])
    kept.score(said, ["missile"])
    assert asked[2:] == [("missil",)]


def test_few_phrases_are_kept_also_of_words_that_stand_nowhere(said, monkeypatch):
    monkeypatch.setattr(postings, "_MOST_PHRASES", 3)
    kept = Postings(list_passages(said, "words-1"))
    kept.score(said, [f"absent{number}" for number in range(9)])
    assert len(kept._kept) == 3


def test_a_phrase_of_marks_alone_finds_nothing(said):
    assert not np.any(Postings(list_passages(said, "words-1")).score(said, ["...", "-"]))
