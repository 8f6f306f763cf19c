"""The corpus in one SQLite file: articles, passages, vectors, and what is derived from them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.articles.parsing.addresses import canonical_address
from embeddings.corpus.checking import find_damage
from embeddings.corpus.checksums import join_vectors, sum_vectors
from embeddings.corpus.database import (
    check_place,
    connect,
    discarding_if_new,
    expect_file,
    one_writer,
    plain_errors,
)
from embeddings.corpus.held_once import NO_VECTORS, share_texts
from embeddings.corpus.values import NamedValues
from embeddings.corpus.versions import Reading, forget_articles, now
from embeddings.documents import Document, Passage, version_of
from embeddings.errors import TopicwireError
from embeddings.text.languages import FOUND, UNSURE
from embeddings.text.normalising import hash_text, normalise
from embeddings.text.scripts import choose_index_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.documents import Removal

# SQLite takes some 32,000 parameters a statement; this keeps statements short.
_CHUNK = 500
# Rows of passages hashed in one go.
_ROWS_AT_ONCE = 5_000

_PASSAGE_COLUMNS = 'document_id, position, start, body_start, "end", text, id'
_DOCUMENT_COLUMNS = "id, text, title, source, published, url, path, language"
# Rows among the values of a list, or all rows where there is none.
_AMONG = "WHERE ?1 IS NULL OR {} IN (SELECT value FROM json_each(?1))"


class CorpusStore(NamedValues):
    """A corpus in one file.

    Every public method is one transaction: after it returns, what it stored survives a kill.
    Use ``CorpusStore.open``.
    """

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, write: bool = False, create: bool = True) -> Iterator[CorpusStore]:
        """Open a store, and close it afterwards.

        Args:
            path: The SQLite file.
            write: Keep other writers out. A file made here is taken away again where the block
                fails before an article is stored.
            create: Make it if it is missing, to be written to.

        Raises:
            StoreError: It is missing, locked, not ours, or of a newer version; also in
                place of any SQLite error inside the ``with`` block.
        """
        check_place(path)
        with plain_errors(path):
            if not write:
                connection = connect(path, create=False)
                try:
                    # One state of the corpus, whatever a run beside us stores meanwhile.
                    connection.execute("BEGIN")
                    store = cls(path, connection)
                    with _telling_damage(store):
                        store.check_when_read()
                        yield store
                finally:
                    connection.close()
                return
            if not create:
                expect_file(path)
            with one_writer(path), discarding_if_new(path):
                connection = connect(path, create=True)
                try:
                    store = cls(path, connection)
                    with _telling_damage(store):
                        yield store
                finally:
                    connection.close()

    # Files and documents

    def file_digests(self) -> dict[str, str]:
        """Return the digest of each file read so far, by path."""
        return dict(self.rows("SELECT path, digest FROM files"))

    def file_problems(self) -> list[tuple[str, int | None, str]]:
        """Return what could not be read: path, line if known, reason."""
        return [
            (path, line, message)
            for path, line, message in self.rows(
                "SELECT path, line, message FROM problems ORDER BY path, line, message"
            )
        ]

    def add_file(self, path: str, digest: str, problems: Iterable[tuple[int | None, str]]) -> None:
        """Note that a file has been read whole, and what in it could not be read.

        Args:
            path: The file, or a folder in which files were passed over.
            digest: Of the file; ``""`` for a folder, or a file to be read again next time.
            problems: Line if known, and reason.
        """
        with self.transaction() as connection:
            connection.execute("DELETE FROM files WHERE path = ?", (path,))
            if digest:
                connection.execute("INSERT INTO files VALUES (?, ?)", (path, digest))
            connection.execute("DELETE FROM problems WHERE path = ?", (path,))
            connection.executemany(
                "INSERT INTO problems VALUES (?, ?, ?)",
                [(path, line, message) for line, message in problems],
            )

    def forget_files(self) -> None:
        """Let every file be read again that is met again."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM files")

    def forget_problems(self, paths: Iterable[str]) -> None:
        """Forget what could not be read in files that are no longer there."""
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM problems WHERE path = ?", [(path,) for path in paths]
            )

    def document_version(self, document_id: str) -> bytes | None:
        """Return the stored version of a document, or ``None``."""
        found = self.rows("SELECT version FROM documents WHERE id = ?", (document_id,))
        return bytes(found[0][0]) if found else None

    def put_document(
        self,
        document: Document,
        removals: Sequence[Removal],
        passages: Sequence[Passage],
        dropped: Sequence[tuple[str, str]] = (),
        reading: Reading | None = None,
    ) -> None:
        """Add a document, or replace the one of the same id.

        Args:
            document: The article.
            removals: Its furniture.
            passages: Its paragraphs; their ids are ignored, new ones are given.
            dropped: Lines that are not in ``document.text``, each with what left it out.
            reading: When it was first read and last changed; now where it is not given.
        """
        reading = reading or Reading(now(), now())
        told = lru_cache(maxsize=256)(lambda text, body: (hash_text(body), choose_index_text(text)))
        with self.transaction() as connection:
            # Its passages get new ids, so that what hung on the old ones is gone.
            self._forget_derived()
            connection.execute("DELETE FROM documents WHERE id = ?", (document.id,))
            connection.execute(
                "INSERT INTO documents (id, version, title, source, published, url, path, text, "
                "address, first_read, changed, language) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.id,
                    version_of(document),
                    document.title,
                    document.source,
                    document.published,
                    document.url,
                    document.path,
                    document.text,
                    canonical_address(document.url),
                    reading.first or None,
                    reading.changed or None,
                    document.language,
                ),
            )
            connection.executemany(
                "INSERT INTO removals VALUES (?, ?, ?, ?, ?)",
                [(document.id, r.start, r.end, r.rule, r.text) for r in removals]
                + [(document.id, None, None, rule, line) for rule, line in dropped],
            )
            connection.executemany(
                "INSERT INTO passages (document_id, position, start, body_start, "
                '"end", text, hash, index_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
                ((*astuple(p)[:-1], *told(p.text, p.body)) for p in passages),
            )

    def rename_outlet(self, document_id: str, outlet: str) -> None:
        """Give an article another outlet."""
        with self.transaction() as connection:
            self._forget_derived()
            document = replace(self.documents([document_id])[0], source=outlet)
            connection.execute(
                "UPDATE documents SET source = ?, version = ? WHERE id = ?",
                (outlet, version_of(document), document_id),
            )

    def put_languages(self, languages: Sequence[tuple[str, str]]) -> None:
        """Note the language of documents, given with their ids.

        What hangs on languages is made anew, unless all is English or unsure.
        """
        with self.transaction() as connection:
            connection.executemany("UPDATE documents SET language = ?2 WHERE id = ?1", languages)
            self.set_setting(FOUND, (self.setting(FOUND) or 0) + 1)
            if any(language not in ("en", UNSURE) for _, language in languages):
                self._forget_derived()

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        """Delete documents and all that hangs on them, and forget their files.

        A later run over the same files reads them anew.
        """
        with self.transaction() as connection:
            self._forget_derived()
            forget_articles(self, document_ids)
            for document_id in document_ids:
                connection.execute(
                    "DELETE FROM files WHERE path = (SELECT path FROM documents WHERE id = ?)",
                    (document_id,),
                )
                connection.execute(
                    "DELETE FROM problems WHERE path = (SELECT path FROM documents WHERE id = ?)",
                    (document_id,),
                )
                connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _forget_derived(self) -> None:
        with self.transaction() as connection:
            connection.execute("DELETE FROM stages")
            # Kept topics outlast the articles they were found in.
            connection.execute("DELETE FROM sums WHERE name NOT LIKE 'kept%'")

    def documents(self, ids: Iterable[str] | None = None) -> list[Document]:
        """Return all documents, or those of some ids, by id."""
        sql = f"SELECT {_DOCUMENT_COLUMNS} FROM documents {_AMONG.format('id')} ORDER BY id"  # noqa: S608
        return [Document(*row) for row in self.rows(sql, _listed(ids))]

    # Passages and vectors

    def passages(self, document_ids: Iterable[str] | None = None) -> list[Passage]:
        """Return all passages, or those of some documents, by document id and position."""
        among = _AMONG.format("document_id")
        sql = f"SELECT {_PASSAGE_COLUMNS} FROM passages {among} ORDER BY document_id, position"  # noqa: S608
        return list(share_texts(self.each(sql, _listed(document_ids))))

    def count_passages(self) -> int:
        """Return the number of passages."""
        return int(self.rows("SELECT count(*) FROM passages")[0][0])

    def find_missing(self, fingerprint: str) -> int:
        """Note each distinct passage without a vector of this encoder; returns their number.

        ``missing_texts`` gives them, until the next call.
        """
        # A temporary table may spill to disk, so that memory does not grow with the corpus.
        self._connection.execute("DROP TABLE IF EXISTS temp.missing")
        self._connection.execute("CREATE TEMP TABLE missing (row INTEGER PRIMARY KEY, id INTEGER)")
        # Shortest first, so that batches hold texts of like length.
        self._connection.execute(
            "INSERT INTO missing (id) SELECT id FROM passages AS p "
            "WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE hash = p.hash AND encoder = ?) "
            "GROUP BY hash ORDER BY length(text), hash",
            (fingerprint,),
        )
        return int(self.rows("SELECT count(*) FROM missing")[0][0])

    def missing_texts(self, start: int, count: int) -> list[tuple[bytes, str]]:
        """Return hash and body of passages that ``find_missing`` found, some at a time.

        The bodies are in normal form, since which of several raw forms came first must not
        matter.

        Args:
            start: How many of them to pass over.
            count: How many to return at most.
        """
        rows = self.rows(
            "SELECT p.hash, substr(p.text, p.body_start - p.start + 1) FROM missing AS m "
            "JOIN passages AS p ON p.id = m.id WHERE m.row > ? AND m.row <= ? ORDER BY m.row",
            (start, start + count),
        )
        return [(bytes(key), normalise(body)) for key, body in rows]

    def put_vectors(
        self, fingerprint: str, hashes: Sequence[bytes], vectors: NDArray[np.float32]
    ) -> None:
        """Store vectors, float32 of shape ``(len(hashes), dimension)``."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                [
                    (key, fingerprint, row.tobytes(), crc)
                    for key, row, crc in zip(
                        hashes, vectors.astype("<f4"), sum_vectors(vectors).tolist(), strict=True
                    )
                ],
            )

    def vectors_of(
        self, fingerprint: str, hashes: Sequence[bytes]
    ) -> dict[bytes, NDArray[np.float32]]:
        """Return the stored vectors among those of the given hashes."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(hashes), _CHUNK):
            chunk = hashes[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            for key, blob, crc in self.rows(
                f"SELECT hash, vector, crc FROM vectors WHERE encoder = ? AND hash IN ({marks})",  # noqa: S608
                (fingerprint, *chunk),
            ):
                found[bytes(key)] = self._join([blob], [crc])[0]
        return found

    def vectors(self, fingerprint: str, passage_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of some passages, in this order, as float32 ``(n, dimension)``.

        Args:
            fingerprint: The encoder's.
            passage_ids: Theirs.

        Raises:
            KeyError: A passage has no vector yet.
            StoreError: One is damaged.
        """
        found = {
            row[0]: row
            for row in self.rows(
                "SELECT p.id, v.vector, v.crc FROM passages AS p "
                "LEFT JOIN vectors AS v ON v.hash = p.hash AND v.encoder = ? "
                "WHERE p.id IN (SELECT value FROM json_each(?))",
                (fingerprint, *_listed(passage_ids)),
            )
        }
        rows = [found[passage_id] for passage_id in passage_ids]
        blobs = [blob for _, blob, _ in rows]
        if None in blobs:
            raise KeyError(f"{blobs.count(None)} passages have no vector yet")
        return self._join(blobs, [crc for *_, crc in rows]) if rows else NO_VECTORS

    def _join(self, blobs: Sequence[bytes], sums: Sequence[int | None]) -> NDArray[np.float32]:
        rows = join_vectors(blobs, sums)
        if rows is None:
            raise self.damaged("a vector")
        return rows

    def corpus_fingerprint(self) -> str:
        """Hash what topics, copies and relations are computed from.

        Passages' places and texts, outlets and dates; not titles or file names.
        """
        digest = hashlib.blake2b(digest_size=16)
        rows = self._connection.execute(
            'SELECT p.document_id, p.position, p.start, p.body_start, p."end", p.hash, '
            "d.source, d.published "
            "FROM passages AS p JOIN documents AS d ON d.id = p.document_id "
            "ORDER BY p.document_id, p.position"
        )
        while part := rows.fetchmany(_ROWS_AT_ONCE):
            digest.update("".join(map(repr, part)).encode())
        return digest.hexdigest()


@contextmanager
def _telling_damage(store: CorpusStore) -> Iterator[None]:
    """Say that a file is damaged where that is what an unforeseen error comes from.

    Raises:
        StoreError: In place of any such error, if something in the file is damaged.
    """
    try:
        yield
    except (TopicwireError, sqlite3.Error, OSError):
        raise
    except Exception as error:
        if damage := find_damage(store):
            raise store.damaged(damage) from error
        raise


def _listed(values: Iterable[Any] | None) -> tuple[str | None]:
    """Return a list as SQLite's ``json_each`` takes it, however long."""
    return (None if values is None else json.dumps(list(values)),)
