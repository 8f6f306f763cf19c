"""A database that cannot be used says why in one sentence."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.corpus.database import SCHEMA_VERSION
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from tests.older import make_older


def opening(path: Path, **options: bool) -> str:
    with pytest.raises(StoreError) as caught, CorpusStore.open(path, **options):
        pass
    return str(caught.value)


def test_a_missing_database_names_the_command_that_makes_one(tmp_path):
    message = opening(tmp_path / "none.db")
    assert "topicwire cluster" in message
    assert not (tmp_path / "none.db").exists()


def test_a_text_file_is_not_a_database(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("These are my notes, and they are long enough to be no header." * 20)
    assert "not a database" in opening(path, write=True)
    assert path.read_text().startswith("These are my notes")


def test_a_strangers_sqlite_file_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert "not one of Topicwire's" in opening(path, write=True)


def test_a_newer_file_asks_for_an_upgrade(tmp_path):
    path = tmp_path / "new.db"
    with CorpusStore.open(path, write=True):
        pass
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    assert "pip install --upgrade topicwire" in opening(path)


def test_a_folder_is_not_a_database(tmp_path):
    assert "is a folder" in opening(tmp_path, write=True)


@pytest.mark.parametrize("by", ["test.db", "link.db", "folder/../test.db"])
def test_a_second_writer_is_told_of_the_first(tmp_path, by):
    path = tmp_path / "test.db"
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.db").symlink_to(path)
    with CorpusStore.open(path, write=True):
        code = f"""
            from pathlib import Path
            from embeddings.corpus.store import CorpusStore
            with CorpusStore.open(Path({str(tmp_path / by)!r}), write=True):
                pass
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Another Topicwire run is changing" in done.stderr


def test_what_is_acknowledged_is_on_the_disk_before(store):
    """A lost current is beyond a test; that SQLite waits for the disk is all that can be held."""
    assert store.rows("PRAGMA synchronous") == [(2,)]
    assert store.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_a_stopped_transaction_did_is_undone(store, error):
    def change(value: str) -> None:
        with store.transaction():
            store.set_setting(value, 1)
            if value == "half":
                raise error

    with pytest.raises(error):
        change("half")
    change("whole")
    assert store.setting("half") is None
    assert store.setting("whole") == 1


def test_a_reader_is_let_in_beside_a_writer(tmp_path, put):
    path = tmp_path / "test.db"
    with CorpusStore.open(path, write=True) as writer:
        put(writer, "a", ["One."])
        with CorpusStore.open(path) as reader:
            assert [p.text for p in reader.passages()] == ["One."]


def test_a_disk_that_is_full_keeps_what_was_stored(tmp_path, put):
    path = tmp_path / "test.db"

    def fill_the_disk() -> None:
        with CorpusStore.open(path, write=True) as store:
            put(store, "a", ["Stored before."])
            pages = store.rows("PRAGMA page_count")[0][0]
            store.rows(f"PRAGMA max_page_count = {pages + 1}")  # SQLite plays a full disk
            put(store, "b", ["words " * 100_000])

    with pytest.raises(StoreError, match=r"disk .* is full"):
        fill_the_disk()
    with CorpusStore.open(path) as store:
        assert [p.text for p in store.passages()] == ["Stored before."]


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    path = tmp_path / "test.db"
    code = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from conftest import article, paragraphs_of
        from embeddings.corpus.store import CorpusStore
        with CorpusStore.open(Path({str(path)!r}), write=True) as store:
            for number in range(100_000):
                document = article(f"{{number:06d}}", ["Paragraph one.", "Paragraph two."])
                store.put_document(document, [], paragraphs_of(document))
                print(number, flush=True)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    acknowledged = [int(child.stdout.readline()) for _ in range(20)]
    time.sleep(0.05)
    child.kill()
    acknowledged += [int(line) for line in child.stdout if line.strip()]
    child.wait()
    with CorpusStore.open(path, write=True) as store:
        stored = {document.id for document in store.documents()}
        assert {f"{number:06d}" for number in acknowledged} <= stored
        assert len(store.passages()) == 2 * len(stored)
        assert store.rows("PRAGMA integrity_check") == [("ok",)]


SINCE_2 = (
    "judgements",
    "wordings",
    "article_relations",
    "story_members",
    "stories",
    "story_memory",
)


