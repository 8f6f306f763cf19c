"""Parquet, and Arrow files and streams (Feather 2 among them): a table of articles each."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from embeddings.articles.formats.columns import list_matches
from embeddings.articles.formats.format import Format, Record, Row
from embeddings.articles.formats.tables import COLUMN_NAMES, read_table
from embeddings.articles.parsing.decoding import RefusedError, decode
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.parsing.unfolding import (
    describe_unfolded,
    make_seekable,
    most_unfolded,
)
from embeddings.documents import Document
from embeddings.errors import first_line

if TYPE_CHECKING:
    import pyarrow as pa

# Some megabytes of articles.
_BATCH_ROWS = 1000
# How an Arrow file begins; a stream of Arrow batches has no such mark.
_ARROW_FILE = b"ARROW1"
# Yields batches of the columns that are asked for.
_ReadBatches = Callable[[list[str]], Iterator["pa.RecordBatch"]]


def read_arrow_table(
    stream: IO[bytes],
    options: ReadOptions,
    open_table: Callable[[IO[bytes]], tuple[pa.Schema, _ReadBatches]],
) -> Iterator[Row[Document]]:
    """Read a table of typed columns, one article a row, in batches.

    Columns that hold no field of an article are not loaded. Dates and times become ISO text,
    in UTC where they have a zone; bytes are decoded; lists and objects are read as in JSON.

    Args:
        stream: The file's bytes.
        options: How they are read.
        open_table: Returns the columns, and what yields batches of those that are asked for.

    Raises:
        RefusedError: It is no such file, damaged, or unfolds to too much.
        InputError: No column holds the text, or one named in the options is missing.
    """
    import pyarrow as pa

    with make_seekable(stream) as file:
        try:
            schema, read_batches = open_table(file)
        except (pa.ArrowException, OSError) as error:
            raise RefusedError(f"it is damaged or of another kind ({first_line(error)})") from error
        most = most_unfolded(file.seek(0, io.SEEK_END))
        yield from _read_columns(schema, read_batches, options, most)


def _read_columns(
    schema: pa.Schema, read_batches: _ReadBatches, options: ReadOptions, most: int
) -> Iterator[Row[Document]]:
    import pyarrow as pa

    names = list(dict.fromkeys(schema.names))
    inner = [
        f"{field.name}.{one.name}"
        for field in schema
        if pa.types.is_struct(field.type)
        for one in field.type
    ]
    header = [*names, *inner]
    matches = list_matches(header, {}, COLUMN_NAMES).values()
    wanted = {*options.columns.values(), *(name for columns in matches for name in columns)}
    used = [name for name in names if any(f"{one}.".startswith(f"{name}.") for one in wanted)]

    unread = dict.fromkeys(names)

    def read() -> Iterator[Record]:
        number = size = 0
        for batch in read_batches(used):
            there = batch.schema.names
            columns = [_as_plain(batch.column(there.index(name))) for name in used]
            for at in range(batch.num_rows):
                number += 1
                values = [_read_value(column[at]) for column in columns]
                # One text that every row refers to is stored once.
                size += sum(len(value) for value in values if isinstance(value, str))
                if size > most:
                    raise RefusedError(describe_unfolded(most))
                cells = {**unread, **dict(zip(used, values, strict=True))}
                yield Record(number, number, cells)

    yield from read_table(read, options, header)


def _as_plain(column: pa.Array) -> pa.Array:
    """Return dates and times as ISO text: Python has no years above 9999 and no nanoseconds.

    A moment at midnight is a day, as which tables keep one.
    """
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if pa.types.is_timestamp(kind):
        zone = "UTC" if kind.tz else None
        stated = column.cast(pa.timestamp("s", zone), safe=False).cast(pa.string())
        return compute.replace_substring_regex(stated, " 00:00:00Z?$", "")
    return column.cast(pa.string()) if pa.types.is_date(kind) else column


def _read_value(scalar: pa.Scalar) -> Any:
    """Return a cell as JSON would have it; bytes are text where they can be."""
    import pyarrow as pa

    try:
        return _undo_types(scalar.as_py())
    except UnicodeDecodeError:
        return decode(getattr(scalar, "value", scalar).cast(pa.binary()).as_py()).text
    except (ValueError, OverflowError):
        return str(scalar)


def _undo_types(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return decode(value).text
        except RefusedError:
            return None
    if isinstance(value, Mapping):
        return {name: _undo_types(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_undo_types(inner) for inner in value]
    return value


def _open_parquet(stream: IO[bytes]) -> tuple[pa.Schema, _ReadBatches]:
    import pyarrow as pa
    from pyarrow import parquet

    metadata = parquet.read_metadata(stream)
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    most = most_unfolded(stream.seek(0, io.SEEK_END))
    if sum(group.total_byte_size for group in groups) > most:
        raise RefusedError(describe_unfolded(most))
    schema = metadata.schema.to_arrow_schema()
    texts = [field.name for field in schema if field.type in (pa.string(), pa.binary())]
    # Not whole column chunks at once: pages come as they are asked for. Texts that are stored
    # once for many rows stay so.
    table = parquet.ParquetFile(
        stream, metadata=metadata, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20
    )

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        yield from table.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False)

    return schema, read


def _open_arrow(stream: IO[bytes]) -> tuple[pa.Schema, _ReadBatches]:
    from pyarrow import ipc

    is_file = stream.read(len(_ARROW_FILE)) == _ARROW_FILE
    stream.seek(0)
    options = ipc.IpcReadOptions(use_threads=False)
    schema = (ipc.open_file if is_file else ipc.open_stream)(stream, options=options).schema

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        stream.seek(0)
        fields = [at for at, name in enumerate(schema.names) if name in columns]
        chosen = ipc.IpcReadOptions(use_threads=False, included_fields=fields)
        if is_file:
            table = ipc.open_file(stream, options=chosen)
            batches = (table.get_batch(at) for at in range(table.num_record_batches))
        else:
            batches = iter(ipc.open_stream(stream, options=chosen))
        for batch in batches:
            # Offsets that lead out of the file would be followed.
            batch.validate(full=True)
            yield from (
                batch.slice(start, _BATCH_ROWS) for start in range(0, batch.num_rows, _BATCH_ROWS)
            )

    return schema, read


PARQUET = Format((".parquet",), partial(read_arrow_table, open_table=_open_parquet), has_rows=True)
ARROW = Format(
    (".arrow", ".feather", ".ipc"),
    partial(read_arrow_table, open_table=_open_arrow),
    has_rows=True,
)
