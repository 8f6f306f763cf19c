"""Function words of other languages, each language's for itself."""

from __future__ import annotations

import re

import pytest

from embeddings.text.stopwords import function_words, keep_telling_words


def words(text: str, language: str) -> list[str]:
    return re.findall(r"[^\s,.]+", keep_telling_words(text, language))


@pytest.mark.parametrize(
    ("text", "language", "left"),
    [
        ("Die Preise im Ahrtal sind gesunken", "de", ["Preise", "Ahrtal", "gesunken"]),
        ("Война на Украине этого года", "ru", ["Война", "Украине"]),
        ("l'inflation de l’Élysée", "fr", ["inflation", "Élysée"]),
        ("Statsministeren og regjeringen", "no", ["Statsministeren", "regjeringen"]),
        ("気象庁は沿岸に津波注意報を出した", "ja", ["気象庁", "沿岸", "津波注意報", "出"]),
        ("السلطات في المدينة", "ar", ["السلطات", "المدينة"]),
    ],
)
def test_function_words_of_a_text_s_own_language_are_left_out(text, language, left):
    assert words(text, language) == left


@pytest.mark.parametrize("language", ["en", "und", "", "eo", "xx"])
def test_no_language_takes_the_function_words_of_another(language):
    assert words("men in a state of war", language) == ["men", "in", "a", "state", "of", "war"]
    assert function_words(language).isdisjoint({"men", "war", "state"})


@pytest.mark.parametrize("language", ["en", "und", ""])
def test_english_text_is_handed_on_as_it_is(language):
    text = "The war in 東京, “said” l'homme."
    assert keep_telling_words(text, language) is text
