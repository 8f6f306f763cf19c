"""The demo corpus against its key, which a reader wrote before any code ran over it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats.markdown import render_markdown
from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.passages import split
from embeddings.documents import Document
from embeddings.text.normalising import normalise

SEEDS = Path(__file__).parents[4] / "seeds"
KEY = tomllib.loads((SEEDS / "expected.toml").read_text(encoding="utf-8"))["document"]


@cache
def read() -> dict[str, tuple[Document, tuple[str, ...]]]:
    """All documents of the corpus by file, with the lines that extraction left behind."""
    return {
        Path(document.path).relative_to(SEEDS).as_posix(): (
            document,
            file.dropped.get(document.id, ()),
        )
        for file in read_paths([SEEDS], ReadOptions(), {})
        for document in file.documents
    }


def shown(line: str, file: str) -> str:
    """A line of the key as it stands in ``Document.text``: Markdown without its marks."""
    return normalise(render_markdown(line)[0] if file.endswith(".md") else line)


@pytest.fixture(params=KEY, ids=lambda entry: entry["file"])
def entry(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def test_key_has_every_article() -> None:
    assert {entry["file"] for entry in KEY} == set(read())


def test_title_and_date_are_those_of_the_key(entry: dict[str, Any]) -> None:
    document, _ = read()[entry["file"]]
    assert document.title == entry["title"]
    assert document.published[: len(entry["date"]) or None] == entry["date"]


def test_outlet_is_the_folder(entry: dict[str, Any]) -> None:
    document, _ = read()[entry["file"]]
    assert document.source == entry["file"].split("/")[0]


def test_passages_are_those_of_the_key(entry: dict[str, Any]) -> None:
    document, _ = read()[entry["file"]]
    found = split(document, find_furniture(document))
    starts = [normalise(passage["starts"]) for passage in entry["passages"]]
    assert len(found) == len(starts)
    for passage, start in zip(found, starts, strict=True):
        assert normalise(passage.body).startswith(start)


def test_furniture_is_that_of_the_key_and_nothing_else(entry: dict[str, Any]) -> None:
    document, dropped = read()[entry["file"]]
    expected = {shown(line, entry["file"]) for line in entry["removed"]} - {""}
    gone = {normalise(r.text) for r in find_furniture(document) if r.rule != "title"}
    # A page may lose a line to the extraction before a rule sees it.
    assert expected <= gone | {normalise(line) for line in dropped}
    assert gone <= expected
