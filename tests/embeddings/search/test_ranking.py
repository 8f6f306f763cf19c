"""What comes first is what a look at every passage would put first, whatever the filters."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.filters import Filters
from embeddings.documents import date_bounds
from embeddings.search import ranking
from embeddings.search.index import list_passages
from embeddings.search.postings import Postings
from embeddings.search.searcher import Query, Searcher

SOURCES = ((), ("outlet-1",), ("outlet-0", "outlet-2"))
SINCE, UNTIL = ("", "2013-05-11", "2013-06"), ("", "2013-05-10", "2013-06")
LANGUAGES, TOPICS, FURNITURE = ((), ("fr",)), ((), (1,), (1, 3)), (False, True)
SPANS = [
    (since, until)
    for since, until in itertools.product(SINCE, UNTIL)
    if not (since and until) or date_bounds(since)[0] <= date_bounds(until)[1]
]
COMBINATIONS = list(itertools.product(SOURCES, SPANS, LANGUAGES, TOPICS, FURNITURE))


@pytest.fixture
def derived(store, many, keep):
    """Put topics, furniture and copies beside the passages, as runs do."""
    with store.transaction() as connection:
        connection.executemany(
            "INSERT INTO topics (id, name, kind, keyphrases, representatives) "
            "VALUES (?, 'topic', 'discovered', '[]', '[]')",
            [(1,), (2,), (3,)],
        )
        connection.executemany(
            "INSERT INTO assignments (passage_id, node, topic_id, strength, leaf_id) "
            "VALUES (?, ?, ?, 1.0, ?)",
            [(n, n, 1 + n % 2, (None, 3)[n % 3 == 0]) for n in range(1, 2001) if n % 5],
        )
        connection.executemany(
            "INSERT INTO furniture VALUES (?, 3)", [(n,) for n in range(1, 2001, 7)]
        )
        connection.executemany(
            "INSERT INTO copy_groups VALUES (?, 'near_copy', ?, 1, 0, 'copied')",
            [(group, group) for group in range(1, 40)],
        )
        connection.executemany(
            "INSERT INTO copy_members VALUES (?, ?, 1.0)",
            [(n, 1 + n % 39) for n in range(1, 2001) if n % 4 == 0],
        )
    keep()
    return store


def look_at_all(store, vectors, query, limit):
    """Return ids and copies by going over every passage, one by one."""
    filters = query.filters
    group = dict(store.rows("SELECT passage_id, group_id FROM copy_members"))
    topic = dict(store.rows("SELECT passage_id, coalesce(leaf_id, topic_id) FROM assignments"))
    repeated = {one for (one,) in store.rows("SELECT passage_id FROM furniture")}
    may = [
        (document_id, position, passage_id)
        for passage_id, document_id, position, source, published, language in store.rows(
            "SELECT p.id, d.id, p.position, d.source, d.published, d.language "
            "FROM passages AS p JOIN documents AS d ON d.id = p.document_id"
        )
        if filters.fit(source, published, language)
        and (not filters.topics or topic.get(passage_id) in filters.topics)
        and (filters.furniture or passage_id not in repeated or passage_id in topic)
        and passage_id != query.left_out
    ]
    index = list_passages(store, "words-1")
    is_wanted = np.isin(index.ids, [one for *_, one in may])
    words = (
        Postings(index).score(store, query.phrases, is_wanted).of(np.arange(2000))
    )  # see test_postings.py
    worth = dict(zip(index.ids.tolist(), words.tolist(), strict=True))
    scored = sorted(
        (
            -round(
                query.weight * max(float(vectors[one - 1] @ query.vector), 0.0)
                + (1 - query.weight) * worth[one],
                6,
            ),
            document_id,
            position,
            one,
        )
        for document_id, position, one in may
    )
    first = {}
    for *_, one in scored:
        first.setdefault(group.get(one, -one), []).append(one)
    return list(first.values())[:limit]


@given(st.sampled_from(COMBINATIONS), st.integers(0, 1999), st.sampled_from([0.0, 0.7, 1.0]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_filters_give_what_a_look_at_every_passage_gives(
    derived, many, combination, row, weight
):
    sources, (since, until), languages, topics, furniture = combination
    filters = Filters(sources, since, until, topics, furniture, languages)
    phrases = ("word1", "word40 word2", "word33", "word8")
    query = Query(many[row], phrases, filters, weight, left_out=row + 1)
    found = Searcher().find(derived, "words-1", query, limit=8)
    expected = look_at_all(derived, many, query, 8)
    assert [one.passage_id for one in found] == [one[0] for one in expected]
    # Of two copies as like the query either may be told first.
    assert [set(one.copies) for one in found] == [set(one[1:]) for one in expected]


def test_candidates_are_looked_for_again_where_copies_fill_them(derived, many, monkeypatch):
    with derived.transaction() as connection:
        near = np.argsort(-(many @ many[0]))[:300] + 1
        connection.execute("DELETE FROM copy_members")
        connection.executemany(
            "INSERT INTO copy_members VALUES (?, 1, 1.0)", [(one,) for one in near.tolist()]
        )
    monkeypatch.setattr(ranking, "CANDIDATES", 50)
    monkeypatch.setattr(ranking, "EACH", 5)
    query = Query(many[0], (), Filters(furniture=True), 1.0)
    found = Searcher().find(derived, "words-1", query, limit=10)
    assert len(found) == 10
    assert len(found[0].copies) == 299


def test_few_candidates_find_nearly_all_that_all_of_them_do(derived, many, monkeypatch):
    queries = [
        Query(many[row], (f"word{row % 300}", "word7"), Filters(furniture=True), 0.7)
        for row in range(0, 2000, 50)
    ]
    exact = [
        {one.passage_id for one in Searcher().find(derived, "words-1", query)} for query in queries
    ]
    monkeypatch.setattr(ranking, "CANDIDATES", 500)
    monkeypatch.setattr(ranking, "EACH", 50)
    searcher = Searcher()
    found = [
        {one.passage_id for one in searcher.find(derived, "words-1", query)} for query in queries
    ]
    shares = [len(a & b) / len(a) for a, b in zip(exact, found, strict=True)]
    assert np.mean(shares) > 0.9
