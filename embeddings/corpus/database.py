"""Opening the SQLite file: schema, version, locks, and errors in plain words."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from embeddings.corpus.checksums import checksum
from embeddings.corpus.twins import join_twins
from embeddings.errors import StoreError
from embeddings.text.scripts import choose_index_text
from embeddings.writing import sweep_beside

SCHEMA_VERSION = 8

# "TPWR", so that a stranger's SQLite file is told from ours.
APPLICATION_ID = 0x54505752


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the database at ``path``, with its schema in place.

    A file of an older version is brought up to date; where it cannot be written to, it is
    left as it is and a copy of it is opened, which SQLite keeps in a temporary file.

    Args:
        path: The file.
        create: Make it when it is missing, and open it for writing; otherwise a missing
            file is an error.

    Raises:
        StoreError: It is missing, not ours, of a newer version, or not to be opened.
    """
    if not create:
        expect_file(path)
    with plain_errors(path):
        try:
            return _open(path.resolve().as_uri(), path, create)
        except sqlite3.OperationalError:
            if create or os.access(path.parent, os.W_OK):
                raise
            # On a read-only disk SQLite cannot keep its log; nobody else can write either.
            return _open_read_only(path)
        except UnicodeDecodeError as error:  # of a message that quotes a damaged schema
            raise StoreError(_damaged(path, "its tables cannot be told")) from error


def expect_file(path: Path) -> None:
    """Refuse a database that is not there.

    Raises:
        StoreError: It is missing.
    """
    if not path.exists():
        raise StoreError(
            f"There is no database at {path}; "
            f"make one with `topicwire cluster FOLDER --db {path}`, or name another with --db."
        )


