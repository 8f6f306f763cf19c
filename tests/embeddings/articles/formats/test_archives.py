"""Archives are read as the folders that they were made of."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing import unfolding
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

ARTICLE = b"Talks go on in Geneva\n\n11 May 2013\n\nThe minister said that the talks go on.\n"
ROWS = b"text,title\nThe minister spoke.,One\nThe envoy left.,Two\n"
PACKERS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}


def pack(path: Path, files: dict[str, bytes]) -> Path:
    """Write an archive of the kind that the path says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in files.items():
                zipped.writestr(name, data)
        return path
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def read(path: Path) -> tuple[list[Document], list[str]]:
    parts = list(read_paths([path], ReadOptions(), {}))
    problems = [problem.message for part in parts for problem in part.problems]
    return [document for part in parts for document in part.documents], problems


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_files_in_an_archive_are_read_as_those_of_folders(tmp_path: Path, name: str) -> None:
    path = pack(
        tmp_path / name, {"lantern/one.txt": ARTICLE, "two.md": b"# T\n\nTalks.\n", "r.csv": ROWS}
    )
    found, problems = read(path)
    assert [(d.id, d.source, d.title) for d in found] == [
        (f"{path}#lantern/one.txt", "lantern", "Talks go on in Geneva"),
        (f"{path}#two.md", tmp_path.name, "T"),
        (f"{path}#r.csv#1", "", "One"),
        (f"{path}#r.csv#2", "", "Two"),
    ]
    assert {d.path for d in found} == {str(path)}
    assert problems == []


def test_files_of_other_kinds_are_counted_and_hidden_ones_passed_over(tmp_path: Path) -> None:
    path = pack(
        tmp_path / "a.zip",
        {"a.txt": ARTICLE, "b.jpg": b"\xff\xd8", "__MACOSX/a.txt": b"x", ".hidden.txt": b"x"},
    )
    found, problems = read(path)
    assert [d.id for d in found] == [f"{path}#a.txt"]
    assert problems == ["1 file of another kind was passed over (1 .jpg)"]


def test_what_is_wrong_with_one_file_is_a_sentence_and_the_others_are_read(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner.zip", {"a.txt": ARTICLE}).read_bytes()
    path = pack(
        tmp_path / "a.zip",
        {
            "a.txt": b"",
            "b.csv": b"x,y\n1,2\n",
            "c.zip": inner,
            "d.txt.gz": gzip.compress(ARTICLE),
            "e.jsonl": b"",
            "f.txt": ARTICLE,
        },
    )
    found, problems = read(path)
    assert [d.id for d in found] == [f"{path}#f.txt"]
    assert [problem.partition(":")[0] for problem in problems] == [
        *("a.txt", "b.csv", "c.zip", "d.txt.gz", "e.jsonl")
    ]
    assert problems[2] == "c.zip: packed once more in the archive; left out: unpack it first"
    assert problems[4] == "e.jsonl: no rows in it"


def test_an_encrypted_file_is_named(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": ARTICLE, "b.txt": ARTICLE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first file, in the directory
    path.write_bytes(data)
    found, problems = read(path)
    assert [d.id for d in found] == [f"{path}#b.txt"]
    assert problems == ["a.txt: encrypted; left out"]


def test_two_files_of_one_name_are_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for data in (ARTICLE, b"Another\n\nArticle.\n"):
            info = tarfile.TarInfo("a.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found, problems = read(path)
    assert [d.title for d in found] == ["Talks go on in Geneva"]
    assert problems == ["a.txt: a second file of this name; left out"]


def test_links_and_sparse_files_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert read(path)[1] == ["1 file of another kind was passed over (1 link or device)"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        zipped.writestr(info, "/etc/passwd")
    assert read(tmp_path / "a.zip") == ([], read(path)[1])


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar"])
def test_an_archive_that_unfolds_without_end_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolding, "ALWAYS_READ", 1_000_000)
    path = pack(tmp_path / name, {"a.txt": b"a" * 1_500_000})
    found, problems = read(path)
    if name == "a.tar":  # it is as large as what it holds
        assert len(found[0].text) == 1_500_000
    else:
        assert (found, problems) == ([], ["it unfolds to more than 1 MB; left out"])


@pytest.mark.parametrize("keep", [0, 10, 300])
def test_a_zip_that_was_cut_off_is_one_sentence(tmp_path: Path, keep: int) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": ARTICLE, "b.txt": ARTICLE * 9})
    path.write_bytes(path.read_bytes()[:keep])
    assert read(path) == ([], ["no ZIP archive, or one that is damaged or cut off; left out"])


def test_of_a_damaged_tar_what_comes_before_is_read(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar", {"a.txt": ARTICLE, "b.txt": ARTICLE})
    data = bytearray(path.read_bytes())
    data[1024:1040] = b"not a tar header"
    path.write_bytes(data)
    found, problems = read(path)
    assert [d.id for d in found] == [f"{path}#a.txt"]
    assert problems == ["damaged (a file's header cannot be read): what follows in it is left out"]


def test_damage_within_a_file_of_a_zip_leaves_the_others(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": ARTICLE, "b.txt": ARTICLE})
    data = bytearray(path.read_bytes())
    data[45] ^= 255
    path.write_bytes(data)
    found, problems = read(path)
    assert [d.id for d in found] == [f"{path}#b.txt"]
    assert problems[0].startswith("a.txt: cannot be read")


def test_an_archive_of_nothing_says_so(tmp_path: Path) -> None:
    assert read(pack(tmp_path / "a.zip", {})) == ([], ["no files in it; left out"])


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize(("name", "data"), [("a.txt", ARTICLE), ("a.csv", ROWS)])
def test_packed_files_are_read_as_what_they_hold(
    tmp_path: Path, packing: str, name: str, data: bytes
) -> None:
    plain, packed = tmp_path / name, tmp_path / (name + packing)
    plain.write_bytes(data)
    packed.write_bytes(PACKERS[packing](data))
    assert [d.text for d in read(packed)[0]] == [d.text for d in read(plain)[0]]


@pytest.mark.parametrize("packing", PACKERS)
def test_packed_files_that_were_cut_off_are_one_sentence(tmp_path: Path, packing: str) -> None:
    path = tmp_path / f"a.txt{packing}"
    path.write_bytes(PACKERS[packing](ARTICLE)[:-12])
    found, problems = read(path)
    assert found == []
    assert [problem[:25] for problem in problems] == ["cannot be read to its end"]
