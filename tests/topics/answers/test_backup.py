"""A backup is whole whatever runs beside it, and a restored database is what it was."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from tests.running import run
from topics.answers.backup import backup, restore
from topics.answers.check import check


def ids(path: Path) -> list[str]:
    with CorpusStore.open(path) as store:
        return [document.id for document in store.documents()]


def one(path: Path, sql: str) -> object:
    connection = sqlite3.connect(path, isolation_level=None)
    found = connection.execute(sql).fetchone()
    connection.close()
    return found[0] if found else None


def test_a_backup_is_one_checked_file_that_can_be_read(news, tmp_path):
    out = tmp_path / "backups" / "monday.db"
    out.parent.mkdir()
    report = backup(out, db=news)
    assert (report.documents, report.bytes) == (6, out.stat().st_size)
    assert ids(out) == ids(news)
    assert list(out.parent.iterdir()) == [out]
    assert check(out).damaged() == {}


def test_a_backup_beside_a_run_that_writes_holds_what_was_stored_before(news, put, tmp_path):
    before = ids(news)
    with CorpusStore.open(news, write=True) as store:
        put(store, "committed", ["One."])
        with store.transaction():
            put(store, "on its way", ["Two."])
            backup(tmp_path / "out.db", db=news)
    assert ids(tmp_path / "out.db") == sorted([*before, "committed"])


def test_a_backup_writes_over_nothing(news, tmp_path):
    out = tmp_path / "mine.db"
    out.write_text("mine")
    with pytest.raises(InputError, match="there already"):
        backup(out, db=news)
    with pytest.raises(InputError, match="there already"):
        backup(news, db=news)
    with pytest.raises(InputError, match="cannot be written"):
        backup(tmp_path / "none" / "out.db", db=news)
    assert out.read_text() == "mine"


def test_of_a_damaged_database_no_backup_is_kept(news, tmp_path):
    one(news, "UPDATE relations SET evidence = 'x'")
    with pytest.raises(StoreError, match="info --check"):
        backup(tmp_path / "out.db", db=news)
    assert not (tmp_path / "out.db").exists()


def test_what_stood_at_the_place_of_a_restored_database_is_kept(news, tmp_path, put):
    out = tmp_path / "monday.db"
    backup(out, db=news)
    before = ids(news)
    with CorpusStore.open(news, write=True) as store:
        put(store, "later", ["One."])
    content = out.read_bytes()
    report = restore(out, db=news)
    assert ids(news) == before
    assert report.kept == str(tmp_path / "news.before-restore-1.db")
    assert "later" in ids(Path(report.kept))
    assert out.read_bytes() == content
    assert one(news, "PRAGMA journal_mode") == "wal"
    # The same again keeps what is there now; once more, it is kept already.
    assert restore(out, db=news).kept == str(tmp_path / "news.before-restore-2.db")
    assert restore(out, db=news).kept == str(tmp_path / "news.before-restore-2.db")
    assert check(news).damaged() == {}


def test_a_reader_goes_on_with_what_it_sees_while_a_database_is_restored(news, tmp_path, put):
    backup(tmp_path / "out.db", db=news)
    with CorpusStore.open(news, write=True) as store:
        put(store, "later", ["One."])
    with CorpusStore.open(news) as reader:
        assert len(reader.passages()) == 10
        restore(tmp_path / "out.db", db=news)
        assert "later" in [document.id for document in reader.documents()]
    assert "later" not in ids(news)


def test_a_database_that_is_gone_or_is_none_any_more_is_restored(news, tmp_path):
    out, before = tmp_path / "out.db", ids(news)
    backup(out, db=news)
    news.unlink()
    assert restore(out, db=news).kept == ""
    assert ids(news) == before
    assert one(news, "PRAGMA journal_mode") == "wal"
    news.write_bytes(b"no database any more" * 500)
    kept = Path(restore(out, db=news).kept)
    assert kept.read_bytes() == b"no database any more" * 500
    assert ids(news) == before


@pytest.mark.parametrize("what", ["text", "stranger", "damaged", "itself", "missing"])
def test_what_is_no_backup_is_refused_and_the_database_stays(news, tmp_path, what):
    file = tmp_path / "file.db"
    if what == "text":
        file.write_text("no database")
    elif what == "stranger":
        one(file, "CREATE TABLE t (x)")
    elif what == "damaged":
        backup(file, db=news)
        one(file, "UPDATE relations SET evidence = 'x'")
    elif what == "itself":
        file = news
    before = news.read_bytes()
    with pytest.raises((InputError, StoreError), match=file.name):
        restore(file, db=news)
    assert news.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*"))


def test_a_backup_that_is_not_there_is_said_not_to_exist(tmp_path):
    with pytest.raises(InputError, match=r"none\.db does not exist; name a file"):
        restore(tmp_path / "none.db", db=tmp_path / "news.db")


def test_nothing_is_restored_over_a_run_that_writes(news, tmp_path):
    backup(tmp_path / "out.db", db=news)
    with CorpusStore.open(news, write=True):
        code = f"""
            from topics.answers.backup import restore
            restore({str(tmp_path / "out.db")!r}, db={str(news)!r})
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Another Topicwire run is changing" in done.stderr


def test_the_commands_say_what_they_did(news, tmp_path):
    code, out, _ = run("backup", tmp_path / "out.db", "--db", news)
    assert (code, "6 articles with 9 passages" in out) == (0, True)
    code, out, _ = run("restore", tmp_path / "out.db", "--db", news)
    assert (code, "is kept in" in out) == (0, True)
