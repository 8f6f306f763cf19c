"""Results as tables keep every value, whatever a result holds."""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
import typing
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

import topics
from embeddings.errors import InputError, TopicwireError
from topics.answers import encoder as encoders
from topics.answers.tables import to_arrow, to_pandas, to_plain_arrow
from topics.answers.why_not import PairExplanation


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
    counts: tuple[tuple[str, int], ...]
    spans: tuple[tuple[int, int], ...]
    names: dict[int, str]
    evidence: dict[str, Any]
    published: str
    first_read: str
    parts: tuple[Reuse, ...] = ()


ROWS = [
    Reuse(
        *(Outlet("Post", 12), 0.5, True, None, (Outlet("Courier", 3),)),
        *((("Post", 2),), ((0, 4), (6, 9)), {3: "Flood"}, {"words": [1, 2]}),
        *("2013-05", "2024-03-05T06:00:00+00:00"),
    ),
    Reuse(Outlet("Courier", 3), 1.0, False, 7, (), (), (), {}, {}, "", ""),
]


def test_a_result_within_a_result_has_columns_of_its_own():
    table = to_arrow(ROWS)
    assert table.column_names[:6] == [
        "outlet.name", "outlet.words", "share", "certain", "story", "changes",
    ]  # fmt: skip
    assert table["outlet.name"].to_pylist() == ["Post", "Courier"]
    assert table["story"].to_pylist() == [None, 7]


def test_lists_are_lists_and_what_is_in_them_keeps_its_type():
    first = to_arrow(ROWS).to_pylist()[0]
    assert first["changes"] == [{"name": "Courier", "words": 3}]
    assert first["counts"] == [{"0": "Post", "1": 2}]
    assert first["spans"] == [[0, 4], [6, 9]]
    assert first["names"] == [(3, "Flood")]
    assert json.loads(first["evidence"]) == {"words": [1, 2]}


def test_times_are_timestamps_and_coarse_dates_stay_beside_theirs():
    table = to_arrow(ROWS)
    assert table["published"].to_pylist() == ["2013-05", ""]
    assert table["published_from"].to_pylist() == [datetime(2013, 5, 1), None]
    assert table["first_read"].to_pylist() == [datetime(2024, 3, 5, 6, tzinfo=UTC), None]


def test_what_holds_its_own_kind_is_json():
    held = dataclasses.replace(ROWS[1], parts=(ROWS[0],))
    (part,) = to_arrow([held])["parts"][0].as_py()
    assert json.loads(part)["share"] == 0.5


def test_one_result_is_one_row():
    assert to_arrow(ROWS[0]) == to_arrow(ROWS[:1])


def test_a_table_for_files_without_lists_has_json_and_text():
    table = to_plain_arrow(ROWS)
    assert json.loads(table["changes"][0].as_py()) == [{"name": "Courier", "words": 3}]
    assert "published_from" not in table.column_names
    assert {str(arrow) for arrow in table.schema.types} == {"string", "int64", "double", "bool"}


def test_every_report_is_a_table(news, tmp_path, encoder, monkeypatch):
    monkeypatch.setattr(encoders, "open_encoder", lambda *_, **__: encoder)
    found = topics.Session(news)
    story = found.stories()[0].id
    article = found.story(story).articles[0].article.document_id
    reports = [
        *(found.topics(), found.levels(), found.tree(), found.placements(), found.history()),
        *(found.search(like=1), found.copies(), found.copies(pairs=True).pairs),
        *(found.copies().groups, found.article_copies(), found.stories()),
        *(found.story(story), found.article(article), found.changes("2013-01-01")),
        *(found.outlets(), found.outlets().reuse, found.trends(), found.trends().cells),
        *(found.info(), found.check(), found.list_edits(), found.why_not(1, 2)),
        *(found.questions("near_copy"), found.questions("story")),
    ]
    assert to_arrow([], PairExplanation).num_rows == 0
    for number, report in enumerate(reports):
        if report != []:
            table = to_arrow(report)
            pq.write_table(table, tmp_path / f"{number}.parquet")
            assert pq.read_table(tmp_path / f"{number}.parquet").to_pylist() == table.to_pylist()
            assert len(table.to_pandas()) == len(table)


def find_kinds(hint: Any, found: dict[type, None]) -> None:
    """Note all dataclasses that a type holds."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hint in found:
            return
        found[hint] = None
        for inner in typing.get_type_hints(hint).values():
            find_kinds(inner, found)
    for part in typing.get_args(hint):
        find_kinds(part, found)


def results() -> list[type]:
    """Return each dataclass that a function of ``topics`` returns, or one of those holds."""
    found: dict[type, None] = {}
    for name in topics.__all__:
        if inspect.isfunction(function := getattr(topics, name)):
            with suppress(NameError):  # of a library's
                find_kinds(typing.get_type_hints(inspect.unwrap(function))["return"], found)
    return list(found)


@pytest.mark.parametrize("kind", results(), ids=lambda kind: kind.__name__)
def test_each_kind_of_result_has_columns(kind):
    for lay_out in (to_arrow, to_plain_arrow):
        assert lay_out([], kind).num_rows == 0


def test_the_kinds_are_those_of_all_answers():
    names = {kind.__name__ for kind in results()}
    assert {"ClusterReport", "ReadingReport", "Question", "PairExplanation", "Step"} <= names


@dataclass(frozen=True)
class Counted:
    kinds: Counter[str]
    value: str | float | None


def test_counts_are_a_map_and_a_value_of_several_types_is_text():
    rows = to_arrow([Counted(Counter("aab"), 0.5), Counted(Counter(), None)]).to_pylist()
    assert rows[0] == {"kinds": [("a", 2), ("b", 1)], "value": "0.5"}
    assert rows[1] == {"kinds": [], "value": None}


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
