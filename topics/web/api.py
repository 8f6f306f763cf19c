"""The JSON API: each answer is what the command of its name prints with ``--json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from embeddings.errors import StoreError
from embeddings.search.found import By, Found
from embeddings.search.searcher import Mode
from topics.answers.article import ArticleReport
from topics.answers.changes import ChangesReport
from topics.answers.copies import CopyReport
from topics.answers.info import CorpusInfo
from topics.answers.levels import Branch
from topics.answers.points import MapPoint, list_points
from topics.answers.story import StoryReport, StorySummary
from topics.answers.tables import jsonable
from topics.answers.topics import TopicSummary, open_clustered
from topics.answers.trends import TrendReport
from topics.coverage.reuse.matrix import OutletReport
from topics.web.desk import Served
from topics.web.listing import Date, Filtered, Name, Number, Outlets, Topics, Words
from topics.web.mapping import find_blocks, find_places

PREFIX = "/api/v1"


class Refusal(BaseModel):
    """What is answered in place of a result."""

    error: str
    hint: str


class Answer(JSONResponse):
    """A result as ``--json`` prints it, without its line breaks."""

    def render(self, content: Any) -> bytes:
        """Write a result, or a list of them."""
        return json.dumps(content, default=jsonable, ensure_ascii=False).encode()


Kinds = Annotated[Sequence[str], Query(alias="kind", max_length=10)]
Sharings = Annotated[Sequence[str], Query(alias="sharing", max_length=10)]
Level = Annotated[int | None, Query(ge=0, lt=100)]
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "What was asked cannot be."},
    404: {"model": Refusal, "description": "There is no such thing."},
    503: {"model": Refusal, "description": "The database cannot be read now."},
}


ROUTER = APIRouter(prefix=PREFIX, default_response_class=Answer, responses=REFUSALS)


@ROUTER.get("/info", response_model=CorpusInfo, summary="What the database holds")
def _info(desk: Served) -> Response:
    return Answer(desk.db.info())


@ROUTER.get("/topics", response_model=list[TopicSummary], summary="Topics, or those of a level")
def _topics(
    desk: Served,
    level: Level = None,
    topic: Topics = (),
    hidden: bool = False,
) -> Response:
    return Answer(desk.db.topics(level=level, wanted=topic, hidden=hidden))


@ROUTER.get("/tree", response_model=list[Branch], summary="Topics with all that is below them")
def _tree(desk: Served, topic: Topics = (), level: Level = None) -> Response:
    return Answer(desk.db.tree(wanted=topic, level=level))


@ROUTER.get("/trends", response_model=TrendReport, summary="Topics over time and outlets")
def _trends(
    desk: Served,
    filters: Filtered,
    by: Name = "",
    recent: Annotated[int | None, Query(ge=1, lt=10**6)] = None,
    topic: Topics = (),
    level: Level = None,
) -> Response:
    return Answer(
        desk.db.trends(by=by, recent=recent, topics=topic, level=level, **filters.given())
    )


@ROUTER.get("/stories", response_model=list[StorySummary], summary="Stories of several outlets")
def _stories(
    desk: Served,
    filters: Filtered,
    repeats: Annotated[bool, Query(description="Those of one outlet, too.")] = False,
) -> Response:
    return Answer(desk.db.stories(across=not repeats, **filters.given()))


@ROUTER.get("/stories/{story_id}", response_model=StoryReport, summary="One story")
def _story(desk: Served, story_id: Number) -> Response:
    return Answer(desk.db.story(story_id))


@ROUTER.get("/map", response_model=list[MapPoint], summary="Where passages lie on the map")
def _map(desk: Served) -> Response:
    find_blocks(desk)
    with open_clustered(desk.db, current=True) as store:
        places = find_places(desk, store)
        if places is None:
            raise StoreError("The map is being laid out; ask again in some seconds.")
        return Answer(list_points(store, places))


@ROUTER.get("/outlets", response_model=OutletReport, summary="Who repeats whom")
def _outlets(desk: Served, source: Outlets = ()) -> Response:
    return Answer(desk.db.outlets(sources=source))


@ROUTER.get("/copies", response_model=CopyReport, summary="Copies, and pairs that are related")
def _copies(
    desk: Served,
    filters: Filtered,
    kind: Kinds = (),
    least_share: Annotated[float, Query(ge=0, le=1)] = 0.0,
    pairs: bool = False,
    sharing: Sharings = (),
) -> Response:
    wanted: dict[str, Any] = {"kinds": kind, "least_share": least_share, "sharing": sharing}
    return Answer(desk.db.copies(pairs=pairs, **wanted, **filters.given()))


@ROUTER.get("/search", response_model=Found, summary="Passages by words and meaning")
def _search(
    desk: Served,
    q: Words,
    filters: Filtered,
    topic: Topics = (),
    repeats: bool = False,
    mode: Mode = "hybrid",
    by: By | None = None,
    limit: Annotated[int | None, Query(ge=1, le=100)] = None,
) -> Response:
    wanted: dict[str, Any] = {"topics": topic, "repeats": repeats, "limit": limit}
    return Answer(desk.db.search(q, mode=mode, by=by, **wanted, **filters.given()))


@ROUTER.get("/passages/{passage_id}", response_model=ArticleReport, summary="One passage")
def _passage(desk: Served, passage_id: Number) -> Response:
    return Answer(desk.db.article(passage_id))


@ROUTER.get("/passages/{passage_id}/like", response_model=Found, summary="Passages like one")
def _like(
    desk: Served, passage_id: Number, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> Response:
    return Answer(desk.db.search(like=passage_id, limit=limit))


@ROUTER.get("/article", response_model=ArticleReport, summary="An article, by its id or address")
def _article(
    desk: Served, document_id: Annotated[str, Query(alias="id", max_length=2000)]
) -> Response:
    return Answer(desk.db.article(document_id))


@ROUTER.get("/changes", response_model=ChangesReport, summary="What came in since a time")
def _changes(desk: Served, since: Date) -> Response:
    return Answer(desk.db.changes(since))


DESCRIPTION = APIRouter(include_in_schema=False)


@DESCRIPTION.get(f"{PREFIX}/openapi.json")
def _openapi(request: Request) -> Response:
    return JSONResponse(request.app.openapi())


@DESCRIPTION.get("/api")
def _page(request: Request, desk: Served) -> Response:
    operations = [
        {
            "address": address,
            "summary": methods["get"]["summary"],
            "parameters": [_describe(one) for one in methods["get"].get("parameters", ())],
        }
        for address, methods in request.app.openapi()["paths"].items()
    ]
    return desk.page(request, "api.html", operations=operations)


_KINDS = {
    "array": "text, may be repeated",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _describe(parameter: dict[str, Any]) -> tuple[str, str, str]:
    """Return name of a parameter of OpenAPI, what it takes, and what stands for it if left out."""
    schema = parameter["schema"]
    kind = (schema.get("anyOf") or [schema])[0]
    takes = _KINDS[kind["type"]]
    if "maximum" in kind:
        takes += f", {kind['minimum']} to {kind['maximum']}"
    default = "needed" if parameter.get("required") else str(schema.get("default") or "").lower()
    return parameter["name"], takes, default
