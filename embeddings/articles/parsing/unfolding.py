"""Bytes of a file as they were before it was packed, up to a limit."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from embeddings.articles.parsing.decoding import RefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# Text packs to a third or a tenth of its size, repeated text to a hundredth. What unfolds
# to more, and is large, was made to fill a machine.
MOST_RATIO = 200
ALWAYS_READ = 64_000_000
_BLOCK = 1 << 20
_DAMAGE = (OSError, EOFError, zlib.error)


def find_packing(name: str) -> str:
    """Return the ending by which a file's name says that it is packed, ``""`` for none."""
    return next((ending for ending in _OPENERS if name.lower().endswith(ending)), "")


def drop_packing(name: str) -> str:
    """Return a file's name, in lower case, as it was before it was packed."""
    packing = find_packing(name)
    # A .tgz is known by that very ending.
    return name.lower() if packing == ".tgz" else name.lower().removesuffix(packing)


def open_packed(path: Path) -> IO[bytes]:
    """Open a file as what it holds, without a limit to what is read of it.

    Raises:
        OSError: It cannot be opened. Reading may raise ``EOFError`` and ``zlib.error`` too.
    """
    return _OPENERS.get(find_packing(path.name), _open_plain)(path)


class Unfolded(NamedTuple):
    """A file opened as what it holds.

    Attributes:
        stream: Its bytes, or those that stand before damage.
        damage: What the damage is, ``""`` for none.
    """

    stream: IO[bytes]
    damage: str = ""


@contextmanager
def open_unfolded(path: Path, keep: bool = False) -> Iterator[Unfolded]:
    """Open a file to read it, one that ends in ``.gz``, ``.bz2`` or ``.zst`` as what it holds.

    Args:
        path: The file.
        keep: Whether of a packed file that is damaged what stands before that is given.

    Raises:
        OSError: It cannot be opened, or (also ``EOFError``, ``zlib.error``) is damaged.
        RefusedError: It unfolds to more than ``most_unfolded`` allows.
    """
    with open_packed(path) as stream:
        if not find_packing(path.name):
            yield Unfolded(stream)
            return
        most, size = most_unfolded(path.stat().st_size), 0
        try:
            # Unfolding is a small part of the time that reading takes; doing it twice tells
            # before anything is read.
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise RefusedError(describe_unfolded(most))
            stream.seek(0)
        except _DAMAGE as error:
            with tempfile.TemporaryFile() as kept:
                if not keep or not _copy_before_damage(stream, kept):
                    raise
                yield Unfolded(cast("IO[bytes]", kept), str(error))
        else:
            yield Unfolded(stream)


def _copy_before_damage(stream: IO[bytes], kept: IO[bytes]) -> int:
    """Copy what can be read of a damaged file; returns how many bytes that is."""
    with suppress(*_DAMAGE):
        stream.seek(0)
        # As much as there is, since what a longer read had when it met damage is lost.
        while piece := cast("io.BufferedReader", stream).read1(_BLOCK):
            kept.write(piece)
    kept.seek(0, io.SEEK_END)
    size = kept.tell()
    kept.seek(0)
    return size


@contextmanager
def make_seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a stream that is quick to read at any place: a packed one as a file of its own."""
    if isinstance(stream, io.BytesIO) or isinstance(getattr(stream, "raw", None), io.FileIO):
        yield stream
        return
    with tempfile.TemporaryFile() as unfolded:
        shutil.copyfileobj(stream, unfolded)
        unfolded.seek(0)
        yield cast("IO[bytes]", unfolded)


def most_unfolded(size: int) -> int:
    """Return how many bytes a file of ``size`` bytes may unfold to."""
    return max(ALWAYS_READ, MOST_RATIO * size)


def describe_unfolded(most: int) -> str:
    """Say that a file unfolds to more than that many bytes."""
    return f"it unfolds to more than {most // 1_000_000} MB"


class _Zstandard(io.RawIOBase):
    """What a Zstandard file holds; to go back is to begin again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = 0
        self._stream = self._start()

    def _start(self) -> IO[bytes]:
        import pyarrow as pa

        return cast("IO[bytes]", pa.CompressedInputStream(pa.OSFile(str(self._path)), "zstd"))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        block = self._stream.read(len(view))
        view[: len(block)] = block
        self._place += len(block)
        return len(block)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            while self.read(_BLOCK):
                pass
        target = offset if whence == io.SEEK_SET else self._place + offset
        if target < self._place:
            self._stream.close()
            self._stream, self._place = self._start(), 0
        while self._place < target and self.read(min(_BLOCK, target - self._place)):
            pass
        return self._place

    def close(self) -> None:
        self._stream.close()
        super().close()


def _open_plain(path: Path) -> IO[bytes]:
    return path.open("rb")


def _open_gzip(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb"))


def _open_bzip2(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", bz2.open(path, "rb"))


def _open_zstandard(path: Path) -> IO[bytes]:
    return io.BufferedReader(_Zstandard(path), _BLOCK)


_OPENERS: Mapping[str, Callable[[Path], IO[bytes]]] = {
    ".gz": _open_gzip,
    ".tgz": _open_gzip,
    ".bz2": _open_bzip2,
    ".zst": _open_zstandard,
}
