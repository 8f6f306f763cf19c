"""Paragraphs that state the same event in words of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import WordedTexts, read_words
from embeddings.vectors.neighbours import NeighbourGraph
from embeddings.words.conflicts import FactChange
from embeddings.words.facts import Fact, FactKind, find_facts, values
from topics.coverage.likeness.typical import average, multiply_rows

# A logistic model of few parts, so that a score can be worked out by hand. Fitted on leads of
# news stories of three outlets each; the terms for dates on pairs of dated paragraphs, read
# one by one. See docs/decisions/copies.md for data, fit and checks.
INTERCEPT = -6.02
COSINE = 14.40
WORDS = 7.75
# A likeness says less where everything around is as near: cross-domain similarity local
# scaling, CSLS (Conneau et al. 2018, "Word translation without parallel data").
TYPICAL_COSINE = -10.85
TYPICAL_WORDS = -10.67
FIGURES_CONFLICT = -0.22
DATES_CONFLICT = -1.45
# Where the day of both is known; each day between them takes off some of it.
DATED = 2.3
DAY_APART = -0.9

# Typical neighbours are the 11th to the 40th: reports of one event are among the ten before.
_NEAREST_TYPICAL, _FARTHEST_TYPICAL = 10, 40
_TYPICAL = _FARTHEST_TYPICAL - _NEAREST_TYPICAL
# Cosine and words of typical neighbours in the leads: the median stands in where there are
# too few neighbours, and the 5 % quantile is the least that was seen often enough.
_MEDIAN_COSINE, _LEAST_COSINE = 0.467, 0.329
_MEDIAN_WORDS, _LEAST_WORDS = 0.092, 0.034
# Letters by which words are compared, so that "attacked" and "attacks" agree.
_STEM_LETTERS = 5
# Pairs further apart than this were not among those that the model was fitted on.
CANDIDATE_COSINE = 0.35
_KINDS: tuple[tuple[FactKind, ...], ...] = (("figure",), ("date",), ("place", "name"))


@dataclass(frozen=True, slots=True)
class SameEvent:
    """Why two paragraphs are taken to report one event.

    Attributes:
        score: Estimated probability in 0..1, see ``weigh``.
        cosine: Cosine of the passage vectors.
        words: Cosine of their words, see ``_weigh_words``.
        typical_cosine: Mean cosine of the two to what else is near them.
        typical_words: The same of their words.
        days: Days between their publication; ``None`` where one is not known to the day.
        shared_figures: Figures that both state, dates not among them.
        shared_dates: Months, days and years that both name.
        shared_names: Places and capitalised words that both have.
        differing: Figures and dates that each of the two has and the other has not ("12"
            and "21"), to be read before the two are called the same. Negations are left
            out: of two texts of different length the longer nearly always has one.
    """

    score: float
    cosine: float
    words: float
    typical_cosine: float
    typical_words: float
    days: int | None
    shared_figures: tuple[str, ...]
    shared_dates: tuple[str, ...]
    shared_names: tuple[str, ...]
    differing: tuple[FactChange, ...]


@dataclass(frozen=True)
class Likeness:
    """How alike pairs of nodes are, and how alike each is to what surrounds it.

    Attributes:
        pairs: int64 of shape ``(m, 2)``.
        cosines: float64 of shape ``(m,)``, of the vectors.
        words: The same of the words.
        typical_cosines: Mean of the two nodes' cosines to their typical neighbours.
        typical_words: The same of the words.
    """

    pairs: NDArray[np.int64]
    cosines: NDArray[np.float64]
    words: NDArray[np.float64]
    typical_cosines: NDArray[np.float64]
    typical_words: NDArray[np.float64]

    @cached_property
    def evidence(self) -> NDArray[np.float64]:
        """Log odds of one event, before facts and dates are weighed: shape ``(m,)``."""
        return (
            INTERCEPT
            + COSINE * self.cosines
            + WORDS * self.words
            + TYPICAL_COSINE * self.typical_cosines
            + TYPICAL_WORDS * self.typical_words
        )


def candidate_pairs(
    graph: NeighbourGraph, least_cosine: float = CANDIDATE_COSINE
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the neighbours of at least this cosine, each pair once.

    Returns:
        int64 of shape ``(m, 2)``, the lower node first, and their cosines.
    """
    first = np.repeat(np.arange(graph.size, dtype=np.int64), graph.k)
    second = graph.indices.ravel().astype(np.int64)
    cosines = graph.similarities.ravel().astype(np.float64)
    near = cosines >= least_cosine
    keys = np.minimum(first, second)[near] * graph.size + np.maximum(first, second)[near]
    unique, places = np.unique(keys, return_index=True)
    size = max(graph.size, 1)
    return np.stack((unique // size, unique % size), axis=1), cosines[near][places]


def measure_likeness(
    texts: WordedTexts,
    graph: NeighbourGraph,
    pairs: NDArray[np.int64],
    cosines: NDArray[np.float64],
) -> Likeness:
    """Measure the likeness of pairs of nodes against that of their typical neighbours.

    Args:
        texts: One text a node.
        graph: Neighbours of the nodes.
        pairs: int64 of shape ``(m, 2)``.
        cosines: float64 of shape ``(m,)``.
    """
    vectors = _weigh_words(texts)
    words = multiply_rows(vectors, vectors, pairs[:, 0], pairs[:, 1])
    near = graph.similarities[:, _NEAREST_TYPICAL:_FARTHEST_TYPICAL].astype(np.float64)
    typical = average(near.sum(axis=1), near.shape[1], _TYPICAL, _MEDIAN_COSINE, _LEAST_COSINE)
    typical_words = _measure_typical_words(vectors, graph)
    return Likeness(
        pairs, cosines, words, typical[pairs].mean(axis=1), typical_words[pairs].mean(axis=1)
    )


def _measure_typical_words(vectors: Any, graph: NeighbourGraph) -> NDArray[np.float64]:
    from scipy import sparse

    indices = graph.indices[:, _NEAREST_TYPICAL:_FARTHEST_TYPICAL]
    count = indices.shape[1]
    sums = np.zeros(graph.size)
    for start in range(0, graph.size if count else 0, 5_000):
        part = indices[start : start + 5_000]
        places = np.arange(len(part) + 1) * count
        adjacent = sparse.csr_matrix(
            (np.ones(part.size), part.ravel(), places), shape=(len(part), graph.size)
        )
        products = vectors[start : start + 5_000].multiply(adjacent @ vectors)
        sums[start : start + 5_000] = np.asarray(products.sum(axis=1)).ravel()
    return average(sums, count, _TYPICAL, _MEDIAN_WORDS, _LEAST_WORDS)


def _weigh_words(texts: WordedTexts) -> Any:
    """Return TF-IDF vectors of unit length, sparse ``(n, stems)``.

    Words count by their first letters, stop words not at all. Sublinear term frequency
    and smoothed inverse document frequency, as scikit-learn's TfidfVectorizer defines
    them; the corpus is ``texts``. Stems are numbered by their letters, so that sums come
    out the same to the last bit in any order of the texts.
    """
    from scipy import sparse

    count = len(texts)
    words = texts.vocabulary.words()
    stems = sorted({word[:_STEM_LETTERS] for word in words})
    number = {stem: place for place, stem in enumerate(stems)}
    of_word = np.array([number[word[:_STEM_LETTERS]] for word in words], dtype=np.int64)
    telling = np.array([word not in STOP_WORDS for word in words], dtype=bool)
    kept = telling[texts.numbers]
    owners = np.repeat(np.arange(count), texts.lengths)[kept]
    columns = of_word[texts.numbers[kept]]
    shape = (count, max(len(stems), 1))
    matrix = sparse.csr_matrix((np.ones(len(owners)), (owners, columns)), shape=shape)
    matrix.sum_duplicates()
    frequency = np.bincount(matrix.indices, minlength=shape[1])
    rarity = np.log((1 + count) / (1 + frequency)) + 1
    matrix.data = (1 + np.log(matrix.data)) * rarity[matrix.indices]
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(norms == 0, 1, norms)) @ matrix)


