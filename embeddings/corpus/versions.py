"""What an article said before or elsewhere, and the other addresses it stood at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from embeddings.documents import Document, has_version, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embeddings.corpus.store import CorpusStore

_COLUMNS = "title, source, published, url, path, text"


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an article had, or has in another file.

    Attributes:
        document: The article with that text.
        read: When that was first read, ISO 8601 in UTC; ``""`` where it was not noted.
    """

    document: Document
    read: str


@dataclass(frozen=True, slots=True)
class Reading:
    """When an article was read. Both ISO 8601 in UTC; ``""`` before version 7 of the file.

    Attributes:
        first: When it first came in.
        changed: When its text, as it is, first came in.
    """

    first: str
    changed: str


@dataclass(frozen=True, slots=True)
class Revised:
    """An article that has other texts too.

    Attributes:
        document_id: Its id.
        versions: How many others.
        changed: When the text that stands was first read; ``""`` where it was not noted.
    """

    document_id: str
    versions: int
    changed: str


def now() -> str:
    """Return the time as it is stored: ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_texts(store: CorpusStore, document_id: str) -> list[str]:
    """Return the other texts of an article as they stand there, to tell a new one by."""
    rows = store.rows("SELECT text FROM versions WHERE document_id = ?", (document_id,))
    return [text for (text,) in rows]


def read_versions(store: CorpusStore, document_id: str) -> list[Version]:
    """Return the other texts of an article, the first read first.

    Raises:
        StoreError: One is not what was stored.
    """
    rows = store.rows(
        f"SELECT version, coalesce(read, ''), {_COLUMNS} FROM versions "  # noqa: S608
        "WHERE document_id = ? "
        "ORDER BY read IS NOT NULL, read, published, length(text), version",
        (document_id,),
    )
    found = []
    for version, read, title, source, published, url, path, text in rows:
        document = Document(document_id, text, title, source, published, url, path)
        if not has_version(document, version):
            raise store.damaged("a version of an article")
        found.append(Version(document, read))
    return found


def keep_version(store: CorpusStore, document: Document, read: str) -> None:
    """Keep a text of an article beside the one that stands for it."""
    with store.transaction() as connection:
        connection.execute(
            f"INSERT OR IGNORE INTO versions (document_id, version, read, {_COLUMNS}) "  # noqa: S608
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                version_of(document),
                read or None,
                document.title,
                document.source,
                document.published,
                document.url,
                document.path,
                document.text,
            ),
        )


def drop_versions(store: CorpusStore, document_id: str, text: str | None = None) -> None:
    """Forget the versions of an article, or those of one text."""
    with store.transaction() as connection:
        connection.execute(
            "DELETE FROM versions WHERE document_id = ?1 AND (?2 IS NULL OR text = ?2)",
            (document_id, text),
        )


def read_times(store: CorpusStore, document_id: str) -> Reading:
    """Return when an article was read; it must be there."""
    (row,) = store.rows(
        "SELECT coalesce(first_read, ''), coalesce(changed, '') FROM documents WHERE id = ?",
        (document_id,),
    )
    return Reading(*row)


def list_read_since(store: CorpusStore, since: str) -> list[tuple[str, bool]]:
    """Return the articles first read or changed since a time, and whether they are new, by id.

    Those of before times were noted are old.
    """
    return [
        (document_id, bool(new))
        for document_id, new in store.rows(
            "SELECT id, coalesce(first_read, '') >= ?1 FROM documents "
            "WHERE max(coalesce(first_read, ''), coalesce(changed, '')) >= ?1 ORDER BY id",
            (since,),
        )
    ]


def list_revised(store: CorpusStore, document_ids: Iterable[str]) -> list[Revised]:
    """Return which of some articles have other texts too, by id."""
    rows = store.rows(
        "SELECT d.id, count(*), coalesce(d.changed, '') FROM versions AS v "
        "JOIN documents AS d ON d.id = v.document_id "
        "WHERE d.id IN (SELECT value FROM json_each(?)) GROUP BY d.id ORDER BY d.id",
        (json.dumps(list(document_ids)),),
    )
    return [Revised(*row) for row in rows]


def note_address(store: CorpusStore, document_id: str, url: str, path: str) -> None:
    """Note where else an article stood: an address, ``""`` for none, and a file."""
    with store.transaction() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO addresses VALUES (?, ?, ?)", (document_id, url, path)
        )


def forget_address(store: CorpusStore, path: str) -> None:
    """Forget that a file was met once more: it holds an article of its own now."""
    with store.transaction() as connection:
        connection.execute("DELETE FROM addresses WHERE path = ?", (path,))


def read_addresses(store: CorpusStore, document_id: str) -> list[tuple[str, str]]:
    """Return address and file of wherever else an article stood, sorted."""
    return store.rows(
        "SELECT url, path FROM addresses WHERE document_id = ? ORDER BY url, path", (document_id,)
    )


def list_twins(store: CorpusStore) -> list[tuple[str, str, str]]:
    """Return file, address and article of wherever an article was met once more."""
    return store.rows(
        "SELECT path, url, document_id FROM addresses ORDER BY path, url, document_id"
    )


def forget_articles(store: CorpusStore, document_ids: Iterable[str]) -> None:
    """Forget all this of articles that go, and that the files were read in which they stand too."""
    with store.transaction() as connection:
        for key in [(one,) for one in document_ids]:
            for table in ("files", "problems"):
                connection.execute(
                    f"DELETE FROM {table} WHERE path IN "  # noqa: S608 - our own words
                    "(SELECT path FROM addresses WHERE document_id = ?)",
                    key,
                )
            for table in ("versions", "addresses"):
                connection.execute(f"DELETE FROM {table} WHERE document_id = ?", key)  # noqa: S608
