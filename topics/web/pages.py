"""Pages: each is an answer as a view, in a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from embeddings.corpus.contents import count_outlets
from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from topics.answers.covered import load_coverage, open_owners
from topics.answers.info import removed_lines
from topics.answers.story import list_stories, report_stories
from topics.hierarchy.outline import read_outline
from topics.pipeline.coverage_tables import read_story_heads
from topics.views.charts import draw_parts, draw_timeline
from topics.views.corpus import view_corpus
from topics.views.outlets import view_outlets
from topics.views.story import view_story
from topics.views.topic import view_topics
from topics.web.desk import Desk, is_behind
from topics.web.listing import Date, Name, Number, Outlets, Start, cut_page, read_filters

if TYPE_CHECKING:
    from markupsafe import Markup

# Outlets of a topic that are drawn.
DRAWN = 20


def make_pages(desk: Desk) -> APIRouter:
    """Return the pages of a database."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    def front(request: Request) -> Response:
        with desk.open() as store:
            return desk.page(
                request,
                "front.html",
                stale=is_behind(store),
                corpus=view_corpus(store),
                topics=view_topics(store, Filters()),
                listed=list_stories(store, Filters()),
            )

    @router.get("/topics/{topic_id}")
    def topic(request: Request, topic_id: Number) -> Response:
        with desk.open() as store:
            outline = read_outline(store)
            if topic_id not in outline.names:
                raise InputError(f"There is no topic {topic_id}; the front page lists them.")
            head = outline.heads[topic_id]
            shown = outline.parts.get(topic_id, head)
            if shown != topic_id:
                return RedirectResponse(f"/topics/{shown}", 303)
            topics = view_topics(store, Filters(), [str(head)])
            (above,) = topics.topics
            found = {one.topic.id: one for one in (above, *above.parts)}[topic_id]
            return desk.page(
                request,
                "topic.html",
                stale=is_behind(store),
                topics=topics,
                one=found,
                above=above if found is not above else None,
                timeline=draw_timeline(topics.trends.periods, found.new, found.again),
                bars=_draw_bars(found.topic.outlets[:DRAWN]),
            )

    @router.get("/stories")
    def stories(
        request: Request,
        source: Outlets = [],  # noqa: B006 - FastAPI copies it
        since: Date = "",
        until: Date = "",
        repeats: bool = False,
        start: Start = 0,
    ) -> Response:
        with desk.open() as store:
            filters = read_filters(source, since, until).match(store)
            listed = list_stories(store, filters, across=not repeats)
            shown, paging = cut_page(request, listed, start)
            return desk.page(
                request,
                "stories_page.html",
                stale=is_behind(store),
                listed=shown,
                paging=paging,
                whole=len(listed),
                across=not repeats,
                filters=filters,
                outlets=count_outlets(store),
            )

    @router.get("/stories/{story_id}")
    def story(request: Request, story_id: Number) -> Response:
        with desk.open() as store:
            if story_id not in read_story_heads(store):
                raise InputError(f"There is no story {story_id}; the page of stories lists them.")
            owners = open_owners(None, store)
            coverage = load_coverage(store, story_id)
            (report,) = report_stories(store, coverage, [story_id], owners)
            return desk.page(
                request, "story_page.html", stale=is_behind(store), view=view_story(report)
            )

    @router.get("/outlets")
    def outlets(request: Request) -> Response:
        with desk.open() as store:
            stale = is_behind(store)
            report = None if stale else desk.later("outlets", desk.db.outlets)
            return desk.page(
                request,
                "outlets_page.html",
                stale=stale,
                counting=not (stale or report),
                outlets=view_outlets(report) if report else None,
                bars=_draw_bars([one for one in count_outlets(store) if one[0]]),
            )

    @router.get("/removed")
    def removed(request: Request, rule: Name = "", start: Start = 0) -> Response:
        lines = removed_lines(desk.db)
        chosen = [one for one in lines if not rule or one.rule == rule]
        shown, paging = cut_page(request, chosen, start)
        return desk.page(
            request,
            "removed.html",
            listed=shown,
            paging=paging,
            whole=len(chosen),
            rule=rule,
            rules=Counter(one.rule for one in lines).most_common(),
        )

    @router.get("/about")
    def about(request: Request) -> Response:
        with desk.open() as store:
            return desk.page(
                request,
                "about.html",
                stale=is_behind(store),
                corpus=view_corpus(store),
                topics=view_topics(store, Filters()),
                narrowed="",
            )

    return router


def _draw_bars(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int, Markup]]:
    """Return names with their numbers, most first, and a bar of each."""
    most = max((number for _, number in counts), default=1)
    return [
        (name, number, draw_parts([("own", number)], most, f"{number:,}"))
        for name, number in counts
    ]
