"""Marks of what was cut, added and changed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.printing import safe
from embeddings.words.alignment import compare
from topics.coverage.reuse.differing import split_paragraph
from topics.views.marks import as_printed, mark_beside, mark_spans

LEFT = "The convoy of eleven lorries crossed the border at noon, the agency said in a note."
RIGHT = "The convoy of twelve lorries crossed the border at noon, the agency said in its note."


def beside(left: str, right: str) -> tuple[str, str]:
    (row,) = mark_beside(left, right, compare(left, right).spans)
    return str(row.left), str(row.right)


def test_a_fact_that_differs_is_marked_and_another_word_is_not():
    left, right = beside(LEFT, RIGHT)
    assert "<mark>eleven</mark>" in left
    assert "<mark>twelve</mark>" in right
    assert "<del>a</del>" in left
    assert "<ins>its</ins>" in right


def test_titles_that_came_or_went_are_no_conflict():
    left, right = beside(
        "In his speech Mr Lavrov made clear that Moscow had not moved on the question.",
        "In his speech Lavrov made clear that Moscow had not moved on the question.",
    )
    assert "<mark>" not in left + right
    assert "<del>Mr</del>" in left


def test_a_paragraph_that_shares_a_few_small_words_is_another_one():
    left = "The number of dead is more than the agencies said at the time of the talks in May."
    right = "The governments at the table of the coalition praised what the Russians did there."
    rows = mark_beside(left, right, compare(left, right).spans)
    assert all("</del> " not in str(row.left) for row in rows)


def test_what_an_article_holds_is_escaped():
    left, _ = beside(f"{LEFT} <script>1</script>", RIGHT)
    assert "<script>" not in left
    assert "&lt;<del>script&gt;" in left


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_parts_of_a_paragraph_are_all_of_it(left, right):
    found = compare(left, right)
    assert "".join(part for part, _ in split_paragraph(left, found, "before")) == left
    assert "".join(part for part, _ in split_paragraph(right, found, "after")) == right


@pytest.mark.parametrize(
    ("value", "text", "printed"),
    [
        ("eleven", "Eleven lorries came.", "Eleven"),
        ("eleven", "In İzmir Eleven lorries came.", "Eleven"),
        ("5", "Of 15 lorries 5 came.", "5"),
        ("ten", "Often Ten lorries come.", "Ten"),
        ("12", "None came.", "12"),
    ],
)
def test_a_fact_is_spelt_as_in_the_text(value, text, printed):
    assert as_printed(value, text) == printed


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=6))
def test_what_is_marked_leaves_the_text_as_it_is(text, places):
    cuts = sorted({min(one, len(text)) for one in places})
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    marked = mark_spans(text, spans)
    assert html.unescape(re.sub("</?mark[^>]*>", "", str(marked))) == safe(text)
    assert str(marked).count("<mark") == len(spans)
