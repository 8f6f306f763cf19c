"""Web archives: pages of crawlers."""

from __future__ import annotations

import gzip
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import ReadFile, ReadOptions
from embeddings.errors import InputError

pytest.importorskip("warcio")
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def page(title: str, head: str = "") -> str:
    text = "<p>Councillors in Hartwell voted to close the café by the ferry on Tuesday night.</p>"
    return f"<html><head>{head}</head><body><h1>{title}</h1>{text * 3}</body></html>"


def archive(
    *answers: tuple[str, str, bytes], packed: bool = False, status: str = "200 OK"
) -> bytes:
    into = BytesIO()
    writer = WARCWriter(into, gzip=packed)
    for address, kind, body in answers:
        headers = [("Content-Type", kind)]
        if body[:2] == b"\x1f\x8b":
            headers.append(("Content-Encoding", "gzip"))
        answer = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        made = {"WARC-Date": "2024-03-05T21:10:00Z"}
        writer.write_record(
            writer.create_warc_record(
                address, "response", BytesIO(body), http_headers=answer, warc_headers_dict=made
            )
        )
    return into.getvalue()


ANSWERS = (
    ("https://post.example/a", "text/html; charset=iso-8859-1", page("One").encode("cp1252")),
    ("https://post.example/a.png", "image/png", b"\x89PNG"),
    ("https://post.example/b", "text/html", gzip.compress(page("Two").encode())),
    ("https://post.example/c", "text/html", page("Three").encode()),
)


def read(path: Path, data: bytes) -> ReadFile:
    path.write_bytes(data)
    (file,) = read_paths([path], ReadOptions(), {})
    return file


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_have_the_address_and_where_they_state_none_the_date_of_their_record(
    tmp_path: Path, name: str
) -> None:
    file = read(tmp_path / name, archive(*ANSWERS, packed=name.endswith(".gz")))
    assert [(d.title, d.id) for d in file.documents] == [
        ("One", "https://post.example/a"),
        ("Two", "https://post.example/b"),
        ("Three", "https://post.example/c"),
    ]
    assert {d.published for d in file.documents} == {"2024-03-05T21:10"}
    assert all("the café by the ferry" in d.text for d in file.documents)
    assert file.problems == ()
    assert file.notes == (
        "3 pages state no date: theirs is when it was saved",
        "1 record is no page (1 image/png)",
    )


def test_a_date_that_the_page_states_goes_first(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2024-03-01">'
    answer = ("https://post.example/a", "text/html", page("One", head).encode())
    assert read(tmp_path / "a.warc", archive(answer)).documents[0].published == "2024-03-01"


def test_answers_of_errors_are_no_articles(tmp_path: Path) -> None:
    file = read(tmp_path / "a.warc", archive(ANSWERS[0], status="404 Not Found"))
    assert file.documents == ()
    assert file.notes == ("1 record is no page (1 answer 404)",)


@pytest.mark.parametrize("broken", [b"XARC/1.0\r\n", b"WARC/1.0\r\nnothing\r\n\r\n"])
def test_behind_a_broken_record_the_rest_is_read(tmp_path: Path, broken: bytes) -> None:
    data = archive(*ANSWERS)
    place = data.index(b"WARC/1.", data.index(b"a.png"))
    file = read(tmp_path / "a.warc", data[:place] + broken + data[place + 10 :])
    assert [d.title for d in file.documents] == ["One", "Three"]
    assert all("a broken record at byte" in problem.message for problem in file.problems)
    assert len(file.problems) == 1


def test_a_record_of_another_length_is_said_and_nothing_of_it_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = archive(*ANSWERS).replace(b"\x89PNG", b"\x89PNG\x1b[31m")
    file = read(tmp_path / "a.warc", data)
    assert [d.title for d in file.documents] == ["One", "Two", "Three"]
    assert ["is not as long as it says" in problem.message for problem in file.problems] == [True]
    assert capfd.readouterr() == ("", "")


def test_an_archive_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = archive(*ANSWERS)
    file = read(tmp_path / "a.warc", data[: data.rindex(b"WARC/1.") + 30])
    assert [d.title for d in file.documents] == ["One", "Two"]
    assert len(file.problems) == 1


def test_before_damage_of_a_packed_archive_all_is_read_and_the_rest_is_said(
    tmp_path: Path,
) -> None:
    packed = archive(*ANSWERS, packed=True)
    place = packed.rindex(b"\x1f\x8b\x08") + 40  # within the last record
    for damaged in (packed[:place], packed[:place] + bytes(40) + packed[place + 40 :]):
        file = read(tmp_path / "a.warc.gz", damaged)
        assert [d.title for d in file.documents] == ["One", "Two"]
        assert file.problems[-1].message.startswith("damaged (")
        assert file.problems[-1].message.endswith(
            "2 articles before that were read, the rest is lost"
        )


def wacz(*files: tuple[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, data in files:
            made.writestr(name, data)
    return packed.getvalue()


def test_a_wacz_file_is_the_archives_in_it(tmp_path: Path) -> None:
    files = [
        ("archive/a.warc.gz", archive(*ANSWERS[:2], packed=True)),
        ("archive/b.warc", archive(*ANSWERS[2:])),
        ("indexes/index.cdx.gz", b"\x1f\x8b"),
        ("datapackage.json", b"{}"),
    ]
    file = read(tmp_path / "a.wacz", wacz(*files))
    assert [d.title for d in file.documents] == ["One", "Two", "Three"]
    assert len({row.rpartition("#")[2] for row in file.places}) == 3
    assert file.problems == ()


def test_a_wacz_file_that_unfolds_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.articles.parsing.unfolding.ALWAYS_READ", 1000)
    packed = gzip.compress(bytes(1_000_000))
    (problem,) = read(tmp_path / "a.wacz", wacz(("a.warc.gz", packed))).problems
    assert problem.message == "it unfolds to more than 0 MB; left out"


def test_without_warcio_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    with pytest.raises(InputError, match=r"type pip install topicwire\[warc\]"):
        read(tmp_path / "a.warc", archive(*ANSWERS))
