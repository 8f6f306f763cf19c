"""Files and folders to documents."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, cast

from embeddings.articles.formats.format import Format, Row, about_file, describe_failure
from embeddings.articles.formats.registry import find_format
from embeddings.articles.given import Given
from embeddings.articles.listing import find_path, list_files, show_path
from embeddings.articles.parsing.addresses import canonical_address
from embeddings.articles.parsing.decoding import clean, find_codec
from embeddings.articles.parsing.outlets import find_outlet
from embeddings.articles.parsing.results import PYTHON, Problem, ReadFile, ReadOptions
from embeddings.articles.parsing.unfolding import open_unfolded
from embeddings.documents import PROCESSING, Document
from embeddings.errors import InputError
from embeddings.text.normalising import hash_text

# Rows of a table that are handed on together: enough to be one transaction, few enough
# (about 10 MB of news text) for a table larger than memory.
CHUNK_ROWS = 2000
# Problems of one table that are named; more are counted.
_NAMED_PROBLEMS = 50


def read_paths(
    paths: Sequence[Path],
    options: ReadOptions,
    known: Mapping[str, str],
    begin: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
) -> Iterator[ReadFile]:
    """Read the articles in files and folders.

    Folders are walked with all that is in them; hidden files are passed over, what else
    is not read is counted in a problem of its folder. Files come in the order of their
    absolute paths, each once. A large table comes in parts. Whatever is wrong with one file
    is a problem of that file.

    Args:
        paths: Files and folders.
        options: How they are read.
        known: ``ReadFile.digest`` by ``ReadFile.path`` of an earlier run: a file whose
            digest is the same is not read again.
        begin: Told, before a file is read, how many were, how many there are, and its name;
            after the last one ``""``.

    Raises:
        InputError: A path is missing or of a kind that is not read, a folder holds no
            articles, or the encoding is unknown; at the call. A table that was named has
            no column of text; on the way (found in a folder, it is a problem).
    """
    options = with_codec(options)
    files, folders = list_files(paths, options.follow_links)
    given = {find_path(path) for path in paths}
    return read_listed(files, folders, given, options, known, begin)


def read_given(given: Given, options: ReadOptions) -> Iterator[ReadFile]:
    """Read articles that come from no file, in parts, as those of a file are read.

    Raises:
        InputError: No column of theirs is text, or one of them is no article.
    """
    # What comes from Python is written in an encoding of our own.
    options = replace(options, encoding="") if given.name == PYTHON else with_codec(options)
    path = Path(given.name)
    yield from _guarded(_read_given(given, path, options), path, "", named=True)


def _read_given(given: Given, path: Path, options: ReadOptions) -> Iterator[ReadFile]:
    with tempfile.TemporaryFile() as file:
        stream = cast("IO[bytes]", file)
        kind = given.write(stream)
        stream.seek(0)
        yield from _take_rows(kind.read(stream, options), path, "", options, kind.has_rows)


def with_codec(options: ReadOptions) -> ReadOptions:
    """Give an encoding that may be spelt in several ways its one name."""
    name = find_codec(options.encoding) if options.encoding else ""
    if options.encoding and not name:
        raise InputError(
            f"--encoding {options.encoding} is no encoding of text that Python knows; "
            "type, for example, --encoding cp1252, or leave it out"
        )
    return replace(options, encoding=name)


def read_listed(
    files: Mapping[Path, bool],
    folders: Sequence[ReadFile],
    given: Collection[Path],
    options: ReadOptions,
    known: Mapping[str, str],
    begin: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
) -> Iterator[ReadFile]:
    """Read the articles in files, as ``read_paths`` does.

    Args:
        files: Absolute paths in their order, with whether each was named itself.
        folders: What was passed over in folders.
        given: The absolute paths that the user gave.
        options: How they are read.
        known: See ``read_paths``.
        begin: See ``read_paths``.
    """
    yield from folders
    for done, (path, named) in enumerate(files.items()):
        begin(done, len(files), clean(path.name))
        options = replace(options, in_given=path.parent in given, named=named)
        if show_path(path) != str(path):
            # It could be neither stored nor found again by its name.
            yield _failed(Path(show_path(path)), "", "a name that is not UTF-8; left out")
            continue
        try:
            digest = _digest(path, options)
        except OSError as error:
            yield _failed(path, "", f"cannot be opened: {error.strerror or error}")
            continue
        if known.get(str(path)) == digest:
            yield ReadFile(str(path), digest, unchanged=True)
            continue
        yield from _guarded(_read_file(path, digest, options), path, digest, named)
    begin(len(files), len(files), "")


def _guarded(parts: Iterator[ReadFile], path: Path, digest: str, named: bool) -> Iterator[ReadFile]:
    """Turn what goes wrong with one file into a problem, so that the others are read."""
    try:
        yield from parts
    except InputError as error:
        if named:
            raise InputError(f"{path.name}: {error}") from error
        yield _failed(path, digest, describe_failure(error))
    except Exception as error:
        # Whatever a library makes of one file, the others are read; one that could not be
        # read to its end is tried again in the next run.
        ended = not isinstance(error, (OSError, EOFError, zlib.error))
        yield _failed(path, digest if ended else "", describe_failure(error))


def _failed(path: Path, digest: str, message: str) -> ReadFile:
    return ReadFile(str(path), digest, problems=(Problem(str(path), None, message),))


def _digest(path: Path, options: ReadOptions) -> str:
    """Hash what its documents depend on beside a file's bytes, and these: two parts with a colon.

    So that a file which is only read in another way is told from one that has changed.
    """
    settings: list[object] = [options.source, sorted(options.columns.items()), options.date_order]
    settings += [options.encoding, PROCESSING, *(["in given"] if options.in_given else [])]
    settings += [_version_of(library) for library in _format_of(path).library.split()]
    how = hashlib.sha256(json.dumps(settings).encode("utf-8"))
    with path.open("rb") as stream:
        what = hashlib.file_digest(stream, "sha256")
    return f"{how.hexdigest()[:16]}:{what.hexdigest()}"


def _version_of(library: str) -> str:
    from importlib.metadata import PackageNotFoundError

    try:
        return _find_version(library)
    except PackageNotFoundError:  # an extra that is not installed yet
        return ""


@cache
def _find_version(library: str) -> str:
    # Some two milliseconds each, and every file asks.
    from importlib.metadata import version

    return version(library)


def _format_of(path: Path) -> Format:
    found = find_format(path)
    if found is None:
        raise ValueError(f"{path} is of no known format.")
    return found


def _read_file(path: Path, digest: str, options: ReadOptions) -> Iterator[ReadFile]:
    kind = _format_of(path)
    with open_unfolded(path, keep=kind.has_rows) as (stream, damage):
        rows = kind.read(stream, options)
        rows = _before_damage(rows, damage) if damage else rows
        yield from _take_rows(rows, path, digest, options, kind.has_rows)


def _before_damage(rows: Iterator[Row[Document]], damage: str) -> Iterator[Row[Document]]:
    count = 0
    for row in rows:
        count += row.content is not None
        yield row
    before = "1 article before that was" if count == 1 else f"{count} articles before that were"
    yield about_file(f"damaged ({damage}): {before} read, the rest is lost")


def _take_rows(
    rows: Iterator[Row[Document]], path: Path, digest: str, options: ReadOptions, has_rows: bool
) -> Iterator[ReadFile]:
    """Name the articles of a file, in parts of ``CHUNK_ROWS``."""
    documents: list[Document] = []
    places: list[str] = []
    problems: list[Problem] = []
    dropped: dict[str, tuple[str, ...]] = {}
    rules: dict[str, str] = {}
    notes: dict[str, None] = {}
    counted, guessed, empty = 0, 0, has_rows
    for row in rows:
        empty = empty and not row.number
        notes.update({row.note: None} if row.note else {})
        is_part = bool(row.number or row.member)
        counted += bool(row.problem and is_part)
        if row.problem and (not is_part or counted <= _NAMED_PROBLEMS):
            said = f"{row.member}: {row.problem}" if row.member else row.problem
            problems.append(Problem(str(path), row.line, said))
        if row.content is not None:
            document, place = _name(row, row.content, path, options)
            places.append(place)
            documents.append(document)
            guessed += _is_guessed(row, document, path, options)
            if row.dropped:
                dropped[place], rules[place] = row.dropped, row.rule
        if len(documents) == CHUNK_ROWS:
            yield ReadFile(
                str(path),
                "",
                tuple(documents),
                tuple(problems),
                dropped=dropped,
                rules=rules,
                last=False,
                places=tuple(places),
                content=digest.rpartition(":")[2],
            )
            documents, places, problems, dropped, rules = [], [], [], {}, {}
    if counted > _NAMED_PROBLEMS:
        parts = "rows" if has_rows else "parts"
        message = f"{counted - _NAMED_PROBLEMS} more {parts} have problems of these kinds"
        problems.append(Problem(str(path), None, message))
    if empty:
        problems.append(Problem(str(path), None, "no rows in it"))
    yield ReadFile(
        str(path),
        digest,
        tuple(documents),
        tuple(problems),
        dropped=dropped,
        rules=rules,
        notes=tuple(notes),
        places=tuple(places),
        content=digest.rpartition(":")[2],
        guessed=guessed,
    )


def _folder_of(path: Path, member: str) -> str:
    """Return the folder that a file lies in, within an archive if it has folders."""
    return PurePosixPath(member).parent.name or clean(path.parent.name)


def _name(
    row: Row[Document], article: Document, path: Path, options: ReadOptions
) -> tuple[Document, str]:
    """Give an article its outlet and id; returns what names it where its id is another's too.

    That is file and row; for what comes from no file, the hash of the outlet and the text.
    """
    # Rows take no outlet from their folder: a table mostly holds many.
    folder = "" if row.number else _folder_of(path, row.member)
    source = article.source
    if folder and _letters(source) in ("", _letters(folder)):
        # A page of "Global Lantern" in a folder global-lantern: one outlet, one name.
        named = find_outlet(article.text) if options.in_given and not source else ""
        source = named or folder
    source = options.source or source
    place = "#".join(filter(None, (str(path), row.member, str(row.number or ""))))
    if not path.is_absolute():
        place = f"text-{hash_text(source + chr(10) + article.text).hex()}"
    stated = article.id or article.url
    name = canonical_address(stated) or stated or place
    return replace(article, id=name, source=source, path=str(path)), place


def _is_guessed(row: Row[Document], document: Document, path: Path, options: ReadOptions) -> bool:
    """Whether nothing but the name of a folder says an article's outlet, and the user gave it.

    The folder itself or the file in it. A file that was named takes no outlet from its text.
    """
    if not (options.in_given or options.named) or options.source or row.number:
        return False
    stated = (row.content and row.content.source) or document.source != clean(path.parent.name)
    return not stated and (options.in_given or not find_outlet(document.text))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
