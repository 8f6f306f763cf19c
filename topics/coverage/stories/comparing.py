"""Which articles are compared, copies taken as one, and how likely each pair is one story."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours
from embeddings.words.steps import near_in_time
from topics.coverage.articles.articles import Article
from topics.coverage.articles.days import ANY_DAY, day_bounds, gap, is_day
from topics.coverage.likeness import articles as affinity
from topics.coverage.likeness.articles import Affinity
from topics.coverage.likeness.dates import DateOdds, learn_dates
from topics.coverage.likeness.weighing import to_odds, to_probability
from topics.coverage.stories.ties import Ties

# Log odds, at least, of two articles of which one is most of the other: .95. Strong, but no
# more than that: a third that neither looks like outweighs it.
_LINKED = 3.0
# Likeliest partners of a node that are compared with each other.
_HOP_NEIGHBOURS = 12
# Each round takes a story that has more reports than neighbours were looked at further.
_ROUNDS = 2
# Log odds that an article loses which says of no day what it tells, comment for the most part:
# two that comment on one thing are no report of it. Of those without a date comment may be all.
_TIMELESS = -0.4
# Pairs of known days that are looked at to learn what dates say.
_TELLING_PAIRS = 50_000


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """What counts as one story.

    Attributes:
        threshold: Probability in 0..1 from which two single articles are joined; larger
            groups are held to the same odds.
        days: Most days between two articles that are compared, or are one text; dates that
            are missing or coarse get the benefit of the doubt.
        neighbours: Nearest articles that each is compared with.
        least_words: Shortest article that is grouped, headline and beginning together.
    """

    threshold: float = 0.6
    days: int = 5
    neighbours: int = 40
    least_words: int = 5


@dataclass(frozen=True)
class Nodes:
    """Articles with their copies taken as one.

    Attributes:
        articles: All of them.
        texts: Text of each, then the headline of each.
        vectors: float32 of shape ``(articles, d)``, unit rows.
        ties: What belongs together from the start.
    """

    articles: Sequence[Article]
    texts: WordedTexts
    vectors: NDArray[np.float32]
    ties: Ties

    @cached_property
    def representatives(self) -> list[int]:
        """The article that stands for each node: the longest."""
        lengths = self.texts.lengths.tolist()
        return [
            min(members, key=lambda row: (-lengths[row], self.ties.rank[row]))
            for members in self.ties.nodes
        ]

    @cached_property
    def number(self) -> dict[int, int]:
        """The node of each article that is not too short."""
        return {row: node for node, members in enumerate(self.ties.nodes) for row in members}

    @cached_property
    def linked(self) -> NDArray[np.int64]:
        """Nodes of which one is most of the other, as keys (see ``split``), sorted."""
        size = len(self.ties.nodes)
        return np.array([low * size + high for low, high in self.ties.linked], np.int64)

    @cached_property
    def days(self) -> NDArray[np.int64]:
        """First and last day that a node's publication may mean, as ordinals: ``(n, 2)``."""
        found = []
        for members in self.ties.nodes:
            bounds = [day_bounds(self.articles[row].document.published) for row in members]
            exact = [one for one in bounds if is_day(one)]
            any_of_them = min(b[0] for b in bounds), max(b[1] for b in bounds)
            found.append(min(exact, default=any_of_them))
        return np.array(found, np.int64).reshape(-1, 2)

    def split(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the two nodes of each key ``low * n + high``: int64 of shape ``(m, 2)``."""
        size = max(len(self.ties.nodes), 1)
        return np.stack((keys // size, keys % size), axis=1)

    def gaps(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the fewest and the most days that may lie between two nodes."""
        pairs = self.split(keys)
        first, second = self.days[pairs[:, 0]], self.days[pairs[:, 1]]
        least = np.maximum(first[:, 0] - second[:, 1], second[:, 0] - first[:, 1])
        most = np.maximum(first[:, 1] - second[:, 0], second[:, 1] - first[:, 0])
        return np.maximum(least, 0), most

    def days_between(self, a: int, b: int) -> int | None:
        """Return the days between two articles as they were compared, ``None`` if not known."""
        one, other = self.number.get(a), self.number.get(b)
        if one is None or other is None or one == other:
            first, second = (day_bounds(self.articles[row].document.published) for row in (a, b))
        else:
            first, second = (tuple(days) for days in self.days[[one, other]].tolist())
        return None if ANY_DAY in (first, second) else gap(first, second)

    def order(self, row: int) -> tuple[bool, str, str]:
        """Sort articles by date, those without last, then by id."""
        document = self.articles[row].document
        return not document.published, document.published, document.id


@dataclass(frozen=True)
class Compared:
    """Nodes that were compared, and how.

    Attributes:
        pairs: int64 of shape ``(m, 2)``, the lower node first.
        evidence: float64 of shape ``(m,)``: log odds of one event, the surplus left out.
        surplus: Log odds that every pair loses, 0 or less (``learn_dates``).
        doubts: float64 of shape ``(n,)``: log odds, 0 or less, that each node loses where it
            would be a story with one other alone.
        ruled_out: Near pairs that lie too many days apart, and were not compared.
    """

    pairs: NDArray[np.int64]
    evidence: NDArray[np.float64]
    surplus: float
    doubts: NDArray[np.float64]
    ruled_out: int

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """Probability that each pair reports one event, if each is the other's nearest."""
        return to_probability(self.evidence + self.surplus + self.doubts[self.pairs].sum(axis=1))


def weigh_pairs(nodes: Nodes, options: StoryOptions, unread: Collection[str] = ()) -> Compared:
    """Compare the nodes that may report one event."""
    rows = np.array(nodes.representatives, np.intp)
    texts = nodes.texts.select(np.concatenate((rows, rows + len(nodes.articles))))
    vectors = nodes.vectors[rows]
    # Nodes are in canonical order, and numbered so.
    keys = [number.to_bytes(8, "big") for number in range(len(rows))]
    width = max(options.neighbours, affinity.NEIGHBOURS)
    graph = find_neighbours(vectors, width, keys=keys)
    languages = [nodes.articles[row].document.language for row in rows.tolist()]
    measure = Affinity(texts, vectors, graph, languages, unread)
    dated = _learn(_near(graph, _HOP_NEIGHBOURS), nodes, measure, options.days)
    near = _near(graph, options.neighbours)
    near = _distinct(np.concatenate((near, nodes.linked)))
    pairs, evidence, ruled_out = _weigh(near, nodes, measure, dated)
    for _ in range(_ROUNDS):
        strong = evidence + dated.surplus >= to_odds(options.threshold)
        hops = _two_hops(pairs[strong], evidence[strong], len(rows))
        more = hops[~np.isin(hops, near, assume_unique=True)]
        near = _distinct(np.concatenate((near, more)))
        further = _weigh(more, nodes, measure, dated)
        pairs = np.concatenate((pairs, further[0]))
        evidence = np.concatenate((evidence, further[1]))
        ruled_out += further[2]
    known = nodes.days[:, 0] == nodes.days[:, 1]
    doubts = np.where(known & measure.timeless, _TIMELESS, 0.0)
    return Compared(pairs, evidence, dated.surplus, doubts, ruled_out)


def _learn(keys: NDArray[np.int64], nodes: Nodes, measure: Affinity, days: int) -> DateOdds:
    """Learn how far apart likely partners lie, from those whose days are known."""
    least, most = nodes.gaps(keys)
    known = np.flatnonzero(least == most)
    # As many as tell, evenly over all.
    known = known[:: len(known) // _TELLING_PAIRS + 1]
    evidence = measure.measure(nodes.split(keys[known])).evidence
    return learn_dates(least[known], evidence, days)


def _near(graph: NeighbourGraph, count: int) -> NDArray[np.int64]:
    """Return pairs of near nodes as ``low * n + high``, sorted."""
    first = np.repeat(np.arange(graph.size, dtype=np.int64), min(count, graph.k))
    second = graph.indices[:, :count].ravel().astype(np.int64)
    return _distinct(np.minimum(first, second) * graph.size + np.maximum(first, second))


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort keys, each once. numpy.unique takes ten times as long for four million."""
    ordered = np.sort(keys)
    once: NDArray[np.int64] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(keys)]]
    return once


def _two_hops(
    strong: NDArray[np.int64], evidence: NDArray[np.float64], size: int
) -> NDArray[np.int64]:
    """Return pairs with a likely partner in common, as ``low * n + high``, sorted."""
    both = np.concatenate((strong, strong[:, ::-1]))
    both = both[np.lexsort((both[:, 1], -np.tile(evidence, 2), both[:, 0]))]
    starts = np.searchsorted(both[:, 0], np.arange(size))
    place = np.arange(len(both)) - starts[both[:, 0]]
    both = both[place < _HOP_NEIGHBOURS]
    counts = np.bincount(both[:, 0], minlength=size)
    starts = np.cumsum(counts) - counts
    repeats = counts[both[:, 0]]
    first = np.repeat(both[:, 1], repeats)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    second = both[np.repeat(starts[both[:, 0]], repeats) + offset, 1]
    low, high = np.minimum(first, second), np.maximum(first, second)
    return _distinct((low * size + high)[low < high])


def _weigh(
    keys: NDArray[np.int64], nodes: Nodes, measure: Affinity, dated: DateOdds
) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Return the pairs that dates allow, their log odds of one story, and how many are not."""
    least, most = nodes.gaps(keys)
    kept = near_in_time(least, dated.most)
    pairs = nodes.split(keys[kept])
    likeness = measure.measure(pairs)
    # Of known days it is known whether a thing happened again.
    assert likeness.recurring is not None  # noqa: S101 - what is measured of articles
    # Known days tell whether a thing happened again.
    recurring = np.where(least[kept] == most[kept], 0.0, likeness.recurring)
    evidence = replace(likeness, recurring=recurring).evidence
    evidence = evidence + dated.weigh(least[kept], most[kept])
    linked = np.isin(keys[kept], nodes.linked)
    evidence[linked] = np.maximum(evidence[linked], _LINKED - dated.surplus)
    return pairs, evidence, int((~kept).sum())
