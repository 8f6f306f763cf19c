"""Common words are kept beside the index: what they are worth is the same."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.search import common, postings
from embeddings.search.index import list_passages, read_index
from embeddings.search.postings import Postings

PHRASES = ('"word3"', '"word17"', '"word250"', '"5"')


@pytest.fixture
def kept(store, many, keep, monkeypatch):
    """A store whose words of twenty passages or more are kept."""
    monkeypatch.setattr(common, "_LEAST", 20)
    monkeypatch.setattr(common, "_SHARE", 0)
    keep()
    return store


def names(store):
    return {name for (name,) in store.rows("SELECT name FROM arrays WHERE name GLOB '*common*'")}


def score(store, index):
    return Postings(index).score(store, PHRASES, np.ones(2000, np.bool_)).of(np.arange(2000))


def test_what_is_kept_is_worth_what_the_full_text_index_says(kept, monkeypatch):
    assert "search.common.word3" in names(kept)
    assert "search.common.5" not in names(kept)
    expected = score(kept, list_passages(kept, "words-1"))
    read = []
    find = postings._list_passages
    monkeypatch.setattr(postings, "_list_passages", lambda *a: read.append(a[1]) or find(*a))
    assert np.array_equal(score(kept, read_index(kept, "words-1")), expected)
    assert ("word3",) not in read


def test_what_is_damaged_is_read_from_the_full_text_index(kept):
    expected = score(kept, read_index(kept, "words-1"))
    with kept.transaction() as connection:
        sql = "UPDATE arrays SET data = zeroblob(400) WHERE name GLOB '*common*'"
        connection.execute(sql)
    assert np.array_equal(score(kept, read_index(kept, "words-1")), expected)


def test_of_changed_articles_nothing_kept_is_used(kept, put):
    put(kept, "new", ["word3 word3"])
    found = Postings(read_index(kept, "words-1"))
    worth = found.score(kept, ('"word3"',), np.ones(2001, np.bool_)).of(np.arange(2001))
    assert worth[-1] > 0


def test_what_is_common_no_more_is_let_go(kept, keep, monkeypatch):
    before = names(kept)
    monkeypatch.setattr(common, "_LEAST", 200)
    keep()
    assert names(kept) < before
