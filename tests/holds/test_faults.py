"""Full disks, signals, missing rights, the clock, others beside: one sentence, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from tests.holds import faults
from tests.holds.aftermath import Trial
from tests.holds.newsroom import Newsroom
from tests.holds.registry import GROWING, NEW, READING, RENAME, WRITING

pytestmark = pytest.mark.holds

# Of each kind of change; map and the other edits are the benchmark's.
CASES = [NEW, GROWING, RENAME, *(case for case in WRITING if case.command in ("remove", "export"))]


@pytest.fixture
def preloaded(newsroom: Newsroom) -> Newsroom:
    if newsroom.preload is None:
        pytest.skip("needs a C compiler, cc, on Linux")
    return newsroom


@pytest.fixture
def rights() -> tuple[str, ...]:
    given_up = faults.give_up_rights()
    if given_up is None:
        pytest.skip("root may write anywhere, and setpriv is not there to take that away")
    return given_up


def faulty(trials: Iterable[Trial]) -> list[Trial]:
    tried = list(trials)
    assert tried
    return [trial for trial in tried if trial.faults]


@pytest.mark.parametrize("what", ["full", "once", "kill"])
def test_a_disk_full_or_a_kill_at_any_write(preloaded, what):
    assert faulty(faults.fail_writes(preloaded, 6, 1, what, CASES)) == []


def test_signals_at_any_moment(newsroom):
    assert faulty(faults.send_signals(newsroom, 6, 1, [GROWING, RENAME])) == []


def test_a_clock_set_back(preloaded):
    assert faulty(faults.set_clock_back(preloaded, [GROWING, RENAME])) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_folder_that_cannot_be_written_to(newsroom, rights):
    cases = [NEW, RENAME, READING[0], READING[-1]]
    assert faulty(faults.take_rights(newsroom, rights, cases)) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_cache_that_cannot_be_written_to_and_no_home(newsroom, rights):
    assert faulty(faults.take_cache(newsroom, rights, [NEW])) == []


def test_writers_and_readers_beside_each_other(newsroom):
    assert faulty(faults.run_beside(newsroom, 2.0)) == []


def test_a_database_removed_or_replaced_under_a_reader(newsroom):
    assert faulty(faults.take_database(newsroom, 8, 1, READING[:8])) == []
