"""Newsletters: messages and mailboxes."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.formats import mime
from embeddings.articles.parsing.results import ReadFile, ReadOptions

SUBJECT = "Café to close – für immer"
PLAIN = (
    "Talks go on.\n\nFrom our correspondent at 10:30 on 5 May 2024.\n\n"
    "> quoted words\n\n-- \nThe desk\n"
)
LETTER = (
    "<html><body><table width=600><tr><td><a href=x>View in browser</a></td></tr>"
    "<tr><td><h1>Café to close</h1><p>Councillors in Hartwell voted by nine to four on Tuesday "
    "night to close the café by the ferry.</p></td></tr>"
    "<tr><td><h2>Inflation slows</h2><p>Inflation in the coastal republic slowed to 6.1 percent "
    "in February, the statistics office reported on Monday.</p></td></tr></table></body></html>"
)
BROKEN = b"From: Harbour\nContent-Type: text/plain\n\n\x00\x01\x02\x03\x04\x05\x06\x07\x08\n"


def make(subject: str = SUBJECT, html: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    said = {"From": "Harbour Post <news@harbour-post.example>", "Subject": subject}
    said |= {"Message-ID": f"<{len(subject)}@x>", "Date": "Tue, 05 Mar 2024 21:10:00 +0100"}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in said.items():
        message[name] = value
    message.set_content(PLAIN)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def box(*messages: bytes) -> bytes:
    """Write a mailbox as programs do: lines that begin with ``From`` are quoted."""
    quoted = (one.replace(b"\nFrom ", b"\n>From ") for one in messages)
    return b"".join(b"From a@b Tue Mar  5 21:10:00 2024\n" + one + b"\n" for one in quoted)


def read(path: Path, data: bytes) -> ReadFile:
    path.write_bytes(data)
    (file,) = read_paths([path], ReadOptions(), {})
    return file


def problems(file: ReadFile) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in file.problems]


def test_a_message_has_title_outlet_date_and_id_of_its_headers(tmp_path: Path) -> None:
    (document,) = read(tmp_path / "a.eml", bytes(make(Archived_At="<https://x.y/1>"))).documents
    assert document.title == SUBJECT
    assert (document.source, document.published) == ("Harbour Post", "2024-03-05T20:10")
    assert (document.id, document.url) == (f"{len(SUBJECT)}@x", "https://x.y/1")
    assert document.text == PLAIN


def test_a_sender_without_a_name_is_the_host_of_the_address(tmp_path: Path) -> None:
    file = read(tmp_path / "a.eml", bytes(make(From="news@harbour-post.example")))
    assert file.documents[0].source == "harbour-post.example"


def test_html_goes_before_plain_text_and_its_tables_are_layout(tmp_path: Path) -> None:
    file = read(tmp_path / "a.eml", bytes(make(html=LETTER)))
    (document,) = file.documents
    assert [line[:10] for line in document.text.splitlines()] == ["Councillor", "Inflation "]
    assert "View in browser" in file.dropped[document.path]


def test_html_without_text_gives_way_to_plain_text(tmp_path: Path) -> None:
    letter = "<html><body><img src=x></body></html>"
    assert read(tmp_path / "a.eml", bytes(make(html=letter))).documents[0].text == PLAIN


def test_attachments_are_counted_and_not_read(tmp_path: Path) -> None:
    message, inner = make(), make("Another", LETTER)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment("<p>Other words.</p>", subtype="html", filename="a.html")
    message.add_attachment(inner)
    file = read(tmp_path / "a.eml", bytes(message))
    assert file.documents[0].text == PLAIN
    assert problems(file) == [(None, "3 attachments were not read")]


def test_a_mailbox_is_its_messages(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    messages = (
        bytes(make("One")),
        bytes(make("Second", LETTER)),
        bytes(make("Three", Message_ID="")),
    )
    file = read(path, b"\n\n" + box(*messages))
    assert [d.title for d in file.documents] == ["One", "Second", "Three"]
    assert file.documents[2].id == file.places[2] == f"{path}#3"
    assert file.documents[0].text.rstrip() == PLAIN.rstrip()
    assert problems(file) == []


def test_a_sentence_that_begins_with_from_ends_no_message(tmp_path: Path) -> None:
    data = box(bytes(make())).replace(b"\n>From our", b"\nFrom our").replace(b"10:30", b"noon")
    (document,) = read(tmp_path / "a.mbox", data).documents
    assert "\n\nFrom our correspondent at noon" in document.text


def test_what_is_wrong_with_one_message_is_a_sentence_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mime, "MOST_MESSAGE", 1_000_000)
    long = bytes(make("Long")) + b"more words\n" * 200_000
    file = read(tmp_path / "a.mbox", box(bytes(make("One")), BROKEN, long, bytes(make("Last"))))
    assert [d.title for d in file.documents] == ["One", "Last"]
    assert [message for _, message in problems(file)] == [
        "no text but binary data; left out",
        "a message of more than 1 MB; left out",
    ]
    assert all(line for line, _ in problems(file))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "an empty file"),
        (b"Subject: x\n\n", "no text in it; left out"),
        (b'Content-Type: application/pkcs7-mime; name="smime.p7m"\n\nMIAG\n', "no text in it"),
        (BROKEN, "no text but binary data; left out"),
    ],
)
def test_a_message_without_text_is_one_sentence(tmp_path: Path, data: bytes, problem: str) -> None:
    file = read(tmp_path / "a.eml", data)
    assert file.documents == ()
    assert [message.startswith(problem) for _, message in problems(file)] == [True]


def test_a_message_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = bytes(make(html=LETTER))
    (document,) = read(tmp_path / "a.eml", data[: data.index(b"Inflation")]).documents
    assert "Councillors in Hartwell" in document.text


@pytest.mark.parametrize("header", [b"From: =?utf-8?b?////?= <", b"Date: =?x?q?=", b"Subject: [[["])
def test_headers_that_break_the_rules_lose_no_message(tmp_path: Path, header: bytes) -> None:
    assert read(tmp_path / "a.eml", header + b"\n\nTalks go on.\n").documents[0].text
