"""Files as older versions of the package wrote them: what came since is taken out of a new one."""

from __future__ import annotations

import sqlite3

# What each version of the file brought, newest first.
_BROUGHT = {
    8: (
        "DROP TABLE kept_topics",
        "DROP TABLE kept",
        "DROP TABLE kept_parts",
        "DROP TABLE topic_events",
        "DELETE FROM sums WHERE name LIKE 'kept%'",
        "DELETE FROM settings WHERE key = 'kept'",
        "ALTER TABLE copy_groups DROP COLUMN sharing",
        "ALTER TABLE relations DROP COLUMN sharing",
    ),
    7: (
        "DROP INDEX documents_by_address",
        "DROP INDEX stories_by_central",
        "ALTER TABLE documents DROP COLUMN address",
        "ALTER TABLE documents DROP COLUMN first_read",
        "ALTER TABLE documents DROP COLUMN changed",
        "DROP TABLE versions",
        "DROP TABLE addresses",
        "DROP TABLE furniture",
        "DROP INDEX documents_by_language",
        "ALTER TABLE documents DROP COLUMN language",
        "DROP TRIGGER passages_inserted",
        "DROP TRIGGER passages_deleted",
        "DROP TABLE words",
        "DROP VIEW indexed_passages",
        "ALTER TABLE passages DROP COLUMN index_text",
        "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'passages', content_rowid = 'id', "
        "tokenize = 'porter unicode61 remove_diacritics 2')",
        "CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN "
        "INSERT INTO words (rowid, text) VALUES (new.id, new.text); END",
        "CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN "
        "INSERT INTO words (words, rowid, text) VALUES ('delete', old.id, old.text); END",
        "INSERT INTO words (words) VALUES ('rebuild')",
        "ALTER TABLE topics DROP COLUMN shown",
    ),
    6: ("ALTER TABLE edits DROP COLUMN crc", "ALTER TABLE judgements DROP COLUMN crc"),
    5: (
        "ALTER TABLE settings DROP COLUMN crc",
        "ALTER TABLE stages DROP COLUMN crc",
        "ALTER TABLE arrays DROP COLUMN crc",
        "ALTER TABLE vectors DROP COLUMN crc",
        "DROP TABLE sums",
    ),
    4: ("DROP TABLE stages",),
}


def make_older(connection: sqlite3.Connection, version: int) -> None:
    """Turn the tables of a file of today into those of a version, 3 or later."""
    for brought, statements in _BROUGHT.items():
        if brought > version:
            for statement in statements:
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version}")