def weigh_days(days: int | None) -> float:
    """Return the log odds that the time between two reports adds."""
    return 0.0 if days is None else DATED + DAY_APART * days


def weigh(
    a: Sequence[Fact], b: Sequence[Fact], likeness: Likeness, place: int, days: int | None
) -> SameEvent:
    """Weigh the likeness of two texts with the facts that they state and with their dates.

    Args:
        a: Facts of the first text.
        b: Facts of the second.
        likeness: Holds the pair.
        place: Where in it.
        days: Between their publication, where both are known to the day.
    """
    odds = float(likeness.evidence[place]) + weigh_days(days)
    odds += FIGURES_CONFLICT * conflict(a, b, "figure") + DATES_CONFLICT * conflict(a, b, "date")
    differing = []
    for (kind,) in _KINDS[:2]:
        left, right = values(a, kind), values(b, kind)
        if left - right and right - left:
            differing.append(FactChange(kind, _list(left - right), _list(right - left)))
    figures, dates, names = (tuple(sorted(values(a, *k) & values(b, *k))) for k in _KINDS)
    return SameEvent(
        1 / (1 + math.exp(-odds)),
        float(likeness.cosines[place]),
        float(likeness.words[place]),
        float(likeness.typical_cosines[place]),
        float(likeness.typical_words[place]),
        days,
        figures,
        dates,
        names,
        tuple(differing),
    )


def read_facts(text: str) -> list[Fact]:
    """Find the facts of a text."""
    return find_facts(read_words(text))


def conflict(a: Sequence[Fact], b: Sequence[Fact], kind: FactKind) -> bool:
    """Whether both texts state facts of this kind, and none in common."""
    left, right = values(a, kind), values(b, kind)
    return bool(left and right and not left & right)


def _list(found: frozenset[str]) -> str:
    return ", ".join(sorted(found))
