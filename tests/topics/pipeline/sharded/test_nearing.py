"""Neighbours found by stretches from files to files are those of one search, to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder, Task, write_file
from embeddings.vectors import cells, neighbours
from tests.topics.pipeline.sharded.test_copying import settings_of
from topics.pipeline.sharded import nearing, plan
from topics.pipeline.sharded.parts import matrix, rows_of
from topics.pipeline.sharded.plan import Here, Sharded


def search(vectors: np.ndarray, folder: Path, shards: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Search the neighbours of rows by stages, none of which is a copy of another."""
    import pyarrow as pa

    keys = [b"%08d" % row for row in range(len(vectors))]
    none = np.empty(0, np.int64)
    columns = {
        "bodies": pa.table({"hash": pa.array(keys, pa.binary())}),
        "vectors": pa.table({"vector": rows_of(vectors)}),
        "wordings": pa.table({"wording": none, "text": none}),
    }

    def write(task: Task) -> None:
        with write_file(task) as output:
            output.add(columns[task.folder.name])

    with open_run(Place.at(folder), Here()) as run:
        sharded = Sharded(run, settings_of(shards))
        for name in columns:
            of_stage = Folder.of(run.place, name, {})
            sharded.finish(of_stage, write, [Task(of_stage, "00000", "")])
        plan.find_near(sharded)
    near = sharded.made["lists"].read()
    assert {name[-1] for name in sharded.made if name.startswith("neighbours-")} in (
        set(),
        {"1", "2"},
    )
    return (
        matrix(near, "near"),
        matrix(near, "cosine"),
        run.manifest["recall"],
    )


def clustered(rows: int) -> np.ndarray:
    random = np.random.default_rng(0)
    centres = random.standard_normal((rows // 40, 24))
    noise = random.standard_normal((rows, 24))
    return (centres[random.integers(0, len(centres), rows)] + 0.7 * noise).astype(np.float32)


@pytest.mark.parametrize("shards", [1, 3])
@pytest.mark.parametrize("exact", [True, False], ids=["all pairs", "cells"])
def test_stretches_find_the_neighbours_of_one_search(tmp_path, monkeypatch, exact, shards) -> None:
    vectors = clustered(3000)
    if not exact:
        # Cells are searched, in several rounds; groups of rows are smaller than cells.
        defaults = {**neighbours.find_neighbours.__kwdefaults__, "exact_rows": 100}
        monkeypatch.setattr(neighbours.find_neighbours, "__kwdefaults__", defaults)
        monkeypatch.setattr(cells, "REVERSE_GAIN", 0.2)
        search_cells = {**cells.search.__kwdefaults__, "gain": 0.9}
        monkeypatch.setattr(cells.search, "__kwdefaults__", search_cells)
        for module in (nearing, plan):
            monkeypatch.setattr(module, "GROUP_ROWS", 50)
    one = neighbours.find_neighbours(vectors, 64, keys=[b"%08d" % row for row in range(3000)])
    near, cosines, recall = search(vectors, tmp_path, shards)
    assert np.array_equal(near, one.indices)
    assert np.array_equal(cosines, one.similarities)
    assert recall == one.recall
    assert (recall == 1.0) == exact
