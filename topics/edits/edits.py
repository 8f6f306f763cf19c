"""What a user changed in the topics, kept as constraints that every run obeys.

An edit knows topics and passages by their content, not by ids: it acts on topics that are kept,
and finds them again where topics are found anew.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from embeddings.corpus.checksums import checksum
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError

Kind = Literal["rename", "merge", "split", "pin", "exclude", "part"]

# An edit knows a topic by so many of its firmest members.
ANCHORS = 200


@dataclass(frozen=True)
class Anchor:
    """A topic as an edit knows it.

    Attributes:
        guided: The name of a guided topic, ``""`` for a discovered one.
        members: Content hashes of its firmest members in hexadecimal, ``ANCHORS`` at most,
            copies once.
        size: Its number of members when the edit was made, copies once.
        total: That of the corpus.
        depth: -1 if it was broader than the level shown, 1 if finer, else 0.
        id: Its id then, which it gets back when the edit is undone; nothing else rests on it.
    """

    guided: str
    members: tuple[str, ...] = ()
    size: int = 0
    total: int = 0
    depth: int = 0
    id: int = 0

    def fits(self, size: int, total: int) -> float:
        """Return how near a topic comes to this one in size, or in share of the corpus.

        A topic that grew with its corpus has kept its share, one of a corpus that grew by
        other subjects its size.

        Returns:
            The lesser over the greater, of whichever of the two is nearer to 1; 0 to 1.
        """
        by_size = min(size, self.size) / max(size, self.size, 1)
        here, there = size / max(total, 1), self.size / max(self.total, 1)
        return max(by_size, min(here, there) / max(here, there, 1e-9))


@dataclass(frozen=True)
class Edit:
    """One change that the user asked for.

    Attributes:
        id: Its number, in the order made.
        kind: ``rename``; ``merge``: topics into one; ``split``: a topic into several;
            ``pin``: a passage to a topic; ``exclude``: a passage from one; ``part``: two
            passages into different topics.
        topics: The topics it is about.
        passages: Content hashes of the passages it is about, in hexadecimal.
        name: The new name, for ``rename``.
        into: Number of topics to split into; 0 for the parts that it has.
        made: When, ISO 8601 in UTC.
    """

    id: int
    kind: Kind
    topics: tuple[Anchor, ...] = ()
    passages: tuple[str, ...] = ()
    name: str = ""
    into: int = 0
    made: str = ""


def read_edits(store: CorpusStore) -> list[Edit]:
    """Return the stored edits, in the order made.

    Raises:
        StoreError: One is not as Topicwire writes them.
    """
    edits = []
    for number, *parts, crc in store.rows(
        "SELECT id, CAST(kind AS BLOB), CAST(content AS BLOB), CAST(made AS BLOB), crc "
        "FROM edits ORDER BY id"
    ):
        try:
            kind, content, made = (part.decode() for part in parts)
            if crc not in (None, checksum(*parts)) or kind not in get_args(Kind):
                raise ValueError
            fields = json.loads(content)
            topics = tuple(
                Anchor(**{**topic, "members": tuple(topic["members"])})
                for topic in fields["topics"]
            )
            passages = tuple(fields["passages"])
            edits.append(
                Edit(
                    number,
                    cast("Kind", kind),
                    topics,
                    passages,
                    fields["name"],
                    fields["into"],
                    made,
                )
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            cure = f"DELETE FROM edits WHERE id = {int(number)}"  # noqa: S608 - told, not run
            raise StoreError(
                f"Edit {number} in {store.path} is damaged; take it out with "
                f"`sqlite3 {store.path} '{cure}'`."
            ) from error
    return edits


def list_answers(edits: Sequence[Edit]) -> dict[str, dict[str, bool]]:
    """Return what was pinned to the user's own topics, or kept out of them.

    Returns:
        By name of the topic and content hash: whether the passage belongs; the last word counts.
    """
    answers: dict[str, dict[str, bool]] = {}
    for edit in edits:
        if edit.kind in ("pin", "exclude") and edit.topics[0].guided:
            said = answers.setdefault(edit.topics[0].guided, {})
            # What is said again is the last that was said.
            said.pop(edit.passages[0], None)
            said[edit.passages[0]] = edit.kind == "pin"
    return answers


def put_edit(store: CorpusStore, edit: Edit) -> int:
    """Store an edit, made now unless it says when; returns its number, whatever it has."""
    content = dataclasses.asdict(edit)
    for key in ("id", "kind", "made"):
        del content[key]
    made = edit.made or datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction() as connection:
        row = (edit.kind, json.dumps(content, ensure_ascii=False), made)
        cursor = connection.execute(
            "INSERT INTO edits (kind, content, made, crc) VALUES (?, ?, ?, ?)",
            (*row, checksum(*(part.encode() for part in row))),
        )
    return int(cursor.lastrowid or 0)


def drop_edit(store: CorpusStore, number: int) -> None:
    """Delete an edit."""
    with store.transaction() as connection:
        connection.execute("DELETE FROM edits WHERE id = ?", (number,))
