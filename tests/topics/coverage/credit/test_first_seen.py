"""Claims about which article was seen first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents import Document, date_bounds
from topics.coverage.credit.first_seen import find_first, is_updated


def corpus(*rows):
    """Documents of (outlet, published) or (outlet, published, text)."""
    return [
        Document(f"d{n}", *(row[2:] or ("Text.",)), "", row[0], row[1])
        for n, row in enumerate(rows)
    ]


def first(*rows, **more):
    return find_first(corpus(*rows), **more)


def numbers(found):
    return tuple(int(article.document_id[1:]) for article in found.candidates)


def test_one_surely_earlier_article_is_certain():
    found = first(("A", "2013-05-10"), ("B", "2013-05-09T23:59"), ("C", "2013-05-10T00:00"))
    assert (numbers(found), found.certain, found.doubts) == ((1,), True, ())


def test_dates_too_coarse_to_order_leave_all_who_may_be_first():
    found = first(("A", "2013-05-11"), ("B", "2013-05"), ("C", "2013-05-10"), ("D", "2013-06"))
    assert numbers(found) == (2, 1)
    assert (found.certain, found.doubts) == (False, ("coarse dates",))


def test_candidates_come_likeliest_first():
    found = first(("A", "2013"), ("B", "2013-01-02"), ("C", "2013-01"))
    assert numbers(found) == (1, 2, 0)


def test_the_same_minute_is_a_doubt_of_its_own():
    found = first(("A", "2013-05-11T05:46"), ("B", "2013-05-11T05:46"))
    assert (numbers(found), found.doubts) == ((0, 1), ("same time",))


def test_undated_articles_are_listed_and_leave_doubt():
    found = first(("A", ""), ("B", "2013-05-11"))
    assert (numbers(found), found.certain) == ((1,), False)
    assert found.doubts == ("undated",)


def test_without_any_date_all_may_be_first():
    found = first(("A", ""), ("B", ""))
    assert (numbers(found), found.certain, found.doubts) == ((0, 1), False, ("no dates",))


def test_no_article_at_all_has_no_first():
    found = find_first([])
    assert (numbers(found), found.certain) == ((), False)


def test_an_update_of_the_earliest_leaves_doubt():
    found = first(
        ("A", "2013-05-10T18:20", "Updated 10 May 2013, 18:20 GMT\n\nText."), ("B", "2013-05-12")
    )
    assert (numbers(found), found.certain) == ((0,), False)
    assert found.doubts == ("updated",)


def test_an_article_updated_within_a_day_may_have_been_first():
    late = "Last Modified: 11 May 2013 05:46\n\nText."
    found = first(("A", "2013-05-10T18:20"), ("B", "2013-05-11T05:46", late))
    assert numbers(found) == (0, 1)
    later = first(("A", "2013-05-10T18:20"), ("B", "2013-05-13T05:46", late))
    assert numbers(later) == (0,)
    assert later.certain


def test_versions_of_one_article_leave_doubt():
    rows = ("A", "2013-05-10"), ("A", "2013-05-11"), ("B", "2013-05-12")
    assert first(*rows).certain
    found = first(*rows, one_text=[{"d0", "d1", "d2"}])
    assert (numbers(found), found.certain, found.doubts) == ((0,), False, ("versions",))
    assert first(*rows, one_text=[{"d0", "d2"}]).certain
    unknown = ("", "2013-05-10"), ("", "2013-05-11")
    assert first(*unknown, one_text=[{"d0", "d1"}]).certain


@pytest.mark.parametrize(
    "line",
    [
        "Updated 10 May 2013",
        "UPDATE 2-Syrian army closes in",
        "Last updated at 05:46",
        "This story has been updated.",
        "--Updated 10:05 a.m.",
        "Published 3 May 2013 | Updated 4 May 2013",
    ],
)
def test_a_line_that_says_so_marks_an_update(line):
    assert is_updated(Document("d", f"Title\n{line}\n\nText of the story."))
    assert is_updated(Document("d", "Text of the story."), [line])
    assert is_updated(Document("d", "Text of the story.", line))


def test_a_sentence_of_the_story_marks_none():
    said = "He updated the council on the talks and published a map of the new lines."
    assert not is_updated(Document("d", f"Title\n{said}\n\nThe army has modified its plans."))


dates = st.sampled_from(["", "2013", "2013-05", "2013-05-11", "2013-05-11T05:46", "2013-06-01"])


@given(st.lists(dates, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_no_other_was_surely_before_a_candidate_and_order_does_not_matter(published, random):
    documents = corpus(*(("A", date) for date in published))
    found = find_first(documents)
    random.shuffle(documents)
    assert find_first(documents) == found
    members = range(len(published))
    known = [n for n in members if published[n]]
    expected = {
        n
        for n in known
        if not any(date_bounds(published[o])[1] < date_bounds(published[n])[0] for o in known)
    }
    assert set(numbers(found)) == (expected or set(members))
