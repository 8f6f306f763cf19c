"""Full disks, signals, missing rights, the clock, others beside: one sentence, nothing lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import pytest

from tests.holds import faults
from tests.holds.aftermath import Trial
from tests.holds.newsroom import Newsroom
from tests.holds.registry import EXPORT, GROWING, NEW, READING, REMOVE, RENAME

pytestmark = pytest.mark.holds

# Of each kind of change; map and the other edits are the benchmark's.
CASES = (NEW, GROWING, RENAME, REMOVE, EXPORT)

needs_rights = pytest.mark.skipif(
    sys.platform != "linux" and (os.name == "nt" or os.geteuid() == 0),
    reason="Windows has other rights, and root gives them up as Linux has it",
)


@pytest.fixture
def preloaded(newsroom: Newsroom) -> Newsroom:
    if newsroom.preload is None:
        pytest.skip("needs a C compiler, cc, on Linux")
    return newsroom


def faulty(trials: Iterable[Trial]) -> list[Trial]:
    tried = list(trials)
    assert tried
    return [trial for trial in tried if trial.faults]


@pytest.mark.parametrize("what", ["full", "once", "kill"])
def test_a_disk_full_or_a_kill_at_any_write(preloaded, what):
    assert faulty(faults.fail_writes(preloaded, len(CASES), 1, what, CASES)) == []


def test_signals_at_any_moment(newsroom):
    sent = list(faults.send_signals(newsroom, 6, 1, [GROWING, RENAME]))
    assert faulty(sent) == []
    assert sum(trial.met for trial in sent) >= len(sent) / 2


def test_a_clock_set_back(preloaded):
    assert faulty(faults.set_clock_back(preloaded, [GROWING, RENAME])) == []


@needs_rights
def test_a_folder_that_cannot_be_written_to(newsroom):
    cases = [NEW, RENAME, READING[0], READING[-1]]
    assert faulty(faults.take_rights(newsroom, cases)) == []


@needs_rights
def test_a_cache_that_cannot_be_written_to_and_no_home(newsroom):
    assert faulty(faults.take_cache(newsroom, [NEW])) == []


def test_writers_and_readers_beside_each_other(newsroom):
    assert faulty(faults.run_beside(newsroom, 2.0)) == []


def test_a_database_removed_or_replaced_under_a_reader(newsroom):
    assert faulty(faults.take_database(newsroom, 4, 1, READING[:8:2])) == []
