"""Parts of a mail or of a saved page, as articles."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from embeddings.articles.formats.format import Row, read_one
from embeddings.articles.formats.pages import read_page
from embeddings.articles.formats.plain import read_plain
from embeddings.articles.parsing.decoding import MOST_LINE, RefusedError, clean, find_codec
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

# Of a whole message with its pictures and attachments, which are most of it.
MOST_MESSAGE = MOST_LINE


def parse_message(data: bytes) -> EmailMessage:
    """Return the parts of a message.

    Raises:
        RefusedError: It is larger than ``MOST_MESSAGE``.
    """
    if len(data) > MOST_MESSAGE:
        raise RefusedError(f"a message of more than {MOST_MESSAGE // 1_000_000} MB")
    return message_from_bytes(data, policy=policy.default)


def find_part(message: EmailMessage, kind: str) -> EmailMessage | None:
    """Return the first part of a kind such as ``text/html`` that is no attachment."""
    parts = message.walk()
    return next((p for p in parts if p.get_content_type() == kind and not _is_attached(p)), None)


def count_attachments(message: EmailMessage) -> int:
    """Return how many parts are files that were sent along."""
    return sum(_is_attached(part) for part in message.walk())


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment"


def read_header(message: EmailMessage, name: str) -> str:
    """Return a header on one line, ``""`` where there is none."""
    return " ".join(clean(str(message[name] or "")).split())


def read_part(part: EmailMessage, options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a part as the file that it was, in the encoding that it states.

    Raises:
        RefusedError: It is no text, or larger than an article.
    """
    payload = part.get_payload(decode=True)
    stream = io.BytesIO(payload if isinstance(payload, bytes) else b"")
    stated = find_codec(part.get_content_charset() or "")
    options = replace(options, encoding=options.encoding or stated)
    if part.get_content_type() == "text/html":
        yield from read_one(stream, options, read_page, page=True)
    else:
        yield from read_one(stream, options, lambda text, order: (read_plain(text, order), ()))
