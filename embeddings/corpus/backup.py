"""Copies of a whole database, made by SQLite itself, and one put in place of another."""

from __future__ import annotations

import filecmp
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from embeddings.corpus.checking import find_damage
from embeddings.corpus.database import check_place, copy_database, one_writer, plain_errors
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.writing import check_output, is_database, new_folder

# What SQLite says of a file that it can write nothing into.
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def copy_store(store: CorpusStore, out: Path) -> None:
    """Copy the state of a corpus that a store sees into a file of its own, and check the copy.

    Args:
        store: Open for reading; another run may write meanwhile.
        out: Must not be there. One file, which needs nothing beside it to be read.

    Raises:
        InputError: ``out`` is no place for a file.
        FileExistsError: ``out`` is there already.
        StoreError: What was copied is damaged; nothing is written then.
        OSError: The folder cannot be written, or the disk is full.
    """
    check_output(out, fresh=True)
    # SQLite puts files of its own beside the copy while it is made.
    with new_folder(out.parent, f".{out.name}.") as folder:
        new = folder / "new.db"
        store.copy_into(new)
        _check_copy(new, store.path)
        check_output(out, fresh=True)
        new.rename(out)


def restore_file(file: Path, db: Path) -> Path | None:
    """Put a copy of a database file in place of ``db``; ``file`` stays as it is.

    Readers of ``db`` go on with what they see. A kill leaves the old state or the new one.

    Returns:
        Where the database that was at ``db`` is kept; ``None`` where there was none.

    Raises:
        InputError: ``file`` is ``db``, or no database, or does not exist.
        StoreError: ``file`` is not of Topicwire or damaged, or another run is changing ``db``.
        OSError: The folder cannot be written, or the disk is full.
    """
    if not is_database(file):
        what = "is not a database" if file.exists() else "does not exist"
        raise InputError(f"{file} {what}; name a file that `topicwire backup` wrote.")
    check_place(db)
    place = db.resolve()
    if file.resolve() == place:
        raise InputError(f"{file} is the database itself; name a backup of it.")
    with (
        one_writer(db),
        plain_errors(db),
        new_folder(place.parent, f".{place.name}.") as folder,
    ):
        new = folder / "new.db"
        with closing(_open_to_read(file)) as source:
            copy_database(source, new)
        _check_copy(new, file)
        kept = _keep_aside(place, folder) if place.exists() else None
        _put_in_place(new, place)
        return kept


def _open_to_read(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _check_copy(copy: Path, whose: Path) -> None:
    """Open a copy, and check all that it holds.

    Raises:
        StoreError: It is not to be used; the message names ``whose`` copy it is.
    """
    try:
        with CorpusStore.open(copy) as store:
            damage = find_damage(store)
    except StoreError as error:
        raise StoreError(str(error).replace(str(copy), str(whose))) from error
    if damage:
        raise StoreError(
            f"{whose} is damaged ({damage}), and nothing was written; "
            f"`topicwire info --check --db {whose}` lists all that is."
        )


def _keep_aside(place: Path, folder: Path) -> Path:
    """Copy a database under a name of its own beside it; one kept before is not copied again."""
    last = None
    for number in count(1):
        aside = place.with_name(f"{place.stem}.before-restore-{number}{place.suffix}")
        if not aside.exists():
            break
        last = aside
    old = folder / "old.db"
    try:
        with closing(_open_to_read(place)) as source:
            copy_database(source, old)
    except sqlite3.DatabaseError:
        # What SQLite cannot read is kept as it lies there.
        shutil.copyfile(place, old)
        if (log := Path(f"{place}-wal")).exists():
            shutil.copyfile(log, f"{aside}-wal")
    if last is not None and filecmp.cmp(last, old, shallow=False):
        return last
    return old.rename(aside)


def _put_in_place(new: Path, place: Path) -> None:
    """Write a database over another within one transaction, or where that cannot be by a rename."""
    with closing(sqlite3.connect(new)) as source:
        if place.exists():
            try:
                with closing(sqlite3.connect(place)) as target:
                    target.execute("BEGIN IMMEDIATE")  # says at once that it is in use
                    target.execute("ROLLBACK")
                    source.backup(target)
                    return
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in _BROKEN:
                    raise
        # As every database of ours is: read beside a run that writes.
        source.execute("PRAGMA journal_mode = WAL")
    for beside in ("-wal", "-shm"):
        Path(f"{place}{beside}").unlink(missing_ok=True)
    new.replace(place)
