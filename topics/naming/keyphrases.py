"""What sets a topic's words apart: its keyphrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.naming.readability import Reading
from topics.naming.saying import Keyphrases, Pairs, weigh_for_names
from topics.naming.terms import Terms, count_terms
from topics.naming.wordforms import drop_fragments

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A phrase reads better than a word of the same weight, and is counted less often.
_LENGTH_BONUS = (1.0, 1.4, 1.5, 1.5, 1.5, 1.5)
# A term says something of a topic when it is this much more common there than elsewhere;
# beyond the cap, rarer elsewhere is no more telling: it only favours chance words.
_LEAST_RATIO = 1.5
_MOST_TELLING = 6.0
# How much the contrast with the topic's siblings counts beside that with all the rest.
_SIBLINGS = 0.65
# Terms looked at for each topic: by contrast with the rest, then by all measures.
_LOOKED_AT = 240
_CANDIDATES = 40
# The weight of relevance in MMR (Carbonell and Goldstein, 1998); the rest is for being
# unlike those chosen. Among a topic's first phrases, what covering its children gains.
_RELEVANCE = 0.75
_COVER = 0.4
_FIRST = 3
# In a topic of so few passages a term need not recur.
_FEW = 2
# The least a term of one document weighs where others stand in several; and a term less
# fit than the least is no keyphrase where there are others.
_ONE_DOCUMENT = 0.2
_LEAST_FIT = 0.2
# Linked phrases that may name a topic; what stands before the preposition must tell it too.
_LINKED = 4


@dataclass(frozen=True)
class Grouping:
    """Topics of one level that are to be described, and what they stand among.

    Attributes:
        members: Passages of each topic, ascending.
        labels: int64 ``(passages,)``, each passage's topic; -1 where it is not wanted.
        parents: int64 ``(topics,)``, each topic's parent, -1 where it has none or is to
            be told from all the rest alone.
        above: int64 ``(passages,)``, each passage's topic among the parents.
        below: int64 ``(passages,)``, each passage's topic on the level below.
        centrality: float64 ``(passages,)``, how much each counts, 1 in a topic's mean.
        documents: int64 ``(passages,)``, number of each passage's document.
    """

    members: Sequence[NDArray[np.int64]]
    labels: NDArray[np.int64]
    parents: NDArray[np.int64]
    above: NDArray[np.int64]
    below: NDArray[np.int64]
    centrality: NDArray[np.float64]
    documents: NDArray[np.int64]

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Passages of each topic."""
        return np.array([len(rows) for rows in self.members], np.int64)


def find_keyphrases(
    terms: Terms, grouping: Grouping, wanted: int, reading: Reading
) -> list[Keyphrases]:
    """Return up to ``wanted`` keyphrases of each topic, the most telling first.

    Class-based TF-IDF over passages: a term weighs the share of the topic's passages
    that hold it, times the log of how much greater that is than the share elsewhere, in
    the whole corpus and in the rest of the topic's parent. A word about as common there
    weighs nothing. The best are thinned so that none is a part of another, then picked
    by maximal marginal relevance, where alike means standing in the same passages; the
    first few of a topic with children are picked to stand for all of them.
    """
    pairs = _weigh_further(terms, grouping, _weigh_terms(terms, grouping))
    bounds = np.searchsorted(pairs.topic, np.arange(len(grouping.members) + 1))
    heads = _sum_over(terms.heads, grouping.labels, len(grouping.members))
    found: list[Keyphrases] = []
    for one, members in enumerate(grouping.members):
        own = Pairs._make(each[bounds[one] : bounds[one + 1]] for each in pairs)
        ranked = own.term.tolist()
        at = {term: place for place, term in enumerate(ranked)}
        short = [term for term in ranked if term < terms.linked]
        kept = drop_fragments(
            short, dict(zip(ranked, own.counts.tolist(), strict=True)), terms.words
        )[:_CANDIDATES]
        if not kept:
            found.append(Keyphrases())
            continue
        holders = terms.stands[kept][:, members]
        places = [at[term] for term in kept]
        cover = _share_out(holders, grouping.below[members])
        # Sparse: small dense products keep threads of BLAS busy waiting.
        both = (holders @ holders.T).toarray().astype(np.float64)
        picks = _spread(own.weights[places], both, cover, wanted)
        chosen = [places[pick] for pick in picks]
        chosen += [at[term] for term in _find_telling(terms, ranked, heads, one, len(members))]
        told = grouping.documents[members]
        found.append(weigh_for_names(terms, own, chosen, len(picks), members, reading, told))
    return found


