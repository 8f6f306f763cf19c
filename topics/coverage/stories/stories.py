"""Stories: groups of articles that report one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts, read_many
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours, unit_rows
from topics.coverage.articles.articles import Article
from topics.coverage.articles.days import day_bounds, is_day
from topics.coverage.likeness import articles as affinity
from topics.coverage.likeness.articles import Affinity, story_text
from topics.coverage.likeness.weighing import to_odds, to_probability
from topics.coverage.stories import linking
from topics.coverage.stories.ties import Links, Ties, tie

__all__ = ["Story", "StoryOptions", "StorySurvey", "find_stories", "story_text"]

# Log odds, at least, of two articles of which one is most of the other: .95. Strong, but no
# more than that: a third that neither looks like outweighs it.
_LINKED = 3.0
# Likeliest partners of a node that are compared with each other.
_HOP_NEIGHBOURS = 12
# Each round takes a story that has more reports than neighbours were looked at further.
_ROUNDS = 2


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

    threshold: float = 0.45
    days: int = 5
    neighbours: int = 40
    least_words: int = 5


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that report one event.

    Attributes:
        members: Article numbers, by date, then by id; those without a date last.
        central: The member with the greatest mean score to the others.
        cohesion: Least mean score of a member to the others, in 0..1. Copies of one text
            score 1, pairs that were not compared next to nothing.
    """

    members: tuple[int, ...]
    central: int
    cohesion: float


@dataclass(frozen=True)
class StorySurvey:
    """Stories and what was looked at to find them.

    Attributes:
        stories: Of two or more members, the largest first.
        pairs: int64 of shape ``(m, 2)``: the articles compared, the lower number first. Of
            copies one stands for all.
        scores: float64 of shape ``(m,)``: probability that a pair reports one event, if
            each is the other's nearest.
        node_of: int64 of shape ``(n,)``: the article that stands for each, itself or a copy.
        ruled_out: Near pairs that lie too many days apart, and were not compared.
        dropped: Must-links given up because cannot-links contradict them.
        too_short: Articles left out for want of words.
    """

    stories: list[Story]
    pairs: NDArray[np.int64]
    scores: NDArray[np.float64]
    node_of: NDArray[np.int64]
    ruled_out: int
    dropped: tuple[tuple[int, int], ...]
    too_short: tuple[int, ...]


