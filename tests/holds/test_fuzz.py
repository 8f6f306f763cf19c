"""No input of any reader ends in a traceback, above ten seconds or above a GiB."""

from __future__ import annotations

import sys

import pytest

from tests.holds.fuzz import fuzz
from tests.holds.readers import make_readers

pytestmark = [
    pytest.mark.holds,
    pytest.mark.skipif(sys.platform != "linux", reason="limits are set as Linux has them"),
]


def test_changed_inputs_are_answered_or_refused_in_a_sentence(newsroom, tmp_path):
    tally = fuzz(newsroom, 1500, 1, tmp_path)
    assert tally.findings == []
    assert len(tally.inputs) == len(make_readers(newsroom, tmp_path / "again"))
    assert sum(tally.refused.values()) > 100
