"""Passages of two outlets that report one event in words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import NeighbourGraph
from topics.coverage.articles.days import day_bounds, days_apart, is_day
from topics.coverage.likeness.passages import (
    SameEvent,
    candidate_pairs,
    measure_likeness,
    read_facts,
    weigh,
    weigh_days,
)
from topics.coverage.likeness.weighing import to_odds
from topics.coverage.relations.relations import Relation, RelationOptions, Sourced

__all__ = ["days_apart", "find_same_event", "weigh_event"]


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
    ``topics.coverage.likeness.passages`` for the weights, ``find_relations`` for the arguments.
    """
    options = options or RelationOptions()
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    members = _members(corpus, graph.size)
    bodies = [_longest(rows, passages) for rows in members]
    texts = read_many(bodies)
    pairs, cosines = candidate_pairs(graph)
    long_enough = texts.lengths[pairs].min(axis=1) >= options.event_words
    pairs = pairs[long_enough]
    likeness = measure_likeness(texts, graph, pairs, cosines[long_enough])
    facts = cache(lambda node: read_facts(bodies[node]))
    # Facts only take away, and nothing adds more than a common day.
    hopeful = to_odds(options.event_score) - weigh_days(0)
    relations = []
    for place in np.flatnonzero(likeness.evidence >= hopeful).tolist():
        node_a, node_b = pairs[place].tolist()
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


def weigh_event(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    rows: tuple[int, int],
) -> SameEvent | None:
    """Weigh one pair of neighbours as ``find_same_event`` does, whatever comes of it.

    Args:
        passages: See ``find_same_event``.
        documents: See ``find_same_event``.
        nodes: See ``find_same_event``.
        graph: See ``find_same_event``.
        rows: The two passages.

    Returns:
        ``None`` where the two are no neighbours.
    """
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    bodies = [_longest(members, passages) for members in _members(corpus, graph.size)]
    wanted = sorted(int(corpus.nodes[row]) for row in rows)
    pairs, cosines = candidate_pairs(graph)
    place = (pairs == wanted).all(axis=1)
    if not place.any():
        return None
    likeness = measure_likeness(read_many(bodies), graph, pairs[place], cosines[place])
    dates = [corpus.published(row) for row in rows]
    known = _known_to_the_day(dates)
    first, second = (read_facts(bodies[node]) for node in wanted)
    return weigh(first, second, likeness, 0, days_apart(*dates) if known else None)


def _members(corpus: Sourced, nodes: int) -> list[list[int]]:
    """Return the rows of each node, first published first."""
    members: list[list[int]] = [[] for _ in range(nodes)]
    for row, node in enumerate(corpus.nodes.tolist()):
        if node >= 0:
            members[node].append(row)
    for rows in members:
        rows.sort(key=corpus.order)
    return members


def _longest(rows: Sequence[int], passages: Sequence[Passage]) -> str:
    """Return the body that stands for a node: its longest, the same in any order."""
    bodies = (passages[row].body for row in rows)
    return min(bodies, key=lambda body: (-len(body), hash_text(body)), default="")


def _pick_reports(
    a: Sequence[int], b: Sequence[int], corpus: Sourced, days: int
) -> tuple[int, int, int | None] | None:
    """Pick two outlets' reports that may be of one event: least apart, then first.

    Returns:
        Their rows, the earlier first, and the days between them, ``None`` where one is not
        known to the day.
    """
    best: tuple[float, int, int, int | None] | None = None
    for row_a in corpus.one_of_each(a):
        for row_b in corpus.one_of_each(b):
            dates = corpus.published(row_a), corpus.published(row_b)
            if not corpus.across(row_a, row_b) or (apart := days_apart(*dates)) > days:
                continue
            known = apart if _known_to_the_day(dates) else None
            weight = weigh_days(known)
            if best is None or weight > best[0]:
                first, second = sorted((row_a, row_b), key=corpus.order)
                best = weight, first, second, known
    return best[1:] if best else None


def _known_to_the_day(dates: Sequence[str]) -> bool:
    return all(is_day(day_bounds(published)) for published in dates)
