"""Claims about groups of nodes, linked by the mean of what speaks for their pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.coverage.stories.linking import MISSING, grow


def edges(values):
    pairs = np.array(list(values), np.int64).reshape(-1, 2)
    return pairs, np.array(list(values.values()), np.float64)


def link(*args, **kwargs):
    return grow(*args, **kwargs).cut()


def singles(count):
    return [[node] for node in range(count)]


def test_a_chain_of_pairs_joins_no_strangers():
    chain = {(n, n + 1): 1.0 for n in range(9)}
    assert max(map(len, link(singles(10), *edges(chain), 0.0))) <= 3


def test_two_tight_groups_stay_two_where_less_joins_them():
    inside = {(a, b): 3.0 for side in (0, 4) for a in range(side, side + 4)
              for b in range(a + 1, side + 4)}  # fmt: skip
    across = {(a, b): 0.5 for a in range(4) for b in range(4, 8)}
    assert len(link(singles(8), *edges(inside | across), 0.0)) == 2
    even = dict.fromkeys(inside | across, 0.5)
    assert len(link(singles(8), *edges(even), 0.0)) == 1


def test_a_group_is_cut_where_the_odds_add_up_to_most():
    # A weak pair, held by a third that is close to both.
    weak = {(0, 1): 0.2, (0, 2): 0.1, (1, 2): 0.1}
    assert link(singles(3), *edges(weak), 0.0) == [[0, 1, 2]]
    assert link(singles(3), *edges(weak), 0.15) == [[0, 1], [2]]


def test_pairs_that_must_stay_apart_do_whatever_else_holds():
    full = {(a, b): 5.0 for a in range(4) for b in range(a + 1, 4)}
    for found in link(singles(4), *edges(full), 0.0, [(0, 3)]):
        assert not {0, 3} <= set(found)


def test_groups_given_are_never_cut():
    far = {(0, 1): MISSING, (1, 2): 2.0}
    assert [0, 1] in [g[:2] for g in link([[0, 1], [2]], *edges(far), 0.0)]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_pairs_and_groups_makes_no_difference(rng):
    # Whole numbers, so that many are equal.
    values = {(a, b): float(rng.randint(-2, 3)) for a in range(9) for b in range(a + 1, 9)}
    shuffled, given_groups = list(values.items()), singles(9)
    rng.shuffle(shuffled)
    rng.shuffle(given_groups)
    turned = {(b, a) if rng.random() < 0.5 else (a, b): value for (a, b), value in shuffled}
    assert link(singles(9), *edges(values), -0.3) == link(given_groups, *edges(turned), -0.3)


def test_means_are_the_same_to_the_last_bit_in_any_order_of_pairs():
    values = {(a, b): 0.1 + 0.7 / (a + b) for a in range(3) for b in range(3, 6)}
    turned = dict(reversed(values.items()))
    trees = [grow([[0, 1, 2], [3, 4, 5]], *edges(v), 0.0) for v in (values, turned)]
    means = [[cluster.mean for cluster in tree.clusters] for tree in trees]
    assert means[0] == means[1]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_cluster_knows_what_its_pairs_add_up_to(rng):
    values = {(a, b): float(rng.randint(-2, 3)) for a in range(8) for b in range(a + 1, 8)
              if rng.random() < 0.8}  # fmt: skip
    tree = grow([[0, 1, 2], [3, 4], [5], [6], [7]], *edges(values), -0.3)
    for place, cluster in enumerate(tree.clusters):
        nodes = sorted(tree.nodes(place))
        assert (cluster.size, cluster.key) == (len(nodes), nodes[0])
        pairs = combinations(nodes, 2)
        assert cluster.within == pytest.approx(sum(values.get(pair, MISSING) for pair in pairs))


def test_what_holds_a_given_group_together_is_what_others_are_held_to():
    def join(inside):
        return link([[0, 1], [2]], *edges({(0, 1): inside, (0, 2): 0.5, (1, 2): 0.5}), 0.0)

    assert join(0.5) == [[0, 1, 2]]
    assert join(5.0) == [[0, 1], [2]]


TIGHT = {(0, 1): 6.0, (0, 2): 6.0, (1, 2): 6.0}


def test_a_loose_member_of_a_tight_group_stays_in():
    loose = {(node, 3): 1.5 for node in range(3)}
    assert link(singles(4), *edges(TIGHT | loose), 0.4) == [[0, 1, 2, 3]]


def test_two_tight_groups_that_are_as_near_stay_apart():
    other = {(a + 3, b + 3): odds for (a, b), odds in TIGHT.items()}
    between = {(a, b): 1.5 for a in range(3) for b in range(3, 6)}
    found = link(singles(6), *edges(TIGHT | other | between), 0.4)
    assert found == [[0, 1, 2], [3, 4, 5]]


def test_a_surplus_parts_two_that_many_pairs_would_hold():
    alike = {(a, b): 1.6 for b in range(4) for a in range(b)}
    assert link(singles(2), *edges({(0, 1): 1.6}), 0.2, surplus=-1.5) == [[0], [1]]
    assert link(singles(2), *edges({(0, 1): 1.6}), 0.2) == [[0, 1]]
    assert link(singles(4), *edges(alike), 0.2, surplus=-1.5) == [[0, 1, 2, 3]]


def test_a_doubt_counts_where_two_would_stand_alone():
    doubts = np.array([-0.8, -0.8, 0.0])
    pair = {(0, 1): 1.0}
    assert link(singles(3), *edges(pair), 0.0, doubts=doubts) == [[0], [1], [2]]
    held = pair | {(0, 2): 3.0, (1, 2): 3.0}
    assert link(singles(3), *edges(held), 0.0, doubts=doubts) == [[0, 1, 2]]
