"""A renamed topic is found again by what its name was given to."""

from __future__ import annotations

from topics.edits.edits import Anchor
from topics.edits.renaming import find_topic
from topics.hierarchy.outline import Outline

# Topic 0 of the first two dozen rows, in parts 2 and 3 below it, and topic 1 of the third.
LEAF_OF = {row: (2, 3, 1)[row // 12] for row in range(36)}
NODE_OF = {f"{row:02x}": row for row in range(36)}


def find(numbers, depth, shown=1, barred=()):
    outline = Outline(
        levels={0: 0, 1: 0, 2: 1, 3: 1},
        parents={0: None, 1: None, 2: 0, 3: 0},
        finest={0: 0, 1: 1, 2: 1, 3: 1},
        names={},
        kinds={},
        stabilities={},
        used=frozenset({1, 2, 3}),
        shown=shown,
    )
    keys = tuple(f"{row:02x}" for row in numbers)
    anchor = Anchor("", keys, len(keys), 36, depth)
    return find_topic(anchor, outline, LEAF_OF, NODE_OF, barred)


def test_a_topic_is_told_from_those_above_and_below_it():
    assert find(range(12), depth=0) == 2
    assert find(range(24), depth=-1) == 0
    assert find(range(24, 36), depth=0) == 1
    assert find(range(24), depth=0, shown=0) == 0


def test_a_name_does_not_climb_to_a_topic_of_which_its_own_was_a_part():
    assert find(range(5), depth=-1, shown=1) is None
    assert find(range(8, 16), depth=0, shown=0) == 0
    assert find([*range(6), *range(24, 30)], depth=1) == 1


def test_a_topic_shown_at_a_finer_level_than_its_own_is_on_the_level_shown():
    assert find(range(24, 29), depth=0, shown=1) == 1
    assert find(range(24, 29), depth=-1, shown=1) is None


def test_what_is_gone_or_barred_is_not_found():
    assert find([], depth=0) is None
    assert find(range(12), depth=0, barred={0, 2}) is None
