"""What commands print."""

from __future__ import annotations

from topics.cli.output import RIGHT, list_outlets, print_table, show


def test_a_table_shows_text_as_it_is_and_on_one_line(capsys):
    print_table({"id": RIGHT, "name": 1}, [(1, "[red]two\nlines\x1b[31m"), (20, "x")])
    _, _, first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["1", "[red]two", "lines", "[31m"]
    assert second.startswith("20")


def test_a_column_of_empty_cells_is_left_out_unless_there_are_no_rows(capsys):
    print_table({"a": 0, "b": 0, "c": 0}, [("1", "", "2"), ("3", "", "4")])
    assert capsys.readouterr().out.split("\n")[0].split() == ["a", "c"]
    print_table({"a": 0, "b": 0}, [])
    assert capsys.readouterr().out.split("\n")[0].split() == ["a", "b"]


def test_outlets_beyond_the_most_are_counted():
    outlets = [("Post", 3), ("", 2), ("Echo", 1)]
    assert list_outlets(outlets, 2) == "Post 3, unknown 2 and 1 more"
    assert list_outlets(outlets, 3) == "Post 3, unknown 2, Echo 1"


def test_a_result_is_shown_as_json_or_in_words(capsys):
    show([1], True, print)
    show([1], False, print)
    assert capsys.readouterr().out == "[\n  1\n]\n[1]\n"
