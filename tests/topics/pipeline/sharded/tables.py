# ruff: noqa: S608 - our own words
"""All that a run stores, so that two databases can be compared; and the files of one over files."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_PLACE = "(SELECT document_id || '#' || position FROM passages WHERE id = {})"
# All that a run stores, but for numbers of passages, times, and what is kept for speed.
TABLES = {
    "documents": "SELECT id, version, title, source, published, url, path, text, address, language "
    "FROM documents",
    "versions": "SELECT document_id, version, title, source, published, url, path, text "
    "FROM versions",
    **{name: f"SELECT * FROM {name}" for name in ("addresses", "removals", "files", "problems")},
    "passages": 'SELECT document_id, position, start, body_start, "end", text, hash, index_text '
    "FROM passages",
    "vectors": "SELECT * FROM vectors",
    "copies": "SELECT g.id, g.kind, g.across, g.short, g.sharing, m.share, "
    f"{_PLACE.format('g.canonical')}, {_PLACE.format('m.passage_id')} "
    "FROM copy_groups AS g JOIN copy_members AS m ON m.group_id = g.id",
    "wordings": f"SELECT {_PLACE.format('passage_id')}, {_PLACE.format('canonical')} FROM wordings",
    "furniture": f"SELECT {_PLACE.format('passage_id')}, articles FROM furniture",
    "relations": f"SELECT kind, {_PLACE.format('a')}, {_PLACE.format('b')}, score, evidence, "
    "across, sharing FROM relations",
    "articles": "SELECT * FROM article_relations",
    "stories": "SELECT s.*, m.document_id FROM stories AS s "
    "JOIN story_members AS m ON m.story_id = s.id",
    "topics": "SELECT id, name, kind, keyphrases, level, finest, parent, stability, shown "
    "FROM topics",
    "assignments": f"SELECT {_PLACE.format('passage_id')}, node, topic_id, strength, leaf_id, "
    "other_id, other, mixed, stranger FROM assignments",
    "stages": "SELECT name, digest FROM stages",
    "graph": "SELECT name, data FROM arrays WHERE name LIKE 'graph%' OR name LIKE 'spare%'",
}


def read(db: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(db)
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    found = {name: sorted(map(repr, connection.execute(sql))) for name, sql in TABLES.items()}
    connection.close()
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}
