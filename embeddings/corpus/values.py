"""Values kept by name, settings and arrays, and the transactions all storing goes through."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings.corpus.checksums import checksum, fits_setting, sum_rows, sum_setting
from embeddings.corpus.database import copy_database
from embeddings.errors import StoreError

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")

_SETTINGS = "SELECT CAST(key AS BLOB), CAST(value AS BLOB), crc FROM settings"
_TABLES_READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


@dataclass(frozen=True)
class Memory:
    """What is known of one state of a file, which each store that reads that state may share.

    Attributes:
        checked: Tables of derived rows that were found whole.
        read: What ``NamedValues.once`` has read, by name.
    """

    checked: set[str] = field(default_factory=set)
    read: dict[str, Any] = field(default_factory=dict)


class NamedValues:
    """Settings and arrays of one file.

    Args:
        path: The SQLite file.
        connection: An open connection to it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._unchecked: set[str] = set()
        self._checked: set[str] = set()
        self._has_names = False
        self._memory: Memory | None = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: all of it is stored, or none."""
        if self._connection.in_transaction:
            yield self._connection
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            # On a full disk SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def replace_rows(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Replace all rows of a table, and with them those that hang on them."""
        with self.transaction() as connection:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
            rest = iter(rows)
            if (first := next(rest, None)) is not None:
                marks = ", ".join("?" * len(first))
                every = chain([first], rest)
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", every)  # noqa: S608

    def change_rows(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Bring a table, which is known by its first column, to these rows, in any order.

        Only what differs is written: an edit leaves most rows as they are.
        """
        with self.transaction() as connection:
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
            known = {row[0]: row for row in connection.execute(f"SELECT * FROM {table}")}  # noqa: S608
            other = [row for row in rows if known.pop(row[0], None) != row]
            key, marks = columns[0], ", ".join("?" * len(columns))
            connection.executemany(
                f"DELETE FROM {table} WHERE {key} = ?",  # noqa: S608 - our own words
                [(gone,) for gone in known],
            )
            values = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
            connection.executemany(
                f"INSERT INTO {table} VALUES ({marks}) "  # noqa: S608
                f"ON CONFLICT ({key}) DO UPDATE SET {values}",
                other,
            )

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows.

        Raises:
            StoreError: A table that it reads is damaged; see ``check_when_read``.
        """
        self._check_tables(sql)
        return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a SELECT and give its rows one by one, for what memory may not hold.

        Raises:
            StoreError: As ``rows``.
        """
        self._check_tables(sql)
        yield from self._connection.execute(sql, parameters)

    def share(self, memory: Memory) -> None:
        """Go on from what is known of the state that this store reads."""
        self._memory = memory

    def once(self, name: str, read: Callable[[], T]) -> T:
        """Return what ``read`` finds, which is read once where the store is only read.

        Args:
            name: Of what is read.
            read: Reads it; what it returns must not be changed afterwards.
        """
        if self._memory is None:
            return read()
        if name not in self._memory.read:
            self._memory.read[name] = read()
        found: T = self._memory.read[name]
        return found

    def copy_into(self, path: Path) -> None:
        """Copy all of the file, as this store sees it, into a new one."""
        copy_database(self._connection, path)

    @contextmanager
    def reading_anything(self) -> Iterator[None]:
        """Read text that is no UTF-8 as near to it as can be, within a block."""
        self._connection.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            yield
        finally:
            self._connection.text_factory = str

    def damaged(self, what: str) -> StoreError:
        """Return the error that says what is damaged, and what to type."""
        return StoreError(
            f"{self.path} is damaged ({what}): `topicwire info --check --db {self.path}` lists all "
            "that is, and with --repair makes anew what can be."
        )

    # Settings

    def setting(self, key: str) -> Any:
        """Return a stored setting, or ``None``.

        Raises:
            StoreError: It is damaged.
        """
        found = self.rows(f"{_SETTINGS} WHERE key = ?", (key,))
        if not found:
            self._expect_names()
            return None
        name, value, crc = found[0]
        try:
            if fits_setting(name, value, crc):
                return json.loads(value)
        except ValueError:
            pass
        raise self.damaged(f"the setting {key}")

    def _expect_names(self) -> None:
        """Refuse to take a setting for one that was never made, where one's name has changed."""
        if not self._has_names:
            for name, value, crc in self.rows(_SETTINGS):
                if not fits_setting(name, value, crc):
                    raise self.damaged(f"the setting {name.decode('utf-8', 'replace')}")
            self._has_names = True

    def set_setting(self, key: str, value: Any) -> None:
        """Store a setting; ``None`` deletes it."""
        with self.transaction() as connection:
            if value is None:
                connection.execute("DELETE FROM settings WHERE key = ?", (key,))
            else:
                text = json.dumps(value, ensure_ascii=False)
                connection.execute(
                    "INSERT OR REPLACE INTO settings VALUES (?, ?, ?)",
                    (key, text, sum_setting(key.encode(), text.encode())),
                )

    # Arrays

    def put_array(self, name: str, array: NDArray[Any]) -> None:
        """Store an array under a name, replacing what was there."""
        # It may be a tenth of the memory of a run: no copy of it.
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        dtype, shape, data = little.dtype.str, json.dumps(array.shape), little.data
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO arrays VALUES (?, ?, ?, ?, ?)",
                (name, dtype, shape, data, checksum(dtype.encode(), shape.encode(), data)),
            )

    def array(self, name: str) -> NDArray[Any] | None:
        """Return a stored array, or ``None``.

        Raises:
            StoreError: It is damaged.
        """
        found = self.rows(
            "SELECT CAST(dtype AS BLOB), CAST(shape AS BLOB), data, crc FROM arrays WHERE name = ?",
            (name,),
        )
        if not found:
            return None
        *parts, crc = found[0]
        try:
            if crc in (None, checksum(*parts)):
                dtype, shape, data = parts
                return np.frombuffer(data, np.dtype(dtype.decode())).reshape(json.loads(shape))
        except (ValueError, TypeError):
            pass
        raise self.damaged(f"the array {name}")

    def forget_arrays(self, names: Iterable[str]) -> None:
        """Delete stored arrays; those that are not there are none."""
        with self.transaction() as connection:
            connection.executemany("DELETE FROM arrays WHERE name = ?", [(one,) for one in names])

    # Tables of derived rows, and the full-text index

    def fits_rows(self, table: str, noted: object) -> bool | None:
        """Say whether a table's rows have this checksum, ``None`` where it is of a former kind."""
        found = sum_rows(self._connection, table)
        return None if isinstance(noted, int) and noted >= 0 > found else noted == found

    def check_when_read(self) -> None:
        """Check each table of derived rows when it is first read: nothing is to be written."""
        self._memory = Memory()
        with suppress(sqlite3.DatabaseError):  # where the checksums themselves cannot be read
            self._unchecked = {name for (name,) in self.rows("SELECT name FROM sums")}

    def check_rows(self, table: str) -> None:
        """Check a table of derived rows, once.

        Raises:
            StoreError: It is damaged.
        """
        if table in self._checked:
            return
        self._checked.add(table)
        self._unchecked.discard(table)
        if self._memory and table in self._memory.checked:
            return
        noted = self.rows("SELECT crc FROM sums WHERE name = ?", (table,))
        if noted and self.fits_rows(table, noted[0][0]) is False:
            raise self.damaged(f"the table {table}")
        if self._memory:
            self._memory.checked.add(table)

    def _check_tables(self, sql: str) -> None:
        if self._unchecked:
            for table in self._unchecked.intersection(_TABLES_READ.findall(sql)):
                self.check_rows(table)

    def note_sums(self, tables: Iterable[str]) -> None:
        """Keep the checksum of each of these tables as it is now."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO sums VALUES (?, ?)",
                [(table, sum_rows(connection, table)) for table in tables],
            )

    def forget_sums(self, tables: Iterable[str]) -> None:
        """Forget the checksums of tables that are about to change."""
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM sums WHERE name = ?", [(table,) for table in tables]
            )

    def has_whole_index(self) -> bool | None:
        """Say whether the full-text index fits the passages.

        ``None`` where that cannot be said now: SQLite looks only while it may write.
        """
        try:
            # An INSERT by its form alone (https://sqlite.org/fts5.html, 'integrity-check').
            self._connection.execute(
                "INSERT INTO words (words, rank) VALUES ('integrity-check', 1)"
            )
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF
            return False if code == sqlite3.SQLITE_CORRUPT else None
        return True
