"""Archives: the articles of the files in them, which are read as files in folders are."""

from __future__ import annotations

import io
import shutil
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple, cast

from embeddings.articles.formats.format import (
    HEAD,
    Format,
    Row,
    about_file,
    describe_failure,
    describe_others,
)
from embeddings.articles.parsing.decoding import MOST_ARTICLE, RefusedError, clean
from embeddings.articles.parsing.results import ReadOptions
from embeddings.articles.parsing.unfolding import describe_unfolded, find_packing, most_unfolded
from embeddings.documents import Document
from embeddings.errors import first_line

_ZIP, _TAR = (".zip",), (".tar", ".tgz")
# The bit of a ZIP file's flags that says so (APPNOTE 4.4.4).
_ENCRYPTED = 1


class Member(NamedTuple):
    """A file in an archive.

    Attributes:
        name: Its path there, with ``/`` between folders.
        open: Opens it; ``None`` for a link or a device.
    """

    name: str
    open: Callable[[], IO[bytes]] | None


Find = Callable[[str, Callable[[], bytes]], Format | None]
"""Returns the format of a file by its name and, where it must, its first bytes."""


def make_archives(find: Find, formats: Sequence[Format]) -> tuple[Format, ...]:
    """Return the formats of archives.

    Args:
        find: Finds the format of a file in an archive.
        formats: Those there may be.
    """
    libraries = " ".join(sorted({each.library for each in formats if each.library}))
    return tuple(
        Format(endings, partial(read_archive, list_members=listed, find=find), library=libraries)
        for endings, listed in ((_ZIP, list_zip), (_TAR, list_tar))
    )


def read_archive(
    stream: IO[bytes],
    options: ReadOptions,
    list_members: Callable[[IO[bytes]], Iterator[Member]],
    find: Find,
) -> Iterator[Row[Document]]:
    """Read the files in an archive as files in folders are read.

    Nothing is written to a place that the archive names. Hidden files are passed over, other
    kinds are counted. Whatever is wrong with one file is a problem of that file; behind
    damage of the archive itself nothing is read.

    Raises:
        RefusedError: It is no such archive, or unfolds to too much.
    """
    others: Counter[str] = Counter()
    met: set[str] = set()
    try:
        for member in list_members(stream):
            path = PurePosixPath(" ".join(clean(member.name).split("\n")))
            if any(part[0] == "." or part == "__MACOSX" for part in path.parts):
                continue
            name = str(path)
            rows = _read_member(member, path.name, options, find, others)
            if name in met:
                rows = iter([about_file("a second file of this name; left out")])
            met.add(name)
            yield from (row._replace(member=name) for row in rows)
    except RefusedError:
        raise
    except Exception as error:
        yield about_file(f"damaged ({first_line(error)}): what follows in it is left out")
    if others:
        yield about_file(describe_others(others))
    elif not met:
        yield about_file("no files in it; left out")


def _read_member(
    member: Member, name: str, options: ReadOptions, find: Find, others: Counter[str]
) -> Iterator[Row[Document]]:
    """Read a file in an archive, or count it among those of other kinds."""
    if find_packing(name) or name.lower().endswith((*_ZIP, *_TAR)):
        yield about_file("packed once more in the archive; left out: unpack it first")
        return
    kind = find(name, partial(_read_head, member))
    if kind is None or member.open is None:
        others["link or device" if member.open is None else _suffix_of(name)] += 1
        return
    empty = kind.has_rows
    try:
        with SpooledTemporaryFile(MOST_ARTICLE) as spool:
            with member.open() as packed:
                shutil.copyfileobj(packed, spool)
            spool.seek(0)
            for row in kind.read(cast("IO[bytes]", spool), options):
                empty = empty and not row.number
                yield row
    except Exception as error:
        yield about_file(describe_failure(error))
    else:
        if empty:
            yield about_file("no rows in it")


def _read_head(member: Member) -> bytes:
    if member.open is None:
        return b""
    try:
        with member.open() as packed:
            return packed.read(HEAD)
    except Exception:  # told when it is read, if it is of a kind that is
        return b""


def _suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower() or "no suffix"


def list_zip(stream: IO[bytes]) -> Iterator[Member]:
    """Yield the files in a ZIP archive.

    Raises:
        RefusedError: It is none, or all its files together unfold to too much.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RefusedError("no ZIP archive, or one that is damaged or cut off") from error
    with archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        # No more is unfolded of a file than the archive says that it holds.
        most = most_unfolded(stream.seek(0, io.SEEK_END))
        if sum(info.file_size for info in files) > most:
            raise RefusedError(describe_unfolded(most))
        for info in files:
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            opened = None if is_link else partial(_open_zipped, archive, info)
            # Some programs write names as Windows has them.
            yield Member(info.filename.replace("\\", "/"), opened)


def _open_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & _ENCRYPTED:
        raise RefusedError("encrypted")
    return archive.open(info)


def list_tar(stream: IO[bytes]) -> Iterator[Member]:
    """Yield the files in a tar archive.

    Raises:
        RefusedError: It is none.
        tarfile.ReadError: It is damaged; what came before was yielded.
    """
    try:
        archive = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115
    except tarfile.TarError as error:
        raise RefusedError("no tar archive, or one that is damaged or cut off") from error
    with archive:
        for info in archive:
            # A sparse file holds next to nothing and unfolds to anything.
            is_file = info.isreg() and not info.issparse()
            if not info.isdir():
                yield Member(info.name, partial(_open_tarred, archive, info) if is_file else None)
        # Where a header is damaged, tarfile takes it for the archive's end.
        stream.seek(archive.offset)
        if stream.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise tarfile.ReadError("a file's header cannot be read")


def _open_tarred(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    found = archive.extractfile(info)
    if found is None:
        raise RefusedError("no file")
    return found
