"""Outlets that did not cover a topic, and whether that says anything.

An outlet covers a topic with an article that has a passage in it, a copied one too. How many
such articles it would have had is told by the other outlets, period by period, so that an outlet
that had closed before an event is not blamed for its silence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

# An absence is marked where, of all marked ones, even one would be by chance in one case of 20.
LEVEL = 0.05

# Articles that the other outlets' share of the whole time is worth in the share of one period.
PRIOR = 10.0


@dataclass(frozen=True)
class Absence:
    """An outlet without an article on a topic.

    Attributes:
        outlet: Its name.
        articles: Its articles in the selection.
        passages: Its passages, copies included.
        expected: Articles on the topic that it would have at the other outlets' share, given
            when it published.
        chance: Probability of none at that share.
        surprising: Whether the chance is small even for the number of outlets and topics.
    """

    outlet: str
    articles: int
    passages: int
    expected: float
    chance: float
    surprising: bool


def find_absences(
    articles: Mapping[str, tuple[str, str]],
    covering: Mapping[int, Set[str]],
    passages: Mapping[str, int],
) -> dict[int, tuple[Absence, ...]]:
    """Return the known outlets without an article on each topic, most expected first.

    Args:
        articles: Outlet and period of each article; any text for a period that is not known.
        covering: For each topic the articles on it.
        passages: Number of passages of each outlet.
    """
    own: dict[str, Counter[str]] = {}
    for outlet, period in articles.values():
        own.setdefault(outlet, Counter())[period] += 1
    total = Counter(period for _, period in articles.values())
    # Articles of unknown outlets are of no one outlet that could be absent.
    others = {outlet: total - counts for outlet, counts in own.items() if outlet}
    found: dict[tuple[int, str], tuple[float, float]] = {}
    present: set[tuple[int, str]] = set()
    for topic, on_topic in covering.items():
        by_outlet: dict[str, Counter[str]] = {}
        for article in on_topic:
            outlet, period = articles[article]
            by_outlet.setdefault(outlet, Counter())[period] += 1
        present |= {(topic, outlet) for outlet in by_outlet}
        all_on = Counter(articles[article][1] for article in on_topic)
        for outlet in others:
            elsewhere = all_on - by_outlet.get(outlet, Counter())
            found[topic, outlet] = expect_articles(own[outlet], others[outlet], elsewhere)
    bar = threshold([chance for _, chance in found.values()])
    absences: dict[int, list[Absence]] = {topic: [] for topic in covering}
    for (topic, outlet), (expected, chance) in found.items():
        if (topic, outlet) not in present:
            absences[topic].append(
                Absence(
                    outlet=outlet,
                    articles=own[outlet].total(),
                    passages=passages[outlet],
                    expected=expected,
                    chance=chance,
                    surprising=chance <= bar,
                )
            )
    return {
        topic: tuple(sorted(listed, key=lambda absence: (-absence.expected, absence.outlet)))
        for topic, listed in absences.items()
    }


def expect_articles(
    own: Mapping[str, int], others: Mapping[str, int], covering: Mapping[str, int]
) -> tuple[float, float]:
    """Return how many articles on a topic an outlet would have if it were like the others.

    Each period's share has a beta distribution around that of the whole time, so that a share
    known from few articles is held with doubt (beta-binomial prediction).

    Args:
        own: Articles of the outlet by period.
        others: Articles of all other outlets by period.
        covering: Those of them that are on the topic.

    Returns:
        The number of articles, and the probability that none is on the topic.
    """
    if not sum(others.values()):
        return 0.0, 1.0
    # Jeffreys' prior: the others' share is never taken to be known as none or all.
    share = (sum(covering.values()) + 0.5) / (sum(others.values()) + 1)
    expected, log_chance = 0.0, 0.0
    for period, articles in sorted(own.items()):
        on = covering.get(period, 0) + PRIOR * share
        off = others.get(period, 0) - covering.get(period, 0) + PRIOR * (1 - share)
        expected += articles * on / (on + off)
        log_chance += _log_beta(on, off + articles) - _log_beta(on, off)
    return expected, math.exp(min(0.0, log_chance))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def threshold(chances: Sequence[float]) -> float:
    """Return the chance at or below which an absence is surprising.

    Bonferroni's correction for only those outlets and topics whose absence could be significant
    at all (Tarone 1990, "A modified Bonferroni method for discrete data", Biometrics 46:515-522).

    Args:
        chances: The chance of an absence for every outlet and topic, absent or not.
    """
    ranked = sorted(chances)
    for family in range(1, len(ranked) + 1):
        if family == len(ranked) or ranked[family] > LEVEL / family:
            return LEVEL / family
    return LEVEL
