"""A folder of this machine or of an object store, in which only whole files are ever seen."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from embeddings.errors import InputError, StoreError, first_line

TEMPORARY = ".tmp"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Place:
    """A folder by its address: a path of this machine, or ``s3://``, ``gs://`` and the like.

    It travels with tasks. Names of files in it are relative, with ``/``. A store is asked by
    ``pyarrow.fs``, whose options go into the address: ``s3://bucket/folder?endpoint_override=
    http://localhost:9000&region=us-east-1``; keys are best left to the environment.
    """

    address: str

    @classmethod
    def at(cls, address: str | Path) -> Place:
        """Return a place; a path is taken from the current folder, not from a worker's.

        Raises:
            InputError: There is no such kind of store, or the address is empty.
        """
        if not str(address).strip():
            raise InputError("The name of the folder is empty; expected one such as results/.")
        if "://" in str(address) and "#" in str(address):
            raise InputError(f"{cls(str(address))} was given with a #; in an address type %23.")
        place = cls(str(address) if "://" in str(address) else str(Path(address).absolute()))
        try:
            _open(place.address)
        except (ValueError, OSError) as error:
            raise InputError(
                f"{place} cannot be used ({first_line(error)}); expected a folder or an address "
                "such as s3://bucket/folder."
            ) from None
        return place

    @classmethod
    def of_results(cls, address: str | Path) -> Place:
        """Return the place of a run's results: ``file:///folder`` is a folder of this machine."""
        return cls.at(_spell(str(address)) if "file://" in str(address) else address)

    def __str__(self) -> str:
        """Return the address as it may be shown: without keys."""
        try:
            parts = urlsplit(self.address)
        except ValueError:  # no address at all
            return self.address.rpartition("@")[2]
        if not parts.scheme:
            return self.address
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine, or one that looks like it."""
        return "://" not in self.address

    def holds(self, path: str) -> bool:
        """Whether a file, by its absolute path or its address without options, lies in it."""
        own = Path(self.address).resolve() if self.is_local else _spell(str(self))
        return _spell(path).is_relative_to(own)

    def walk(self) -> dict[str, tuple[int, int]]:
        """Return all files in it and in folders in it, with bytes and time of last writing in ns.

        Where it is a file itself that alone, without a name.
        """
        from pyarrow.fs import FileSelector

        system, root = _open(self.address)
        (itself,) = system.get_file_info([root])
        found = [itself]
        if not itself.is_file:
            found = system.get_file_info(FileSelector(root, recursive=True, allow_not_found=True))
        return {
            one.path[len(root) + 1 :]: (one.size, one.mtime_ns or 0) for one in found if one.is_file
        }

    def list(self, folder: str = "") -> dict[str, int]:
        """Return the files of a folder in it, and their bytes; none where there is no folder."""
        from pyarrow.fs import FileSelector

        system, root = _open(self.address)
        found = system.get_file_info(
            FileSelector(f"{root}/{folder}".rstrip("/"), allow_not_found=True)
        )
        return {one.base_name: one.size for one in found if one.is_file}

    def folders(self) -> Sequence[str]:
        """Return the names of the folders in it."""
        from pyarrow.fs import FileSelector

        system, root = _open(self.address)
        found = system.get_file_info(FileSelector(root, allow_not_found=True))
        return [one.base_name for one in found if not one.is_file]

    def remove(self, folder: str) -> None:
        """Remove a folder in it with all its files."""
        system, root = _open(self.address)
        system.delete_dir(f"{root}/{folder}")

    def read(self, name: str) -> bytes | None:
        """Return a small file, or ``None`` where it is not there."""
        try:
            with self.open(name) as file:
                content: bytes = file.read()
        except FileNotFoundError:
            return None
        return content

    def open(self, name: str) -> Any:
        """Open a file for reading at any position (``pyarrow.NativeFile``).

        Raises:
            FileNotFoundError: It is not there.
        """
        system, root = _open(self.address)
        return system.open_input_file(f"{root}/{name}")

    def write(self, name: str, content: bytes) -> None:
        """Write a small file whole."""
        with self.create(name) as file:
            file.write(content)

    @contextlib.contextmanager
    def create(self, name: str) -> Iterator[Hashing]:
        """Give a file to write to, which is there, whole, when the block has ended.

        On this machine it is written beside its place and renamed; a store shows no object
        before all of it has come, so that after an error an object may be cut short there: it
        has no marker.

        Raises:
            OSError: It cannot be written; ``is_full`` says whether for want of room.
        """
        if not self.is_local:
            system, root = _open(self.address)
            with system.open_output_stream(f"{root}/{name}") as stream:
                yield Hashing(stream)
            return
        path = Path(self.address, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
        try:
            with new.open("wb") as file:
                yield Hashing(file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        finally:
            with contextlib.suppress(OSError):
                new.unlink()

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        system, root = _open(self.address)
        with contextlib.suppress(FileNotFoundError):
            system.delete_file(f"{root}/{name}")

    def sweep(self) -> None:
        """Remove what runs that were killed left half written, one folder deep."""
        if self.is_local:
            ending = re.compile(rf"\.[0-9a-f]{{32}}{re.escape(TEMPORARY)}$")
            for path in (*Path(self.address).glob("*"), *Path(self.address).glob("*/*")):
                if ending.search(path.name):
                    path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self, *, reading: bool = False) -> Iterator[bool]:
        """Keep other runs out; gives whether they are.

        Args:
            reading: Nothing is to be written: where no lock can be, none is needed.

        Raises:
            StoreError: Another run is at work there, or nothing can be written.
        """
        from embeddings.shards.locking import lock_folder, lock_store

        taken = f"Another Topicwire run is at work in {self}; wait until it has finished."
        with contextlib.ExitStack() as locked:
            try:
                if self.is_local:
                    Path(self.address).mkdir(parents=True, exist_ok=True)
                take = lock_folder if self.is_local else lock_store
                locked.enter_context(take(self, taken))
            except OSError as error:
                if not reading:
                    raise StoreError(f"{self} cannot be used ({first_line(error)}).") from None
                yield False
            else:
                yield True


class Hashing(io.RawIOBase):
    """A file that is written from front to back, and its digest so far."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._hash = hashlib.blake2b(digest_size=16)
        self._dropped = False
        self.size = 0

    def write(self, content: Any) -> int:
        """Write what has a buffer; return its bytes."""
        view = memoryview(content)
        if not self._dropped:
            self._file.write(view)
        self._hash.update(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """Return where the next byte goes."""
        return self.size

    def writable(self) -> bool:
        """Say that it is for writing."""
        return True

    def drop(self) -> None:
        """Write nothing more: the file is given up, and whoever writes it may end in peace."""
        self._dropped = True

    @property
    def digest(self) -> str:
        """What was written, as 32 hexadecimal digits."""
        return self._hash.hexdigest()


def _spell(path: str) -> Path:
    """Return a path as it is compared: ``file:///folder`` is one of this machine."""
    here = path.removeprefix("file://")
    return Path(path) if here == path else Path(here).resolve()


def is_full(error: BaseException | None) -> bool:
    """Say whether an error means that there is no room left."""
    return isinstance(error, OSError) and error.errno in _FULL


@cache
def _open(address: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it."""
    from pyarrow.fs import FileSystem

    system, path = FileSystem.from_uri(address)
    return system, path.rstrip("/")
