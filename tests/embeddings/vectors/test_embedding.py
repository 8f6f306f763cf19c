"""Embedding once: kills, resumption, and windows counted."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus

ROOT = Path(__file__).parents[3]
BATCH, TEXTS, KILLS = 8, 1200, 20

# The encoder writes down what it is given before it starts, so that work that is lost by a
# kill is seen as well. It takes some milliseconds a batch, that kills may fall anywhere.
RUN = """
import sys, time
from pathlib import Path
import numpy as np
from embeddings.vectors.embedding import embed_corpus
from embeddings.corpus.store import CorpusStore

class Slow:
    name = description = fingerprint = "slow"
    dimension, windowed, batch_size, notes = 64, 0, int(sys.argv[3]), ()
    def encode(self, texts, role="passage"):
        with open(sys.argv[2], "a") as log:
            log.write("".join(f"{text}\\n" for text in texts))
        time.sleep(0.004)
        return np.tile(np.float32(len(texts)), (len(texts), 64))

with CorpusStore.open(Path(sys.argv[1]), write=True) as store:
    print("open", flush=True)
    embed_corpus(store, Slow())
print("done", flush=True)
"""


def start(db: Path, log: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(db), str(log), str(BATCH)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def lines(log: Path) -> list[str]:
    return log.read_text().split("\n")[:-1] if log.exists() else []


def stored(db: Path) -> set[str]:
    """Texts that have a vector, read as any SQLite tool would."""
    connection = sqlite3.connect(db)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = connection.execute(
            "SELECT text FROM passages AS p JOIN vectors AS v ON v.hash = p.hash"
        ).fetchall()
    finally:
        connection.close()
    return {text for (text,) in rows}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_twenty_kills_lose_a_batch_each_at_most_and_repeat_nothing_stored(tmp_path, put):
    db, log = tmp_path / "kill.db", tmp_path / "log"
    with CorpusStore.open(db, write=True) as store:
        put(store, "a", [f"Paragraph number {n:04d}." for n in range(TEXTS)])
    chance = random.Random(5)
    for _ in range(KILLS):
        seen, before = len(lines(log)), stored(db)
        process = start(db, log)
        time.sleep(chance.uniform(0, 0.04))
        process.send_signal(signal.SIGKILL)
        process.wait()
        run, after = lines(log)[seen:], stored(db)
        assert not before & set(run), "stored work was repeated"
        assert before <= after
        assert len(set(run) - after) <= BATCH, "more than a batch was lost"
    assert len(stored(db)) < TEXTS, "the kills came too late to say anything"
    process = start(db, log)
    assert process.wait() == 0
    assert len(stored(db)) == TEXTS
    assert len(lines(log)) <= TEXTS + KILLS * BATCH


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_second_process_is_told_that_the_first_is_at_work(tmp_path, put):
    db, log = tmp_path / "two.db", tmp_path / "log"
    with CorpusStore.open(db, write=True) as store:
        put(store, "a", [f"Paragraph number {n:04d}." for n in range(TEXTS)])
    first = start(db, log)
    second = subprocess.run(
        [sys.executable, "-c", RUN, str(db), str(log), str(BATCH)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert first.wait() == 0
    assert "Another Topicwire run is changing" in second.stderr
    assert sorted(lines(log)) == sorted(set(lines(log)))


def test_texts_read_in_windows_are_those_of_this_run(store, put, encoder):
    put(store, "a", ["Some words.", "Some words more."])

    class Windowing(type(encoder)):
        def encode(self, texts, role="passage"):
            self.windowed += sum(len(text.split()) > 2 for text in texts)
            return super().encode(texts, role)

    windowing = Windowing()
    windowing.windowed = 7
    assert embed_corpus(store, windowing).windowed == 1
    assert embed_corpus(store, windowing).windowed == 0
