"""CSV as it is found: any delimiter, quotes doubled or escaped, lines above the header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import IO, Any

from embeddings.articles.formats.format import Record
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    MOST_ARTICLE,
    decoded_lines,
    find_encoding,
)

_DELIMITERS = ",;\t|"
# Excel writes the delimiter above the header, and reads it there.
_SEP_LINE = re.compile(r"""\s*["']?sep=(.)["']?\s*""", re.IGNORECASE)
# Lines in which the header is looked for.
_SAMPLE_LINES = 200
# A quote within a cell: escaped as MySQL, Spark and R write it, or doubled.
_ESCAPED = re.compile(rb'[^\\",;\t|\r\n]\\"[^",;\t|\r\n]')
_DOUBLED = re.compile(rb'[^",;\t|\r\n]""[^",;\t|\r\n]')
_BLOCK = 1 << 20


def read_csv_records(
    stream: IO[bytes], encoding: str, broken: Counter[str], skipped: list[str] | None = None
) -> tuple[list[str], Iterator[Record]]:
    """Read the header of a CSV or TSV file, and then its rows.

    The delimiter (``,`` ``;`` tab or ``|``) is the one that a line ``sep=`` names, else the
    one that the header has most of; cells may hold line breaks in quotes; a quote within a
    cell is doubled, or, where none is, escaped by a backslash. The header is the first row,
    or, where that has fewer cells than those below, the first that has as many. A row that
    is longer or shorter is read as far as it goes, and named as a problem. Of two columns
    of one name, the first is read.

    Args:
        stream: The file's bytes.
        encoding: What the user said, ``""`` to find out.
        broken: Counts, by encoding, the places that could not be decoded.
        skipped: Takes the lines above the header.

    Raises:
        BinaryDataError: The file is no text.
    """
    # Articles are longer than the 128 KiB to which the csv module limits a cell.
    csv.field_size_limit(MOST_ARTICLE)
    encoding, count = find_encoding(stream, encoding)
    broken.update({encoding: count} if count else {})
    style: dict[str, Any] = {"delimiter": ","}
    if _has_escaped_quotes(stream):
        style.update(escapechar="\\", doublequote=False)
    lines = decoded_lines(stream, encoding)
    sample = list(islice(lines, _SAMPLE_LINES))
    above = offset = 0
    if sample and (stated := _SEP_LINE.fullmatch(sample[0])):
        style["delimiter"] = stated[1]
        sample, offset = sample[1:], 1
    else:
        above, style["delimiter"] = _find_header(sample, style)
        offset = above
        if skipped is not None:
            skipped.extend(line.strip() for line in sample[:above] if line.strip())
    reader = csv.reader(chain(sample[above:], lines), **style)
    header = [name.strip() for name in next(reader, [])]
    return header, _read_rows(reader, header, offset)


def _has_escaped_quotes(stream: IO[bytes]) -> bool:
    escaped = doubled = False
    while block := stream.read(_BLOCK):
        escaped = escaped or bool(_ESCAPED.search(block))
        doubled = doubled or bool(_DOUBLED.search(block))
    stream.seek(0)
    return escaped and not doubled


def _find_header(sample: list[str], style: Mapping[str, Any]) -> tuple[int, str]:
    """Return how many lines stand above the header, and the delimiter."""
    first = sample[0] if sample else ""
    usual = max(_DELIMITERS, key=_outside_quotes(first).count)
    if usual in _outside_quotes(first):
        return 0, usual
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(iter(sample), **{**style, "delimiter": delimiter})
            rows, ends = [], []
            for row in reader:
                rows.append(row)
                ends.append(reader.line_num)
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width = widths.most_common(1)[0][0]
        at = next(place for place, row in enumerate(rows) if len(row) == width)
        names = [name.strip() for name in rows[at]]
        if widths[width] > 1 and all(names) and len(set(names)) == width:
            return (ends[at - 1] if at else 0), delimiter
    return 0, usual


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _read_rows(reader: Any, header: list[str], above: int) -> Iterator[Record]:
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
            yield Record(number, above + reader.line_num, None, f"{what}; left out")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        fields = {name: cells[at] for name, at in places.items() if at < len(cells)}
        differs = f"the row has {len(cells)} cells, the header {len(header)}; read as it stands"
        problem = differs if len(cells) != len(header) else ""
        yield Record(number, above + reader.line_num, fields, problem)
