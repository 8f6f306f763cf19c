"""Languages: found, left unsure, and changed half-way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.languages import UNSURE, find_change, find_language, let_go_of_model

ENGLISH = "The council decided on Tuesday to close the old ferry harbour, the mayor said. " * 4
GERMAN = "Der Stadtrat hat am Dienstag beschlossen, den alten Hafen zu schließen. " * 4


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("気象庁は沿岸に津波注意報を出した。港では漁船が沖へ移った。", "ja"),
        ("Городской совет во вторник решил закрыть старый порт, сообщил мэр.", "ru"),
        ("قرر مجلس المدينة يوم الثلاثاء إغلاق الميناء القديم بحسب رئيس البلدية.", "ar"),
        ("สภาเมืองมีมติเมื่อวันอังคารให้ปิดท่าเรือเก่า นายกเทศมนตรีกล่าว", "th"),
        ("Taxi", UNSURE),
        ("12.5.2013 --- 44,000 (+3 %)", UNSURE),
        ("", UNSURE),
    ],
)
def test_a_language_is_found_or_left_unsure(text, language):
    assert find_language(text) == language


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (GERMAN + ENGLISH, ("de", "en")),
        (ENGLISH + GERMAN, ("en", "de")),
        (ENGLISH + ENGLISH, None),
        (ENGLISH + "He said: „Das war zu erwarten“.", None),  # a quotation is no change
    ],
)
def test_a_change_half_way_is_told_by_both_languages(text, change):
    assert find_change(text) == change


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text):
    assert find_language(text).isascii()
    find_change(text)


def test_a_language_is_found_again_after_the_model_was_let_go():
    assert find_language(ENGLISH) == "en"
    let_go_of_model()
    assert find_language(ENGLISH) == "en"
