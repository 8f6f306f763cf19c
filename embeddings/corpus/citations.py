"""Passages and articles as answers cite them, all that are asked for read at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.documents import has_version
from embeddings.errors import InputError
from embeddings.text.normalising import hash_text

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from embeddings.documents import Document, Passage


@dataclass(frozen=True)
class Quotation:
    """A passage with what is needed to cite it.

    Attributes:
        passage_id: The store's id.
        text: The passage.
        title: Its article's headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
        url: The article's, or ``""``.
    """

    passage_id: int
    text: str
    title: str
    source: str
    published: str
    url: str


@dataclass(frozen=True)
class ArticleLine:
    """An article with what is needed to cite it.

    Attributes:
        document_id: Its id.
        title: The headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
        url: Where it was published, or ``""``.
    """

    document_id: str
    title: str
    source: str
    published: str
    url: str


def cite(document: Document) -> ArticleLine:
    """Return what is needed to cite an article."""
    return ArticleLine(
        document.id, document.title, document.source, document.published, document.url
    )


def read_beginnings(store: CorpusStore, characters: int) -> dict[ArticleLine, str]:
    """Return the headline and first characters of every article, by id."""
    return {
        ArticleLine(*row): f"{row[1]}.\n\n{beginning}"
        for *row, beginning in store.rows(
            "SELECT id, title, source, published, url, substr(text, 1, ?) FROM documents "
            "ORDER BY id",
            (characters,),
        )
    }


def shown_above(leaves: str = "SELECT id FROM topics") -> str:
    """Return how SQL begins that finds the nearest topic shown at or above some of the finest.

    They are the rows of ``shown_above (leaf, id)``; where none is shown there is no row.

    Args:
        leaves: A query of their ids.
    """
    return f"""
        WITH RECURSIVE above (leaf, id) AS (
            SELECT id, id FROM topics WHERE id IN ({leaves})
            UNION ALL SELECT a.leaf, t.parent FROM above AS a JOIN topics AS t ON t.id = a.id
            WHERE t.parent IS NOT NULL AND NOT t.shown
        ), shown_above AS (
            SELECT a.leaf, a.id FROM above AS a JOIN topics AS t ON t.id = a.id WHERE t.shown
        )
    """  # noqa: S608 - queries of ours


def read_quotations(store: CorpusStore, passage_ids: Iterable[int]) -> dict[int, Quotation]:
    """Return passages to cite, by id, in the order asked for; unknown ids are left out.

    Raises:
        StoreError: The paragraph of one is not what was stored.
    """
    wanted = list(passage_ids)
    found = {}
    for *row, start, body_start, key in store.rows(
        "SELECT p.id, p.text, d.title, d.source, d.published, d.url, p.start, p.body_start, p.hash "
        "FROM passages AS p "
        "JOIN documents AS d ON d.id = p.document_id "
        "WHERE p.id IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    ):
        quotation = Quotation(*row)
        if hash_text(quotation.text[body_start - start :]) != key:
            raise store.damaged(f"passage {quotation.passage_id}")
        found[quotation.passage_id] = quotation
    return {one: found[one] for one in wanted if one in found}


def expect_as_read(store: CorpusStore, documents: Iterable[Document]) -> None:
    """Check that articles are what was stored.

    Raises:
        StoreError: One is not.
    """
    for document in documents:
        if not has_version(document, store.document_version(document.id) or b""):
            raise store.damaged("an article")


def expect_whole(store: CorpusStore, passages: Iterable[Passage]) -> None:
    """Refuse passages whose paragraph is not what was stored.

    Raises:
        StoreError: Such a one is among them.
    """
    read = list(passages)
    keys = dict(
        store.rows(
            "SELECT id, hash FROM passages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([passage.id for passage in read]),),
        )
    )
    for passage in read:
        if hash_text(passage.body) != keys[passage.id]:
            raise store.damaged(f"passage {passage.id}")


def read_bodies(store: CorpusStore, passage_ids: Iterable[int]) -> dict[int, str]:
    """Return the paragraphs of passages, without their headings, by id."""
    return dict(
        store.rows(
            "SELECT id, substr(text, body_start - start + 1) FROM passages "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(passage_ids)),),
        )
    )


def read_places(store: CorpusStore, passage_ids: Iterable[int]) -> dict[int, tuple[str, int, int]]:
    """Return document id of passages, and where they start and end in its text, by id."""
    rows = store.rows(
        'SELECT id, document_id, start, "end" FROM passages '
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(passage_ids)),),
    )
    return {passage_id: (document_id, start, end) for passage_id, document_id, start, end in rows}


def find_keys(store: CorpusStore, passage_id: int) -> tuple[str, str]:
    """Return a passage's document id and its content hash in hexadecimal.

    Raises:
        InputError: There is no such passage.
    """
    rows = store.rows(
        "SELECT document_id, lower(hex(hash)) FROM passages WHERE id = ?",
        (passage_id if 0 < passage_id < 2**63 else None,),  # what SQLite can hold
    )
    if not rows:
        raise InputError(
            f"There is no passage {passage_id}; `topicwire search` shows the numbers of those it "
            "finds."
        )
    found: tuple[str, str] = rows[0]
    return found


def find_text(store: CorpusStore, key: str) -> tuple[int, str, str] | None:
    """Return id, text and paragraph of the first passage of a content hash in hexadecimal."""
    rows = store.rows(
        "SELECT id, text, substr(text, body_start - start + 1) FROM passages WHERE hash = ? "
        "ORDER BY id LIMIT 1",
        (bytes.fromhex(key),),
    )
    return rows[0] if rows else None


def list_hashes(store: CorpusStore) -> set[str]:
    """Return the content hash of each passage in hexadecimal."""
    return {key for (key,) in store.rows("SELECT DISTINCT lower(hex(hash)) FROM passages")}


def read_texts(store: CorpusStore, keys: Iterable[str]) -> dict[str, str]:
    """Return the first paragraph of each content hash in hexadecimal; unknown ones are left out."""
    rows = store.rows(
        "SELECT lower(hex(hash)), substr(text, body_start - start + 1) FROM passages "
        "WHERE lower(hex(hash)) IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
        (json.dumps(list(keys)),),
    )
    return dict(rows)
