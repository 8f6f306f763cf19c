"""Who carried the same words, and who told the same event in words of their own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from embeddings.corpus.citations import Quotation, read_bodies, read_quotations
from embeddings.corpus.filters import Filters
from embeddings.documents import date_bounds, publication_order
from embeddings.words.alignment import Block, Change, Comparison, compare
from topics.answers.session import Database, session_of
from topics.answers.sharing import (
    KINDS,
    check_kinds,
    check_share,
    check_sharing,
    choose_groups,
    choose_pairs,
    cut,
)
from topics.answers.topics import open_clustered
from topics.coverage.credit.wire import is_handed_on, own_agency, text_bounds
from topics.pipeline.coverage_tables import read_relations
from topics.pipeline.covered import read_agencies
from topics.pipeline.sharing import CopyCount

T = TypeVar("T")


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
        sharing: What kind of sharing it is (``CopyCount``).
        across: Whether it stands in several outlets.
        members: All members, the first among them, by date.
    """

    id: int
    kind: str
    first: Quotation
    first_is_certain: bool
    outlets: tuple[str, ...]
    sharing: str
    across: bool
    members: tuple[CopyMember, ...]


@dataclass(frozen=True)
class PairListing:
    """Two passages that are related, laid side by side.

    Attributes:
        kind: ``exact``; ``near_copy``; ``contains`` (``b`` stands inside ``a``);
            ``same_event``.
        sharing: What kind of sharing it is (``CopyCount``); ``""`` for an event in own words.
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
    sharing: str
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
        left_out: Groups, and pairs of the kinds asked for, that share words otherwise than
            was asked for; whatever their outlets and dates.
    """

    groups: tuple[CopyListing, ...]
    pairs: tuple[PairListing, ...]
    left_out: tuple[CopyCount, ...]


