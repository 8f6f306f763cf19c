"""A file of labels given by hand, and the passages and articles its rows speak of."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.articles.parsing.decoding import BinaryDataError, clean, decode
from embeddings.errors import InputError

# Names under which a table may keep a field, the likeliest first. "topic" is not among
# those of the label: `topicwire export` writes our own topics there.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "label": ("label", "labels", "class", "category", "gold", "true_label", "gold_label"),
    "passage": ("passage_id", "passage"),
    "document": ("document_id", "doc_id", "article_id", "document", "article", "id", "uuid"),
    "position": ("position",),
    "start": ("start", "offset", "start_offset"),
    "url": ("url", "link", "href"),
    "path": ("path", "file", "filename", "file_name"),
    "text": ("text", "body", "content", "passage_text"),
}
# Fields of which any one says what a row speaks of.
KEYS = ("passage", "document", "url", "path", "text")
_FIELDS = ", ".join(COLUMN_NAMES)
_JSON, _CSV = (".jsonl", ".ndjson"), (".csv", ".tsv")
# Columns that a message names.
_NAMED_COLUMNS = 30

# The line or row, and what stands in it by column.
_Record = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of a file of labels.

    Attributes:
        line: The line of a JSON Lines file, the row of a CSV file (header not counted).
        label: Not empty.
        fields: What says which passage or article it speaks of, by field; none is empty.
    """

    line: int
    label: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class LabelTable:
    """A file of labels as read.

    Attributes:
        path: The file.
        count: Rows in it, empty lines not counted.
        rows: Those that have a label and say what they speak of.
        problems: Why each of the others is of no use, with their lines.
    """

    path: Path
    count: int
    rows: tuple[LabelRow, ...]
    problems: Mapping[str, list[int]]


def read_labels(path: Path, columns: Mapping[str, str] | None = None) -> LabelTable:
    """Read labels from a .jsonl or .csv file (also .ndjson, .tsv, and .gz of each).

    Args:
        path: The file.
        columns: The column or key that holds a field of ``COLUMN_NAMES``; others are
            found by their usual names, in any case.

    Raises:
        InputError: The file is missing, of another kind or no text, has no rows, no column
            of labels, or none that says which passages they are of.
    """
    chosen = dict(columns or {})
    unknown = next((name for name in chosen if name not in COLUMN_NAMES), None)
    if unknown is not None:
        raise InputError(
            f"--column {unknown}={chosen[unknown]} names no field of a file of labels; the fields "
            f"are {_FIELDS}: type, for example, --column label=NAME."
        )
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((*_JSON, *_CSV)):
        raise InputError(f"{path} has no known ending; give labels in a .jsonl or .csv file.")
    text = _read_text(path)
    if name.endswith(_JSON):
        records, broken = _json_records(text, path)
    else:
        records, broken = _csv_records(text, path), []
    if not records:
        raise InputError(f"{path} holds no rows; give one labelled passage or article a row.")
    taken = _match_columns(
        dict.fromkeys(key for _, record in records for key in record), chosen, path
    )
    rows: list[LabelRow] = []
    problems: dict[str, list[int]] = {"the line is no JSON object": broken} if broken else {}
    for line, record in records:
        fields = {name: _as_text(record.get(column)) for name, column in taken.items()}
        label = " ".join(fields.pop("label").split())
        fields = {name: value for name, value in fields.items() if value.strip()}
        if not label:
            problems.setdefault("the row has no label", []).append(line)
        elif not any(key in fields for key in KEYS):
            problems.setdefault("the row does not say what it is a label of", []).append(line)
        else:
            rows.append(LabelRow(line, label, fields))
    return LabelTable(path, len(records) + len(broken), tuple(rows), problems)


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"{path} does not exist; give a .jsonl or .csv file of labels.")
    try:
        data = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
        return decode(data).text
    except BinaryDataError as error:
        raise InputError(
            f"{path} is no text but binary data; give a .jsonl or .csv file."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}; give a whole file.") from error


def _json_records(text: str, path: Path) -> tuple[list[_Record], list[int]]:
    """Return the objects with their lines, and the lines that hold none."""
    records: list[_Record] = []
    broken: list[int] = []
    # Not splitlines: JSON strings may hold line separators of Unicode as they are.
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            records.append((line, value))
        else:
            broken.append(line)
    if broken and not records:
        raise InputError(
            f"No line of {path} is a JSON object; write one a line: "
            '{"document_id": "a1", "label": "sport"}.'
        )
    return records, broken


def _csv_records(text: str, path: Path) -> list[_Record]:
    """Return the rows with their numbers, the header not counted."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # articles are longer than its 128 KiB
    first = "".join(text.partition("\n")[0].split('"')[::2])
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t|", key=first.count))
    try:
        header = [name.strip() for name in next(reader, [])]
        filled = (cells for cells in reader if any(cell.strip() for cell in cells))
        # The first of two columns of one name, as where articles are read.
        places = {name: header.index(name) for name in header}
        return [
            (row, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})
            for row, cells in enumerate(filled, start=1)
        ]
    except csv.Error as error:
        raise InputError(
            f"{path} is no CSV near its line {reader.line_num} ({error}); mend that line."
        ) from error


def _match_columns(
    seen: Mapping[str, None], chosen: Mapping[str, str], path: Path
) -> dict[str, str]:
    """Return the column of each field: the one chosen, else one with a usual name."""
    shown = ", ".join(repr(name) for name in list(seen)[:_NAMED_COLUMNS]) or "none"
    if len(seen) > _NAMED_COLUMNS:
        shown += f" and {len(seen) - _NAMED_COLUMNS} more"
    for name, column in chosen.items():
        if column not in seen:
            raise InputError(
                f"{path} has no column for --column {name}={column}: the columns are {shown}."
            )
    used = set(chosen.values())
    folded = {name.strip().casefold(): name for name in reversed(list(seen)) if name not in used}
    columns = dict(chosen)
    for name, usual in COLUMN_NAMES.items():
        match = next((folded[each] for each in usual if each in folded), None)
        if name not in chosen and match is not None:
            columns[name] = match
    if "label" not in columns:
        raise InputError(
            f"{path} has no column of labels: the columns are {shown}; "
            "name the right one with --column label=NAME."
        )
    if not any(key in columns for key in KEYS):
        raise InputError(
            f"{path} has labels, but no column that says of which passage or article: the columns "
            f"are {shown}; name one with --column {'|'.join(KEYS)}=NAME."
        )
    return columns


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return clean(str(value)) if isinstance(value, (str, int, float)) and value == value else ""
