"""Passages that are one text: exact copies, and near copies verified word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from embeddings.documents import Passage
from embeddings.text.normalising import hash_many, hash_text
from embeddings.text.wording import find_starts, read_many
from embeddings.words.alignment import Change, Comparison, compare
from embeddings.words.conflicts import FactChange
from embeddings.words.copy_options import CopyOptions
from embeddings.words.minhash import BandPlan
from embeddings.words.verifying import Verifier, verify_candidates
from embeddings.words.versions import Judged, Pair, Version, gather_wordings, split_wording

__all__ = [
    "Change",
    "Comparison",
    "CopyGroup",
    "CopyOptions",
    "CopySurvey",
    "FactChange",
    "compare",
    "find_copies",
    "find_pairs",
    "survey_copies",
]


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Passages that are one text: one node of the graph.

    Attributes:
        kind: ``exact`` when all bodies have one ``hash_text``, else ``near_copy``.
        members: Rows in the passages given, in the order of document id and position.
        canonical: The member that all others were verified against.
        shares: Of each member, the share of words it has in common with the canonical
            one, measured on the longer of the two; 1.0 for the same text.
        texts: Number of distinct bodies.
        words: Words of the canonical body.
        documents: Number of distinct documents.
        outlets: The known outlets of the members, sorted.
        short: The body is too short for its repetition to mean anything ("He said.").
        wording: Place in ``CopySurvey.wordings``; groups of one wording differ in facts.
    """

    kind: Literal["exact", "near_copy"]
    members: tuple[int, ...]
    canonical: int
    shares: tuple[float, ...]
    texts: int
    words: int
    documents: int
    outlets: tuple[str, ...]
    short: bool
    wording: int = 0

    @property
    def across(self) -> bool:
        """Whether it stands in several outlets, or, where none is known, documents.

        What is not across is a repeat: one article's refrain or one outlet's boilerplate.
        """
        return len(self.outlets) > 1 or (not self.outlets and self.documents > 1)


@dataclass(frozen=True)
class CopySurvey:
    """All that a search for copies saw.

    Attributes:
        groups: The groups, largest first.
        apart: Pairs of rows that were verified as near copies of each other but stand in
            different wordings, since one holds what is near to its leader.
        distinct: Number of distinct bodies.
        candidates: Pairs of distinct bodies that were aligned: the work, which in tasks is another,
            and no part of what was found.
        plan: The bands and rows used.
        conflicting: Pairs of rows of one wording that were kept apart, since they say
            different things: the leader of the wording, and the canonical row of each
            other version, be it a group or a single text.
        wordings: Leader and member rows of each whole wording, facts set aside: what one
            group would be without the veto, largest first.
    """

    groups: list[CopyGroup]
    apart: list[tuple[int, int]]
    distinct: int
    candidates: int = field(compare=False)
    plan: BandPlan
    conflicting: list[tuple[int, int]] = field(default_factory=list)
    wordings: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)


def find_copies(
    passages: Sequence[Passage],
    *,
    options: CopyOptions | None = None,
    sources: Mapping[str, str] | None = None,
) -> list[CopyGroup]:
    """Group the passages whose bodies are one text.

    Args:
        passages: In any order; the groups are the same in each, but for row numbers.
        options: What counts as a copy.
        sources: Outlet of each document, by document id.

    Returns:
        Groups of two or more passages, disjoint, largest first. Short texts are grouped
        too when they are equal, since they share a vector: see ``CopyGroup.short``.
    """
    return survey_copies(passages, options=options, sources=sources).groups


@dataclass(frozen=True)
class _Bodies:
    """The distinct bodies in the order of their hashes: nothing depends on that of passages.

    Attributes:
        passages: All passages.
        sources: Outlet of each document.
        hashes: Of each distinct body.
        rows: Rows of each, by document id and position.
    """

    passages: Sequence[Passage]
    sources: Mapping[str, str]
    hashes: list[bytes]
    rows: list[list[int]]

    def body(self, text: int) -> str:
        return self.passages[self.rows[text][0]].body

    def sort(self, rows: Iterable[int]) -> list[int]:
        """Sort by document and position, without a key for each row: it may be a million."""
        in_order = sorted(rows)
        if len(in_order) > 1:
            in_order.sort(key=lambda row: self.passages[row].position)
            in_order.sort(key=lambda row: self.passages[row].document_id)
        return in_order


