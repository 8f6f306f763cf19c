"""What a run would take is worked out from what the last one took, where that tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.errors import InputError
from embeddings.shards.place import Place
from embeddings.shards.stages import Folder, Marker
from topics.answers import simulating
from topics.answers.simulating import RATES, simulate
from topics.pipeline.sharded.importing import Results
from topics.pipeline.sharded.parts import Source


def results(passages: int, seconds: float, folder: Path, tasks: int = 1) -> Results:
    """A run of so many passages in two shards; of the tasks one was done before that run."""
    place = Place.at(folder)
    stages, markers, spent = {}, {}, {}
    for name in {stage for rate in RATES for stage in rate.stages}:
        of_stage = Folder(place, name, "0")
        markers[name] = {
            task: Marker("", 500 * passages, 1, "", 0.0, {"passages": passages // 2})
            for task in ("0", "1")
        }
        stages[name] = Source(of_stage, ("0", "1"), (1, 1))
        spent[name] = {"work": seconds * tasks * passages / 2, "tasks": tasks}
    return Results({"spent": spent}, stages, markers)


@pytest.fixture
def last(monkeypatch, tmp_path):
    def put(passages: int, seconds: float, tasks: int = 1) -> None:
        found = results(passages, seconds, tmp_path, tasks)
        monkeypatch.setattr(simulating, "open_results", lambda *_: found)

    return put


def test_rates_of_the_last_run_are_taken_and_carried_on(last, tmp_path) -> None:
    last(200_000, 1e-3)
    by_name = {one.name: one for one in simulate(2_000_000, tmp_path).stages}
    # A second of each thousand, of two tasks as much as of one; a byte for each.
    bands = by_name["bands"]
    assert bands.hours == pytest.approx(2_000_000 * 1e-3 / 3600)
    assert bands.bytes == pytest.approx(2_000_000 * 1000)
    assert "measured there" in bands.source
    copies, stages = by_name["copies"], next(one for one in RATES if one.name == "copies").stages
    grown = 10**0.74
    assert copies.hours == pytest.approx(len(stages) * grown * bands.hours)
    assert "measured there, to the power of 1.74" in copies.source


def test_a_stage_that_a_killed_run_had_done_tells_no_rate(last, tmp_path) -> None:
    last(200_000, 1e-3, tasks=0)
    assert not any("measured there" in one.source for one in simulate(1e6, tmp_path).stages)


def test_a_run_too_small_to_tell_is_not_asked(last, tmp_path) -> None:
    last(500, 1e-3)
    assert not any("measured there" in one.source for one in simulate(1e6, tmp_path).stages)
    last(50_000, 1e-3)
    told = {one.name for one in simulate(1e6, tmp_path).stages if "measured there" in one.source}
    assert told == {"articles", "bands", "vectors"}


def test_topics_in_files_are_told_where_no_database_holds_the_passages() -> None:
    small, large = simulate(1e6), simulate(1e7)
    assert "topics in files" not in {one.name for one in small.stages}
    assert "topics in files" in {one.name for one in large.stages}
    assert ["Topics in files do without it." in one.notes[-1] for one in (small, large)] == [
        False,
        True,
    ]


@pytest.mark.parametrize("passages", [0, -5, float("nan"), float("inf")])
def test_no_number_of_passages_is_refused(passages) -> None:
    with pytest.raises(InputError, match="no number of passages"):
        simulate(passages)
