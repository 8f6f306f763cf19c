"""Values kept by name, settings and arrays, and the transactions all storing goes through."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.checksums import checksum, sum_rows
from embeddings.errors import StoreError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class NamedValues:
    """Settings and arrays of one file.

    Args:
        path: The SQLite file.
        connection: An open connection to it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

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

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a SELECT and return its rows."""
        return self._connection.execute(sql, parameters).fetchall()

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
        found = self.rows("SELECT CAST(value AS BLOB), crc FROM settings WHERE key = ?", (key,))
        if not found:
            return None
        value, crc = found[0]
        try:
            if crc in (None, checksum(value)):
                return json.loads(value)
        except ValueError:
            pass
        raise self.damaged(f"the setting {key}")

    def set_setting(self, key: str, value: Any) -> None:
        """Store a setting; ``None`` deletes it."""
        with self.transaction() as connection:
            if value is None:
                connection.execute("DELETE FROM settings WHERE key = ?", (key,))
            else:
                text = json.dumps(value, ensure_ascii=False)
                connection.execute(
                    "INSERT OR REPLACE INTO settings VALUES (?, ?, ?)",
                    (key, text, checksum(text.encode())),
                )

    # Arrays

    def put_array(self, name: str, array: NDArray[Any]) -> None:
        """Store an array under a name, replacing what was there."""
        little = array.astype(array.dtype.newbyteorder("<"))
        dtype, shape, data = little.dtype.str, json.dumps(array.shape), little.tobytes()
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

    # Tables of derived rows

    def note_sums(self, tables: Iterable[str]) -> None:
        """Keep the checksum of each of these tables as it is now."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO sums VALUES (?, ?)",
                [(table, sum_rows(connection, table)) for table in tables],
            )
