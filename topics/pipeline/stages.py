"""What a result hangs on, how it is made and where it is kept: a stage, and the one runner.

A stage is a function of the corpus, of the user's choices and of earlier stages. The digest of
all these is kept with its result, in one row of the table ``stages``, which no other module
reads, but that a search asks whether its index is of the articles as they are; a change of
articles takes all rows away. What has the digest it had is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from embeddings.corpus.checksums import checksum
from embeddings.corpus.store import CorpusStore


@dataclass
class Work:
    """What stages work on: a store, open for writing where something is to be kept."""

    store: CorpusStore


W = TypeVar("W", bound=Work)


@dataclass(frozen=True)
class Stage(Generic[W]):
    """One step from the corpus to what is shown of it.

    Attributes:
        name: Of its row.
        after: Names of the stages whose results it is made from.
        hangs_on: What else it is made from, as JSON can write it; a stage made from another
            alone has the digest of that.
        make: Computes it; may take minutes, and runs outside any transaction.
        keep: Stores what ``make`` returned; returns notes, as JSON can write them.
        is_whole: Says whether the stored result is all there.
        tables: Those it stores rows in, whose checksums are kept.
        values: Settings and arrays that it stores.
    """

    name: str
    after: tuple[str, ...]
    hangs_on: Callable[[W], Sequence[object]]
    make: Callable[[W], Any]
    keep: Callable[[W, Any], Any]
    is_whole: Callable[[W], bool] = lambda _: True
    tables: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass
class Runner(Generic[W]):
    """Makes the stages whose result is not the one stored, then keeps all in one transaction.

    Attributes:
        work: Handed to each stage.
        made: What each stage made in this run, by name.
    """

    work: W
    made: dict[str, Any] = field(default_factory=dict)
    _pending: list[tuple[Stage[W], str]] = field(default_factory=list)
    _digests: dict[str, str] = field(default_factory=dict)

    def make(self, *stages: Stage[W]) -> None:
        """Make those that are not up to date, in this order; earlier stages come first."""
        for stage in stages:
            before = [self._digest_of(name) for name in stage.after]
            parts = [*before, *stage.hangs_on(self.work)]
            digest = str(parts[0]) if len(parts) == len(before) == 1 else _digest(parts)
            self._digests[stage.name] = digest
            renewed = any(name in self.made for name in stage.after)
            kept = digest == stored_digest(self.work.store, stage.name)
            if renewed or not kept or not stage.is_whole(self.work):
                self.made[stage.name] = stage.make(self.work)
                self._pending.append((stage, digest))

    def keep(self) -> None:
        """Store all that was made, or nothing of it."""
        if not self._pending:
            return
        tables = {table for stage, _ in self._pending for table in stage.tables}
        with self.work.store.transaction() as connection:
            self.work.store.forget_sums(tables)
            for stage, digest in self._pending:
                notes = json.dumps(stage.keep(self.work, self.made[stage.name]))
                connection.execute(
                    "INSERT OR REPLACE INTO stages VALUES (?, ?, ?, ?)",
                    (stage.name, digest, notes, checksum(digest.encode(), notes.encode())),
                )
            self.work.store.note_sums(tables)
        self._pending = []

    def _digest_of(self, name: str) -> str:
        return self._digests.get(name) or stored_digest(self.work.store, name)


def stored_digest(store: CorpusStore, name: str) -> str:
    """Return the digest of a stage's stored result, ``""`` where there is none or it is stale.

    One whose notes are damaged is stale, so that the next run mends it.
    """
    row = _read_row(store, name)
    return row[0].decode() if row else ""


def stored_notes(store: CorpusStore, name: str) -> Any:
    """Return what a stage noted when its result was stored, or ``None``."""
    row = _read_row(store, name)
    return json.loads(row[1]) if row else None


def forget_stages(store: CorpusStore, names: Iterable[str]) -> None:
    """Let the next run make these stages anew, and with them all that is made from them."""
    with store.transaction() as connection:
        connection.executemany("DELETE FROM stages WHERE name = ?", [(name,) for name in names])


def _read_row(store: CorpusStore, name: str) -> tuple[bytes, bytes] | None:
    """Return digest and notes, ``None`` where there are none or they are damaged."""
    found = store.rows(
        "SELECT CAST(digest AS BLOB), CAST(notes AS BLOB), crc FROM stages WHERE name = ?", (name,)
    )
    return found[0][:2] if found and found[0][2] in (None, checksum(*found[0][:2])) else None


def is_stale(store: CorpusStore, *names: str) -> bool:
    """Say whether articles have changed since one of these stages was made."""
    return not all(stored_digest(store, name) for name in names)


def _digest(parts: Sequence[object]) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
