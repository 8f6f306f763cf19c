"""A newsroom to try the commands on: the demo's articles, made-up word vectors, three states.

The commands run as a user runs them, each in a process of its own. Vectors are made up, so that
no model is distilled, unless the real encoder is asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

from tests.holds.processes import LIMIT, ROOT, Ended, Forks, Job, Running, start_fresh

DATABASE = "news.db"
STATIC, REAL = "static", "all-MiniLM-L6-v2"

# What a database holds of its own; the other tables follow from these. Times of day differ.
OWN = {
    "documents": "id, version, title, source, published, url, path, text, address",
    "versions": "document_id, version, text",
    "addresses": "*",
    "removals": "*",
    "passages": 'document_id, position, start, body_start, "end", text, hash',
    "files": "*",
    "problems": "*",
    "settings": "*",
    "edits": "kind, content",
    "judgements": "kind, a, b, same",
}
DERIVED = {
    "copy_groups": "*",
    "copy_members": "*",
    "relations": "*",
    "article_relations": "*",
    "stories": "*",
    "story_members": "*",
    "topics": "*",
    "assignments": "*",
    "members": "*",
}


class Contents(NamedTuple):
    """The rows of a database, by table, and the vectors by hash of their text."""

    own: dict[str, list[str]]
    derived: dict[str, list[str]]
    vectors: dict[bytes, bytes]


class Newsroom:
    """Articles, a cache, and the database in each state; made once, copied for each run.

    Attributes:
        folder: Where all of it lies.
        model: ``STATIC`` with made-up vectors, or ``REAL``.
        values: What stands for ``{name}`` in the arguments of a command.
        preload: The library of ``preload.c``, which forks have loaded; ``None`` where there is
            no compiler.
    """

    def __init__(self, folder: Path, model: str = STATIC) -> None:
        self.folder = folder
        self.model = model
        self.values: dict[str, str] = {}
        self.preload = _compile_preload(folder)
        self._forks: Forks | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Of the commands: the cache is ours, and nothing says whose machine this is."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "COLUMNS": "80",
            "PYTHONPATH": str(ROOT),
            "TOPICWIRE_CACHE": str(self.folder / "cache"),
            "TOPICWIRE_MODEL": self.model,
            "MPLCONFIGDIR": str(self.folder / "fonts"),
        }

    def place(self, state: str, name: str) -> Path:
        """Lay a state of the database in a folder of its own; returns the folder."""
        folder = self.folder / "runs" / name
        folder.mkdir(parents=True)
        folder.with_suffix(".tmp").mkdir()
        if state != "nothing":
            shutil.copy(self.folder / "states" / f"{state}.db", folder / DATABASE)
        return folder

    def start(
        self,
        folder: Path,
        arguments: Sequence[str],
        typed: str = "",
        more: Mapping[str, str] | None = None,
        powerless: bool = False,
        fresh: bool = False,
        limit: float = LIMIT,
    ) -> Running:
        """Start a command over the database in a folder.

        Args:
            folder: As ``place`` gives it; what is written for a while goes to ``FOLDER.tmp``.
            arguments: The command and what it takes; the database is added.
            typed: What it is given to read.
            more: More of the environment, or other values.
            powerless: Whether root may not read and write anywhere, as others may not.
            fresh: Start a process of its own, not a fork.
            limit: Seconds after which it hangs.
        """
        line = [argument.format(**self.values) for argument in arguments]
        job = Job(
            [*line, "--db", DATABASE],
            folder,
            self._surround(folder, more),
            typed,
            powerless,
            limit=limit,
        )
        return start_fresh(job) if fresh else self._fork(job)

    def run_all(self, folder: Path, lines: Sequence[Sequence[str]]) -> list[Ended]:
        """Run commands one after another in one fork.

        Raises:
            RuntimeError: One of them ended the process.
        """
        filled = [
            [*(one.format(**self.values) for one in line), "--db", DATABASE] for line in lines
        ]
        ended = self._fork(Job([], folder, self._surround(folder), lines=filled)).wait()
        if ended.code:
            raise RuntimeError(f"{lines} ended with {ended.code}: {ended.err[-400:]}")
        return [Ended(*found) for found in json.loads(ended.out)]

    def _surround(self, folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {**self.environment, "TMPDIR": str(folder.with_suffix(".tmp")), **(more or {})}

    def _fork(self, job: Job) -> Running:
        if self._forks is None:
            preload = {"LD_PRELOAD": str(self.preload)} if self.preload else {}
            self._forks = Forks({**self.environment, **preload})
        return self._forks.start(job)

    def run(self, folder: Path, arguments: Sequence[str], typed: str = "", **how: Any) -> Ended:
        """Run a command to its end; takes what ``start`` takes."""
        return self.start(folder, arguments, typed, **how).wait()

    def expect(self, folder: Path, arguments: Sequence[str], typed: str = "", **how: Any) -> Ended:
        """Run a command that must do what it should.

        Raises:
            RuntimeError: It does not.
        """
        ended = self.run(folder, arguments, typed, **how)
        if ended.code or ended.broke:
            raise RuntimeError(f"{' '.join(arguments)} ends with {ended.code}: {ended.err}")
        return ended

    def close(self) -> None:
        """End the process whose forks ran the commands."""
        if self._forks is not None:
            self._forks.close()


def make_newsroom(folder: Path, model: str = STATIC) -> Newsroom:
    """Make the articles, the cache and the states ``half`` and ``whole`` of the database.

    Half the articles are in ``half``; ``whole`` has all, an edit, and two answers.
    """
    room = Newsroom(folder, model)
    _copy_articles(folder)
    (folder / "states").mkdir()
    room.values = {
        "first": str(folder / "articles" / "first"),
        "more": str(folder / "articles"),
        "topics": str(folder / "topics.toml"),
        "labels": str(folder / "labels.csv"),
        "by_hand": str(folder / "by-hand.json"),
        "backup": str(folder / "states" / "whole.db"),
        "results": str(folder / "results"),
    }
    if model == STATIC:
        _make_up_vectors(folder / "cache")
    _run_over_files(room)
    place = room.place("nothing", "making")
    # The first run may compile the real model.
    room.expect(place, ["cluster", "{first}", "--topics", "{topics}"], limit=900)
    _keep(place, folder / "states" / "half.db")
    room.expect(place, ["cluster", "{more}"])
    room.values |= _find_values(place / DATABASE)
    _write_labels(place / DATABASE, folder / "labels.csv")
    for line in (
        ("edit", "rename", "{topic}", "Named by hand"),
        ("calibrate", "same_event", "--no", "{passage}", "{other_passage}"),
        ("calibrate", "story", "--yes", "{passage}", "{other_passage}"),
        ("edit", "save", "{by_hand}"),
    ):
        room.expect(place, line)
    room.values |= _find_values(place / DATABASE)
    _keep(place, folder / "states" / "whole.db")
    return room


def _copy_articles(folder: Path) -> None:
    outlets = sorted(path for path in (ROOT / "seeds").iterdir() if path.is_dir())
    for number, outlet in enumerate(outlets):
        part = "first" if number % 2 else "second"
        shutil.copytree(outlet, folder / "articles" / part / outlet.name)
    shutil.copy(ROOT / "seeds" / "topics.toml", folder)


def _make_up_vectors(cache: Path) -> None:
    """Keep a static table of random rows in a cache, so that none is distilled."""
    from embeddings.encoders.opening import open_encoder
    from embeddings.encoders.tokens import load_tokenizer

    def make_up(model: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
        rows = load_tokenizer(encoder.folder).get_vocab_size()  # type: ignore[attr-defined]
        return np.random.default_rng(0).standard_normal((rows, 256)).astype(np.float16)

    with (
        mock.patch.dict(os.environ, {"TOPICWIRE_CACHE": str(cache)}),
        mock.patch("embeddings.encoders.distilling.distil", make_up),
    ):
        encoder = open_encoder(STATIC)
        encoder.encode(["a word"])


def _run_over_files(room: Newsroom) -> None:
    """Leave what a run over files leaves, for a database to be made of it."""
    from topics.answers.cluster_files import cluster_files
    from topics.pipeline.sharded.nearing import find_encoder
    from topics.pipeline.sharded.plan import Here

    with mock.patch.dict(os.environ, room.environment):
        cluster_files(
            room.values["more"], room.values["results"], engine=Here(), shards=2, model=room.model
        )
    find_encoder.cache_clear()


def _compile_preload(folder: Path) -> Path | None:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "preload.so"
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).with_name("preload.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def _keep(place: Path, state: Path) -> None:
    """Copy a closed database, all of which is in its one file."""
    if (place / f"{DATABASE}-wal").exists():
        raise RuntimeError("The database was not closed.")
    shutil.copy(place / DATABASE, state)


def _find_values(db: Path) -> dict[str, str]:
    """Choose the topics and passages that the commands name."""
    with sqlite3.connect(db) as connection:
        topics = connection.execute(
            "SELECT topic_id FROM assignments JOIN topics ON topics.id = topic_id "
            "WHERE kind = 'discovered' GROUP BY topic_id ORDER BY count(*) DESC, topic_id"
        ).fetchall()
        together = connection.execute(
            "SELECT a.passage_id, b.passage_id FROM assignments AS a JOIN assignments AS b "
            "ON b.topic_id = a.topic_id AND b.node > a.node WHERE a.topic_id = ? "
            "ORDER BY a.passage_id, b.passage_id",
            topics[0],
        ).fetchone()
        story = connection.execute("SELECT min(id) FROM stories").fetchone()
        article = connection.execute("SELECT min(id) FROM documents").fetchone()
    connection.close()
    return {
        "topic": str(topics[0][0]),
        "other_topic": str(topics[1][0]),
        "passage": str(together[0]),
        "other_passage": str(together[1]),
        "story": str(story[0]),
        "article": str(article[0]),
    }


def _write_labels(db: Path, file: Path) -> None:
    with sqlite3.connect(db) as connection:
        rows = connection.execute("SELECT id, document_id FROM passages ORDER BY id").fetchall()
    connection.close()
    lines = [f"{passage},{'a' if passage % 3 else 'b'}" for passage, _ in rows]
    file.write_text("\n".join(["passage_id,label", *lines, ""]))


def read_contents(db: Path) -> Contents:
    """Read all that must be the same after the same runs; empty where there is no database.

    Raises:
        sqlite3.Error: The database is damaged.
    """
    if not db.exists():
        return Contents({}, {}, {})
    connection = sqlite3.connect(db)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        own = {name: _rows(connection, name, what) for name, what in OWN.items() if name in tables}
        derived = {
            name: _rows(connection, name, what) for name, what in DERIVED.items() if name in tables
        }
        vectors = connection.execute("SELECT hash, vector FROM vectors") if tables else ()
        return Contents(own, derived, dict(vectors))
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, table: str, columns: str) -> list[str]:
    return sorted(map(repr, connection.execute(f"SELECT {columns} FROM {table}")))  # noqa: S608


def read_counts(db: Path) -> tuple[int, int]:
    """Return how many articles and passages a database holds."""
    with closing(sqlite3.connect(db)) as connection:
        return tuple(  # type: ignore[return-value]
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("documents", "passages")
        )


def find_damage(db: Path) -> str:
    """Return what SQLite finds wrong with a database and its words, ``""`` for nothing."""
    if not db.exists():
        return ""
    connection = sqlite3.connect(db)
    try:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone():
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        return "" if found == ["ok"] else "; ".join(found)
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()


def list_files(place: Path) -> list[str]:
    """List what lies in a run's folder, and what it left in the folder for a while."""
    here = [file.name for file in place.iterdir()]
    temporary = place.with_suffix(".tmp")
    return sorted(here + [f"tmp/{file.name}" for file in temporary.glob("*")])
