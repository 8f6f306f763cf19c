"""No input of any reader ends in a traceback, above ten seconds or above a GiB."""

from __future__ import annotations

import sys

import pytest

from tests.holds.fuzz import fuzz

pytestmark = [
    pytest.mark.holds,
    pytest.mark.skipif(sys.platform != "linux", reason="limits are set as Linux has them"),
]


def test_changed_inputs_are_answered_or_refused_in_a_sentence(newsroom, tmp_path):
    tally = fuzz(newsroom, 1000, 1, tmp_path)
    assert tally.findings == []
    assert all(tally.inputs.values()), "each reader has its share"
    assert sum(tally.refused.values()) > 100
