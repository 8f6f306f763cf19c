"""``topics.cluster`` and what it is asked for."""

from __future__ import annotations

import dataclasses
import inspect
import json

import pyarrow as pa
import pytest

import topics
from embeddings.errors import InputError
from tests.running import run
from topics.answers.cluster import cluster
from topics.answers.cluster_options import ClusterOptions
from topics.answers.counting import tell_files
from topics.cli.progress import _Bars, _open_bars
from topics.cli.reading import tell_notes


def test_every_field_of_the_options_is_an_argument():
    fields = {field.name for field in dataclasses.fields(ClusterOptions)}
    assert set(inspect.signature(cluster).parameters) == fields


def test_an_unknown_argument_is_refused_before_a_database_is_made(tmp_path):
    with pytest.raises(TypeError, match="modell"):
        cluster(tmp_path, db=tmp_path / "n.db", modell="static")
    assert not list(tmp_path.iterdir())


def test_a_run_that_finds_no_article_says_why_and_leaves_nothing(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("title,text\nOne,nan\nTwo,[Removed]\n")
    (folder / "b.txt").write_text("")
    code, _, error = run("cluster", folder, "--db", tmp_path / "n.db")
    assert code == 2
    assert "No article was found in 2 files" in error
    assert "a row without text; left out (2 such rows)" in error
    assert "an empty file" in error
    assert not (tmp_path / "n.db").exists()


def test_a_run_tells_kinds_and_what_its_articles_lack(tmp_path, monkeypatch):
    monkeypatch.setattr("embeddings.corpus.intake.SLOW_FILE", -1.0)
    text = "The ministers met in Geneva on Friday to talk about the ceasefire and its terms."
    (tmp_path / "a.csv").write_text(f"title,text\nOne,{text}\n,{text[::-1]}\n")
    (tmp_path / "b.txt").write_text(f"A headline\n\n12 May 2013\n\n{text.upper()}\n")
    report = cluster([tmp_path / "a.csv", tmp_path / "b.txt"], db=tmp_path / "n.db")
    assert report.reading.kinds == {".csv": 1, ".txt": 1}
    assert report.reading.without == {"title": 1, "source": 2, "published": 2}
    (note,) = report.reading.notes[str(tmp_path / "a.csv")]
    assert note.startswith("took ")


def test_a_run_over_many_passages_holds_no_model_of_languages(tmp_path, monkeypatch):
    held = []
    monkeypatch.setattr("topics.answers.cluster._MANY", 1)
    monkeypatch.setattr("topics.answers.cluster.let_go_of_model", lambda: held.append(True))
    (tmp_path / "a.txt").write_text(f"A headline\n\n{FERRY}\n")
    cluster(tmp_path / "a.txt", db=tmp_path / "n.db")
    assert not held
    (tmp_path / "b.txt").write_text(f"A headline\n\n{FERRY[::-1]}\n")
    cluster(tmp_path / "b.txt", db=tmp_path / "n.db")
    assert held


def test_each_file_is_named_before_it_is_read_and_the_last_is_not_named_for_ever(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"Headline {name}\n\n{FERRY} {name}\n")
    told = []
    cluster(tmp_path, db=tmp_path / "n.db", progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "reading"] == [
        ("reading", 0, 2, "a.txt"),
        ("reading", 1, 2, "b.txt"),
        ("reading", 2, 2, ""),
    ]


def test_a_bar_names_the_file_as_it_is_written_and_nothing_steers_it():
    with _open_bars() as bar:
        tell = _Bars(bar)
        tell("reading", 0, 1, "[red]a\x1b[2J.txt")
        assert bar.tasks[0].description == "reading [red]a [2J.txt"
        assert "[red]a" in str(bar.columns[0].render(bar.tasks[0]))
        tell("reading", 1, 1)
        assert bar.tasks[0].description == "reading"


def test_what_is_no_file_is_not_counted_as_one():
    assert tell_files({".txt": 2, "standard input": 1}) == "2 files and standard input"
    assert tell_files({".md": 1, ".txt": 2}, by_kind=True) == "3 files (2 .txt, 1 .md)"
    assert tell_files({"standard input": 1}, by_kind=True) == "standard input"


def test_notes_that_are_the_same_are_told_once_and_the_rest_is_counted():
    notes = {f"/in/{name}.pdf": ("no date",) for name in "abc"}
    assert tell_notes(notes) == ["a.pdf and 2 more: no date"]
    notes |= {f"/in/{number}.csv": (f"took {number} s",) for number in range(6)}
    assert tell_notes(notes)[0] == "a.pdf and 2 more: no date"
    assert tell_notes(notes)[4:] == [
        "3.csv: took 3 s",
        "and notes on 2 more files; --json has all.",
    ]


FERRY = "Councillors in Hartwell voted on Tuesday night to close the old ferry terminal."


def test_standard_input_is_clustered_told_and_removed_by_its_name(tmp_path):
    db = tmp_path / "n.db"
    piped = json.dumps({"text": FERRY, "source": "Post"}) + '\n{"text": "nan"}\n'
    code, out, _ = run("cluster", "-", "--db", db, text=piped)
    assert code == 0
    assert "Read standard input: 1 article added, 0 updated, 0 unchanged." in out
    _, out, _ = run("cluster", "-", "--db", db, text=piped)
    assert "Read standard input: 0 articles added, 0 updated, 1 unchanged." in out
    told = "standard input, line 2: a row without text; left out\n"
    assert run("info", "--problems", "--db", db)[1] == told
    assert topics.remove(paths=["-"], db=db, dry_run=True).left == 0
    cluster(pa.table({"text": [FERRY], "source": ["Courier"]}), db=db)
    assert topics.remove(paths=["standard input"], db=db).left == 1
    with pytest.raises(InputError, match="read from 'standard input'"):
        topics.remove(paths=["standard input"], db=db)
    assert topics.remove(paths=["Python"], db=db, dry_run=True).left == 0


def test_standard_input_without_articles_is_refused_in_a_sentence(tmp_path):
    code, _, error = run("cluster", "-", "--db", tmp_path / "n.db", text="")
    assert code == 2
    assert "No article was found in standard input (no rows in it)" in error
    assert not (tmp_path / "n.db").exists()
