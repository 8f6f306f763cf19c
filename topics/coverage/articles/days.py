"""The days on which something may have been published, by dates of any precision."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from embeddings.documents import date_bounds

# Every day, by its ordinal: what a missing date may mean.
ANY_DAY = (0, 10**7)

Bounds = tuple[int, int]


@lru_cache(1 << 16)
def day_bounds(published: str) -> Bounds:
    """Return the first and last day that a date may mean, as proleptic Gregorian ordinals.

    A date that is missing, or cannot be ("2013-02-30"), may be any day.
    """
    if not published:
        return ANY_DAY
    try:
        first, last = (date.fromisoformat(text[:10]) for text in date_bounds(published))
    except ValueError:
        return ANY_DAY
    return first.toordinal(), last.toordinal()


def days_apart(a: str, b: str) -> int:
    """Fewest days between two dates of reduced precision; 0 where one is unknown."""
    return gap(day_bounds(a), day_bounds(b))


def gap(a: Bounds, b: Bounds) -> int:
    """Fewest days between two spans of days."""
    return max(0, a[0] - b[1], b[0] - a[1])


def is_day(bounds: Bounds) -> bool:
    """Whether a date is known to the day."""
    return bounds[0] == bounds[1]


def split_by_days(bounds: Sequence[Bounds], most: int) -> list[list[int]]:
    """Part copies of one text into printings: none lies more than ``most`` days after its first.

    A date that is not known to the day goes to the first printing that it may belong to.

    Args:
        bounds: See ``day_bounds``, of each copy.
        most: Days.

    Returns:
        Places in ``bounds``, ascending; in whatever order the copies come, the same days
        end in one printing.
    """
    firsts: list[int] = []
    printings: list[list[int]] = []
    places = range(len(bounds))
    for place in sorted((p for p in places if is_day(bounds[p])), key=lambda p: bounds[p]):
        if not firsts or bounds[place][0] - firsts[-1] > most:
            firsts.append(bounds[place][0])
            printings.append([])
        printings[-1].append(place)
    coarse: list[tuple[Bounds, list[int]]] = []
    for place in sorted(
        (p for p in places if not is_day(bounds[p])), key=lambda p: bounds[p][::-1]
    ):
        first, last = bounds[place]
        near = bisect_left(firsts, first - most)
        if near < len(firsts) and firsts[near] <= last + most:
            printings[near].append(place)
            continue
        for known, members in coarse:
            if gap(known, bounds[place]) <= most:
                members.append(place)
                break
        else:
            coarse.append((bounds[place], [place]))
    return [sorted(members) for members in (*printings, *(members for _, members in coarse))]
