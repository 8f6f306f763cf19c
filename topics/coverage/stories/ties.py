"""What is known of articles before they are compared: copies, and the user's links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.text.normalising import hash_many, hash_text
from embeddings.text.wording import read_words
from embeddings.words.steps import long_enough
from topics.coverage.articles.articles import LEAD_CHARACTERS, Article
from topics.coverage.articles.days import day_bounds, split_by_days
from topics.coverage.articles.unions import Unions
from topics.coverage.likeness.articles import story_text

# Bodies of fewer words may be alike for want of an article ("Watch the video here.",
# "Subscribe to read on."): to be one text they need one headline.
_TELLING_WORDS = 25


Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Links:
    """Pairs of article numbers of which something is known before any are compared.

    Attributes:
        copies: Copies of one text, each with the one that stands for all: one story unless
            kept or printed apart. Pairs that run on from one to the next are as ``linked``.
        linked: Of which one is most of the other: strong evidence of one story.
        together: That the user wants in one story.
        apart: That the user wants in two; they win over all others.
    """

    copies: Pairs = ()
    linked: Pairs = ()
    together: Pairs = ()
    apart: Pairs = ()


@dataclass(frozen=True)
class Ties:
    """Articles put together before any is compared.

    Attributes:
        nodes: Articles of one text and time, in canonical order.
        groups: Nodes that are one story from the start, each node in one group.
        linked: Nodes of which something speaks for one story.
        apart: Nodes that may not be in one story.
        dropped: Must-links that contradict cannot-links, as they were given.
        too_short: Articles left out: they have too few words, and no link.
        rank: Place of each article in canonical order: by content, then by id.
    """

    nodes: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    linked: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[int, int], ...]
    too_short: tuple[int, ...]
    rank: tuple[int, ...]


class _Sets(Unions):
    """Disjoint sets of articles, some of which may not meet."""

    def __init__(self, count: int, apart: Iterable[tuple[int, int]]) -> None:
        super().__init__(count)
        self._foes: dict[int, set[int]] = {}
        for a, b in apart:
            self._foes.setdefault(a, set()).add(b)
            self._foes.setdefault(b, set()).add(a)

    def may_join(self, a: int, b: int) -> bool:
        a, b = self.find(a), self.find(b)
        foes, other = self._foes.get(a, set()), self._foes.get(b, set())
        smaller, root = (foes, b) if len(foes) <= len(other) else (other, a)
        return all(self.find(foe) != root for foe in smaller)

    def join(self, a: int, b: int) -> tuple[int, int]:
        low, high = super().join(a, b)
        if low != high and (foes := self._foes.pop(high, None)):
            self._foes.setdefault(low, set()).update(foes)
        return low, high


def tie(
    articles: Sequence[Article],
    words: NDArray[np.int64],
    vectors: NDArray[np.float32],
    links: Links,
    *,
    least_words: int,
    days: int,
) -> Ties:
    """Put copies, equal texts and must-links together, as far as cannot-links allow.

    Cannot-links hold always. Must-links come next, those of the most alike vectors first,
    so that of a chain which ends in a cannot-link the weakest link is dropped; then copies
    and equal texts, unless they were printed too many days apart.

    Args:
        articles: In any order.
        words: int64 of shape ``(n,)``: words of the text that each is grouped by.
        vectors: float32 of shape ``(n, d)``, unit rows.
        links: What is known of them.
        least_words: Fewest words of an article that is grouped, unless the user put it
            with another.
        days: Most days between two copies that are one node.
    """
    order = _canonical_order(articles)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    kept = np.asarray(long_enough(words, least_words))
    kept[[row for pair in links.together for row in pair]] = True
    # From here on articles go by their rank, so that their order makes no difference.
    ranked = [articles[row] for row in order]
    foes = _to_ranks(links.apart, rank)
    sets, sources = _Sets(len(order), foes), Unions(len(order))
    dropped = _join_linked(sets, links.together, rank, vectors)
    texts, loose = _gather_texts(ranked, kept[order].tolist(), _to_ranks(links.copies, rank))
    for places in texts:
        bounds = [day_bounds(ranked[place].document.published) for place in places]
        for printing in split_by_days(bounds, days):
            _join_copies([places[one] for one in printing], sets, sources)
    by_source: dict[int, list[int]] = {}
    for place, row in enumerate(order):
        if kept[row]:
            by_source.setdefault(sources.find(place), []).append(place)
    nodes = list(by_source.values())
    number = {place: node for node, places in enumerate(nodes) for place in places}
    groups: dict[int, list[int]] = {}
    for node, places in enumerate(nodes):
        groups.setdefault(sets.find(places[0]), []).append(node)
    return Ties(
        tuple(tuple(order[place] for place in places) for places in nodes),
        tuple(map(tuple, groups.values())),
        _between(loose + _to_ranks(links.linked, rank), number),
        _between(foes, number),
        dropped,
        tuple(row for row in order if not kept[row]),
        tuple(rank.tolist()),
    )


def _between(
    pairs: Iterable[tuple[int, int]], number: dict[int, int]
) -> tuple[tuple[int, int], ...]:
    """Return pairs of places by their nodes, the lower first, sorted; the left out dropped."""
    found = ((number[a], number[b]) for a, b in pairs if a in number and b in number)
    return tuple(sorted({(min(pair), max(pair)) for pair in found if pair[0] != pair[1]}))


def _join_copies(places: Sequence[int], sets: _Sets, sources: Unions) -> None:
    """Make one node of copies; those that may not meet go with the first that they may."""
    heads: list[int] = []
    for place in places:
        head = next((one for one in heads if sets.may_join(one, place)), None)
        if head is None:
            heads.append(place)
        else:
            sets.join(head, place)
            sources.join(head, place)


def _canonical_order(articles: Sequence[Article]) -> list[int]:
    contents = hash_many([f"{article.document.title}\n{article.body}" for article in articles])
    return sorted(range(len(articles)), key=lambda row: (contents[row], articles[row].id))


def _to_ranks(pairs: Iterable[tuple[int, int]], rank: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return pairs of two articles by their ranks, the lower first, sorted."""
    ranked = ((int(rank[a]), int(rank[b])) for a, b in pairs if a != b)
    return sorted({(min(pair), max(pair)) for pair in ranked})


