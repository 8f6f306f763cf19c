"""JSON Lines and CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats.format import Row
from embeddings.articles.formats.tables import read_csv, read_json
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError


def rows(content: str | bytes, kind: str = "csv", **columns: str) -> list[Row[Document]]:
    data = content.encode("utf-8") if isinstance(content, str) else content
    reader = read_csv if kind == "csv" else read_json
    return _rows(reader(io.BytesIO(data), ReadOptions(columns=columns)))


def _rows(found: Iterable[Row[Document]]) -> list[Row[Document]]:
    return [row for row in found if not row.note]


def texts(found: list[Row[Document]]) -> list[str]:
    return [row.content.text for row in found if row.content is not None]


def about_the_file(found: list[Row[Document]]) -> list[str]:
    return [row.problem for row in found if row.line is None]


def test_usual_column_names_are_found_in_any_case() -> None:
    table = (
        "Headline,Body,Publisher,Published_At,Link,ID\nA,Text of it,Post,2013-05-11,http://x,7\n"
    )
    (row,) = rows(table)
    assert row.content == Document("7", "Text of it", "A", "Post", "2013-05-11", "http://x")


def test_named_columns_go_before_usual_ones() -> None:
    (row,) = rows("text,lead,outlet,paper\na,b,c,d\n", text="lead", source="paper")
    assert row.content is not None
    assert (row.content.text, row.content.source) == ("b", "d")


def test_csv_without_text_names_its_columns_and_the_option() -> None:
    with pytest.raises(InputError, match=r"'name', 'when'; .*--column text=NAME"):
        rows("name,when\na,b\n")


def test_named_column_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match=r"no column for --column text=lead: .*'body'"):
        rows("body,when\na,b\n", text="lead")


def test_named_column_that_is_missing_is_named_also_where_there_is_text() -> None:
    with pytest.raises(InputError, match=r"--column source=paper: .* --column source=NAME"):
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
    assert one.content is not None
    assert one.content.text == 'First "line",\nsecond'
    assert two.content is not None
    assert two.content.text == long.strip()


def test_ragged_rows_are_read_and_named() -> None:
    found = rows("text,title\nonly\na,b,c\nx,y\n")
    assert texts(found) == ["only", "a", "x"]
    assert [row.problem[:16] for row in found] == ["the row has 1 ce", "the row has 3 ce", ""]
    assert [row.line for row in found] == [2, 3, 4]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_table_in_another_encoding_is_read(encoding: str) -> None:
    table = "text,title\nGespräche gehen weiter – „trotz allem“ im Café,a\n"
    assert texts(rows(table.encode(encoding))) == ["Gespräche gehen weiter – „trotz allem“ im Café"]


def test_broken_byte_does_not_change_the_encoding_of_a_table() -> None:
    """Also where it lies beyond the part by which the encoding is found."""
    table = "text,title\n" + "Gespräche gehen weiter – „trotz allem“,a\n" * 30_000
    found = rows(table.encode() + b"Caf\xff,b\n")
    assert texts(found)[0] == "Gespräche gehen weiter – „trotz allem“"
    assert texts(found)[-1] == "Caf\ufffd"
    assert about_the_file(found) == ["1 character is not utf-8; shown as \ufffd"]


def test_table_is_utf_8_where_only_its_beginning_does_not_look_so() -> None:
    table = b"text,title\nbroken\xff,a\n" + b"plain words,b\n" * 80_000
    found = rows(table + "Gespräche gehen weiter\n".encode() * 10)
    assert texts(found)[-1] == "Gespräche gehen weiter"
    assert about_the_file(found) == ["1 character is not utf-8; shown as \ufffd"]


def test_table_with_legacy_bytes_only_is_not_utf_8() -> None:
    table = b"text,title\n" + b"plain words,b\n" * 80_000 + "Café,a\n".encode("cp1252")
    found = rows(table)
    assert texts(found)[-1] == "Café"
    assert about_the_file(found) == []


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_the_users_encoding_cannot_read_is_counted(kind: str) -> None:
    table = "text\nCafé\n" if kind == "csv" else '{"text": "Café"}\n'
    reader = read_csv if kind == "csv" else read_json
    found = _rows(reader(io.BytesIO(table.encode()), ReadOptions(encoding="ascii")))
    assert texts(found) == ["Caf\ufffd\ufffd"]
    assert about_the_file(found) == ["2 characters are not ascii; shown as \ufffd"]


def test_broken_byte_in_json_is_counted() -> None:
    line = '{"text": "Gespräche gehen ständig weiter, trotz alledem, für Männer'.encode()
    found = rows(line + b'\xff"}\n', "jsonl")
    assert texts(found)[0].endswith("Männer\ufffd")
    assert about_the_file(found) == ["1 character is not utf-8; shown as \ufffd"]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
def test_utf_16_is_read_with_its_mark_and_without(kind: str, mark: bytes) -> None:
    table = "text\nCafé\n" if kind == "csv" else '{"text": "Café"}\n'
    reader = read_csv if kind == "csv" else read_json
    data = mark + table.encode("utf-16-le")
    assert texts(_rows(reader(io.BytesIO(data), ReadOptions(encoding="utf-16")))) == ["Café"]


def test_json_line_ends_at_the_line_feed_in_every_encoding() -> None:
    line = '{"text":\r"One."}\n'
    assert texts(rows(line, "jsonl")) == texts(rows(line.encode("utf-16"), "jsonl")) == ["One."]


def test_broken_line_is_named_and_the_rest_is_read() -> None:
    found = rows('{"text": "One."}\n{"text": \n\n[1]\n{"text": "Two."}\n', "jsonl")
    assert texts(found) == ["One.", "Two."]
    assert [(row.line, row.problem[:10]) for row in found if row.problem] == [
        (2, "not JSON ("),
        (4, "a JSON lis"),
    ]


@pytest.mark.parametrize("end", ["… [+2310 chars]", "... [+9 chars]", " \n[+9 chars]"])
def test_cut_article_is_named_and_ends_where_it_was_cut(end: str) -> None:
    blanks = " " * 30_000  # read in time, however many there are
    text = f"Talks.{blanks}Resumed.{end}"
    found = rows(json.dumps({"text": text}), "jsonl")
    assert [one.removeprefix("Talks.").strip() for one in texts(found)] == ["Resumed."]
    assert any("cut short" in row.problem for row in found)


def test_rows_without_text_are_named() -> None:
    found = rows('{"text": ""}\n{"title": "x"}\n{"text": null}\n{"text": "One."}\n', "jsonl")
    assert texts(found) == ["One."]
    assert [row.line for row in found if row.problem == "a row without text; left out"] == [1, 2, 3]


def test_json_without_any_text_names_its_keys() -> None:
    with pytest.raises(InputError, match=r"the columns are 'a', 'b'; .*--column text=NAME"):
        rows('{"a": 1}\n{"b": 2}\n', "jsonl")


def test_named_key_that_no_row_has_is_named_and_the_file_is_read() -> None:
    found = rows('{"text": "One.", "when": "2013"}\n{"text": "Two."}\n', "jsonl", date="wen")
    assert texts(found) == ["One.", "Two."]
    assert about_the_file(found) == [
        "no column for --column date=wen: the columns are 'text', 'when'; "
        "name the right one with --column date=NAME; read without it"
    ]


def test_named_key_that_one_row_has_is_no_problem() -> None:
    found = rows('{"text": "One."}\n{"text": "Two.", "when": "2013"}\n', "jsonl", date="when")
    assert about_the_file(found) == []
    (one, two) = (row.content for row in found)
    assert one is not None
    assert two is not None
    assert (one.published, two.published) == ("", "2013")


def test_named_key_of_the_text_that_no_row_has_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no column for --column text=lead: .*'body'"):
        rows('{"body": "One."}\n', "jsonl", date="wen", text="lead")


def test_json_values_become_text() -> None:
    line = {"content": ["One.", "Two."], "source": {"id": None, "name": "Post"}, "id": 7}
    (row,) = rows(json.dumps(line), "jsonl")
    assert row.content is not None
    assert (row.content.text, row.content.source, row.content.id) == ("One.\n\nTwo.", "Post", "7")


def test_lone_surrogates_and_nul_do_not_reach_the_text() -> None:
    (row,) = rows('{"text": "a\\ud800b\\u0000c \\ud83d\\ude00"}', "jsonl")
    assert row.content is not None
    assert row.content.text == "a\ufffdb c 😀"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_no_field_of_a_row_keeps_control_characters(kind: str) -> None:
    stated = "words of an article " * 9 + "a\x1b\x02b\x9bc"
    fields = dict.fromkeys(("text", "title", "source", "url", "id"), stated)
    fields["date"] = "2013-05-11\x03"
    cells = [",".join(fields), ",".join(fields.values())]
    (row,) = rows("\n".join(cells) if kind == "csv" else json.dumps(fields), kind)
    cleaned = "words of an article " * 9 + "a  b c"
    assert row.content == Document(cleaned, cleaned, cleaned, cleaned, "2013-05-11", cleaned)


def test_one_line_in_another_encoding_does_not_spoil_the_others() -> None:
    lines = '{"text": "Gespräche"}\n'.encode() + '{"text": "Café"}\n'.encode("cp1252")
    assert texts(rows(lines, "jsonl")) == ["Gespräche", "Café"]


def test_date_that_is_not_understood_is_named() -> None:
    (row,) = rows('{"text": "One.", "date": "soon"}', "jsonl")
    assert row.content is not None
    assert row.problem == "the date 'soon' was not understood"


@pytest.mark.parametrize(
    ("top", "published"),
    [
        ("Published: 5 March 2024", "2024-03-05"),
        ("By Ann Wells, March 5, 2024", "2024-03-05"),
        ("The ferry sailed on 5 March 2024.", ""),
        ("March 2020\n\nIt began.\n\nApril 2020\n\nMay 2020\n\nJune 2020", ""),
    ],
)
def test_row_without_a_date_has_that_of_its_own_date_line(top: str, published: str) -> None:
    text = f"{top}\n\nThe ferry sailed at noon with nobody on board."
    (row,) = rows(json.dumps({"text": text}), "jsonl")
    assert row.content is not None
    assert row.content.published == published
    (row,) = rows(json.dumps({"text": text, "date": "2023-01-02"}), "jsonl")
    assert row.content is not None
    assert row.content.published == "2023-01-02"


def test_table_without_text_is_a_problem_where_it_was_not_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text("name,when\na,b\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "One."}\n', encoding="utf-8")
    found = list(read_paths([tmp_path], ReadOptions(), {}))
    assert [d.id for f in found for d in f.documents] == [f"{tmp_path.resolve()}/b.jsonl#1"]
    (problem,) = [p for f in found for p in f.problems]
    assert problem.message.startswith("left out: no column of article text")
    with pytest.raises(InputError, match=r"a\.csv: no column of article text"):
        list(read_paths([tmp_path / "a.csv"], ReadOptions(), {}))


def test_a_table_without_rows_says_nothing_of_its_columns() -> None:
    assert list(read_csv(io.BytesIO(b"title,text\n"), ReadOptions())) == []


def test_a_date_that_counts_back_needs_a_column_of_when_it_was_fetched() -> None:
    table = "text,date,date_download\na,3 hours ago,2024-03-05 21:10:00\nb,3 hours ago,\nc,x,x\n"
    found = list(read_csv(io.BytesIO(table.encode()), ReadOptions()))
    assert [row.content.published for row in found if row.content] == ["2024-03-05", "", ""]
    assert [row.problem for row in found if row.content] == [
        "",
        "the date '3 hours ago' was not understood",
        "the date 'x' was not understood",
    ]
    assert [row.note for row in found if row.note] == [
        "1 of its dates count back from when it was fetched"
    ]


def test_names_of_columns_that_say_what_they_are_are_not_told() -> None:
    names = [f"n{number}" for number in range(14)]
    for header, note in (
        (["Text", "title", "outlet", "date"], []),
        (["text", *names], [f"not used: {', '.join(names[:12])} and 2 more"]),
        (["body", "url"], ["text from body, outlet from the address"]),
    ):
        table = f"{','.join(header)}\n{','.join(['http://x.y/1'] * len(header))}\n"
        found = read_csv(io.BytesIO(table.encode()), ReadOptions())
        assert [row.note for row in found if row.note] == note
