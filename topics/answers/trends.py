"""Topics over time and outlets: counts, what rises and falls, who did not cover what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from topics.answers.topics import find_topics, require_topics
from topics.answers.trend_table import TrendCell, flatten
from topics.hierarchy.outline import read_outline
from topics.periods.absences import Absence, find_absences
from topics.periods.periods import UNITS, choose_unit, periods_between
from topics.periods.shifts import Shift, find_shifts
from topics.periods.tallies import COARSER, EXACT, UNDATED, Key, Sighting, Tally, count, dating
from topics.pipeline.assignments import read_sightings


@dataclass(frozen=True)
class TopicTrend:
    """One topic over time and outlets.

    Attributes:
        id: The topic's id.
        name: Its name.
        kind: ``guided`` or ``discovered``.
        passages: Its passages in the selection, copies included.
        distinct: Its texts, copies counted once.
        copies: ``passages`` less ``distinct``.
        articles: Articles with a passage in it.
        outlets: Known outlets with a passage in it.
        distinct_by_period: Texts by the period in which they were first seen.
        copies_by_period: Copies by the period in which they stand.
        distinct_apart: Texts without a date exact enough for a period.
        copies_apart: Copies without one.
        shift: Change of its share; ``None`` where there is nothing to compare.
        absences: Outlets without an article on it, most expected first.
    """

    id: int
    name: str
    kind: str
    passages: int
    distinct: int
    copies: int
    articles: int
    outlets: int
    distinct_by_period: tuple[int, ...]
    copies_by_period: tuple[int, ...]
    distinct_apart: int
    copies_apart: int
    shift: Shift | None
    absences: tuple[Absence, ...]


@dataclass(frozen=True)
class OutletTotal:
    """How much there is of an outlet, of whatever topic.

    Attributes:
        outlet: Its name, ``""`` for articles of unknown outlets.
        articles: Its articles in the selection.
        passages: Their passages, copies included.
    """

    outlet: str
    articles: int
    passages: int


@dataclass(frozen=True)
class TrendReport:
    """Topics over time and outlets.

    Attributes:
        by: ``day``, ``week``, ``month`` or ``year``.
        periods: All periods from the first to the last, empty ones too.
        recent: How many of the last periods are compared with those before; 0 for none.
        passages: Passages in the selection, of all topics.
        distinct: Texts among them.
        distinct_by_period: All topics together.
        copies_by_period: All topics together.
        undated_articles: Articles in the selection without a date, counted in no period.
        coarser_articles: Articles whose date is too coarse for a period.
        undated_left_out: Articles without a date that ``since`` or ``until`` left out.
        unclustered: Passages that have no topic yet, which are not counted.
        outlets: All outlets of the selection, most passages first.
        topics: The topics asked for, guided ones first, then by passages.
        cells: The flat table of those topics.
    """

    by: str
    periods: tuple[str, ...]
    recent: int
    passages: int
    distinct: int
    distinct_by_period: tuple[int, ...]
    copies_by_period: tuple[int, ...]
    undated_articles: int
    coarser_articles: int
    undated_left_out: int
    unclustered: int
    outlets: tuple[OutletTotal, ...]
    topics: tuple[TopicTrend, ...]
    cells: tuple[TrendCell, ...]


def trends(
    db: Path | str = "topicwire.db",
    *,
    by: str = "",
    recent: int | None = None,
    topics: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    level: int | None = None,
) -> TrendReport:
    """Count topics by outlet and period, and say what rises, what falls and who is absent.

    Args:
        db: The database.
        by: ``day``, ``week``, ``month`` or ``year``; by default the finest that gives a few
            dozen periods at most.
        recent: How many of the last periods to compare with all before them; by default a
            quarter of them, rounded up.
        topics: Topic ids, or words that stand in a topic's name; all when empty. Shares remain
            shares of all topics.
        sources: Outlets to count; all when empty.
        since: Earliest date, ISO 8601, as exact as wanted.
        until: Latest date.
        level: Of the topics, 0 the broadest; by default the one that is shown.

    Raises:
        InputError: An unknown outlet, topic, level or unit, a malformed date, or too many periods.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if by and by not in UNITS:
        raise InputError(f"--by is {by!r}; use one of {', '.join(UNITS)}.")
    if recent is not None and recent < 1:
        raise InputError(f"--recent is {recent}; give a number of periods, 1 or more.")
    filters = Filters(sources, since, until)
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        filters = filters.match_outlets(store)
        outline = read_outline(store)
        level = outline.check(level)
        shown = find_topics(store, topics, level)
        named = [(one, outline.names[one], outline.kinds[one]) for one in outline.on(level)]
        everything = read_sightings(store, outline.at(level))
        unclustered = store.count_passages() - len(everything)
    in_time = [sighting for sighting in everything if filters.fit_date(sighting.published)]
    chosen = [sighting for sighting in in_time if filters.fit_outlet(sighting.outlet)]
    dates = {sighting.document_id: sighting.published for sighting in chosen}
    unit = by or choose_unit(dates.values())
    tally = count(chosen, unit)
    known = {key.period for key in [*tally.distinct, *tally.copies] if key.dating == EXACT}
    periods = periods_between(min(known), max(known), unit) if known else ()
    recent = _window(recent, periods)
    datings = Counter(dating(date, unit)[0] for date in dates.values())
    shifts = _shifts(tally, dates, periods, recent, unit)
    absences = _absences(in_time, [row[0] for row in named], unit, filters)
    wanted = [row for row in named if not shown or row[0] in shown]
    grouped = _by_topic(chosen)
    trends = [
        _trend(row, grouped.get(row[0], []), tally, periods, shifts, absences) for row in wanted
    ]
    left_out = {
        sighting.document_id
        for sighting in everything
        if not sighting.published and not filters.fit_date("")
        if filters.fit_outlet(sighting.outlet)
    }
    return TrendReport(
        by=unit,
        periods=periods,
        recent=recent,
        passages=len(chosen),
        distinct=tally.distinct.total(),
        distinct_by_period=_by_period(tally.distinct, periods),
        copies_by_period=_by_period(tally.copies, periods),
        undated_articles=datings[UNDATED],
        coarser_articles=datings[COARSER],
        undated_left_out=len(left_out),
        unclustered=unclustered,
        outlets=_outlet_totals(chosen),
        topics=tuple(sorted(trends, key=lambda t: (t.kind != "guided", -t.passages, t.id))),
        cells=flatten(tally, {topic_id: name for topic_id, name, _ in wanted}),
    )


