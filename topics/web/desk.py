"""What every page of the server is written with: the database, the way to a page, and errors."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.responses import HTMLResponse

from topics.answers.topics import open_clustered
from topics.pipeline.stages import is_stale
from topics.views.rendering import render

if TYPE_CHECKING:
    from fastapi import Request

    from embeddings.corpus.store import CorpusStore
    from topics.answers.session import Session

T = TypeVar("T")

# Seconds.
PATIENCE = 0.6

SECTIONS = (
    ("/", "Front"),
    ("/stories", "Stories"),
    ("/outlets", "Outlets"),
    ("/map", "Map"),
)
STALE = (
    "Articles came or went since topics, copies and stories were made: what is told of them is of "
    "before. Where no run is under way, `topicwire cluster` brings them up to date."
)


class Desk:
    """A database that is served.

    Args:
        db: The database, kept open.
        edit: Whether topics may be changed and pairs answered.
        patience: Seconds to wait for what takes long before a page says that it is counted;
            ``None`` to wait for it.

    Attributes:
        token: What a form of this server holds, and no other page knows.
    """

    def __init__(
        self, db: Session, *, edit: bool = False, patience: float | None = PATIENCE
    ) -> None:
        self.db = db
        self.edit = edit
        self.token = secrets.token_urlsafe(32)
        self._patience = patience
        self._lock = threading.Lock()
        self._running: dict[str, Future[Any]] = {}

    @contextmanager
    def open(self) -> Iterator[CorpusStore]:
        """Open the database as it is now, to be read."""
        with open_clustered(self.db) as store:
            yield store

    def later(self, question: str, answer: Callable[[], T]) -> T | None:
        """Return what takes long where it is soon there, else ``None``: it is found meanwhile.

        The session keeps it for this state of the database.
        """
        with self._lock:
            running = self._running.get(question)
            if running is None or running.done():
                running = self._running[question] = Future()
                # One that does not keep the server from being stopped.
                given = running, question, answer
                threading.Thread(target=self._find, args=given, daemon=True).start()
        try:
            found: T = running.result(self._patience)
        except TimeoutError:
            return None
        return found

    def _find(self, running: Future[T], question: str, answer: Callable[[], T]) -> None:
        try:
            running.set_result(self.db.keep(question, answer))
        except BaseException as error:
            running.set_exception(error)

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        stale: bool = False,
        **views: Any,
    ) -> HTMLResponse:
        """Write a page.

        Args:
            request: What was asked.
            template: Its file.
            status: Of HTTP.
            stale: Whether what it shows is of before the last articles came or went.
            views: What the template is given.
        """
        return HTMLResponse(
            render(
                template,
                web=True,
                edit=self.edit,
                token=self.token,
                sections=SECTIONS,
                here=request.url.path,
                notice=STALE if stale else "",
                **views,
            ),
            status,
        )


def is_behind(store: CorpusStore) -> bool:
    """Whether articles came or went since stories were made."""
    return is_stale(store, "relations", "stories")
