"""Passages that are one text: exact copies, and near copies verified word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.alignment import (
    Change,
    Comparison,
    FactChange,
    compare,
    count_shared,
    may_share,
)
from embeddings.documents import Passage
from embeddings.minhash import BandPlan, candidates, plan_bands, sign
from embeddings.normalising import hash_text
from embeddings.wording import WordedTexts, read_many

__all__ = [
    "Change",
    "Comparison",
    "CopyGroup",
    "CopyOptions",
    "CopySurvey",
    "FactChange",
    "compare",
    "find_copies",
    "survey_copies",
]

_SEED = 1


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What counts as a copy, and how surely it is looked for.

    Attributes:
        share: Least share of the longer text's words that the other must hold, in order
            or moved as a run, for a near copy. See docs/decisions/copies.md.
        least_words: A text of fewer words is never a near copy, and a group of such
            texts is ``short``: the same words, but no sign that one outlet used another.
        jaccard: Pairs of this Jaccard similarity of word pairs are found with the chance
            ``recall``; more alike ones more surely.
        recall: See ``jaccard``.
        least_shared: Words that a near copy must share whatever its length, save that one
            word may always differ: seven words in common are a stock phrase ("did not
            respond to a request for comment").
    """

    share: float = 0.68
    least_words: int = 8
    jaccard: float = 0.3
    recall: float = 0.97
    least_shared: int = 10

    def plan(self) -> BandPlan:
        """Return the bands and rows that these options ask for."""
        return plan_bands(self.jaccard, self.recall)


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
            different groups, since a group holds what is near to its canonical member.
        distinct: Number of distinct bodies.
        candidates: Pairs of distinct bodies that were aligned.
        plan: The bands and rows used.
    """

    groups: list[CopyGroup]
    apart: list[tuple[int, int]]
    distinct: int
    candidates: int
    plan: BandPlan


class _Verifier:
    """Aligns pairs of texts, each once."""

    def __init__(self, texts: WordedTexts, options: CopyOptions) -> None:
        self.texts = texts
        self.bags = texts.sort_words()
        self.options = options
        self.edges: dict[tuple[int, int], float] = {}
        self.candidates = 0
        self._tried: set[tuple[int, int]] = set()

    def verify(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> None:
        """Keep those of the pairs, the lower row first, that share enough."""
        needed = self._needed(first, second)
        last, bag = -1, [0]
        for place in np.flatnonzero(needed).tolist():
            a, b, words = int(first[place]), int(second[place]), int(needed[place])
            self.candidates += 1
            if a != last:
                last, bag = a, self.bags.row(a)
            if may_share(bag, self.bags.row(b), words):
                self._align(a, b, words)

    def near(self, leader: int, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Verify one text against many, and say which of them share enough."""
        first = np.minimum(leader, others)
        second = np.maximum(leader, others)
        needed = self._needed(first, second)
        found = np.zeros(len(others), bool)
        bag = self.bags.row(leader)
        for place in np.flatnonzero(needed).tolist():
            pair, words = (int(first[place]), int(second[place])), int(needed[place])
            if pair not in self._tried:
                self._tried.add(pair)
                self.candidates += 1
                if may_share(bag, self.bags.row(int(others[place])), words):
                    self._align(*pair, words)
            found[place] = pair in self.edges
        return found

    def _needed(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        """Words that each pair must share; 0 where the shorter one has not that many."""
        lengths = self.texts.lengths
        longer = np.maximum(lengths[first], lengths[second])
        shorter = np.minimum(lengths[first], lengths[second])
        needed = np.maximum(
            np.ceil(self.options.share * longer - 1e-9).astype(np.int64),
            np.minimum(self.options.least_shared, longer - 1),
        )
        return np.where(shorter >= needed, needed, 0)

    def _align(self, a: int, b: int, needed: int) -> None:
        row_a, row_b = self.texts.row(a), self.texts.row(b)
        shared = count_shared(row_a, row_b, needed)
        if shared:
            self.edges[a, b] = shared / max(len(row_a), len(row_b))


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


def survey_copies(
    passages: Sequence[Passage],
    *,
    options: CopyOptions | None = None,
    sources: Mapping[str, str] | None = None,
) -> CopySurvey:
    """Group the passages whose bodies are one text, and account for the search.

    Bodies are made distinct by their hash first, so that many copies of one paragraph
    cost no more than one. MinHash bands over word pairs then propose pairs, each of
    which is verified by alignment. Groups are stars: every member was verified against
    the canonical one, so that no chain of pairs joins strangers.

    Args:
        passages: In any order.
        options: What counts as a copy.
        sources: Outlet of each document, by document id.
    """
    options = options or CopyOptions()
    rows_by_hash: dict[bytes, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        rows_by_hash[hash_text(passage.body)].append(row)
    # In the order of the hashes nothing depends on the order of the passages.
    hashes = sorted(rows_by_hash)
    for rows in rows_by_hash.values():
        rows.sort(key=lambda row: (passages[row].document_id, passages[row].position, row))
    texts = read_many(passages[rows_by_hash[digest][0]].body for digest in hashes)
    plan = options.plan()
    verifier = _verify_candidates(texts, plan, options)
    stars = _group(verifier.edges, texts.lengths)
    groups = []
    for leader, followers in stars.items():
        shares = {leader: 1.0, **followers}
        groups.append(
            _build_group(
                {hashes[text]: share for text, share in shares.items()},
                hashes[leader], rows_by_hash, passages, int(texts.lengths[leader]),
                options.least_words, sources or {},
            )
        )  # fmt: skip
    grouped = set(stars).union(*stars.values())
    for text, digest in enumerate(hashes):
        if text not in grouped and len(rows_by_hash[digest]) > 1:
            groups.append(
                _build_group(
                    {digest: 1.0}, digest, rows_by_hash, passages, int(texts.lengths[text]),
                    options.least_words, sources or {},
                )
            )  # fmt: skip
    groups.sort(key=lambda group: (-len(group.members), hash_text(passages[group.canonical].body)))
    apart = [
        (rows_by_hash[hashes[a]][0], rows_by_hash[hashes[b]][0])
        for a, b in _edges_apart(verifier.edges, stars)
    ]
    return CopySurvey(groups, apart, len(hashes), verifier.candidates, plan)


def _verify_candidates(texts: WordedTexts, plan: BandPlan, options: CopyOptions) -> _Verifier:
    """Propose pairs of distinct texts by MinHash and verify each by alignment."""
    verifier = _Verifier(texts, options)
    long_enough = np.flatnonzero(texts.lengths >= max(options.least_words, 2))
    if len(long_enough) < 2:
        return verifier
    signatures = sign(*texts.select(long_enough).shingles(2), plan.permutations, _SEED)
    pairs, large = candidates(signatures, plan)
    verifier.verify(long_enough[pairs[:, 0]], long_enough[pairs[:, 1]])
    for bucket in large:
        _verify_large(long_enough[bucket], verifier)
    return verifier


def _verify_large(rows: NDArray[np.intp], verifier: _Verifier) -> None:
    """Verify the texts of one large bucket without comparing copies with each other.

    The longest text is compared with all others; those near to it are done with, since
    a group needs its members near to one of them only. Then the next one left.
    """
    rest = rows[np.lexsort((rows, -verifier.texts.lengths[rows]))]
    while len(rest) > 1:
        leader, rest = int(rest[0]), rest[1:]
        rest = rest[~verifier.near(leader, rest)]


def _group(
    edges: Mapping[tuple[int, int], float], lengths: NDArray[np.int64]
) -> dict[int, dict[int, float]]:
    """Gather verified pairs into stars: leader -> its followers and their shares.

    The text with most near copies leads first (then the longest, then by hash), and
    takes those that do not follow another yet.
    """
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for (a, b), share in edges.items():
        near[a][b] = share
        near[b][a] = share
    order = sorted(near, key=lambda text: (-len(near[text]), -int(lengths[text]), text))
    taken: set[int] = set()
    stars: dict[int, dict[int, float]] = {}
    for leader in order:
        if leader in taken:
            continue
        followers = {text: share for text, share in near[leader].items() if text not in taken}
        if followers:
            stars[leader] = followers
            taken.update(followers, (leader,))
    return stars


def _edges_apart(
    edges: Iterable[tuple[int, int]], stars: Mapping[int, Mapping[int, float]]
) -> list[tuple[int, int]]:
    """Return the verified pairs whose texts ended in different groups."""
    leader_of = {text: leader for leader, followers in stars.items() for text in followers}
    leader_of.update({leader: leader for leader in stars})
    return sorted((a, b) for a, b in edges if leader_of.get(a, a) != leader_of.get(b, b))


def _build_group(
    shares: Mapping[bytes, float],
    canonical: bytes,
    rows_by_hash: Mapping[bytes, list[int]],
    passages: Sequence[Passage],
    words: int,
    least_words: int,
    sources: Mapping[str, str],
) -> CopyGroup:
    members = [(row, share) for digest, share in shares.items() for row in rows_by_hash[digest]]
    members.sort(key=lambda m: (passages[m[0]].document_id, passages[m[0]].position, m[0]))
    documents = {passages[row].document_id for row, _ in members}
    return CopyGroup(
        kind="exact" if len(shares) == 1 else "near_copy",
        members=tuple(row for row, _ in members),
        canonical=rows_by_hash[canonical][0],
        shares=tuple(share for _, share in members),
        texts=len(shares),
        words=words,
        documents=len(documents),
        outlets=tuple(sorted({sources[d] for d in documents if sources.get(d)})),
        short=words < least_words,
    )
