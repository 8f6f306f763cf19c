"""What every page of the server is written with: the database, the way to a page, and errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.responses import HTMLResponse

from topics.answers.topics import open_clustered
from topics.pipeline.stages import is_stale
from topics.views.rendering import render

if TYPE_CHECKING:
    from fastapi import Request

    from embeddings.corpus.store import CorpusStore

T = TypeVar("T")

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


@dataclass(frozen=True)
class Desk:
    """A database that is served.

    Attributes:
        db: The database.
        edit: Whether topics may be changed and pairs answered.
        token: What a form of this server holds, and no other page knows.
    """

    db: Path
    edit: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @contextmanager
    def open(self) -> Iterator[CorpusStore]:
        """Open the database as it is now, to be read."""
        with open_clustered(self.db) as store:
            yield store

    def later(self, question: str, answer: Callable[[], T]) -> T | None:
        """Return what takes long where it is there, else ``None``, and find it in the meantime."""
        return answer() if question else None

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
