"""All passages as a table for other tools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.contents import refuse_source
from topics.answers.session import Database
from topics.answers.spreadsheets import check_ending, write_table
from topics.answers.topics import open_clustered
from topics.pipeline.passage_rows import COLUMNS, read_passage_rows


@dataclass(frozen=True)
class ExportReport:
    """What was written.

    Attributes:
        path: The file.
        rows: Passages in it.
        columns: Their fields.
    """

    path: str
    rows: int
    columns: tuple[str, ...]


def export(out: Path | str, *, db: Database = "topicwire.db") -> ExportReport:
    """Write one row a passage, each with what is needed to cite it.

    Args:
        out: A ``.parquet``, ``.csv`` or ``.jsonl`` file; replaced when it is there.
        db: The database.

    Raises:
        InputError: Another kind of file, or it cannot be written.
        StoreError: No such database, or nothing in it has been clustered.
    """
    import pyarrow as pa

    path = Path(out)
    check_ending(path)
    with open_clustered(db) as store:
        refuse_source(store, path)
        rows = read_passage_rows(store)
    schema = pa.schema([(name, getattr(pa, kind)()) for name, (_, kind) in COLUMNS.items()])
    columns = zip(*rows, strict=True) if rows else ([] for _ in COLUMNS)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    write_table(path, pa.Table.from_arrays(arrays, schema=schema))
    return ExportReport(path=str(path), rows=len(rows), columns=tuple(COLUMNS))
