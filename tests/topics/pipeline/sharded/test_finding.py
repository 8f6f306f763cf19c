"""Topics in files: on the graph of all rows those of one machine; from atoms the same bytes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from embeddings.vectors.neighbours import NeighbourGraph
from topics.answers.cluster_files import FilesReport, cluster_files
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.pipeline.sharded import finding, memory, plan
from topics.pipeline.sharded.plan import Here

SEEDS = Path(__file__).parents[4] / "seeds"
OUTLETS = sorted(path for path in SEEDS.iterdir() if path.is_dir())


def run(out: Path, shards: int, **options: Any) -> FilesReport:
    return cluster_files(OUTLETS, out, engine=Here(), shards=shards, with_topics=True, **options)


def table(out: Path, stage: str) -> Any:
    """Return the rows of a stage in the order of its files."""
    return [row for path in sorted(out.glob(f"{stage}-*/*.parquet")) for row in read(path)]


def read(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def one_machine(out: Path) -> Any:
    """Return the tree that one machine finds from the neighbours that a run found."""
    (lists,) = out.glob("lists-*/*.parquet")
    columns = pq.read_table(lists)
    near, cosines = (np.array(columns[name].to_pylist()) for name in ("near", "cosine"))
    every = [row["vector"] for row in table(out, "vectors")]
    vectors = np.array([every[row["body"]] for row in table(out, "nodes")], np.float32)
    used = slice(0, MOST_NEIGHBOURS)
    graph = NeighbourGraph(near[:, used].astype(np.int32), cosines[:, used].astype(np.float32), 1.0)
    ground = prepare_ground(graph, vectors)
    return ground, grow_tree(ground, find_topics(ground))


@pytest.mark.parametrize(("shards", "strip"), [(1, 1000), (2, 50), (7, 17)])
def test_topics_on_the_graph_of_all_rows_are_those_of_one_machine(
    tmp_path, monkeypatch, shards, strip
) -> None:
    monkeypatch.setattr(finding, "STRIP_ROWS", strip)
    report = run(tmp_path, shards)
    ground, tree = one_machine(tmp_path)
    told = table(tmp_path, "members")
    of_text = {row["hash"]: row for row in told}
    assert len(of_text) == len(told) == report.texts
    bodies = [row["hash"] for row in table(tmp_path, "bodies")]
    nodes = [bodies[row["body"]] for row in table(tmp_path, "nodes")]
    for level, places in enumerate(tree.rows):
        assert [of_text[key][f"level_{level}"] for key in nodes] == places.tolist()
    assert f"level_{len(tree.levels)}" not in told[0]
    assert report.topics is not None
    assert (report.topics.exact, report.topics.default) == (True, tree.default)
    assert ground.nodes == report.wordings


def test_topics_from_atoms_are_the_same_for_any_number_of_shards(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(finding, "STRIP_ROWS", 40)
    monkeypatch.setattr(finding, "HEAD_ROWS", 0)
    reports = [run(tmp_path / str(shards), shards) for shards in (1, 2, 7)]
    first = reports[0].topics
    assert first is not None
    assert not first.exact
    assert 0 < first.inside < 1
    for shards, report in zip((2, 7), reports[1:], strict=True):
        assert report.topics is not None
        assert report.topics.shown == first.shown
        for stage in ("members", "topics"):
            one = sorted(map(str, table(tmp_path / "1", stage)))
            assert one == sorted(map(str, table(tmp_path / str(shards), stage)))
    # Each text stands on one way down the tree, and sizes are those of its topics.
    topics = {row["topic"]: row for row in table(tmp_path / "2", "topics")}
    members = table(tmp_path / "2", "members")
    for row in members:
        way = [row[f"level_{level}"] for level in range(first.levels)]
        for above, below in pairwise(way):
            assert below in (above, *(one for one in topics if topics[one]["parent"] == above))
    for number, topic in topics.items():
        held = sum(number in {row[f"level_{at}"] for at in range(first.levels)} for row in members)
        assert held == topic["texts"]
    assert all(name for _, name, _ in first.shown)
    assert sum(texts for _, _, texts in first.shown) == reports[0].texts


class Noting(Here):
    """Notes what the tasks of each stage take."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: dict[str, int] = {}

    def run(self, work, tasks, needs=None):
        self.memory |= {task.folder.name: needs.memory for task in tasks}
        return super().run(work, tasks, needs)


def test_a_strip_asks_for_the_memory_of_its_rows_and_a_tree_for_that_of_all(
    tmp_path, monkeypatch
) -> None:
    engine, asked = Noting(), 1 << 30
    monkeypatch.setattr(finding, "STRIP_ROWS", 5)
    monkeypatch.setattr(memory, "_A_TEXT", asked)
    monkeypatch.setitem(memory._A_ROW, "group_rows", asked)
    cluster_files(OUTLETS[:2], tmp_path, engine=engine, shards=2, with_topics=True)
    assert engine.memory["tree"] > engine.memory["graph"] == engine.memory["placed"] == 8 << 30
    assert engine.memory["centres"] == 1 << 29


def test_a_run_finds_no_topics_unasked_but_where_no_database_holds_them(
    tmp_path, monkeypatch
) -> None:
    report = cluster_files(OUTLETS[:2], tmp_path, engine=Here())
    assert report.topics is None
    monkeypatch.setattr(plan, "MOST_IMPORTED", 3)
    assert cluster_files((), tmp_path, engine=Here()).topics is not None


def test_a_run_that_goes_on_finds_topics_again_where_they_were_asked_for(tmp_path) -> None:
    found = run(tmp_path, 2).topics
    assert found is not None
    assert cluster_files((), tmp_path, engine=Here()).topics == found


def test_one_text_has_no_topics(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("Talks\n\nThe ministers met in Geneva to talk that day.\n")
    out = tmp_path / "out"
    report = cluster_files(tmp_path / "a.txt", out, engine=Here(), with_topics=True)
    assert report.topics is None


@pytest.mark.parametrize("head", [0, 1000])
def test_topics_of_a_few_texts_are_found(tmp_path, monkeypatch, head) -> None:
    monkeypatch.setattr(finding, "HEAD_ROWS", head)
    texts = ("The ministers met in Geneva.", "Rain fell on the town.", "The match was lost.")
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(f"Title {number}\n\n{text}\n")
    report = cluster_files(tmp_path, tmp_path / "out", engine=Here(), with_topics=True)
    assert report.topics is not None
    assert sum(texts for _, _, texts in report.topics.shown) == 3
