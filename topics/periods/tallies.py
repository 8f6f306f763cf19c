"""Topic, outlet and period of each passage, counted with copies once and apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from embeddings.documents import date_bounds
from topics.periods.periods import period_of, periods_between

# How a passage is dated: exactly enough for a period, only to a longer one, or not at all.
EXACT, COARSER, UNDATED = "exact", "coarser", "none"


class Sighting(NamedTuple):
    """A passage, as far as it is counted.

    Attributes:
        document_id: Its article.
        position: Its place there.
        outlet: As stored; ``""`` when unknown.
        published: ISO 8601, cut to what is known.
        topic_id: Its topic.
        text: The same number for all copies of one text.
        language: Of its article, ``""`` where that is not known.
    """

    document_id: str
    position: int
    outlet: str
    published: str
    topic_id: int
    text: int
    language: str = ""


class Key(NamedTuple):
    """What passages are counted by.

    Attributes:
        topic_id: The topic.
        outlet: The outlet, ``""`` when unknown.
        dating: ``exact``, ``coarser`` or ``none``.
        period: The period; where the date is coarser, the date; ``""`` without one.
    """

    topic_id: int
    outlet: str
    dating: str
    period: str


@dataclass(frozen=True)
class Tally:
    """Passages by topic, outlet and period.

    Attributes:
        unit: ``day``, ``week``, ``month`` or ``year``.
        periods: All periods from the first to the last with an article, empty ones too.
        dates: For each article how exact its date is, and its period or what is known of it.
        distinct: Distinct texts, each where it was first seen.
        copies: Passages beyond them, each where it stands itself.
        sizes: For each article its distinct texts.
        by_topic: For each topic its distinct texts in each article that has any.
    """

    unit: str
    periods: tuple[str, ...]
    dates: dict[str, tuple[str, str]]
    distinct: Counter[Key]
    copies: Counter[Key]
    sizes: Counter[str]
    by_topic: dict[int, Counter[str]]


def count_sightings(sightings: Sequence[Sighting], unit: str) -> Tally:
    """Count passages, each text once at its first sighting and apart at each later one."""
    published = {one.document_id: one.published for one in sightings}
    dates = {article: dating(date, unit) for article, date in published.items()}
    known = [period for how, period in dates.values() if how == EXACT]
    periods = periods_between(min(known), max(known), unit) if known else ()
    first = first_sightings(sightings)
    new = list(first.values())
    again = [one for one in sightings if first[one.text] is not one]
    # First by article, of which there are few: all its passages are of one outlet and date.
    outlets = {one.document_id: one.outlet for one in sightings}
    seen, seen_again = (
        Counter((one.topic_id, one.document_id) for one in some) for some in (new, again)
    )
    distinct, copies = Counter[Key](), Counter[Key]()
    for counts, keys in ((seen, distinct), (seen_again, copies)):
        for (topic_id, article), number in counts.items():
            keys[Key(topic_id, outlets[article], *dates[article])] += number
    by_topic: dict[int, Counter[str]] = {}
    sizes = Counter[str]()
    for (topic_id, article), number in seen.items():
        by_topic.setdefault(topic_id, Counter())[article] = number
        sizes[article] += number
    return Tally(unit, periods, dates, distinct, copies, sizes, by_topic)


def first_sightings(sightings: Iterable[Sighting]) -> dict[int, Sighting]:
    """Return the first sighting of each text: the one surely published earliest.

    A coarse date counts by the last minute that it may mean, no date as the last of all; ties go
    by outlet, article and place, so that the order of arrival has no say.
    """
    first: dict[int, Sighting] = {}
    for sighting in sightings:
        before = first.setdefault(sighting.text, sighting)
        if before is not sighting and _rank(sighting) < _rank(before):
            first[sighting.text] = sighting
    return first


def _rank(one: Sighting) -> tuple[str, str, str, int]:
    return date_bounds(one.published)[1], one.outlet, one.document_id, one.position


def dating(published: str, unit: str) -> tuple[str, str]:
    """Return how exact a date is for a unit, and the period or what is known of it."""
    period = period_of(published, unit)
    if period:
        return EXACT, period
    return (COARSER, published) if published else (UNDATED, "")
