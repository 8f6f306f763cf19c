"""Typed relations between passages that are not copies, each with its evidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage, date_bounds
from embeddings.neighbours import NeighbourGraph
from embeddings.normalising import hash_text
from embeddings.wording import read_many
from topics.coverage.containment import (
    Containment,
    contained_pairs,
    describe,
    find_candidates,
)
from topics.coverage.same_event import (
    SameEvent,
    candidate_pairs,
    measure_likeness,
    read_facts,
    weigh,
    weigh_days,
)

__all__ = [
    "Containment",
    "Relation",
    "RelationOptions",
    "SameEvent",
    "find_contained",
    "find_relations",
    "find_same_event",
]


# An ISO date that is known to the day is at least as long as this one.
_DAY_LETTERS = len("2013-05-11")


@dataclass(frozen=True, slots=True)
class RelationOptions:
    """What counts as a relation; the measurements are in docs/decisions/copies.md.

    Attributes:
        contained_words: Shortest paragraph that can be found inside another, in words.
        contained_share: Least share of its words that must stand there.
        event_words: Shortest paragraph that can report an event, in words.
        event_score: Least ``SameEvent.score``, a probability.
        days: Most days between the publication of two reports of one event. Dates that
            are not known, or not to the day, are given the benefit of the doubt.
    """

    contained_words: int = 12
    contained_share: float = 0.9
    event_words: int = 10
    event_score: float = 0.7
    days: int = 3


@dataclass(frozen=True, slots=True)
class Relation:
    """Two passages of different documents that belong together.

    Where a text was copied, one pair stands for all its copies.

    Attributes:
        kind: ``contains``: ``b`` stands inside ``a``; ``same_event``: both report it in
            their own words, ``a`` the one published first as far as is known.
        a: Row in the passages given.
        b: Row in the passages given.
        evidence: What was measured.
        across: Whether they are of two outlets, or of outlets not known.
    """

    kind: Literal["contains", "same_event"]
    a: int
    b: int
    evidence: Containment | SameEvent
    across: bool


@dataclass(frozen=True)
class _Corpus:
    """Passages with their documents and the graph node each one is."""

    passages: Sequence[Passage]
    documents: Mapping[str, Document]
    nodes: NDArray[np.int64]

    def source(self, row: int) -> str:
        document = self.documents.get(self.passages[row].document_id)
        return document.source if document else ""

    def published(self, row: int) -> str:
        document = self.documents.get(self.passages[row].document_id)
        return document.published if document else ""

    def order(self, row: int) -> tuple[bool, str, str, int, int]:
        """First published first, unknown dates last; then by document and place."""
        passage = self.passages[row]
        published = self.published(row)
        return not published, published, passage.document_id, passage.position, row

    def across(self, a: int, b: int) -> bool:
        """Whether two rows are of two documents, and not known to be of one outlet."""
        same_document = self.passages[a].document_id == self.passages[b].document_id
        source = self.source(a)
        return not same_document and (not source or source != self.source(b))


def find_relations(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    *,
    options: RelationOptions | None = None,
) -> list[Relation]:
    """Find containments and reports of the same event.

    Args:
        passages: In any order; relations name their rows.
        documents: By id; a passage's document may be missing, and counts then as one of
            unknown outlet and date.
        nodes: Row of ``graph`` for each passage. Copies share a node, and relations are
            looked for between nodes only. ``-1`` leaves a passage out.
        graph: Neighbours of the nodes.
        options: What counts.

    Returns:
        Containments by falling share, then events by falling score.
    """
    contained = find_contained(passages, documents, nodes, options=options)
    numbers = np.asarray(nodes)
    known = {frozenset((int(numbers[r.a]), int(numbers[r.b]))) for r in contained}
    events = find_same_event(passages, documents, nodes, graph, options=options)
    return contained + [
        r for r in events if frozenset((int(numbers[r.a]), int(numbers[r.b]))) not in known
    ]


def find_contained(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    *,
    options: RelationOptions | None = None,
) -> list[Relation]:
    """Find paragraphs that stand, nearly word for word, inside longer ones.

    Needs no vectors. See ``find_relations`` for the arguments.
    """
    options = options or RelationOptions()
    corpus = _Corpus(passages, documents, np.asarray(nodes, dtype=np.int64))
    rows_by_hash: dict[bytes, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        if corpus.nodes[row] >= 0:
            rows_by_hash[hash_text(passage.body)].append(row)
    groups = [sorted(rows_by_hash[digest], key=corpus.order) for digest in sorted(rows_by_hash)]
    texts = read_many(passages[rows[0]].body for rows in groups)
    node_of_text = corpus.nodes[[rows[0] for rows in groups]]
    found = find_candidates(texts, options.contained_words, node_of_text)
    shifts = {
        (a, b): shift
        for (a, b), shift in zip(found.pairs.tolist(), found.shifts.tolist(), strict=True)
    }
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for longer, shorter, share in contained_pairs(texts, found, options.contained_share):
        key = int(node_of_text[longer]), int(node_of_text[shorter])
        if key not in best or share > best[key][0]:
            best[key] = share, longer, shorter
    relations = []
    for _, longer, shorter in sorted(best.values(), key=lambda b: (-b[0], b[1], b[2])):
        pair = _choose(groups[longer], groups[shorter], corpus)
        if pair is not None:
            bodies = passages[pair[0]].body, passages[pair[1]].body
            evidence = describe(*bodies, shifts[longer, shorter])
            relations.append(Relation("contains", *pair, evidence, corpus.across(*pair)))
    return relations


def _choose(a: Sequence[int], b: Sequence[int], corpus: _Corpus) -> tuple[int, int] | None:
    """Pick the rows that stand for two texts: across outlets if there are such."""
    inside = None
    for row_a in _one_of_each(a, corpus):
        for row_b in _one_of_each(b, corpus):
            if corpus.across(row_a, row_b):
                return row_a, row_b
            if inside is None and (
                corpus.passages[row_a].document_id != corpus.passages[row_b].document_id
            ):
                inside = row_a, row_b
    return inside


def _one_of_each(rows: Sequence[int], corpus: _Corpus) -> list[int]:
    """Keep the first two documents of each outlet: thousands of copies cost no more."""
    kept: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        of_outlet = kept[corpus.source(row)]
        if len(of_outlet) < 2:
            of_outlet.setdefault(corpus.passages[row].document_id, row)
    return [row for of_outlet in kept.values() for row in of_outlet.values()]


def find_same_event(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    *,
    options: RelationOptions | None = None,
) -> list[Relation]:
    """Find paragraphs of two outlets that report one event in words of their own.

    Candidates are neighbours in the graph. They must be more alike, in vectors and words,
    than each is to what else surrounds it; days between them and facts that conflict
    count against them, and publication dates too far apart rule them out. See
    ``topics.coverage.same_event`` for the weights, ``find_relations`` for the arguments.
    """
    options = options or RelationOptions()
    corpus = _Corpus(passages, documents, np.asarray(nodes, dtype=np.int64))
    members: list[list[int]] = [[] for _ in range(graph.size)]
    for row, node in enumerate(corpus.nodes.tolist()):
        if node >= 0:
            members[node].append(row)
    for rows in members:
        rows.sort(key=corpus.order)
    bodies = [_longest(rows, passages) for rows in members]
    texts = read_many(bodies)
    pairs, cosines = candidate_pairs(graph)
    long_enough = texts.lengths[pairs].min(axis=1) >= options.event_words
    likeness = measure_likeness(texts, graph, pairs[long_enough], cosines[long_enough])
    facts = cache(lambda node: read_facts(bodies[node]))
    # Facts only take away, and nothing adds more than a common day.
    hopeful = _to_odds(options.event_score) - weigh_days(0)
    relations = []
    for place in np.flatnonzero(likeness.evidence >= hopeful).tolist():
        node_a, node_b = likeness.pairs[place].tolist()
        reports = _pick_reports(members[node_a], members[node_b], corpus, options.days)
        if reports is None:
            continue
        first, second, days = reports
        of_first, of_second = (facts(int(corpus.nodes[row])) for row in (first, second))
        evidence = weigh(of_first, of_second, likeness, place, days)
        if evidence.score >= options.event_score:
            relations.append((evidence, (first, second)))
    relations.sort(key=lambda r: (-r[0].score, corpus.order(r[1][0]), corpus.order(r[1][1])))
    return [Relation("same_event", *pair, evidence, True) for evidence, pair in relations]


def _to_odds(score: float) -> float:
    """Return the log odds of a probability; a score of 0 asks for nothing."""
    bounded = min(max(score, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


def _longest(rows: Sequence[int], passages: Sequence[Passage]) -> str:
    """Return the body that stands for a node: its longest, the same in any order."""
    bodies = (passages[row].body for row in rows)
    return min(bodies, key=lambda body: (-len(body), hash_text(body)), default="")


def _pick_reports(
    a: Sequence[int], b: Sequence[int], corpus: _Corpus, days: int
) -> tuple[int, int, int | None] | None:
    """Pick two outlets' reports that may be of one event: least apart, then first.

    Returns:
        Their rows, the earlier first, and the days between them, ``None`` where one is not
        known to the day.
    """
    best: tuple[float, int, int, int | None] | None = None
    for row_a in _one_of_each(a, corpus):
        for row_b in _one_of_each(b, corpus):
            dates = corpus.published(row_a), corpus.published(row_b)
            if not corpus.across(row_a, row_b) or (apart := _days_apart(*dates)) > days:
                continue
            known = apart if min(len(date) for date in dates) >= _DAY_LETTERS else None
            weight = weigh_days(known)
            if best is None or weight > best[0]:
                first, second = sorted((row_a, row_b), key=corpus.order)
                best = weight, first, second, known
    return best[1:] if best else None


def _days_apart(a: str, b: str) -> int:
    """Fewest days between two dates of reduced precision; 0 where one is unknown."""
    if not a or not b:
        return 0
    (start_a, end_a), (start_b, end_b) = date_bounds(a), date_bounds(b)
    last_start, first_end = max(start_a, start_b), min(end_a, end_b)
    gap = date.fromisoformat(last_start[:10]) - date.fromisoformat(first_end[:10])
    return max(0, gap.days)
