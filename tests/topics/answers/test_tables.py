"""Results as tables keep every value, whatever a result holds."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import pytest

from embeddings.errors import InputError, TopicwireError
from topics.answers.tables import to_arrow, to_pandas


@dataclass(frozen=True)
class Outlet:
    name: str
    words: int


@dataclass(frozen=True)
class Reuse:
    outlet: Outlet
    share: float
    certain: bool
    story: int | None
    changes: tuple[Outlet, ...]


ROWS = [
    Reuse(Outlet("Post", 12), 0.5, True, None, (Outlet("Courier", 3),)),
    Reuse(Outlet("Courier", 3), 1.0, False, 7, ()),
]


def test_a_result_within_a_result_has_columns_of_its_own():
    table = to_arrow(ROWS)
    assert table.column_names == [
        "outlet.name", "outlet.words", "share", "certain", "story", "changes",
    ]  # fmt: skip
    assert table["outlet.name"].to_pylist() == ["Post", "Courier"]
    assert table["story"].to_pylist() == [None, 7]
    assert json.loads(table["changes"][0].as_py()) == [{"name": "Courier", "words": 3}]


def test_an_empty_list_has_the_same_columns():
    assert to_arrow([], Reuse).schema == to_arrow(ROWS).schema


@pytest.mark.parametrize("given", [[], [1, 2], [ROWS[0], ROWS[0].outlet]])
def test_what_is_no_list_of_one_kind_is_refused(given):
    with pytest.raises(InputError, match="results of one kind"):
        to_arrow(given)


def test_without_pandas_the_way_to_have_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(TopicwireError, match="pip install pandas"):
        to_pandas(ROWS)


def test_a_data_frame_has_the_same_rows():
    pytest.importorskip("pandas")
    assert to_pandas(ROWS)["share"].tolist() == [0.5, 1.0]