def _find_telling(
    terms: Terms, ranked: Sequence[int], heads: csr_array, topic: int, size: int
) -> list[int]:
    """Return the most telling linked phrases of a topic, of which what stands first tells too."""
    linked = [term for term in ranked if term >= terms.linked]
    if not linked:
        return []
    at = np.array(linked) - terms.linked
    inside = heads[at][:, [topic]].toarray().ravel().astype(np.int64)
    total = np.diff(terms.heads.indptr)[at]
    sizes = np.full(len(at), size)
    tells = _contrast(inside, total, sizes, float(terms.stands.shape[1])) > 0
    return [term for term, good in zip(linked, tells.tolist(), strict=True) if good][:_LINKED]


def find_lone_terms(texts: list[str], wanted: int) -> tuple[str, ...]:
    """Return terms of a few passages of which hardly any recurs: names, then nouns.

    The fittest first, then those of more passages, longer words before shorter.
    """
    terms = count_terms(texts, 1)
    counts = terms.counts.tolist()
    able = [one for one, words in enumerate(terms.words) if len(words) == 1 or terms.named[one]]
    ranked = sorted(
        able,
        key=lambda one: (
            -counts[one] * round(float(terms.fitness[one]), 6),
            -len("".join(terms.words[one])),
            terms.words[one],
        ),
    )
    kept = drop_fragments(ranked[:_CANDIDATES], dict(enumerate(counts)), terms.words)
    return tuple(terms.surfaces[one] for one in kept[:wanted])


def _weigh_terms(terms: Terms, grouping: Grouping) -> Pairs:
    """Weigh terms against the rest of the corpus; keep the best of each topic."""
    sizes = grouping.sizes
    counted = _sum_over(terms.stands, grouping.labels, len(sizes))
    central = _sum_over(terms.stands, grouping.labels, len(sizes), grouping.centrality)
    term = np.repeat(np.arange(len(terms.words)), np.diff(counted.indptr))
    topic, counts = counted.indices.astype(np.int64), counted.data.astype(np.int64)
    # A term seen once in a topic of many says nothing of the topic; a phrase of three
    # common words must be seen three times.
    lengths = terms.lengths
    common = (lengths > 2) & ~terms.named
    use = (sizes[topic] <= _FEW) | (counts >= np.where(common[term], 3, 2))
    term, topic, counts = term[use], topic[use], counts[use]
    rows = float(terms.stands.shape[1])
    weights = _contrast(counts, terms.counts[term], sizes[topic], rows)
    weights *= np.array((0.0, *_LENGTH_BONUS))[lengths[term]] * terms.fitness[term]
    weights *= central.data[use] / counts
    return _keep_best(terms, Pairs(term, topic, counts, weights, np.zeros(len(term))), _LOOKED_AT)


def _weigh_further(terms: Terms, grouping: Grouping, pairs: Pairs) -> Pairs:
    """Weigh what the first look kept against the topic's siblings, and by documents."""
    sizes, weights, apart = grouping.sizes, pairs.weights.copy(), pairs.apart.copy()
    nested = np.flatnonzero(grouping.parents[pairs.topic] >= 0)
    if len(nested):
        term, topic, counts = pairs.term[nested], pairs.topic[nested], pairs.counts[nested]
        parent, size = grouping.parents[topic], sizes[topic]
        of_parents = np.bincount(grouping.above[grouping.above >= 0])
        known, inverse = np.unique(term, return_inverse=True)
        part = _sum_over(terms.stands[known], grouping.above, len(of_parents))
        inside = np.asarray(part[inverse, parent]).astype(np.int64)
        rest = _contrast(counts, terms.counts[term], size, float(terms.stands.shape[1]))
        near = _contrast(counts, inside, size, of_parents[parent])
        apart[nested] = near * size / counts
        weights[nested] *= 1 - _SIBLINGS + _SIBLINGS * near / np.maximum(rest, 1e-9)
    spread_over = _count_documents(terms, grouping, pairs)
    lone = np.maximum(1.0 - 1.0 / np.maximum(spread_over, 1), _ONE_DOCUMENT)
    weights *= np.where(sizes[pairs.topic] > _FEW, lone, 1.0)
    fit = terms.fitness[pairs.term] >= _LEAST_FIT
    some_fit = np.bincount(pairs.topic, fit & (weights > 0), minlength=len(sizes)) > 0
    weights[~fit & some_fit[pairs.topic]] = 0.0
    return _keep_best(terms, pairs._replace(weights=weights, apart=apart), 2 * _CANDIDATES)


