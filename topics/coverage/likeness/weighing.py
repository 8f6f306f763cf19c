"""One weighing of likeness, by vectors, words and facts; passages and articles set the weights."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.scripts import is_unspaced
from embeddings.text.stopwords import STOP_WORDS, function_words
from embeddings.text.wording import WordedTexts
from embeddings.vectors.neighbours import NeighbourGraph

# Letters by which words are compared, so that "attacked" and "attacks" agree.
STEM_LETTERS = 5
# The least likeness in words of two texts of which the model does not read one: twice what
# articles have in common with their typical neighbours.
COMMON_WORDS = 0.12
_HIRAGANA = re.compile("[\u3041-\u309f]+")
# Pairs of rows multiplied at once; of 100 stems each some 100 MB.
_AT_ONCE = 50_000
# Texts whose neighbours' words are added up at once.
_TEXTS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Weights:
    """A logistic model of few parts, so that a score can be worked out by hand.

    A likeness says less where everything around is as near: cross-domain similarity local
    scaling, CSLS (Conneau et al. 2018, "Word translation without parallel data"). So it is
    held against that of each text's typical neighbours.

    Attributes:
        intercept: Log odds of a pair that has nothing in common.
        cosines: Log odds that each part of a ``Likeness`` adds; so are the next seven.
        words: See ``cosines``.
        typical_cosines: See ``cosines``.
        typical_words: See ``cosines``.
        figures: See ``cosines``.
        dates: See ``cosines``.
        headlines: See ``cosines``.
        recurring: See ``cosines``.
        typical: Ranks of the neighbours that are typical, counted from 0.
        median_cosine: Stands in for each typical neighbour that a small corpus lacks: the
            median of the texts that the model was fitted on.
        least_cosine: The least mean that was seen often enough: their 5 % quantile.
        median_words: The same of the words.
        least_words: The same of the words.
        spread_cosine: What is added to the median where one neighbour is all there is, and less
            by the square root of their number, as the error of a mean is: a few articles were
            chosen, as a rule, on one subject, where what is typical lies higher.
        spread_words: The same of the words.
    """

    intercept: float
    cosines: float
    words: float
    typical_cosines: float
    typical_words: float
    figures: float
    dates: float
    typical: slice
    median_cosine: float
    least_cosine: float
    median_words: float
    least_words: float
    headlines: float = 0.0
    recurring: float = 0.0
    spread_cosine: float = 0.0
    spread_words: float = 0.0


@dataclass(frozen=True)
class Likeness:
    """What is weighed of pairs of texts, days of publication left out.

    Attributes:
        weights: What each part counts.
        cosines: float64 of shape ``(m,)``, of the vectors.
        words: The same of the words, see ``weigh_words``.
        typical_cosines: Mean of both texts' cosines to their typical neighbours.
        typical_words: The same of the words.
        headlines: Share of a headline's words, by rarity, that the other text has: mean of
            both ways; ``None`` where texts have none.
        figures: 1 where both texts state figures, and none in common; ``None`` where facts
            are weighed pair by pair.
        dates: The same of dates.
        recurring: What tells happenings of one kind apart, see ``Facts.recur``.
    """

    weights: Weights
    cosines: NDArray[np.float64]
    words: NDArray[np.float64]
    typical_cosines: NDArray[np.float64]
    typical_words: NDArray[np.float64]
    headlines: NDArray[np.float64] | None = None
    figures: NDArray[np.float64] | None = None
    dates: NDArray[np.float64] | None = None
    recurring: NDArray[np.float64] | None = None

    @cached_property
    def evidence(self) -> NDArray[np.float64]:
        """Log odds of one event of the parts that were measured: shape ``(m,)``."""
        odds = np.full(len(self.cosines), self.weights.intercept)
        for part in ("cosines", "words", "headlines", "typical_cosines", "typical_words",
                     "figures", "dates", "recurring"):  # fmt: skip
            measured = getattr(self, part)
            if measured is not None:
                odds += getattr(self.weights, part) * measured
        return odds


def count_stems(texts: WordedTexts, languages: Sequence[str] = ()) -> Any:
    """Count the words of texts by their first letters, stop words not at all.

    Of scripts without spaces two characters in a row are a stem, but for two of hiragana.
    Stems are numbered by their letters, so that sums come out the same to the last bit in
    any order of the texts.

    Args:
        texts: The texts.
        languages: Of each; by default all are English.

    Returns:
        Sparse matrix ``(n, stems)``.
    """
    from scipy import sparse

    words = texts.vocabulary.words()
    owners = np.repeat(np.arange(len(texts)), texts.lengths)
    kept = _find_telling(texts, words, owners, languages)
    character = np.array([is_unspaced(word) for word in words], dtype=bool)[texts.numbers]
    pairs = np.flatnonzero(character[:-1] & character[1:] & (owners[:-1] == owners[1:]))
    ends = zip(texts.numbers[pairs].tolist(), texts.numbers[pairs + 1].tolist(), strict=True)
    bigrams = [words[one] + words[other] for one, other in ends]
    told = np.array([_HIRAGANA.fullmatch(one) is None for one in bigrams], dtype=bool)
    stems = sorted({word[:STEM_LETTERS] for word in words}.union(bigrams))
    number = {stem: place for place, stem in enumerate(stems)}
    of_word = np.array([number[word[:STEM_LETTERS]] for word in words], dtype=np.int64)
    kept &= ~character
    of_pair = np.array([number[one] for one in bigrams], dtype=np.int64)
    rows = np.concatenate((owners[kept], owners[pairs[told]]))
    columns = np.concatenate((of_word[texts.numbers[kept]], of_pair[told]))
    shape = (len(texts), max(len(stems), 1))
    counts = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    counts.sum_duplicates()
    return counts


def _find_telling(
    texts: WordedTexts,
    words: Sequence[str],
    owners: NDArray[np.int64],
    languages: Sequence[str],
) -> NDArray[np.bool_]:
    """Return which words of texts are function words neither of English nor of their language."""
    telling = np.array([word not in STOP_WORDS for word in words], dtype=bool)
    kept: NDArray[np.bool_] = telling[texts.numbers]
    for language in sorted(set(languages)):
        if common := function_words(language):
            listed = np.array([word in common for word in words], dtype=bool)
            own = np.array([one == language for one in languages], dtype=bool)
            kept &= ~(own[owners] & listed[texts.numbers])
    return kept


def find_blind(
    languages: Sequence[str], unread: Collection[str], pairs: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the pairs of texts of which the model does not read one: bool of shape ``(m,)``."""
    found: NDArray[np.bool_] = np.array([one in unread for one in languages], dtype=bool)
    blind: NDArray[np.bool_] = found[pairs[:, 0]] | found[pairs[:, 1]]
    return blind


