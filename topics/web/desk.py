"""What every page of the server is written with: the database, the way to a page, and errors."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from embeddings.corpus.filters import Filters
from topics.answers.story import list_stories
from topics.answers.topics import open_clustered
from topics.pipeline.stages import is_stale, stored_digest
from topics.views.corpus import view_corpus
from topics.views.rendering import render
from topics.views.topic import view_topics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from topics.answers.candidates import Candidate
    from topics.answers.session import Session
    from topics.answers.story import StorySummary
    from topics.coverage.examples.judgements import JudgementKind
    from topics.views.corpus import CorpusView
    from topics.views.topic import TopicsView

T = TypeVar("T")
LaidOut = tuple[str, "NDArray[np.float32]"]

# Seconds.
PATIENCE = 0.3

SECTIONS = (
    ("/", "Front"),
    ("/stories", "Stories"),
    ("/outlets", "Outlets"),
    ("/map", "Map"),
    ("/changes", "New"),
)
EDITING = (("/edits", "Edits"), ("/pairs", "Pairs"))
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
        shares: How much is done of what takes long, 0 to 1, where that is known.
        laid_out: Of the graph of a digest the place of each node on the map, where it was not
            stored.
    """

    def __init__(
        self, db: Session, *, edit: bool = False, patience: float | None = PATIENCE
    ) -> None:
        self.db = db
        self.edit = edit
        self.token = secrets.token_urlsafe(32)
        self.shares: dict[str, float] = {}
        self.laid_out: LaidOut | None = None
        self._patience = patience
        self._lock = threading.Lock()
        self._running: dict[str, Future[Any]] = {}
        self._pairs: tuple[str, list[Candidate]] | None = None

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

    def corpus(self, store: CorpusStore) -> CorpusView:
        """Describe the corpus, once for a state of it."""
        return self.db.keep("view of the corpus", lambda: view_corpus(store))

    def topics(self, store: CorpusStore) -> TopicsView:
        """Count and draw all topics, once for a state of the corpus."""
        return self.db.keep("view of topics", lambda: view_topics(store, Filters()))

    def stories(self, store: CorpusStore, *, across: bool = True) -> list[StorySummary]:
        """List all stories, once for a state of the corpus."""
        question = f"stories across {across}"
        return self.db.keep(question, lambda: list_stories(store, Filters(), across=across))

    def find_pairs(self, kind: JudgementKind) -> list[Candidate] | None:
        """Return the pairs of a kind that may be asked about, ``None`` while they are sought.

        They outlast an answer, which is a change of the database but none of them.
        """
        from topics.answers.calibrate import find_pairs  # which few servers need

        with self.open() as store:
            state = f"{kind} {stored_digest(store, 'relations')} {stored_digest(store, 'stories')}"
        if self._pairs is None or self._pairs[0] != state:
            found = self.later(f"pairs {kind}", lambda: find_pairs(kind, db=self.db))
            if found is None:
                return None
            self._pairs = state, found
        return self._pairs[1]

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
                sections=SECTIONS + (EDITING if self.edit else ()),
                made=_read_number(request, "edit") if self.edit else 0,
                undone=_read_number(request, "undone") if self.edit else 0,
                here=request.url.path,
                notice=STALE if stale else "",
                **views,
            ),
            status,
        )


async def _serve(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


Served = Annotated[Desk, Depends(_serve)]
"""What a page is served from."""


def _read_number(request: Request, name: str) -> int:
    """Return the number of an edit that an address tells of, 0 for none."""
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def is_behind(store: CorpusStore) -> bool:
    """Whether articles came or went since stories were made."""
    return is_stale(store, "relations", "stories")
