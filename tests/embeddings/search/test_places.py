"""Places kept packed say what a list of them says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.search.places import Listed, Packed


@st.composite
def corpora(draw):
    """Draw how often a word stands in each of some passages, and which articles these are of."""
    times = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 2, 255]), min_size=1, max_size=200)))
    articles = np.sort(
        draw(st.lists(st.integers(0, 9), min_size=len(times), max_size=len(times)))
    ).astype(np.int32)
    return times, articles


@given(corpora(), st.sets(st.integers(0, 199)))
def test_a_list_and_what_is_packed_answer_alike(corpus, asked):
    times, articles = corpus
    rows = np.flatnonzero(times)
    in_articles = np.bincount(articles, times).astype(np.uint16)
    asked = np.array(sorted(one for one in asked if one < len(times)), np.int64)
    for places in (
        Listed(rows, times[rows], articles),
        Packed(np.packbits(times > 0), times[rows].astype(np.uint8), in_articles),
    ):
        assert places.rows.tolist() == rows.tolist()
        assert places.times.tolist() == times[rows].tolist()
        there, often = places.look_up(asked)
        assert there.tolist() == np.flatnonzero(times[asked]).tolist()
        assert often.tolist() == times[asked][there].tolist()
        numbers, counts = places.count_articles()
        assert dict(zip(numbers.tolist(), counts.tolist(), strict=True)) == {
            one: count for one, count in enumerate(in_articles.tolist()) if count
        }
        flags = np.zeros(len(times), np.bool_)
        places.mark(flags)
        assert np.array_equal(flags, times > 0)
