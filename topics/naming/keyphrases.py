"""What sets a topic's words apart: its keyphrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.naming.terms import Terms, count_terms
from topics.naming.wordforms import drop_fragments

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A phrase reads better than a word of the same weight, and is counted less often.
_LENGTH_BONUS = (1.0, 1.4, 1.5)
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


@dataclass(frozen=True)
class TermTable:
    """Terms of a corpus, counted once for all levels of topics.

    Attributes:
        terms: Counted over all passages.
        stands: Ones where a term stands in a passage, shape ``(terms, passages)``.
        documents: int64 ``(passages,)``, number of each passage's document.
        ranks: int64 ``(terms,)``, place of each term in alphabetical order.
    """

    terms: Terms
    stands: csr_array
    documents: NDArray[np.int64]
    ranks: NDArray[np.int64]


@dataclass(frozen=True)
class Grouping:
    """Topics of one level that are to be described, and what they stand among.

    Attributes:
        labels: int64 ``(passages,)``, each passage's topic; -1 where it is not wanted.
        sizes: int64 ``(topics,)``, passages of each.
        parents: int64 ``(topics,)``, each topic's parent, -1 where it has none or is to
            be told from all the rest alone.
        above: int64 ``(passages,)``, each passage's topic among the parents.
        below: int64 ``(passages,)``, each passage's topic on the level below.
        centrality: float64 ``(passages,)``, how much each counts, 1 in a topic's mean.
    """

    labels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    parents: NDArray[np.int64]
    above: NDArray[np.int64]
    below: NDArray[np.int64]
    centrality: NDArray[np.float64]


@dataclass(frozen=True)
class _Pairs:
    """Terms of topics, best first within each topic; all of shape ``(pairs,)``.

    ``apart`` is the contrast with the topic's siblings in bits, 0 without a parent.
    """

    term: NDArray[np.int64]
    topic: NDArray[np.int64]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64]
    apart: NDArray[np.float64]


@dataclass(frozen=True)
class Keyphrases:
    """A topic's keyphrases, most telling first.

    Attributes:
        phrases: As they are spelled.
        weights: What each weighs, to be compared within the topic only.
        apart: Bits by which each is commoner here than in the rest of the topic's parent;
            0 without a parent.
    """

    phrases: tuple[str, ...]
    weights: tuple[float, ...]
    apart: tuple[float, ...]


def tabulate(terms: Terms, rows: int, documents: NDArray[np.int64] | None = None) -> TermTable:
    """Make the table that all levels share.

    Args:
        terms: As counted, sorted by term.
        rows: Number of passages.
        documents: Number of each passage's document; by default each is its own.
    """
    from scipy.sparse import csr_array

    starts = np.searchsorted(terms.terms, np.arange(len(terms.words) + 1))
    ones = np.ones(len(terms.rows), np.int32)
    stands = csr_array((ones, terms.rows, starts), shape=(len(terms.words), rows))
    ranks = np.empty(len(terms.words), np.int64)
    ranks[sorted(range(len(ranks)), key=terms.words.__getitem__)] = np.arange(len(ranks))
    return TermTable(terms, stands, np.arange(rows) if documents is None else documents, ranks)


def find_keyphrases(table: TermTable, grouping: Grouping, wanted: int) -> list[Keyphrases]:
    """Return up to ``wanted`` keyphrases of each topic, the most telling first.

    Class-based TF-IDF over passages: a term weighs the share of the topic's passages
    that hold it, times the log of how much greater that is than the share elsewhere, in
    the whole corpus and in the rest of the topic's parent. A word about as common there
    weighs nothing. The best are thinned so that none is a part of another, then picked
    by maximal marginal relevance, where alike means standing in the same passages; the
    first few of a topic with children are picked to stand for all of them.
    """
    count = len(grouping.sizes)
    pairs = _weigh_further(table, grouping, _weigh_terms(table, grouping))
    bounds = np.searchsorted(pairs.topic, np.arange(count + 1))
    order = np.argsort(grouping.labels, kind="stable")
    starts = np.searchsorted(grouping.labels[order], np.arange(count + 1))
    place = np.empty(len(order), np.int64)
    found: list[Keyphrases] = []
    for one in range(count):
        span = slice(bounds[one], bounds[one + 1])
        ranked = pairs.term[span].tolist()
        weights = dict(zip(ranked, pairs.weights[span].tolist(), strict=True))
        counts = dict(zip(ranked, pairs.counts[span].tolist(), strict=True))
        apart = dict(zip(ranked, pairs.apart[span].tolist(), strict=True))
        kept = drop_fragments(ranked, counts, table.terms.words)[:_CANDIDATES]
        if not kept:
            found.append(Keyphrases((), (), ()))
            continue
        members = order[starts[one] : starts[one + 1]]
        place[members] = np.arange(len(members))
        holders = _find_holders(table, kept, grouping.labels == one, place, len(members))
        chosen = _spread(
            np.array([weights[term] for term in kept]),
            holders,
            _share_out(holders, grouping.below[members]),
            wanted,
        )
        terms = [kept[pick] for pick in chosen]
        found.append(
            Keyphrases(
                tuple(table.terms.surfaces[term] for term in terms),
                tuple(weights[term] for term in terms),
                tuple(apart[term] for term in terms),
            )
        )
    return found


def find_lone_terms(texts: list[str], wanted: int) -> tuple[str, ...]:
    """Return terms of a few passages of which hardly any recurs: names, then nouns.

    The fittest first, then those of more passages, longer words before shorter.
    """
    terms = count_terms(texts, 1)
    counts = np.bincount(terms.terms, minlength=len(terms.words)).tolist()
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


def _weigh_terms(table: TermTable, grouping: Grouping) -> _Pairs:
    """Weigh terms against the rest of the corpus; keep the best of each topic."""
    terms, sizes = table.terms, grouping.sizes
    counted = _sum_over(table, grouping.labels, len(sizes), None)
    central = _sum_over(table, grouping.labels, len(sizes), grouping.centrality)
    term = np.repeat(np.arange(len(terms.words)), np.diff(counted.indptr))
    topic, counts = counted.indices.astype(np.int64), counted.data.astype(np.int64)
    # A term seen once in a topic of many says nothing of the topic; a phrase of three
    # common words must be seen three times.
    lengths = np.array([len(words) for words in terms.words], np.int64)
    common = (lengths > 2) & ~terms.named
    use = (sizes[topic] <= _FEW) | (counts >= np.where(common[term], 3, 2))
    term, topic, counts = term[use], topic[use], counts[use]
    total = np.diff(table.stands.indptr)[term]
    weights = _contrast(counts, total, sizes[topic], float(table.stands.shape[1]))
    weights *= np.array((0.0, *_LENGTH_BONUS))[lengths[term]] * terms.fitness[term]
    weights *= central.data[use] / counts
    return _keep_best(table, _Pairs(term, topic, counts, weights, np.zeros(len(term))), _LOOKED_AT)


def _weigh_further(table: TermTable, grouping: Grouping, pairs: _Pairs) -> _Pairs:
    """Weigh what the first look kept against the topic's siblings, and by documents."""
    sizes, weights, apart = grouping.sizes, pairs.weights.copy(), pairs.apart.copy()
    parents = grouping.parents[pairs.topic]
    nested = np.flatnonzero(parents >= 0)
    if len(nested):
        term, parent, counts = pairs.term[nested], parents[nested], pairs.counts[nested]
        size = sizes[pairs.topic[nested]]
        of_parents = np.bincount(grouping.above[grouping.above >= 0])
        terms, inverse = np.unique(term, return_inverse=True)
        part = _sum_over(table, grouping.above, len(of_parents), None, terms)
        inside = np.asarray(part[inverse, parent]).astype(np.int64)
        rows = float(table.stands.shape[1])
        rest = _contrast(counts, np.diff(table.stands.indptr)[term], size, rows)
        near = _contrast(counts, inside, size, of_parents[parent])
        apart[nested] = near * size / counts
        weights[nested] *= 1 - _SIBLINGS + _SIBLINGS * near / np.maximum(rest, 1e-9)
    spread_over = _count_documents(table, grouping, pairs)
    lone = np.maximum(1.0 - 1.0 / np.maximum(spread_over, 1), _ONE_DOCUMENT)
    weights *= np.where(sizes[pairs.topic] > _FEW, lone, 1.0)
    fit = table.terms.fitness[pairs.term] >= _LEAST_FIT
    some_fit = np.bincount(pairs.topic, fit & (weights > 0), minlength=len(sizes)) > 0
    weights[~fit & some_fit[pairs.topic]] = 0.0
    again = _Pairs(pairs.term, pairs.topic, pairs.counts, weights, apart)
    return _keep_best(table, again, 2 * _CANDIDATES)


