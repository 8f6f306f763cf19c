"""Wordings as stars of near copies, and their versions: texts that agree on the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from embeddings.alignment import Comparison, compare
from embeddings.verifying import Verifier

# Rounds in which texts of one version are gathered around a canonical one of theirs; what
# is left after as many is near to none of them and stays single.
_ROUNDS = 8

Pair = tuple[int, int]


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

    def parts(self, text: int, others: Iterable[int]) -> bool:
        """Whether a text may not stand in one group with one of the others."""
        if not self.apart:
            return False
        return any((min(text, other), max(text, other)) in self.apart for other in others)


def gather_wordings(verifier: Verifier, judged: Judged) -> dict[int, dict[int, float]]:
    """Gather verified pairs into stars: leader -> its followers and their shares.

    The text with most near copies leads first (then the longest, then by hash), and
    takes those that do not follow another yet. Texts that belong together for the user
    join the star that the other of them stands in, where none of its own holds them.
    """
    near: dict[int, dict[int, float]] = defaultdict(dict)
    edges = dict(verifier.edges)
    edges.update({pair: verifier.measure(*pair) for pair in judged.together})
    for (a, b), share in edges.items():
        if (a, b) not in judged.apart:
            near[a][b] = share
            near[b][a] = share
    lengths = verifier.texts.lengths
    order = sorted(near, key=lambda text: (-len(near[text]), -int(lengths[text]), text))
    star_of: dict[int, int] = {}
    stars: dict[int, dict[int, float]] = {}
    for leader in order:
        if leader in star_of:
            continue
        followers: dict[int, float] = {}
        for text in sorted(near[leader], key=lambda text: (-near[leader][text], text)):
            if text not in star_of and not judged.parts(text, followers):
                followers[text] = near[leader][text]
        if followers:
            stars[leader] = followers
            star_of.update(dict.fromkeys((leader, *followers), leader))
    _join_judged(stars, star_of, verifier, judged)
    return stars


def _join_judged(
    stars: dict[int, dict[int, float]], star_of: dict[int, int], verifier: Verifier, judged: Judged
) -> None:
    """Let texts without a star of their own join that of a text they belong with."""
    for a, b in sorted(judged.together):
        for lone, other in ((a, b), (b, a)):
            leader = star_of.get(other)
            if lone in star_of or leader is None:
                continue
            if not judged.parts(lone, (leader, *stars[leader])):
                stars[leader][lone] = verifier.measure(leader, lone)
                star_of[lone] = leader


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
        of_key[_contradictions(compare(bodies[leader], bodies[text]))].append(text)
    _move_judged(of_key, leader, judged)
    agreeing = of_key.pop((), [])
    versions = []
    for texts in of_key.values():
        versions += _gather_version(texts, bodies, verifier, judged)
    versions.sort(key=lambda version: (-len(version.shares), version.canonical))
    first = Version(leader, {leader: 1.0, **{text: followers[text] for text in agreeing}})
    return [first, *versions]


def _contradictions(comparison: Comparison) -> tuple[object, ...]:
    """Return what a text says in the stead of what the leader says, and where."""
    return tuple(
        sorted(
            (fact.kind, fact.before, fact.after, change.before_start if fact.before else 0)
            for change in comparison.changes
            for fact in change.facts
            if fact.conflicting
        )
    )


def _move_judged(of_key: dict[tuple[object, ...], list[int]], leader: int, judged: Judged) -> None:
    """Give texts that belong together for the user the version of the first of them."""
    if not judged.together:
        return
    key_of = {text: key for key, texts in of_key.items() for text in texts} | {leader: ()}
    for a, b in sorted(judged.together):
        if a in key_of and b in key_of and key_of[a] != key_of[b]:
            moved, key = (b, key_of[a]) if key_of[a] == () or b != leader else (a, key_of[b])
            of_key[key_of[moved]].remove(moved)
            of_key[key].append(moved)
            key_of[moved] = key


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
            pair = min(canonical, text), max(canonical, text)
            share = verifier.measure(canonical, text)
            longer = max(int(lengths[canonical]), int(lengths[text]))
            shorter = min(int(lengths[canonical]), int(lengths[text]))
            near = options.enough(round(share * longer), shorter, longer)
            agrees = pair in judged.together or (
                near and not compare(bodies[canonical], bodies[text]).conflicts
            )
            if agrees and not judged.parts(text, shares):
                shares[text] = share
            else:
                rest.append(text)
        versions.append(Version(canonical, shares))
    return versions + [Version(text, {text: 1.0}) for text in rest]
