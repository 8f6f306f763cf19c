"""What is written for a spreadsheet is data there, and comes back."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import pytest

from topics.answers.spreadsheets import write_table
from topics.answers.tables import to_arrow


@dataclass(frozen=True)
class Row:
    text: str
    number: int


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_text(tmp_path, start):
    path = tmp_path / "out.csv"
    write_table(path, to_arrow([Row(f"{start}1+1", -1), Row("a=1", 1)]))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["text", "number"], [f"'{start}1+1", "-1"], ["a=1", "1"]]
