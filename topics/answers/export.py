"""All passages as a table for other tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.writing import replace_file
from topics.answers.spreadsheets import fill_csv
from topics.answers.topics import require_topics

COLUMNS = (
    "passage_id",
    "document_id",
    "position",
    "start",
    "end",
    "text",
    "title",
    "source",
    "published",
    "url",
    "path",
    "topic_id",
    "topic",
    "topic_kind",
    "strength",
    "subtopic_id",
    "subtopic",
    "other_topic",
    "mixed",
    "stranger",
    "copy_group",
    "copy_kind",
    "story_id",
)

_ROWS = """
    SELECT p.id, p.document_id, p.position, p.start, p."end", p.text, d.title, d.source,
           d.published, d.url, d.path, a.topic_id, t.name, t.kind, a.strength, l.id,
           l.name, o.name, a.mixed, a.stranger, g.id, g.kind, s.story_id
    FROM passages AS p JOIN documents AS d ON d.id = p.document_id
    LEFT JOIN assignments AS a ON a.passage_id = p.id LEFT JOIN topics AS t ON t.id = a.topic_id
    LEFT JOIN topics AS l ON l.id = coalesce(a.leaf_id, a.topic_id)
    LEFT JOIN topics AS o ON o.id = a.other_id
    LEFT JOIN copy_members AS m ON m.passage_id = p.id
    LEFT JOIN copy_groups AS g ON g.id = m.group_id
    LEFT JOIN story_members AS s ON s.document_id = d.id
    ORDER BY p.document_id, p.position
"""


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


def export(out: Path | str, *, db: Path | str = "topicwire.db") -> ExportReport:
    """Write one row a passage, each with what is needed to cite it.

    Args:
        out: A ``.parquet``, ``.csv`` or ``.jsonl`` file; replaced when it is there.
        db: The database.

    Raises:
        InputError: Another kind of file, or it cannot be written.
        StoreError: No such database, or nothing in it has been clustered.
    """
    path = Path(out)
    writers = {".parquet": _write_parquet, ".csv": _write_csv, ".jsonl": _write_jsonl}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InputError(f"{path} has no known ending; use .parquet, .csv or .jsonl.")
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        rows = store.rows(_ROWS)
    try:
        with replace_file(path) as new:
            writer(new, rows)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    return ExportReport(path=str(path), rows=len(rows), columns=COLUMNS)


def _write_csv(path: Path, rows: list[tuple[Any, ...]]) -> None:
    fill_csv(path, COLUMNS, rows)


def _write_jsonl(path: Path, rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in _records(rows))


def _records(rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield dict(zip(COLUMNS, row, strict=True))


def _write_parquet(path: Path, rows: list[tuple[Any, ...]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    integers = {"passage_id", "position", "start", "end", "topic_id", "subtopic_id"}
    integers |= {"mixed", "stranger", "copy_group", "story_id"}
    schema = pa.schema(
        [
            (
                name,
                pa.int64()
                if name in integers
                else pa.float64()
                if name == "strength"
                else pa.string(),
            )
            for name in COLUMNS
        ]
    )
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [
        pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)
