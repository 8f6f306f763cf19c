"""What words are worth is the same for few passages asked for as for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.search.places import Listed
from embeddings.search.worth import ARTICLE_SHARE, Word, WordScores, weigh_lengths

PASSAGES, ARTICLES = 120, 30
NUMBERS = np.arange(PASSAGES, dtype=np.int32) // (PASSAGES // ARTICLES)


@st.composite
def words(draw):
    """Draw words from rare to common, in passages of 1 to 80 words."""
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    lengths = random.integers(1, 80, PASSAGES)
    norm, whole = weigh_lengths(lengths), weigh_lengths(np.bincount(NUMBERS, lengths))
    found = []
    for share in draw(st.lists(st.sampled_from([0.02, 0.1, 0.4, 0.9]), min_size=1, max_size=4)):
        times = random.integers(1, 5, PASSAGES) * (random.random(PASSAGES) < share)
        rows = np.flatnonzero(times)
        found.append(Word.weigh(Listed(rows, times[rows], NUMBERS), norm, whole))
    return found, random.random(PASSAGES) < 0.7


@given(words(), st.lists(st.integers(0, PASSAGES - 1), unique=True))
def test_shares_are_of_the_best_of_all_passages_that_may_be_hits(drawn, asked):
    found, may = drawn
    own, wholes = np.zeros(PASSAGES, np.float32), np.zeros(ARTICLES, np.float32)
    spoken = np.zeros(PASSAGES, np.bool_)
    for word in found:
        rows, worth = word.worth_of_all()
        own[rows] += worth
        wholes[word.articles] += word.article_worth
        spoken[rows] = True
    spoken &= may
    scores = WordScores(found, NUMBERS, may)
    assert np.array_equal(scores.spoken, spoken)
    expected = np.zeros(PASSAGES)
    if spoken.any():
        shares = own / own[spoken].max()
        whole = wholes[NUMBERS] / wholes[NUMBERS[spoken]].max()
        expected = np.where(spoken, shares + ARTICLE_SHARE * (whole - shares), 0)
    rows = np.array(asked, np.int64)
    assert scores.of(rows) == pytest.approx(expected[rows], rel=1e-5)
    there = rows[spoken[rows]]
    assert np.all(scores.most(there) >= scores.of(there) - 1e-6)
