"""The files that a run over files reads: of this machine, or of an object store."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from embeddings.articles.formats.format import ADVICE, HEAD, describe_others
from embeddings.articles.formats.registry import choose_format, describe_formats
from embeddings.articles.listing import find_path, list_files
from embeddings.articles.parsing.results import Problem, ReadFile
from embeddings.errors import InputError, first_line
from embeddings.shards.place import Place


@dataclass(frozen=True)
class Input:
    """A file to read.

    Attributes:
        path: What it is known by: its absolute path, or its address without options.
        named: Whether it was given itself.
        size: Bytes.
        changed: When it was written last, in ns since 1970; with the size it tells a file that
            has changed.
        store: Where an object lies, ``None`` for a file of this machine.
        object: Its name there.
    """

    path: str
    named: bool
    size: int
    changed: int
    store: Place | None = None
    object: str = ""


def is_address(path: object) -> bool:
    """Say whether something given for a path is an address of an object store."""
    return isinstance(path, str) and "://" in path


def find_inputs(
    given: Sequence[str], follow_links: bool
) -> tuple[list[Input], list[str], list[Problem]]:
    """Return the files to read, in the order of what they are known by.

    Args:
        given: Paths of files and folders, and addresses of objects, of folders of them, and of
            several by ``*``: ``s3://bucket/2024/*.parquet``.
        follow_links: Whether links in folders are followed wherever they lead.

    Returns:
        The files; what was given, as files in it are known; what was passed over in folders.

    Raises:
        InputError: One is missing or of a kind that is not read, or a folder holds no articles.
    """
    addresses = [each for each in given if is_address(each)]
    paths = [find_path(Path(each)) for each in given if not is_address(each)]
    listed, folders = list_files(paths, follow_links)
    found = {
        str(path): Input(str(path), named, path.stat().st_size, path.stat().st_mtime_ns)
        for path, named in listed.items()
    }
    problems = [problem for folder in folders for problem in folder.problems]
    known = [str(path) for path in paths]
    for address in addresses:
        objects, others, base = _list_objects(address)
        known.append(base)
        for one in objects:
            found[one.path] = replace(one, named=one.named or one.path in found)
        if message := describe_others(others):
            problems.append(Problem(base, None, message))
    ordered = sorted(found.values(), key=lambda one: PurePosixPath(one.path).as_posix())
    return ordered, known, problems


def _list_objects(address: str) -> tuple[list[Input], Counter[str], str]:
    """Return the objects of an address, what is of other kinds, and what it is known by.

    Raises:
        InputError: There are none, or the store cannot be asked.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise InputError(
            f"{Place(address)} cannot be used ({first_line(error)}); expected an address such as "
            "s3://bucket/folder."
        ) from None
    if "@" in parts.netloc:
        raise InputError(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} was given with keys, which would "
            "be noted with the results; leave them to the environment, such as AWS_ACCESS_KEY_ID."
        )
    folder, last = parts.path.rstrip("/"), ""
    if "*" in folder:
        before = folder.partition("*")[0].rpartition("/")[0]
        folder, last = before, folder[len(before) + 1 :]
    wanted = re.compile("[^/]*".join(map(re.escape, last.split("*"))) if last else ".*")
    inputs: list[Input] = []
    others: Counter[str] = Counter()
    place = Place.at(urlunsplit(parts._replace(path=folder)))
    known = str(place)
    try:
        files = place.walk()
        alone = [*files] == [""]
        if alone:
            place = Place(urlunsplit(parts._replace(path=folder.rpartition("/")[0])))
            files = {folder.rpartition("/")[2]: files[""]}
        for name, (size, changed) in files.items():
            hidden = any(part.startswith(".") for part in name.split("/"))
            if not alone and (hidden or not wanted.fullmatch(name)):
                continue
            if choose_format(name.rpartition("/")[2], partial(_read_head, place, name)):
                path = f"{place}/{name}"
                inputs.append(Input(path, alone or bool(last), size, changed, place, name))
            else:
                others[PurePosixPath(name).suffix.lower() or "no suffix"] += 1
    except OSError as error:
        raise InputError(f"{known} cannot be read ({first_line(error)}).") from None
    if not inputs:
        kinds = "".join(f" ({ADVICE[kind]})" for kind in others if kind in ADVICE)
        raise InputError(
            f"{address.partition('?')[0]} holds no articles{kinds}; {describe_formats()} are read"
        )
    return inputs, others, known


def _read_head(place: Place, name: str) -> bytes:
    with place.open(name) as file:
        head: bytes = file.read(HEAD)
    return head


@dataclass(frozen=True)
class Fetched:
    """Files that are on this machine, some of them in a temporary folder.

    Attributes:
        files: Their paths here, with whether each was given itself.
        folder: The temporary folder.
    """

    files: dict[Path, bool]
    folder: Path

    def here(self, known: str) -> Path:
        """Return where something is, or would be, on this machine."""
        scheme, mark, rest = known.partition("://")
        root = "@" if rest.startswith("/") else ""  # as file:///articles does
        return self.folder / f"{scheme}{root}" / rest.lstrip("/") if mark else Path(known)

    def name(self, part: ReadFile) -> ReadFile:
        """Return what was read, with what it is known by for the path of a file of a store."""
        before = f"{self.folder}/"
        if not part.path.startswith(before):
            return part

        def known(text: str) -> str:
            if not text.startswith(before):
                return text
            scheme, _, rest = text[len(before) :].partition("/")
            return f"{scheme}://{rest}" if scheme[-1] != "@" else f"{scheme[:-1]}:///{rest}"

        return replace(
            part,
            path=known(part.path),
            documents=tuple(
                replace(one, id=known(one.id), path=known(one.path)) for one in part.documents
            ),
            problems=tuple(replace(one, path=known(one.path)) for one in part.problems),
            dropped={known(place): lines for place, lines in part.dropped.items()},
            rules={known(place): rule for place, rule in part.rules.items()},
            places=tuple(map(known, part.places)),
        )


@contextlib.contextmanager
def fetch_files(inputs: Sequence[Input]) -> Iterator[Fetched]:
    """Bring files of a store to this machine, while the block lasts.

    Raises:
        OSError: One cannot be had.
    """
    with tempfile.TemporaryDirectory() as name:
        fetched = Fetched({}, Path(name).resolve())
        for one in inputs:
            path = fetched.here(one.path)
            if one.store is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                with one.store.open(one.object) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
            fetched.files[path] = one.named
        yield fetched