def _window(recent: int | None, periods: Sequence[str]) -> int:
    """Return how many of the last periods are compared with those before."""
    if recent is None:
        return -(-len(periods) // 4) if len(periods) > 1 else 0
    if recent >= len(periods):
        raise InputError(
            f"--recent is {recent}, and the number of periods is {len(periods)}; "
            "leave some to compare with, or take a shorter unit with --by."
        )
    return recent


def _shifts(
    tally: Tally, dates: dict[str, str], periods: tuple[str, ...], recent: int, unit: str
) -> dict[int, Shift]:
    if not recent:
        return {}
    placed = {article: dating(dates[article], unit) for article in tally.sizes}
    # ISO 8601 names of one unit sort by time.
    start = periods[-recent]
    later = {a for a, (how, period) in placed.items() if how == EXACT and period >= start}
    sizes = {a: tally.sizes[a] for a, (how, _) in placed.items() if how == EXACT}
    by_topic = {
        topic: {article: texts for article, texts in counts.items() if article in sizes}
        for topic, counts in tally.by_topic.items()
    }
    return find_shifts(by_topic, sizes, later)


def _absences(
    sightings: Sequence[Sighting], topic_ids: Sequence[int], unit: str, filters: Filters
) -> dict[int, tuple[Absence, ...]]:
    """Return the outlets without each topic, measured by all others, also unselected ones."""
    articles = {s.document_id: (s.outlet, "".join(dating(s.published, unit))) for s in sightings}
    covering: dict[int, set[str]] = {topic_id: set() for topic_id in topic_ids}
    for sighting in sightings:
        covering[sighting.topic_id].add(sighting.document_id)
    found = find_absences(articles, covering, Counter(s.outlet for s in sightings))
    return {
        topic_id: tuple(a for a in listed if filters.fit_outlet(a.outlet))
        for topic_id, listed in found.items()
    }


def _by_topic(sightings: Sequence[Sighting]) -> dict[int, list[Sighting]]:
    grouped: dict[int, list[Sighting]] = {}
    for sighting in sightings:
        grouped.setdefault(sighting.topic_id, []).append(sighting)
    return grouped


def _trend(
    topic: tuple[int, str, str],
    own: Sequence[Sighting],
    tally: Tally,
    periods: Sequence[str],
    shifts: dict[int, Shift],
    absences: dict[int, tuple[Absence, ...]],
) -> TopicTrend:
    topic_id, name, kind = topic
    distinct = _only(tally.distinct, topic_id)
    copies = _only(tally.copies, topic_id)
    by_period = _by_period(distinct, periods), _by_period(copies, periods)
    return TopicTrend(
        id=topic_id,
        name=name,
        kind=kind,
        passages=len(own),
        distinct=distinct.total(),
        copies=copies.total(),
        articles=len({sighting.document_id for sighting in own}),
        outlets=len({sighting.outlet for sighting in own if sighting.outlet}),
        distinct_by_period=by_period[0],
        copies_by_period=by_period[1],
        distinct_apart=distinct.total() - sum(by_period[0]),
        copies_apart=copies.total() - sum(by_period[1]),
        shift=shifts.get(topic_id),
        absences=absences[topic_id],
    )


def _only(counts: Counter[Key], topic_id: int) -> Counter[Key]:
    return Counter({key: n for key, n in counts.items() if key.topic_id == topic_id})


def _by_period(counts: Counter[Key], periods: Sequence[str]) -> tuple[int, ...]:
    totals: Counter[str] = Counter()
    for key, passages in counts.items():
        if key.dating == EXACT:
            totals[key.period] += passages
    return tuple(totals[period] for period in periods)


def _outlet_totals(sightings: Sequence[Sighting]) -> tuple[OutletTotal, ...]:
    passages = Counter(sighting.outlet for sighting in sightings)
    articles = Counter(
        outlet for _, outlet in {(sighting.document_id, sighting.outlet) for sighting in sightings}
    )
    ranked = sorted(passages, key=lambda outlet: (-passages[outlet], outlet))
    return tuple(OutletTotal(outlet, articles[outlet], passages[outlet]) for outlet in ranked)