def _join_linked(
    sets: _Sets,
    together: Sequence[tuple[int, int]],
    rank: NDArray[np.int64],
    vectors: NDArray[np.float32],
) -> tuple[tuple[int, int], ...]:
    """Join must-links, the most alike first; returns those that may not hold."""

    def key(pair: tuple[int, int]) -> tuple[float, int, int]:
        a, b = pair
        low, high = sorted((int(rank[a]), int(rank[b])))
        return -float((vectors[a] * vectors[b]).sum()), low, high

    dropped = []
    for a, b in sorted(together, key=key):
        if a != b and sets.may_join(int(rank[a]), int(rank[b])):
            sets.join(int(rank[a]), int(rank[b]))
        elif a != b:
            dropped.append((a, b))
    return tuple(dropped)


def _gather_texts(
    articles: Sequence[Article], kept: Sequence[bool], copies: Sequence[tuple[int, int]]
) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Gather the articles of one text, whenever they were printed.

    Returns:
        Places of the articles of each text that has several, ascending; and the pairs of
        copies that are no star around one article, so that their ends may have nothing in
        common.
    """
    telling = _Telling(articles)
    equal, chained = Unions(len(articles)), Unions(len(articles))
    for a, b in _equal_texts(articles, [place for place, one in enumerate(kept) if one], telling):
        equal.join(a, b)
    usable = [(a, b) for a, b in copies if kept[a] and kept[b] and telling.of_both(a, b)]
    near: dict[int, set[int]] = {}
    for a, b in usable:
        one, other = equal.find(a), equal.find(b)
        if one != other:
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
            chained.join(one, other)
    parts: dict[int, list[int]] = {}
    for one in near:
        parts.setdefault(chained.find(one), []).append(one)
    loose: set[int] = set()
    for part in parts.values():
        if max(len(near[one]) for one in part) < len(part) - 1:
            loose.update(part)
    texts: dict[int, list[int]] = {}
    for place in range(len(articles)):
        text = equal.find(place)
        texts.setdefault(text if text in loose else chained.find(text), []).append(place)
    return (
        [places for places in texts.values() if len(places) > 1],
        [(a, b) for a, b in usable if equal.find(a) in loose],
    )


class _Telling:
    """Tells where articles have enough words for their likeness to mean anything."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self._known: dict[str, bool] = {}

    def of(self, place: int) -> bool:
        beginning = self._articles[place].body[:LEAD_CHARACTERS]
        if beginning not in self._known:
            self._known[beginning] = len(read_words(beginning).words) >= _TELLING_WORDS
        return self._known[beginning]

    def of_both(self, a: int, b: int) -> bool:
        """Whether two that are alike are one text: short ones under one headline."""
        one, other = (self._articles[place].document.title.strip() for place in (a, b))
        if one and hash_text(one) == hash_text(other):
            return True
        return self.of(a) and self.of(b)


def _equal_texts(
    articles: Sequence[Article], places: Sequence[int], telling: _Telling
) -> Iterator[tuple[int, int]]:
    """Pair each article with the first of the same headline and beginning, or same body."""
    first: dict[tuple[str, bytes], int] = {}
    for place in places:
        article = articles[place]
        body = first.setdefault(("body", hash_text(article.body)), place)
        if body != place and telling.of(place):
            yield body, place
        if article.document.title.strip():
            text = first.setdefault(("text", hash_text(story_text(article))), place)
            if text != place:
                yield text, place
