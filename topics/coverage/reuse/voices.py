"""How many independent voices report a story: outlets that repeat each other count as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from embeddings.corpus.citations import ArticleLine
from embeddings.documents import publication_order
from topics.coverage.articles.unions import Unions
from topics.coverage.credit.agencies import is_agency_outlet
from topics.coverage.credit.owners import Owners
from topics.coverage.reuse.reuse import StoryArticle, TextSource

# An outlet that has half of its words from another one adds no voice of its own. Quotations,
# boilerplate and what it repeats of an earlier article of its own do not count.
COPIED_SHARE = 0.5
# Of fewer words besides quotations nothing is said.
_LEAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Join:
    """Why two outlets are one voice.

    Attributes:
        reason: ``owner``: one owner; ``copied``: one has half its words from the other;
            ``agency``: both credit one agency alone, or one is the agency.
        a: An outlet, or the document id of an article whose outlet is not known. For
            ``copied`` the one that had the words first; where that is not known and each has
            words from the other, the one whose article is first by ``publication_order``.
        b: The other.
        detail: The owner or the agency; ``""`` for ``copied``.
        share: For ``copied``, the share of ``b``'s words that it has from ``a``; else 1.0.
        back: For ``copied``, the share of ``a``'s words that ``b`` has and may have had first;
            0.0 where ``a`` surely was.
        directed: Whether it is known of all these words who had them first. Where not,
            either may have them from the other.
    """

    reason: Literal["owner", "copied", "agency"]
    a: str
    b: str
    detail: str
    share: float
    back: float = 0.0
    directed: bool = True


@dataclass(frozen=True, slots=True)
class Voice:
    """Outlets that speak as one in a story.

    Attributes:
        outlets: Their names, sorted; ``""`` for each article of unknown outlet.
        articles: Their articles, by date, then id.
        joins: What holds them together; empty for an outlet on its own.
    """

    outlets: tuple[str, ...]
    articles: tuple[ArticleLine, ...]
    joins: tuple[Join, ...]


def count_voices(
    reuse: Sequence[StoryArticle],
    *,
    owners: Owners | None = None,
    agencies: Mapping[str, str] | None = None,
) -> tuple[Voice, ...]:
    """Gather the outlets of a story into independent voices.

    Articles of unknown outlet are a voice each unless something joins them. Joins are
    followed from outlet to outlet, and the result is the same in any order.

    Args:
        reuse: What each article of the story has from the others (``measure_reuse``).
        owners: Who owns which outlet.
        agencies: By document id, the agency that it is credited to alone.

    Returns:
        By the first article of each, in the order of ``reuse``.
    """
    units = list(dict.fromkeys(_unit(item.article) for item in reuse))
    joins = [
        *_join_owners(units, owners or Owners()),
        *_join_copies(reuse),
        *_join_agencies(reuse, agencies or {}),
    ]
    place = {unit: number for number, unit in enumerate(units)}
    sets = Unions(len(units))
    for a, b, _ in joins:
        sets.join(place[a], place[b])
    inside: dict[int, list[StoryArticle]] = defaultdict(list)
    for item in reuse:
        inside[sets.find(place[_unit(item.article)])].append(item)
    why: dict[int, list[Join]] = defaultdict(list)
    for a, _, join in joins:
        why[sets.find(place[a])].append(join)
    return tuple(
        Voice(
            tuple(outlet for outlet, _ in sorted({_unit(item.article) for item in items})),
            tuple(item.article for item in items),
            tuple(why[root]),
        )
        for root, items in inside.items()
    )


_Unit = tuple[str, str]
_Way = tuple[_Unit, _Unit]
_Joined = tuple[_Unit, _Unit, Join]


def _unit(article: ArticleLine) -> _Unit:
    """Return the outlet of an article; one without an outlet stands for itself."""
    return (article.source, "") if article.source else ("", article.document_id)


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


def _order(article: ArticleLine) -> tuple[str, str, str]:
    return (*publication_order(article.published), article.document_id)


def _join_copies(reuse: Sequence[StoryArticle]) -> list[_Joined]:
    """Join two outlets of which one has half its words in this story from the other."""
    base: dict[_Unit, int] = defaultdict(int)
    # What each outlet has from each other one, by (source, outlet).
    flows: dict[_Way, list[TextSource]] = defaultdict(list)
    for item in reuse:
        unit = _unit(item.article)
        base[unit] += item.words - item.quoted - item.boilerplate
        for source in item.sources:
            other = _unit(source.article)
            if other != unit:
                flows[other, unit].append(source)
            elif source.earlier or _order(source.article) < _order(item.article):
                base[unit] -= source.words
    pairs = sorted({(min(way), max(way)) for way in flows})
    joins = (_join_copied([(a, b), (b, a)], base, flows) for a, b in pairs)
    return [join for join in joins if join]


def _join_copied(
    ways: Sequence[_Way], base: Mapping[_Unit, int], flows: Mapping[_Way, Sequence[TextSource]]
) -> _Joined | None:
    share = dict.fromkeys(ways, 0.0)
    found = [way for way in ways if way in flows]
    for way in found:
        if base[way[1]] >= _LEAST_WORDS:
            share[way] = sum(source.words for source in flows[way]) / base[way[1]]
    if max(share.values()) < COPIED_SHARE:
        return None
    since = {way: min(_order(source.article) for source in flows[way]) for way in found}
    directed = all(source.earlier for way in found for source in flows[way])
    # Who gave most is known or, where it is not, who stands first in the order of dates.
    a, b = min(found, key=lambda way: (-share[way] if directed else 0.0, since[way]))
    return a, b, Join("copied", _name(a), _name(b), "", share[a, b], share[b, a], directed)


def _join_agencies(reuse: Sequence[StoryArticle], agencies: Mapping[str, str]) -> list[_Joined]:
    """Join the outlets all of whose articles here are one agency's, and that agency."""
    credited: dict[_Unit, set[str]] = defaultdict(set)
    for item in reuse:
        credited[_unit(item.article)].add(agencies.get(item.article.document_id, ""))
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
