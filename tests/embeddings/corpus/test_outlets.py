"""Other names of an outlet: one outlet everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.checking import check_file
from embeddings.corpus.contents import count_outlets
from embeddings.corpus.intake import ReadingReport, add_paths
from embeddings.corpus.outlets import put_aliases
from embeddings.corpus.store import CorpusStore

ROW = '{{"id": "{0}", "text": "The envoys met again on Monday in the town.", "source": "{1}"}}\n'
NAMES = ("AJE", "Al Jazeera", "aje", "Post")


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(ROW.format(number, name) for number, name in enumerate(NAMES)))
    return path


def read(store: CorpusStore, path: Path) -> ReadingReport:
    return add_paths(store, [path], ReadOptions())


def test_what_is_stored_and_what_comes_in_is_of_one_outlet(store, path):
    read(store, path)
    assert put_aliases(store, {"AJE": "Al Jazeera"}) == 2
    assert count_outlets(store) == [("Al Jazeera", 3), ("Post", 1)]
    path.write_text(path.read_text() + ROW.format(9, "AJE"))
    report = read(store, path)
    assert (report.added, report.updated, report.unchanged) == (1, 0, 4)
    assert count_outlets(store) == [("Al Jazeera", 4), ("Post", 1)]
    assert not [one for one in check_file(store) if one.damaged]


def test_a_name_that_stands_for_none_is_an_outlet_again_when_it_is_read(store, path):
    put_aliases(store, {"AJE": "Al Jazeera", "post": "Post"})
    read(store, path)
    assert count_outlets(store) == [("Al Jazeera", 3), ("Post", 1)]
    assert put_aliases(store, {}) == 0
    read(store, path)
    assert {one.source for one in store.documents()} == set(NAMES)
    assert not [one for one in check_file(store) if one.damaged]
