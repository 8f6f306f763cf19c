"""Six hundred articles with workers of their own: any engine gives the database of one run.

    TOPICWIRE_DATA=DIR python -m pytest -m slow tests/topics/pipeline/test_sharded.py

DIR holds ``syria.jsonl.gz``, articles one a line, as ``benchmarks`` read them. Some five minutes
of processor time, and three more where the table of the static model has to be distilled first.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.scale import MODEL, write_articles
from tests.running import run
from tests.topics.pipeline.sharded.tables import TABLES, read

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("TOPICWIRE_DATA" not in os.environ, reason="see the top of this file"),
]


def typed(*args: object) -> None:
    code, _, err = run(*args)
    assert code == 0, err


@pytest.fixture(scope="module")
def articles(tmp_path_factory) -> list[Path]:
    return write_articles(Path(os.environ["TOPICWIRE_DATA"]), 600, tmp_path_factory.mktemp("news"))


@pytest.fixture(scope="module")
def whole(articles, tmp_path_factory) -> dict[str, list[str]]:
    db = tmp_path_factory.mktemp("whole") / "one.db"
    typed("cluster", *articles, "--model", MODEL, "--db", db)
    return read(db)


@pytest.mark.parametrize(
    ("engine", "shards"), [("local", 1), ("local", 2), ("local", 7), ("ray", 3)]
)
def test_any_engine_gives_the_database_of_one_run(
    whole, articles, tmp_path, engine, shards
) -> None:
    if engine == "ray" and find_spec("ray") is None:
        pytest.skip("Ray is not installed: pip install 'topicwire[ray]'")
    out, db = tmp_path / "out", tmp_path / "many.db"
    options = ("--engine", engine, "--shards", shards, "--workers", 2)
    typed("cluster", *articles, "--model", MODEL, "--out", out, *options)
    typed("import", out, "--db", db)
    many = read(db)
    assert [name for name in TABLES if whole[name] != many[name]] == []
