"""Stories: groups of articles that report one event."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import unit_rows
from embeddings.words.steps import (
    Step,
    check_days,
    check_score,
    check_words,
    make_step,
    state_number,
)
from topics.coverage.articles.articles import Article
from topics.coverage.likeness.articles import headline, story_text
from topics.coverage.likeness.weighing import to_odds, to_probability
from topics.coverage.stories import linking
from topics.coverage.stories.comparing import Nodes, StoryOptions, weigh_pairs
from topics.coverage.stories.ties import Links, tie

# How outlets mark what is no report.
_COMMENT = re.compile(
    r"(?:analysis|comment|commentary|column|editorial|explainer|fact check|first take|op-ed|opinion"
    r"|review|viewpoint)s?\s*(?:[:|–—-]|$)",
    re.IGNORECASE,
)

# Where nothing is known of articles.
_NO_LINKS = Links()

__all__ = ["Links", "Story", "StoryOptions", "StorySurvey", "find_stories", "story_text"]


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that report one event.

    Attributes:
        members: Article numbers, by date, then by id; those without a date last.
        central: The member whose headline stands for all: one that reports before one that
            comments or asks, of the text that most have before others, and of those the one
            with the greatest mean score to the others; of copies the earliest.
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
        ruled_out: Near pairs that lie too many days apart, and were not compared.
        options: Thresholds.
        nodes: What was compared: articles, copies taken as one.
        tree: How nodes were linked.
    """

    stories: list[Story]
    pairs: NDArray[np.int64]
    scores: NDArray[np.float64]
    ruled_out: int
    options: StoryOptions
    nodes: Nodes
    tree: linking.Tree

    @cached_property
    def node_of(self) -> NDArray[np.int64]:
        """The article that stands for each, itself or a copy: int64 of shape ``(n,)``."""
        stands_for = np.arange(len(self.nodes.articles), dtype=np.int64)
        for members, row in zip(self.nodes.ties.nodes, self.nodes.representatives, strict=True):
            stands_for[list(members)] = row
        return stands_for

    @property
    def dropped(self) -> tuple[tuple[int, int], ...]:
        """Must-links given up because cannot-links contradict them."""
        return self.nodes.ties.dropped

    @property
    def too_short(self) -> tuple[int, ...]:
        """Articles left out for want of words."""
        return self.nodes.ties.too_short

    def score(self, a: int, b: int) -> float | None:
        """Return how likely two articles are of one story, ``None`` if they were not compared."""
        first, second = sorted(self.node_of[[a, b]].tolist())
        if first == second:
            return 1.0
        (place,) = np.nonzero((self.pairs == (first, second)).all(axis=1))
        return float(self.scores[place[0]]) if len(place) else None

    def find_story(self, article: int) -> tuple[int, ...]:
        """Return the members of the story of an article, itself alone where it is in none."""
        return next((one.members for one in self.stories if article in one.members), (article,))

    def check(self, a: int, b: int) -> Iterator[Step]:
        """Test whether two articles tell one story, as it was decided when stories were found."""
        least, short = self.options.least_words, {a, b} & set(self.too_short)
        if short:
            yield check_words(min(self.nodes.texts.lengths[list(short)].tolist()), least)
        yield check_days(self.nodes.days_between(a, b), self.options.days)
        score = check_score(self.score(a, b), self.options.threshold)
        yield score
        stories = self.find_story(a), self.find_story(b)
        told = not score.passed and len(stories[0]) + len(stories[1]) == 2
        if stories[0] != stories[1] and not short and not told:
            one, other = self.nodes.number[a], self.nodes.number[b]
            yield self._check_link(self.tree.weigh_parted(one, other))

    def _check_link(self, odds: float) -> Step:
        """Test the link between two groups of nodes that were not joined."""
        threshold = self.options.threshold
        if odds == -np.inf:
            clause = "an answer of yours keeps articles of the one's story and the other's apart"
            return make_step("average link", None, threshold, False, clause)
        score = float(to_probability(np.array(odds)))
        clause = (
            "the articles of the one's story and those of the other's score "
            f"{state_number(score, threshold)} on average; {threshold:.2f} is asked for"
        )
        if odds >= self.tree.least:
            clause += ", and more where other links of the two are weak"
        return make_step("average link", score, threshold, False, clause)


def find_stories(
    articles: Sequence[Article],
    vectors: NDArray[np.float32],
    links: Links = _NO_LINKS,
    *,
    options: StoryOptions | None = None,
    unread: Collection[str] = (),
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
        links: What is known of them, nothing by default.
        options: Thresholds.
        unread: Languages that the model does not read: of articles in them the words decide.

    Raises:
        ValueError: ``vectors`` are not one finite row an article.
    """
    options = options or StoryOptions()
    if len(vectors) != len(articles):
        raise ValueError(f"{len(vectors)} vectors were given for {len(articles)} articles.")
    unit = unit_rows(vectors)
    texts = [story_text(article) for article in articles]
    worded = read_many([*texts, *map(headline, articles)])
    ties = tie(
        articles, worded.lengths[: len(articles)], unit, links,
        least_words=options.least_words, days=options.days,
    )  # fmt: skip
    nodes = Nodes(articles, worded, unit, ties)
    found = weigh_pairs(nodes, options, unread)
    least = max(to_odds(options.threshold), linking.MISSING)
    tree = linking.grow(
        ties.groups, found.pairs, found.evidence, least, ties.apart,
        surplus=found.surplus, doubts=found.doubts,
    )  # fmt: skip
    stories = _describe(tree.cut(), nodes, found.pairs, found.scores)
    of_articles = np.sort(np.array(nodes.representatives, np.int64)[found.pairs], axis=1)
    return StorySurvey(stories, of_articles, found.scores, found.ruled_out, options, nodes, tree)


def _describe(
    groups: Sequence[Sequence[int]],
    nodes: Nodes,
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
        stories.append(
            Story(
                tuple(sorted(members, key=nodes.order)),
                _find_central(nodes, sums),
                min(1.0, max(0.0, min(sums.values()) / (total - 1))),
            )
        )
    rank = nodes.ties.rank
    stories.sort(key=lambda story: (-len(story.members), min(rank[r] for r in story.members)))
    return stories


def _find_central(nodes: Nodes, sums: Mapping[int, float]) -> int:
    """Return the article whose headline stands for a story's nodes, given their summed scores."""

    def rank(row: int) -> tuple[bool, tuple[bool, str, str]]:
        return _tells_little(nodes.articles[row].document.title), nodes.order(row)

    best = {node: min(nodes.ties.nodes[node], key=rank) for node in sums}
    node = min(sums, key=lambda n: (rank(best[n])[0], -len(nodes.ties.nodes[n]), -sums[n], n))
    return best[node]


def _tells_little(title: str) -> bool:
    """Whether a headline is missing, asks, or is marked as comment."""
    title = title.strip()
    return not title or "? " in f"{title} " or _COMMENT.match(title) is not None
