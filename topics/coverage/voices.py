"""How many independent voices report a story: outlets that repeat each other count as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from topics.coverage.agencies import is_agency_outlet
from topics.coverage.articles import Article
from topics.coverage.owners import Owners
from topics.coverage.reuse import ArticleReuse

# An outlet that has half of its words, quotations and boilerplate apart, from another one
# adds no voice of its own.
COPIED_SHARE = 0.5
# Of fewer words besides quotations nothing is said.
_LEAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Join:
    """Why two outlets are one voice.

    Attributes:
        reason: ``owner``: one owner; ``copied``: ``b`` has half its words from ``a``;
            ``agency``: both credit one agency alone, or one is the agency.
        a: An outlet, or the document id of an article whose outlet is not known.
        b: The other.
        detail: The owner or the agency; ``""`` for ``copied``.
        share: For ``copied``, the share of ``b``'s words; else 1.0.
    """

    reason: Literal["owner", "copied", "agency"]
    a: str
    b: str
    detail: str
    share: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Outlets that speak as one in a story.

    Attributes:
        outlets: Their names, sorted; ``""`` for each article of unknown outlet.
        articles: Numbers of their articles, by date, then id.
        joins: What holds them together; empty for an outlet on its own.
    """

    outlets: tuple[str, ...]
    articles: tuple[int, ...]
    joins: tuple[Join, ...]


def count_voices(
    articles: Sequence[Article],
    reuse: Sequence[ArticleReuse],
    *,
    owners: Owners | None = None,
    agencies: Mapping[int, str] | None = None,
) -> tuple[Voice, ...]:
    """Gather the outlets of a story into independent voices.

    Articles of unknown outlet are a voice each unless something joins them. Joins are
    followed from outlet to outlet, and the result is the same in any order.

    Args:
        articles: Of the corpus.
        reuse: What each article of the story has from the others (``measure_reuse``).
        owners: Who owns which outlet.
        agencies: By article number, the agency that it is credited to alone.

    Returns:
        By the first article of each, in the order of ``reuse``.
    """
    names = {
        item.article: (articles[item.article].document.source, articles[item.article].id)
        for item in reuse
    }
    # An article without an outlet stands for itself.
    unit_of = {number: (outlet, "" if outlet else key) for number, (outlet, key) in names.items()}
    units = list(dict.fromkeys(unit_of[item.article] for item in reuse))
    joins = [
        *_join_owners(units, owners or Owners()),
        *_join_copies(reuse, unit_of),
        *_join_agencies(reuse, unit_of, agencies or {}),
    ]
    parent = {unit: unit for unit in units}
    for a, b, _ in joins:
        first, second = sorted((_root(parent, a), _root(parent, b)))
        parent[second] = first
    inside: dict[_Unit, list[ArticleReuse]] = defaultdict(list)
    for item in reuse:
        inside[_root(parent, unit_of[item.article])].append(item)
    why: dict[_Unit, list[Join]] = defaultdict(list)
    for a, _, join in joins:
        why[_root(parent, a)].append(join)
    return tuple(
        Voice(
            tuple(outlet for outlet, _ in sorted({unit_of[item.article] for item in items})),
            tuple(item.article for item in items),
            tuple(why[root]),
        )
        for root, items in inside.items()
    )


_Unit = tuple[str, str]
_Joined = tuple[_Unit, _Unit, Join]


def _root(parent: dict[_Unit, _Unit], unit: _Unit) -> _Unit:
    while parent[unit] != unit:
        parent[unit] = parent[parent[unit]]
        unit = parent[unit]
    return unit


def _name(unit: _Unit) -> str:
    return unit[0] or unit[1]


def _join_owners(units: Sequence[_Unit], owners: Owners) -> list[_Joined]:
    """Join the outlets of each owner, one after the other."""
    by_owner: dict[str, list[_Unit]] = defaultdict(list)
    for unit in sorted(units):
        if unit[0]:
            by_owner[owners.of(unit[0]).casefold()].append(unit)
    return [
        (a, b, Join("owner", _name(a), _name(b), owners.of(a[0]), 1.0))
        for _, owned in sorted(by_owner.items())
        for a, b in pairwise(owned)
    ]


def _join_copies(reuse: Sequence[ArticleReuse], unit_of: Mapping[int, _Unit]) -> list[_Joined]:
    """Join an outlet with the one that it has half its words in this story from."""
    base: dict[_Unit, int] = defaultdict(int)
    taken: dict[tuple[_Unit, _Unit], int] = defaultdict(int)
    for item in reuse:
        unit = unit_of[item.article]
        base[unit] += item.words - item.quoted - item.boilerplate
        for source in item.sources:
            taken[unit_of[source.article], unit] += source.words
    return [
        (a, b, Join("copied", _name(a), _name(b), "", words / base[b]))
        for (a, b), words in sorted(taken.items())
        if a != b and base[b] >= _LEAST_WORDS and words >= COPIED_SHARE * base[b]
    ]


def _join_agencies(
    reuse: Sequence[ArticleReuse], unit_of: Mapping[int, _Unit], agencies: Mapping[int, str]
) -> list[_Joined]:
    """Join the outlets all of whose articles here are one agency's, and that agency."""
    credited: dict[_Unit, set[str]] = defaultdict(set)
    for item in reuse:
        credited[unit_of[item.article]].add(agencies.get(item.article, ""))
    by_agency: dict[str, list[_Unit]] = defaultdict(list)
    for unit, names in sorted(credited.items()):
        if len(names) == 1 and (name := next(iter(names))):
            by_agency[name].append(unit)
    for name, members in by_agency.items():
        members += [
            u for u in sorted(credited) if u not in members and is_agency_outlet(name, u[0])
        ]
    return [
        (a, b, Join("agency", _name(a), _name(b), agency, 1.0))
        for agency, members in sorted(by_agency.items())
        for a, b in pairwise(members)
    ]