@pytest.fixture
def old(tmp_path, put) -> Path:
    """A file of version 1 with a passage, a topic and a group of copies."""
    path = tmp_path / "old.db"
    with CorpusStore.open(path, write=True) as store:
        put(store, "a", ["One.", "沿岸に津波注意報を出した。"])
    connection = sqlite3.connect(path)
    make_older(connection, 3)
    for table, columns_before in {
        "topics": "id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, "
        "keyphrases TEXT NOT NULL, representatives TEXT NOT NULL",
        "assignments": "passage_id INTEGER PRIMARY KEY, node INTEGER NOT NULL, "
        "topic_id INTEGER NOT NULL, strength REAL NOT NULL",
    }.items():
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"CREATE TABLE {table} ({columns_before})")
    for table in ("edits", *SINCE_2):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("INSERT INTO copy_groups VALUES (1, 'exact', 1, 1, 0)")
    connection.execute("INSERT INTO copy_members VALUES (1, 1, 1.0)")
    connection.execute("INSERT INTO topics VALUES (7, 'Talks', 'guided', '[]', '[]')")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    return path


def tables(path: Path) -> dict[str, list[str]]:
    with CorpusStore.open(path) as store:
        names = store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {name: columns(store, name) for (name,) in names}


def test_a_file_of_version_1_is_brought_up_to_date_and_keeps_its_rows(old, tmp_path):
    with CorpusStore.open(tmp_path / "new.db", write=True):
        pass
    assert tables(old) == tables(tmp_path / "new.db")
    with CorpusStore.open(old) as store:
        assert store.rows("SELECT id, name, level, parent FROM topics") == [(7, "Talks", 0, None)]
        # What were copies is one row of the stored graph still.
        assert store.rows("SELECT * FROM wordings") == [(1, 1)]


def test_words_without_spaces_in_a_file_of_an_older_version_are_found_after_it(old):
    with CorpusStore.open(old, write=True) as store:
        assert store.rows("SELECT rowid FROM words WHERE words MATCH '\"津 波\"'") == [(2,)]
        assert store.has_whole_index()
        store.remove_documents(["a"])
        assert store.has_whole_index()


def test_a_file_of_version_6_shows_the_topics_of_its_level(tmp_path):
    path = tmp_path / "old.db"
    with CorpusStore.open(path, write=True) as store:
        store.set_setting("shown_level", 1)
        with store.transaction() as connection:
            for number, level, finest in [(1, 0, 0), (2, 1, 1), (3, 0, 2), (4, 2, 2)]:
                connection.execute(
                    "INSERT INTO topics (id, name, kind, keyphrases, representatives, level, "
                    "finest) VALUES (?, ?, 'discovered', '[]', '[]', ?, ?)",
                    (number, str(number), level, finest),
                )
    connection = sqlite3.connect(path)
    make_older(connection, 6)
    connection.commit()
    connection.close()
    with CorpusStore.open(path) as store:
        assert store.rows("SELECT id FROM topics WHERE shown ORDER BY id") == [(2,), (3,)]


@pytest.mark.parametrize("folder", ["mode=ro", "immutable=1"])
def test_a_file_of_version_1_that_cannot_be_written_to_is_read_and_left_as_it_is(
    old, tmp_path, monkeypatch, folder
):
    before = old.read_bytes()
    open_file = sqlite3.connect

    def read_only(name: str, **options: object) -> sqlite3.Connection:
        return open_file(f"{name}?{folder}" if name else name, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with CorpusStore.open(old) as store:
        assert store.rows("SELECT id, name, level, parent FROM topics") == [(7, "Talks", 0, None)]
        assert store.passages()[0].text == "One."
    assert old.read_bytes() == before
    assert "cannot be opened for writing" in opening(old, write=True)


def columns(store: CorpusStore, table: str) -> list[str]:
    return [name for (name,) in store.rows("SELECT name FROM pragma_table_info(?)", (table,))]


LATE = """
    import sys
    import filelock
    from topics.cli.entry import main

    acquire = filelock.FileLock.acquire

    def wait_before(*args, **kwargs):
        print("at the lock", flush=True)
        sys.stdin.readline()
        return acquire(*args, **kwargs)

    filelock.FileLock.acquire = wait_before
    main()
"""


def test_of_two_first_runs_on_one_path_the_loser_leaves_the_winners_database(tmp_path, put):
    path, folder = tmp_path / "news.db", tmp_path / "post"
    folder.mkdir()
    (folder / "one.txt").write_text("Talks resume\n\nThe ministers met in Geneva on Friday.\n")
    loser = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LATE), "cluster", str(folder), "--db", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # It has seen that there is no database, and comes to the lock when there is one.
    assert loser.stdout.readline() == "at the lock\n"
    with CorpusStore.open(path, write=True) as winner:
        _, told = loser.communicate("go on\n")
        assert "Another Topicwire run is changing" in told
        assert loser.returncode == StoreError.exit_code
        put(winner, "a", ["One."])
    with CorpusStore.open(path) as store:
        assert store.passages()[0].text == "One."


