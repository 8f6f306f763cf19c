"""Whatever is killed, nothing acknowledged is lost, and the next run goes on."""

from __future__ import annotations

import pytest

from tests.holds.kills import kill_at_random
from tests.holds.registry import GROWING, NEW, WRITING

pytestmark = pytest.mark.holds


def test_a_kill_at_any_moment_loses_nothing_and_leaves_nothing(newsroom):
    rest = [case for case in WRITING if case not in (NEW, GROWING) and case.command != "map"]
    kills = [
        *kill_at_random(newsroom, 6, 1, [NEW, GROWING]),
        *kill_at_random(newsroom, 6, 2, rest[::2]),
    ]
    assert [kill for kill in kills if kill.faults] == []
    assert sum(kill.met for kill in kills) >= len(kills) / 2
