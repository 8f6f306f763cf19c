"""Inputs as people have them, which once went wrong: all invented, in ``cases/``."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.documents import Document

CASES = Path(__file__).parent / "cases"


def read(path: str, **columns: str) -> list[ReadFile]:
    return list(read_paths([CASES / path], ReadOptions(columns=columns), {}))


def documents(path: str, **columns: str) -> list[Document]:
    return [document for file in read(path, **columns) for document in file.documents]


def problems(path: str) -> list[str]:
    return [problem.message for file in read(path) for problem in file.problems]


def notes(path: str) -> list[str]:
    return [note for file in read(path) for note in file.notes]


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("01-nexis-many-in-one-txt/export", "Download Request: Selected Items: 1-2", "LANGUAGE"),
        ("02-nexis-uni-docx/Files.DOCX", "Harbour Post", "Load-Date"),
    ],
)
def test_a_download_of_nexis_is_its_articles(path, first, last):
    (file,) = read(path)
    assert [(d.title, d.source, d.published) for d in file.documents] == [
        ("Ferry terminal to close after sixty years", "Harbour Post", "2024-03-05"),
        ("Inflation slows to 6.1 percent", "Republic Times", "2024-03-04"),
    ]
    assert [place[-2:] for place in file.places] == ["#1", "#2"]
    assert [len(document.text.split("\n\n")) for document in file.documents] == [2, 2]
    dropped = file.dropped[file.documents[0].id]
    assert first in dropped
    assert any(line.startswith(last) for line in dropped)
    assert file.problems == ()


def test_an_answer_of_a_news_api_is_its_articles():
    path = "03-newsapi-json/newsapi"
    assert [(d.source, d.published) for d in documents(path)] == [
        ("Harbour Post", "2024-03-05T21:10"),
        ("Republic Times", "2024-03-04T09:00"),
    ]
    assert documents(path)[0].text.endswith("appeal to the minister.")
    assert problems(path) == ["the article was cut short before it came here"]
    assert notes(path) == [
        "text from content, date from publishedAt; not used: author, description, urlToImage"
    ]


@pytest.mark.parametrize("folder", ["array", "pretty_jsonl"])
def test_an_array_and_objects_over_several_lines_are_articles(folder):
    assert [d.title for d in documents(f"03-newsapi-json/{folder}")] == [
        "Ferry terminal to close",
        "Inflation slows",
    ]
    assert problems(f"03-newsapi-json/{folder}") == []


@pytest.mark.parametrize(
    "columns", [{}, {"text": "lead_paragraph", "title": "headline.main", "date": "pub_date"}]
)
def test_nested_keys_are_found_and_can_be_named(columns):
    (document,) = documents("04-nested-keys/nyt.jsonl", **columns)
    assert (document.title, document.published) == ("Ferry terminal to close", "2024-03-05T21:10")
    assert document.text.startswith("Councillors in Hartwell")


@pytest.mark.parametrize("scraper", ["newspaper", "newsplease"])
def test_columns_of_scrapers_are_known(scraper):
    (document,) = documents(f"05-scraper-column-names/{scraper}.jsonl")
    assert document.published == "2024-03-05T21:10"
    assert document.source == "harbour-post.example"
    assert document.text.count("\n\n") == 2


def test_a_column_of_dates_has_one_order():
    path = "06-us-dates-in-one-column/usdates.csv"
    found = [d.published for d in documents(path)]
    assert found == ["2024-03-25", "2024-03-05", "2024-03-28", "2024-04-02"]
    assert "its dates are month first, as 2 of them can be no other" in notes(path)


def test_html_in_a_field_is_read_as_a_page_is():
    one, other = documents("07-html-in-a-field/html.jsonl")
    assert one.text.count("\n\n") == 1
    assert other.text.endswith("\n\nA market. Photo: R. Vale")
    one, other = documents("07-html-in-a-field/htmlfield.csv")
    assert one.title == "Ferry terminal to close ‘for good’"
    assert other.text.startswith('Prices fell "again" in February, the bank’s governor said.\n\n')
    assert not any(mark in d.text for d in (one, other) for mark in ("<", ">", "&", "var ad"))


def test_quotes_that_are_escaped_are_part_of_the_cell():
    path = "08-csv-backslash-quotes/backslash.csv"
    one, other = documents(path)
    assert one.text.startswith('He said "no", then left. Councillors')
    assert (one.published, other.published) == ("2024-03-05", "2024-03-04")
    assert problems(path) == []


@pytest.mark.parametrize(("file", "empty"), [("nan.csv", 13), ("nanjson.jsonl", 1)])
def test_words_for_nothing_are_nothing(file, empty):
    path = f"09-placeholders-as-text/{file}"
    assert len(documents(path)) == 2
    assert problems(path) == ["a row without text; left out"] * empty
    assert not any("nan" in (d.source + d.published).lower() for d in documents(path))


def test_tweets_are_of_their_writer_not_of_the_program_that_sent_them():
    one, other = documents("12-tweets/tweets.jsonl")
    assert (one.published, one.source) == ("2024-03-05T21:14", "Harbour Post")
    assert other.source == "Republic Times"
    assert " & no replacement planned" in one.text


def test_historic_papers_have_their_dates_headlines_and_words():
    found = documents("13-before-1900/historic.csv")
    assert [d.published for d in found] == ["1863-07-14", "1871-07-02", "1905-03-01"]
    (page,) = documents("13-before-1900/historic")
    assert (page.title, page.published) == ("THE FERRY ACCIDENT", "1863-07-14")
    assert "accidental\ndeath" in page.text


def test_the_entries_of_a_feed_are_articles():
    (document,) = documents("15-feed/rss")
    assert (document.title, document.source) == ("Ferry", "Harbour Post")
    assert (document.published, document.url) == ("2024-03-05T21:10", "https://h.example/f")


@pytest.mark.parametrize("file", ["preamble.csv", "sepline.csv"])
def test_lines_above_the_header_are_no_header(file):
    path = f"18-preamble-lines/{file}"
    assert [d.source for d in documents(path)] == ["Harbour Post", "Republic Times"]
    told = ["2 lines stand above the header and were not read"] if file == "preamble.csv" else []
    assert problems(path) == told


def test_pages_of_a_saved_site_are_told_by_what_they_hold():
    found = documents("14-saved-site")
    assert len(found) == 8
    assert len({d.text for d in found if d.title == "Ferry terminal to close"}) == 1
    assert [d.source for d in found if d.title != "Inflation slows"] == ["Harbour Post"] * 7
    assert problems("14-saved-site") == []
