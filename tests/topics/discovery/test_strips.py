"""A graph by strips of its rows is moved and summed up as it is whole."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from topics.discovery.communities import sweep
from topics.discovery.condensing import compact, condense_edges, gather_groups, membership
from topics.discovery.ground import Ground
from topics.discovery.levels import find_topics
from topics.discovery.strips import (
    Strip,
    condense_strip,
    find_strip_atoms,
    move_rows,
    settle_rows,
    sum_by_group,
    unite_strip,
)

ROWS = 60


def graph(seed: int = 0) -> csr_array:
    """Symmetric weights between rows of four groups, most of them inside."""
    random = np.random.default_rng(seed)
    found = random_array((ROWS, ROWS), density=0.15, rng=random).tocoo()
    group = np.arange(ROWS) * 4 // ROWS
    data = found.data * np.where(group[found.row] == group[found.col], 1.0, 0.1)
    one = csr_array((data, (found.row, found.col)), shape=found.shape)
    both = one + one.T
    both.setdiag(0)
    both.eliminate_zeros()
    both.sort_indices()
    return csr_array(both)


def cut(edges: csr_array, strips: int) -> list[Strip]:
    """Cut a graph into strips of rows that are far apart."""
    found = []
    for number in range(strips):
        rows = np.arange(number, edges.shape[0], strips)
        part = edges[rows]
        ends = np.unique(part.indices).astype(np.int64)
        found.append(Strip(rows, ends, csr_array(part[:, ends])))
    return found


def volumes_of(edges: csr_array, labels: np.ndarray) -> np.ndarray:
    return np.bincount(labels, edges.sum(axis=1))


@pytest.mark.parametrize("strips", [1, 3, 7])
def test_rows_of_strips_move_as_those_of_the_whole(strips) -> None:
    edges = graph()
    labels = np.random.default_rng(1).integers(0, 9, ROWS)
    labels = compact(labels)
    share = 0.7 / edges.sum()
    moved = np.empty(ROWS, np.int64)
    for strip in cut(edges, strips):
        moved[strip.rows] = move_rows(
            strip, labels[strip.rows], labels[strip.ends], np.unique(labels),
            volumes_of(edges, labels), share,
        )  # fmt: skip
    whole = sweep(edges, labels, 0.7, 1)
    assert not np.array_equal(moved, labels)
    assert np.array_equal(compact(moved), whole)


def test_of_half_a_round_odd_rows_stay() -> None:
    edges, labels = graph(), np.arange(ROWS)
    (strip,) = cut(edges, 1)
    moved = move_rows(
        strip, labels, labels[strip.ends], labels, volumes_of(edges, labels), 0.0, half=True
    )
    assert np.array_equal(moved[1::2], labels[1::2])
    assert (moved[::2] != labels[::2]).any()


def test_the_weights_between_groups_are_those_of_the_whole() -> None:
    edges = graph()
    labels = np.random.default_rng(1).permutation(ROWS) % 6
    whole = condense_edges(edges, labels).toarray()
    table = np.zeros((6, 6))
    for strip in cut(edges, 4):
        one, other, weights = condense_strip(strip, labels[strip.rows], labels[strip.ends])
        np.add.at(table, (one, other), weights)
    np.testing.assert_allclose(table, whole, rtol=1e-12)


def test_the_two_directions_of_an_edge_meet_in_both_strips() -> None:
    out = (np.array([0, 0, 2]), np.array([1, 5, 0]), np.array([0.5, 0.25, 1.0]))
    back = (np.array([0, 2]), np.array([1, 7]), np.array([0.5, 0.125]))
    strip = unite_strip(np.array([0, 2]), out, back)
    assert strip.ends.tolist() == [0, 1, 5, 7]
    assert strip.edges.toarray().tolist() == [[0, 0.75, 0.25, 0], [1, 0, 0, 0.125]]


def test_atoms_lie_inside_a_strip_and_bear_the_number_of_their_first_row() -> None:
    edges = graph()
    for strip in cut(edges, 2):
        atoms = find_strip_atoms(strip, 4 / edges.sum())
        assert 1 < len(np.unique(atoms)) < len(atoms)
        for name in np.unique(atoms):
            assert strip.rows[atoms == name].min() == name


def test_rows_that_move_take_the_topics_above_and_the_part_that_draws_them_most() -> None:
    # Row 0 stands in topic 1 of broad topic 1 and is drawn to topic 0, there to its part 1. Row 4
    # is drawn most by part 0, but by topic 1 in all, and there by part 3.
    levels = np.array([[1, 1, 3], [0, 0, 0], [0, 0, 1], [0, 0, 1], [1, 1, 2], [1, 1, 2]])
    weights = np.zeros((6, 6))
    for row, end, weight in (
        *((0, 1, 0.9), (0, 2, 0.5), (0, 3, 0.5), (0, 4, 0.7)),
        *((1, 2, 1), (2, 3, 1), (4, 5, 0.5), (4, 1, 0.8)),
    ):
        weights[row, end] = weights[end, row] = weight
    strip = Strip(np.arange(6), np.arange(6), csr_array(weights))
    settled = settle_rows(strip, levels, levels, 1, np.array([0, 1]), np.zeros(2), 0.0)
    assert settled[0].tolist() == [0, 0, 1]
    assert settled[4].tolist() == [1, 1, 3]
    assert settled[3].tolist() == [0, 0, 1]


def test_sums_by_group_are_in_order_of_the_groups() -> None:
    names, sums = sum_by_group(np.array([7, 3, 7]), np.array([[1.0, 2], [3, 4], [5, 6]]))
    assert names.tolist() == [3, 7]
    assert sums.tolist() == [[3, 4], [6, 8]]
    assert sum_by_group(np.zeros(0, np.int64), np.zeros((0, 2)))[1].shape == (0, 2)


def test_a_row_of_atoms_takes_what_lies_inside_along() -> None:
    """Moved as one, with its loop, an atom goes where its rows would go together."""
    links = csr_array(np.array([[8.0, 1, 3], [1, 4, 0], [3, 0, 4]]))
    assert sweep(links, np.array([0, 0, 1]), 0.5, 1).tolist() == [1, 0, 0]


def test_topics_of_atoms_are_measured_by_their_rows() -> None:
    random = np.random.default_rng(0)
    centres = random.standard_normal((3, 16))
    truth = np.repeat(np.arange(3), 400)
    unit = (centres[truth] + 0.3 * random.standard_normal((1200, 16))).astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    atoms = np.arange(1200) // 20
    # Atoms of a subject are linked in a ring, and a little with those of the next one.
    links = np.zeros((60, 60))
    for atom in range(60):
        first = atom // 20 * 20
        for step in (1, 2, 3):
            other = first + (atom - first + step) % 20
            links[atom, other] = links[other, atom] = 5.0
        links[atom, (atom + 20) % 60] = links[(atom + 20) % 60, atom] = 0.2
    np.fill_diagonal(links, 30.0)
    ground = Ground(
        csr_array(links),
        np.asarray(membership(atoms) @ unit.astype(np.float64)),
        held=np.full(60, 20.0),
        sample=(unit[::4], atoms[::4]),
    )
    assert (ground.rows, ground.nodes) == (1200, 60)
    labels = find_topics(ground)
    assert np.array_equal(compact(labels), truth[::20])
    groups = gather_groups(ground.edges, ground.unit, labels, ground.held)
    assert groups.sizes.tolist() == [400, 400, 400]
