"""Making every page once, in this process: ``topicwire serve --check``."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from embeddings.errors import TopicwireError
from topics.answers.session import Database, Session
from topics.pipeline.run import has_layout
from topics.web.app import build
from topics.web.desk import Desk

# Links of one kind that are followed.
_OF_A_KIND = 2
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


@dataclass(frozen=True)
class PageCheck:
    """A page that was made.

    Attributes:
        address: Its address, behind the server's.
        status: Of HTTP.
        bytes: Its size.
    """

    address: str
    status: int
    bytes: int


def check_pages(db: Database) -> list[PageCheck]:
    """Make the front page, and a few pages of each kind that it leads to, directly or not.

    The map only where it is laid out already, which can take minutes.

    Raises:
        StoreError: No such database, never clustered, or damaged.
        TopicwireError: A page leads to one that there is not.
    """
    with Session(db) as session:
        return asyncio.run(_check(Desk(session, patience=None)))


async def _check(desk: Desk) -> list[PageCheck]:
    app = build(desk, catch=False)
    found: list[PageCheck] = []
    waiting, kinds = ["/"], {"/": 1}
    seen = set(waiting)
    with desk.open() as store:
        if not has_layout(store):
            seen.add("/map")
    while waiting:
        address = waiting.pop(0)
        status, body = await _ask(app, address)
        if status >= 400:
            raise TopicwireError(f"The page {address} cannot be made (status {status}).")
        found.append(PageCheck(address, status, len(body)))
        for link in _list_links(body):
            kind = re.sub(r"\d+", "N", urlsplit(link).path)
            if link not in seen and kinds.get(kind, 0) < _OF_A_KIND:
                kinds[kind] = kinds.get(kind, 0) + 1
                seen.add(link)
                waiting.append(link)
    return found


def _list_links(body: bytes) -> Iterator[str]:
    for link in _LINK.findall(body.decode("utf-8", "replace")):
        yield link.replace("&amp;", "&")


async def _ask(app: Any, address: str) -> tuple[int, bytes]:
    """Return status and body of an answer."""
    parts = urlsplit(address)
    status, body = 0, bytearray()
    received: list[MutableMapping[str, Any]] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b""},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return received.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(b"host", b"127.0.0.1")],
        "client": None,
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return status, bytes(body)
