"""Who carried the same words, and who told the same event in words of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.alignment import Change, compare
from embeddings.documents import date_bounds
from embeddings.errors import InputError
from embeddings.store import CorpusStore
from topics.commands.listing import (
    Quotation,
    find_sources,
    read_quotations,
    require_topics,
)

KINDS = ("exact", "near_copy", "contains", "same_event")


@dataclass(frozen=True)
class CopyMember:
    """One passage of a group of copies.

    Attributes:
        passage: The passage, to cite.
        share: Share of words in common with the group's first, on the longer of the two.
        changes: What differs from the group's first passage, word by word; offsets count
            characters of the two paragraphs without their headings.
    """

    passage: Quotation
    share: float
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class CopyListing:
    """Passages verified as one text.

    Attributes:
        id: Number of the group in this state of the database.
        kind: ``exact`` or ``near_copy``.
        first: The member seen first, by its article's date.
        first_is_certain: Whether no other member could be older, as far as the dates
            given are exact enough to tell.
        outlets: The known outlets, sorted.
        across: Whether it stands in several outlets; otherwise it is a repeat in one.
        members: All members, the first among them, by date.
    """

    id: int
    kind: str
    first: Quotation
    first_is_certain: bool
    outlets: tuple[str, ...]
    across: bool
    members: tuple[CopyMember, ...]


@dataclass(frozen=True)
class RelationListing:
    """A pair of passages that are related but no copies.

    Attributes:
        kind: ``contains`` (``b`` stands inside ``a``) or ``same_event``.
        a: The first passage.
        b: The second.
        score: How sure, 0 to 1.
        evidence: What speaks for it, as stored.
    """

    kind: str
    a: Quotation
    b: Quotation
    score: float
    evidence: dict[str, Any]


@dataclass(frozen=True)
class CopyReport:
    """Copies and relations of a corpus.

    Attributes:
        groups: Groups of copies, most outlets first.
        relations: Pairs that are no copies, surest first.
        repeats_left_out: Groups and pairs within one outlet, or groups of a few words ("He
            said."), that were not asked for.
    """

    groups: list[CopyListing]
    relations: list[RelationListing]
    repeats_left_out: int


def copies(
    db: Path | str = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    repeats: bool = False,
) -> CopyReport:
    """List groups of copies, and pairs that are related.

    Args:
        db: The database.
        kinds: Some of ``exact``, ``near_copy``, ``contains``, ``same_event``; all if empty.
        sources: Only what one of these outlets has part in.
        repeats: Also groups within one outlet, and of texts of a few words.

    Raises:
        InputError: An unknown kind.
        StoreError: No such database, or nothing in it has been clustered.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"--kind is {kind!r}; use one of {', '.join(KINDS)}.")
    wanted = set(kinds or KINDS)
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        outlets = set(find_sources(store, sources))
        groups, left_out = _groups(store, wanted, outlets, repeats)
        relations, pairs_left_out = _relations(store, wanted, outlets, repeats)
        return CopyReport(groups, relations, left_out + pairs_left_out)


def _groups(
    store: CorpusStore, kinds: set[str], outlets: set[str], repeats: bool
) -> tuple[list[CopyListing], int]:
    members: dict[int, list[int]] = {}
    for group_id, passage_id in store.rows(
        "SELECT m.group_id, m.passage_id FROM copy_members AS m "
        "JOIN passages AS p ON p.id = m.passage_id "
        "ORDER BY m.group_id, p.document_id, p.position"
    ):
        members.setdefault(group_id, []).append(passage_id)
    wanted = _with_source(store, outlets)
    listings, left_out = [], 0
    for group_id, kind, across, short in store.rows(
        "SELECT id, kind, across, short FROM copy_groups ORDER BY id"
    ):
        if kind not in kinds:
            continue
        if not repeats and (short or not across):
            left_out += 1
            continue
        if wanted is None or not wanted.isdisjoint(members[group_id]):
            listings.append(_listing(store, group_id, kind, bool(across), members[group_id]))
    listings.sort(key=lambda group: (-len(group.outlets), -len(group.members), group.id))
    return listings, left_out


def _with_source(store: CorpusStore, outlets: set[str]) -> set[int] | None:
    """Return the passages of some outlets, or ``None`` for no limit."""
    if not outlets:
        return None
    rows = store.rows(
        "SELECT p.id, d.source FROM passages AS p JOIN documents AS d ON d.id = p.document_id"
    )
    return {passage_id for passage_id, source in rows if source in outlets}


def _listing(
    store: CorpusStore, group_id: int, kind: str, across: bool, passage_ids: list[int]
) -> CopyListing:
    quotations = list(read_quotations(store, passage_ids))
    # Surely published by then: the last minute that a coarse date may mean.
    quotations.sort(key=lambda q: (date_bounds(q.published)[1], q.source))
    first = quotations[0]
    by_then = date_bounds(first.published)[1]
    bodies = _bodies(store, passage_ids)
    # Each distinct wording is compared once: a group may hold thousands of the same.
    comparisons = {body: compare(bodies[first.passage_id], body) for body in set(bodies.values())}
    compared = []
    for quotation in quotations:
        comparison = comparisons[bodies[quotation.passage_id]]
        compared.append(CopyMember(quotation, round(comparison.share, 4), comparison.changes))
    return CopyListing(
        id=group_id,
        kind=kind,
        first=first,
        first_is_certain=all(
            date_bounds(q.published)[0] > by_then
            for q in quotations[1:]
            if q.source != first.source or not q.source
        ),
        outlets=tuple(sorted({q.source for q in quotations if q.source})),
        across=across,
        members=tuple(compared),
    )


def _bodies(store: CorpusStore, passage_ids: list[int]) -> dict[int, str]:
    bodies: dict[int, str] = {}
    for passage_id in passage_ids:
        bodies.update(
            store.rows(
                "SELECT id, substr(text, body_start - start + 1) FROM passages WHERE id = ?",
                (passage_id,),
            )
        )
    return bodies


def _relations(
    store: CorpusStore, kinds: set[str], outlets: set[str], repeats: bool
) -> tuple[list[RelationListing], int]:
    found, left_out = [], 0
    for kind, a, b, score, evidence, across in store.rows(
        "SELECT r.kind, r.a, r.b, r.score, r.evidence, r.across FROM relations AS r "
        "JOIN passages AS p ON p.id = r.a JOIN passages AS q ON q.id = r.b "
        "ORDER BY r.kind, r.score DESC, p.document_id, p.position, q.document_id, q.position"
    ):
        if kind not in kinds:
            continue
        if not (across or repeats):
            left_out += 1
            continue
        first, second = read_quotations(store, [a, b])
        if outlets and not outlets & {first.source, second.source}:
            continue
        found.append(RelationListing(kind, first, second, score, json.loads(evidence)))
    return found, left_out
