"""What a format is: its endings, and a function from a file's bytes to articles."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any, Generic, NamedTuple, TypeVar

from embeddings.articles.parsing.dates import DateOrder
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    MOST_ARTICLE,
    RefusedError,
    clean,
    decode,
    describe_replaced,
)
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError, first_line

Content = TypeVar("Content")

# Of a file's beginning, what its kind is told by.
HEAD = 4096
_UNPACK = "unpack it, and name the folder"
# Kinds that people have articles in and that are not read: what they are, and what to do.
ADVICE = {
    ".7z": f"a 7-Zip archive: {_UNPACK}",
    ".rar": f"a RAR archive: {_UNPACK}",
    ".msg": "a message of Outlook: save it as .eml",
    ".pst": "a mailbox of Outlook: save its messages as .eml or .mbox",
    ".doc": "of an older Word: save it as .docx",
    ".pages": "of Apple Pages: save it as .docx",
}


class Row(NamedTuple, Generic[Content]):
    """One article or record of a file, or why there is none; or a problem of the whole file.

    Attributes:
        number: The line of a JSON Lines file, the row of a CSV file (header not counted),
            the place among the articles of any other file that holds several; 0 for a file
            of one article and for a problem of the whole file.
        line: The line in the file where it ends; ``None`` where there are no lines.
        content: What the row holds: an article, with ``""`` for what it does not say, its
            ``id`` too; or the cells of a table by column. ``None`` where there is no text
            or it cannot be read.
        problem: What is wrong with it, ``""`` for nothing.
        dropped: The visible lines that are not in the article's text.
        rule: What left these out.
        note: Of the whole file, how it was understood, where nothing is wrong.
        member: Of an archive, the path in it of the file that this is of; else ``""``.
    """

    number: int
    line: int | None
    content: Content | None
    problem: str = ""
    dropped: tuple[str, ...] = ()
    note: str = ""
    member: str = ""
    rule: str = "html boilerplate"


Record = Row[Mapping[str, Any]]
"""One row of a table, by column."""


class Format(NamedTuple):
    """A kind of file that is read.

    Attributes:
        endings: Of its files, in lower case, the usual one first.
        read: Yields the articles of a file's bytes. Raises ``RefusedError`` for what is
            no text or too large, and ``InputError`` for what the user can mend.
        has_rows: Whether a file holds any number of articles; else it is one, whose
            outlet may be the name of its folder.
        library: The package whose version decides what is read, ``""`` for none, several
            parted by blanks: files are read again when it changes.
        claims: Whether a file is of this kind by its first ``HEAD`` bytes, unpacked: for
            endings that several formats share, and for files of no known ending. ``None``
            for a format that is told by its ending alone.
    """

    endings: tuple[str, ...]
    read: Callable[[IO[bytes], ReadOptions], Iterator[Row[Document]]]
    has_rows: bool = False
    library: str = ""
    claims: Callable[[bytes], bool] | None = None


def first_of(said: Mapping[str, str], *keys: str) -> str:
    """Return the first of these values that is there and not empty, else ``""``."""
    return next((said[key] for key in keys if said.get(key)), "")


def about_file(problem: str = "", note: str = "") -> Row[Document]:
    """Return a problem of the whole file, or how it was understood."""
    return Row(0, None, None, problem, note=note)


def describe_failure(error: Exception) -> str:
    """Say in a sentence why a file was not read, whatever a library made of it."""
    if isinstance(error, RefusedError):
        return f"{error}; left out"
    if isinstance(error, InputError):
        return f"left out: {error}"
    if isinstance(error, (OSError, EOFError, zlib.error)):
        return f"cannot be read to its end: {error}"
    if isinstance(error, RecursionError):
        return "nested too deeply; left out"
    return f"cannot be read ({type(error).__name__}: {first_line(error)}); left out"


def describe_others(kinds: Counter[str]) -> str:
    """Say how many files of other kinds were passed over, ``""`` for none."""
    if not kinds:
        return ""
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    are = "file of another kind was" if kinds.total() == 1 else "files of other kinds were"
    advice = "".join(f"; {kind} is {ADVICE[kind]}" for kind in sorted(kinds) if kind in ADVICE)
    return f"{kinds.total()} {are} passed over ({listed}){advice}"


def split_nothing(_text: str, _order: DateOrder) -> list[Row[Document]]:
    """Take a text for one article, whatever it is."""
    return []


def read_one(
    stream: IO[bytes],
    options: ReadOptions,
    parse: Callable[[str, DateOrder], tuple[Document, tuple[str, ...]]],
    page: bool = False,
    split: Callable[[str, DateOrder], list[Row[Document]]] = split_nothing,
    doubt: Callable[[str], str] = lambda _text: "",
) -> Iterator[Row[Document]]:
    """Read a file that holds one article, or is an export of many.

    Args:
        stream: Its bytes.
        options: How it is read.
        parse: Finds the article, and lines that are not in its text.
        page: Whether to look for an HTML ``charset`` declaration.
        split: Finds the articles of an export; none where the file is no export.
        doubt: Says why the file may not be the one article that it is read as, or ``""``.

    Raises:
        RefusedError: The file is no text, or larger than an article.
    """
    data = stream.read(MOST_ARTICLE + 1)
    if len(data) > MOST_ARTICLE:
        raise RefusedError(LONG_ARTICLE)
    decoded = decode(data, options.encoding, page=page)
    replaced = decoded.replaced
    problem = describe_replaced(replaced, decoded.encoding) if replaced else ""
    if rows := split(decoded.text, options.date_order):
        yield from rows
        if problem:
            yield about_file(problem)
        return
    article, dropped = parse(decoded.text, options.date_order)
    if not article.text.strip():
        yield about_file("no text in it; left out" if data.strip() else "an empty file")
        return
    if doubts := doubt(decoded.text):
        yield about_file(doubts)
    # Pages and Markdown may write control characters out, as in "&#27;".
    said = {key: clean(getattr(article, key)) for key in ("text", "title", "source", "url", "id")}
    yield Row(0, None, replace(article, **said), problem, tuple(map(clean, dropped)))