def _sum_over(
    stands: csr_array,
    labels: NDArray[np.int64],
    count: int,
    weights: NDArray[np.float64] | None = None,
) -> csr_array:
    """Sum passages, or their weights, that hold each term by topic: ``(terms, topics)``."""
    from scipy.sparse import csr_array

    inside = np.flatnonzero(labels >= 0)
    data = np.ones(len(inside), np.int32) if weights is None else weights[inside]
    member = csr_array((data, (inside, labels[inside])), shape=(len(labels), count))
    summed = csr_array(stands @ member)
    summed.sort_indices()
    return summed


def _count_documents(terms: Terms, grouping: Grouping, pairs: Pairs) -> NDArray[np.int64]:
    """Count the documents in which each term stands within its topic."""
    span = int(grouping.documents.max(initial=0)) + 1
    if span == len(grouping.documents):
        return pairs.counts
    # Each document's part in each topic is one column; a term stands in it or does not.
    inside = grouping.labels >= 0
    parts = np.full(len(inside), -1)
    keys, parts[inside] = np.unique(
        grouping.labels[inside] * span + grouping.documents[inside], return_inverse=True
    )
    known, inverse = np.unique(pairs.term, return_inverse=True)
    held = _sum_over(terms.stands[known], parts, len(keys))
    topic, count = (keys // span)[held.indices], len(grouping.members)
    key = np.repeat(np.arange(len(known)), np.diff(held.indptr)) * count + topic
    distinct, times = np.unique(key, return_counts=True)
    return np.asarray(times[np.searchsorted(distinct, inverse * count + pairs.topic)])


def _contrast(
    inside: NDArray[np.int64],
    total: NDArray[np.int64],
    size: NDArray[np.int64],
    rows: NDArray[np.int64] | float,
) -> NDArray[np.float64]:
    """Weigh terms: share inside times log2 of share inside over share outside.

    The counts are smoothed as if the rest held one passage more with half of it telling;
    a single topic, with nothing outside, ranks by share alone.
    """
    share = inside / size
    outside = (total - inside + 0.5) / (rows - size + 1.0)
    ratio = np.log2(share / outside)
    telling = np.where(ratio >= np.log2(_LEAST_RATIO), np.minimum(ratio, _MOST_TELLING), 0.0)
    return np.asarray(np.where(rows == size, share, share * telling))


def _keep_best(terms: Terms, pairs: Pairs, most: int) -> Pairs:
    """Sort by topic and weight, equal ones by their words; keep so many of each topic."""
    able = np.flatnonzero(pairs.weights > 0)
    # Rounded: the order of passages may change the last bits, and no name.
    weights = np.round(pairs.weights[able], 9)
    order = able[np.lexsort((terms.ranks[pairs.term[able]], -weights, pairs.topic[able]))]
    topic = pairs.topic[order]
    order = order[np.arange(len(order)) - np.searchsorted(topic, topic) < most]
    return Pairs._make(each[order] for each in pairs)


def _share_out(
    holders: csr_array, below: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each term's passages by child as shares, ``(terms, children)``, and sizes."""
    children, number = np.unique(below, return_inverse=True)
    count = len(children)
    term = np.repeat(np.arange(holders.shape[0]), np.diff(holders.indptr))
    key = term * count + number[holders.indices]
    shares = np.bincount(key, minlength=holders.shape[0] * count).reshape(-1, count)
    sizes = np.bincount(number, minlength=count) / max(len(number), 1)
    return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1), sizes


def _spread(
    weights: NDArray[np.float64],
    both: NDArray[np.float64],
    cover: tuple[NDArray[np.float64], NDArray[np.float64]],
    wanted: int,
) -> list[int]:
    """Pick terms that weigh much and stand in other passages than those picked before.

    The first few are also to stand in the topic's children as its passages do: their
    mean shares are to overlap with the children's sizes. ``both`` holds the passages in which
    each two stand.
    """
    shares, sizes = cover
    counts = np.maximum(both.diagonal(), 1.0)
    overlap = both / np.minimum(counts[:, None], counts)
    relevance = _RELEVANCE * weights / weights.max()
    nearest = np.zeros(len(weights))
    mean = np.zeros(len(sizes))
    chosen: list[int] = []
    while len(chosen) < min(wanted, len(weights)):
        merit = relevance - (1 - _RELEVANCE) * nearest
        if len(chosen) < _FIRST and len(sizes) > 1:
            after = (mean * len(chosen) + shares) / (len(chosen) + 1)
            merit = merit + _COVER * np.minimum(after, sizes).sum(axis=1)
        merit[chosen] = -np.inf
        pick = int(np.argmax(np.round(merit, 6)))
        mean = (mean * len(chosen) + shares[pick]) / (len(chosen) + 1)
        chosen.append(pick)
        nearest = np.maximum(nearest, overlap[pick])
    return chosen
