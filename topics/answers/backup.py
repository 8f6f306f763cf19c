"""A database copied while it is in use, and a copy put back in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.backup import copy_store, restore_file
from embeddings.corpus.contents import count_rows
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from topics.answers.session import Database


@dataclass(frozen=True)
class BackupReport:
    """What was copied.

    Attributes:
        path: The copy.
        bytes: Its size.
        documents: Articles in it.
        passages: Passages in it.
    """

    path: str
    bytes: int
    documents: int
    passages: int


@dataclass(frozen=True)
class RestoreReport:
    """What stands in place of what.

    Attributes:
        path: The database.
        documents: Articles in it now.
        passages: Passages in it now.
        kept: Where the database that was there before is kept, ``""`` where there was none.
    """

    path: str
    documents: int
    passages: int
    kept: str


def backup(out: Path | str, *, db: Database = "topicwire.db") -> BackupReport:
    """Copy a database into one new file, also while another run changes it, and check the copy.

    Args:
        out: The file; nothing is written over.
        db: The database.

    Raises:
        InputError: ``out`` is there already, or cannot be written.
        StoreError: No such database, or it is damaged.
    """
    path = Path(out)
    with CorpusStore.open(Path(db)) as store:
        # With the first look begins what the store sees of the file.
        documents, passages = count_rows(store, "documents"), count_rows(store, "passages")
        try:
            copy_store(store, path)
        except FileExistsError:
            raise InputError(
                f"{path} is there already, and a backup writes over nothing; name another file."
            ) from None
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror or error}).") from error
    return BackupReport(str(path), path.stat().st_size, documents, passages)


def restore(file: Path | str, *, db: Database = "topicwire.db") -> RestoreReport:
    """Put a backup in place of a database, which is kept under another name.

    Args:
        file: A backup, or any database of Topicwire that no run is changing; it stays.
        db: The database; need not be there.

    Raises:
        InputError: ``file`` is no database, or the database itself.
        StoreError: ``file`` is damaged or not Topicwire's, or another run is changing ``db``.
    """
    path = Path(db)
    try:
        kept = restore_file(Path(file), path)
    except OSError as error:
        raise StoreError(
            f"{path} stays as it was: {file} could not be copied beside it "
            f"({error.strerror or error})."
        ) from error
    with CorpusStore.open(path) as store:
        documents, passages = count_rows(store, "documents"), count_rows(store, "passages")
    if kept is not None and kept.parent == path.parent.resolve():
        kept = path.with_name(kept.name)  # as the database was named
    return RestoreReport(str(path), documents, passages, str(kept or ""))
