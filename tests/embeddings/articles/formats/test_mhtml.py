"""Saved pages: MHTML, and pages that bear another ending or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats.xml_text import is_web_page
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

PAGE = (
    "<html><head><title>Café to close</title></head><body><h1>Café to close</h1>"
    + "<p>Councillors in Hartwell voted by nine to four to close the café by the pier.</p>" * 3
    + "</body></html>"
)


def saved(page: str, charset: str = "utf-8", kind: str = "text/html") -> bytes:
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://post.example/cafe\r\n"
        "Subject: something else\r\nDate: Tue, 5 Mar 2024 21:10:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\n'
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        f"------b\r\nContent-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Content-Location: https://post.example/cafe\r\n\r\n"
    )
    return head.encode() + page.encode(charset) + b"\r\n------b--\r\n"


def read(path: Path, data: bytes) -> tuple[list[Document], list[str]]:
    path.write_bytes(data)
    parts = list(read_paths([path], ReadOptions(), {}))
    problems = [problem.message for part in parts for problem in part.problems]
    return [document for part in parts for document in part.documents], problems


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize("ending", [".mhtml", ".mht"])
def test_the_page_of_a_saved_page_is_read_in_its_own_encoding(
    tmp_path: Path, charset: str, ending: str
) -> None:
    (document,), problems = read(tmp_path / f"a{ending}", saved(PAGE, charset))
    assert document.title == "Café to close"
    assert document.url == "https://post.example/cafe"
    assert document.published == ""  # the file states when it was saved
    assert "the café by the pier" in document.text
    assert problems == []


def test_the_address_that_the_page_states_goes_before_that_of_the_file(tmp_path: Path) -> None:
    link = "<head><link rel=canonical href=https://post.example/canonical>"
    (document,), _ = read(tmp_path / "a.mhtml", saved(PAGE.replace("<head>", link)))
    assert document.url == "https://post.example/canonical"


@pytest.mark.parametrize("data", [saved(PAGE, kind="text/css"), b"", b"MIME-Version: 1.0\n\n"])
def test_a_saved_page_without_a_page_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path / "a.mhtml", data) == ([], ["no page in it; left out"])


def test_a_saved_page_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = saved(PAGE)
    (document,), _ = read(tmp_path / "a.mhtml", data[: data.rindex(b"</p>")])
    assert document.title == "Café to close"


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html>\n<html>",
        b"<html lang='en'>",
        b"\xef\xbb\xbf\r\n <HTML>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html>',
        b"<!-- saved from url=(0021)https://post.example/ -->\n<html>",
        "<!doctype html><html>".encode("utf-16"),
    ],
)
def test_a_page_is_known_by_its_beginning(head: bytes) -> None:
    assert is_web_page(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"The tag <html> opens a page, and <!doctype html> stands before it.",
        b"<?php echo '<html>'; ?>",
        b'<?xml version="1.0"?><rss version="2.0">',
        b"<htmlx>",
        b"<header>",
        b"<!-- " * 800,
        b"<!---->" * 580,
        b" " * 4096,
    ],
)
def test_what_only_mentions_a_page_is_none(head: bytes) -> None:
    assert not is_web_page(head)
