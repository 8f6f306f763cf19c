"""Saved pages and Markdown to documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embeddings.articles.reading import documents, problems, read, write


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt"])
def test_written_out_control_characters_do_not_reach_an_article(tmp_path: Path, name: str) -> None:
    page = PAGE.replace("asked for", "asked&#2; &#27;[31m for").replace("Post", "P&#155;o&#2;st")
    content = page if name == "a.html" else "# A &#27;title\n\nA &#2;text \x1b.\n"
    (file,) = read(write(tmp_path / "a\x1bb" / name, content))
    (document,) = file.documents
    shown = [document.text, document.title, document.source, *file.dropped.get(document.path, ())]
    assert not [c for c in "".join(shown) if c in "\x02\x1b\x9b"]


MARKDOWN = """---
title: "Talks: go on"
date: 2013-05-11T05:46:00+02:00
source: The Post
url: https://example.com/talks
tags: [a, b]
---
# Talks go on

The **minister** said [on Friday](https://example.com/x) that
the talks `go on`.

![A picture](a.jpg)

- one item of the list
- another item

<script>alert(1)</script>
"""


def test_markdown_is_read_as_a_reader_sees_it(tmp_path: Path) -> None:
    (document,) = documents(write(tmp_path / "a.md", MARKDOWN))
    assert document.title == "Talks: go on"
    assert document.published == "2013-05-11T03:46"
    assert document.source == "The Post"
    assert document.id == document.url == "https://example.com/talks"
    assert document.text == (
        "Talks go on\n\nThe minister said on Friday that\nthe talks go on.\n\n"
        "- one item of the list\n\n- another item\n\n<script>alert(1)</script>\n"
    )


def test_markdown_title_is_its_first_heading(tmp_path: Path) -> None:
    (document,) = documents(write(tmp_path / "a.md", "# Talks *go on*\n\nThey do.\n"))
    assert document.title == "Talks go on"


PAGE = """<html><head><meta charset="utf-8"><title>Talks go on | Example Post</title>
<meta property="og:site_name" content="Example Post">
<meta property="og:title" content="Talks go on | Example Post">
<meta property="article:published_time" content="2013-05-11T05:46:00+02:00">
<link rel="canonical" href="https://example.com/talks"></head><body>
<nav><a href="/">Home</a> <a href="/w">World news of the day</a></nav>
<article><h1>Talks go on</h1>
<p>The foreign minister said on Friday that the talks would go on for another week, and
that both sides had agreed on a list of guests for the conference in Geneva.</p>
<p>A spokesman for the opposition asked for guarantees, and said that no date could be
set while the shelling of the town near the border continued.</p>
<p>Several thousand people have fled the town since the fighting began two weeks ago.</p>
</article><script>var x = "not shown";</script>
<footer>Terms of use of this page</footer></body></html>"""


def test_page_gives_its_text_its_facts_and_what_it_lost(tmp_path: Path) -> None:
    (file,) = read(write(tmp_path / "saved" / "a.html", PAGE))
    (document,) = file.documents
    assert document.title == "Talks go on"
    assert document.published == "2013-05-11T03:46"
    assert document.source == "Example Post"
    assert document.id == document.url == "https://example.com/talks"
    assert "asked for guarantees" in document.text
    assert "not shown" not in document.text
    assert "Terms of use of this page" in file.dropped[document.path]
    assert not any("not shown" in line for line in file.dropped[document.path])


def test_page_in_the_folder_of_its_outlet_takes_the_folders_name(tmp_path: Path) -> None:
    assert documents(write(tmp_path / "example-post" / "a.html", PAGE))[0].source == "example-post"


def test_page_without_text_is_a_problem(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html", "<html><head><title>x</title></head><body></body></html>")
    assert [p.message for p in problems(path)] == ["no text in it; left out"]


def test_deeply_nested_page_is_read(tmp_path: Path) -> None:
    deep = PAGE.replace("<article>", "<div>" * 3000 + "<article>")
    assert read(write(tmp_path / "a.html", deep))


def test_a_scrap_of_a_page_with_one_paragraph_is_read():
    from embeddings.articles.formats.pages import read_page

    article, _ = read_page("<p>The army moved to Homs on <b>Friday</b>, officials said.</p>")
    assert article.text == "The army moved to Homs on Friday, officials said."


@pytest.mark.parametrize("label", ["hex", "zip", "no-such", "utf-16", "idna", "undefined"])
def test_a_page_that_declares_an_encoding_of_no_text_is_read_all_the_same(tmp_path, label):
    head = f"<html><head><meta charset={label}></head><body><p>Le café</p>"
    write(tmp_path / "a.html", head.encode("cp1252"))
    assert len(read(tmp_path)) == 1


def test_a_page_that_names_another_site_as_canonical_keeps_its_own_address(tmp_path: Path) -> None:
    own = '<meta property="og:url" content="https://post.example/talks"></head>'
    (file,) = read(write(tmp_path / "a.html", PAGE.replace("</head>", own)))
    assert file.documents[0].url == "https://post.example/talks"
    (told,) = file.problems
    assert "as the original, which is of another site" in told.message


def test_a_page_that_names_itself_as_canonical_is_no_trouble(tmp_path: Path) -> None:
    own = '<meta property="og:url" content="http://www.example.com/talks?utm_source=x"></head>'
    (file,) = read(write(tmp_path / "a.html", PAGE.replace("</head>", own)))
    assert (file.documents[0].url, file.problems) == ("https://example.com/talks", ())
