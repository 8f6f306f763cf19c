"""How far passages fit directions, seen by themselves and amid what surrounds them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph, unit_rows
from embeddings.vectors.products import multiply
from topics.discovery.adjacency import find_pairs, link_pairs
from topics.discovery.communities import default_resolution, run_leiden
from topics.discovery.condensing import membership
from topics.discovery.weights import neighbours_used, weigh_edges

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Measured: see docs/decisions/guided.md. Values are spread over 15 neighbours.
SPREAD_NEIGHBOURS = 15
SPREAD_STEPS = 20
# Communities that are scored as wholes: those that discovery would find by itself, and
# the parts of them at 4 and 16 times that resolution, from one run of two cycles each.
RESOLUTIONS = (1.0, 4.0, 16.0)
CYCLES = 2
# The general background weighs as much as so many passages in the corpus mean, so that
# a corpus of a few passages is not centred to nothing.
BACKGROUND_PASSAGES = 10
# Communities are trusted not at all where they explain LEAST_EXPLAINED of the variance of
# spread scores, and as much as spreading where they explain WELL_EXPLAINED.
LEAST_EXPLAINED = 0.6
WELL_EXPLAINED = 0.9
# Where passages settle, the two beside one in its article have this vote together.
BESIDE = 0.5
# Where they explain no more than CROWDED_EXPLAINED, and passages are many, all is on one
# subject: most of what is like a topic's description is about something else.
CROWDED_EXPLAINED = 0.5
CROWDED_ROWS = (200, 20_000)


def spread_share(rows: int) -> float:
    """Return the share of a value that comes from neighbours: .5 to .8, more with size.

    In a hundred passages 15 neighbours are a good part of the corpus, and spreading
    drags strangers in; from 2,000 on they are near enough to settle what it is about.
    """
    return min(0.8, max(0.5, 0.5 + 0.3 * math.log10(max(rows, 1) / 200)))


def centre_rows(unit: NDArray[np.float32], background: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take out of passages what they all share (the war all report on).

    Args:
        unit: Unit rows of shape ``(n, d)``.
        background: Mean vector of news in general, ``(d,)``.

    Returns:
        Unit rows of shape ``(n, d)``; 0 is the cosine of a passage of no matter what
        subject with a centred direction, in the mean.
    """
    total = np.sum(unit, axis=0) + BACKGROUND_PASSAGES * background
    return unit_rows(unit - total / np.float32(len(unit) + BACKGROUND_PASSAGES))