def copies(
    db: Database = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
    least_share: float = 0.0,
    pairs: bool = False,
    sharing: Sequence[str] = (),
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
        sharing: What kinds of sharing: some of ``copied``, ``quotation``, ``boilerplate``,
            ``update`` and ``repeat`` (``CopyCount``), or ``all``; ``copied`` if empty.

    Raises:
        InputError: An unknown kind, sharing or outlet, a date or share that cannot be.
        StoreError: No such database, or nothing in it has been clustered.
    """
    filters = Filters(sources, since, until, languages=languages)
    kinds, wanted = check_kinds(kinds, KINDS), tuple(sorted(check_sharing(sharing)))

    def answer() -> CopyReport:
        return list_copies(
            db, filters, kinds=kinds, least_share=least_share, pairs=pairs, sharing=wanted
        )[0]

    question = ("copies", filters, kinds, least_share, pairs, wanted)
    return session_of(db).keep(question, answer)


def list_copies(
    db: Database,
    filters: Filters,
    *,
    kinds: Sequence[str] = (),
    least_share: float = 0.0,
    pairs: bool = False,
    sharing: Sequence[str] = (),
    limit: int | None = None,
) -> tuple[CopyReport, Counter[str]]:
    """List copies as ``copies`` does, and lay only those side by side that are shown.

    One passage of each group or pair fits the filters. ``limit`` is the most groups, and pairs
    of a kind; without it all are shown.

    Returns:
        The report, and how many more there are of each kind of pairs, and of ``group``.
    """
    kinds, wanted = check_kinds(kinds, KINDS), check_sharing(sharing)
    check_share(least_share)
    more: Counter[str] = Counter()
    # Where a share is asked for, the words decide what is shown.
    early = None if least_share else limit
    with open_clustered(db) as store:
        filters = filters.match(store)
        # As pairs, a group of near copies may hold texts that are the same.
        of_groups = (*kinds, "exact", "near_copy") if pairs else kinds
        chosen, left_out = choose_groups(store, filters, of_groups, wanted)
        related, pairs_left_out = choose_pairs(read_relations(store), filters, kinds, wanted)
        chosen = cut(chosen, None if pairs else early, more, lambda _: "group")
        related = cut(related, early, more, itemgetter(0))
        of_chosen = [i for *_, members in chosen for i in members]
        ids = of_chosen + [i for r in related for i in r[1:3]]
        cited, bodies = read_quotations(store, ids), read_bodies(store, ids)
        agencies = read_agencies(store, of_chosen)
    # Each distinct wording is compared once: a group may hold thousands of the same.
    compare_once = cache(compare)

    def align(a: Quotation, b: Quotation) -> Comparison:
        return compare_once(bodies[a.passage_id], bodies[b.passage_id])

    listings = (
        _list_group(group[:4], [cited[one] for one in group[4]], agencies, align, least_share)
        for group in chosen
    )
    groups = sorted(
        (one for one in listings if len(one.members) > 1),
        key=lambda one: (-len(one.outlets), -len(one.members), one.id),
    )
    listed = [pair for pair in _as_pairs(groups, align) if pair.kind in kinds] if pairs else []
    for kind, a, b, score, evidence, told in related:
        both = cited[a], cited[b]
        pair = _pair((kind, told), both, align(*both), score, evidence)
        share = pair.share_b if kind == "contains" else min(pair.share_a, pair.share_b)
        if share >= least_share:
            listed.append(pair)
    groups = [] if pairs else cut(groups, limit, more, lambda _: "group")
    listed = cut(listed, limit, more, attrgetter("kind"))
    return CopyReport(tuple(groups), tuple(listed), (*left_out, *pairs_left_out)), more


def _list_group(
    group: tuple[int, str, str, bool],
    passages: Sequence[Quotation],
    agencies: Mapping[int, frozenset[str]],
    align: Callable[[Quotation, Quotation], Comparison],
    least_share: float,
) -> CopyListing:
    """Lay the members of a group beside the first, those that share enough with it.

    Of two of one date and outlet the one given before goes first.
    """
    number, kind, sharing, across = group
    first, certain = _find_first(passages, agencies)
    passages = sorted(
        passages,
        key=lambda q: (q != first, publication_order(q.published), q.source),
    )
    members = [
        CopyMember(passage, share, comparison.changes)
        for passage in passages
        if (share := round((comparison := align(first, passage)).share, 4)) >= least_share
    ]
    return CopyListing(
        id=number,
        kind=kind,
        first=first,
        first_is_certain=certain,
        outlets=tuple(sorted({one.passage.source for one in members} - {""})),
        sharing=sharing,
        across=across,
        members=tuple(members),
    )


def _find_first(
    passages: Sequence[Quotation], agencies: Mapping[int, frozenset[str]]
) -> tuple[Quotation, bool]:
    """Find who had a text first, an agency before those that credit it; and how sure that is."""

    def holds(one: Quotation, other: Quotation) -> bool:
        return is_handed_on(one.source, other.source, agencies[other.passage_id])

    # How many credit each agency: a group may hold thousands.
    credited = Counter(
        agency
        for other in passages
        for agency in agencies[other.passage_id] - {"", own_agency(other.source)}
    )
    first = min(
        passages,
        key=lambda q: (
            -credited[own_agency(q.source)],
            publication_order(q.published),
            q.source,
        ),
    )
    by_then = date_bounds(first.published)[1]
    return first, all(
        holds(first, q) or text_bounds(q.published, agencies[q.passage_id])[0] > by_then
        for q in passages
        if q != first and (q.source != first.source or not q.source)
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
                both = group.first, member.passage
                yield _pair((kind, group.sharing), both, comparison, comparison.share, "{}")


def _pair(
    kind: tuple[str, str],
    both: tuple[Quotation, Quotation],
    comparison: Comparison,
    score: float,
    evidence: str,
) -> PairListing:
    return PairListing(
        kind=kind[0],
        sharing=kind[1],
        a=both[0],
        b=both[1],
        score=round(score, 4),
        share_a=round(comparison.share_a, 4),
        share_b=round(comparison.share_b, 4),
        conflicts=tuple((one.kind, one.before, one.after) for one in comparison.conflicts),
        spans=comparison.spans,
        changes=comparison.changes,
        evidence=json.loads(evidence),
    )
