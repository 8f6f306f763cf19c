"""Which files a run reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embeddings.articles.listing import list_files
from embeddings.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "post").mkdir(parents=True)
    (tmp_path / "in" / "post" / "a.txt").write_text("Talks")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.txt").write_text("Talks elsewhere")
    return tmp_path / "in"


def names(folder: Path, follow_links: bool = False) -> list[str]:
    files, _ = list_files([folder], follow_links)
    return [file.name for file in files]


def messages(folder: Path) -> list[str]:
    _, passed_over = list_files([folder])
    return [problem.message for each in passed_over for problem in each.problems]


def test_links_out_of_the_folder_are_counted_and_followed_only_when_asked(folder):
    (folder / "away").symlink_to(folder.parent / "out")
    (folder / "post" / "c.txt").symlink_to(folder.parent / "out" / "b.txt")
    assert names(folder) == ["a.txt"]
    assert messages(folder) == [
        "2 links that lead out of the folder were passed over; "
        "--follow-links reads what they lead to"
    ]
    assert names(folder, follow_links=True) == ["a.txt", "b.txt"]


def test_a_link_within_the_folder_is_read_once_as_what_it_leads_to(folder):
    (folder / "other.txt").symlink_to(folder / "post" / "a.txt")
    (folder / "again").symlink_to(folder / "post")
    assert names(folder) == ["a.txt"]
    assert messages(folder) == []


@pytest.mark.parametrize("follow", [False, True])
def test_links_in_a_circle_end(folder, follow):
    (folder / "post" / "up").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder.parent / "out" / "back").symlink_to(folder.parent)
    (folder / "away").symlink_to(folder.parent / "out")
    assert names(folder, follow) == (["a.txt", "b.txt"] if follow else ["a.txt"])


def test_links_to_nothing_pipes_and_other_kinds_are_counted(folder):
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "a.doc").write_text("")
    assert messages(folder) == [
        "1 file of another kind was passed over (1 .doc); .doc is of an older Word: save it as "
        ".docx",
        "1 pipe or device was passed over",
        "1 link to nothing was passed over",
    ]


def test_a_folder_that_cannot_be_opened_is_named(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir()
    scan = os.scandir

    def refuse(path):
        if Path(path) == closed:  # root may open what its mode forbids
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    _, passed_over = list_files([folder])
    (problem,) = (problem for each in passed_over for problem in each.problems)
    assert problem.path == str(closed)
    assert problem.message == "cannot be opened: Permission denied; passed over"


def test_a_pipe_that_is_named_is_refused_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(InputError, match="is a pipe or a device"):
        list_files([tmp_path / "pipe.txt"])


@pytest.mark.parametrize("name", ["n" * 5000, "a\0b"])
def test_a_path_that_cannot_be_is_said_in_a_sentence(tmp_path, name):
    with pytest.raises(InputError, match="cannot be opened"):
        list_files([tmp_path / name])


def test_a_folder_of_links_alone_says_so(folder):
    (folder / "post" / "a.txt").unlink()
    (folder / "away").symlink_to(folder.parent / "out")
    with pytest.raises(InputError, match=r"no articles \(1 link that leads out"):
        list_files([folder])
