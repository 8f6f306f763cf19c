"""Much of one thing is read and stored; the benchmark times it."""

from __future__ import annotations

import pytest

from tests.holds.size import LARGE, run_large

pytestmark = pytest.mark.holds


def test_much_of_one_thing_is_stored_within_a_gib(newsroom):
    runs = list(run_large(newsroom, 0.005, steps=1, fresh=False))
    assert len(runs) == len(LARGE)
    assert [run.faults for run in runs] == [()] * len(runs)
