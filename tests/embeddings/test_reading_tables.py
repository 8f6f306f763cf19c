"""JSON Lines and CSV."""

from __future__ import annotations

import io
import json

import pytest

from embeddings.errors import InputError
from embeddings.reading.files import read_paths
from embeddings.reading.results import ReadOptions
from embeddings.reading.tables import Row, read_csv, read_json_lines


def rows(content: str | bytes, kind: str = "csv", **columns: str) -> list[Row]:
    data = content.encode("utf-8") if isinstance(content, str) else content
    reader = read_csv if kind == "csv" else read_json_lines
    return list(reader(io.BytesIO(data), ReadOptions(columns=columns)))


def texts(found: list[Row]) -> list[str]:
    return [row.article.text for row in found if row.article is not None]


def test_usual_column_names_are_found_in_any_case() -> None:
    table = (
        "Headline,Body,Publisher,Published_At,Link,ID\nA,Text of it,Post,2013-05-11,http://x,7\n"
    )
    (row,) = rows(table)
    assert row.article == ("Text of it", "A", "2013-05-11", "Post", "http://x", "7")


def test_named_columns_go_before_usual_ones() -> None:
    (row,) = rows("text,lead,outlet,paper\na,b,c,d\n", text="lead", source="paper")
    assert row.article is not None
    assert (row.article.text, row.article.source) == ("b", "d")


def test_csv_without_text_names_its_columns_and_the_option() -> None:
    with pytest.raises(InputError, match=r"'name', 'when'; .*--column text=NAME"):
        rows("name,when\na,b\n")


def test_named_column_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match=r"no column for --column text=lead: .*'body'"):
        rows("body,when\na,b\n", text="lead")


def test_named_column_that_is_missing_is_named_also_where_there_is_text() -> None:
    with pytest.raises(InputError, match=r"no column for --column source=paper"):
        rows("body,when\na,b\n", source="paper")


def test_field_that_no_article_has_is_named() -> None:
    with pytest.raises(InputError, match=r"--column author=x .*the fields are id, text"):
        rows("text,x\na,b\n", author="x")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    assert texts(rows(delimiter.join(["title", "text"]) + "\n" + delimiter.join("ab"))) == ["b"]


def test_cells_may_hold_line_breaks_quotes_and_much_text() -> None:
    long = "word " * 60_000
    (one, two) = rows(f'text,title\n"First ""line"",\nsecond",a\n"{long}",b\n')
    assert one.article is not None
    assert one.article.text == 'First "line",\nsecond'
    assert two.article is not None
    assert two.article.text == long


def test_ragged_rows_are_read_and_named() -> None:
    found = rows("text,title\nonly\na,b,c\nx,y\n")
    assert texts(found) == ["only", "a", "x"]
    assert [row.problem[:16] for row in found] == ["the row has 1 ce", "the row has 3 ce", ""]
    assert [row.line for row in found] == [2, 3, 4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_table_in_another_encoding_is_read(encoding: str) -> None:
    table = "text,title\nGespräche gehen weiter – „trotz allem“ im Café,a\n"
    assert texts(rows(table.encode(encoding))) == ["Gespräche gehen weiter – „trotz allem“ im Café"]


def test_broken_line_is_named_and_the_rest_is_read() -> None:
    found = rows('{"text": "One."}\n{"text": \n\n[1]\n{"text": "Two."}\n', "jsonl")
    assert texts(found) == ["One.", "Two."]
    assert [(row.line, row.problem[:10]) for row in found if row.problem] == [
        (2, "not JSON ("),
        (4, "a JSON lis"),
    ]


def test_rows_without_text_are_named() -> None:
    found = rows('{"text": ""}\n{"title": "x"}\n{"text": null}\n{"text": "One."}\n', "jsonl")
    assert texts(found) == ["One."]
    assert [row.line for row in found if row.problem == "a row without text; left out"] == [1, 2, 3]


def test_json_without_any_text_names_its_keys() -> None:
    with pytest.raises(InputError, match=r"the columns are 'a', 'b'; .*--column text=NAME"):
        rows('{"a": 1}\n{"b": 2}\n', "jsonl")


def test_json_values_become_text() -> None:
    line = {"content": ["One.", "Two."], "source": {"id": None, "name": "Post"}, "id": 7}
    (row,) = rows(json.dumps(line), "jsonl")
    assert row.article is not None
    assert (row.article.text, row.article.source, row.article.id) == ("One.\n\nTwo.", "Post", "7")


def test_lone_surrogates_and_nul_do_not_reach_the_text() -> None:
    (row,) = rows('{"text": "a\\ud800b\\u0000c \\ud83d\\ude00"}', "jsonl")
    assert row.article is not None
    assert row.article.text == "a\ufffdbc 😀"


def test_one_line_in_another_encoding_does_not_spoil_the_others() -> None:
    lines = '{"text": "Gespräche"}\n'.encode() + '{"text": "Café"}\n'.encode("cp1252")
    assert texts(rows(lines, "jsonl")) == ["Gespräche", "Café"]


def test_date_that_is_not_understood_is_named() -> None:
    (row,) = rows('{"text": "One.", "date": "soon"}', "jsonl")
    assert row.article is not None
    assert row.problem == "the date 'soon' was not understood"


def test_table_without_text_is_a_problem_where_it_was_not_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text("name,when\na,b\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "One."}\n', encoding="utf-8")
    found = list(read_paths([tmp_path], ReadOptions(), {}))
    assert [d.id for f in found for d in f.documents] == [f"{tmp_path.resolve()}/b.jsonl#1"]
    (problem,) = [p for f in found for p in f.problems]
    assert problem.message.startswith("left out: no column of article text")
    with pytest.raises(InputError, match=r"a\.csv: no column of article text"):
        list(read_paths([tmp_path / "a.csv"], ReadOptions(), {}))
