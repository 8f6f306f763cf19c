"""Who carried the same words, and who told the same event in words of their own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, TypeVar

from embeddings.corpus.citations import Quotation, read_bodies, read_quotations
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.documents import date_bounds, publication_order
from embeddings.errors import InputError
from embeddings.words.alignment import Block, Change, Comparison, compare
from topics.answers.topics import open_clustered
from topics.pipeline.coverage_tables import read_group_members, read_relations

T = TypeVar("T")

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


def copies(
    db: Path | str = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
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
        languages: Only what has part in an article in one of these, as ISO 639 codes.
        least_share: Only pairs, and members of groups, that share so much of the longer
            one's words; for ``contains`` of the shorter one's.
        pairs: List each copy with its group's first, in place of groups.
        repeats: Also groups within one outlet, and of texts of a few words.

    Raises:
        InputError: An unknown kind or outlet, a date or share that cannot be.
        StoreError: No such database, or nothing in it has been clustered.
    """
    filters = Filters(sources, since, until, languages=languages)
    report, _ = list_copies(
        db, filters, kinds=kinds, least_share=least_share, pairs=pairs, repeats=repeats
    )
    return report


def list_copies(
    db: Path | str,
    filters: Filters,
    *,
    kinds: Sequence[str] = (),
    least_share: float = 0.0,
    pairs: bool = False,
    repeats: bool = False,
    limit: int | None = None,
) -> tuple[CopyReport, Counter[str]]:
    """List copies as ``copies`` does, and lay only those side by side that are shown.

    One passage of each group or pair fits the filters. ``limit`` is the most groups, and pairs
    of a kind; without it all are shown.

    Returns:
        The report, and how many more there are of each kind of pairs, and of ``group``.
    """
    kinds = check_kinds(kinds, KINDS)
    check_share(least_share)
    more: Counter[str] = Counter()
    # Where a share is asked for, the words decide what is shown.
    early = None if least_share else limit
    with open_clustered(db) as store:
        filters = filters.match(store)
        # As pairs, a group of near copies may hold texts that are the same.
        of_groups = (*kinds, "exact", "near_copy") if pairs else kinds
        chosen, left_out = _choose_groups(store, filters, of_groups, repeats=repeats)
        related, pairs_left_out = choose_pairs(
            read_relations(store), filters, kinds, repeats=repeats
        )
        chosen = cut(chosen, None if pairs else early, more, lambda _: "group")
        related = cut(related, early, more, itemgetter(0))
        ids = [i for *_, members in chosen for i in members] + [i for r in related for i in r[1:3]]
        cited, bodies = read_quotations(store, ids), read_bodies(store, ids)
    # Each distinct wording is compared once: a group may hold thousands of the same.
    compare_once = cache(compare)

    def align(a: Quotation, b: Quotation) -> Comparison:
        return compare_once(bodies[a.passage_id], bodies[b.passage_id])

    listings = (
        _list_group(number, kind, across, [cited[one] for one in members], align, least_share)
        for number, kind, across, members in chosen
    )
    groups = sorted(
        (one for one in listings if len(one.members) > 1),
        key=lambda one: (-len(one.outlets), -len(one.members), one.id),
    )
    listed = [pair for pair in _as_pairs(groups, align) if pair.kind in kinds] if pairs else []
    for kind, a, b, score, evidence in related:
        pair = _pair(kind, cited[a], cited[b], align(cited[a], cited[b]), score, evidence)
        share = pair.share_b if kind == "contains" else min(pair.share_a, pair.share_b)
        if share >= least_share:
            listed.append(pair)
    groups = [] if pairs else cut(groups, limit, more, lambda _: "group")
    listed = cut(listed, limit, more, attrgetter("kind"))
    return CopyReport(groups, listed, left_out + pairs_left_out), more


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