def check_place(path: Path) -> None:
    """Refuse what cannot be a database, whether there is one or not.

    Raises:
        StoreError: A folder, pipe or device, or a path that the system refuses.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise StoreError(
                f"The path given with --db has {len(str(path))} characters, and this system takes "
                "no name so long; choose a shorter one, such as topicwire.db."
            ) from None
        raise StoreError(
            f"{path} cannot be looked at ({error.strerror}); check the path given with --db."
        ) from None
    if stat.S_ISDIR(mode):
        raise StoreError(f"{path} is a folder; --db takes a file, such as {path / 'topicwire.db'}.")
    if not stat.S_ISREG(mode):
        raise StoreError(
            f"{path} is no file but a pipe or a device; --db takes a file, such as topicwire.db."
        )


def _open_read_only(path: Path) -> sqlite3.Connection:
    """Open a file in a folder that cannot be written to, with what a killed run left beside it."""
    place = path.resolve()
    log = Path(f"{place}-wal")
    if not (log.exists() and log.stat().st_size):
        return _open(f"{place.as_uri()}?immutable=1", path, create=False)
    try:
        with tempfile.TemporaryDirectory(prefix="topicwire-") as folder:
            private = Path(folder) / "private.db"
            shutil.copyfile(place, private)
            shutil.copyfile(log, f"{private}-wal")
            with closing(_open(private.as_uri(), path, create=False)) as connection:
                return _copy(connection)
    except OSError as error:
        raise StoreError(
            f"The last changes of {path} stand in {log}, since the run that made them was "
            f"stopped, and a private copy of both cannot be made ({error.strerror}); copy both "
            "into a folder that you may write to, and name the copy with --db."
        ) from error


def _open(uri: str, path: Path, create: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
    try:
        version = _prepare(connection, path, create)
        return connection if version == SCHEMA_VERSION else _bring_up(connection, create)
    except BaseException:
        connection.close()
        raise


def _prepare(connection: sqlite3.Connection, path: Path, create: bool) -> int:
    """Check that a file is ours, give an empty one its schema, and return its version."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty and application != APPLICATION_ID:
        raise StoreError(
            f"{path} is an SQLite file, but not one of Topicwire's; name another with --db."
        )
    if empty and not create:
        raise StoreError(f"{path} is empty; fill it with `topicwire cluster FOLDER --db {path}`.")
    if not empty and version < 1:
        raise StoreError(_damaged(path, f"its version is {version}"))
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer Topicwire (file version {version}, this one reads up "
            f"to {SCHEMA_VERSION}); upgrade with `pip install --upgrade topicwire`."
        )
    _set_up(connection)
    if empty:
        connection.execute("PRAGMA journal_mode = WAL")
        schema = files("embeddings.corpus").joinpath("schema.sql").read_text(encoding="utf-8")
        # One transaction: a run killed here leaves an empty file, not half a schema.
        connection.executescript(
            f"BEGIN IMMEDIATE; {schema} PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )
    return SCHEMA_VERSION if empty else int(version)


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # A commit reaches the disk before it is acknowledged, also if the power fails.
    connection.execute("PRAGMA synchronous = FULL")
    connection.create_function("index_form", 1, choose_index_text, deterministic=True)


def _bring_up(connection: sqlite3.Connection, create: bool) -> sqlite3.Connection:
    """Upgrade a file, or, to read one that cannot be written to, a copy that it replaces."""
    try:
        _upgrade(connection)
    except sqlite3.OperationalError as error:
        if create or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
    else:
        return connection
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    copy = _copy(connection)
    try:
        _upgrade(copy)
    except BaseException:
        copy.close()
        raise
    connection.close()
    return copy


def _copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy that only this run sees, and that is gone when it is closed."""
    # With no name it is a temporary file, which a large corpus needs: memory may not hold it.
    copy = sqlite3.connect("", isolation_level=None)
    try:
        connection.backup(copy)
        _set_up(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def copy_database(connection: sqlite3.Connection, path: Path) -> None:
    """Copy what a connection sees into a new file that needs no log beside it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring a file of an older version up to this one, step by step, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    # Another program may have done it between our look and our lock.
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    steps = [
        files("embeddings.corpus").joinpath(f"upgrade_{step}.sql").read_text(encoding="utf-8")
        for step in range(version + 1, SCHEMA_VERSION + 1)
    ]
    connection.create_function("checksum", -1, checksum, deterministic=True)
    # executescript() would commit first.
    statement = ""
    for line in "".join(steps).splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    if version < 7:
        join_twins(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences.

    Raises:
        StoreError: In place of any ``sqlite3.Error``.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explain(error, path)) from error


def _explain(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} is in use by another program; try again when it has finished."
    if primary == sqlite3.SQLITE_FULL:
        return (
            f"The disk that holds {path} is full; what was stored is kept: "
            "free some space and run the same command again."
        )
    if primary is None and "decode to UTF-8" in str(error):
        return _damaged(path, "a text in it is none")
    if primary == sqlite3.SQLITE_NOTADB:
        return f"{path} is not a database; name another file with --db."
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{path} cannot be opened for writing; check its folder and permissions."
    if primary == sqlite3.SQLITE_CORRUPT:
        return _damaged(path, error)
    if primary == sqlite3.SQLITE_IOERR:
        return f"The disk would not read or write {path} ({error}); what was stored is kept."
    return f"{path} could not be used: {error}."


def _damaged(path: Path, how: object) -> str:
    return (
        f"{path} is damaged ({how}); put a backup in its place with `topicwire restore FILE --db "
        f"{path}`, or cluster the articles again into another file with --db."
    )


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Hold the right to change the database; released by the system if we are killed.

    A lock beside the file rather than one long transaction, since a run commits many times.

    Raises:
        StoreError: Another run holds it.
    """
    from filelock import FileLock, Timeout

    # By the file itself: two names of one database (a link) are one lock.
    place = path.resolve()
    lock = FileLock(f"{place}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"Another Topicwire run is changing {path}; wait until it has finished, "
            "or use another database with --db."
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path.parent} cannot be written to ({error.strerror}); "
            "choose another place with --db."
        ) from None
    try:
        # Of a restore that was killed.
        sweep_beside(place.parent, f".{place.name}.")
        yield
    finally:
        lock.release()


@contextmanager
def discarding_if_new(path: Path) -> Iterator[None]:
    """Take away a database that a block made, where it fails before an article is stored.

    Only within ``one_writer``: whoever does not hold the lock sees the files of another run.
    """
    is_new = not path.exists()
    try:
        yield
    except BaseException:
        if is_new:
            # What went wrong is what is to be told.
            with suppress(OSError, sqlite3.Error):
                _discard_if_empty(path.resolve())
        raise


def _discard_if_empty(path: Path) -> None:
    if not path.is_file():
        return
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        if ("documents",) in tables and connection.execute(
            "SELECT 1 FROM documents LIMIT 1"
        ).fetchone():
            return
    finally:
        connection.close()
    for suffix in ("", "-wal", "-shm", ".lock"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
