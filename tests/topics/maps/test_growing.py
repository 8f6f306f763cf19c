"""A map that stays put while points come and go."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pytest

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.maps import growing
from topics.maps.growing import grow_layout
from topics.maps.layout import Layout, layout

GROUPS, EACH = 5, 24


@dataclass(frozen=True)
class Corpus:
    vectors: np.ndarray
    keys: list[bytes]
    groups: np.ndarray

    def some(self, rows: np.ndarray) -> tuple:
        vectors = self.vectors[rows]
        return find_neighbours(vectors, 15), vectors, [self.keys[row] for row in rows.tolist()]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    random = np.random.default_rng(4)
    groups = np.repeat(np.arange(GROUPS), EACH)
    noise = 0.3 * random.normal(size=(len(groups), 24))
    vectors = unit_rows((random.normal(size=(GROUPS, 24))[groups] + noise).astype(np.float32))
    keys = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in vectors]
    return Corpus(vectors, keys, groups)


# All but the first six of each group.
OLD = np.array([row for row in range(GROUPS * EACH) if row % EACH >= 6])
ALL = np.arange(GROUPS * EACH)


@pytest.fixture(scope="module")
def known(corpus) -> Layout:
    return layout(*corpus.some(OLD))


def test_what_was_there_stays_and_what_is_new_goes_to_its_like(corpus, known):
    grown = grow_layout(known, *corpus.some(ALL))
    assert (grown.points[OLD] == known.points).all()
    distances = np.linalg.norm(grown.points[:, None] - grown.points, axis=2)
    np.fill_diagonal(distances, np.inf)
    new = np.setdiff1d(ALL, OLD)
    assert (corpus.groups[distances[new].argmin(axis=1)] == corpus.groups[new]).mean() > 0.95
    assert distances.min() > 0


def test_rows_in_any_order_give_the_same_map(corpus, known):
    grown = grow_layout(known, *corpus.some(ALL))
    shuffled = np.random.default_rng(1).permutation(ALL)
    assert (grow_layout(known, *corpus.some(shuffled)).points == grown.points[shuffled]).all()


def test_what_goes_leaves_the_rest_and_has_its_place_no_more(corpus, known):
    kept = OLD[::2]
    grown = grow_layout(known, *corpus.some(kept))
    assert (grown.points == known.points[::2]).all()
    assert len(grown.keys) == len(kept)


def test_new_points_tied_to_nothing_stand_by_the_nearest(corpus, known):
    graph, vectors, keys = corpus.some(ALL)
    new = np.setdiff1d(ALL, OLD)
    graph.indices[new] = -1
    graph.indices[np.isin(graph.indices, new)] = -1
    points = grow_layout(known, graph, vectors, keys).points
    assert np.isfinite(points).all()
    assert (np.abs(points[new]) <= 1.1).all()


@pytest.mark.parametrize(
    ("rows", "of"),
    [(OLD[:40], ALL), (OLD[:14], OLD[:15])],
    ids=["most are new", "too few are there"],
)
def test_a_map_that_says_too_little_is_laid_out_afresh(corpus, rows, of):
    known = layout(*corpus.some(rows))
    assert grow_layout(known, *corpus.some(of)) is None


def test_points_settle_among_those_that_hold_them(corpus, known, monkeypatch):
    """Where a neighbour is, too, but nearer to all of them."""
    begun = []
    settle = growing.optimise
    monkeypatch.setattr(
        growing,
        "optimise",
        lambda weights, start, *how: begun.append(start.copy()) or settle(weights, start, *how),
    )
    grown = grow_layout(known, *corpus.some(ALL)).points
    order = np.array(sorted(ALL, key=lambda row: corpus.keys[row]))
    moved = np.linalg.norm(grown[order] / known.unit - begun[0], axis=1)
    new = np.isin(order, np.setdiff1d(ALL, OLD))
    assert (moved[new] > 0).all()
    assert moved[~new] == pytest.approx(0, abs=1e-4)
