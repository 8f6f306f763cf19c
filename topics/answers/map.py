"""A picture of a stored corpus."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.contents import count_outlets, count_rows, read_dates
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from topics.answers.counting import count, from_outlets, spell_date
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.hierarchy.outline import Outline, read_outline
from topics.maps.colouring import Colouring, Dates, Groups
from topics.maps.drawing import Look, MapPicture, check_path, check_width, draw
from topics.pipeline.assignments import read_first_seen, read_nodes_shown
from topics.pipeline.coverage_tables import read_story_heads
from topics.pipeline.run import has_layout, lay_out
from topics.pipeline.stages import is_stale

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What the colours may say, and how the picture tells it.
COLOURS = {
    "topic": "",
    "outlet": " Colour: who had it first.",
    "date": " Colour: when it was first published.",
    "story": " Colour: its story.",
}
SOURCES_SHOWN = 3


def map(  # noqa: A001
    out: Path | str,
    *,
    db: Database = "topicwire.db",
    title: str | None = None,
    level: int | None = None,
    colour: str = "topic",
    dark: bool = False,
    width: int = Look.width,
    font: str | None = None,
    anew: bool = False,
) -> MapPicture:
    """Draw the topic map: one point a distinct passage, near to what is like it.

    The layout is kept in the database: what was on the map stays where it was, and what has come
    since is put among it.

    Args:
        out: A ``.png``, ``.svg`` or ``.pdf`` file.
        db: The database.
        title: The line on top; by default what the corpus is.
        level: Of the topics, 0 the broadest; by default those that are shown, with their parts
            in small type. Of a level, the next finer one is in small type.
        colour: ``topic``, ``outlet``, ``date`` or ``story``.
        dark: On a dark ground.
        width: Of the page in pixels at 200 to the inch; three quarters as high.
        font: A family that is installed; by default DejaVu Sans.
        anew: Lay all passages out afresh.

    Raises:
        InputError: Another kind of file, colour, width or font, it cannot be written, or there
            is no such level.
        StoreError: No such database, or its topics are not up to date.
    """
    path = Path(out)
    check_path(path)
    check_width(width)
    if colour not in COLOURS:
        raise InputError(f"--colour is {colour!r}; give {', '.join(COLOURS)}.")
    look = Look(dark, width, font)
    with open_clustered(db) as store:
        _require_fresh(store)
        if has_layout(store) and not anew:
            return _draw(store, lay_out(store), path, title, level, colour, look)
    # Drawn while no other run can change what was laid out.
    with CorpusStore.open(Path(db), write=True) as store:
        _require_fresh(store)
        return _draw(store, lay_out(store, anew=anew), path, title, level, colour, look)


def _require_fresh(store: CorpusStore) -> None:
    if is_stale(store, "relations", "topics"):
        raise StoreError(
            f"Articles in {store.path} have changed since its topics were made; "
            f"run `topicwire cluster --db {store.path}` first."
        )


def _draw(
    store: CorpusStore,
    points: NDArray[np.float32],
    path: Path,
    title: str | None,
    level: int | None,
    colour: str,
    look: Look,
) -> MapPicture:
    outline = read_outline(store)
    level = outline.check(level)
    at, below = outline.at(level), find_finer(outline, level)
    rows = read_nodes_shown(store)
    sizes = np.array([row[3] for row in rows], dtype=np.int64)
    on = outline.on(level)
    labels = np.array([at[row[1]] for row in rows], dtype=np.int64)
    # As in the report: what is under no topic that is shown is grey.
    labels[~np.isin(labels, list(on))] = -1
    shown = {*on, *below.values()}
    first, last = (date[:10] for date in read_dates(store)[:2])
    dates = f"{spell_date(first)} to {spell_date(last)}. " if first != last else ""
    dates = f"{spell_date(first)}. " if first and not dates else dates
    return draw(
        # Page furniture has a place and no topic.
        points[[row[0] for row in rows]],
        labels,
        {topic_id: outline.names[topic_id] for topic_id in shown},
        path,
        title=title
        or f"{count(len(on), 'topic')} in {count(count_rows(store, 'documents'), 'article')}"
        f"{from_outlets(len(count_outlets(store)))}",
        subtitle=f"{dates}A point is a passage; points near each other say like things."
        + COLOURS[colour],
        caption=_tell_source(store, int(sizes.sum()), len(rows), int(sizes[labels < 0].sum())),
        finer=np.array([below.get(row[1], -1) for row in rows], dtype=np.int64),
        sizes=sizes,
        strengths=np.array([row[2] for row in rows], dtype=np.float32),
        colouring=_colour(store, [row[0] for row in rows], sizes, colour),
        look=look,
    )


def find_finer(outline: Outline, level: int | None) -> dict[int, int]:
    """Return for each topic the one of the next finer level that it is or lies in.

    Without a level: the part that it is shown in. A topic with none is absent.
    """
    if level is None:
        return outline.parts
    return outline.at(level + 1) if level < outline.deepest else {}


def _tell_source(store: CorpusStore, placed: int, points: int, grey: int) -> str:
    """Return what the picture was made from, how much of it is shown, and when it was made."""
    articles = count(count_rows(store, "documents"), "article")
    outlets = [name for name, _ in count_outlets(store)]
    more = len(outlets) - SOURCES_SHOWN
    named = outlets if more <= 1 else [*outlets[:SOURCES_SHOWN], f"{more:,} more outlets"]
    of = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))
    passages, furniture = count_rows(store, "passages"), count_rows(store, "furniture")
    told = [f"Source: {articles}{f' of {of}' if of else ''}."]
    share = f"{placed:,} of " if placed < passages else "all " if passages > 1 else ""
    told.append(f"Shown: {share}{count(passages, 'passage')}")
    if furniture:
        told[-1] += f" ({furniture:,} repeated under an outlet's articles left out)"
    if repeated := placed - points:
        is_drawn = "copy is" if repeated == 1 else "copies are"
        told[-1] += f"; {repeated:,} {is_drawn} drawn once, with their original"
    if grey:
        told[-1] += f"; {grey:,} {'is' if grey == 1 else 'are'} under no topic that is shown"
    today = spell_date(datetime.datetime.now(tz=datetime.UTC).date().isoformat())
    return " ".join([*told[:-1], f"{told[-1]}.", f"Made with Topicwire, {today}."])


def _colour(
    store: CorpusStore, nodes: Sequence[int], sizes: NDArray[np.int64], colour: str
) -> Colouring | None:
    """Return what the colours say, ``None`` for topics."""
    if colour == "topic":
        return None
    first_seen = read_first_seen(store)
    outlets, dates, stories = zip(*(first_seen[node] for node in nodes), strict=True)
    weights = sizes.astype(np.float64)
    if colour == "date":
        return _colour_dates(dates)
    if colour == "story":
        heads = read_story_heads(store)
        of = np.array([-1 if one is None else one for one in stories], dtype=np.int64)
        names = {story_id: title or "untitled" for story_id, (title, _) in heads.items()}
        return Groups(of, weights, names, "other stories", "in no story")
    known = sorted(set(outlets) - {""})
    number = {name: place for place, name in enumerate(known)} | {"": -1}
    of = np.array([number[name] for name in outlets], dtype=np.int64)
    return Groups(of, weights, dict(enumerate(known)), "other outlets", "no outlet known")


def _colour_dates(dates: Sequence[str]) -> Dates:
    known = sorted(date[:10] for date in dates if date)
    days = np.array([date[:10] or "NaT" for date in dates], dtype="datetime64[D]")
    shares = np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    if not known:
        return Dates(shares, "", "")
    low, high = np.nanmin(shares), np.nanmax(shares)
    shares = (shares - low) / max(float(high - low), 1.0)
    return Dates(shares, spell_date(known[0]), spell_date(known[-1]))
