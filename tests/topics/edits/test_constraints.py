"""Edits: obeyed, a function of content alone, and idle where they find nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.discovery.ground import Ground
from topics.discovery.weights import weigh_edges
from topics.edits.constraints import apply_edits
from topics.edits.edits import Anchor, Edit

SIZE = 12


def corpus(seed: int = 0):
    """Three clusters of a dozen rows, and what edits are applied with."""
    random = np.random.default_rng(seed)
    rows = 0.2 * random.standard_normal((3 * SIZE, 8))
    for cluster in range(3):
        rows[cluster * SIZE : (cluster + 1) * SIZE, cluster] += 1
    unit = unit_rows(rows.astype(np.float32))
    ground = Ground(weigh_edges(find_neighbours(unit, 10), 10), unit)
    node_of = {f"{row:02x}": row for row in range(len(unit))}
    return ground, node_of


GROUND, NODE_OF = corpus()
LABELS = np.repeat(np.arange(3), SIZE)


def topic(number: int, size: int = SIZE) -> Anchor:
    return Anchor("", tuple(f"{number * SIZE + row:02x}" for row in range(size)), size)


def apply(*edits: Edit, labels=LABELS, guided=()):
    return apply_edits(labels, edits, NODE_OF, lambda: GROUND, guided)


def test_without_edits_the_partition_is_as_it_was():
    edited = apply()
    assert edited.labels.tolist() == LABELS.tolist()
    assert (edited.touched, edited.idle) == (frozenset(), ())


def test_merged_topics_are_one_and_known_to_be_made_by_hand():
    edited = apply(Edit(1, "merge", (topic(0), topic(2))))
    assert len(set(edited.labels.tolist())) == 2
    assert set(edited.labels[LABELS != 1].tolist()) == {0}
    assert edited.touched == {0}


def test_a_topic_merged_with_a_guided_one_goes_into_it():
    # Label 0 is the guided topic.
    edited = apply(Edit(1, "merge", (topic(1), Anchor("War", (), 0))), guided=["War"])
    assert set(edited.labels[: 2 * SIZE].tolist()) == {0}
    assert set(edited.labels[2 * SIZE :].tolist()) == {1}


@pytest.mark.parametrize("into", [2, 3, 5])
def test_a_topic_is_split_into_as_many_as_asked(into):
    edited = apply(Edit(1, "split", (topic(1),), into=into))
    parts = set(edited.labels[SIZE : 2 * SIZE].tolist())
    assert len(parts) == into
    assert not parts & set(edited.labels[:SIZE].tolist())


def test_a_split_without_a_number_makes_as_many_as_are_found():
    edit = Edit(1, "split", (topic(0, 3 * SIZE),))
    edited = apply(edit, labels=np.zeros(3 * SIZE, np.int64))
    one, two, three = (set(part.tolist()) for part in np.split(edited.labels, 3))
    assert one.isdisjoint(two | three)
    assert two.isdisjoint(three)


def test_a_split_of_fewer_passages_than_parts_or_of_a_guided_topic_is_idle():
    labels = np.repeat([0, 1], [4, 3 * SIZE - 4])
    assert apply(Edit(1, "split", (topic(0, 4),), into=5), labels=labels).idle == (1,)
    assert apply(Edit(1, "split", (topic(0, 4),), into=4), labels=labels).idle == ()
    guided = apply(Edit(1, "split", (Anchor("War", (), 0),), into=2), guided=["War"])
    assert guided.idle == (1,)
    assert guided.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_split_without_a_number_makes_two_where_no_parts_are_found(size):
    labels = np.repeat([0, 1], [size, 3 * SIZE - size])
    edited = apply(Edit(1, "split", (topic(0, size),)), labels=labels)
    assert len(set(edited.labels[:size].tolist())) == 2


def test_a_pinned_passage_is_where_it_was_put():
    edited = apply(Edit(1, "pin", (topic(2),), ("03",)))
    assert edited.labels[3] == edited.labels[2 * SIZE]


def test_a_pin_follows_its_topic_into_a_merger():
    edited = apply(Edit(1, "pin", (topic(2),), ("03",)), Edit(2, "merge", (topic(1), topic(2))))
    assert edited.labels[3] == edited.labels[SIZE] == edited.labels[2 * SIZE]


@pytest.mark.parametrize("number", [0, 1])
def test_a_pin_follows_its_topic_into_a_part_of_a_merger(number):
    row = 2 * SIZE
    both = Anchor("", topic(0).members + topic(1).members, 2 * SIZE)
    pinned = Edit(1, "pin", (topic(number),), (f"{row:02x}",))
    edited = apply(
        pinned, Edit(2, "merge", (topic(0), topic(1))), Edit(3, "split", (both,), into=2)
    )
    assert edited.labels[0] != edited.labels[SIZE]
    assert edited.labels[row] == edited.labels[number * SIZE]


@pytest.mark.parametrize("number", [0, 2])
def test_what_is_kept_out_of_a_topic_is_kept_out_of_what_it_is_merged_into(number):
    kept_out = Edit(1, "exclude", (topic(1),), (f"{SIZE:02x}",))
    edited = apply(kept_out, Edit(2, "merge", (topic(1), topic(number))))
    merged = edited.labels[SIZE + 1]
    assert merged == edited.labels[number * SIZE]
    assert edited.labels[SIZE] != merged
    assert edited.idle == ()


def test_what_is_kept_out_of_a_topic_is_kept_out_of_its_parts():
    kept_out = Edit(1, "exclude", (topic(1),), (f"{SIZE:02x}",))
    edited = apply(kept_out, Edit(2, "split", (topic(1),), into=2))
    assert edited.labels[SIZE] not in edited.labels[SIZE + 1 : 2 * SIZE]
    assert edited.idle == ()


def test_an_edit_of_what_another_made_is_told_to_rest_on_it():
    both = Anchor("", topic(0).members + topic(1).members, 2 * SIZE)
    edits = (
        Edit(1, "merge", (topic(0), topic(1))),
        Edit(2, "split", (both,), into=2),
        Edit(3, "exclude", (topic(0),), ("03",)),
        Edit(4, "pin", (topic(1),), ("20",)),
        Edit(5, "split", (topic(2),), into=2),
        Edit(6, "split", (topic(1),), into=99),
    )
    edited = apply(*edits)
    assert edited.rests == {2: {1}, 3: {1, 2}}
    assert edited.idle == (6,)


def test_two_passages_kept_apart_are_in_different_topics_and_only_one_moves():
    edited = apply(Edit(1, "part", (), ("03", "07")))
    assert edited.labels[3] != edited.labels[7]
    others = np.delete(np.arange(3 * SIZE), [3, 7])
    for cluster in range(3):
        assert len(set(edited.labels[others[LABELS[others] == cluster]].tolist())) == 1


def test_of_two_kept_apart_the_pinned_one_stays():
    for pinned in ("03", "07"):
        edited = apply(Edit(1, "part", (), ("03", "07")), Edit(2, "pin", (topic(0),), (pinned,)))
        assert edited.labels[NODE_OF[pinned]] == edited.labels[0]


def test_passages_of_the_only_topic_are_kept_apart_by_a_topic_of_its_own():
    edited = apply(Edit(1, "part", (), ("03", "07")), labels=np.zeros(3 * SIZE, np.int64))
    assert sorted(np.bincount(edited.labels).tolist()) == [1, 3 * SIZE - 1]


@pytest.mark.parametrize("turned", [False, True])
def test_a_passage_kept_apart_from_one_of_each_topic_goes_to_none_of_them(turned):
    others = (f"{SIZE:02x}", f"{2 * SIZE:02x}", "07")
    pairs = [(other, "03") if turned else ("03", other) for other in others]
    edited = apply(Edit(1, "pin", (topic(0),), ("07",)),
                   *(Edit(2 + n, "part", (), pair) for n, pair in enumerate(pairs)))  # fmt: skip
    assert edited.idle == ()
    assert np.flatnonzero(edited.labels == edited.labels[3]).tolist() == [3]


def test_edits_about_what_is_gone_are_idle_and_change_nothing():
    gone = Anchor("", ("ff", "fe"), 2)
    edited = apply(
        Edit(1, "merge", (topic(0), gone)),
        Edit(2, "pin", (topic(0),), ("fd",)),
        Edit(3, "merge", (topic(0), Anchor("Peace", (), 0))),
        Edit(4, "part", (), ("03", "fd")),
        Edit(5, "split", (gone,)),
    )
    assert edited.idle == (1, 2, 3, 4, 5)
    assert edited.labels.tolist() == LABELS.tolist()


def test_a_pin_follows_its_topic_into_a_far_larger_one_and_into_its_part():
    labels = np.array([0] * 4 + [1] * 32)
    small = Anchor("", tuple(f"{row:02x}" for row in range(4)), 4, 36)
    large = Anchor("", tuple(f"{row:02x}" for row in range(4, 36)), 32, 36)
    pin, merge = Edit(1, "pin", (small,), ("14",)), Edit(2, "merge", (small, large))
    assert apply(pin, merge, labels=labels).idle == ()
    split = Edit(2, "split", (topic(1),), into=3)
    edited = apply(Edit(1, "pin", (topic(1),), ("03",)), split)
    assert edited.labels[3] in edited.labels[SIZE : 2 * SIZE]


def test_an_edit_does_not_act_on_a_topic_that_swallowed_its_own():
    part = Anchor("", tuple(f"{row:02x}" for row in range(4)), 4, 36)
    edited = apply(Edit(1, "merge", (part, topic(1))))
    assert edited.idle == (1,)
    assert edited.labels.tolist() == LABELS.tolist()


def test_a_topic_is_known_again_when_it_grew_with_its_corpus():
    before = Anchor("", ("00", "01", "02"), 3, 9)
    assert before.fits(12, 36) == pytest.approx(1)
    assert before.fits(3, 36) == pytest.approx(1)
    assert before.fits(12, 24) < 0.75


def test_pins_that_forbid_a_parting_make_it_idle():
    pins = [Edit(number, "pin", (topic(0),), (key,)) for number, key in ((1, "03"), (2, "07"))]
    edited = apply(*pins, Edit(3, "part", (), ("03", "07")))
    assert edited.idle == (3,)
    assert edited.labels[3] == edited.labels[7]


pairs = st.lists(
    st.tuples(st.integers(0, 35), st.integers(0, 35)).filter(lambda pair: pair[0] != pair[1]),
    max_size=5,
)
pins = st.dictionaries(st.integers(0, 35), st.integers(0, 2), max_size=3)


@settings(max_examples=40, deadline=None)
@given(pairs, pins)
def test_pins_and_partings_hold_together_unless_pins_forbid(apart, pinned):
    edits = [
        Edit(i, "pin", (topic(t),), (f"{row:02x}",)) for i, (row, t) in enumerate(pinned.items())
    ]
    edits += [Edit(50 + i, "part", (), (f"{a:02x}", f"{b:02x}")) for i, (a, b) in enumerate(apart)]
    edited = apply(*edits)
    for a, b in apart:
        if not (a in pinned and b in pinned):
            assert edited.labels[a] != edited.labels[b]
    for row, number in pinned.items():
        if not any(row in pair for pair in apart):
            rest = [r for r in range(number * SIZE, (number + 1) * SIZE) if r not in pinned]
            assert edited.labels[row] == np.bincount(edited.labels[rest]).argmax()
