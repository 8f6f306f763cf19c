"""Scripts: what the index holds of any text, and where it stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.scripts import choose_index_text, index_form, trace_index_form

LETTERS = st.text("a Zé’ё津波をｶ。か\u3099น้ำท่ว์म दि\u094d५ـَأىة٢Ａ１k\u0301ကျ", max_size=30)


@pytest.mark.parametrize("text", ["Reports of S-300s, “said” the U.S.", "naïve cafés", "", " \n"])
def test_a_text_of_letters_of_one_form_is_indexed_as_it_stands(text):
    assert choose_index_text(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("13日に津波", ["13", "日", "に", "津", "波"]),
        ("ｉＰｈｏｎｅ２０２５", ["iphone2025"]),
        ("か\u3099く", ["が", "く"]),
        ("مَدْرَسَـة", ["مدرسه"]),
        ("أحمد إلى", ["احمد", "الي"]),
        ("٢٠٢٥ ५", ["2025", "5"]),
        ("Ещё", ["Еще"]),
    ],
)
def test_each_character_without_spaces_is_a_word_and_letters_have_one_form(text, words):
    assert index_form(text).split() == words


@given(LETTERS)
def test_the_offsets_follow_the_form_and_never_go_back(text):
    form, offsets = index_form(text), trace_index_form(text)
    assert len(offsets) == len(form) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)


@given(LETTERS)
def test_each_word_of_the_form_is_the_form_of_its_part_of_the_text(text):
    form, offsets = index_form(text), trace_index_form(text)
    place = 0
    for word in form.split():
        place = form.index(word, place)
        part = text[offsets[place] : offsets[place + len(word)]]
        assert index_form(part).strip() == word
        place += len(word)
