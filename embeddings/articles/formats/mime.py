"""Parts of a mail or of a saved page, as articles."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from embeddings.articles.formats.format import Row, about_file, read_one, split_nothing
from embeddings.articles.parsing.dates import DateOrder
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
    parts = _list_parts(message)
    return next((p for p in parts if p.get_content_type() == kind and not _is_attached(p)), None)


def count_attachments(message: EmailMessage) -> int:
    """Return how many parts are files or messages that were sent along; pictures are none."""
    return sum(map(_is_attached, _list_parts(message)))


def _list_parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield a message and its parts, but not those of a message that was sent along."""
    yield message
    if message.is_multipart() and not _is_attached(message):
        for part in message.iter_parts():
            yield from _list_parts(cast("EmailMessage", part))


def _is_attached(part: EmailMessage) -> bool:
    other = part.get_content_maintype() not in ("text", "multipart", "image")
    return other or part.get_content_disposition() == "attachment"


def read_header(message: EmailMessage, name: str) -> str:
    """Return a header on one line, ``""`` where there is none."""
    try:
        value = str(message[name] or "")
    except Exception:  # of many kinds, for a header that breaks the rules
        raw = {key.lower(): value for key, value in reversed(list(message.raw_items()))}
        value = str(raw[name.lower()])
    return " ".join(clean(value).split())


def read_part(
    part: EmailMessage,
    options: ReadOptions,
    parse: Callable[[str, DateOrder], tuple[Document, tuple[str, ...]]],
    split: Callable[[str, DateOrder], list[Row[Document]]] = split_nothing,
) -> Iterator[Row[Document]]:
    """Read a part as the file that it was, in the encoding that it states.

    Args:
        part: It.
        options: How it is read, where the part does not say it.
        parse: As for ``read_one``.
        split: As for ``read_one``.

    Raises:
        RefusedError: It is no text, or larger than an article.
    """
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        yield about_file("no text in it; left out")
        return
    stated = find_codec(part.get_content_charset() or "")
    options = replace(options, encoding=options.encoding or stated)
    stream = io.BytesIO(payload)
    is_page = part.get_content_type() == "text/html"
    yield from read_one(stream, options, parse, page=is_page, split=split)
