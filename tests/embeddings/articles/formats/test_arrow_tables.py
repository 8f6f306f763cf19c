"""Parquet, Arrow files and Arrow streams."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather, ipc, parquet

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError

VOTE = "Councillors in Hartwell voted to close the old ferry terminal."
KINDS = (".parquet", ".feather", ".arrow")


def write(table: pa.Table, path: Path, rows: int = 3) -> Path:
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=rows)
    elif path.suffix == ".feather":
        feather.write_feather(table, str(path))
    else:
        with ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table)
    return path


def read(path: Path, **columns: str) -> ReadFile:
    *_, last = read_paths([path], ReadOptions(columns=columns), {})
    return last


def read_columns(folder: Path, kind: str, **columns: object) -> tuple[Document, ...]:
    arrays = {
        name: one if isinstance(one, pa.Array) else pa.array(one) for name, one in columns.items()
    }
    return read(write(pa.table(arrays), folder / f"a{kind}")).documents


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_every_type_become_the_fields_of_articles(tmp_path, kind):
    (one,) = read_columns(
        tmp_path,
        kind,
        text=[[VOTE, "It was late."]],
        title=pa.array(["Ferry"]).dictionary_encode(),
        source=[{"name": "Harbour Post", "id": 3}],
        date=[datetime(2024, 3, 5, 22, 10, tzinfo=timezone(timedelta(hours=1)))],
        url=[b"https://h.example/f"],
        id=[7],
    )
    assert one == Document(
        "7",
        f"{VOTE}\n\nIt was late.",
        "Ferry",
        "Harbour Post",
        "2024-03-05T21:10",
        "https://h.example/f",
        str(tmp_path.resolve() / f"a{kind}"),
    )


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        (pa.array([date(2024, 3, 5)]), "2024-03-05"),
        (pa.array([date(2024, 3, 5)], pa.date64()), "2024-03-05"),
        (pa.array([datetime(2024, 3, 5, 21, 10, 9)], pa.timestamp("ns")), "2024-03-05T21:10"),
        (pa.array([1709673001], pa.int64()), "2024-03-05T21:10"),
        (pa.array([10**13], pa.timestamp("s")), ""),
        (pa.array([None], pa.timestamp("s")), ""),
    ],
)
def test_dates_of_every_unit_are_read(tmp_path, dates, published):
    assert [
        each.published for each in read_columns(tmp_path, ".parquet", text=[VOTE], date=dates)
    ] == [published]


def test_objects_are_reached_into_as_in_json(tmp_path):
    table = pa.table({"content": [{"rendered": VOTE, "protected": False}], "lead": [{"main": "A"}]})
    path = write(table, tmp_path / "a.parquet")
    (one,) = read(path, title="lead.main").documents
    assert (one.text, one.title) == (VOTE, "A")


def test_columns_not_used_are_not_loaded_and_named(tmp_path):
    table = pa.table({"text": [VOTE], "image": [b"\x89PNG"], "vector": [[0.5] * 9]})
    file = read(write(table, tmp_path / "a.parquet"))
    assert file.notes == ("not used: image, vector",)


def test_bytes_that_are_no_text_are_no_article(tmp_path):
    table = pa.table({"text": [b"\x89PNG\x00\x01", VOTE.encode()]})
    file = read(write(table, tmp_path / "a.parquet"))
    assert [each.text for each in file.documents] == [VOTE]
    assert [each.message for each in file.problems] == ["a row without text; left out"]


def test_text_that_is_not_utf_8_is_read_in_its_own_encoding(tmp_path):
    latin = "Le maire a annoncé la fermeture du café.".encode("cp1252")
    texts = pa.array([latin]).view(pa.binary()).cast(pa.string(), safe=False)
    (one,) = read_columns(tmp_path, ".parquet", text=texts)
    assert one.text == latin.decode("cp1252")


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_cut_off_or_of_another_kind_is_one_sentence(tmp_path, kind):
    path = write(pa.table({"text": [VOTE] * 50}), tmp_path / f"a{kind}")
    path.write_bytes(path.read_bytes()[:40])
    (problem,) = read(path).problems
    assert problem.message.endswith("; left out")


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_without_text_names_its_columns(tmp_path, kind):
    path = write(pa.table({"name": ["a"]}), tmp_path / f"a{kind}")
    with pytest.raises(InputError, match="the columns are 'name'"):
        read(path)


def test_a_packed_table_is_read(tmp_path):
    path = write(pa.table({"text": [VOTE]}), tmp_path / "a.parquet")
    packed = tmp_path / "b.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert [each.text for each in read(packed).documents] == [VOTE]


def test_a_table_that_unfolds_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("embeddings.articles.parsing.unfolding.ALWAYS_READ", 1000)
    monkeypatch.setattr("embeddings.articles.parsing.unfolding.MOST_RATIO", 1)
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": ["a" * 100_000]}), path, use_dictionary=False)
    assert read(path).problems[0].message.startswith("it unfolds to more than")


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_stored_once_for_many_rows_does_not_fill_memory(tmp_path, kind):
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), ["word " * 20_000])
    file = read(write(pa.table({"text": once}), tmp_path / f"a{kind}", rows=1000))
    assert file.problems[-1].message.startswith("it unfolds to more than 64 MB")


def test_the_order_of_a_columns_dates_is_decided_by_all_its_rows(tmp_path):
    dates = ["03/05/2024"] * 5 + ["03/25/2024"]
    found = read_columns(tmp_path, ".parquet", text=[VOTE] * 6, date=dates)
    assert {each.published for each in found} == {"2024-03-05", "2024-03-25"}


CELLS = st.text(st.sampled_from("ab <>&;,\"'|\n\té中."), max_size=30)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_a_table_gives_the_same_articles_as_csv_and_in_every_typed_form(tmp_path, rows):
    names = ("id", "text", "title", "source")
    rows = [(f"n{number}", *row) for number, row in enumerate(rows)]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    plain = [replace(each, path="") for each in read(tmp_path / "a.csv").documents]
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
    for kind in KINDS:
        found = read(write(table, tmp_path / f"a{kind}")).documents
        assert [replace(each, path="") for each in found] == plain
