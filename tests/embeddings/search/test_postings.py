"""Words are worth what SQLite's own bm25() says."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.full_text import _TOKENIZE
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

EVERY, ROWS = np.ones(len(TEXTS), np.bool_), np.arange(len(TEXTS))


@pytest.fixture
def said(store, put):
    put(store, "a", TEXTS[:3])
    put(store, "b", TEXTS[3:])
    return store


def weigh_in_sqlite(store, phrases):
    """Return the BM25 of passages by id, and of whole articles by the id of a passage."""
    if not phrases:
        return {}, {}
    bm25 = "SELECT rowid, -bm25({0}) FROM {0} WHERE {0} MATCH ?"
    passages = dict(store.rows(bm25.format("words"), (match_expression(phrases),)))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE whole USING fts5 (text, {_TOKENIZE})")
        rows = store.rows("SELECT id, document_id, text FROM passages ORDER BY id")
        articles = {}
        for _, name, text in rows:
            articles[name] = f"{articles.get(name, '')} {text}"
        numbers = {name: n for n, name in enumerate(articles)}
        connection.executemany(
            "INSERT INTO whole (rowid, text) VALUES (?, ?)",
            [(numbers[name], text) for name, text in articles.items()],
        )
        found = dict(connection.execute(bm25.format("whole"), (match_expression(phrases),)))
        return passages, {one: found.get(numbers[name], 0.0) for one, name, _ in rows}


@given(
    st.lists(st.sampled_from(WORDS), unique=True),
    st.lists(st.booleans(), min_size=len(TEXTS), max_size=len(TEXTS)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_score_as_in_sqlite_for_passage_and_article(said, words, may):
    index = list_passages(said, "words-1")
    passages, articles = weigh_in_sqlite(said, words)
    ids = [one for one, is_wanted in zip(index.ids.tolist(), may, strict=True) if is_wanted]
    spoken = [one for one in ids if one in passages]
    best = max((passages[one] for one in spoken), default=1)
    whole = max((articles[one] for one in spoken), default=1)
    expected = {one: passages[one] / best / 3 + articles[one] / whole * 2 / 3 for one in spoken}
    found = Postings(index).score(said, words, np.array(may)).of(ROWS)
    assert found == pytest.approx([expected.get(i, 0) for i in index.ids.tolist()], rel=1e-4)


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), unique=True)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_phrases_are_found_where_sqlite_finds_them(said, phrases):
    index = list_passages(said, "words-1")
    passages, _ = weigh_in_sqlite(said, phrases)
    kept, ids = Postings(index), index.ids.tolist()
    assert np.flatnonzero(kept.score(said, phrases, EVERY).of(ROWS)).tolist() == [
        row for row, one in enumerate(ids) if one in passages
    ]
    each = [weigh_in_sqlite(said, [phrase])[0] for phrase in phrases]
    expected = [bool(each) and all(one in found for found in each) for one in ids]
    assert kept.have_all(said, phrases, ids).tolist() == expected
    for phrase, found in zip(phrases, each, strict=True):
        assert kept.find(said, phrase).tolist() == [one in found for one in ids]


def test_of_a_text_the_rarest_words_count(said):
    kept = Postings(list_passages(said, "words-1"))
    words = ["Damascus", "missile", "nobody", "absent"]
    assert np.flatnonzero(kept.score(said, words, EVERY, 1).of(ROWS)).tolist() == [3]
    assert np.flatnonzero(kept.score(said, words, EVERY, 9).of(ROWS)).tolist() == [0, 1, 2, 3]


def test_words_asked_for_before_are_at_hand_until_there_are_too_many(said, monkeypatch):
    kept = Postings(list_passages(said, "words-1"))
    asked = []
    look = postings._list_passages
    monkeypatch.setattr(
        postings, "_list_passages", lambda store, terms: asked.append(terms) or look(store, terms)
    )
    for word in ("missile", "damascus", "missile"):
        kept.score(said, [word], EVERY)
    assert asked == [("missil",), ("damascu",)]
    monkeypatch.setattr(postings, "_MOST_KEPT", 40)
    kept = Postings(list_passages(said, "words-1"))
    for word in ("missile", "damascus", "missile"):
        kept.score(said, [word], EVERY)
    assert asked[2:] == [("missil",), ("damascu",), ("missil",)]


def test_few_phrases_are_kept_also_of_words_that_stand_nowhere(said, monkeypatch):
    monkeypatch.setattr(postings, "_MOST_PHRASES", 3)
    kept = Postings(list_passages(said, "words-1"))
    kept.score(said, [f"absent{number}" for number in range(9)], EVERY)
    assert len(kept._kept) == 3


def test_a_phrase_of_marks_alone_finds_nothing(said):
    assert not np.any(
        Postings(list_passages(said, "words-1")).score(said, ["...", "-"], EVERY).of(ROWS)
    )