def cut(
    found: Iterable[T], limit: int | None, more: Counter[str], kind_of: Callable[[T], str]
) -> list[T]:
    """Return as many of each kind as are shown, and count the others in ``more``."""
    shown, seen = [], Counter[str]()
    for one in found:
        kind = kind_of(one)
        seen[kind] += 1
        if limit is None or seen[kind] <= limit:
            shown.append(one)
        else:
            more[kind] += 1
    return shown


def choose_pairs(
    rows: Iterable[tuple[Any, ...]], filters: Filters, kinds: Sequence[str], *, repeats: bool
) -> tuple[list[tuple[Any, ...]], int]:
    """Choose the pairs asked for, of passages or of articles.

    Args:
        rows: Kind, both ids, two figures, whether it is across outlets, and outlet, date and
            language of either.
        filters: What one of the two must fit.
        kinds: Of which kinds.
        repeats: Also those within one outlet.

    Returns:
        Kind, ids and figures by kind, else in the order of ``rows``; and how many repeats were
        left out.
    """
    of_kinds = [row for row in rows if row[0] in kinds]
    wanted = [row for row in of_kinds if repeats or row[5]]
    chosen = [row[:5] for row in wanted if filters.fit(*row[6:9]) or filters.fit(*row[9:])]
    chosen.sort(key=lambda row: KINDS.index(row[0]))
    return chosen, len(of_kinds) - len(wanted)


def _choose_groups(
    store: CorpusStore, filters: Filters, kinds: Sequence[str], *, repeats: bool
) -> tuple[list[tuple[int, str, bool, list[int]]], int]:
    """Return the groups asked for, those of most outlets first, and how many repeats are not.

    A group is its number, its kind, whether it is across outlets, and its passages.
    """
    chosen, left_out = [], 0
    for number, kind, across, short, members in read_group_members(store):
        if kind not in kinds:
            continue
        if not repeats and (short or not across):
            left_out += 1
        elif any(filters.fit(*where) for _, *where in members):
            outlets = {source for _, source, *_ in members if source}
            place = (-len(outlets), -len(members), number)
            chosen.append((place, (number, kind, across, [one for one, *_ in members])))
    return [group for _, group in sorted(chosen)], left_out


def _list_group(
    group_id: int,
    kind: str,
    across: bool,
    passages: Sequence[Quotation],
    align: Callable[[Quotation, Quotation], Comparison],
    least_share: float,
) -> CopyListing:
    """Lay the members of a group beside the first, those that share enough with it."""
    passages = sorted(
        passages, key=lambda q: (publication_order(q.published), q.source, q.passage_id)
    )
    first = passages[0]
    by_then = date_bounds(first.published)[1]
    members = [
        CopyMember(passage, share, comparison.changes)
        for passage in passages
        if (share := round((comparison := align(first, passage)).share, 4)) >= least_share
    ]
    return CopyListing(
        id=group_id,
        kind=kind,
        first=first,
        first_is_certain=all(
            date_bounds(q.published)[0] > by_then
            for q in passages[1:]
            if q.source != first.source or not q.source
        ),
        outlets=tuple(sorted({one.passage.source for one in members} - {""})),
        across=across,
        members=tuple(members),
    )


def _as_pairs(
    groups: Sequence[CopyListing], align: Callable[[Quotation, Quotation], Comparison]
) -> Iterator[PairListing]:
    """Lay each member of each group beside the group's first."""
    for group in groups:
        for member in group.members:
            if member.passage != group.first:
                kind = "near_copy" if member.changes else "exact"
                comparison = align(group.first, member.passage)
                yield _pair(kind, group.first, member.passage, comparison, comparison.share, "{}")


def _pair(
    kind: str,
    a: Quotation,
    b: Quotation,
    comparison: Comparison,
    score: float,
    evidence: str,
) -> PairListing:
    return PairListing(
        kind=kind,
        a=a,
        b=b,
        score=round(score, 4),
        share_a=round(comparison.share_a, 4),
        share_b=round(comparison.share_b, 4),
        conflicts=tuple((one.kind, one.before, one.after) for one in comparison.conflicts),
        spans=comparison.spans,
        changes=comparison.changes,
        evidence=json.loads(evidence),
    )
