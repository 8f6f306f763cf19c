"""A damaged database gives a sentence or the right answer, never a traceback."""

from __future__ import annotations

import pytest

from tests.holds.damage import damage_at_random

pytestmark = pytest.mark.holds


def test_what_is_damaged_is_said_or_does_no_harm(newsroom):
    answers = list(damage_at_random(newsroom, 18, 1, commands=3))
    assert [answer for answer in answers if answer.kind in ("traceback", "wrong")] == []
    assert {answer.kind for answer in answers} == {"sentence", "right"}
