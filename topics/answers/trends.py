"""Topics over time and outlets: counts, what rises and falls, who did not cover what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from topics.answers.session import Database, session_of
from topics.answers.topics import find_topics, open_clustered
from topics.hierarchy.outline import Outline, read_outline
from topics.periods.absences import Absence, find_absences
from topics.periods.periods import UNITS, choose_unit
from topics.periods.shifts import Shift, find_shifts
from topics.periods.tallies import (
    COARSER,
    EXACT,
    UNDATED,
    Sighting,
    Tally,
    count_sightings,
    dating,
)
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
class TrendCell:
    """One row of the flat table; rows without passages are left out.

    Attributes:
        topic_id: The topic.
        topic: Its name.
        outlet: The outlet, ``""`` when unknown.
        dating: ``exact``; ``coarser`` where the date is too coarse for the period; ``none``.
        period: The period; where the date is coarser, the date; ``""`` without one.
        distinct: Texts first seen here.
        copies: Passages here whose text was first seen elsewhere or earlier.
    """

    topic_id: int
    topic: str
    outlet: str
    dating: str
    period: str
    distinct: int
    copies: int


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
    db: Database = "topicwire.db",
    *,
    by: str = "",
    recent: int | None = None,
    topics: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
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
        languages: ISO 639 codes of languages to count; all when empty. Shares are of these.
        level: Of the topics, 0 the broadest; by default the one that is shown.

    Raises:
        InputError: An unknown outlet, topic, level or unit, a malformed date, or too many periods.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if by and by not in UNITS:
        raise InputError(f"--by is {by!r}; use one of {', '.join(UNITS)}.")
    if recent is not None and recent < 1:
        raise InputError(f"--recent is {recent}; give a number of periods, 1 or more.")
    filters = Filters(sources, since, until, languages=languages)
    topics = tuple(topics)

    def answer() -> TrendReport:
        with open_clustered(db) as store:
            return count_trends(store, filters.match(store), by, recent, topics, level)

    question = ("trends", filters, by, recent, topics, level)
    return session_of(db).keep(question, answer)


def count_trends(
    store: CorpusStore,
    filters: Filters,
    by: str = "",
    recent: int | None = None,
    topics: Sequence[str] = (),
    level: int | None = None,
) -> TrendReport:
    """Count the topics of an open store, as ``trends`` does."""
    outline = read_outline(store)
    level = outline.check(level)
    shown = find_topics(store, topics, level, among=set(outline.on(level)))
    everything = read_sightings(store, outline.at(level))
    unclustered = store.count_passages() - len(everything)
    everything = [one for one in everything if filters.fit_language(one.language)]
    in_time = [sighting for sighting in everything if filters.fit_date(sighting.published)]
    chosen = [sighting for sighting in in_time if filters.fit_outlet(sighting.outlet)]
    tally = count_sightings(
        chosen, by or choose_unit({s.document_id: s.published for s in chosen}.values())
    )
    recent = _window(recent, tally.periods)
    cells = [
        TrendCell(key[0], outline.names[key[0]], *key[1:], tally.distinct[key], tally.copies[key])
        for key in sorted({*tally.distinct, *tally.copies})
    ]
    found = {
        topic.id: topic
        for topic in _topic_trends(outline, level, filters, in_time, tally, cells, recent)
        if not shown or topic.id in shown
    }
    datings = Counter(how for how, _ in tally.dates.values())
    undated = {
        s.document_id for s in everything if not s.published and filters.fit_outlet(s.outlet)
    }
    distinct_by_period, copies_by_period = _by_period(cells, tally.periods)
    return TrendReport(
        by=tally.unit,
        periods=tally.periods,
        recent=recent,
        passages=len(chosen),
        distinct=tally.distinct.total(),
        distinct_by_period=distinct_by_period,
        copies_by_period=copies_by_period,
        undated_articles=datings[UNDATED],
        coarser_articles=datings[COARSER],
        undated_left_out=0 if filters.fit_date("") else len(undated),
        unclustered=unclustered,
        outlets=_outlet_totals(chosen),
        topics=tuple(sorted(found.values(), key=lambda t: (t.kind != "guided", -t.passages, t.id))),
        cells=tuple(cell for cell in cells if cell.topic_id in found),
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


def _topic_trends(
    outline: Outline,
    level: int | None,
    filters: Filters,
    in_time: Sequence[Sighting],
    tally: Tally,
    cells: Sequence[TrendCell],
    recent: int,
) -> Iterator[TopicTrend]:
    on_level = outline.on(level)
    shifts = _shifts(tally, recent)
    absences = _absences(in_time, on_level, tally.unit)
    articles = {(s.topic_id, s.document_id) for s in in_time if s.document_id in tally.dates}
    articles_of = Counter(topic_id for topic_id, _ in articles)
    for topic_id in on_level:
        own = [cell for cell in cells if cell.topic_id == topic_id]
        distinct, copies = sum(cell.distinct for cell in own), sum(cell.copies for cell in own)
        distinct_by_period, copies_by_period = _by_period(own, tally.periods)
        yield TopicTrend(
            id=topic_id,
            name=outline.names[topic_id],
            kind=outline.kinds[topic_id],
            passages=distinct + copies,
            distinct=distinct,
            copies=copies,
            articles=articles_of[topic_id],
            outlets=len({cell.outlet for cell in own} - {""}),
            distinct_by_period=distinct_by_period,
            copies_by_period=copies_by_period,
            distinct_apart=distinct - sum(distinct_by_period),
            copies_apart=copies - sum(copies_by_period),
            shift=shifts.get(topic_id),
            absences=tuple(one for one in absences[topic_id] if filters.fit_outlet(one.outlet)),
        )


def _shifts(tally: Tally, recent: int) -> dict[int, Shift]:
    if not recent:
        return {}
    # ISO 8601 names of one unit sort by time.
    start = tally.periods[-recent]
    exact = {article: period for article, (how, period) in tally.dates.items() if how == EXACT}
    sizes = {article: texts for article, texts in tally.sizes.items() if article in exact}
    by_topic = {
        topic: {article: texts for article, texts in counts.items() if article in exact}
        for topic, counts in tally.by_topic.items()
    }
    return find_shifts(by_topic, sizes, {article for article in sizes if exact[article] >= start})


def _absences(
    sightings: Sequence[Sighting], topic_ids: Sequence[int], unit: str
) -> dict[int, tuple[Absence, ...]]:
    """Return the outlets without each topic, measured by all others, also unselected ones."""
    one_of_each = {s.document_id: s for s in sightings}.values()
    articles = {s.document_id: (s.outlet, "".join(dating(s.published, unit))) for s in one_of_each}
    covering: dict[int, set[str]] = {topic_id: set() for topic_id in topic_ids}
    for sighting in sightings:
        if sighting.topic_id in covering:  # not where it is under no topic that is shown
            covering[sighting.topic_id].add(sighting.document_id)
    return find_absences(articles, covering, Counter(s.outlet for s in sightings))


def _by_period(
    cells: Iterable[TrendCell], periods: Sequence[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return distinct texts and copies by period."""
    distinct, copies = Counter[str](), Counter[str]()
    for cell in cells:
        if cell.dating == EXACT:
            distinct[cell.period] += cell.distinct
            copies[cell.period] += cell.copies
    return tuple(distinct[one] for one in periods), tuple(copies[one] for one in periods)


def _outlet_totals(sightings: Sequence[Sighting]) -> tuple[OutletTotal, ...]:
    passages = Counter(sighting.outlet for sighting in sightings)
    articles = Counter(
        outlet for _, outlet in {(sighting.document_id, sighting.outlet) for sighting in sightings}
    )
    ranked = sorted(passages, key=lambda outlet: (-passages[outlet], outlet))
    return tuple(OutletTotal(outlet, articles[outlet], passages[outlet]) for outlet in ranked)
