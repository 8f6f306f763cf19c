"""Tables: JSON Lines and CSV, one article a row."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, NamedTuple

from embeddings.articles.formats.plain import Article
from embeddings.articles.parsing.dates import parse_date
from embeddings.articles.parsing.decoding import (
    BinaryDataError,
    clean,
    decode,
    decoded_lines,
    describe_replaced,
    detect,
    find_encoding,
    peek,
)
from embeddings.articles.parsing.results import ReadOptions
from embeddings.errors import InputError

# Names under which tables of news keep a field, the likeliest first.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "doc_id", "document_id", "uuid", "guid"),
    "text": (
        "text",
        "body",
        "content",
        "article",
        "full_text",
        "fulltext",
        "article_text",
        "story",
    ),
    "title": ("title", "headline", "heading"),
    "source": ("source", "outlet", "publisher", "publication", "domain", "site", "newspaper"),
    "date": (
        "date",
        "published",
        "published_at",
        "publishedat",
        "publication_date",
        "pubdate",
        "published_date",
        "datetime",
        "timestamp",
        "created_at",
    ),
    "url": ("url", "link", "href", "source_url", "canonical_url"),
}
_FIELDS = ", ".join(COLUMN_NAMES)
# Columns that a message names, and keys of JSON objects that are kept for it.
_NAMED_COLUMNS = 30


class Row(NamedTuple):
    """One row: its article, or why there is none; or a problem of the whole file.

    Attributes:
        number: The line of a JSON Lines file, the row of a CSV file (header not counted);
            0 for a problem of the whole file.
        line: The line in the file where it ends; ``None`` for a problem of the whole file.
        article: ``None`` where the row has no text or cannot be read.
        problem: What is wrong with it, ``""`` for nothing.
    """

    number: int
    line: int | None
    article: Article | None
    problem: str


def _about_file(problem: str) -> Row:
    return Row(0, None, None, problem)


def read_json_lines(stream: IO[bytes], options: ReadOptions) -> Iterator[Row]:
    """Read one JSON object a line; a broken line is a problem, and the rest is read.

    A key named in the options that is in none of the objects is a problem of the file;
    so are places that cannot be decoded.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No object has the key of the text.
    """
    chosen = _checked(options)
    seen: dict[str, None] = {}
    missing = set(chosen)
    found_text = False
    broken: Counter[str] = Counter()
    for number, line in enumerate(_json_text_lines(stream, options.encoding, broken), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "") or "it is nested too deeply"
            yield Row(number, number, None, f"not JSON ({reason}); the line was left out")
            continue
        if not isinstance(value, dict):
            kind = type(value).__name__
            yield Row(number, number, None, f"a JSON {kind}, not an object; left out")
            continue
        columns = _match_columns(value, chosen)
        found_text = found_text or "text" in columns
        if missing or not found_text:
            missing -= columns.keys()
            seen.update(dict.fromkeys(list(value)[: max(0, _NAMED_COLUMNS - len(seen))]))
        yield _row(number, number, {k: _as_text(value[v]) for k, v in columns.items()}, options)
    if seen and not found_text:
        raise InputError(_no_column("text", list(seen), chosen))
    for field in sorted(missing if seen else ()):
        yield _about_file(f"{_no_column(field, list(seen), chosen)}; read without it")
    for encoding, count in sorted(broken.items()):
        yield _about_file(describe_replaced(count, encoding))


def read_csv(stream: IO[bytes], options: ReadOptions) -> Iterator[Row]:
    """Read a CSV or TSV file whose first row names its columns.

    The delimiter (``,`` ``;`` tab or ``|``) is the one that the first row has most of;
    cells may hold line breaks in quotes. A row that is longer or shorter than the first
    is read as far as it goes, and named as a problem.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No column holds the text, or one named in the options is missing.
    """
    chosen = _checked(options)
    # Articles are longer than the 128 KiB to which the csv module limits a cell.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    encoding, broken = find_encoding(stream, options.encoding)
    lines = decoded_lines(stream, encoding)
    first = next(lines, "")
    delimiter = max(",;\t|", key=_outside_quotes(first).count)
    reader = csv.reader(_chain(first, lines), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    columns = _match_columns(dict.fromkeys(header), chosen)
    for field in ("text", *chosen):
        if field not in columns:
            raise InputError(_no_column(field, header, chosen))
    if broken:
        yield _about_file(describe_replaced(broken, encoding))
    places = {field: header.index(name) for field, name in columns.items()}
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Row(number, reader.line_num, None, f"not CSV ({error}); left out")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        fields = {f: cells[p] for f, p in places.items() if p < len(cells)}
        row = _row(number, reader.line_num, fields, options)
        if len(cells) != len(header) and not row.problem:
            message = f"the row has {len(cells)} cells, the header {len(header)}; read as it stands"
            row = row._replace(problem=message)
        yield row


def _row(number: int, line: int, fields: Mapping[str, str], options: ReadOptions) -> Row:
    fields = {name: clean(value) for name, value in fields.items()}
    if not fields.get("text", "").strip():
        return Row(number, line, None, "a row without text; left out")
    stated = fields.get("date", "").strip()
    published = parse_date(stated, options.date_order)
    problem = f"the date {stated[:40]!r} was not understood" if stated and not published else ""
    article = Article(
        fields["text"],
        fields.get("title", "").strip(),
        published,
        fields.get("source", "").strip(),
        fields.get("url", "").strip(),
        fields.get("id", "").strip(),
    )
    return Row(number, line, article, problem)


def _checked(options: ReadOptions) -> dict[str, str]:
    unknown = [field for field in options.columns if field not in {*COLUMN_NAMES, "published"}]
    if unknown:
        raise InputError(
            f"--column {unknown[0]}={options.columns[unknown[0]]} names no field of an article; "
            f"the fields are {_FIELDS}: type, for example, --column text=NAME"
        )
    return {("date" if f == "published" else f): name for f, name in options.columns.items()}


def _match_columns(names: Mapping[str, object], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field: the one chosen, else one with a usual name."""
    folded = {name.strip().casefold(): name for name in reversed(list(names))}
    columns = {field: name for field, name in chosen.items() if name in names}
    for field, usual in COLUMN_NAMES.items():
        if field in chosen:
            continue
        name = next((folded[each] for each in usual if each in folded), None)
        if name is not None:
            columns[field] = name
    return columns


def _no_column(field: str, seen: list[str], chosen: Mapping[str, str]) -> str:
    names = ", ".join(repr(name) for name in seen[:_NAMED_COLUMNS]) or "none"
    named = field in chosen
    what = (
        f"no column for --column {field}={chosen[field]}" if named else "no column of article text"
    )
    return f"{what}: the columns are {names}; name the right one with --column {field}=NAME"


def _as_text(value: object) -> str:
    """Turn a JSON value into text: lists of paragraphs, and objects with a name."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n\n".join(_as_text(each) for each in value)
    if isinstance(value, dict):
        return next((_as_text(value[k]) for k in ("name", "title", "id", "text") if k in value), "")
    return str(value)


def _json_text_lines(stream: IO[bytes], encoding: str, broken: Counter[str]) -> Iterator[str]:
    """Decode line by line: one line in another encoding does not spoil the rest.

    ``broken`` counts, by encoding, the places that could not be decoded.
    """
    if encoding or detect(peek(stream)).startswith(("utf-16", "utf-32")):
        encoding, count = find_encoding(stream, encoding)
        broken.update({encoding: count} if count else {})
        yield from decoded_lines(stream, encoding, newline="\n")
        return
    for index, line in enumerate(stream):
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


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest
