"""Who carried the same words, and who told the same event in words of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embeddings.corpus.citations import Quotation, read_bodies, read_quotations
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.documents import date_bounds, publication_order
from embeddings.errors import InputError
from embeddings.words.alignment import Block, Change, compare
from topics.answers.topics import require_topics

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
    """Passages verified as one text, whose facts agree.

    Attributes:
        id: Number of the group in this state of the database.
        kind: ``exact`` or ``near_copy``.
        first: The member seen first, by its article's date.
        first_is_certain: Whether no member of another outlet could be older, as far as the
            dates given are exact enough to tell.
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
class PairListing:
    """Two passages that are related, laid side by side.

    Attributes:
        kind: ``exact``; ``near_copy``; ``contains`` (``b`` stands inside ``a``);
            ``same_event``.
        a: The first passage, but for ``contains`` the one published first if that is known.
        b: The second.
        score: How sure, 0 to 1: for copies the share of the longer one's words, for a
            contained passage of its own, for an event the estimated probability.
        share_a: Share of the words of ``a`` that stand in ``b``.
        share_b: Share of the words of ``b`` that stand in ``a``.
        conflicts: Facts of which the two say different things: kind, in ``a``, in ``b``.
        spans: What agrees: start and end in ``a``, start and end in ``b``; offsets count
            characters of the two paragraphs without their headings.
        changes: What differs, word by word.
        evidence: What else was measured, as stored.
    """

    kind: str
    a: Quotation
    b: Quotation
    score: float
    share_a: float
    share_b: float
    conflicts: tuple[tuple[str, str, str], ...]
    spans: tuple[Block, ...]
    changes: tuple[Change, ...]
    evidence: dict[str, Any]


@dataclass(frozen=True)
class CopyReport:
    """Copies and relations of a corpus.

    Attributes:
        groups: Groups of copies, most outlets first; empty where pairs were asked for.
        pairs: Pairs that are no copies (for ``near_copy``: one wording, other facts), surest
            first; where pairs were asked for, each copy with its group's first too.
        repeats_left_out: Groups and pairs within one outlet, or groups of a few words ("He
            said."), that were not asked for.
    """

    groups: list[CopyListing]
    pairs: list[PairListing]
    repeats_left_out: int


@dataclass(frozen=True)
class _Wanted:
    """Which groups and pairs are asked for."""

    kinds: frozenset[str]
    filters: Filters
    least_share: float
    repeats: bool

    def holds(self, quotations: Sequence[Quotation]) -> bool:
        """Whether one of these passages is of an outlet and a time asked for."""
        return any(self.filters.fit(one.source, one.published) for one in quotations)


def copies(
    db: Path | str = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    least_share: float = 0.0,
    pairs: bool = False,
    repeats: bool = False,
) -> CopyReport:
    """List groups of copies, and pairs that are related.

    Args:
        db: The database.
        kinds: Some of ``exact``, ``near_copy``, ``contains``, ``same_event``; all if empty.
        sources: Only what one of these outlets has part in.
        since: Only what has part in an article of this date or later; ISO 8601, as exact
            as wanted.
        until: The same for this date or earlier.
        least_share: Only pairs, and members of groups, that share so much of the longer
            one's words; for ``contains`` of the shorter one's.
        pairs: List each copy with its group's first, in place of groups.
        repeats: Also groups within one outlet, and of texts of a few words.

    Raises:
        InputError: An unknown kind or outlet, a date or share that cannot be.
        StoreError: No such database, or nothing in it has been clustered.
    """
    kinds = check_kinds(kinds, KINDS)
    check_share(least_share)
    filters = Filters(sources, since, until)
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        wanted = _Wanted(frozenset(kinds), filters.match_outlets(store), least_share, repeats)
        # As pairs, a group of near copies may hold texts that are the same.
        of_groups = frozenset({*wanted.kinds, *(("exact", "near_copy") if pairs else ())})
        groups, left_out = _groups(store, replace(wanted, kinds=of_groups))
        related, pairs_left_out = _related(store, wanted)
        copied = _as_pairs(store, groups) if pairs else []
    if pairs:
        related = [*(pair for pair in copied if pair.kind in wanted.kinds), *related]
        groups = []
    return CopyReport(groups, related, left_out + pairs_left_out)


def check_kinds(given: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return kinds of pairs, all that are known where none is given.

    Raises:
        InputError: One is not known.
    """
    kinds = (given,) if isinstance(given, str) else tuple(given)
    for kind in kinds:
        if kind not in known:
            raise InputError(f"--kind is {kind!r}; use one of {', '.join(known)}.")
    return kinds or tuple(known)


def check_share(share: float) -> None:
    """Check a least share.

    Raises:
        InputError: It is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise InputError(f"--least-share is {share}; give a share from 0 to 1, such as 0.8.")


def _groups(store: CorpusStore, wanted: _Wanted) -> tuple[list[CopyListing], int]:
    members: dict[int, list[int]] = {}
    for group_id, passage_id in store.rows(
        "SELECT m.group_id, m.passage_id FROM copy_members AS m "
        "JOIN passages AS p ON p.id = m.passage_id "
        "ORDER BY m.group_id, p.document_id, p.position"
    ):
        members.setdefault(group_id, []).append(passage_id)
    listings, left_out = [], 0
    for group_id, kind, across, short in store.rows(
        "SELECT id, kind, across, short FROM copy_groups ORDER BY id"
    ):
        if kind not in wanted.kinds:
            continue
        if not wanted.repeats and (short or not across):
            left_out += 1
            continue
        quotations = list(read_quotations(store, members[group_id]).values())
        if wanted.holds(quotations):
            listing = _list_group(store, group_id, kind, bool(across), quotations)
            kept = [one for one in listing.members if one.share >= wanted.least_share]
            if len(kept) > 1:
                listings.append(_with_members(listing, kept))
    listings.sort(key=lambda group: (-len(group.outlets), -len(group.members), group.id))
    return listings, left_out


def _list_group(
    store: CorpusStore, group_id: int, kind: str, across: bool, quotations: list[Quotation]
) -> CopyListing:
    quotations.sort(key=lambda q: (publication_order(q.published), q.source, q.passage_id))
    first = quotations[0]
    by_then = date_bounds(first.published)[1]
    bodies = read_bodies(store, [one.passage_id for one in quotations])
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


def _with_members(listing: CopyListing, members: Sequence[CopyMember]) -> CopyListing:
    """Return a group of some of its members only."""
    if len(members) == len(listing.members):
        return listing
    outlets = {one.passage.source for one in members if one.passage.source}
    return replace(listing, outlets=tuple(sorted(outlets)), members=tuple(members))


def _as_pairs(store: CorpusStore, groups: Sequence[CopyListing]) -> list[PairListing]:
    """Return each member of each group beside the group's first."""
    found = []
    for group in groups:
        bodies = read_bodies(store, [one.passage.passage_id for one in group.members])
        for member in group.members:
            if member.passage != group.first:
                kind = "near_copy" if member.changes else "exact"
                found.append(lay_out(kind, group.first, member.passage, bodies))
    return found


def _related(store: CorpusStore, wanted: _Wanted) -> tuple[list[PairListing], int]:
    found, left_out = [], 0
    for kind, a, b, score, evidence, across in store.rows(
        "SELECT r.kind, r.a, r.b, r.score, r.evidence, r.across FROM relations AS r "
        "JOIN passages AS p ON p.id = r.a JOIN passages AS q ON q.id = r.b "
        "ORDER BY r.kind, r.score DESC, p.document_id, p.position, q.document_id, q.position"
    ):
        if kind not in wanted.kinds:
            continue
        if not (across or wanted.repeats):
            left_out += 1
            continue
        first, second = read_quotations(store, [a, b]).values()
        if wanted.holds((first, second)):
            bodies = read_bodies(store, [a, b])
            pair = lay_out(kind, first, second, bodies, score, json.loads(evidence))
            share = pair.share_b if kind == "contains" else min(pair.share_a, pair.share_b)
            if share >= wanted.least_share:
                found.append(pair)
    found.sort(key=lambda pair: KINDS.index(pair.kind))
    return found, left_out


def lay_out(
    kind: str,
    a: Quotation,
    b: Quotation,
    bodies: Mapping[int, str],
    score: float | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> PairListing:
    """Lay two passages side by side.

    Args:
        kind: How they are related.
        a: The first.
        b: The second.
        bodies: Their paragraphs, by passage id.
        score: How sure; by default the share of the longer one's words.
        evidence: What else was measured.
    """
    side_by_side = compare(bodies[a.passage_id], bodies[b.passage_id])
    return PairListing(
        kind=kind,
        a=a,
        b=b,
        score=round(side_by_side.share if score is None else score, 4),
        share_a=round(side_by_side.share_a, 4),
        share_b=round(side_by_side.share_b, 4),
        conflicts=tuple((one.kind, one.before, one.after) for one in side_by_side.conflicts),
        spans=side_by_side.spans,
        changes=side_by_side.changes,
        evidence=dict(evidence or {}),
    )
