"""Wordings as stars of near copies, and their versions: texts that agree on the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from embeddings.text.keeping import keep_value, key_of
from embeddings.words.alignment import Comparison, compare
from embeddings.words.verifying import Verifier

# Rounds in which texts of one version are gathered around a canonical one of theirs; what
# is left after as many is near to none of them and stays single.
_ROUNDS = 8

Pair = tuple[int, int]
# Leader -> its followers, with the share of words that each has in common with it.
Stars = dict[int, dict[int, float]]


@dataclass(frozen=True, slots=True)
class Version:
    """Texts of one wording that agree on the facts.

    Attributes:
        canonical: The text that all others were verified against.
        shares: Of each text, the canonical one included, the share of words in common.
    """

    canonical: int
    shares: Mapping[int, float]


@dataclass(frozen=True)
class Judged:
    """What the user said of pairs of texts, the lower row first."""

    together: Set[Pair] = frozenset()
    apart: Set[Pair] = frozenset()

    @cached_property
    def foes(self) -> Mapping[int, Set[int]]:
        """Of each text that was parted from others, those others."""
        foes: dict[int, set[int]] = defaultdict(set)
        for a, b in self.apart:
            foes[a].add(b)
            foes[b].add(a)
        return dict(foes)

    @cached_property
    def knots(self) -> Mapping[int, tuple[int, ...]]:
        """Of each text that belongs with others, all that belong with it, in chains too.

        Pairs are taken in order, and one that would bring two parted texts together is left
        out, so that no knot holds a parted pair.
        """
        knots: dict[int, tuple[int, ...]] = {}
        for a, b in sorted(self.together):
            left, right = knots.get(a, (a,)), knots.get(b, (b,))
            if left != right and not any(self.parts(text, frozenset(right)) for text in left):
                joined = tuple(sorted({*left, *right}))
                knots.update(dict.fromkeys(joined, joined))
        return knots

    def parts(self, text: int, others: Container[int]) -> bool:
        """Whether a text may not stand in one group with one of the others."""
        return any(foe in others for foe in self.foes.get(text, ()))


def gather_wordings(verifier: Verifier, judged: Judged) -> Stars:
    """Gather verified pairs into stars: leader -> its followers and their shares.

    The text with most near copies leads first (then the longest, then by hash), and
    takes those that do not follow another yet. Stars whose texts belong together for the
    user are joined, around the one of their texts with most near copies.
    """
    near: Stars = defaultdict(dict)
    for (a, b), share in verifier.edges.items():
        if (a, b) not in judged.apart:
            near[a][b] = share
            near[b][a] = share
    lengths = verifier.texts.lengths

    def rank(text: int) -> tuple[int, int, int]:
        return -len(near.get(text, ())), -int(lengths[text]), text

    def gather(texts: Collection[int]) -> Stars:
        return _gather_stars(sorted(texts, key=rank), near, judged)

    stars = gather(list(near))
    if not judged.knots:
        return stars
    groups, rest = _join_knots(stars, near, judged)
    joined = gather(rest)
    for group in groups:
        leader = min(group, key=rank)
        joined[leader] = {
            text: near.get(leader, {}).get(text) or verifier.measure(leader, text)
            for text in sorted(group - {leader})
        }
    return joined


def _gather_stars(order: Sequence[int], near: Mapping[int, Any], judged: Judged) -> Stars:
    """Let each of these texts, in order, take those near to it that are free."""
    free = set(order)
    stars: Stars = {}
    for leader in order:
        if leader not in free:
            continue
        followers: dict[int, float] = {}
        for text in sorted(near[leader], key=lambda text: (-near[leader][text], text)):
            if text in free and not judged.parts(text, followers):
                followers[text] = near[leader][text]
        if followers:
            stars[leader] = followers
            free.difference_update((leader, *followers))
    return stars


def _join_knots(
    stars: Mapping[int, Collection[int]], near: Mapping[int, Collection[int]], judged: Judged
) -> tuple[list[set[int]], set[int]]:
    """Join the stars that the user's knots reach into.

    A group begins with a knot and takes whole stars of its members: first the leader, then
    the followers, each with the knot that it belongs to. Who is parted from one of the group
    stays out; where that is the leader, so do those of its followers that are near to no
    member of the knot.

    Returns:
        The groups; and all texts of ``stars`` that are in none of them.
    """
    star_of = {text: leader for leader, texts in stars.items() for text in (leader, *texts)}
    placed: set[int] = set()
    groups = []
    for knot in sorted(set(judged.knots.values())):
        if knot[0] in placed:
            continue
        group = set(knot)
        waiting = list(knot)
        seen = set()
        while waiting:
            leader = star_of.get(waiting.pop(0))
            if leader is None or leader in seen:
                continue
            seen.add(leader)
            for text in (leader, *stars[leader]):
                mine = judged.knots.get(text, (text,))
                if text in group or text in placed:
                    continue
                known = (
                    text == leader
                    or leader in group
                    or not set(knot).isdisjoint(near.get(text, ()))
                )
                if known and not any(judged.parts(one, group) for one in mine):
                    group.update(mine)
                    waiting.extend(mine)
        groups.append(group)
        placed |= group
    return groups, set(star_of) - placed


def split_wording(
    leader: int,
    followers: Mapping[int, float],
    bodies: Sequence[str],
    verifier: Verifier,
    judged: Judged,
) -> list[Version]:
    """Part the texts of a star where their facts conflict.

    Each is laid beside the leader once. Those that contradict it at the same places with
    the same values are tried as one version of their own, around its longest text, so
    that a thousand versions cost no more than a few alignments each.

    Returns:
        Versions, that of the leader first, then by size.
    """
    of_key: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for text in followers:
        told = _find_contradictions(bodies[leader], bodies[text])
        of_key[told if verifier.options.veto else ()].append(text)
    agreeing = of_key.pop((), [])
    versions = []
    for texts in of_key.values():
        versions += _gather_version(texts, bodies, verifier, judged)

    def order(version: Version) -> tuple[bool, int, int]:
        return version.canonical != leader, -len(version.shares), version.canonical

    versions.append(Version(leader, {leader: 1.0, **{text: followers[text] for text in agreeing}}))
    versions.sort(key=order)
    if not judged.knots.keys().isdisjoint((leader, *followers)):
        versions = _join_versions(versions, judged, verifier.measure)
        versions.sort(key=order)
    return versions


def _find_contradictions(leader: str, text: str) -> tuple[object, ...]:
    """Return what a text says in the stead of what the leader says, and where."""
    found = keep_value(
        "contradictions 2", key_of(leader, text), lambda: _contradictions(compare(leader, text))
    )
    return tuple(map(tuple, found))


def _contradictions(comparison: Comparison) -> list[tuple[str, str, str, int]]:
    return sorted(
        (fact.kind, fact.before, fact.after, change.before_start if fact.before else 0)
        for change in comparison.changes
        for fact in change.facts
        if fact.conflicting
    )


def _join_versions(
    versions: Sequence[Version], judged: Judged, measure: Callable[[int, int], float]
) -> list[Version]:
    """Join the versions that the user's knots reach into; those before others lead them."""
    stars = {one.canonical: [t for t in one.shares if t != one.canonical] for one in versions}
    place = {text: place for place, one in enumerate(versions) for text in one.shares}
    groups, rest = _join_knots(stars, stars, judged)
    joined = [one for one in versions if one.canonical in rest]
    for group in groups:
        if group <= place.keys():
            canonical = versions[min(place[text] for text in group)].canonical
            joined.append(
                Version(canonical, {text: measure(canonical, text) for text in sorted(group)})
            )
    return joined


def _gather_version(
    texts: Sequence[int], bodies: Sequence[str], verifier: Verifier, judged: Judged
) -> list[Version]:
    """Gather the texts that agree among themselves around one of them; the rest stay single."""
    lengths, options = verifier.texts.lengths, verifier.options
    rest = sorted(texts, key=lambda text: (-int(lengths[text]), text))
    versions = []
    for _ in range(_ROUNDS):
        if len(rest) < 2:
            break
        canonical, *others = rest
        shares, rest = {canonical: 1.0}, []
        for text in others:
            share = verifier.measure(canonical, text)
            longer = max(int(lengths[canonical]), int(lengths[text]))
            shorter = min(int(lengths[canonical]), int(lengths[text]))
            near = options.enough(round(share * longer), shorter, longer)
            if (
                near
                and not (options.veto and _find_contradictions(bodies[canonical], bodies[text]))
                and not judged.parts(text, shares)
            ):
                shares[text] = share
            else:
                rest.append(text)
        versions.append(Version(canonical, shares))
    return versions + [Version(text, {text: 1.0}) for text in rest]