def find_stories(
    articles: Sequence[Article],
    vectors: NDArray[np.float32],
    *,
    options: StoryOptions | None = None,
    copies: Sequence[tuple[int, int]] = (),
    linked: Sequence[tuple[int, int]] = (),
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> StorySurvey:
    """Group articles that report one event.

    Copies are one node, so that copying an article moves no story; a text that is printed
    anew after ``options.days`` is another node, and another story. Nodes are compared with
    their nearest by vector and with the nearest of their likely partners (see ``affinity``
    for the score), then linked by average evidence (see ``linking``). The same in any
    order of the articles.

    Args:
        articles: In any order.
        vectors: float32 of shape ``(n, d)``: of each article's ``story_text``.
        options: Thresholds.
        copies: Pairs of article numbers known to be copies of one text, each with the one
            that stands for all: one story unless kept or printed apart. Pairs that run on
            from one to the next are taken as ``linked``.
        linked: Pairs of which one is most of the other: strong evidence of one story.
        together: Pairs that the user wants in one story.
        apart: Pairs that the user wants in two; they win over all others.

    Raises:
        ValueError: ``vectors`` are not one finite row an article.
    """
    options = options or StoryOptions()
    if len(vectors) != len(articles):
        raise ValueError(f"{len(vectors)} vectors were given for {len(articles)} articles.")
    unit = unit_rows(vectors)
    texts = [story_text(article) for article in articles]
    worded = read_many([*texts, *(affinity.headline(article) for article in articles)])
    words = worded.lengths[: len(articles)]
    ties = tie(
        articles, words, unit, Links(copies, linked, together, apart),
        least_words=options.least_words, days=options.days,
    )  # fmt: skip
    nodes = _Nodes(articles, worded, unit, ties)
    pairs, evidence, ruled_out = _weigh_pairs(nodes, options)
    least = max(to_odds(options.threshold), linking.MISSING)
    groups = linking.link(nodes.groups, pairs, evidence, least, nodes.apart)
    scores = to_probability(evidence)
    stories = _describe(groups, nodes, pairs, scores)
    stands_for = np.array(nodes.representatives, np.int64)
    node_of = np.arange(len(articles), dtype=np.int64)
    for number, members in enumerate(ties.nodes):
        node_of[list(members)] = stands_for[number]
    of_articles = np.sort(stands_for[pairs], axis=1)
    return StorySurvey(
        stories, of_articles, scores, node_of, ruled_out, ties.dropped, ties.too_short
    )


@dataclass(frozen=True)
class _Nodes:
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

    @property
    def groups(self) -> list[list[int]]:
        """Nodes that belong together from the start."""
        return [list(group) for group in self.ties.groups]

    @cached_property
    def linked(self) -> NDArray[np.int64]:
        """Nodes of which one is most of the other, as keys (see ``split``), sorted."""
        size = len(self.ties.nodes)
        return np.array([low * size + high for low, high in self.ties.linked], np.int64)

    @property
    def apart(self) -> list[tuple[int, int]]:
        """Nodes that the user wants apart."""
        return list(self.ties.apart)

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

    def gaps(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the fewest days between two nodes, and whether both days are known."""
        pairs = self.split(keys)
        first, second = self.days[pairs[:, 0]], self.days[pairs[:, 1]]
        gaps = np.maximum(first[:, 0] - second[:, 1], second[:, 0] - first[:, 1])
        return np.maximum(gaps, 0), (first[:, 0] == first[:, 1]) & (second[:, 0] == second[:, 1])

    def order(self, row: int) -> tuple[bool, str, str]:
        """Sort articles by date, those without last, then by id."""
        document = self.articles[row].document
        return not document.published, document.published, document.id


def _weigh_pairs(
    nodes: _Nodes, options: StoryOptions
) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Compare the nodes that may report one event; returns pairs, log odds, and the others."""
    rows = np.array(nodes.representatives, np.intp)
    texts = nodes.texts.select(np.concatenate((rows, rows + len(nodes.articles))))
    vectors = nodes.vectors[rows]
    # Nodes are in canonical order, and numbered so.
    keys = [number.to_bytes(8, "big") for number in range(len(rows))]
    width = max(options.neighbours, affinity.NEIGHBOURS)
    graph = find_neighbours(vectors, width, keys=keys)
    measure = Affinity(texts, vectors, graph)
    near = _near(graph, options.neighbours)
    gaps, known = nodes.gaps(near)
    dated = affinity.weigh_days(gaps[known], options.days)
    near = _distinct(np.concatenate((near, nodes.linked)))
    pairs, evidence, ruled_out = _weigh(near, nodes, measure, dated)
    for _ in range(_ROUNDS):
        strong = evidence >= to_odds(options.threshold)
        hops = _two_hops(pairs[strong], evidence[strong], len(rows))
        more = hops[~np.isin(hops, near, assume_unique=True)]
        near = _distinct(np.concatenate((near, more)))
        further = _weigh(more, nodes, measure, dated)
        pairs = np.concatenate((pairs, further[0]))
        evidence = np.concatenate((evidence, further[1]))
        ruled_out += further[2]
    return pairs, evidence, ruled_out


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
    keys: NDArray[np.int64], nodes: _Nodes, measure: Affinity, dated: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Return the pairs that dates allow, their log odds of one story, and how many are not."""
    gaps, known = nodes.gaps(keys)
    kept = gaps < len(dated)
    pairs, gaps = nodes.split(keys[kept]), gaps[kept]
    evidence = measure.measure(pairs).evidence + np.where(known[kept], dated[gaps], 0.0)
    linked = np.isin(keys[kept], nodes.linked)
    evidence[linked] = np.maximum(evidence[linked], _LINKED)
    return pairs, evidence, int((~kept).sum())


def _describe(
    groups: Sequence[Sequence[int]],
    nodes: _Nodes,
    pairs: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> list[Story]:
    group_of = np.empty(len(nodes.ties.nodes), np.int64)
    for number, group in enumerate(groups):
        group_of[list(group)] = number
    inside = group_of[pairs[:, 0]] == group_of[pairs[:, 1]]
    missing = float(to_probability(np.array(linking.MISSING)))
    scored: dict[int, list[tuple[int, int, float]]] = {}
    found = zip(pairs[inside].tolist(), scores[inside].tolist(), strict=True)
    for (one, other), score in sorted(found):
        scored.setdefault(int(group_of[one]), []).append((one, other, score))
    stories = []
    for number, group in enumerate(groups):
        sizes = {node: len(nodes.ties.nodes[node]) for node in group}
        total = sum(sizes.values())
        if total < 2:
            continue
        sums = {node: size - 1 + missing * (total - size) for node, size in sizes.items()}
        for one, other, score in scored.get(number, ()):
            sums[one] += (score - missing) * sizes[other]
            sums[other] += (score - missing) * sizes[one]
        members = [row for node in group for row in nodes.ties.nodes[node]]
        central = min(group, key=lambda node: (-sums[node], node))
        stories.append(
            Story(
                tuple(sorted(members, key=nodes.order)),
                nodes.representatives[central],
                min(1.0, max(0.0, min(sums.values()) / (total - 1))),
            )
        )
    rank = nodes.ties.rank
    stories.sort(key=lambda story: (-len(story.members), min(rank[r] for r in story.members)))
    return stories
