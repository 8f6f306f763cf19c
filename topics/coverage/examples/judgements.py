"""What a user answered about pairs, kept as must-link and cannot-link.

A judgement knows its pair by content, not by rows or ids of a run, so that what is found is
a function of the corpus and the judgements alone.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from embeddings.corpus.checksums import checksum
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError

JudgementKind = Literal["near_copy", "contains", "same_event", "story"]
KINDS: tuple[JudgementKind, ...] = get_args(JudgementKind)

# hash_text in hexadecimal.
_CONTENT_KEY = re.compile(r"[0-9a-f]{32}")
_DELETE = "DELETE FROM judgements WHERE kind = ? AND a = ? AND b = ?"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A yes or no to one pair.

    Attributes:
        kind: What was asked.
        a: The one text: ``hash_text`` of a passage's body in hexadecimal; for ``story`` a
            document's id. Of ``contains`` the longer one, else the lesser key of the two.
        b: The other.
        same: Yes: the two must be linked; no: they must not.
        made: When, ISO 8601 in UTC; set when it is stored.
    """

    kind: JudgementKind
    a: str
    b: str
    same: bool
    made: str = ""


def order_pair(kind: JudgementKind, a: str, b: str) -> tuple[str, str]:
    """Return a pair as it is kept: in the order of its keys, unless one contains the other."""
    return (a, b) if kind == "contains" or a <= b else (b, a)


def read_judgements(store: CorpusStore) -> list[Judgement]:
    """Return the stored judgements by kind and keys, whatever order they were made in.

    Raises:
        StoreError: One is not as Topicwire writes them.
    """
    found = []
    for *row, where in store.rows(
        "SELECT kind, a, b, same, made, crc, "
        "'kind = ' || quote(kind) || ' AND a = ' || quote(a) || ' AND b = ' || quote(b) "
        "FROM judgements ORDER BY kind, a, b"
    ):
        kind, a, b, same, made, crc = row
        fits = crc in (None, _sum(kind, a, b, same, made))
        if not fits or _find_fault(kind, a, b) or same not in (0, 1) or not isinstance(made, str):
            cure = shlex.quote(f"DELETE FROM judgements WHERE {where}")  # noqa: S608 - told, not run
            raise StoreError(
                f"A judgement in {store.path} is damaged; take it out with "
                f"`sqlite3 {shlex.quote(str(store.path))} {cure}`."
            )
        found.append(Judgement(kind, a, b, bool(same), made))
    return found


def put_judgement(store: CorpusStore, judgement: Judgement) -> None:
    """Store a judgement, in place of an earlier one on the pair.

    Raises:
        InputError: It is not on two different texts, or of a kind that there is not.
    """
    kind, a, b = judgement.kind, judgement.a, judgement.b
    fault = _find_fault(kind, a, b)
    if fault:
        raise InputError(fault)
    now = judgement.made or datetime.now(UTC).isoformat(timespec="seconds")
    with store.transaction() as connection:
        row = (kind, *order_pair(kind, a, b), int(judgement.same), now)
        connection.execute(
            "REPLACE INTO judgements (kind, a, b, same, made, crc) VALUES (?, ?, ?, ?, ?, ?)",
            (*row, _sum(*row)),
        )


def drop_judgement(store: CorpusStore, kind: JudgementKind, a: str, b: str) -> bool:
    """Delete the judgement on a pair; returns whether there was one."""
    with store.transaction() as connection:
        cursor = connection.execute(_DELETE, (kind, *order_pair(kind, a, b)))
    return cursor.rowcount > 0


def count_gone(store: CorpusStore) -> int:
    """Count the judgements on texts or articles that are not in the corpus any more."""
    gone = store.rows(
        "SELECT count(*) FROM judgements AS j WHERE CASE WHEN kind = 'story' THEN "
        "NOT EXISTS (SELECT 1 FROM documents WHERE id = j.a) "
        "OR NOT EXISTS (SELECT 1 FROM documents WHERE id = j.b) ELSE "
        "lower(j.a) NOT IN (SELECT lower(hex(hash)) FROM passages) "
        "OR lower(j.b) NOT IN (SELECT lower(hex(hash)) FROM passages) END"
    )
    return int(gone[0][0])


def _sum(*row: object) -> int:
    """Return the checksum of a judgement's columns, as SQLite has them as text."""
    return checksum(*(str(value).encode() for value in row))


def _find_fault(kind: Any, a: Any, b: Any) -> str:
    """Say what is wrong with a judgement, ``""`` if nothing is."""
    if kind not in KINDS:
        return f"{kind!r} was given as the kind of a pair; expected one of {', '.join(KINDS)}."
    for key in (a, b):
        if not isinstance(key, str) or not key:
            return f"{key!r} was given as one of a pair of kind {kind}; expected a key."
        if kind != "story" and not _CONTENT_KEY.fullmatch(key):
            return (
                f"{key!r} was given as one of a pair of kind {kind}; expected the hash of a "
                "passage, 32 hexadecimal digits."
            )
    if a == b:
        return f"{a!r} was given as both sides of a pair; expected two different texts."
    return ""
