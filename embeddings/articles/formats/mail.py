"""Newsletters as mail programs save them: one message a file, or a mailbox of many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr
from typing import IO

from embeddings.articles.formats.exports.splitting import split_export
from embeddings.articles.formats.format import (
    Format,
    Row,
    about_file,
    describe_failure,
    split_nothing,
)
from embeddings.articles.formats.mime import (
    MOST_MESSAGE,
    count_attachments,
    find_part,
    parse_message,
    read_header,
    read_part,
)
from embeddings.articles.formats.pages import PAGES, read_page, split_page
from embeddings.articles.formats.plain import read_plain
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.decoding import MOST_LINE
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

# What stands between the messages of a mailbox (RFC 4155): a sender and a time. A sentence
# that begins with the word has no time in it.
_SEPARATOR = re.compile(rb"From \S.*\d:\d\d.*\d{4}")
# A line of a message that looks like that is quoted by one more of these.
_QUOTED = re.compile(rb">+From ")
_TABLE = re.compile(r"<(/?)(?:table|tbody|thead|tfoot|tr|td|th)\b", re.IGNORECASE)


def read_mail(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a file that holds one message.

    Its part of HTML is read as a page, else its plain text as it stands, with quoting and
    signature. Title, outlet, date and id are those of the headers; the outlet is the name
    that the sender gives, else the host of the address. An export of a news database that
    was sent by mail is its articles, without the headers.

    Raises:
        RefusedError: It is too large, or its text is none.
    """
    yield from _read_message(stream.read(MOST_MESSAGE + 1), options, may_be_export=True)


def read_mailbox(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a mailbox, one message at a time; what is wrong with one is a problem of that one."""
    for number, (line, data) in enumerate(_split(stream), start=1):
        try:
            rows = list(_read_message(data, options))
        except Exception as error:
            rows = [about_file(describe_failure(error))]
        yield from (row._replace(number=number, line=line) for row in rows)


def _split(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each message of a mailbox with its last line's number; of a large one too much."""
    lines: list[bytes] = []
    size = number = 0
    begun, after_gap = False, True
    while line := stream.readline(MOST_LINE):
        if after_gap and _SEPARATOR.match(line):
            if begun:
                yield number, b"".join(lines)
            lines, size, begun = [], 0, True
        else:
            begun = begun or bool(line.strip())
            size += len(line)
            if size - len(line) <= MOST_MESSAGE:  # enough for it to be refused
                lines.append(line[1:] if _QUOTED.match(line) else line)
        number += 1
        after_gap = not line.strip()
    if begun:
        yield number, b"".join(lines)


def _read_message(
    data: bytes, options: ReadOptions, may_be_export: bool = False
) -> Iterator[Row[Document]]:
    if not data.strip():
        yield about_file("an empty file")
        return
    message = parse_message(data)
    rows: list[Row[Document]] = []
    for kind, parse, split in (
        ("text/html", _read_html, split_page),
        ("text/plain", _read_text, split_export),
    ):
        part = find_part(message, kind)
        if part is not None:
            splits = split if may_be_export else split_nothing
            rows = list(read_part(part, options, parse, splits))
        if any(row.content for row in rows):
            break
    attached = count_attachments(message)
    are = "attachment was" if attached == 1 else "attachments were"
    told = f"{attached} {are} not read" if attached else ""
    if any(row.number for row in rows):
        yield from rows
        if told:
            yield about_file(told)
        return
    for row in rows or [about_file("no text in it; left out")]:
        problem = "; ".join(filter(None, (row.problem, told)))
        content = row.content and _with_headers(row.content, message, options)
        yield row._replace(content=content, problem=problem)


def _read_html(markup: str, order: DateOrder) -> tuple[Document, tuple[str, ...]]:
    # In mail tables are layout: read as such, a column of articles is a row of cells.
    return read_page(_TABLE.sub(r"<\1div", markup), order)


def _read_text(text: str, order: DateOrder) -> tuple[Document, tuple[str, ...]]:
    return read_plain(text, order), ()


def _with_headers(article: Document, message: EmailMessage, options: ReadOptions) -> Document:
    name, address = parseaddr(read_header(message, "From"))
    date = parse_date(read_header(message, "Date"), options.date_order)
    return replace(
        article,
        id=read_header(message, "Message-ID").strip("<> "),
        title=read_header(message, "Subject") or article.title,
        source=name or article.source or address.rpartition("@")[2],
        published=date or article.published,
        url=read_header(message, "Archived-At").strip("<> ") or article.url,
    )


MAIL = Format((".eml",), read_mail, library=PAGES.library)
MAILBOX = Format((".mbox",), read_mailbox, has_rows=True, library=PAGES.library)
