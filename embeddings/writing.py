"""Files written whole: whatever goes wrong, the old one stays, and no database is written over."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from embeddings.errors import InputError

# Of any SQLite file (https://sqlite.org/fileformat2.html#the_database_header). Which program's
# it is may stand in its log alone, so all are left as they are.
_DATABASE = b"SQLite format 3\0"
_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal", ".lock")
# Where no lock can tell that a file is being written, it is a leftover after so many seconds.
_OLD = 24 * 3600


@contextlib.contextmanager
def replace_file(path: Path, *, inputs: Iterable[Path] = (), fresh: bool = False) -> Iterator[Path]:
    """Give a new path beside ``path``; what is written there takes its place at the end.

    A reader sees the old file or the whole new one. After an error the new one is gone; what
    killed runs left of it is swept first. A link stays one.

    Args:
        path: The file.
        inputs: Files that the run reads, which are not written over.
        fresh: Whether there must be no such file yet.

    Raises:
        InputError: ``path`` is a database, an input, or something other than a file.
        FileExistsError: There is such a file, and ``fresh`` was asked for.
        OSError: The folder cannot be written.
    """
    check_output(path, inputs=inputs, fresh=fresh)
    place = path.resolve()
    sweep_beside(place.parent, f".{place.name}.")
    with _new(place.parent, f".{place.name}.", Path.touch) as new:
        yield new
        with contextlib.suppress(FileNotFoundError):
            new.chmod(stat.S_IMODE(place.stat().st_mode))
        with new.open("rb") as written:
            # A full disk may show only here, and the old file must not be gone by then.
            os.fsync(written.fileno())
        if fresh and place.exists():
            raise FileExistsError(f"{path} is there already")
        new.replace(place)


def write_whole(
    path: Path, content: str | bytes, *, inputs: Iterable[Path] = (), fresh: bool = False
) -> None:
    """Write ``path``, text as UTF-8, so that a reader sees all of it or nothing.

    Raises:
        InputError, OSError: As ``replace_file``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(path, inputs=inputs, fresh=fresh) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def new_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder in ``parent``; at the end it has been renamed, or is gone.

    What killed runs left under the same prefix is swept first.

    Raises:
        OSError: ``parent`` cannot be written.
    """
    sweep_beside(parent, prefix)
    with _new(parent, prefix, Path.mkdir) as new:
        yield new


def check_output(path: Path, *, inputs: Iterable[Path] = (), fresh: bool = False) -> None:
    """Refuse a path that nothing is to be written to.

    Raises:
        InputError, FileExistsError, OSError: As ``replace_file``.
    """
    place = path.resolve()
    if fresh and place.exists():
        raise FileExistsError(f"{path} is there already")
    if place.exists() and not (place.is_file() or place.is_dir()):
        raise InputError(f"{path} is no file but a pipe or a device; name a file.")
    if is_database(place):
        raise InputError(f"{path} is a database, and is not written over; name another file.")
    for ending in _BESIDE_A_DATABASE:
        if place.name.endswith(ending) and is_database(Path(str(place).removesuffix(ending))):
            raise InputError(f"{path} belongs to a database; name another file.")
    if any(place == one.resolve() for one in inputs):
        raise InputError(f"{path} is read by this very command; name another file.")


def is_database(path: Path) -> bool:
    """Say whether a file is an SQLite database, Topicwire's or another's."""
    try:
        if not path.is_file():  # a pipe would have us wait
            return False
        with path.open("rb") as file:
            return file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False


def sweep(folder: Path, pattern: str) -> None:
    """Remove new files and folders whose writers were killed.

    Args:
        folder: In which to look.
        pattern: What the whole of a name must match, as a regular expression.
    """
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if re.fullmatch(pattern, path.name):
                _remove_leftover(path)


def sweep_beside(folder: Path, prefix: str) -> None:
    """Remove what killed runs left in a folder under this prefix of ours."""
    sweep(folder, rf"{re.escape(prefix)}[0-9a-f]{{32}}")


def _remove_leftover(path: Path) -> None:
    try:
        lock = _lock(path)
        if lock is not None or time.time() - path.lstat().st_mtime > _OLD:
            _remove(path)
    except BlockingIOError:
        return  # it is being written
    if lock is not None:
        os.close(lock)


@contextlib.contextmanager
def _new(folder: Path, prefix: str, make: Callable[[Path], object]) -> Iterator[Path]:
    """Make a file or folder of a new name, locked while it is written, and remove it at last."""
    while True:
        path = folder / f"{prefix}{uuid.uuid4().hex}"
        make(path)
        lock = _lock(path, wait=True)
        if path.exists():  # not swept between the two
            break
    try:
        yield path
    finally:
        _remove(path)
        if lock is not None:
            os.close(lock)


def _lock(path: Path, *, wait: bool = False) -> int | None:
    """Return the open descriptor of a file or folder, locked until it is closed.

    The system lets go of it when the process dies. ``None`` where there are no such locks.

    Raises:
        BlockingIOError: Another process holds it.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return descriptor


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
