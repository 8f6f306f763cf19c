"""Where a text stood before: the order in which its holders published it, as far as known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from topics.coverage.credit.wire import own_agency

# Published when: the first and the last minute that the date allows (``date_bounds``).
Bounds = tuple[str, str]

# Of more outlets than this, all equally likely, none is named.
MOST_TIED = 50

OriginKind = Literal["earlier", "unordered", "self"]


@dataclass(frozen=True, slots=True)
class Holder:
    """An article that has a text.

    Attributes:
        article: Its number.
        outlet: Its outlet, ``""`` if unknown.
        bounds: When its text may have been out (``text_bounds``).
        id: The document's id, which breaks ties the same way in any order of the corpus.
        row: The passage that holds the text.
        agencies: Those that it credits, and the one that its outlet is (``find_agencies``).
    """

    article: int
    outlet: str
    bounds: Bounds
    id: str
    row: int
    agencies: frozenset[str] = frozenset()

    @property
    def order(self) -> tuple[str, str, str]:
        """By the last minute it may be of, then the first (``publication_order``), then id."""
        first, last = self.bounds
        return last, first, self.id


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text stood before it stood in an article.

    Attributes:
        kind: ``earlier``: surely published before, or of the agency that the article credits;
            ``self``: by the same outlet, before or
            (where the order is not known) chosen to come first; ``unordered``: elsewhere,
            and nobody knows which was first.
        outlets: Those it may be from, sorted; more than one where dates leave open which of
            them was first, and none where they are more than ``MOST_TIED``.
        since: The last minute that the earliest may be of; ``""`` where it is not known.
        row: A passage of theirs.
        article: The article of that passage.
    """

    kind: OriginKind
    outlets: tuple[str, ...]
    since: str
    row: int
    article: int


class Timeline:
    """The holders of one text, one for each article.

    What an answer rests on is worked out once for each span of time and outlet that is asked
    about, not for each holder: ten thousand copies of one paragraph are no burden. Equal
    answers are equal by value; they need not be one object.
    """

    def __init__(self, holders: Sequence[Holder]) -> None:
        """Sort the holders, if any, by when they were published."""
        self._in_order = sorted(holders, key=lambda holder: holder.order)
        self._starts = sorted(holder.bounds[0] for holder in holders)
        # Only these may be the first of all.
        self._first = [h for h in self._in_order if h.bounds[0] <= self._in_order[0].bounds[1]]
        self._ends = [holder.bounds[1] for holder in self._first]
        self._names: dict[int, frozenset[str]] = {}
        self._earlier: dict[tuple[int, str], Origin] = {}
        self._earliest: dict[int, dict[str, list[Holder]]] = {}
        self._unordered: dict[tuple[int, str], Origin] = {}
        self._agencies: dict[str, Holder] = {}
        for holder in self._in_order:
            if name := own_agency(holder.outlet):
                self._agencies.setdefault(name, holder)
        self._without: dict[str, Timeline] = {}

    def origin(self, asked: Holder) -> Origin | None:
        """Return where an article has the text from, or ``None`` where it may be the first.

        Args:
            asked: The article; it may be one of the holders, or have the text as a part of
                a longer one.
        """
        own = own_agency(asked.outlet)
        if own:
            return self._leave_out(own)._find(asked)
        # What agencies handed on is theirs, by whatever date.
        handed = [self._agencies[name] for name in asked.agencies if name in self._agencies]
        if handed:
            source = min(handed, key=lambda holder: holder.order)
            return Origin("earlier", (source.outlet,), source.bounds[1], source.row, source.article)
        return self._find(asked)

    def _leave_out(self, agency: str) -> Timeline:
        """Return the same without those that have the text from an agency, as they say."""
        if agency not in self._without:
            kept = [
                holder
                for holder in self._in_order
                if agency not in holder.agencies or own_agency(holder.outlet) == agency
            ]
            self._without[agency] = Timeline(kept) if len(kept) < len(self._in_order) else self
        return self._without[agency]

    def _find(self, asked: Holder) -> Origin | None:
        count = bisect_left(self._ends, asked.bounds[0])
        return self._find_earlier(asked, count) if count else self._find_unordered(asked)

    def _find_earlier(self, asked: Holder, count: int) -> Origin:
        """Name those that end before the asked begins and may be the first of all."""
        if count not in self._names:
            self._names[count] = frozenset(holder.outlet for holder in self._first[:count])
        names = self._names[count]
        # Who had it itself asks alone; all others get one answer.
        key = count, asked.outlet if asked.outlet in names else ""
        if key not in self._earlier:
            self._earlier[key] = self._name_earlier(names, key[1])
        return self._earlier[key]

    def _name_earlier(self, names: frozenset[str], own: str) -> Origin:
        outlets = tuple(sorted(names)) if len(names) <= MOST_TIED else ()
        source = self._first[0]
        if own:  # what the outlet itself may have had first is not laid to others
            source = next(holder for holder in self._first if holder.outlet == own)
            return Origin("self", (own,), self._ends[0], source.row, source.article)
        return Origin("earlier", outlets, self._ends[0], source.row, source.article)

    def _find_unordered(self, asked: Holder) -> Origin | None:
        """Name those that may have been before the asked, or after."""
        count = bisect_right(self._starts, asked.bounds[1])
        if (count, asked.outlet) in self._unordered:
            return self._unordered[count, asked.outlet]
        if count not in self._earliest:
            self._earliest[count] = self._find_earliest(asked.bounds[1])
        earliest = self._earliest[count]
        if len(earliest) > MOST_TIED + 1:
            source = next(h for h in self._first if h.article != asked.article)
            return Origin("unordered", (), "", source.row, source.article)
        before = {
            outlet: others[0]
            for outlet, holders in earliest.items()
            if (others := [h for h in holders if h.article != asked.article])
        }
        own = before.pop(asked.outlet, None) if asked.outlet else None
        if before:
            source = min(before.values(), key=lambda holder: holder.order)
            origin = Origin("unordered", tuple(sorted(before)), "", source.row, source.article)
            if asked.outlet:  # its own articles are no origin: the same for all of them
                self._unordered[count, asked.outlet] = origin
            return origin
        if own and own.order < asked.order:
            return Origin("self", (asked.outlet,), "", own.row, own.article)
        return None

    def _find_earliest(self, minute: str) -> dict[str, list[Holder]]:
        """Find the first two holders of each outlet that may have published by a minute."""
        earliest: dict[str, list[Holder]] = defaultdict(list)
        for holder in self._in_order:
            if holder.bounds[0] <= minute and len(earliest[holder.outlet]) < 2:
                earliest[holder.outlet].append(holder)
        return earliest
