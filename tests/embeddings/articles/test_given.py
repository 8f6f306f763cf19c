"""Articles given without a file: tables and objects of other libraries by their shape."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import Element
from trafilatura import bare_extraction

from embeddings.articles.files import read_given, read_paths
from embeddings.articles.given import part_given
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError

VOTE = "Councillors in Hartwell voted to close the old ferry terminal."
COLUMNS = {"text": "body", "title": "headline", "date": "when", "source": "paper"}


def read(articles: object, **columns: str) -> ReadFile:
    paths, (one,) = part_given(articles)
    assert paths == []
    *_, last = read_given(one, ReadOptions(columns=columns))
    return last


def read_one(articles: object) -> Document:
    (document,) = read(articles).documents
    return document


TABLES = {
    "list": lambda rows: rows,
    "generator": iter,
    "pandas": pd.DataFrame,
    "pandas of mixed types": lambda rows: pd.DataFrame(rows).assign(
        odd=[*range(len(rows) - 1), ""]
    ),
    "polars": pl.DataFrame,
    "Arrow": pa.Table.from_pylist,
    "Arrow batches": lambda rows: pa.Table.from_pylist(rows).to_reader(),
}
CELLS = st.one_of(
    st.none(),
    st.sampled_from(["nan", "<p>One.</p><p>Two.</p>", "2024-03-05"]),
    st.text(max_size=20),
)
ROWS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(COLUMNS.values(), CELLS)), min_size=1, max_size=4
)


@settings(max_examples=25)
@given(ROWS)
def test_every_kind_of_table_is_read_as_a_file_of_the_same_rows(tmp_path_factory, rows):
    rows = [{name: None if v is None else _encodable(v) for name, v in r.items()} for r in rows]
    rows.append(dict.fromkeys(rows[0], "03/25/2024"))
    file = tmp_path_factory.mktemp("in") / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    *_, expected = read_paths([file], ReadOptions(columns=COLUMNS), {})
    for name, make in TABLES.items():
        found = read(make(rows), **COLUMNS)
        shown = [replace(one, id="", path="") for one in found.documents]
        assert shown == [replace(one, id="", path="") for one in expected.documents], name
        assert [(p.line, p.message) for p in found.problems] == [
            (p.line, p.message) for p in expected.problems
        ], name


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@dataclass
class SourceInfo:
    publisher: str


@dataclass
class Html:
    requested_url: str
    responded_url: str
    content: str
    crawl_date: datetime
    source_info: SourceInfo


@dataclass
class ArticleOfFundus:
    html: Html
    title: str
    body: object
    publishing_date: datetime
    authors: list[str] = field(default_factory=list)

    @property
    def plaintext(self) -> str:
        return VOTE


class ArticleOfNewspaper:
    """As newspaper4k has it: a page that was not parsed raises where its text is asked for."""

    def __init__(self, text: str) -> None:
        self.url, self.source_url = "https://h.example/f", "https://h.example"
        self.title, self.publish_date, self.html = "Ferry", datetime(2024, 3, 5, 21, 10), "<html>"
        self.meta_site_name, self.summary = "Harbour Post", ""
        self._text = text

    @property
    def text(self) -> str:
        if not self._text:
            raise ValueError("You must `download()` an article first!")
        return self._text


class ArticleOfNewsPlease:
    authors: tuple[str, ...] = ()
    date_download, date_modify = "2024-03-06 10:00:00", None
    date_publish = datetime(2024, 3, 5, 21, 10)
    source_domain, maintext, title = "h.example", VOTE, "Ferry"
    text, description, url = None, None, "https://h.example/f"

    def get_dict(self) -> dict[str, Any]:
        names = ("date_publish", "source_domain", "maintext", "title", "url", "description")
        return {name: getattr(self, name) for name in names}


WHEN = datetime(2024, 3, 5, 21, 10)
ORIGIN = Html("http://a", "https://h.example/f", "<p>", datetime.now(), SourceInfo("Harbour Post"))
OBJECTS = {
    "fundus": (ArticleOfFundus(ORIGIN, "Ferry", object(), WHEN), "Harbour Post"),
    "newspaper4k": (ArticleOfNewspaper(VOTE), "Harbour Post"),
    "news-please": (ArticleOfNewsPlease(), "h.example"),
    "news-please, as a dict": (ArticleOfNewsPlease().get_dict(), "h.example"),
}


@pytest.mark.parametrize(("article", "outlet"), OBJECTS.values(), ids=OBJECTS)
def test_articles_of_scrapers_are_read_by_their_shape(article, outlet):
    for given_ in (article, [article], iter([article])):
        found = read_one(given_)
        assert (found.text, found.title, found.source) == (VOTE, "Ferry", outlet)
        assert (found.published, found.url) == ("2024-03-05T21:10", "https://h.example/f")


@pytest.mark.parametrize("as_dict", [False, True])
def test_what_trafilatura_extracts_is_read(as_dict):
    page = (
        "<html><head><title>Ferry</title><meta property='og:site_name' content='Harbour Post'>"
        "<meta property='article:published_time' content='2024-03-05'>"
        f"<link rel='canonical' href='https://h.example/f'></head><body><article><p>{VOTE} {VOTE}"
        "</p><p>Ferries were late on Tuesday night, a spokesman of the company said.</p></article>"
    )
    document = bare_extraction(page, with_metadata=True)
    assert document is not None
    found = read_one(document.as_dict() if as_dict else document)
    assert found.text.startswith(VOTE)
    assert (found.title, found.source) == ("Ferry", "Harbour Post")
    assert (found.published, found.url) == ("2024-03-05", "https://h.example/f")


def test_a_field_that_fails_or_has_no_words_is_a_row_without_text():
    found = read([ArticleOfNewspaper(""), {"text": Element("body")}, {"text": VOTE}])
    assert [(p.line, p.message) for p in found.problems] == [
        (1, "a row without text; left out"),
        (2, "a row without text; left out"),
    ]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 3, 5),
        datetime(2024, 3, 5, tzinfo=UTC),
        date(2024, 3, 5),
        pd.Timestamp("2024-03-05"),
    ],
)
def test_a_moment_at_midnight_is_a_day(moment):
    rows = [{"text": VOTE, "date": moment}]
    for table in (rows, pd.DataFrame(rows), pl.DataFrame(rows)):
        assert read_one(table).published == "2024-03-05"


def test_missing_values_of_pandas_are_nothing():
    frame = pd.DataFrame({"text": [VOTE, pd.NA], "title": [pd.NaT, 1], "n": [float("nan"), "a"]})
    found = read(frame)
    assert [(d.text, d.title) for d in found.documents] == [(VOTE, "")]
    assert len(found.problems) == 1


def test_an_index_of_pandas_is_no_column_but_one_with_a_name_is():
    frame = pd.DataFrame({"text": [VOTE], "id": ["f7"]}, index=[9])
    assert "not used" not in "".join(read(frame).notes)
    assert read_one(frame.set_index("id")).id == "f7"


def test_of_two_columns_of_one_name_the_first_counts():
    frame = pd.DataFrame([[VOTE, "Other"]], columns=["text", "text"])
    assert read_one(frame).text == VOTE


def test_an_article_of_no_file_without_id_and_url_is_its_outlet_and_text():
    rows = [{"text": VOTE, "source": "Post"}, {"text": f" {VOTE}\n", "source": "Post"}]
    one, same = read(rows).documents
    (other,) = read([{"text": VOTE, "source": "Courier"}]).documents
    assert one.id == same.id
    assert one.id.startswith("text-")
    assert other.id != one.id
    assert read_one([{"text": VOTE, "url": "https://h.example/f"}]).id == "https://h.example/f"


@pytest.mark.parametrize(
    ("articles", "message"),
    [
        ([1.5], "Python: item 1 is of type float, without a text; give paths, a table, or"),
        ([{"text": VOTE}, VOTE], "Python: item 2 is of type str"),
        (["a.txt", {"text": VOTE}], "A dict stands among paths; give paths, a table, or articles"),
        ([{"title": "Ferry"}], "Python: no column of article text: the columns are 'title'"),
        (pd.DataFrame({"title": ["Ferry"]}), "Python: no column of article text"),
    ],
)
def test_what_is_no_article_is_refused(articles, message):
    with pytest.raises(InputError) as error:
        read(articles)
    assert str(error.value).startswith(message)


def test_paths_stay_paths():
    assert part_given("a.txt") == ([Path("a.txt")], [])
    assert part_given([Path("a"), "b"]) == ([Path("a"), Path("b")], [])
    assert part_given([]) == ([], [])


ROW = b'{"body": "%s", "paper": "Post"}\n' % VOTE.encode()
FEED = b"<rss version='2.0'><channel><title>Post</title><item><description>%s</description>"


@pytest.mark.parametrize(
    "piped",
    [ROW, b"\xef\xbb\xbf" + ROW, b"[%s]" % ROW, ROW.decode().encode("utf-16"),
     FEED % VOTE.encode(), b'source;text\nPost;"%s"\n' % VOTE.encode()],
)  # fmt: skip
def test_standard_input_is_read_as_what_it_holds(monkeypatch, piped):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
    assert [each.name for each in part_given("-")[1]] == ["standard input"]
    article = read_one(["-"])
    assert (article.text, article.path) == (VOTE, "standard input")


def test_a_large_table_comes_in_parts():
    def rows() -> Iterator[dict[str, str]]:
        yield from ({"text": f"{VOTE} {number}"} for number in range(2500))

    _, (one,) = part_given(rows())
    assert [len(part.documents) for part in read_given(one, ReadOptions())] == [2000, 500]
