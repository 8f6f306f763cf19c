"""The kept tree of topics, and what moved passages since, in the store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from embeddings.corpus.store import CorpusStore
from topics.keeping.kept import KeptTopic, KeptTree

# The setting that holds the fields of the tree that are no rows.
KEPT = "kept"
KEPT_TABLES = ("kept_topics", "kept")

Kind = Literal["found", "born", "ended", "edited", "undone", "guided", "renewed", "moved"]


@dataclass(frozen=True)
class TopicEvent:
    """Something that moved passages from topic to topic, or made or ended a topic.

    Attributes:
        at: When, ISO 8601 in UTC.
        kind: ``found``: topics were found for the first time; ``born``: a subject of articles
            that were added became a topic; ``ended``: no text of a topic is left; ``edited``,
            ``undone``: by hand; ``guided``: topics of the user's own have changed;
            ``renewed``: topics were found anew; ``moved``: for another reason, which is said.
        topic: Its id; ``None`` where it is about all.
        name: The topic's name then.
        passages: How many distinct texts moved, or were there.
        reason: In words.
    """

    at: str
    kind: Kind
    topic: int | None
    name: str
    passages: int
    reason: str


def has_kept(store: CorpusStore) -> bool:
    """Say whether topics have been found that are kept."""
    return store.setting(KEPT) is not None


def read_kept(store: CorpusStore) -> KeptTree | None:
    """Return the kept tree, ``None`` where there is none yet.

    Raises:
        StoreError: It is damaged.
    """
    fields = store.setting(KEPT)
    if fields is None:
        return None
    for table in KEPT_TABLES:
        store.check_rows(table)
    topics = {
        number: KeptTopic(
            level, finest, parent, guided, name, None if shown is None else bool(shown), stability
        )
        for number, level, finest, parent, guided, name, shown, stability in store.rows(
            "SELECT id, level, finest, parent, guided, name, shown, stability FROM kept_topics"
        )
    }
    texts = store.rows("SELECT hash, leaf, founder FROM kept")
    try:
        fields.update(resolutions=tuple(fields["resolutions"]), idle=tuple(fields["idle"]))
        return KeptTree(
            topics=topics,
            leaves={bytes(key): leaf for key, leaf, _ in texts},
            founders=frozenset(bytes(key) for key, _, founder in texts if founder),
            **fields,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise store.damaged(f"the setting {KEPT}") from error


def read_kept_names(store: CorpusStore) -> dict[int, str]:
    """Return the names of the topics of the kept tree, by id; those that have none left out."""
    return dict(store.rows("SELECT id, name FROM kept_topics WHERE name != ''"))


# Not ``astuple``, which copies what it gives.
_columns = attrgetter(*(field.name for field in dataclasses.fields(KeptTopic)))


def put_kept(store: CorpusStore, kept: KeptTree) -> None:
    """Store a tree in place of the one before; only rows that differ are written."""
    fields = {
        field.name: getattr(kept, field.name)
        for field in dataclasses.fields(KeptTree)
        if field.compare and field.name not in ("topics", "leaves", "founders")
    }
    rows = {key: (leaf, int(key in kept.founders)) for key, leaf in kept.leaves.items()}
    with store.transaction() as connection:
        # Not read by ``read_kept``: a damaged tree can be replaced.
        store.forget_sums(KEPT_TABLES)
        before = {
            bytes(key): (leaf, founder)
            for key, leaf, founder in store.rows("SELECT hash, leaf, founder FROM kept")
        }
        connection.executemany(
            "DELETE FROM kept WHERE hash = ?", [(key,) for key in before.keys() - rows.keys()]
        )
        connection.executemany(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)",
            [(key, *row) for key, row in rows.items() if before.get(key) != row],
        )
        connection.execute("DELETE FROM kept_topics")
        connection.executemany(
            "INSERT INTO kept_topics VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, *_columns(topic)) for number, topic in kept.topics.items()],
        )
        store.set_setting(KEPT, fields)
        store.note_sums(KEPT_TABLES)


def drop_kept(store: CorpusStore) -> None:
    """Forget the kept tree: topics are found anew by each run."""
    if has_kept(store):
        with store.transaction():
            store.forget_sums(KEPT_TABLES)
            for table in (*KEPT_TABLES, "kept_parts"):
                store.replace_rows(table, [])
            store.set_setting(KEPT, None)


def read_parts(store: CorpusStore) -> dict[int, dict[str, int]]:
    """Return where each split put texts: by edit and content hash in hexadecimal, the part."""
    parts: dict[int, dict[str, int]] = {}
    for edit, key, part in store.rows("SELECT edit, lower(hex(hash)), part FROM kept_parts"):
        parts.setdefault(edit, {})[key] = part
    return parts


def put_parts(
    store: CorpusStore, parts: Iterable[tuple[int, str, int]], *, anew: bool = False
) -> None:
    """Note where splits put texts; each as edit, content hash in hexadecimal, and part.

    What is noted stands, unless topics were found anew.
    """
    with store.transaction() as connection:
        if anew:
            connection.execute("DELETE FROM kept_parts")
        connection.executemany(
            "INSERT OR IGNORE INTO kept_parts VALUES (?, ?, ?)",
            [(edit, bytes.fromhex(key), part) for edit, key, part in parts],
        )


def read_events(store: CorpusStore, since: str = "") -> list[TopicEvent]:
    """Return what moved passages, from a time on, in the order it happened."""
    return [
        TopicEvent(*row)
        for row in store.rows(
            "SELECT at, kind, topic, name, passages, reason FROM topic_events "
            "WHERE at >= ? ORDER BY id",
            (since,),
        )
    ]


def put_events(store: CorpusStore, events: Sequence[TopicEvent]) -> None:
    """Add events."""
    with store.transaction() as connection:
        connection.executemany(
            "INSERT INTO topic_events (at, kind, topic, name, passages, reason) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [dataclasses.astuple(event) for event in events],
        )
