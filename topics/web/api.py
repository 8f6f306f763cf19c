"""The JSON API: each answer is what the command of its name prints with ``--json``."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from embeddings.errors import StoreError
from embeddings.search.found import By, Found
from embeddings.search.searcher import Mode
from topics.answers.article import ArticleReport
from topics.answers.article import article as describe_article
from topics.answers.changes import ChangesReport
from topics.answers.changes import changes as tell_changes
from topics.answers.copies import CopyReport
from topics.answers.copies import copies as list_copies
from topics.answers.info import CorpusInfo
from topics.answers.info import info as describe_corpus
from topics.answers.levels import Branch
from topics.answers.levels import tree as list_tree
from topics.answers.outlets import outlets as measure_outlets
from topics.answers.points import MapPoint, list_points
from topics.answers.search import search as find_passages
from topics.answers.story import StoryReport, StorySummary
from topics.answers.story import stories as list_stories
from topics.answers.story import story as report_story
from topics.answers.tables import jsonable
from topics.answers.topics import TopicSummary, open_clustered
from topics.answers.topics import topics as list_topics
from topics.answers.trends import TrendReport
from topics.answers.trends import trends as count_trends
from topics.coverage.reuse.matrix import OutletReport
from topics.web.desk import Desk
from topics.web.listing import Date, Languages, Name, Number, Outlets, Topics, Words
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


Kinds = Annotated[list[str], Query(alias="kind", max_length=10)]
Sharings = Annotated[list[str], Query(alias="sharing", max_length=10)]
Level = Annotated[int | None, Query(ge=0, lt=100)]
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "What was asked cannot be."},
    404: {"model": Refusal, "description": "There is no such thing."},
    503: {"model": Refusal, "description": "The database cannot be read now."},
}


def make_api(desk: Desk) -> APIRouter:
    """Return the API of a database."""
    api = APIRouter(prefix=PREFIX, default_response_class=Answer, responses=REFUSALS)

    @api.get("/info", response_model=CorpusInfo, summary="What the database holds")
    def info() -> Response:
        return Answer(describe_corpus(desk.db))

    @api.get("/topics", response_model=list[TopicSummary], summary="Topics, or those of a level")
    def topics(level: Level = None, topic: Topics = [], hidden: bool = False) -> Response:  # noqa: B006
        return Answer(list_topics(desk.db, level=level, wanted=topic, hidden=hidden))

    @api.get("/tree", response_model=list[Branch], summary="Topics with all that is below them")
    def tree(topic: Topics = [], level: Level = None) -> Response:  # noqa: B006
        return Answer(list_tree(desk.db, wanted=topic, level=level))

    @api.get("/trends", response_model=TrendReport, summary="Topics over time and outlets")
    def trends(
        by: Name = "",
        recent: Annotated[int | None, Query(ge=1, lt=10**6)] = None,
        topic: Topics = [],  # noqa: B006
        source: Outlets = [],  # noqa: B006
        since: Date = "",
        until: Date = "",
        language: Languages = [],  # noqa: B006
        level: Level = None,
    ) -> Response:
        return Answer(
            count_trends(
                desk.db,
                by=by,
                recent=recent,
                topics=topic,
                sources=source,
                since=since,
                until=until,
                languages=language,
                level=level,
            )
        )

    @api.get("/stories", response_model=list[StorySummary], summary="Stories of several outlets")
    def stories(
        source: Outlets = [],  # noqa: B006
        since: Date = "",
        until: Date = "",
        language: Languages = [],  # noqa: B006
        repeats: Annotated[bool, Query(description="Those of one outlet, too.")] = False,
    ) -> Response:
        filters: dict[str, Any] = {"since": since, "until": until, "languages": language}
        return Answer(list_stories(desk.db, sources=source, across=not repeats, **filters))

    @api.get("/stories/{story_id}", response_model=StoryReport, summary="One story")
    def story(story_id: Number) -> Response:
        return Answer(report_story(story_id, desk.db))

    @api.get("/map", response_model=list[MapPoint], summary="Where passages lie on the map")
    def points() -> Response:
        find_blocks(desk)
        with open_clustered(desk.db, current=True) as store:
            places = find_places(desk, store)
            if places is None:
                raise StoreError("The map is being laid out; ask again in some seconds.")
            return Answer(list_points(store, places))

    @api.get("/outlets", response_model=OutletReport, summary="Who repeats whom")
    def outlets(source: Outlets = []) -> Response:  # noqa: B006
        return Answer(measure_outlets(desk.db, sources=source))

    @api.get("/copies", response_model=CopyReport, summary="Copies, and pairs that are related")
    def copies(
        kind: Kinds = [],  # noqa: B006
        source: Outlets = [],  # noqa: B006
        since: Date = "",
        until: Date = "",
        language: Languages = [],  # noqa: B006
        least_share: Annotated[float, Query(ge=0, le=1)] = 0.0,
        pairs: bool = False,
        sharing: Sharings = [],  # noqa: B006
    ) -> Response:
        filters: dict[str, Any] = {"sources": source, "since": since, "until": until}
        wanted: dict[str, Any] = {
            "kinds": kind,
            "least_share": least_share,
            "pairs": pairs,
            "sharing": sharing,
        }
        return Answer(list_copies(desk.db, **filters, languages=language, **wanted))

    @api.get("/search", response_model=Found, summary="Passages by words and meaning")
    def search(
        q: Words,
        source: Outlets = [],  # noqa: B006
        topic: Topics = [],  # noqa: B006
        since: Date = "",
        until: Date = "",
        language: Languages = [],  # noqa: B006
        repeats: bool = False,
        mode: Mode = "hybrid",
        by: By | None = None,
        limit: Annotated[int | None, Query(ge=1, le=100)] = None,
    ) -> Response:
        filters: dict[str, Any] = {
            "sources": source,
            "topics": topic,
            "since": since,
            "until": until,
        }
        return Answer(
            find_passages(
                q,
                db=desk.db,
                **filters,
                languages=language,
                repeats=repeats,
                mode=mode,
                by=by,
                limit=limit,
            )
        )

    @api.get("/passages/{passage_id}", response_model=ArticleReport, summary="One passage")
    def passage(passage_id: Number) -> Response:
        return Answer(describe_article(passage_id, desk.db))

    @api.get("/passages/{passage_id}/like", response_model=Found, summary="Passages like one")
    def like(passage_id: Number, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
        return Answer(find_passages(like=passage_id, db=desk.db, limit=limit))

    @api.get("/article", response_model=ArticleReport, summary="An article, by its id or address")
    def article(document_id: Annotated[str, Query(alias="id", max_length=2000)]) -> Response:
        return Answer(describe_article(document_id, desk.db))

    @api.get("/changes", response_model=ChangesReport, summary="What came in since a time")
    def changes(since: Date) -> Response:
        return Answer(tell_changes(since, desk.db))

    return api


def make_description(desk: Desk, app: FastAPI) -> APIRouter:
    """Return the page of the API, and its description in OpenAPI."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        return JSONResponse(app.openapi())

    @router.get("/api")
    def page(request: Request) -> Response:
        operations = [
            {
                "address": address,
                "summary": methods["get"]["summary"],
                "parameters": [_describe(one) for one in methods["get"].get("parameters", ())],
            }
            for address, methods in app.openapi()["paths"].items()
        ]
        return desk.page(request, "api.html", operations=operations)

    return router


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
