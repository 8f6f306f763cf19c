"""What sets a topic's words apart: its keyphrases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.terms import Terms

# A phrase reads better than a word of the same weight, and is counted less often.
_LENGTH_BONUS = (1.0, 1.4, 1.5)
# A term says something of a topic when it is this much more common there than elsewhere.
_LEAST_RATIO = 1.5
# A longer term displaces a word in it when it makes up this share of the word's use.
_PHRASE_SHARE = 0.4
# Best terms that are looked at for each topic, and the weight of relevance in MMR
# (Carbonell and Goldstein, 1998); the rest is for being unlike those chosen.
_CANDIDATES = 60
_RELEVANCE = 0.7
# What a term weighs that stands in one document of the topic only, where others stand
# in several; and a term less fit than the least is no keyphrase where there are others.
_ONE_DOCUMENT = 0.5
_LEAST_FIT = 0.2


def find_keyphrases(
    terms: Terms,
    labels: NDArray[np.int64],
    topics: int,
    wanted: int,
    documents: NDArray[np.int64] | None = None,
    centrality: NDArray[np.float64] | None = None,
) -> list[tuple[str, ...]]:
    """Return up to ``wanted`` keyphrases of each topic, the most telling first.

    Class-based TF-IDF over passages: a term weighs the share of the topic's passages
    that hold it, times the log of how much greater that is than the share elsewhere.
    A word about as common in the rest of the corpus weighs nothing. The best are thinned so
    that none is a part of another, then picked by maximal marginal relevance, where
    alike means standing in the same passages.

    Args:
        terms: Counted over all passages.
        labels: Topic of each passage, shape ``(n,)``.
        topics: Number of topics.
        wanted: Most keyphrases of a topic.
        documents: Number of each passage's document, shape ``(n,)``; by default each
            passage is a document of its own.
        centrality: How much each passage counts, 1 in the mean of its topic, shape
            ``(n,)``; by default all count alike.
    """
    sizes = np.bincount(labels, minlength=topics).astype(np.float64)
    key = terms.terms * topics + labels[terms.rows]
    pairs, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    term, topic = pairs // topics, pairs % topics
    total = np.bincount(terms.terms, minlength=len(terms.words))
    weights = _weigh(counts, total[term], sizes[topic], float(len(labels)))
    lengths = np.array([len(words) for words in terms.words], np.int64)[term]
    weights *= np.array((0.0, *_LENGTH_BONUS))[lengths] * terms.fitness[term]
    if centrality is not None:
        weights *= np.bincount(inverse, centrality[terms.rows]) / counts
    spread_over = counts if documents is None else _count_documents(inverse, terms, documents)
    weights[(spread_over < 2) & (sizes[topic] > 2)] *= _ONE_DOCUMENT
    # A term seen once in a topic of many says nothing of the topic; a phrase of three
    # common words must be seen three times.
    weights[(counts < 2) & (sizes[topic] > 2)] = 0.0
    weights[(lengths > 2) & ~terms.named[term] & (counts < 3) & (sizes[topic] > 2)] = 0.0
    fit = terms.fitness[term] >= _LEAST_FIT
    starts = np.searchsorted(terms.terms, np.arange(len(terms.words) + 1))
    found: list[tuple[str, ...]] = []
    for one in range(topics):
        of_topic = np.flatnonzero((topic == one) & (weights > 0))
        of_topic = of_topic[fit[of_topic]] if fit[of_topic].any() else of_topic
        ranked = sorted(of_topic, key=lambda pair: (-weights[pair], terms.words[term[pair]]))
        best = [(int(term[pair]), int(counts[pair])) for pair in ranked[: 2 * _CANDIDATES]]
        weight = {int(term[pair]): float(weights[pair]) for pair in ranked[: 2 * _CANDIDATES]}
        kept = _drop_fragments(best, terms)[:_CANDIDATES]
        holders = {}
        for candidate in kept:
            rows = terms.rows[starts[candidate] : starts[candidate + 1]]
            holders[candidate] = frozenset(rows[labels[rows] == one].tolist())
        chosen = _spread(kept, weight, holders, wanted)
        found.append(tuple(terms.surfaces[candidate] for candidate in chosen))
    return found


def _count_documents(
    inverse: NDArray[np.intp], terms: Terms, documents: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count the documents of each pair of term and topic."""
    span = int(documents.max(initial=0)) + 1
    distinct = np.unique(inverse * span + documents[terms.rows])
    return np.bincount(distinct // span, minlength=int(inverse.max(initial=-1)) + 1)


def find_lone_terms(terms: Terms, wanted: int) -> tuple[str, ...]:
    """Return terms of a few passages of which hardly any recurs: names, then nouns.

    The fittest first, then those of more passages, longer words before shorter.
    """
    counts = np.bincount(terms.terms, minlength=len(terms.words))
    able = [one for one, words in enumerate(terms.words) if len(words) == 1 or terms.named[one]]
    ranked = sorted(
        able,
        key=lambda one: (
            -int(counts[one]) * round(float(terms.fitness[one]), 6),
            -len("".join(terms.words[one])),
            terms.words[one],
        ),
    )
    kept = _drop_fragments([(one, int(counts[one])) for one in ranked[:_CANDIDATES]], terms)
    return tuple(terms.surfaces[one] for one in kept[:wanted])


def _weigh(
    inside: NDArray[np.int64], total: NDArray[np.int64], size: NDArray[np.float64], rows: float
) -> NDArray[np.float64]:
    """Weigh terms: share inside times log2 of share inside over share outside.

    The counts are smoothed as if the rest held one passage more with half of it telling,
    so a single topic, with nothing outside, ranks by share alone.
    """
    share = inside / size
    outside = (total - inside + 0.5) / (rows - size + 1.0)
    telling = np.where(share >= _LEAST_RATIO * outside, np.log2(share / outside), 0.0)
    weights: NDArray[np.float64] = share * telling
    lone = rows == size
    return np.where(lone, share, weights)


def _parts(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a term, hyphenated ones in parts ("al-Assad", "Assad")."""
    return tuple(part for word in words for part in word.split("-") if part)


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: weapon, weapons; Syria, Syrian; Turkey, Turkish.

    They share their beginning, all but two letters of the shorter and no less than four.
    """
    shorter = min(len(one), len(other))
    shared = max(4, shorter - 2)
    return one == other or (shorter >= shared and one[:shared] == other[:shared])


def is_part(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether every word of one term is, in some form, in the other."""
    return all(any(alike(word, its) for its in _parts(other)) for word in _parts(one))


def _drop_fragments(best: list[tuple[int, int]], terms: Terms) -> list[int]:
    """Keep, of terms that are part of one another, the better one.

    The longer one, where it makes up much of the use of the shorter; else the one that
    weighs more.
    """
    kept: list[tuple[int, int]] = []
    for candidate, count in best:
        mine = terms.words[candidate]
        place = next(
            (
                place
                for place, (other, _) in enumerate(kept)
                if is_part(mine, terms.words[other]) or is_part(terms.words[other], mine)
            ),
            None,
        )
        if place is None:
            kept.append((candidate, count))
            continue
        other, other_count = kept[place]
        if len(mine) > len(terms.words[other]) and count >= _PHRASE_SHARE * other_count:
            kept[place] = (candidate, count)
    # A longer term put in another's place may hold one that was kept after it.
    unique: list[int] = []
    for candidate, _ in kept:
        mine = terms.words[candidate]
        if not any(
            is_part(mine, terms.words[other]) or is_part(terms.words[other], mine)
            for other in unique
        ):
            unique.append(candidate)
    return unique


def _spread(
    kept: list[int],
    weight: dict[int, float],
    holders: dict[int, frozenset[int]],
    wanted: int,
) -> list[int]:
    """Pick terms that weigh much and stand in other passages than those picked before."""
    if not kept:
        return []
    top = max(weight[candidate] for candidate in kept)
    chosen: list[int] = []
    left = list(kept)
    while left and len(chosen) < wanted:

        def merit(candidate: int) -> float:
            mine = holders[candidate]
            alike = max(
                (
                    len(mine & holders[other]) / max(min(len(mine), len(holders[other])), 1)
                    for other in chosen
                ),
                default=0.0,
            )
            return _RELEVANCE * weight[candidate] / top - (1 - _RELEVANCE) * alike

        pick = max(left, key=merit)
        chosen.append(pick)
        left.remove(pick)
    return chosen
