"""What a reading run is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.articles.parsing.dates import DateOrder
    from embeddings.documents import Document

# What stands for the path of articles that come from no file; that of a file is absolute.
STANDARD_INPUT, PYTHON = "standard input", "Python"
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read.

    Attributes:
        source: The outlet of every article; ``""`` to take it from the article or its
            folder.
        columns: The column or key of a table for a field of ``Document``: ``id``,
            ``text``, ``title``, ``source``, ``date``, ``url``. Others are found by name.
        date_order: How ``12/05/2013`` is read: ``DMY`` (12 May) or ``MDY``. A day over
            twelve decides by itself.
        encoding: The encoding of all files; ``""`` to find out for each.
        follow_links: Whether links in folders are followed that lead out of them.
        in_given: Whether a file lies directly in a folder that was given, whose name need not
            be an outlet's; set for each file.
        named: Whether a file was given itself; set for each file.
    """

    source: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    date_order: DateOrder = "DMY"
    encoding: str = ""
    follow_links: bool = False
    in_given: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read as it should.

    Attributes:
        path: The file or folder.
        line: The line or row in it, from 1; ``None`` for the whole file.
        message: One sentence: what was found and what was done.
    """

    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file, or a part of a large table, as read.

    Attributes:
        path: The absolute path.
        digest: Of the options and the reader's version, and of its bytes; ``""`` for a folder
            and for every part of a table but the last, so that a digest once stored says
            that the whole file was read.
        documents: Its articles in the order of the file.
        problems: What could not be read.
        unchanged: Whether it was passed over because an earlier run had this digest.
        dropped: By place: the visible lines that are not in ``Document.text``.
        rules: By place: what left these out.
        last: Whether this is all of the file, or its last part.
        places: Of each document the file, or the file, ``#`` and the row: what names it where
            its id names another article.
        notes: How it was understood: which column was which field, the order of its dates.
        content: The digest of its bytes alone; ``""`` where none were read.
        guessed: Articles that name no outlet and take the name of the folder, where that or
            the file was given.
    """

    path: str
    digest: str
    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: bool = False
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    rules: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    last: bool = True
    places: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    content: str = ""
    guessed: int = 0
