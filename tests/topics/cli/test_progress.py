"""How far a run is: bars on a terminal, a line a stage elsewhere, never among the results."""

from __future__ import annotations

import io
import re

import pytest

from embeddings.progress import begin, listen, track
from tests.running import run
from topics.cli import progress
from topics.cli.progress import REDRAWS, show_progress


def work() -> None:
    for stage in ("reading", "finding topics\x1b[2J"):
        begin(stage)
        for _ in track(range(50), 50):
            pass


def test_in_a_log_each_stage_has_one_line(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SLOW", 0.0)
    with show_progress() as told, listen(told):
        work()
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"reading \.\.\. \d+\.\d s\nfinding topics \[2J \.\.\. \d+\.\d s\n", err)


def test_a_line_that_was_begun_ends_before_an_error_is_told(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SLOW", 0.0)

    def fail() -> None:
        with show_progress() as told, listen(told):
            begin("reading")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capsys.readouterr().err.endswith(" s\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_each_stage_has_a_bar_with_its_share(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    with show_progress() as told, listen(told):
        work()
    shown = screen.getvalue()
    assert "reading" in shown
    assert "100%" in shown
    assert "\x1b[2J" not in shown
    assert 0 < REDRAWS <= 5


def test_clustering_tells_its_stages_beside_its_results(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "SLOW", 0.0)
    (tmp_path / "one.txt").write_text("Talks resume\n\nThe ministers met in Geneva on Friday.\n")
    code, out, err = run("cluster", tmp_path / "one.txt", "--db", tmp_path / "news.db")
    assert code == 0, err
    stages = re.findall(r"^([a-z ]+) \.\.\. \d+\.\d s$", err, re.MULTILINE)
    assert stages[:3] == ["reading", "embedding", "finding copies"]
    assert {"finding topics", "naming topics", "indexing for searches", "storing"} <= set(stages)
    assert len(stages) == len(set(stages))
    assert " ... " not in out


def test_what_is_done_at_once_says_nothing_in_a_log(capsys):
    with show_progress() as told, listen(told):
        work()
    assert capsys.readouterr().err == ""
