"""Files of before version 7: articles under several forms of one address become one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from operator import itemgetter

from embeddings.articles.parsing.addresses import canonical_address
from embeddings.corpus.checksums import checksum
from embeddings.corpus.identity import is_same_article, standing_order
from embeddings.documents import Document
from embeddings.text.normalising import normalise

_FIELDS = "id, text, title, source, published, url, path"
# Where the id of an article stands, beside its own table and the answers on stories.
_HOLDERS = (
    *(("passages", "document_id"), ("removals", "document_id")),
    *(("article_relations", "a"), ("article_relations", "b")),
    *(("stories", "central"), ("story_members", "document_id"), ("story_memory", "document_id")),
)


def join_twins(connection: sqlite3.Connection) -> None:
    """Name articles by their address in its one form, and join those that it makes one.

    Of several with one name the same one stands as would had they been read now; the others'
    texts, where they differ, become its versions. Answers on stories follow to the new names;
    edits know passages by their texts. What follows from the articles is forgotten where a name
    has changed, since it goes by their order. When they were read is not known.

    Args:
        connection: In a transaction, with the tables of version 7.
    """
    connection.execute("PRAGMA defer_foreign_keys = ON")
    changed = _name_articles(connection)
    if not changed:
        return
    for table, column in _HOLDERS:
        connection.executemany(
            f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608
            [(new, old) for old, new in changed.items()],
        )
    connection.executemany(
        "DELETE FROM story_memory WHERE document_id = ?", [(old,) for old in changed]
    )
    _carry_answers(connection, changed)
    for table in ("stages", "sums"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words


def _name_articles(connection: sqlite3.Connection) -> dict[str, str]:
    """Join what is one article and name it; returns the names by those of before."""
    twins: dict[str, list[str]] = {}
    for document_id, url in connection.execute("SELECT id, url FROM documents ORDER BY id"):
        address = canonical_address(url)
        twins.setdefault(address or _form(document_id), []).append(document_id)
    connection.create_function("canonical", 1, canonical_address, deterministic=True)
    connection.execute("UPDATE documents SET address = canonical(url)")
    joined: dict[str, str] = {}
    for ids in twins.values():
        if len(ids) > 1:
            joined.update(_join(connection, ids))
    held = {one for ids in twins.values() for one in ids} - joined.keys()
    names: dict[str, str] = {}
    for document_id in sorted(held):
        # Whoever has the name of another, dissimilar one, keeps it.
        if (form := _form(document_id)) not in held:
            held.add(form)
            names[document_id] = form
    connection.executemany(
        "UPDATE documents SET id = ? WHERE id = ?", [(new, old) for old, new in names.items()]
    )
    for table in ("versions", "addresses"):
        connection.executemany(
            f"UPDATE {table} SET document_id = ? WHERE document_id = ?",  # noqa: S608
            [(new, old) for old, new in names.items()],
        )
    return names | {old: names.get(new, new) for old, new in joined.items()}


def _form(name: str) -> str:
    return canonical_address(name) or name


def _join(connection: sqlite3.Connection, ids: list[str]) -> dict[str, str]:
    """Join those articles of one address that are one to the best; returns its id by theirs."""
    found = []
    for document_id in ids:
        (row,) = connection.execute(
            f"SELECT {_FIELDS} FROM documents WHERE id = ?",  # noqa: S608 - our own words
            (document_id,),
        )
        found.append(Document(*row))
    best, *others = sorted(found, key=standing_order, reverse=True)
    same = [one for one in others if is_same_article(best.text, one.text)]
    texts = {normalise(best.text)}
    for one in same:
        if (text := normalise(one.text)) not in texts:
            texts.add(text)
            connection.execute(
                "INSERT INTO versions SELECT ?, version, title, source, published, url, path, "
                "text, NULL FROM documents WHERE id = ?",
                (best.id, one.id),
            )
        connection.execute(
            "INSERT OR IGNORE INTO addresses VALUES (?, ?, ?)", (best.id, one.url, one.path)
        )
        connection.execute("DELETE FROM documents WHERE id = ?", (one.id,))
    return {one.id: best.id for one in same}


def _carry_answers(connection: sqlite3.Connection, names: dict[str, str]) -> None:
    """Let answers on stories name articles as they are named now, the latest of a pair."""
    rows = connection.execute(
        "SELECT a, b, same, made FROM judgements WHERE kind = 'story'"
    ).fetchall()
    kept: dict[tuple[str, str], tuple[object, ...]] = {}
    for a, b, *answer in sorted(rows, key=itemgetter(3)):
        pair = tuple(sorted((names.get(a, a), names.get(b, b))))
        if pair[0] != pair[1]:
            kept[pair] = tuple(answer)
    connection.execute("DELETE FROM judgements WHERE kind = 'story'")
    connection.executemany(
        "INSERT INTO judgements (kind, a, b, same, made, crc) VALUES (?, ?, ?, ?, ?, ?)",
        [(*row, _sum(row)) for row in (("story", *pair, *kept[pair]) for pair in kept)],
    )


def _sum(row: Iterable[object]) -> int:
    return checksum(*(str(value).encode() for value in row))
