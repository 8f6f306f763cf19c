"""Whatever is killed, nothing acknowledged is lost, and the next run goes on."""

from __future__ import annotations

import pytest

from tests.holds.kills import kill_at_random
from tests.holds.registry import EXPORT, GROWING, LOAD, NEW, REMOVE, RENAME, RESTORE

pytestmark = pytest.mark.holds


# One of each kind of change: of rows, of much at once, of the file itself, of another file.
OTHERS = (RENAME, REMOVE, LOAD, RESTORE, EXPORT)


def test_a_kill_at_any_moment_loses_nothing_and_leaves_nothing(newsroom):
    kills = [
        *kill_at_random(newsroom, 6, 1, [NEW, GROWING]),
        *kill_at_random(newsroom, len(OTHERS), 2, OTHERS),
    ]
    assert [kill for kill in kills if kill.faults] == []
    assert sum(kill.met for kill in kills) >= len(kills) / 2
