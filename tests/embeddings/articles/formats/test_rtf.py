"""Rich text, made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions

PIER = "The harbour authority said the pier needed repairs worth 4.2 million pounds."


def read(folder: Path, markup: bytes) -> ReadFile:
    path = folder / "a.rtf"
    path.write_bytes(markup)
    (file,) = read_paths([path], ReadOptions(), {})
    return file


def rtf(*paragraphs: str) -> bytes:
    body = "".join(f"{paragraph}\\par\n" for paragraph in paragraphs)
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0 {body}}}".encode()


def test_rich_text_is_its_paragraphs_with_title_and_date(tmp_path):
    (article,) = read(tmp_path, rtf("{\\b Ferry to close}", "5 March 2024", PIER)).documents
    assert (article.title, article.published) == ("Ferry to close", "2024-03-05")
    assert article.text == f"Ferry to close\n\n5 March 2024\n\n{PIER}"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (rb"caf\'e9", "café"),
        (rb"\u1080?\u1083?", "ил"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (b"caf\xe9", "café"),
    ],
)
def test_letters_beyond_ascii_are_read_however_they_are_written(tmp_path, markup, text):
    (article,) = read(tmp_path, rb"{\rtf1\ansi\ansicpg1252 " + markup + b"}").documents
    assert article.text == text


def test_pictures_and_addresses_of_links_are_no_text(tmp_path):
    picture = b"{\\pict\\pngblip " + b"89504e47\n" * 100 + b"}"
    link = b'{\\field{\\*\\fldinst{HYPERLINK "http://a.example/"}}{\\fldrslt{the report}}}'
    markup = b"{\\rtf1\\ansi Read " + link + b" now.\\par " + picture + b"}"
    assert read(tmp_path, markup).documents[0].text == "Read the report now."


def test_rich_text_cut_off_is_read_and_said(tmp_path):
    file = read(tmp_path, rtf("Ferry to close", PIER)[:-10])
    assert file.documents[0].title == "Ferry to close"
    assert [p.message for p in file.problems] == ["it is cut off; read as far as it goes"]


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        (b"Not rich at all", "it is no rich text; left out"),
        (b"", "an empty file"),
        (b"{\\rtf1\\ansi }", "no text in it; left out"),
        (b"{\\rtf1\\ansi " + b"z" * 20_000_000 + b"}", "an article of more than 20 MB; left out"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, markup, message):
    file = read(tmp_path, markup)
    assert [problem.message for problem in file.problems] == [message]


@pytest.mark.parametrize("number", ["1114112", "-70000", "9" * 50])
def test_a_character_that_there_is_not_is_shown_as_such_and_the_rest_is_read(tmp_path, number):
    file = read(tmp_path, rf"{{\rtf1\ansi Ferry\u{number}?\par {PIER}\u1080?\par}}".encode())
    assert [document.text for document in file.documents] == [f"Ferry\ufffd\n\n{PIER}\u0438"]
    (problem,) = file.problems
    assert (
        problem.message == "1 character is given by a number that stands for none; shown as \ufffd"
    )
