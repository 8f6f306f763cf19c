"""Tables as files: whole or not at all, and in CSV nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.corpus.contents import refuse_source
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.writing import replace_file
from topics.answers.tables import to_plain_arrow

if TYPE_CHECKING:
    import pyarrow as pa


def write_csv(
    path: Path, results: Sequence[Any], kind: type, *, db: Path, inputs: Iterable[Path] = ()
) -> None:
    """Write results of one kind, as ``to_plain_arrow`` lays them out, as CSV.

    Args:
        path: The file.
        results: What is written.
        kind: Their class.
        db: The database they come from, whose articles are not written over.
        inputs: Other files they come from.

    Raises:
        InputError: It cannot be written, or its name does not end in ``.csv``: a slip of the
            keyboard must write over nothing else.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"The table was to be written to '{path}'; name a file that ends in .csv.")
    write_results(path, results, kind, db=db, inputs=inputs)


def write_results(
    path: Path, results: Sequence[Any], kind: type, *, db: Path, inputs: Iterable[Path] = ()
) -> None:
    """Write results of one kind as ``write_csv`` does, in the format that the ending names.

    Raises:
        InputError: It cannot be written, or has another ending than .parquet, .csv and .jsonl.
    """
    check_ending(path)
    with CorpusStore.open(db) as store:
        refuse_source(store, path)
    write_table(path, to_plain_arrow(results, kind), inputs=inputs)


def write_table(path: Path, table: pa.Table, *, inputs: Iterable[Path] = ()) -> None:
    """Write an Arrow table in the format that a file's ending names, and replace what was there.

    Raises:
        InputError: It cannot be written, or has another ending than .parquet, .csv and .jsonl.
    """
    check_ending(path)
    try:
        with replace_file(path, inputs=inputs) as new:
            _WRITERS[path.suffix.lower()](new, table)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def check_ending(path: Path) -> None:
    """Refuse a file of no known kind.

    Raises:
        InputError: It ends in none of .parquet, .csv and .jsonl.
    """
    if path.suffix.lower() not in _WRITERS:
        raise InputError(f"{path} has no known ending; use .parquet, .csv or .jsonl.")


def _write_csv(path: Path, table: pa.Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        columns = table.to_pydict().values()
        writer.writerows([_defused(value) for value in row] for row in zip(*columns, strict=True))


def _defused(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _write_jsonl(path: Path, table: pa.Table) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())


def _write_parquet(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path)


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv, ".jsonl": _write_jsonl}
