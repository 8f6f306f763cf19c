"""The user's topics that look like something else are said, with a draft of exclusions."""

from __future__ import annotations

import numpy as np

from topics.guiding.drawn import note_drawn

OWN, FOUND = {0: "arms"}, {1: "Gas attacks", 2: "Sport"}


def note(times: int, size: int = 100, mixed: bool = True, other: int = 1) -> tuple[str, ...]:
    topics = np.repeat([0, 1], [size, 50])
    others = np.full(len(topics), -1)
    others[:times] = other
    return note_drawn(OWN, FOUND, topics, others, np.full(len(topics), mixed))


def test_a_topic_is_said_to_be_like_another_that_draws_many_of_its_passages() -> None:
    (said,) = note(20)
    assert '"arms"' in said
    assert 'of its 100 distinct passages 20 are like "Gas attacks"' in said
    assert said.endswith('exclusions = ["Gas attacks"].')


def test_nothing_is_said_of_few_passages_nor_of_those_that_hardly_lean_to_another() -> None:
    assert note(14) == note(20, mixed=False) == note(9, size=20) == ()


def test_another_topic_of_the_user_is_no_exclusion() -> None:
    assert (
        note_drawn({0: "arms", 1: "gas"}, {2: "Sport"}, np.zeros(40), np.ones(40), np.ones(40) > 0)
        == ()
    )
