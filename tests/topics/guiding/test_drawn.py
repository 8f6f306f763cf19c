"""The user's topics that look like something else are said, with a draft of exclusions."""

from __future__ import annotations

import numpy as np

from topics.guiding.assigning import Placement
from topics.guiding.drawn import note_drawn, note_left
from topics.guiding.taxonomy import GuidedTopic

ARMS = GuidedTopic("arms", "Delivery of weapons.")
FOUND = {1: ("gas attacks", "sarin"), 2: ("sport",), 3: ()}


def note(
    times: int, size: int = 100, text: str = "On gas attacks.", own: GuidedTopic = ARMS
) -> str:
    topics, others = np.zeros(size, np.int64), np.full(size, -1)
    others[:times] = 1
    return " ".join(note_drawn({0: own}, FOUND, [text] * size, topics, others))


def test_a_topic_is_said_to_speak_of_another_that_draws_many_of_its_passages() -> None:
    said = note(20)
    assert '"arms" may hold something else' in said
    assert "of its 100 distinct passages 20 speak of gas attacks" in said
    assert said.endswith('exclusions = ["gas attacks"].')


def test_nothing_is_said_of_few_passages_nor_of_those_that_speak_of_no_other() -> None:
    assert note(14) == note(9, size=20) == note(20, text="On guns.") == ""


def test_nothing_is_said_of_what_the_user_has_written_of() -> None:
    assert note(20, own=GuidedTopic("arms", "Delivery of arms, and gas attacks.")) == ""
    assert note(20, own=GuidedTopic("arms", exclusions=("Gas attacks",))) == ""


def note_of_left(times: int, size: int = 100) -> str:
    placement = Placement(np.zeros(size, np.int64), np.ones((size, 1)), {0: {"gas attacks": times}})
    return " ".join(
        note_left([ARMS], placement, ["On gas attacks.", "Gas  Attacks!", "gas attacks"])
    )


def test_what_was_left_to_discovery_is_said_with_how_to_have_it() -> None:
    said = note_of_left(20)
    assert "of the passages nearest to it 20 are nearer to gas attacks and were left" in said
    assert "description to have them" in said
    assert said.endswith('exclusions = ["gas attacks"].')
    assert note_of_left(14) == note_of_left(9, size=20) == ""