@pytest.mark.parametrize("error", [StoreError, KeyboardInterrupt])
def test_a_first_run_that_fails_before_an_article_is_stored_leaves_nothing(tmp_path, put, error):
    def fail(name: str, *documents: str) -> None:
        with CorpusStore.open(tmp_path / name, write=True) as store:
            for document in documents:
                put(store, document, ["One."])
            raise error

    with pytest.raises(error):
        fail("empty.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(error):
        fail("filled.db", "a")
    with CorpusStore.open(tmp_path / "filled.db") as store:
        assert [document.id for document in store.documents()] == ["a"]


def test_a_path_that_can_be_no_database_is_refused_at_once_and_left_as_it_is(tmp_path):
    pipe, long = tmp_path / "pipe", tmp_path / ("x" * 300)
    os.mkfifo(pipe)
    for write in (False, True):
        assert "a pipe or a device" in opening(pipe, write=write)
        assert "a pipe or a device" in opening(Path(os.devnull), write=write)
        assert "choose a shorter one" in opening(long, write=write)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("version", [0, -1])
def test_a_file_of_a_version_that_never_was_is_damaged(tmp_path, version):
    path = tmp_path / "test.db"
    with CorpusStore.open(path, write=True):
        pass
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert f"damaged (its version is {version})" in opening(path)


def test_a_schema_that_is_no_text_is_damaged(tmp_path):
    path = tmp_path / "test.db"
    with CorpusStore.open(path, write=True):
        pass
    content = path.read_bytes()
    # SQLite quotes what it could not read, as it stands.
    path.write_bytes(
        content.replace(b"TEXT NOT NULL,       -- r", b"'\xff\xffT NOT NULL,       -- r")
    )
    assert "is damaged" in opening(path)


STOPPED = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from conftest import article, paragraphs_of
    from embeddings.corpus.store import CorpusStore
    for name in ("a", "b"):
        with CorpusStore.open(Path({path!r}), write=True) as store:
            document = article(name, ["One."])
            store.put_document(document, [], paragraphs_of(document))
            if name == "b":
                os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def stopped() -> Iterator[Path]:
    """A database whose last article stands in the log of a killed run, in a read-only folder."""
    # Where every user may look: root, who writes anywhere, plays another one below.
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder, path = Path(name), Path(name) / "test.db"
        code = STOPPED.format(tests=str(Path(__file__).parents[2]), path=str(path))
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            check=False,
        )
        Path(f"{path}-shm").unlink()
        user = os.geteuid()
        folder.chmod(0o555)
        try:
            if user == 0:
                os.setresuid(65534, 65534, 0)
            yield path
        finally:
            os.setresuid(*[user] * 3)
            folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")
def test_what_a_killed_run_stored_is_read_in_a_folder_that_cannot_be_written_to(stopped):
    assert Path(f"{stopped}-wal").stat().st_size
    with CorpusStore.open(stopped) as store:
        assert [document.id for document in store.documents()] == ["a", "b"]
    assert {file.name for file in stopped.parent.iterdir()} == {
        "test.db",
        "test.db-wal",
        "test.db.lock",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="users and modes of POSIX")
def test_an_older_state_is_not_shown_where_no_private_copy_can_be_made(stopped, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", refuse)
    assert "copy both into a folder" in opening(stopped)


def test_a_passage_is_stored_without_reading_the_text_of_its_article(tmp_path):
    with CorpusStore.open(tmp_path / "test.db", write=True) as store:
        # A key that stands beside the text is compared by reading the whole row.
        plan = store.rows("EXPLAIN QUERY PLAN SELECT 1 FROM documents WHERE id = 'a'")
    assert "COVERING INDEX" in plan[0][3]
