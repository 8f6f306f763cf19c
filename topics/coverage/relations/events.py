"""Passages of two outlets that report one event in words of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.progress import track
from embeddings.text.keeping import keep_value, key_of, key_of_texts
from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import NeighbourGraph
from embeddings.words.conflicts import FactChange
from embeddings.words.steps import (
    Step,
    check_score,
    check_words,
    long_enough,
    make_step,
    near_in_time,
    pass_all,
    state_number,
)
from topics.coverage.articles.days import ANY_DAY, Bounds, day_bounds, gap, is_day
from topics.coverage.likeness.passages import (
    CANDIDATE_COSINE,
    DATED,
    DAY_APART,
    SameEvent,
    candidate_pairs,
    measure_likeness,
    read_stated,
    split_score,
    weigh,
    weigh_days,
)
from topics.coverage.likeness.weighing import Likeness, to_odds
from topics.coverage.relations.relations import Relation, RelationOptions, Sourced

# Log odds added up in another order differ by less.
_ROUNDING = 1e-9
# Raised when events are found otherwise.
_METHOD = "same events 2"


class _Nodes:
    """The passages of each node, and the text that stands for it.

    Attributes:
        corpus: The passages.
        members: Rows of each node, first published first.
        bodies: The longest of each, the same in any order.
        texts: Their words.
        graph: Neighbours of the nodes.
        stated: Reads what a node's text says.
        languages: Of each, that of its first passage's article.
        unread: Languages that the model does not read.
    """

    def __init__(
        self, corpus: Sourced, graph: NeighbourGraph, unread: Collection[str] = ()
    ) -> None:
        self.corpus, self.graph, self.unread = corpus, graph, unread
        self.members: list[list[int]] = [[] for _ in range(graph.size)]
        for row, node in enumerate(corpus.nodes.tolist()):
            if node >= 0:
                self.members[node].append(row)
        self.members = [corpus.sort(rows) for rows in self.members]
        self.languages = [corpus.language(rows[0]) if rows else "" for rows in self.members]
        self.bodies = [self._longest(rows) for rows in self.members]
        self.texts = read_many(self.bodies)
        self.stated = cache(lambda node: read_stated(self.bodies[node], self.languages[node]))

    def _longest(self, rows: Sequence[int]) -> str:
        if len(rows) == 1:
            return self.corpus.passages[rows[0]].body
        bodies = (self.corpus.passages[row].body for row in rows)
        return min(bodies, key=lambda body: (-len(body), hash_text(body)), default="")

    def measure(self, pairs: NDArray[np.int64], cosines: NDArray[np.float64]) -> Likeness:
        """Measure the likeness of pairs of nodes."""
        return measure_likeness(self.texts, self.graph, pairs, cosines, self.languages, self.unread)

    def may_report(
        self, pairs: NDArray[np.int64], days: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Tell which pairs of nodes may have rows that ``check_reports`` lets through.

        Most have one row each, and of most pairs both are of one outlet or far apart in time:
        told of all at once, so that these are not measured.

        Returns:
            Bool of shape ``(m,)``; and the most log odds that the days between two rows add.
        """
        number: dict[str, int] = {}
        ids = [self.corpus.passages[rows[0] if rows else 0].document_id for rows in self.members]
        home = np.array([number.setdefault(one, len(number)) for one in ids], np.int64)
        known = [self.corpus.documents.get(one) for one in number]
        sources: dict[str, int] = {"": 0}
        told = [sources.setdefault(one.source if one else "", len(sources)) for one in known]
        bounds = np.array([day_bounds(one.published if one else "") for one in known], np.int64)
        outlet, bounds = np.array(told, np.int64)[home], bounds.reshape(-1, 2)[home]
        several = np.array([len(members) > 1 for members in self.members], bool)
        one, other = pairs.T
        first, last = bounds.T
        apart = np.maximum(0, np.maximum(first[one] - last[other], first[other] - last[one]))
        unlike = (home[one] != home[other]) & ((outlet[one] == 0) | (outlet[one] != outlet[other]))
        any_of = several[one] | several[other]
        may: NDArray[np.bool_] = any_of | (unlike & near_in_time(apart, days))
        day = (first == last)[one] & (first == last)[other]
        # Of days that are not known they add nothing.
        dated = np.where(day, DATED + DAY_APART * apart, 0.0)
        return may, np.where(any_of, DATED, dated)

    def least_words(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the words of the shorter text of each pair of nodes."""
        words: NDArray[np.int64] = self.texts.lengths[pairs].min(axis=1)
        return words

    def weigh_days(self, a: int, b: int) -> tuple[int | None, float]:
        """Return the days between two rows, ``None`` where one is not known, and their odds."""
        bounds = [day_bounds(self.corpus.published(row)) for row in (a, b)]
        if all(map(is_day, bounds)):
            days = gap(*bounds)
            return days, weigh_days(days, days)
        if self.span is None:
            return None, 0.0
        one, other = (self.span if bound == ANY_DAY else bound for bound in bounds)
        most = max(one[1] - other[0], other[1] - one[0])
        return None, min(0.0, weigh_days(gap(one, other), most))

    @cached_property
    def span(self) -> Bounds | None:
        """The first and the last day that an article is known to be of."""
        dates = {document.published for document in self.corpus.documents.values()}
        days = [bound[0] for bound in map(day_bounds, sorted(dates)) if is_day(bound)]
        return (min(days), max(days)) if days else None

    def weigh(self, a: int, b: int, likeness: Likeness, place: int) -> SameEvent:
        """Weigh two rows, whose nodes' likeness is at a place."""
        first, second = (self.stated(int(self.corpus.nodes[row])) for row in (a, b))
        return weigh(first, second, likeness, place, self.weigh_days(a, b))

    def pick_reports(self, a: int, b: int, days: int) -> tuple[int, int] | None:
        """Pick two outlets' reports that may be of one event, the earlier first.

        Of all rows of two nodes those least apart, then the first.
        """
        best: tuple[float, int, int] | None = None
        for row_a in self.corpus.one_of_each(self.members[a]):
            for row_b in self.corpus.one_of_each(self.members[b]):
                if not pass_all(self.corpus.check_reports(row_a, row_b, days)):
                    continue
                weight = self.weigh_days(row_a, row_b)[1]
                if best is None or weight > best[0]:
                    first, second = sorted((row_a, row_b), key=self.corpus.order)
                    best = weight, first, second
        return best[1:] if best else None


def _check_event(evidence: SameEvent, least: float) -> Step:
    """Test the score of two reports."""
    parts = ", ".join(f"{name} {odds:+.1f}" for name, _, odds in split_score(evidence) if odds)
    return check_score(evidence.score, least, f" (log odds: {parts})")


def find_same_event(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    *,
    options: RelationOptions | None = None,
    unread: Collection[str] = (),
) -> list[Relation]:
    """Find paragraphs of two outlets that report one event in words of their own.

    Candidates are neighbours in the graph. They must be more alike, in vectors and words,
    than each is to what else surrounds it; days between them and facts that conflict
    count against them, and publication dates too far apart rule them out. See
    ``topics.coverage.likeness.passages`` for the weights, ``find_relations`` for the arguments.
    Of text in a language that is ``unread``, which the model does not read, the words decide.
    """
    options = options or RelationOptions()
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    # An answer to a pair mostly leaves all that they hang on as it was.
    found = keep_value(
        _METHOD,
        _key_of_all(corpus, graph, options, unread),
        lambda: [
            [asdict(evidence), *pair] for evidence, pair in _find(corpus, graph, options, unread)
        ],
    )
    return [Relation("same_event", a, b, _recall(told), True) for told, a, b in found]


def _key_of_all(
    corpus: Sourced, graph: NeighbourGraph, options: RelationOptions, unread: Collection[str]
) -> bytes:
    told = [
        [one.id, one.source, one.published, one.language]
        for _, one in sorted(corpus.documents.items())
    ]
    positions = np.fromiter((one.position for one in corpus.passages), np.int64)
    return key_of(
        repr((options, sorted(unread), told)),
        key_of_texts([one.document_id for one in corpus.passages]),
        positions.tobytes(),
        key_of_texts([one.body for one in corpus.passages]),
        corpus.nodes.tobytes(),
        graph.indices.tobytes(),
        graph.similarities.tobytes(),
    )


def _recall(told: Mapping[str, Any]) -> SameEvent:
    shared = {name: tuple(value) for name, value in told.items() if name.startswith("shared_")}
    differing = tuple(FactChange(**one) for one in told["differing"])
    return SameEvent(**{**told, **shared, "differing": differing})


def _find(
    corpus: Sourced, graph: NeighbourGraph, options: RelationOptions, unread: Collection[str]
) -> list[tuple[SameEvent, tuple[int, int]]]:
    """Find the pairs, surest first."""
    known = _Nodes(corpus, graph, unread)
    pairs, cosines = candidate_pairs(graph)
    kept, dated = known.may_report(pairs, options.days)
    kept &= long_enough(known.least_words(pairs), options.event_words)
    pairs = pairs[kept]
    likeness = known.measure(pairs, cosines[kept])
    # Facts and words that lack only take away.
    hopeful = to_odds(options.event_score) - dated[kept] - _ROUNDING
    relations = []
    places = np.flatnonzero(likeness.evidence >= hopeful).tolist()
    for place in track(places, len(places)):
        a, b = pairs[place].tolist()
        reports = known.pick_reports(a, b, options.days)
        if reports is None:
            continue
        evidence = known.weigh(*reports, likeness, place)
        if _check_event(evidence, options.event_score).passed:
            relations.append((evidence, reports))
    relations.sort(key=lambda r: (-r[0].score, corpus.order(r[1][0]), corpus.order(r[1][1])))
    return relations


def check_same_event(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    rows: tuple[int, int],
    *,
    cosine: float,
    options: RelationOptions | None = None,
    unread: Collection[str] = (),
) -> tuple[list[Step], SameEvent | None]:
    """Test whether two passages report one event, as ``find_same_event`` does.

    Args:
        passages: See ``find_same_event``.
        documents: See ``find_same_event``.
        nodes: See ``find_same_event``.
        graph: See ``find_same_event``.
        rows: The two passages.
        cosine: Of their vectors.
        options: What counts.
        unread: Languages that the model does not read.

    Returns:
        The steps; and how the two were weighed, ``None`` where they are no neighbours.
    """
    options = options or RelationOptions()
    corpus = Sourced(passages, documents, np.asarray(nodes, dtype=np.int64))
    known = _Nodes(corpus, graph, unread)
    pair = np.sort(corpus.nodes[list(rows)])[None, :]
    one_text = bool(pair[0, 0] == pair[0, 1])
    steps = [] if one_text else [check_words(int(known.least_words(pair)[0]), options.event_words)]
    steps += corpus.check_reports(*rows, options.days)
    pairs, cosines = candidate_pairs(graph)
    place = (pairs == pair).all(axis=1)
    near = bool(place.any())
    if near:
        clause = f"they are neighbours, with a cosine of {cosine:.2f}"
    elif one_text:
        clause = "both are copies of one text, and say the same"
    elif cosine < CANDIDATE_COSINE:
        stated = state_number(cosine, CANDIDATE_COSINE)
        clause = f"the cosine of their vectors is {stated}; {CANDIDATE_COSINE:.2f} is asked for"
    else:
        clause = (
            "neither is among the nearest neighbours of the other, though the cosine of their "
            f"vectors is {cosine:.2f}"
        )
    steps.append(make_step("neighbours", cosine, CANDIDATE_COSINE, near, clause))
    if not near:
        return steps, None
    likeness = known.measure(pairs[place], cosines[place])
    evidence = known.weigh(*rows, likeness, 0)
    return [*steps, _check_event(evidence, options.event_score)], evidence
