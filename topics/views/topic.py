"""Topics as a page shows them: a tree with a chart of each, to its own scale."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.corpus.filters import Filters
from topics.answers.topics import summarise_topics
from topics.answers.trends import count_trends
from topics.hierarchy.outline import read_outline
from topics.periods.periods import choose_unit
from topics.periods.tallies import EXACT, Sighting, count_sightings
from topics.pipeline.assignments import read_sightings
from topics.views.charts import draw_periods
from topics.views.dates import shorten_time

if TYPE_CHECKING:
    from markupsafe import Markup

    from embeddings.corpus.citations import Quotation
    from embeddings.corpus.store import CorpusStore
    from topics.answers.topics import TopicSummary
    from topics.answers.trends import TopicTrend, TrendReport


# Bars that a chart has room for: ten years by month.
_MOST_PERIODS = 130


@dataclass(frozen=True)
class TopicView:
    """A topic, with how much there is of it in what a page is about.

    Attributes:
        topic: What it is.
        passages: Its passages, copies included.
        distinct: Those with copies counted once.
        share: ``passages`` as a share of all, of whatever topic.
        outlets: Outlets that have it.
        new: Texts first seen, by period.
        again: Copies, by period.
        picture: Both, to their own scale.
        peak: When there was most, and how much: ``Sep 2013, 888``; ``""`` without dates.
        trend: Of a broad topic its counts, change and absences; ``None`` of a part.
        examples: Typical passages.
        parts: Its parts, the largest first.
    """

    topic: TopicSummary
    passages: int
    distinct: int
    share: float
    outlets: int
    new: tuple[int, ...]
    again: tuple[int, ...]
    picture: Markup
    peak: str
    trend: TopicTrend | None
    examples: tuple[Quotation, ...]
    parts: tuple[TopicView, ...]


@dataclass(frozen=True)
class TopicsView:
    """The topics of a page.

    Attributes:
        trends: All counts.
        first: First and last period, spelt out; ``""`` without dates.
        last: The last.
        topics: Broad topics, guided ones first, then by size.
    """

    trends: TrendReport
    first: str
    last: str
    topics: tuple[TopicView, ...]


def view_topics(store: CorpusStore, filters: Filters, wanted: Collection[int] = ()) -> TopicsView:
    """Count and draw the topics that are shown.

    Args:
        store: An open store.
        filters: Outlets, dates and languages to count.
        wanted: Ids of broad topics and of parts, which stand alone then; all when empty.

    Raises:
        InputError: There is no such topic.
    """
    sightings = _read_by_part(store, filters)
    dates = {one.document_id: one.published for one in sightings}
    unit = choose_unit(dates.values(), most=_MOST_PERIODS)
    heads = read_outline(store).heads
    asked = [str(one) for one in sorted({heads[one] for one in wanted})]
    trends = count_trends(store, filters, by=unit, topics=asked)
    counts = _count_parts(sightings, unit)
    summaries = {one.id: one for one in summarise_topics(store)}

    def view(topic: TopicSummary, trend: TopicTrend | None) -> TopicView:
        new, again, outlets, passages, distinct = counts[topic.id]
        if trend:
            new, again = Counter(), Counter()
            new.update(dict(zip(trends.periods, trend.distinct_by_period, strict=True)))
            again.update(dict(zip(trends.periods, trend.copies_by_period, strict=True)))
            passages, distinct = trend.passages, trend.distinct
        first = tuple(new[one] for one in trends.periods)
        later = tuple(again[one] for one in trends.periods)
        both = [a + b for a, b in zip(first, later, strict=True)]
        place = max(range(len(both)), key=lambda one: both[one], default=0)
        peak = f"{shorten_time(trends.periods[place])}, {both[place]:,}" if any(both) else ""
        says = f"Passages by {trends.by}, most in {peak}" if peak else "No dated passages"
        return TopicView(
            topic=topic,
            passages=passages,
            distinct=distinct,
            share=passages / trends.passages if trends.passages else 0.0,
            outlets=trend.outlets if trend else len(outlets - {""}),
            new=first,
            again=later,
            picture=draw_periods(first, later, says),
            peak=peak,
            trend=trend,
            examples=tuple(one for one in topic.representatives if filters.fit_date(one.published)),
            parts=tuple(
                part
                for one in topic.subtopics
                if (part := view(one, None)).passages or not filters.since
            ),
        )

    return TopicsView(
        trends=trends,
        first=shorten_time(trends.periods[0]) if trends.periods else "",
        last=shorten_time(trends.periods[-1]) if trends.periods else "",
        topics=tuple(
            shown
            for one in trends.topics
            for whole in [view(summaries[one.id], one)]
            for shown in ([whole] if not wanted or one.id in wanted else whole.parts)
            if (shown is whole or shown.topic.id in wanted)
            and (shown.passages or not (filters.since or filters.until))
        ),
    )


_Counts = tuple[Counter[str], Counter[str], set[str], int, int]


def _read_by_part(store: CorpusStore, filters: Filters) -> list[Sighting]:
    """Return the passages asked for, each under the finest topic that is shown."""
    outline = read_outline(store)
    at = outline.spots
    return [
        one
        for one in read_sightings(store, at)
        if filters.fit(one.outlet, one.published, one.language)
    ]


def _count_parts(sightings: Sequence[Sighting], unit: str) -> dict[int, _Counts]:
    """Count by part what ``count_trends`` counts by broad topic."""
    tally = count_sightings(sightings, unit)
    found: dict[int, _Counts] = defaultdict(lambda: (Counter(), Counter(), set(), 0, 0))
    for column, counted in enumerate((tally.distinct, tally.copies)):
        for key, number in counted.items():
            new, again, outlets, passages, distinct = found[key.topic_id]
            if key.dating == EXACT:
                (new, again)[column][key.period] += number
            outlets.add(key.outlet)
            distinct += number if column == 0 else 0
            found[key.topic_id] = new, again, outlets, passages + number, distinct
    return found
