"""A run over files comes to the same bytes, whoever is killed, on any engine."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.holds.newsroom import Newsroom
from tests.holds.stages import find_faults, kill_heads, read_files, run_head
from tests.topics.pipeline.sharded.test_plan import read
from topics.answers.cluster import cluster
from topics.answers.import_files import import_files

pytestmark = pytest.mark.holds

SEEDS = Path(__file__).parents[2] / "seeds"
SHARDS = 2


@pytest.fixture(scope="module")
def environment(newsroom: Newsroom) -> Iterator[dict[str, str]]:
    """Of workers and heads: the newsroom's model, whose word vectors are made up."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TOPICWIRE_CACHE", "TOPICWIRE_MODEL"):
            patch.setenv(name, newsroom.environment[name])
        yield newsroom.environment


@pytest.fixture(scope="module")
def peace(environment, tmp_path_factory) -> dict[str, bytes]:
    """The files of a run in peace."""
    folder = tmp_path_factory.mktemp("peace")
    (folder / "log").mkdir()
    run_head(SEEDS, folder / "out", folder / "log", "local", SHARDS)
    return read_files(folder / "out")


@pytest.fixture(params=["local", "ray"])
def kind(request):
    if request.param == "ray" and find_spec("ray") is None:
        pytest.skip("Ray is not installed: pip install 'topicwire[ray]'")
    return request.param


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def test_a_worker_killed_in_each_stage_changes_nothing_of_the_database(kind, peace, log, tmp_path):
    out = tmp_path / "out"
    # To begin an actor takes longer, so that fewer are killed.
    every = {"local": 1, "ray": 8}[kind]
    report, killed = run_head(SEEDS, out, log, kind, SHARDS, every=every)
    assert find_faults(out, peace, log, killed) == []
    assert killed == len({path.name.partition(".")[0] for path in log.iterdir()}) // every > 2
    assert report.failed == ()
    import_files(out, db=tmp_path / "many.db")
    cluster([SEEDS], db=tmp_path / "one.db")
    one, many = read(tmp_path / "one.db"), read(tmp_path / "many.db")
    assert [name for name in one if one[name] != many[name]] == []


def test_a_head_killed_in_some_stages_goes_on(environment, peace, log, tmp_path):
    stages = ["documents", "wordings", "vectors", "graph", "tried-2", "tree"]
    killed = kill_heads(SEEDS, tmp_path / "out", log, "local", SHARDS, stages, environment)
    # With a head its other worker dies, so that one task more may be done again.
    assert find_faults(tmp_path / "out", peace, log, 2 * killed) == []
    assert killed == len(stages)