def survey_copies(
    passages: Sequence[Passage],
    *,
    options: CopyOptions | None = None,
    sources: Mapping[str, str] | None = None,
    together: Sequence[tuple[str, str]] = (),
    apart: Sequence[tuple[str, str]] = (),
) -> CopySurvey:
    """Group the passages whose bodies are one text, and account for the search.

    Bodies are made distinct by their hash first, so that many copies of one paragraph
    cost no more than one. MinHash bands over word pairs then propose pairs, each of
    which is verified by alignment. Wordings are stars: every member was verified against
    the leader, so that no chain of pairs joins strangers. Within a wording, texts whose
    facts conflict are parted into groups of their own.

    Args:
        passages: In any order.
        options: What counts as a copy.
        sources: Outlet of each document, by document id.
        together: Pairs of bodies, as ``hash_text(body).hex()``, that are copies whatever
            they share: one joins the group of the other unless it leads or follows
            elsewhere.
        apart: Pairs of bodies that never stand in one group.
    """
    options = options or CopyOptions()
    bodies = _gather_bodies(passages, sources or {})
    contents = [bodies.body(text) for text in range(len(bodies.hashes))]
    texts = read_many(contents)
    verifier = verify_candidates(texts, bodies.hashes, options.plan(), options)
    number = {digest.hex(): text for text, digest in enumerate(bodies.hashes)}
    parted = _number_pairs(apart, number)
    judged = Judged(_number_pairs(together, number) - parted, parted)
    found = find_wordings(verifier, contents, judged)
    return _assemble(bodies, found, lambda text: int(texts.lengths[text]), options)


@dataclass(frozen=True)
class Wordings:
    """What verified pairs come to.

    Attributes:
        versions: Of each wording of several distinct texts its versions, the leader's first.
        apart: Pairs of texts verified as near copies that stand in different wordings.
        candidates: Pairs of texts that were aligned.
    """

    versions: list[list[Version]]
    apart: list[tuple[int, int]]
    candidates: int


def find_wordings(verifier: Verifier, contents: Sequence[str], judged: Judged) -> Wordings:
    """Gather verified pairs into wordings, and part these where their facts conflict.

    Whole connected parts of the pairs that were tried give what they give beside others.

    Args:
        verifier: What was verified.
        contents: Its texts.
        judged: What the user said of them.
    """
    stars = gather_wordings(verifier, judged)
    versions = [
        split_wording(leader, followers, contents, verifier, judged)
        for leader, followers in stars.items()
    ]
    return Wordings(versions, _edges_apart(verifier.edges, stars), verifier.aligned)


def assemble_survey(
    passages: Sequence[Passage],
    sources: Mapping[str, str],
    found: Wordings,
    options: CopyOptions,
) -> CopySurvey:
    """Return the groups of copies that wordings of the distinct bodies come to.

    Args:
        passages: In any order.
        sources: Outlet of each document.
        found: Wordings of the distinct bodies, which are numbered in the order of their hashes.
        options: What counts as a copy.
    """
    bodies = _gather_bodies(passages, sources)
    return _assemble(bodies, found, lambda text: len(find_starts(bodies.body(text))), options)


def _assemble(
    bodies: _Bodies, found: Wordings, count: Callable[[int], int], options: CopyOptions
) -> CopySurvey:
    wordings = list(found.versions)
    starred = {text for versions in wordings for one in versions for text in one.shares}
    wordings += [
        [Version(text, {text: 1.0})]
        for text, rows in enumerate(bodies.rows)
        if text not in starred and len(rows) > 1
    ]
    wordings.sort(key=lambda versions: (-_size(versions, bodies), versions[0].canonical))
    groups = [
        _build_group(version, bodies, count(version.canonical), options, place)
        for place, versions in enumerate(wordings)
        for version in versions
        if _size([version], bodies) > 1
    ]
    groups.sort(
        key=lambda group: (-len(group.members), hash_text(bodies.passages[group.canonical].body))
    )
    return CopySurvey(
        groups,
        [(bodies.rows[a][0], bodies.rows[b][0]) for a, b in found.apart],
        len(bodies.hashes),
        found.candidates,
        options.plan(),
        [
            (bodies.rows[versions[0].canonical][0], bodies.rows[version.canonical][0])
            for versions in wordings
            for version in versions[1:]
        ],
        [(bodies.rows[versions[0].canonical][0], _rows(versions, bodies)) for versions in wordings],
    )


