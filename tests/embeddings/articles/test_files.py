"""Files and folders to documents."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.articles import files
from embeddings.articles.files import read_paths
from embeddings.articles.parsing.dates import DateOrder
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import InputError
from tests.embeddings.articles.reading import ARTICLE, documents, problems, read, write


def test_plain_text_gives_title_date_outlet_and_all_of_its_text(tmp_path: Path) -> None:
    path = write(tmp_path / "example-post" / "talks.txt", ARTICLE)
    (document,) = documents(path)
    assert document == Document(
        id=str(path),
        text=ARTICLE,
        title="Talks go on in Geneva",
        source="example-post",
        published="2013-05-11T05:46",
        path=str(path),
    )


def test_outlet_option_goes_before_the_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "talks.txt", ARTICLE)
    (document,) = documents(path, options=ReadOptions(source="The Post"))
    assert document.source == "The Post"


def test_first_line_that_is_a_paragraph_is_no_title(tmp_path: Path) -> None:
    paragraph = "The minister said " + "that it would go on and on " * 4 + "until Friday."
    path = write(tmp_path / "talks.txt", f"{paragraph}\n\n{paragraph}\n")
    assert documents(path)[0].title == ""


def test_date_in_a_sentence_is_not_the_articles(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Talks\n\nOn 11 May 2013 the ministers met in Moscow.\n")
    assert documents(path)[0].published == ""


def test_date_between_paragraphs_is_not_the_articles(tmp_path: Path) -> None:
    body = "\n\n".join(f"The minister said on day {n} that it goes on." for n in range(20))
    path = write(tmp_path / "a.txt", f"Talks\n\n{body}\n\n11 May 2013\n\n{body}\n")
    assert documents(path)[0].published == ""


def test_date_of_publication_goes_before_that_of_an_update(tmp_path: Path) -> None:
    lines = "Talks\n\nUpdated 12 May 2013 10:00\nPublished 11 May 2013\n\nThe talks go on.\n"
    assert documents(write(tmp_path / "a.txt", lines))[0].published == "2013-05-11"


def test_unknown_encoding_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    with pytest.raises(InputError, match=r"--encoding utf-9 .* type, for example, --encoding"):
        read_paths([path], ReadOptions(encoding="utf-9"), {})


@pytest.mark.parametrize("encoding", ["zlib", "undefined", "idna", "punycode"])
def test_codec_that_is_no_encoding_of_text_is_named(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    with pytest.raises(InputError, match=rf"--encoding {encoding} .* type, for example"):
        read_paths([path], ReadOptions(encoding=encoding), {})


@pytest.mark.parametrize("encoding", ["UTF-16", "utf_16", "U16", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", '{"text": "Café"}\n'), ("a.csv", "text\nCafé\n"), ("a.txt", "Café")],
)
def test_encoding_may_be_spelt_in_any_way(
    tmp_path: Path, name: str, content: str, encoding: str
) -> None:
    path = write(tmp_path / name, content.encode("utf-16"))
    (document,) = documents(path, options=ReadOptions(encoding=encoding))
    assert document.text == "Café"


def test_spelling_of_the_encoding_reads_no_file_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    first, other = (read(path, options=ReadOptions(encoding=e))[0] for e in ("utf8", "UTF-8"))
    assert first.digest == other.digest


def test_problem_of_a_whole_table_has_no_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "One."}\n')
    (problem,) = problems(path, options=ReadOptions(columns={"date": "wen"}))
    assert problem.line is None
    assert problem.message.startswith("no column for --column date=wen")


def test_problem_of_a_whole_table_is_named_however_many_rows_have_problems(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "One."}\n' + '{"text": ""}\n' * 60)
    found = problems(path, options=ReadOptions(columns={"date": "wen"}))
    assert [p.message[:40] for p in found if p.line is None] == [
        "no column for --column date=wen: the col",
        "10 more rows have problems of these kind",
    ]


def test_order_of_day_and_month_is_an_option(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Talks\n\n05/12/2013\n\nThe talks go on.\n")
    assert documents(path)[0].published == "2013-12-05"
    assert documents(path, options=ReadOptions(date_order="MDY"))[0].published == "2013-05-12"


def test_folder_is_walked_in_the_order_of_paths_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b/x.txt", "a/y.md", "a/.hidden.txt", ".git/z.txt", "a/notes.odp", "c.ppt"):
        write(tmp_path / name, ARTICLE)
    found = read(tmp_path)
    assert [Path(d.path).name for f in found for d in f.documents] == ["y.md", "x.txt"]
    assert [p.message for f in found for p in f.problems] == [
        "2 files of other kinds were passed over (1 .odp, 1 .ppt)"
    ]


def test_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    assert len(documents(path, tmp_path, path)) == 1


def test_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.txt does not exist"):
        read_paths([tmp_path / "nothing.txt"], ReadOptions(), {})


def test_folder_without_articles_says_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no articles; \.txt, \.md, \.html"):
        read_paths([tmp_path], ReadOptions(), {})


@pytest.mark.parametrize("name", ["a.exe", "a.gz", "a", ".txt"])
def test_file_of_another_kind_says_what_is_read(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "x")
    with pytest.raises(InputError, match=rf"{name} is of a kind that is not read; \.txt, \.md"):
        read_paths([path], ReadOptions(), {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "an empty file"),
        ("b.txt", b" \n\n", "an empty file"),
        ("c.txt", b"\x89PNG\r\n\x1a\n" + bytes(200), "no text but binary data; left out"),
        ("d.txt", bytes(range(256)) * 8, "no text but binary data; left out"),
        ("e.txt.gz", b"no gzip", "cannot be read to its end: Not a gzipped file"),
        ("f.jsonl", b"", "no rows in it"),
        ("g.csv", b"", "no rows in it"),
        ("h.csv", b"\n\n", "no rows in it"),
    ],
)
def test_unreadable_file_is_a_problem_and_the_others_are_read(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    write(tmp_path / name, content)
    write(tmp_path / "z.txt", ARTICLE)
    found = read(tmp_path)
    assert [Path(d.path).name for f in found for d in f.documents] == ["z.txt"]
    (problem,) = [p for f in found for p in f.problems]
    assert Path(problem.path).name == name
    assert problem.message.startswith(message)


def test_named_table_that_is_empty_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    named = write(tmp_path / "a.csv", b""), write(tmp_path / "b.txt", ARTICLE)
    empty, other = read(*named)
    assert [problem.message for problem in empty.problems] == ["no rows in it"]
    assert len(other.documents) == 1


def test_truncated_gzip_keeps_no_digest(tmp_path: Path) -> None:
    """So that the next run reads the file again."""
    path = write(tmp_path / "a.txt.gz", gzip.compress(ARTICLE.encode() * 50)[:-20])
    (file,) = read(path)
    assert (file.digest, file.documents) == ("", ())


def test_gzipped_files_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt.gz", gzip.compress(ARTICLE.encode()))
    assert documents(path)[0].text == ARTICLE


def test_known_file_is_not_read_again_until_it_or_the_options_change(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    (first,) = read(path)
    known = {first.path: first.digest}
    (again,) = read_paths([path], ReadOptions(), known)
    assert (again.unchanged, again.documents) == (True, ())
    (other,) = read_paths([path], ReadOptions(source="x"), known)
    assert not other.unchanged
    path.write_text(ARTICLE + "More.\n", encoding="utf-8")
    (changed,) = read_paths([path], ReadOptions(), known)
    assert not changed.unchanged


def test_large_table_comes_in_parts_and_only_the_last_has_the_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK_ROWS", 2)
    rows = "".join(json.dumps({"text": f"Text {n}."}) + "\n" for n in range(5))
    parts = read(write(tmp_path / "a.jsonl", rows))
    assert [len(part.documents) for part in parts] == [2, 2, 1]
    assert [part.last for part in parts] == [False, False, True]
    assert [bool(part.digest) for part in parts] == [False, False, True]


def test_plain_text_loads_no_page_or_date_library(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ARTICLE)
    code = (
        "import sys; from pathlib import Path; from embeddings.articles.files import read_paths; "
        "from embeddings.articles.parsing.results import ReadOptions; "
        f"assert list(read_paths([Path({str(path)!r})], ReadOptions(), dict())); "
        "heavy = {'trafilatura', 'dateparser', 'lxml', 'charset_normalizer', 'markdown_it'}; "
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


MATRYOSHKA = b"From: a\nMIME-Version: 1.0\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.html", b"<html", "no text in it; left out"),
        ("a.jsonl", b'{"text": ' + b"[" * 700 + b"]" * 700 + b"}", "nested too deeply"),
        ("a.jsonl", b'{"text": ' + b'{"name": ' * 900 + b"1" + b"}" * 901, "nested too deeply"),
        ("a.jsonl", b'{"a":' * 100_000, "not JSON (it is nested too deeply); from here on"),
        ("a.mhtml", MATRYOSHKA, "nested too deeply; left out"),
        ("a.eml", MATRYOSHKA, "nested too deeply; left out"),
        ("a.txt", b"long " * 4_000_001, "an article of more than 20 MB; left out"),
        ("a.jsonl", b'{"text": "' + b"long " * 4_000_001 + b'"}', "an article of more than 20 MB"),
        ("a.csv", b"text\n" + b"long " * 4_000_001, "an article of more than 20 MB"),
        ("a.txt.gz", gzip.compress(bytes(10**8), 1), "unfolds to more than 87 MB; left out"),
        ("a.jsonl.gz", gzip.compress(b"\n" * 10**8, 1), "unfolds to more than 87 MB; left out"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else len(value),
)
def test_a_file_that_cannot_be_read_is_one_problem_and_the_others_are_read(
    tmp_path, name, content, message
):
    write(tmp_path / "b.txt", ARTICLE)
    write(tmp_path / name, content)
    assert [document.path for document in documents(tmp_path)] == [str(tmp_path / "b.txt")]
    (problem,) = problems(tmp_path)
    assert message in problem.message


def test_a_line_too_long_is_left_out_and_the_others_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("embeddings.articles.formats.json_records.MOST_LINE", 100)
    rows = ['{"text": "one"}', '{"text": "' + "long " * 50 + '"}', '{"text": "two"}']
    write(tmp_path / "a.jsonl", "\n".join(rows))
    assert [document.text for document in documents(tmp_path)] == ["one", "two"]
    (problem,) = problems(tmp_path)
    assert (problem.line, problem.message) == (2, "a line of more than 64 MB; left out")


def test_a_name_that_is_not_utf8_is_a_problem_of_its_file(tmp_path):
    write(tmp_path / "b.txt", ARTICLE)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text(ARTICLE)
    assert len(documents(tmp_path)) == 1
    (problem,) = problems(tmp_path)
    assert problem.path == f"{tmp_path}/caf\\xe9.txt"
    assert problem.message == "a name that is not UTF-8; left out"


def test_whatever_a_reader_raises_is_a_problem_of_its_file(tmp_path, monkeypatch):
    def fail(*_args, **_options):
        raise TypeError("no such thing")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    write(tmp_path / "a.html", "<html><p>Talks</p></html>")
    write(tmp_path / "b.txt", ARTICLE)
    assert len(documents(tmp_path)) == 1
    (problem,) = problems(tmp_path)
    assert problem.message == "cannot be read (TypeError: no such thing); left out"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz"])
def test_rows_before_damage_of_a_packed_table_are_read(tmp_path: Path, name: str) -> None:
    noise = random.Random(7).choices("abcdefgh ", k=200_000)
    row = '{"text": "%s"}\n' if "json" in name else "%s\n"
    table = "text\n" + row * 40 if "csv" in name else row * 40
    text = table % tuple("".join(noise[at : at + 5000]) for at in range(0, 200_000, 5000))
    (file,) = read(write(tmp_path / name, gzip.compress(text.encode())[:-20_000]))
    assert 20 < len(file.documents) < 40
    assert f"{len(file.documents)} articles before that were read" in file.problems[-1].message


@pytest.mark.parametrize(
    ("name", "what"),
    [("a.msg", "a message of Outlook: save it as .eml"), ("b.7z", "a 7-Zip archive: unpack it")],
)
def test_a_kind_that_people_have_says_what_to_do_with_it(
    tmp_path: Path, name: str, what: str
) -> None:
    write(tmp_path / name, "x")
    write(tmp_path / "a.txt", ARTICLE)
    with pytest.raises(InputError, match=f"{name} is {what}"):
        read_paths([tmp_path / name], ReadOptions(), {})
    assert f"; {name[1:]} is {what}" in problems(tmp_path)[0].message


@pytest.mark.parametrize(
    ("line", "order", "notes"),
    [
        ("05/11/2013", "DMY", ("read day first, --month-first reads",)),
        ("Posted: 05/11/2013", "MDY", ("read month first, leave out --month-first",)),
        ("13/11/2013", "DMY", ()),
        ("11 May 2013", "DMY", ()),
    ],
)
def test_a_date_line_that_may_be_read_two_ways_is_said(
    tmp_path: Path, line: str, order: DateOrder, notes: tuple[str, ...]
) -> None:
    path = write(tmp_path / "a.txt", f"Ferry sails\n{line}\n\n{ARTICLE}")
    (found,) = read(path, options=ReadOptions(date_order=order))
    assert len(found.notes) == len(notes)
    assert all(part in note for part, note in zip(notes, found.notes, strict=True))