def leave_to_words(likeness: Likeness, blind: NDArray[np.bool_]) -> Likeness:
    """Weigh pairs by their words alone where the model does not read one of the two.

    Their cosine is taken for the usual one, and for the least where they have next to no words
    in common.

    Args:
        likeness: Of the pairs.
        blind: bool of shape ``(m,)``: which they are.
    """
    usual = likeness.weights.median_cosine
    cosines = np.where(likeness.words < COMMON_WORDS, -1.0, usual)
    return replace(
        likeness,
        cosines=np.where(blind, cosines, likeness.cosines),
        typical_cosines=np.where(blind, usual, likeness.typical_cosines),
    )


def weigh_words(counts: Any) -> tuple[Any, NDArray[np.float64]]:
    """Weigh words by rarity.

    Sublinear term frequency and smoothed inverse document frequency, as scikit-learn's
    TfidfVectorizer defines them, over these texts alone.

    Args:
        counts: Of ``count_stems``.

    Returns:
        Vectors of unit length, sparse ``(n, stems)``, and the rarity of each stem.
    """
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    vectors = counts.copy()
    vectors.data = (1 + np.log(vectors.data)) * rarity[vectors.indices]
    norms = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    return scale_rows(vectors, norms), rarity


def scale_rows(matrix: Any, sizes: NDArray[np.float64]) -> Any:
    """Divide each row of a sparse matrix by its size; rows of size 0 stay."""
    from scipy import sparse

    return sparse.csr_matrix(sparse.diags(1 / np.where(sizes == 0, 1, sizes)) @ matrix)


def multiply_rows(
    left: Any, right: Any, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the scalar products of rows of two sparse matrices, pair by pair.

    Args:
        left: Sparse matrix.
        right: Sparse matrix of as many columns.
        first: int64 of shape ``(m,)``, rows of ``left``.
        second: int64 of shape ``(m,)``, rows of ``right``.
    """
    found = np.empty(len(first))
    for start in range(0, len(first), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        products = left[first[part]].multiply(right[second[part]])
        found[part] = np.asarray(products.sum(axis=1)).ravel()
    return found


def measure_typical(
    vectors: Any, graph: NeighbourGraph, weights: Weights, rows: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure how like its typical neighbours each text is.

    Args:
        vectors: Of ``weigh_words``, a row a node.
        graph: Neighbours of the nodes.
        weights: Says which are typical, and what stands in for those that lack.
        rows: The nodes asked about, all by default.

    Returns:
        Each one's mean cosine and mean words, float64 of shape ``(rows,)`` each.
    """
    from scipy import sparse

    rows = np.arange(graph.size) if rows is None else rows
    near = graph.similarities[rows, weights.typical].astype(np.float64)
    indices = graph.indices[rows, weights.typical]
    count = indices.shape[1]
    words = np.zeros(len(rows))
    for start in range(0, len(rows) if count else 0, _TEXTS_AT_ONCE):
        part = slice(start, start + _TEXTS_AT_ONCE)
        places = np.arange(len(indices[part]) + 1) * count
        adjacent = sparse.csr_matrix(
            (np.ones(indices[part].size), indices[part].ravel(), places),
            shape=(len(indices[part]), graph.size),
        )
        words[part] = np.asarray(
            vectors[rows[part]].multiply(adjacent @ vectors).sum(axis=1)
        ).ravel()
    wanted = len(range(weights.typical.stop)[weights.typical])

    known = math.sqrt(max(graph.k, 1))
    cosine = weights.median_cosine + weights.spread_cosine / known
    word = weights.median_words + weights.spread_words / known

    def fill(sums: NDArray[np.float64], stand_in: float, least: float) -> NDArray[np.float64]:
        filled: NDArray[np.float64] = (sums + (wanted - count) * stand_in) / wanted
        return np.maximum(filled, least)

    return (
        fill(near.sum(axis=1), cosine, weights.least_cosine),
        fill(words, word, weights.least_words),
    )


def to_odds(probability: float) -> float:
    """Return the log odds of a probability; 0 and 1 stand for what is nearly so."""
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


def to_probability(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of log odds."""
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
    return probability
