"""CSV files that a spreadsheet opens without running what an article says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError
from embeddings.writing import replace_file

if TYPE_CHECKING:
    import pyarrow as pa


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table, and replace the file only once it is whole.

    Raises:
        InputError: It cannot be written, or its name does not end in ``.csv``: a slip of the
            keyboard must not write over a database.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"The table was to be written to '{path}'; name a file that ends in .csv.")
    try:
        with replace_file(path) as new:
            fill_csv(new, columns, rows)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def fill_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a header and rows that no spreadsheet runs, straight to ``path``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([defused(value) for value in row] for row in rows)


def defused(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def write_table(path: Path, table: pa.Table) -> None:
    """Write an Arrow table as CSV.

    Raises:
        InputError: It cannot be written.
    """
    columns = table.to_pydict()
    write_csv(path, table.column_names, zip(*columns.values(), strict=True))
