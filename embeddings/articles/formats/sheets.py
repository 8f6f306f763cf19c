"""Workbooks of Excel and OpenDocument: a table of articles on each sheet that has text."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from embeddings.articles.formats import sheet_rows
from embeddings.articles.formats.columns import match_columns
from embeddings.articles.formats.format import Format, Record, Row, about_file
from embeddings.articles.formats.tables import COLUMN_NAMES, read_table
from embeddings.articles.parsing.decoding import RefusedError
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

# Rows in which the header is looked for.
_SAMPLE_ROWS = 200
_SECONDS = 600
# A workbook that needs a password is packed in another kind of file, in a part of this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class _Sheet(NamedTuple):
    """A sheet of a workbook.

    Attributes:
        name: As its tab shows it.
        start: Where its rows begin among the lines read of the workbook.
        above: How many rows stand above its header.
        unread: How many of them are not empty.
        header: The names of its columns, ``""`` where there is none.
    """

    name: str
    start: int
    above: int
    unread: int
    header: Sequence[str]


def read_workbook(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the sheets that have a column of text, one article a row.

    Rows are numbered through all sheets; ``Row.line`` is the row on its sheet, as it shows
    there. A sheet that is not empty and has no text is named.

    Raises:
        RefusedError: It needs a password, is damaged, or takes too much memory or time.
        InputError: No sheet has a column of text.
    """
    with tempfile.TemporaryFile() as lines:
        _read_rows(stream, lines)
        sheets = [sheet for sheet in _list_sheets(lines) if any(sheet.header)]
        found = [sheet for sheet in sheets if _has_text(sheet, options)]
        number = 0
        for sheet in found or sheets[:1]:
            header = list(dict.fromkeys(filter(None, sheet.header)))
            read = partial(_read_sheet, lines, sheet, number)
            about = f"sheet {sheet.name!r}: " if len(sheets) > 1 else ""
            if sheet.unread:
                are = "row stands" if sheet.unread == 1 else "rows stand"
                yield about_file(f"{about}{sheet.unread} {are} above the header, not read")
            for row in read_table(read, options, header):
                number = max(number, row.number)
                yield row._replace(note=about + row.note) if row.note else row
        for sheet in sheets:
            if sheet not in found:
                named = ", or not those that were named" if options.columns else ""
                yield about_file(f"sheet {sheet.name!r} has no column of text{named}; left out")


def _has_text(sheet: _Sheet, options: ReadOptions) -> bool:
    usual = {"text": COLUMN_NAMES["text"]}
    is_text = bool(match_columns(sheet.header, options.columns, usual))
    return is_text and set(options.columns.values()) <= set(sheet.header)


def _read_rows(stream: IO[bytes], lines: IO[bytes]) -> None:
    """Have the rows written by a process of its own, whose end is not that of this one."""
    with tempfile.TemporaryFile() as workbook:
        shutil.copyfileobj(stream, workbook)
        workbook.seek(0)
        if _ENCRYPTED in workbook.read(1 << 20):
            raise RefusedError(sheet_rows.PASSWORD)
        workbook.seek(0)
        program = [sys.executable, "-P", str(Path(sheet_rows.__file__))]
        try:
            done = subprocess.run(  # noqa: S603
                program,
                stdin=workbook,
                stdout=lines,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RefusedError(f"it takes more than {_SECONDS // 60} minutes to read") from error
    if done.returncode:
        most = sheet_rows.MOST_MEMORY >> 30
        raise RefusedError(f"it is damaged, or takes more than {most} GB of memory to read")


def _list_sheets(lines: IO[bytes]) -> Iterator[_Sheet]:
    lines.seek(0)
    name, start, sample = "", 0, list[list[str]]()
    while line := lines.readline():
        value = json.loads(line)
        if isinstance(value, list):
            sample += [value] if len(sample) < _SAMPLE_ROWS else []
            continue
        if "error" in value:
            raise RefusedError(value["error"])
        if name:
            yield _find_header(name, start, sample)
        name, start, sample = value["sheet"], lines.tell(), []
    if name:
        yield _find_header(name, start, sample)


def _find_header(name: str, start: int, sample: Sequence[Sequence[str]]) -> _Sheet:
    """Find the first row that has as many cells as rows mostly have, each another text."""
    filled = [[cell.strip() for cell in row if cell.strip()] for row in sample]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    usual = widths.most_common(1)[0][0] if widths else 1
    rows = range(len(filled))
    likely = (
        at for at in rows if len(filled[at]) >= usual and len(set(filled[at])) == len(filled[at])
    )
    above = next(likely, 0)
    header = [cell.strip() for cell in sample[above]] if sample else []
    return _Sheet(name, start, above, sum(map(bool, filled[:above])), header)


def _read_sheet(lines: IO[bytes], sheet: _Sheet, before: int) -> Iterator[Record]:
    lines.seek(sheet.start)
    places = {name: sheet.header.index(name) for name in sheet.header if name}
    rows = iter(lines.readline, b"")
    number = before
    for row, line in enumerate(islice(rows, sheet.above + 1, None), start=sheet.above + 2):
        cells = json.loads(line)
        if not isinstance(cells, list):
            return
        if any(cell.strip() for cell in cells):
            number += 1
            yield Record(number, row, {name: cells[at] for name, at in places.items()})


SHEETS = Format(
    (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"),
    read_workbook,
    has_rows=True,
    library="python-calamine",
)
