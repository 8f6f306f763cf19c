"""All that was found of each passage as one row, for tables that other tools read."""

from __future__ import annotations

from typing import Any

from embeddings.corpus.citations import shown_above
from embeddings.corpus.store import CorpusStore

# Of each column what SQLite gives for it, and its type by pyarrow's name.
COLUMNS = {
    "passage_id": ("p.id", "int64"),
    "document_id": ("p.document_id", "string"),
    "position": ("p.position", "int64"),
    "start": ("p.start", "int64"),
    "end": ('p."end"', "int64"),
    "text": ("p.text", "string"),
    "title": ("d.title", "string"),
    "source": ("d.source", "string"),
    "published": ("d.published", "string"),
    "language": ("d.language", "string"),
    "url": ("d.url", "string"),
    "path": ("d.path", "string"),
    "first_read": ("d.first_read", "string"),
    "changed": ("d.changed", "string"),
    "topic_id": ("a.topic_id", "int64"),
    "topic": ("t.name", "string"),
    "topic_kind": ("t.kind", "string"),
    "strength": ("a.strength", "float64"),
    "subtopic_id": ("l.id", "int64"),
    "subtopic": ("l.name", "string"),
    "other_topic": ("o.name", "string"),
    "mixed": ("a.mixed", "int64"),
    "stranger": ("a.stranger", "int64"),
    "furniture": ("f.passage_id IS NOT NULL", "int64"),
    "copy_group": ("g.id", "int64"),
    "copy_kind": ("g.kind", "string"),
    "copy_sharing": ("g.sharing", "string"),
    "copy_across": ("g.across", "int64"),
    "story_id": ("s.story_id", "int64"),
}

_TABLES = """
    FROM passages AS p JOIN documents AS d ON d.id = p.document_id
    LEFT JOIN assignments AS a ON a.passage_id = p.id LEFT JOIN topics AS t ON t.id = a.topic_id
    LEFT JOIN shown_above AS u ON u.leaf = coalesce(a.leaf_id, a.topic_id)
    LEFT JOIN topics AS l ON l.id = u.id AND l.id != a.topic_id
    LEFT JOIN topics AS o ON o.id = a.other_id
    LEFT JOIN furniture AS f ON f.passage_id = p.id
    LEFT JOIN copy_members AS m ON m.passage_id = p.id
    LEFT JOIN copy_groups AS g ON g.id = m.group_id
    LEFT JOIN story_members AS s ON s.document_id = d.id
    WHERE ?1 IS NULL OR p.document_id = ?1
    ORDER BY p.document_id, p.position
"""


def read_passage_rows(store: CorpusStore, document_id: str | None = None) -> list[tuple[Any, ...]]:
    """Return a row for each passage, of the fields in ``COLUMNS``, by article and position.

    Args:
        store: What was found of its passages.
        document_id: Only those of this article.
    """
    fields = ", ".join(sql for sql, _ in COLUMNS.values())
    return store.rows(f"{shown_above()} SELECT {fields} {_TABLES}", (document_id,))
