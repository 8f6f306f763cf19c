"""What a task of a stage is told: its number, what it reads and how the run was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.documents import PROCESSING
from embeddings.shards.stages import Folder, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from embeddings.articles.parsing.results import ReadOptions
    from embeddings.words.copy_options import CopyOptions

# Raised when a stage gives something else, so that files of before are not taken.
VERSION = 3
METHOD = [VERSION, PROCESSING]


@dataclass(frozen=True)
class Settings:
    """How a run was asked for.

    Attributes:
        shards: Parts that articles and texts are cut into.
        reading: How files are read.
        given: Absolute paths, and addresses without options, that the user gave.
        read: When the files were first read, ISO 8601 in UTC.
        aliases: Other names of outlets, each with the outlet.
        copies: What counts as a copy.
        model: A name or folder, as ``open_encoder`` takes it.
        precision: Likewise.
        device: Likewise.
        dimensions: Likewise.
    """

    shards: int
    reading: ReadOptions
    given: tuple[str, ...]
    read: str
    aliases: tuple[tuple[str, str], ...]
    copies: CopyOptions
    model: str
    precision: str
    device: str
    dimensions: int | None


@dataclass(frozen=True)
class Source:
    """The files of a stage that is done.

    Attributes:
        folder: Of the stage.
        tasks: Names of its tasks, in order.
        rows: Of each one's file.
    """

    folder: Folder
    tasks: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def starts(self) -> NDArray[np.int64]:
        """Number of the first row of each file among all rows, and behind them how many."""
        return np.concatenate(([0], np.cumsum(self.rows))).astype(np.int64)

    def each(
        self, columns: Sequence[str] | None = None, group: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield the table of each file, or one row group of each."""
        for name in self.tasks:
            yield self.folder.read(name, columns, group)

    def read(self, columns: Sequence[str] | None = None, group: int | None = None) -> pa.Table:
        """Return the rows of all files, or of one row group of each."""
        import pyarrow as pa

        return pa.concat_tables(self.each(columns, group))

    def slice(self, begin: int, end: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows from one number to another."""
        import pyarrow as pa

        return pa.concat_tables(
            read(columns).slice(max(begin - start, 0), min(end, after) - max(begin, start))
            for start, after, read in self._groups()
            if max(begin, start) < min(end, after)
        )

    def take(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """Return a column of some rows, given by their numbers among all, ascending."""
        taken: list[Any] = []
        for start, after, read in self._groups():
            mine = rows[slice(*np.searchsorted(rows, (start, after)))] - start
            if len(mine):
                taken += read([column])[column].take(mine).to_pylist()
        return taken

    def _groups(self) -> Iterator[tuple[int, int, Callable[[Sequence[str] | None], pa.Table]]]:
        """Yield for each row group its first row, the one behind its last, and what reads it."""
        after = 0
        for name in self.tasks:
            with self.folder.open(name) as file:
                for group in range(file.num_row_groups):
                    start, after = after, after + file.metadata.row_group(group).num_rows
                    yield start, after, partial(file.read_row_group, group)


@dataclass(frozen=True)
class Part(Task):
    """A task of a stage.

    Attributes:
        number: Which part it is.
        settings: Of the run.
        reads: The stages that it reads.
    """

    number: int
    settings: Settings
    reads: tuple[Source, ...]


def column(table: pa.Table, name: str) -> NDArray[Any]:
    """Return a column of numbers."""
    values: NDArray[Any] = table[name].to_numpy()
    return values


def matrix(table: pa.Table, name: str) -> NDArray[Any]:
    """Return a column of rows of numbers, shape ``(n, d)``."""
    parts = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in table[name].chunks]
    width = table[name].type.list_size
    kind = table[name].type.value_type.to_pandas_dtype()
    return np.concatenate([np.empty(0, kind), *parts]).reshape(-1, width)


def rows_of(values: NDArray[Any]) -> pa.Array:
    """Return rows of numbers, shape ``(n, d)``, as a column."""
    import pyarrow as pa

    numbers = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(numbers, values.shape[1])
