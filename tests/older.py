"""Files as older versions of the package wrote them: what came since is taken out of a new one."""

from __future__ import annotations

import sqlite3

# What each version of the file brought, newest first.
_BROUGHT = {
    7: (
        "DROP INDEX documents_by_address",
        "DROP INDEX stories_by_central",
        "ALTER TABLE documents DROP COLUMN address",
        "ALTER TABLE documents DROP COLUMN first_read",
        "ALTER TABLE documents DROP COLUMN changed",
        "DROP TABLE versions",
        "DROP TABLE addresses",
        "DROP TABLE furniture",
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
