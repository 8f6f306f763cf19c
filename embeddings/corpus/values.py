"""Values kept by name, settings and arrays, and the transactions all storing goes through."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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

    # Settings

    def setting(self, key: str) -> Any:
        """Return a stored setting, or ``None``."""
        row = self._connection.execute("SELECT value FROM settings WHERE key = ?", (key,))
        found = row.fetchone()
        return None if found is None else json.loads(found[0])

    def set_setting(self, key: str, value: Any) -> None:
        """Store a setting; ``None`` deletes it."""
        with self.transaction() as connection:
            if value is None:
                connection.execute("DELETE FROM settings WHERE key = ?", (key,))
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO settings VALUES (?, ?)",
                    (key, json.dumps(value, ensure_ascii=False)),
                )

    # Arrays

    def put_array(self, name: str, array: NDArray[Any]) -> None:
        """Store an array under a name, replacing what was there."""
        little = array.astype(array.dtype.newbyteorder("<"))
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO arrays VALUES (?, ?, ?, ?)",
                (name, little.dtype.str, json.dumps(array.shape), little.tobytes()),
            )

    def array(self, name: str) -> NDArray[Any] | None:
        """Return a stored array, or ``None``."""
        found = self.rows("SELECT dtype, shape, data FROM arrays WHERE name = ?", (name,))
        if not found:
            return None
        dtype, shape, data = found[0]
        return np.frombuffer(data, dtype=np.dtype(dtype)).reshape(json.loads(shape))
