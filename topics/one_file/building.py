"""``topicwire report``: what is known of a corpus as one page that opens from disk."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.corpus.contents import refuse_source
from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from embeddings.writing import check_output, write_whole
from topics.answers.points import gather_points, open_laid_out
from topics.answers.session import Database
from topics.answers.story import list_stories, report_stories
from topics.answers.topics import find_topics, open_clustered
from topics.coverage.reuse.matrix import name_owners
from topics.hierarchy.outline import read_outline
from topics.one_file.blocks import join_columns, join_texts, pack, write_json
from topics.one_file.hashing import write_policy
from topics.pipeline.covered import load_coverage, open_owners
from topics.pipeline.outlets import read_outlets
from topics.views.corpus import tell_size, view_corpus
from topics.views.map import MapView, view_map
from topics.views.outlets import view_outlets
from topics.views.rendering import STATIC, render
from topics.views.story import view_story
from topics.views.topic import view_topics

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from topics.answers.points import MapPoints
    from topics.answers.story import StorySummary
    from topics.coverage.articles.articles import Article

# Stories that are shown whole, those of most outlets first; all are listed.
MOST_WHOLE = 30
# In this order each part knows those before it.
_SCRIPTS = ("read", "draw", "names", "pick", "state", "tell", "point", "view")
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


@dataclass(frozen=True)
class ReportFile:
    """A report that was written.

    Attributes:
        path: The file.
        bytes: Its size.
        passages: Points of its map.
        topics: Topics shown.
        stories: Stories listed.
        stories_whole: Of those, the ones that are shown whole.
    """

    path: str
    bytes: int
    passages: int
    topics: int
    stories: int
    stories_whole: int


def report(
    out: Path | str,
    *,
    db: Database = "topicwire.db",
    topics: Sequence[str] = (),
    stories: Sequence[int] = (),
    since: str = "",
    owners: Path | str | None = None,
) -> ReportFile:
    """Write topics, stories, outlets and the map as one page that needs no network.

    Args:
        out: An ``.html`` file; replaced when it is there.
        db: The database.
        topics: Ids of topics or parts, or words of their names: only these, and stories that
            are for the greater part on them; all when empty.
        stories: Numbers of stories: these alone, without map and topics.
        since: Only articles of this date or later; ISO 8601, as exact as wanted.
        owners: A TOML file that says who owns which outlet, in place of the one remembered.

    Raises:
        InputError: Another kind of file, it cannot be written, or no such topic, story or date.
        StoreError: No such database, never clustered, or changed since.
    """
    path = Path(out)
    if path.suffix.lower() not in {".html", ".htm"}:
        raise InputError(
            f"A report cannot be written as {path.name!r}: give a name like news.html."
        )
    if stories and (topics or since):
        raise InputError(
            "Stories were asked for together with topics or a date; give the one or the other."
        )
    filters = Filters(since=since)
    inputs = [Path(owners)] if owners else []
    # Before the layout is made, which may take minutes.
    with _say_unwritable(path):
        check_output(path, inputs=inputs)
    with open_clustered(db, current=True) as store:
        refuse_source(store, path)
    opening = open_clustered(db, current=True) if stories else open_laid_out(db)
    with opening as store:
        parts = _gather(store, filters, topics, stories, owners)
    page = _write_page(parts)
    with _say_unwritable(path):
        write_whole(path, page, inputs=inputs)
    return ReportFile(
        path=str(path),
        bytes=len(page.encode()),
        passages=parts["map"].meta["count"] if parts["map"] else 0,
        topics=len(parts["topics"].topics) if parts["topics"] else 0,
        stories=len(parts["listed"]),
        stories_whole=len(parts["stories"]),
    )


@contextmanager
def _say_unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"The report could not be written to {path} ({error.strerror}); give a folder that "
            "you may write to and that has room."
        ) from error


def _gather(
    store: CorpusStore,
    filters: Filters,
    topics: Sequence[str],
    wanted: Sequence[int],
    owners: Path | str | None,
) -> dict[str, Any]:
    """Return what the templates are given."""
    known = open_owners(owners, store)
    coverage = load_coverage(store)
    outline = read_outline(store)
    chosen = set(find_topics(store, topics, among=outline.visible)) if topics else set()
    # A part of one that is asked for, too, is in it.
    chosen = {one for one in chosen if outline.heads[one] not in chosen - {one}}
    points = None
    if not wanted:
        points = gather_points(store, outline, filters=filters, topics=chosen)
    listed = list_stories(store, filters, across=not wanted)
    if wanted:
        listed = _pick_stories(listed, wanted)
    elif chosen and points is not None:
        listed = _keep_on_topic(listed, points, filters, coverage.stories, coverage.articles)
    whole = [one.id for one in listed[:MOST_WHOLE]]
    told = report_stories(store, coverage, whole, known)
    narrowed = bool(wanted or chosen or filters.since)
    titles = {one.id: one.title for one in listed}
    return {
        "corpus": view_corpus(store),
        "narrowed": _tell_narrowing(outline.names, sorted(chosen), filters),
        "selected": _count_selected(points) if points else None,
        "map": view_map(points, outline, titles) if points and points.texts else None,
        "topics": None if wanted else view_topics(store, filters, chosen),
        "listed": listed,
        "stories": [view_story(one) for one in told],
        "outlets": None if narrowed else view_outlets(name_owners(read_outlets(store), known)),
    }


def _pick_stories(listed: Sequence[StorySummary], wanted: Sequence[int]) -> list[StorySummary]:
    found = {one.id: one for one in listed}
    for number in wanted:
        if number not in found:
            raise InputError(
                f"There is no story {number}; `topicwire story` lists the stories and numbers."
            )
    return [found[number] for number in dict.fromkeys(wanted)]


def _keep_on_topic(
    listed: Sequence[StorySummary],
    points: MapPoints,
    filters: Filters,
    members: Mapping[int, Collection[int]],
    articles: Sequence[Article],
) -> list[StorySummary]:
    """Keep the stories of which half of the articles or more have passages on the topics.

    Of the articles of another time than was asked for none counts.
    """
    on_topic = {one.document_id for one in points.articles}
    kept = []
    for one in listed:
        dated = [articles[n].document for n in members[one.id]]
        ids = [document.id for document in dated if filters.fit_date(document.published)]
        if 2 * sum(document_id in on_topic for document_id in ids) >= len(ids):
            kept.append(one)
    return kept


def _count_selected(points: MapPoints) -> dict[str, Any]:
    """Return how many paragraphs were asked for, and of how many articles and outlets."""
    outlets = {one.source for one in points.articles if one.source}
    return {
        "passages": len(points.texts),
        "articles": len(points.articles),
        "title": tell_size(len(points.articles), len(outlets)),
    }


def _tell_narrowing(names: dict[int, str], chosen: Sequence[int], filters: Filters) -> str:
    told = [f"on {', '.join(names[one] for one in chosen)}"] if chosen else []
    return ", ".join([*told, *([f"since {filters.since}"] if filters.since else [])])


def _write_page(parts: dict[str, Any]) -> str:
    from markupsafe import Markup

    style = (STATIC / "topicwire.css").read_text(encoding="utf-8")
    script = _join_scripts() if parts["map"] else ""
    return render(
        "report.html",
        **parts,
        policy=write_policy(script, style),
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        blocks=_pack(parts["map"]) if parts["map"] else {},
    )


def _pack(view: MapView) -> dict[str, Any]:
    """Return the blocks by the id of their element."""
    from markupsafe import Markup

    points, columns = join_columns(view.columns)
    return {
        "meta": Markup(write_json({**view.meta, "columns": columns})),  # noqa: S704
        "points": Markup(pack(points)),  # noqa: S704
        "articles": Markup(pack(write_json(view.articles).encode())),  # noqa: S704
        "texts": Markup(pack(join_texts(view.texts))),  # noqa: S704
    }


def _join_scripts() -> str:
    """Return the modules of the map as one script: their imports and exports left out."""
    parts = [(STATIC / "map" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    joined = "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
    return f'"use strict";\n(() => {{\n{joined}\n}})();\n'
