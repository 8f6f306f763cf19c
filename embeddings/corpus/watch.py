"""Seeing from one process that another has changed the file."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from embeddings.corpus.database import expect_file, plain_errors

# Device and file, and a number of SQLite's that each commit of another connection changes.
State = tuple[int, ...]


class Watch:
    """Tells whether a database is still the one it was; may be asked by several threads.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: tuple[int, int] | None = None
        self._connection: sqlite3.Connection | None = None

    def state(self) -> State:
        """Return what is another one after each commit, and where another file took its place.

        Raises:
            StoreError: The file is gone, or cannot be read.
        """
        with self._lock, plain_errors(self._path):
            expect_file(self._path)
            found = self._path.stat()
            file = found.st_dev, found.st_ino
            if file != self._file:
                self._close()
                # One at a time, by the lock.
                uri = f"{self._path.resolve().as_uri()}?mode=rw"
                self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
                self._file = file
            assert self._connection is not None  # noqa: S101 - opened with the file
            try:
                with closing(self._connection.execute("PRAGMA data_version")) as cursor:
                    return (*file, *cursor.fetchone())
            except sqlite3.OperationalError:
                # On a read-only disk SQLite cannot keep its log.
                return (*file, found.st_mtime_ns, found.st_size)

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._file = None
