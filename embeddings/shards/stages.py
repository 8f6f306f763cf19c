"""The files of a stage: one a task, each with a marker that says it is whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from embeddings.errors import StoreError, first_line
from embeddings.shards.notes import seal, unseal
from embeddings.shards.place import Hashing, Place

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

FILE, DONE = ".parquet", ".done"
# Bytes of a file that are read at once to be checked.
_AT_ONCE = 4 << 20


@dataclass(frozen=True)
class Folder:
    """Where a stage writes: ``<name>-<key>`` in a place.

    Attributes:
        place: Of the run.
        name: Of the stage.
        key: What the stage hangs on, as 12 hexadecimal digits: files of other options are in
            other folders.
    """

    place: Place
    name: str
    key: str

    @classmethod
    def of(
        cls, place: Place, name: str, options: Mapping[str, object], after: Sequence[Folder] = ()
    ) -> Folder:
        """Return the folder of a stage.

        Args:
            place: Of the run.
            name: Of the stage, in letters and hyphens.
            options: What its result hangs on and JSON can write: the user's options, and the
                version of its code.
            after: The stages whose files it reads.
        """
        hangs_on = [name, options, [one.key for one in after]]
        text = json.dumps(hangs_on, sort_keys=True, ensure_ascii=True)
        return cls(place, name, hashlib.blake2b(text.encode(), digest_size=6).hexdigest())

    def __str__(self) -> str:
        """Return its name in the place."""
        return f"{self.name}-{self.key}"

    def open(self, task: str, *, memory_map: bool = True) -> pq.ParquetFile:
        """Open a task's file for reading; whole columns or row groups of it can be had.

        Raises:
            OSError: It is not there, or a page is not what was written.
        """
        import pyarrow.parquet as pq

        name = f"{self}/{task}{FILE}"
        if self.place.is_local:
            return pq.ParquetFile(
                f"{self.place.address}/{name}",
                memory_map=memory_map,
                page_checksum_verification=True,
            )
        return pq.ParquetFile(
            self.place.open(name), pre_buffer=True, page_checksum_verification=True
        )

    def read(
        self, task: str, columns: Sequence[str] | None = None, group: int | None = None
    ) -> pa.Table:
        """Read a task's file, or one row group of it.

        Raises:
            OSError: As ``open``.
        """
        with self.open(task) as file:
            wanted = None if columns is None else list(columns)
            if group is None:
                return file.read(wanted)
            return file.read_row_group(group, wanted)

    def find_marker(self, task: str) -> Marker | None:
        """Return a task's marker, or ``None``."""
        found = self.place.read(f"{self}/{task}{DONE}")
        return None if found is None else Marker.parse(found)

    def find_done(self, task: str, files: Mapping[str, int], *, passing: bool) -> Marker | None:
        """Return a task's marker where it is true as far as can be told without reading the file.

        Args:
            task: Its name.
            files: Those of this folder, with their bytes.
            passing: Whether the file may be gone once others were made of it.
        """
        if f"{task}{DONE}" not in files:
            return None
        marker = self.find_marker(task)
        size = files.get(f"{task}{FILE}")
        whole = marker and (marker.size == size or (passing and size is None))
        return marker if whole else None

    def is_whole(self, task: str, marker: Marker) -> bool:
        """Read all of a task's file, and say whether it is what the marker tells of.

        Raises:
            StoreError: It cannot be read now, for want of a connection say: it may be whole.
        """
        whole = hashlib.blake2b(digest_size=16)
        try:
            with self.place.open(f"{self}/{task}{FILE}") as file:
                while part := file.read(_AT_ONCE):
                    whole.update(part)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(
                f"{self}/{task}{FILE} in {self.place} cannot be read ({first_line(error)}). What "
                "is done is kept: type the command again when it can."
            ) from error
        return whole.hexdigest() == marker.digest

    def forget(self, task: str) -> None:
        """Remove a task's marker, then its file."""
        self.place.delete(f"{self}/{task}{DONE}")
        self.place.delete(f"{self}/{task}{FILE}")


@dataclass(frozen=True)
class Task:
    """What to do for one file; stages add what they need to know.

    Attributes:
        folder: Where its file goes.
        name: Of its file: letters, digits, hyphens and points; of its own in the stage.
        inputs: The digest of all that it reads (``digest``), kept in its marker: where that is
            another, it is done again.
    """

    folder: Folder
    name: str
    inputs: str

    @property
    def about(self) -> str:
        """What a user knows it by, where it is set aside."""
        return f"{self.folder.name} {self.name}"


@dataclass(frozen=True)
class Marker:
    """What is known of a file that is whole.

    Attributes:
        digest: Of its bytes.
        size: How many bytes.
        rows: Of its table.
        inputs: The task's.
        seconds: That it took, by the clock.
        facts: Counts and the like that the task has to tell, as JSON can write them.
    """

    digest: str
    size: int
    rows: int
    inputs: str
    seconds: float
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: bytes) -> Marker | None:
        """Read a marker; ``None`` where it is none, or not as it was written."""
        told = unseal(text)
        return None if told is None else cls(**told)


def digest(markers: Mapping[str, Marker]) -> str:
    """Return one digest for the files of tasks: what a task that reads them has for inputs."""
    whole = hashlib.blake2b(digest_size=16)
    for name in sorted(markers):
        whole.update(f"{name} {markers[name].digest}\n".encode())
    return whole.hexdigest()


class Output:
    """A task's file while it is written, a row group at a time.

    Attributes:
        facts: What the marker is to tell beside; the task fills it.
    """

    def __init__(self, file: Hashing) -> None:
        self.facts: dict[str, Any] = {}
        self.rows = 0
        self._file = file
        self._writer: Any = None

    def add(self, table: pa.Table) -> None:
        """Write a table as one row group, one without rows too; all have the same columns."""
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._file, table.schema, compression="zstd", write_page_checksum=True
            )
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += table.num_rows

    def end(self) -> None:
        """Write what stands at the end of the file."""
        if self._writer is None:
            raise ValueError("a task writes a table, if one without rows")
        self._writer.close()

    def abandon(self) -> None:
        """Forget what was written."""
        self._file.drop()
        if self._writer is not None:
            self._writer.close()


@contextlib.contextmanager
def write_file(task: Task) -> Iterator[Output]:
    """Give a task's file to write to; when the block has ended it is whole, then marked.

    After an error there is neither. The same tables give the same bytes.
    """
    began = time.perf_counter()
    folder = task.folder
    with folder.place.create(f"{folder}/{task.name}{FILE}") as file:
        output = Output(file)
        try:
            yield output
            output.end()
        except BaseException:
            output.abandon()
            raise
    seconds = time.perf_counter() - began
    marker = Marker(
        file.digest, file.size, output.rows, task.inputs, round(seconds, 3), output.facts
    )
    folder.place.write(f"{folder}/{task.name}{DONE}", seal(asdict(marker)))
