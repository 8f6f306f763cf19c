"""Topics that are kept while rows come and go: nothing moves by itself, subjects are born once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.keeping.growing import Rows, grow_kept
from topics.keeping.kept import KeptTree, keep_tree, match_kept

SUBJECTS, EACH = 5, 60
_random = np.random.default_rng(3)
CENTRES = _random.standard_normal((SUBJECTS, 24))
UNIT = unit_rows(
    (
        np.repeat(CENTRES, EACH, axis=0) + 0.9 * _random.standard_normal((SUBJECTS * EACH, 24))
    ).astype(np.float32)
)
SUBJECT = np.repeat(np.arange(SUBJECTS), EACH)
FIRST = np.flatnonzero((SUBJECT < 4) & (np.arange(len(UNIT)) % 2 == 0))


def key(row: int) -> bytes:
    return int(row).to_bytes(4, "big")


def lay(rows, taken=None) -> Rows:
    rows = np.sort(np.asarray(rows))
    keys = [key(row) for row in rows]
    ground = prepare_ground(find_neighbours(UNIT[rows], keys=keys), UNIT[rows])
    texts = {one: place for place, one in enumerate(keys)}
    free = np.full(len(rows), -1) if taken is None else np.array([taken(row) for row in rows])
    return Rows(ground, texts, rows, free)


def found(rows) -> KeptTree:
    laid = lay(rows)
    tree = grow_tree(laid.ground, find_topics(laid.ground))
    topics, leaves = keep_tree(tree, range(1, len(tree.topics) + 1), [], laid.texts)
    return KeptTree(
        topics, leaves, frozenset(leaves), tree.default, len(tree.levels), tree.resolutions
    )


def shown(kept: KeptTree) -> dict[bytes, int]:
    return {one: kept.above(leaf)[kept.default] for one, leaf in kept.leaves.items()}


def grow(kept: KeptTree, rows, **given):
    return grow_kept(kept, lay(rows, **given), [], "", max(kept.topics) + 1)


@pytest.fixture(scope="module")
def kept() -> KeptTree:
    return found(FIRST)


def test_what_was_there_stays_and_what_comes_goes_to_its_subject(kept):
    more = np.flatnonzero(SUBJECT < 4)
    growth = grow(kept, more)
    before, after = shown(kept), shown(growth.kept)
    assert all(after[one] == topic for one, topic in before.items())
    assert growth.placed == len(more) - len(FIRST)
    for subject in range(4):
        topics = [after[key(row)] for row in np.flatnonzero(subject == SUBJECT)]
        assert max(map(topics.count, topics)) >= 0.95 * EACH
    assert not growth.born
    assert growth.kept.founders == kept.founders


def test_levels_nest_and_a_tree_without_growth_is_the_tree_that_was_found(kept):
    laid = lay(FIRST)
    growth = grow(kept, FIRST)
    tree = growth.kept.lay_levels(growth.leaves, [])
    anew = grow_tree(laid.ground, find_topics(laid.ground))
    assert [level.tolist() for level in tree.levels] == [level.tolist() for level in anew.levels]
    for above, below in zip(tree.levels, tree.levels[1:], strict=False):
        assert len(set(zip(above.tolist(), below.tolist(), strict=True))) == len(
            set(below.tolist())
        )
    assert match_kept(tree, kept, laid.texts) == {
        place: place + 1 for place in range(len(anew.topics))
    }


def test_a_subject_that_comes_up_is_born_once_and_takes_no_founder(kept):
    rows, born, when = list(FIRST), set(), []
    fresh = np.flatnonzero(SUBJECT == 4)
    for step, part in enumerate(np.array_split(fresh, 4)):
        rows += part.tolist()
        before = shown(kept)
        growth = grow(kept, rows)
        after = shown(growth.kept)
        moved = {one for one, topic in before.items() if after[one] != topic}
        assert not moved & kept.founders
        assert all(after[one] in growth.born for one in moved)
        when += [step] if growth.born else []
        born |= set(growth.born)
        kept = growth.kept
    assert len(born) == len(when) == 1
    inside = [shown(kept)[key(row)] in born for row in fresh]
    assert np.mean(inside) >= 0.9
    assert not any(shown(kept)[key(row)] in born for row in FIRST)


def test_a_topic_ends_when_no_text_of_it_is_left(kept):
    gone = next(iter(set(shown(kept).values())))
    left = [row for row in FIRST if shown(kept)[key(row)] != gone]
    growth = grow(kept, left)
    assert gone in growth.ended
    assert gone not in growth.kept.topics
    assert shown(growth.kept) == {one: t for one, t in shown(kept).items() if t != gone}


def test_copies_found_to_be_one_take_the_topic_of_most_of_their_texts(kept):
    laid = lay(FIRST)
    one, two = (key(row) for row in FIRST[[0, -1]])
    topic = kept.leaves[two]
    joined = replace(laid, texts={**laid.texts, one: laid.texts[two], b"new!": laid.texts[two]})
    more = replace(kept, leaves={**kept.leaves, b"new!": topic}, _above={})
    growth = grow_kept(more, joined, [], "", 10_000)
    assert growth.kept.leaves[one] == growth.kept.leaves[b"new!"] == topic


def test_the_user_s_topics_decide_for_all_where_they_have_changed_and_for_new_rows_else(kept):
    mine = np.flatnonzero(SUBJECT == 1)
    first = grow_kept(kept, lay(FIRST, lambda row: 0 if row in mine else -1), ["own"], "a", 10_000)
    guided = {one for one, topic in first.kept.topics.items() if topic.guided == "own"}
    assert len(guided) == 1
    held = {row for row in FIRST if first.kept.leaves[key(row)] in guided}
    assert held == set(mine) & set(FIRST)
    # The scores have changed, the topics have not: what was placed stays.
    rows = np.flatnonzero(SUBJECT < 4)
    second = grow_kept(
        first.kept, lay(rows, lambda row: 0 if row in mine[:40] else -1), ["own"], "a", 20_000
    )
    held = {row for row in rows if second.kept.leaves[key(row)] in guided}
    assert held == (set(mine) & set(FIRST)) | set(mine[:40])
    third = grow_kept(second.kept, lay(rows), [], "b", 30_000)
    assert third.changed_guided
    assert not any(topic.guided for topic in third.kept.topics.values())
    # What was let go is a subject of its own, and takes to it what had joined others.
    for one, topic in shown(second.kept).items():
        assert topic in guided or shown(third.kept)[one] in (topic, *third.born)


def test_rows_without_any_discovered_topic_are_found_anew(kept):
    own = grow_kept(kept, lay(FIRST, lambda _: 0), ["own"], "a", 10_000)
    assert {kept_topic.guided for kept_topic in own.kept.topics.values()} == {"own"}
    free = grow_kept(own.kept, lay(FIRST), [], "b", 20_000)
    assert len(set(shown(free.kept).values())) >= 3


@settings(max_examples=12)
@given(st.lists(st.sets(st.integers(0, 4 * EACH - 1), min_size=1, max_size=30), max_size=4))
def test_no_row_moves_but_into_a_topic_that_is_born(batches):
    kept, rows = found(FIRST), set(FIRST.tolist())
    for batch in batches:
        # Rows that are there go, others come.
        rows ^= batch
        if len(rows) < 10:
            return
        growth = grow(kept, sorted(rows))
        before, after = shown(kept), shown(growth.kept)
        assert after.keys() == {key(row) for row in rows}
        for one in before.keys() & after.keys():
            assert after[one] == before[one] or after[one] in growth.born
        kept = growth.kept


@pytest.mark.parametrize(("share", "measured"), [(3, True), (1.2, False)])
def test_a_topic_that_loses_more_than_half_to_ones_own_is_measured_no_more(kept, share, measured):
    stable = {one: replace(topic, stability=0.8) for one, topic in kept.topics.items()}
    first = np.flatnonzero(SUBJECT[FIRST] == 0)
    taken = {int(FIRST[place]) for place in first[: int(len(first) / share)]}
    rows = lay(FIRST, taken=lambda row: 0 if row in taken else -1)
    marked = replace(kept, topics=stable)
    growth = grow_kept(marked, rows, ["Mine"], "changed", max(kept.topics) + 1)
    shown_first = shown(kept)[key(FIRST[first[-1]])]
    assert (growth.kept.topics[shown_first].stability == 0.8) is measured
    assert (shown_first in growth.unmeasured) is not measured
    others = set(shown(kept).values()) - {shown_first}
    assert all(growth.kept.topics[one].stability == 0.8 for one in others)


def test_a_topic_that_has_become_two_subjects_since_it_was_found_is_told(kept):
    # Nearly half of two subjects were taken for one topic, which the others joined: each of them
    # is as near to the founders of its subject, so that nothing is born.
    rows = np.flatnonzero(SUBJECT < 2)
    leaves = {**kept.leaves, **{key(row): kept.leaves[key(0)] for row in rows}}
    founders = kept.founders - {key(row) for row in rows if row % EACH > 28}
    founders |= {key(row) for row in rows if row % EACH < 29}
    first = replace(kept, leaves=leaves, founders=frozenset(founders))
    growth = grow(first, np.flatnonzero(SUBJECT < 4))
    assert not growth.born
    assert growth.joined == growth.apart == (shown(kept)[key(0)],)


def test_a_topic_of_one_subject_that_most_joined_has_not_come_apart(kept):
    few = np.flatnonzero(SUBJECT > 0)
    founders = frozenset(key(row) for row in [*range(0, EACH, 3), *few])
    growth = grow(replace(kept, founders=founders), np.flatnonzero(SUBJECT < 4))
    assert growth.joined == (shown(kept)[key(0)],)
    assert not growth.apart
