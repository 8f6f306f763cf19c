"""What is known of articles before they are compared: copies, and the user's links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.normalising import hash_text
from topics.coverage.articles import Article

# Equal bodies of fewer words ("Video") need equal headlines to be one text.
_TELLING_WORDS = 8


@dataclass(frozen=True)
class Links:
    """Pairs of article numbers of which something is known.

    Attributes:
        copies: They are copies, or one stands in the other.
        together: The user wants them in one story.
        apart: The user wants them in two.
    """

    copies: Sequence[tuple[int, int]]
    together: Sequence[tuple[int, int]]
    apart: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Ties:
    """Articles put together before any is compared.

    Attributes:
        nodes: Articles of one text, in canonical order.
        groups: Nodes that are one story from the start, each node in one group.
        apart: Nodes that may not be in one story.
        dropped: Must-links that contradict cannot-links, as they were given.
        too_short: Articles left out: they have too few words, and no link.
        rank: Place of each article in canonical order: by content, then by id.
    """

    nodes: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    apart: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[int, int], ...]
    too_short: tuple[int, ...]
    rank: tuple[int, ...]


class _Sets:
    """Disjoint sets of articles, some of which may not meet."""

    def __init__(self, count: int, apart: Iterable[tuple[int, int]]) -> None:
        self._parent = list(range(count))
        self._foes: dict[int, set[int]] = {}
        for a, b in apart:
            self._foes.setdefault(a, set()).add(b)
            self._foes.setdefault(b, set()).add(a)

    def find(self, row: int) -> int:
        parent = self._parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def may_join(self, a: int, b: int) -> bool:
        a, b = self.find(a), self.find(b)
        foes, other = self._foes.get(a, set()), self._foes.get(b, set())
        smaller, root = (foes, b) if len(foes) <= len(other) else (other, a)
        return all(self.find(foe) != root for foe in smaller)

    def join(self, a: int, b: int) -> None:
        a, b = sorted((self.find(a), self.find(b)))
        if a != b:
            self._parent[b] = a
            if foes := self._foes.pop(b, None):
                self._foes.setdefault(a, set()).update(foes)


def tie(
    articles: Sequence[Article],
    words: NDArray[np.int64],
    vectors: NDArray[np.float32],
    least_words: int,
    links: Links,
) -> Ties:
    """Put copies, equal texts and must-links together, as far as cannot-links allow.

    Cannot-links hold always. Must-links come next, those of the most alike vectors first,
    so that of a chain which ends in a cannot-link the weakest link is dropped; then equal
    texts, then copies.

    Args:
        articles: In any order.
        words: int64 of shape ``(n,)``: words of the text that each is grouped by.
        vectors: float32 of shape ``(n, d)``, unit rows.
        least_words: Fewest words of an article that is grouped, unless it is linked.
        links: What is known.
    """
    order = _canonical_order(articles)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    kept = words >= least_words
    kept[[row for pair in (*links.together, *links.copies) for row in pair]] = True
    # From here on articles go by their rank, so that their order makes no difference.
    foes = _to_ranks(links.apart, rank)
    sets, sources = _Sets(len(order), foes), _Sets(len(order), ())
    dropped = _join_linked(sets, links.together, rank, vectors)
    same = _equal_texts(articles, [row for row in order if kept[row]])
    for a, b in _to_ranks(same, rank) + _to_ranks(links.copies, rank):
        if sets.may_join(a, b):
            sets.join(a, b)
            sources.join(a, b)
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
        tuple((number[a], number[b]) for a, b in foes if a in number and b in number),
        dropped,
        tuple(row for row in order if not kept[row]),
        tuple(rank.tolist()),
    )


def _canonical_order(articles: Sequence[Article]) -> list[int]:
    contents = [hash_text(f"{article.document.title}\n{article.body}") for article in articles]
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


def _equal_texts(articles: Sequence[Article], rows: Sequence[int]) -> list[tuple[int, int]]:
    """Pair each article with the first of the same text."""
    first: dict[tuple[bytes, bytes], int] = {}
    pairs = []
    for row in rows:
        telling = len(articles[row].body.split()) >= _TELLING_WORDS
        title = b"" if telling else hash_text(articles[row].document.title)
        other = first.setdefault((hash_text(articles[row].body), title), row)
        if other != row:
            pairs.append((other, row))
    return pairs
