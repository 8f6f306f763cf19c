"""Paragraphs that state the same event in words of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.alignment import FactChange
from embeddings.facts import Fact, FactKind, find_facts, values
from embeddings.neighbours import NeighbourGraph
from embeddings.wording import WordedTexts, read_words

# Taken off the score when both texts name figures, or dates, and none in common; measured
# on rewrites of dated updates and on news leads, see docs/decisions/copies.md.
CONFLICT_PENALTY = 0.1
_KINDS: tuple[FactKind, ...] = ("figure", "date", "name")


@dataclass(frozen=True, slots=True)
class SameEvent:
    """Why two paragraphs are taken to report one event.

    Attributes:
        score: Mean of ``cosine`` and ``words``, less ``CONFLICT_PENALTY`` for figures and
            again for dates that have nothing in common.
        cosine: Cosine of the passage vectors.
        words: Cosine of the TF-IDF word vectors.
        shared_figures: Figures that both state, dates not among them.
        shared_dates: Months, days and years that both name.
        shared_names: Capitalised words that both have.
        differing: Figures and dates that each of the two has and the other has not ("12"
            and "21"), to be read before the two are called the same. Negations are left
            out: of two texts of different length the longer nearly always has one.
    """

    score: float
    cosine: float
    words: float
    shared_figures: tuple[str, ...]
    shared_dates: tuple[str, ...]
    shared_names: tuple[str, ...]
    differing: tuple[FactChange, ...]


def candidate_pairs(
    graph: NeighbourGraph, least_cosine: float
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


def word_cosines(texts: WordedTexts, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute TF-IDF cosines of pairs of texts: float64 of shape ``(m,)``.

    Sublinear term frequency and smoothed inverse document frequency, as scikit-learn's
    TfidfVectorizer defines them; the corpus is ``texts``.
    """
    weights = _tfidf(texts)
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), 50_000):
        part = pairs[start : start + 50_000]
        products = weights[part[:, 0]].multiply(weights[part[:, 1]])
        found[start : start + 50_000] = np.asarray(products.sum(axis=1)).ravel()
    return found


def _tfidf(texts: WordedTexts) -> Any:
    from scipy import sparse

    count = len(texts)
    owners = np.repeat(np.arange(count), texts.lengths)
    shape = (count, max(len(texts.vocabulary), 1))
    matrix = sparse.csr_matrix((np.ones(len(owners)), (owners, texts.numbers)), shape=shape)
    matrix.sum_duplicates()
    frequency = np.bincount(matrix.indices, minlength=shape[1])
    rarity = np.log((1 + count) / (1 + frequency)) + 1
    matrix.data = (1 + np.log(matrix.data)) * rarity[matrix.indices]
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(norms == 0, 1, norms)) @ matrix


def weigh(a: Sequence[Fact], b: Sequence[Fact], cosine: float, words: float) -> SameEvent:
    """Weigh the likeness of two texts against the facts that they state."""
    penalty = sum(CONFLICT_PENALTY for kind in _KINDS[:2] if _conflict(a, b, kind))
    differing = []
    for kind in _KINDS[:2]:
        left, right = values(a, kind), values(b, kind)
        if left - right and right - left:
            differing.append(FactChange(kind, _list(left - right), _list(right - left)))
    figures, dates, names = (tuple(sorted(values(a, k) & values(b, k))) for k in _KINDS)
    score = (cosine + words) / 2 - penalty
    return SameEvent(score, cosine, words, figures, dates, names, tuple(differing))


def read_facts(text: str) -> list[Fact]:
    """Find the facts of a text."""
    return find_facts(read_words(text))


def _conflict(a: Sequence[Fact], b: Sequence[Fact], kind: FactKind) -> bool:
    left, right = values(a, kind), values(b, kind)
    return bool(left and right and not left & right)


def _list(found: frozenset[str]) -> str:
    return ", ".join(sorted(found))
