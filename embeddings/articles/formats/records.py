"""Tables as they stand, JSON Lines and CSV: records by column, for articles and labels."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import IO, Any

from embeddings.articles.formats.format import Row
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    LONG_LINE,
    MOST_ARTICLE,
    MOST_LINE,
    BinaryDataError,
    decode,
    decoded_lines,
    detect,
    find_encoding,
    peek,
)
from embeddings.errors import InputError

JSON_ENDINGS, CSV_ENDINGS = (".jsonl", ".ndjson"), (".csv", ".tsv")
# Columns that a message names, and keys of JSON objects that are kept for it.
NAMED_COLUMNS = 30


Record = Row[Mapping[str, Any]]
"""One row of a table, by column."""


def read_json_records(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[Record]:
    """Read one JSON object a line; a broken line is a problem, and the rest is read.

    Args:
        stream: The file's bytes.
        encoding: What the user said, ``""`` to find out.
        broken: Counts, by encoding, the places that could not be decoded.

    Raises:
        BinaryDataError: The file is no text.
    """
    for number, line in enumerate(_json_lines(stream, encoding, broken), start=1):
        if line is None:
            yield Record(number, number, None, f"{LONG_LINE}; left out")
            continue
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "") or "it is nested too deeply"
            yield Record(number, number, None, f"not JSON ({reason}); the line was left out")
            continue
        if isinstance(value, dict):
            yield Record(number, number, value)
        else:
            kind = type(value).__name__
            yield Record(number, number, None, f"a JSON {kind}, not an object; left out")


def read_csv_records(
    stream: IO[bytes], encoding: str, broken: Counter[str]
) -> tuple[list[str], Iterator[Record]]:
    """Read the header of a CSV or TSV file, and then its rows; arguments as for JSON Lines.

    The delimiter (``,`` ``;`` tab or ``|``) is the one that the first row has most of;
    cells may hold line breaks in quotes. A row that is longer or shorter than the first
    is read as far as it goes, and named as a problem. Of two columns of one name, the
    first is read.

    Raises:
        BinaryDataError: The file is no text.
    """
    # Articles are longer than the 128 KiB to which the csv module limits a cell.
    csv.field_size_limit(MOST_ARTICLE)
    encoding, count = find_encoding(stream, encoding)
    broken.update({encoding: count} if count else {})
    lines = decoded_lines(stream, encoding)
    first = next(lines, "")
    outside_quotes = "".join(first.split('"')[::2])
    delimiter = max(",;\t|", key=outside_quotes.count)
    reader = csv.reader(chain([first] if first else [], lines), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]

    def read_rows() -> Iterator[Record]:
        places = {name: header.index(name) for name in header}
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                what = LONG_ARTICLE if "field limit" in str(error) else f"not CSV ({error})"
                yield Record(number, reader.line_num, None, f"{what}; left out")
                continue
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            fields = {name: cells[at] for name, at in places.items() if at < len(cells)}
            differs = f"the row has {len(cells)} cells, the header {len(header)}; read as it stands"
            problem = differs if len(cells) != len(header) else ""
            yield Record(number, reader.line_num, fields, problem)

    return header, read_rows()


def match_columns(
    names: Iterable[str], chosen: Mapping[str, str], usual: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return the column of each field: the one chosen, else one with a usual name.

    Args:
        names: The columns there are.
        chosen: Columns by field, as the user said; those that are not there are left out.
        usual: The usual names of each field's column, the likeliest first.
    """
    there = list(names)
    folded = {name.strip().casefold(): name for name in reversed(there)}
    columns = {field: name for field, name in chosen.items() if name in there}
    for field, likely in usual.items():
        name = next((folded[each] for each in likely if each in folded), None)
        if field not in chosen and name is not None:
            columns[field] = name
    return columns


def expect_fields(
    columns: Mapping[str, str], fields: Iterable[str], owner: str, example: str
) -> None:
    """Refuse a column that was chosen for no field.

    Raises:
        InputError: It names the fields of ``owner`` and what to type.
    """
    known = list(fields)
    if wrong := next((field for field in columns if field not in known), None):
        raise InputError(
            f"--column {wrong}={columns[wrong]} names no field of {owner}; the fields are "
            f"{', '.join(known)}: type, for example, --column {example}=NAME"
        )


def _json_lines(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[str | None]:
    """Decode line by line: one line in another encoding does not spoil the rest.

    A line longer than ``MOST_LINE`` is ``None``.
    """
    if encoding or detect(peek(stream)).startswith(("utf-16", "utf-32")):
        encoding, count = find_encoding(stream, encoding)
        broken.update({encoding: count} if count else {})
        yield from decoded_lines(stream, encoding, newline="\n")
        return
    index = -1
    while line := stream.readline(MOST_LINE):
        index += 1
        if len(line) == MOST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MOST_LINE)
            yield None
            continue
        if index == 0 and line.startswith(b"\xef\xbb\xbf"):
            line = line[3:]
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            try:
                found = decode(line)
            except BinaryDataError:
                found = decode(line, "utf-8")
            broken.update({found.encoding: found.replaced} if found.replaced else {})
            yield found.text
