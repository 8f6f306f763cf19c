"""``topicwire cluster --out`` and ``topicwire import``, with workers of their own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.running import run
from tests.topics.cli.test_output import EVIL, STEERING, TYPED

TEXT = "The ministers met in Geneva to talk about a ceasefire that day.\n\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with articles of evil names, over which a run over files has gone."""
    work = tmp_path_factory.mktemp("work")
    (work / "articles" / f"post{EVIL}").mkdir(parents=True)
    (work / "articles" / f"post{EVIL}" / f"a{EVIL}.txt").write_text(f"Talks\n\n{TEXT}")
    (work / "articles" / f"bad{EVIL}.txt").write_bytes(b"\x00\x01\x02" * 99)
    (work / "articles" / "b.txt").write_text(
        f"More talks\n\n{TEXT}Rain fell on the town at noon.\n"
    )
    return work


def typed(folder: Path, *args: object) -> tuple[int, str, str]:
    code, out, err = run(*args, cwd=folder, columns=9999)
    assert not STEERING.search(out + err)
    return code, out, err


def test_a_run_tells_its_stages_and_goes_on_as_it_was_asked_for(folder) -> None:
    code, out, err = typed(folder, "cluster", "articles", "--out", f"r{TYPED}", "--shards", 2,
                           "--workers", 1)  # fmt: skip
    assert code == 0, err
    assert out.startswith("Read 3 files (3 .txt): 2 articles.\n")
    assert "processor s in 17 stages (most in " in out
    assert "topicwire import" in out
    assert len(out.splitlines()) < 12
    code, out, _ = typed(folder, "cluster", "--out", f"r{TYPED}", "--json")
    told = json.loads(out)
    assert (code, told["documents"], told["shards"]) == (0, 2, 2)
    assert not any(stage["spent"] for stage in told["stages"])
    assert told["files_read"] == 0
    out = typed(folder, "cluster", "--out", f"r{TYPED}")[1]
    assert out.startswith("Read before: 3 files (3 .txt), 2 articles.\n")
    assert "added" not in out
    assert "Nothing was left to do." in out
    code, out, _ = typed(folder, "cluster", "--out", f"r{TYPED}", "--status")
    assert code == 0
    assert "wordings" in out
    assert "processor" not in out
    stages = json.loads(typed(folder, "cluster", "--out", f"r{TYPED}", "--status", "--json")[1])
    assert {one["tasks"] - one["done"] for one in stages if one["tasks"]} == {0}
    code, out, err = typed(folder, "import", f"r{TYPED}", "--db", "new.db")
    assert code == 0, err
    assert "passages in 2 articles" in out
    assert f"bad{TYPED}" in "".join(
        path for (path,) in sqlite3.connect(folder / "new.db").execute("SELECT path FROM problems")
    )


def test_a_run_that_memory_does_not_hold_is_refused_with_the_figures(folder, monkeypatch) -> None:
    monkeypatch.setattr("embeddings.engines.local.free_memory", lambda: 10**8)
    code, _, err = typed(folder, "cluster", "articles", "--out", "small")
    assert code == 1
    assert "takes some 0.5 GB of memory, and 0.1 GB are free here; cut the corpus into" in err


def test_topics_found_in_files_are_listed_with_what_they_are(folder) -> None:
    code, out, err = typed(folder, "cluster", "articles", "--out", "topics", "--with-topics",
                           "--workers", 1)  # fmt: skip
    assert code == 0, err
    assert ", on one of " in out
    assert "(those of one run on the same neighbours)" in out
    told = json.loads(typed(folder, "cluster", "--out", "topics", "--json")[1])["topics"]
    assert told["exact"] is True
    assert [name for _, name, _ in told["shown"]]
    for name in told["files"]:
        assert list((folder / "topics" / name).glob("*.parquet"))


def test_a_simulation_names_the_source_of_each_figure(folder) -> None:
    code, out, _ = typed(folder, "cluster", "--simulate", "1e8")
    assert code == 0
    assert "5,260 us a passage at 120,000" in out
    assert "to the power of 1.74" in out
    assert "worked out" in out
    one, ten = (
        json.loads(typed(folder, "cluster", "--simulate", number, "--json")[1])
        for number in ("1e6", "1e7")
    )
    assert ten["hours"] > 10 * one["hours"]
    assert ten["cost"] == pytest.approx(ten["hours"] * ten["price"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--engine", "local"), "--engine goes with --out"),
        (("--status",), "--status goes with --out"),
        (("--workers", "0"), "--workers goes with --out"),
        (("--with-topics",), "--with-topics goes with --out"),
        (("--out", "x", "--db", "y.db"), "--out makes no database, which"),
        (("--out", "x", "--topics", "t.toml"), "--topics goes with a database"),
        (("articles", "--out", "x", "--owners", "t.toml"), "t.toml"),
        (("--out", "x", "--engine", "spark"), "no engine 'spark'"),
        (("--out", "none", "--status"), "holds no run"),
        (("--simulate", "1e6", "--model", "static"), "--simulate goes with --out alone"),
        (("--simulate", "1e6", "--workers", "9"), "--simulate goes with --out alone"),
        (("--simulate", "1e6", "--out", "x", "--status"), "--simulate goes with --out alone"),
        (("--simulate", "0"), "no number of passages"),
        (("--simulate", "1e6", "--out", "none"), "holds no run"),
    ],
)
def test_options_that_do_not_go_together_are_refused(folder, args, said) -> None:
    code, _, err = typed(folder, "cluster", *(["articles"] if "spark" in args else []), *args)
    assert code == 2
    assert said in err
