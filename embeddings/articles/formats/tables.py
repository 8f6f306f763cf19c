"""Tables: JSON Lines and CSV, one article a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO

from embeddings.articles.formats.format import Format, Row, about_file
from embeddings.articles.formats.records import (
    CSV_ENDINGS,
    JSON_ENDINGS,
    NAMED_COLUMNS,
    Record,
    expect_fields,
    match_columns,
    read_csv_records,
    read_json_records,
)
from embeddings.articles.parsing.dates import parse_date
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    MOST_ARTICLE,
    clean,
    describe_replaced,
)
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError

# Names under which tables of news keep a field, the likeliest first.
COLUMN_NAMES = {
    field: tuple(names.split())
    for field, names in {
        "id": "id article_id doc_id document_id uuid guid",
        "text": "text body content article full_text fulltext article_text story",
        "title": "title headline heading",
        "source": "source outlet publisher publication domain site newspaper",
        "date": "date published published_at publishedat publication_date pubdate published_date "
        "datetime timestamp created_at",
        "url": "url link href source_url canonical_url",
    }.items()
}


def read_json_lines(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read one JSON object a line; a broken line is a problem, and the rest is read.

    A key named in the options that is in none of the objects is a problem of the file;
    so are places that cannot be decoded.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No object has the key of the text.
    """
    chosen = _choose_columns(options)
    seen: dict[str, None] = {}
    missing = set(chosen)
    found_text = False
    broken: Counter[str] = Counter()
    for record in read_json_records(stream, options.encoding, broken):
        columns: Mapping[str, str] = {}
        if record.content is not None:
            columns = match_columns(record.content, chosen, COLUMN_NAMES)
            found_text = found_text or "text" in columns
            if missing or not found_text:
                missing -= columns.keys()
                room = max(0, NAMED_COLUMNS - len(seen))
                seen.update(dict.fromkeys(list(record.content)[:room]))
        yield _row(record, columns, options)
    if seen and not found_text:
        raise InputError(_no_column("text", list(seen), chosen))
    for field in sorted(missing if seen else ()):
        yield about_file(f"{_no_column(field, list(seen), chosen)}; read without it")
    for encoding, count in sorted(broken.items()):
        yield about_file(describe_replaced(count, encoding))


def read_csv(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a CSV or TSV file whose first row names its columns.

    The delimiter (``,`` ``;`` tab or ``|``) is the one that the first row has most of;
    cells may hold line breaks in quotes. A row that is longer or shorter than the first
    is read as far as it goes, and named as a problem.

    Raises:
        BinaryDataError: The file is no text.
        InputError: No column holds the text, or one named in the options is missing.
    """
    chosen = _choose_columns(options)
    broken: Counter[str] = Counter()
    header, records = read_csv_records(stream, options.encoding, broken)
    columns = match_columns(header, chosen, COLUMN_NAMES)
    for field in ("text", *chosen):
        if field not in columns:
            raise InputError(_no_column(field, header, chosen))
    for encoding, count in broken.items():
        yield about_file(describe_replaced(count, encoding))
    for record in records:
        yield _row(record, columns, options)


JSON_LINES = Format(JSON_ENDINGS, read_json_lines, has_rows=True)
CSV = Format(CSV_ENDINGS, read_csv, has_rows=True)


def _row(record: Record, columns: Mapping[str, str], options: ReadOptions) -> Row[Document]:
    number, line, given, problem, _ = record
    if given is None:
        return Row(number, line, None, problem)
    try:
        fields = {field: clean(_as_text(given.get(name))) for field, name in columns.items()}
    except RecursionError:
        return Row(number, line, None, "nested too deeply; left out")
    text, stated = fields.pop("text", ""), fields.pop("date", "").strip()
    if len(text) > MOST_ARTICLE:
        return Row(number, line, None, f"{LONG_ARTICLE}; left out")
    if not text.strip():
        return Row(number, line, None, "a row without text; left out")
    published = parse_date(stated, options.date_order)
    if stated and not published:
        problem = f"the date {stated[:40]!r} was not understood"
    others = {"id": "", **{field: value.strip() for field, value in fields.items()}}
    return Row(number, line, Document(text=text, published=published, **others), problem)


def _choose_columns(options: ReadOptions) -> dict[str, str]:
    chosen = {("date" if f == "published" else f): name for f, name in options.columns.items()}
    expect_fields(chosen, COLUMN_NAMES, "an article", "text")
    return chosen


def _no_column(field: str, seen: list[str], chosen: Mapping[str, str]) -> str:
    names = ", ".join(repr(name) for name in seen[:NAMED_COLUMNS]) or "none"
    what = "no column of article text"
    if field in chosen:
        what = f"no column for --column {field}={chosen[field]}"
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
