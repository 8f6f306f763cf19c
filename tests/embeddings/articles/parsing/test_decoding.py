"""Bytes to text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.articles.parsing.decoding import BinaryDataError, clean, decode

WESTERN = "Der Außenminister sagte, die Gespräche gingen weiter – “trotz allem”. Café, señor.\n" * 3
RUSSIAN = "Министр иностранных дел заявил, что переговоры будут продолжены на этой неделе.\n" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "utf-8"),
        (WESTERN, "utf-8-sig"),
        (WESTERN, "utf-16"),
        (WESTERN, "utf-16-le"),
        (WESTERN, "cp1252"),
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "utf-16"),
    ],
)
def test_encoding_is_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_declaration_of_a_page_counts_where_it_is_not_utf_8() -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body>{RUSSIAN}</body></html>'
    found = decode(page.encode("cp1251"), page=True)
    assert (found.text, found.encoding) == (page, "cp1251")
    page = page.replace("windows-1251", "iso-8859-1").replace(RUSSIAN, WESTERN)
    assert decode(page.encode("cp1252"), page=True).text == page


def test_broken_byte_in_utf_8_does_not_change_the_encoding() -> None:
    found = decode(WESTERN.encode() + b"\xff end")
    assert found.text == WESTERN + "\ufffd end"
    assert (found.encoding, found.replaced) == ("utf-8", 1)


def test_replacement_character_in_the_article_is_no_broken_byte() -> None:
    assert decode((WESTERN + "\ufffd").encode()).replaced == 0
    assert decode((WESTERN + "\ufffd").encode() + b"\xff").replaced == 1


def test_users_encoding_counts() -> None:
    assert decode("Ł".encode("iso8859-2"), encoding="iso8859-2").text == "Ł"


@pytest.mark.parametrize("data", [b"%PDF-1.4 x", b"PK\x03\x04", bytes(range(32)) * 20])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(BinaryDataError):
        decode(data)


def controls(text: str) -> list[str]:
    return [c for c in text if unicodedata.category(c) == "Cc" and c not in "\t\n"]


def test_control_characters_become_blanks_of_the_same_length() -> None:
    """They mark matches in search results, and terminals obey them."""
    assert clean("a\x02b\x1b[31m\tc\x9b\x85\x7f\0\r\nd\x0ce") == "a b [31m\tc    \nd e"


@given(st.text(st.characters(codec=None, categories=None), max_size=40))
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert not controls(cleaned)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data).text
    except BinaryDataError:
        return
    assert not controls(text)
    assert text.encode("utf-8").decode("utf-8") == text