@dataclass(frozen=True)
class Surroundings:
    """Passages amid their neighbours and communities.

    Attributes:
        centred: float32 unit rows of shape ``(n, d)``, from ``centre_rows``.
        edges: float64 ``(n, n)``: weights along which values are spread.
        communities: For each of ``RESOLUTIONS`` int64 ``(n,)``, broad before fine.
        trust: What a community counts for beside neighbours, 0 to 1.
        crowded: How far all is on one subject, 0 to 1; 0 where there is any trust.
    """

    centred: NDArray[np.float32]
    edges: csr_array
    communities: tuple[NDArray[np.int64], ...]
    trust: float = 1.0
    crowded: float = 0.0

    def score(self, directions: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how far passages fit directions, shape ``(n, directions)``.

        The mean of four views: the passage's cosine, spread over its neighbours, and the
        cosine of the mean vector of its community at three resolutions. One passage is
        mostly itself, and its cosine with a line of description says little; in the mean
        of a community what is particular cancels out, and the subject is left. Communities
        count for ``trust`` each.
        """
        spread = self.spread((self.centred @ directions.T).astype(np.float64))
        views = [self._score_communities(labels, directions) for labels in self.communities]
        # Spread cosines are smaller, as the particular is still in them: brought to the
        # scale of the finest communities.
        scale = math.sqrt(float((views[-1] ** 2).mean()) / max(float((spread**2).mean()), 1e-12))
        total: NDArray[np.float64] = scale * spread + self.trust * np.sum(views, axis=0)
        return total / (1.0 + self.trust * len(views))

    def spread(self, values: NDArray[np.float64], keep: float | None = None) -> NDArray[np.float64]:
        """Let values of shape ``(n, m)`` flow along edges; a row without edges keeps its own.

        Local and global consistency (Zhou et al., 2004) on row-normalised weights; ``keep``
        is the share that comes from neighbours, by default ``spread_share``.
        """
        total = np.asarray(self.edges.sum(axis=1)).ravel()
        linked = (total > 0)[:, None]
        share = 1.0 / np.where(total > 0, total, 1.0)
        keep = spread_share(len(values)) if keep is None else keep
        spread = values
        for _ in range(SPREAD_STEPS):
            mean = share[:, None] * (self.edges @ spread)
            spread = np.where(linked, keep * mean + (1 - keep) * values, values)
        return spread

    def settle(
        self,
        labels: NDArray[np.int64],
        shut: NDArray[np.bool_],
        adjacent: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """Let passages go with those around them.

        Labels, that for none included, are spread over neighbours, averaged over the broad
        community and taken from the passages beside one in its article ("However, the two are
        as far apart as ever" goes on with what is spoken of), and each passage takes the one
        that it gets most of. In a crowded corpus a topic is often less than its surroundings:
        there each keeps its own.

        Args:
            labels: Shape ``(n,)``: a topic, or -1 for none.
            shut: Shape ``(n, topics)``: where it holds, a passage goes into no such topic.
            adjacent: Pairs of rows that follow each other in an article, ``(m, 2)``.
        """
        count = shut.shape[1]
        held = np.zeros((len(labels), count + 1))
        held[np.arange(len(labels)), np.where(labels < 0, count, labels)] = 1.0
        broad = self.communities[0]
        shares = np.asarray(membership(broad) @ held) / np.bincount(broad)[:, None]
        keep = (1.0 - self.crowded) * spread_share(len(labels))
        votes = self.spread(held, keep) + self.trust * shares[broad]
        if adjacent is not None and len(adjacent):
            pairs = find_pairs(adjacent, len(labels))
            beside = link_pairs(pairs, np.ones(len(pairs)), len(labels))
            # At the end of an article there is half a context.
            many = np.maximum(np.diff(beside.indptr), 2)[:, None]
            votes += (1.0 - self.crowded) * BESIDE * (beside @ held) / many
        votes[:, :count][shut] = -1.0
        settled = votes.argmax(axis=1)
        return np.where(settled == count, -1, settled)

    def _score_communities(
        self, labels: NDArray[np.int64], directions: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        means = unit_rows(multiply(membership(labels), self.centred).astype(np.float32))
        return np.asarray((means @ directions.T)[labels], np.float64)


def look_around(
    unit: NDArray[np.float32],
    background: NDArray[np.float32],
    graph: NeighbourGraph,
    directions: NDArray[np.float32],
) -> Surroundings:
    """Centre passages and find what surrounds them.

    Communities are trusted as far as they are about what is asked for: articles on sport
    and on politics lie apart, but in a corpus on one war "diplomacy" and "fighting" run
    through all its communities, and a community's mean would give them all one topic.

    Args:
        unit: Unit rows of shape ``(n, d)``, ``n`` of 1 or more, in canonical order, so
            that results do not hang on the order of the corpus.
        background: Mean vector of news in general, ``(d,)``.
        graph: Neighbours of the same rows.
        directions: What is asked for, unit rows of shape ``(m, d)``.
    """
    rows = graph.size
    edges = weigh_edges(graph, neighbours_used(rows))
    around = Surroundings(
        centred=centre_rows(unit, background),
        edges=weigh_edges(graph, SPREAD_NEIGHBOURS),
        communities=tuple(
            run_leiden(edges, times * default_resolution(rows), 0, CYCLES) for times in RESOLUTIONS
        ),
    )
    spread = around.spread((around.centred @ directions.T).astype(np.float64))
    explained = share_explained(spread, around.communities[0])
    trust = (explained - LEAST_EXPLAINED) / (WELL_EXPLAINED - LEAST_EXPLAINED)
    doubt = (LEAST_EXPLAINED - explained) / (LEAST_EXPLAINED - CROWDED_EXPLAINED)
    few, many = CROWDED_ROWS
    size = math.log(rows / few) / math.log(many / few)
    return replace(around, trust=_bound(trust), crowded=_bound(doubt) * _bound(size))


def _bound(value: float) -> float:
    return min(1.0, max(0.0, value))


def share_explained(values: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the share of the variance of values, ``(n, m)``, that lies between labels.

    Eta squared (Fisher, 1925), over all columns; 1 where there is no variance.
    """
    means = np.asarray(membership(labels) @ values) / np.bincount(labels)[:, None]
    middle = values.mean(axis=0)
    total = float(((values - middle) ** 2).sum())
    return float(((means[labels] - middle) ** 2).sum()) / total if total > 0 else 1.0