def find_pairs(
    passages: Sequence[Passage], options: CopyOptions | None = None
) -> list[tuple[int, int, float]]:
    """Find pairs of texts that share their wording, grouped or not, facts set aside.

    Args:
        passages: In any order.
        options: What is asked for.

    Returns:
        Rows of two passages of different bodies, one row for all that have the body, and the
        share of the longer one's words that the two have in common; in the order of their
        hashes. Of more than a dozen texts that are all alike not every pair is looked at.
    """
    options = options or CopyOptions()
    bodies = _gather_bodies(passages, {})
    texts = read_many(bodies.body(text) for text in range(len(bodies.hashes)))
    found = verify_candidates(texts, bodies.hashes, options.plan(), options).edges
    return [
        (bodies.rows[a][0], bodies.rows[b][0], share) for (a, b), share in sorted(found.items())
    ]


def _gather_bodies(passages: Sequence[Passage], sources: Mapping[str, str]) -> _Bodies:
    rows_by_hash: dict[bytes, list[int]] = defaultdict(list)
    for row, digest in enumerate(hash_many([passage.body for passage in passages])):
        rows_by_hash[digest].append(row)
    hashes = sorted(rows_by_hash)
    bodies = _Bodies(passages, sources, hashes, [])
    bodies.rows.extend(bodies.sort(rows_by_hash.pop(digest)) for digest in hashes)
    return bodies


def _number_pairs(pairs: Sequence[tuple[str, str]], number: Mapping[str, int]) -> frozenset[Pair]:
    """Turn pairs of hashes into pairs of texts, those not in the corpus left out."""
    known = ((number.get(a), number.get(b)) for a, b in pairs)
    return frozenset(
        (min(a, b), max(a, b)) for a, b in known if a is not None and b is not None and a != b
    )


def _rows(versions: Sequence[Version], bodies: _Bodies) -> tuple[int, ...]:
    rows = (row for one in versions for text in one.shares for row in bodies.rows[text])
    return tuple(bodies.sort(rows))


def _size(versions: Sequence[Version], bodies: _Bodies) -> int:
    return sum(len(bodies.rows[text]) for one in versions for text in one.shares)


def _edges_apart(
    edges: Iterable[tuple[int, int]], stars: Mapping[int, Mapping[int, float]]
) -> list[tuple[int, int]]:
    """Return the verified pairs whose texts ended in different wordings."""
    leader_of = {text: leader for leader, followers in stars.items() for text in followers}
    leader_of.update({leader: leader for leader in stars})
    return sorted((a, b) for a, b in edges if leader_of.get(a, a) != leader_of.get(b, b))


def _build_group(
    version: Version, bodies: _Bodies, words: int, options: CopyOptions, wording: int
) -> CopyGroup:
    members = _rows([version], bodies)
    if len(version.shares) == 1:
        shares = tuple(version.shares.values()) * len(members)
    else:
        of_text = version.shares.items()
        share_of = {row: share for text, share in of_text for row in bodies.rows[text]}
        shares = tuple(share_of[row] for row in members)
    documents = {bodies.passages[row].document_id for row in members}
    return CopyGroup(
        kind="exact" if len(version.shares) == 1 else "near_copy",
        members=members,
        canonical=bodies.rows[version.canonical][0],
        shares=shares,
        texts=len(version.shares),
        words=words,
        documents=len(documents),
        outlets=tuple(sorted({bodies.sources[d] for d in documents if bodies.sources.get(d)})),
        short=words < options.least_words,
        wording=wording,
    )
