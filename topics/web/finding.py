"""Pages of what is looked for: search, a passage, an article."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator

from embeddings.corpus.contents import count_languages, count_outlets
from embeddings.errors import InputError
from embeddings.search.found import Found
from topics.answers.article import article as describe_article
from topics.answers.search import search as find_passages
from topics.hierarchy.outline import read_outline
from topics.views.article import view_versions
from topics.views.rendering import render
from topics.views.search import view_hits
from topics.web.desk import Desk, Served
from topics.web.listing import Filtered, Number, Topics, Words

# Hits of a page, and passages that are like one.
HITS, LIKE = 20, 8
# Letters that say something while a word is typed.
SAYING = 3

ROUTER = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@dataclass
class Asked:
    """What a search asks, from its address."""

    filters: Filtered
    q: Annotated[Words, AfterValidator(str.strip)] = ""
    topic: Topics = ()
    repeats: bool = False
    limit: Annotated[int, Query(ge=1, le=100)] = HITS
    typing: bool = False

    @property
    def begun(self) -> bool:
        """Whether a word is being typed that says nothing yet."""
        return self.typing and len(self.q) < SAYING

    def find(self, desk: Desk) -> Found:
        """Return what is found; nothing where nothing is asked.

        Raises:
            InputError: No such outlet, topic or language.
        """
        if not self.q:
            return Found(())
        return find_passages(
            self.q,
            db=desk.db,
            **self.filters.given(),
            topics=self.topic,
            limit=self.limit,
            mode="words" if self.begun else "hybrid",
            repeats=self.repeats,
        )

    def tell(self, desk: Desk) -> dict[str, Any]:
        """Return what the list of hits shows, or why there is none."""
        try:
            found, refused = self.find(desk), ""
        except InputError as error:
            found, refused = Found(()), str(error)
        if self.begun and not (found or refused):
            return {"q": "", "refused": ""}
        said = {"notes": found.notes, "end": found.end, "refused": refused}
        return {"q": self.q, "limit": self.limit, "hits": view_hits(found), **said}


AskedQuery = Annotated[Asked, Depends()]


@ROUTER.get("/search")
def _search(request: Request, desk: Served, asked: AskedQuery) -> Response:
    with desk.open() as store:
        outlets, languages = count_outlets(store), count_languages(store)
        topics = [one.topic for one in desk.topics(store).topics]
    known = {name.casefold(): name for name, _ in outlets}
    sources = [known.get(one.casefold(), one) for one in asked.filters.sources]
    return desk.page(
        request,
        "search.html",
        filters=replace(asked.filters, sources=sources, furniture=asked.repeats),
        chosen=asked.topic,
        outlets=outlets,
        languages=languages,
        topics=topics,
        **asked.tell(desk),
    )


@ROUTER.get("/search/hits")
def _hits(asked: AskedQuery, desk: Served) -> Response:
    return HTMLResponse(render("hits.html", web=True, **asked.tell(desk)))


@ROUTER.get("/passages/{passage_id}")
def _passage(request: Request, desk: Served, passage_id: Number) -> Response:
    report = describe_article(passage_id, desk.db)
    (one,) = report.passages
    with desk.open() as store:
        head = read_outline(store).heads.get(one.topic_id or 0, 0)
        listed = [one.topic for one in desk.topics(store).topics] if desk.edit else []
    return desk.page(
        request,
        "passage.html",
        article=report,
        one=one,
        head=head,
        topics=listed,
        like=find_passages(like=passage_id, db=desk.db, limit=LIKE),
    )


@ROUTER.get("/article")
def _article(
    request: Request, desk: Served, document_id: Annotated[str, Query(alias="id")] = ""
) -> Response:
    report = describe_article(document_id, desk.db)
    return desk.page(request, "article.html", article=report, versions=view_versions(report))
