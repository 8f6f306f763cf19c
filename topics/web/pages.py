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
from topics.answers.changes import ChangesReport
from topics.answers.changes import changes as tell_changes
from topics.answers.info import removed_lines
from topics.answers.story import list_stories, report_stories
from topics.hierarchy.outline import read_outline
from topics.pipeline.coverage_tables import read_story_heads
from topics.pipeline.covered import load_coverage, open_owners
from topics.views.charts import draw_parts, draw_timeline
from topics.views.outlets import view_outlets
from topics.views.story import StoryView, view_story
from topics.web.desk import Desk, Served, is_behind
from topics.web.listing import Date, Filtered, Name, Number, Start, cut_page
from topics.web.visiting import find_last_visit, remember_visit

if TYPE_CHECKING:
    from markupsafe import Markup

# Pairs of outlets on the front page.
REPEATED = 6
# Outlets of a topic that are drawn.
DRAWN = 20

ROUTER = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@ROUTER.get("/")
def _front(request: Request, desk: Served) -> Response:
    since, visit = find_last_visit(request)
    with desk.open() as store:
        stale = is_behind(store)
        report = None if stale else desk.later("outlets", desk.db.outlets)
        directed = [one for one in report.reuse if one.directed] if report else []
        answer = desk.page(
            request,
            "front.html",
            stale=stale,
            corpus=desk.corpus(store),
            topics=desk.topics(store),
            listed=desk.stories(store),
            repeated=sorted(directed, key=lambda one: (-one.words, one.outlet))[:REPEATED],
            counting=not (stale or report),
            since=since,
            news=None if stale or not since else _tell_news(desk, since),
        )
    remember_visit(answer, visit)
    return answer


@ROUTER.get("/changes")
def _changes(request: Request, desk: Served, since: Date = "") -> Response:
    since = since or find_last_visit(request)[0]
    found = _tell_news(desk, since) if since else None
    return desk.page(request, "changes.html", since=since, found=found)


@ROUTER.get("/topics/{topic_id}")
def _topic(request: Request, desk: Served, topic_id: Number) -> Response:
    with desk.open() as store:
        outline = read_outline(store)
        if topic_id not in outline.names:
            raise InputError(f"There is no topic {topic_id}; the front page lists them.")
        head = outline.heads[topic_id]
        shown = outline.spots[topic_id]
        if shown != topic_id:
            return RedirectResponse(f"/topics/{shown}", 303)
        topics = desk.topics(store)
        above = next((one for one in topics.topics if one.topic.id == head), None)
        if above is None:
            raise InputError(f"Topic {topic_id} is under no topic that is shown.")
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


@ROUTER.get("/stories")
def _stories(
    request: Request,
    desk: Served,
    asked: Filtered,
    repeats: bool = False,
    start: Start = 0,
) -> Response:
    with desk.open() as store:
        filters = asked.match(store)
        listed = (
            desk.stories(store, across=not repeats)
            if filters == Filters()
            else list_stories(store, filters, across=not repeats)
        )
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


@ROUTER.get("/stories/{story_id}")
def _story(request: Request, desk: Served, story_id: Number) -> Response:
    with desk.open() as store:
        if story_id not in read_story_heads(store):
            raise InputError(f"There is no story {story_id}; the page of stories lists them.")

        def view() -> StoryView:
            coverage = load_coverage(store, story_id)
            owners = open_owners(None, store)
            return view_story(report_stories(store, coverage, [story_id], owners)[0])

        return desk.page(
            request,
            "story_page.html",
            stale=is_behind(store),
            view=desk.db.keep(f"view of story {story_id}", view),
        )


@ROUTER.get("/outlets")
def _outlets(request: Request, desk: Served) -> Response:
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


@ROUTER.get("/removed")
def _removed(request: Request, desk: Served, rule: Name = "", start: Start = 0) -> Response:
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


@ROUTER.get("/about")
def _about(request: Request, desk: Served) -> Response:
    with desk.open() as store:
        return desk.page(
            request,
            "about.html",
            stale=is_behind(store),
            corpus=desk.corpus(store),
            topics=desk.topics(store),
            narrowed="",
        )


def _tell_news(desk: Desk, since: str) -> ChangesReport:
    return desk.db.keep(f"news since {since}", lambda: tell_changes(since, desk.db))


def _draw_bars(counts: Sequence[tuple[str, int]]) -> list[tuple[str, int, Markup]]:
    """Return names with their numbers, most first, and a bar of each."""
    most = max((number for _, number in counts), default=1)
    return [
        (name, number, draw_parts([("own", number)], most, f"{number:,}"))
        for name, number in counts
    ]
