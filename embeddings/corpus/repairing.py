"""Taking out of a file what is damaged and can be made again; articles are never touched."""

from __future__ import annotations

from collections.abc import Iterable

from embeddings.corpus.values import NamedValues


def rebuild_indexes(store: NamedValues) -> None:
    """Make the indexes of the tables and the full-text index anew from the rows they are of."""
    with store.transaction() as connection:
        connection.execute("REINDEX")
        connection.execute("UPDATE passages SET index_text = index_form(text)")
        connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def drop_vectors(store: NamedValues, hashes: Iterable[str]) -> None:
    """Delete vectors, given by the hashes of their texts in hexadecimal."""
    with store.transaction() as connection:
        connection.executemany(
            "DELETE FROM vectors WHERE hash = ?", [(bytes.fromhex(one),) for one in hashes]
        )


def drop_values(store: NamedValues, names: Iterable[str]) -> None:
    """Delete settings and arrays by name."""
    wanted = set(names)
    with store.transaction() as connection:
        for table, column in (("settings", "key"), ("arrays", "name")):
            keys = connection.execute(f"SELECT CAST({column} AS BLOB) FROM {table}").fetchall()  # noqa: S608
            # A name may be damaged, and no text.
            gone = [key for key in keys if key[0].decode("utf-8", "replace") in wanted]
            connection.executemany(
                f"DELETE FROM {table} WHERE CAST({column} AS BLOB) = ?",  # noqa: S608
                gone,
            )


def empty_tables(store: NamedValues, tables: Iterable[str]) -> None:
    """Delete all rows of derived tables, and what hangs on them."""
    with store.transaction() as connection:
        for table in tables:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
