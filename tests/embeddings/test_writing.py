"""Files are written whole, and never over what must not be lost."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.writing import replace_file, sweep, write_whole


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "new" / "table.csv"
    for content in ("first", b"second"):
        write_whole(path, content)
    assert path.read_text() == "second"
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_stays_where_writing_fails(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail():
        with replace_file(path) as new:
            new.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one_and_a_file_keeps_its_mode(tmp_path):
    file, link = tmp_path / "table.csv", tmp_path / "link.csv"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, "new")
    assert link.is_symlink()
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o640)


def test_the_old_file_stays_on_a_disk_that_turns_out_to_be_full(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_must_be_new_is_written_once(tmp_path):
    path = tmp_path / "table.csv"
    write_whole(path, "first", fresh=True)
    with pytest.raises(FileExistsError):
        write_whole(path, "second", fresh=True)
    assert path.read_text() == "first"


@pytest.mark.parametrize(
    "name", ["news.db", "link.db", "news.db-wal", "news.db-shm", "news.db.lock"]
)
def test_a_database_and_what_stands_beside_it_is_never_written_over(tmp_path, put, name):
    db = tmp_path / "news.db"
    with CorpusStore.open(db, write=True) as store:
        put(store, "a", ["One."])  # stands in the log alone, until the store is closed
        (tmp_path / "link.db").symlink_to(db)
        with pytest.raises(InputError, match="database"):
            write_whole(tmp_path / name, "new")
    with CorpusStore.open(db) as store:
        assert [document.id for document in store.documents()] == ["a"]


def test_an_input_and_what_is_no_file_are_not_written_over(tmp_path):
    path, pipe = tmp_path / "owners.toml", tmp_path / "pipe"
    path.write_text("old")
    with pytest.raises(InputError, match="read by this very command"):
        write_whole(path, "new", inputs=[tmp_path / "." / "owners.toml"])
    assert path.read_text() == "old"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="pipe or a device"):
        write_whole(pipe, "new")


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from embeddings.writing import new_folder, replace_file
    folder = Path(sys.argv[1])
    with replace_file(folder / "map.png") as new, new_folder(folder, ".new-") as graph:
        new.write_text("half")
        (graph / "model.bin").write_text("half")
        print("written", flush=True)
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_left_is_swept_and_what_is_being_written_is_not(tmp_path):
    other = tmp_path / ".map.png.mine"
    other.write_text("the user's own")
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout.readline() == "written\n"
    write_whole(tmp_path / "map.png", "whole")
    sweep(tmp_path, r"\.new-\w+")
    assert len(list(tmp_path.iterdir())) == 4
    child.communicate("go on\n")
    write_whole(tmp_path / "map.png", "whole")
    sweep(tmp_path, r"\.new-\w+")
    assert {path.name for path in tmp_path.iterdir()} == {"map.png", ".map.png.mine"}


@pytest.mark.skipif(sys.platform == "win32", reason="links and locks are the system's")
def test_a_link_that_bears_the_name_of_a_leftover_is_not_followed(tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("text")
    link = tmp_path / f".new-{'0' * 32}"
    link.symlink_to(mine)
    sweep(tmp_path, r"\.new-[0-9a-f]{32}")  # nobody locks it, but it is not old
    assert link.is_symlink()
    assert mine.read_text() == "text"
