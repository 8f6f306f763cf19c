"""A file of labels given by hand."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from embeddings.articles.formats.columns import (
    CSV_ENDINGS,
    JSON_ENDINGS,
    NAMED_COLUMNS,
    expect_fields,
    match_columns,
)
from embeddings.articles.formats.csv_records import read_csv_records
from embeddings.articles.formats.format import Record
from embeddings.articles.formats.json_records import read_json_records
from embeddings.articles.parsing.decoding import BinaryDataError, RefusedError, clean
from embeddings.articles.parsing.unfolding import open_unfolded
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


def read_labels(path: Path, columns: Mapping[str, str] | None = None) -> list[Record]:
    """Read labels from a .jsonl or .csv file (also .ndjson, .tsv, and .gz of each).

    Args:
        path: The file.
        columns: The column or key that holds a field of ``COLUMN_NAMES``; others are
            found by their usual names, in any case.

    Returns:
        Its rows, empty lines left out: of each its label and all that is said of what it
        labels, by field; ``problem`` says why a row is of no use.

    Raises:
        InputError: The file is missing, of another kind or no text, has no rows, no column
            of labels, or none that says which passages they are of.
    """
    chosen = dict(columns or {})
    expect_fields(chosen, COLUMN_NAMES, "a file of labels", "label")
    records = _read_records(path)
    if not records:
        raise InputError(f"{path} holds no rows; give one labelled passage or article a row.")
    seen = dict.fromkeys(name for record in records for name in record.content or ())
    taken = _take_columns(list(seen), chosen, path)
    return [_read_row(record, taken) for record in records]


def _read_row(record: Record, columns: Mapping[str, str]) -> Record:
    if record.content is None:
        return record._replace(problem="the line is no JSON object")
    given = {field: _as_text(record.content.get(name)) for field, name in columns.items()}
    fields = {field: text for field, text in given.items() if text.strip()}
    problem = ""
    if "label" not in fields:
        problem = "the row has no label"
    elif not any(key in fields for key in KEYS):
        problem = "the row does not say what it is a label of"
    else:
        fields["label"] = " ".join(fields["label"].split())
    return record._replace(content=fields, problem=problem)


def _read_records(path: Path) -> list[Record]:
    name = path.name.lower().removesuffix(".gz")
    if not path.is_file():
        raise InputError(f"{path} does not exist; give a .jsonl or .csv file of labels.")
    if not name.endswith((*JSON_ENDINGS, *CSV_ENDINGS)):
        raise InputError(f"{path} has no known ending; give labels in a .jsonl or .csv file.")
    try:
        with open_unfolded(path) as (stream, _):
            if name.endswith(JSON_ENDINGS):
                records = list(read_json_records(stream, "", Counter()))
            else:
                records = list(read_csv_records(stream, "", Counter())[1])
    except BinaryDataError as error:
        raise InputError(
            f"{path} is no text but binary data; give a .jsonl or .csv file."
        ) from error
    except (OSError, EOFError, zlib.error, RefusedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}; give a whole file.") from error
    broken = next((record for record in records if record.content is None), None)
    if broken and name.endswith(CSV_ENDINGS):
        reason = broken.problem.removesuffix("; left out")
        raise InputError(f"{path}, line {broken.line}: {reason}; mend that line.")
    if broken and all(record.content is None for record in records):
        raise InputError(
            f"No line of {path} is a JSON object; write one a line: "
            '{"document_id": "a1", "label": "sport"}.'
        )
    return records


def _take_columns(seen: list[str], chosen: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return the column of each field; one that was chosen is taken for no other field."""
    shown = ", ".join(repr(name) for name in seen[:NAMED_COLUMNS]) or "none"
    if len(seen) > NAMED_COLUMNS:
        shown += f" and {len(seen) - NAMED_COLUMNS} more"
    for name, column in chosen.items():
        if column not in seen:
            raise InputError(
                f"{path} has no column for --column {name}={column}: the columns are {shown}."
            )
    others = [name for name in seen if name not in chosen.values()]
    columns = {**chosen, **match_columns(others, chosen, COLUMN_NAMES)}
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