def _sum_over(
    table: TermTable,
    labels: NDArray[np.int64],
    count: int,
    weights: NDArray[np.float64] | None,
    terms: NDArray[np.int64] | None = None,
) -> csr_array:
    """Sum passages, or their weights, that hold each term by topic: ``(terms, topics)``."""
    from scipy.sparse import csr_array

    inside = np.flatnonzero(labels >= 0)
    data = np.ones(len(inside), np.int32) if weights is None else weights[inside]
    member = csr_array((data, (inside, labels[inside])), shape=(len(labels), count))
    stands = table.stands if terms is None else table.stands[terms]
    summed = csr_array(stands @ member)
    summed.sort_indices()
    return summed


def _count_documents(table: TermTable, grouping: Grouping, pairs: _Pairs) -> NDArray[np.int64]:
    """Count the documents in which each term stands within its topic."""
    span = int(table.documents.max(initial=0)) + 1
    if span == len(table.documents):
        return pairs.counts
    # Each document's part in each topic is one column; a term stands in it or does not.
    inside = grouping.labels >= 0
    parts = np.full(len(inside), -1, np.int64)
    keys, number = np.unique(
        grouping.labels[inside] * span + table.documents[inside], return_inverse=True
    )
    parts[inside] = number
    terms, inverse = np.unique(pairs.term, return_inverse=True)
    held = _sum_over(table, parts, len(keys), None, terms)
    topic = (keys // span)[held.indices]
    count = len(grouping.sizes)
    key = np.repeat(np.arange(len(terms)), np.diff(held.indptr)) * count + topic
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


def _keep_best(table: TermTable, pairs: _Pairs, most: int) -> _Pairs:
    """Sort by topic and weight, equal ones by their words; keep so many of each topic."""
    able = np.flatnonzero(pairs.weights > 0)
    # Rounded: the order of passages may change the last bits, and no name.
    weights = np.round(pairs.weights[able], 9)
    order = able[np.lexsort((table.ranks[pairs.term[able]], -weights, pairs.topic[able]))]
    topic = pairs.topic[order]
    order = order[np.arange(len(order)) - np.searchsorted(topic, topic) < most]
    return _Pairs(
        pairs.term[order],
        pairs.topic[order],
        pairs.counts[order],
        pairs.weights[order],
        pairs.apart[order],
    )


def _find_holders(
    table: TermTable,
    kept: list[int],
    inside: NDArray[np.bool_],
    place: NDArray[np.int64],
    size: int,
) -> csr_array:
    """Return which of a topic's passages hold which terms, ones, ``(terms, members)``."""
    from scipy.sparse import csr_array

    rows = table.stands[kept]
    mine = inside[rows.indices]
    starts = np.append(0, np.cumsum(mine))[rows.indptr]
    columns = place[rows.indices[mine]]
    return csr_array((np.ones(len(columns), np.int32), columns, starts), shape=(len(kept), size))


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
    holders: csr_array,
    cover: tuple[NDArray[np.float64], NDArray[np.float64]],
    wanted: int,
) -> list[int]:
    """Pick terms that weigh much and stand in other passages than those picked before.

    The first few are also to stand in the topic's children as its passages do: their
    mean shares are to overlap with the children's sizes.
    """
    shares, sizes = cover
    # Sparse: small dense products keep threads of BLAS busy waiting.
    both = (holders @ holders.T).toarray().astype(np.float64)
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
