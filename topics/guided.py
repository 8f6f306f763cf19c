"""Passages placed under the topics a user asked for, as far as they fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.neighbours import NeighbourGraph, canonical_order, hash_rows, unit_rows
from topics.adjacency import read_in_context
from topics.leiden import number_in, reorder
from topics.subjects import SUBJECTS
from topics.taxonomy import GuidedTopic
from topics.weights import weigh_edges

# All measured on other corpora than the demo: see docs/decisions/topics.md.
# Scores are spread over 15 neighbours; at each step so much of a passage's score comes
# from them (``spread_share``), the rest is its own.
SPREAD_NEIGHBOURS = 15
SPREAD_STEPS = 20
# A passage fits when its score is above LEAST_FIT (0 is what a passage of no matter what
# subject gets, in the mean) and no more than FALL below the topic's best passages. What
# the best-fitting topic reaches tells what a fit looks like in this corpus: the others
# must come to LEAST_SHARE of it, or a topic that the corpus lacks takes its strangers.
LEAST_FIT = 0.05
LEAST_SHARE = 0.25
FALL = 0.2
BEST_QUANTILE = 0.95
# The general background weighs as much as so many passages in the corpus mean, so that
# a corpus of a few passages is not centred to nothing.
BACKGROUND_PASSAGES = 10


@dataclass(frozen=True)
class TopicVectors:
    """Guided topics as directions.

    Attributes:
        prototypes: float32 unit rows of shape ``(topics, d)``, background removed.
        background: float32 of shape ``(d,)``: mean vector of news subjects in general.
    """

    prototypes: NDArray[np.float32]
    background: NDArray[np.float32]


@dataclass(frozen=True)
class Assignment:
    """The guided topic of every passage.

    Attributes:
        labels: int64 of shape ``(n,)``: number of the topic, -1 where none fits and the
            passage is left to discovery.
        scores: float32 of shape ``(n, topics)``: the spread scores, cosines of centred
            vectors; 0 is what a passage gets in the mean.
        bars: float32 of shape ``(topics,)``: the score a passage must exceed.
    """

    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    bars: NDArray[np.float32]


def spread_share(rows: int) -> float:
    """Return the share of a score that comes from neighbours: .5 to .8, more with size.

    In a hundred passages 15 neighbours are a good part of the corpus, and spreading
    drags strangers in; from 2,000 on they are near enough to settle what it is about.
    """
    return min(0.8, max(0.5, 0.5 + 0.3 * math.log10(max(rows, 1) / 200)))


def embed_topics(
    topics: Sequence[GuidedTopic], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> TopicVectors:
    """Embed guided topics: for each the mean of its description and examples.

    Args:
        topics: At least one.
        encode: Turns texts into vectors, called once; the vectors of the passages must
            come from the same encoder.
    """
    texts = [text for topic in topics for text in topic.texts]
    vectors = unit_rows(encode([*SUBJECTS, *texts]))
    background = vectors[: len(SUBJECTS)].mean(axis=0)
    centred = unit_rows(vectors[len(SUBJECTS) :] - background)
    owner = np.repeat(np.arange(len(topics)), [len(topic.texts) for topic in topics])
    means = np.stack([centred[owner == topic].mean(axis=0) for topic in range(len(topics))])
    return TopicVectors(unit_rows(means), background.astype(np.float32))


def assign(
    vectors: NDArray[np.float32],
    graph: NeighbourGraph,
    topics: TopicVectors,
    keys: Sequence[bytes] | None = None,
    adjacent: NDArray[np.int64] | None = None,
) -> Assignment:
    """Place passages under guided topics; those that fit none are left to discovery.

    A passage's score is its cosine with the topic, both centred: passages on the mean
    of the corpus, so that what all share (the war all report on) counts for nothing,
    topics on the mean of news subjects. Scores are spread over the neighbour graph
    (Zhou et al., 2004, local and global consistency, on row-normalised weights), which
    lets neighbours settle what one description leaves open. The best topic takes a
    passage whose score clears its bar: ``LEAST_FIT``, or ``LEAST_SHARE`` of what the
    best-fitting topic reaches, or ``FALL`` below the score of the topic's own best
    passages, whichever is highest. So a description which fits some passages closely
    does not take their distant relations.

    Args:
        vectors: Shape ``(n, d)``.
        graph: Neighbours of every row.
        topics: From ``embed_topics`` with the same encoder.
        keys: One per row, that fix the canonical order; by default hashes of the rows.
        adjacent: Pairs of rows whose passages follow each other in an article, shape
            ``(m, 2)``, in any order, repeated or not: each passage is then scored beside
            its neighbours, as far as they are alike (``read_in_context``).

    Raises:
        ValueError: Sizes differ, or ``adjacent`` holds no pairs of rows.
    """
    if len(vectors) != graph.size:
        raise ValueError(f"The graph has {graph.size} rows and vectors {len(vectors)}; one a row.")
    count = len(topics.prototypes)
    if graph.size == 0:
        no_scores = np.empty((0, count), np.float32)
        return Assignment(np.empty(0, np.int64), no_scores, np.full(count, LEAST_FIT, np.float32))
    unit = unit_rows(vectors)
    order = canonical_order(hash_rows(unit) if keys is None else keys)
    if adjacent is not None:
        adjacent = number_in(order)[adjacent]
    read = read_in_context(unit[order], adjacent)
    scores = _spread(_score(read, topics), reorder(graph, order))
    best = scores.argmax(axis=1)
    reached = scores.max(axis=1)
    bars = _set_bars(best, reached, count)
    placed = np.where(reached > bars[best], best, -1)
    labels = np.empty(len(unit), np.int64)
    labels[order] = placed
    in_place = np.empty(scores.shape, np.float32)
    in_place[order] = scores
    return Assignment(labels, in_place, bars.astype(np.float32))


def _set_bars(
    best: NDArray[np.intp], reached: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Set the score above which each topic takes a passage."""
    tops = np.array(
        [
            np.quantile(reached[best == topic], BEST_QUANTILE) if (best == topic).any() else 0.0
            for topic in range(count)
        ]
    )
    least = max(LEAST_FIT, LEAST_SHARE * float(tops.max()))
    return np.asarray(np.maximum(least, tops - FALL))


def _score(unit: NDArray[np.float32], topics: TopicVectors) -> NDArray[np.float64]:
    """Return cosines of centred passages and topics, shape ``(n, topics)``."""
    total = np.sum(unit, axis=0) + BACKGROUND_PASSAGES * topics.background
    centred = unit_rows(unit - total / np.float32(len(unit) + BACKGROUND_PASSAGES))
    return (centred @ topics.prototypes.T).astype(np.float64)


def _spread(scores: NDArray[np.float64], graph: NeighbourGraph) -> NDArray[np.float64]:
    """Let scores flow along edges; a row without edges keeps its own."""
    edges = weigh_edges(graph, SPREAD_NEIGHBOURS)
    total = np.asarray(edges.sum(axis=1)).ravel()
    linked = (total > 0)[:, None]
    share = 1.0 / np.where(total > 0, total, 1.0)
    keep = spread_share(len(scores))
    spread = scores
    for _ in range(SPREAD_STEPS):
        mean = share[:, None] * (edges @ spread)
        spread = np.where(linked, keep * mean + (1 - keep) * scores, scores)
    return spread
