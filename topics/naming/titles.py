"""Short names of topics, made of their keyphrases and distinct across a whole tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from topics.naming.wordforms import is_part

NAME_PHRASES = 3
# A name longer than this is cut to fewer phrases: it must fit a map and a table.
NAME_LENGTH = 42
# A phrase of the parent's name is repeated where it weighs so many times the best other, or
# weighs about as much and is commoner here than in the rest of the parent by so many bits: a
# broad topic may be named by its parts.
NEED = 1.5
APART = 2.0
_ABOUT = 0.9

Phrases = Sequence[str]


@dataclass(frozen=True)
class Named:
    """A topic that is to be named.

    Attributes:
        phrases: Its keyphrases, best first.
        weights: What each weighs; by default nothing.
        apart: Bits by which each is commoner here than in the rest of the parent; by
            default none.
        parent: Place of its parent among the topics, -1 for none.
        level: The broadest level it stands on, counted from the default one: below 0 for
            broader, above 0 for finer.
        finest: The finest one, counted likewise.
        fixed: Name given by the user, or ``""``.
    """

    phrases: Phrases
    weights: Sequence[float] = ()
    apart: Sequence[float] = ()
    parent: int = -1
    level: int = 0
    finest: int = 0
    fixed: str = ""


@dataclass
class _Taken:
    """Names in use, and the sets of phrases they are made of, which may not recur either."""

    names: set[str] = field(default_factory=set)
    sets: set[frozenset[str]] = field(default_factory=set)

    def add(self, name: str, phrases: Phrases) -> None:
        self.names.add(name.casefold())
        if phrases:
            self.sets.add(frozenset(phrase.casefold() for phrase in phrases))

    def holds(self, name: str, phrases: Phrases) -> bool:
        key = frozenset(phrase.casefold() for phrase in phrases)
        return name.casefold() in self.names or key in self.sets


def name_tree(topics: Sequence[Named]) -> list[str]:
    """Join each topic's best keyphrases into a name no other topic has.

    The default level is named first, as it is read first. Broader topics come next and
    are named by more than what one child is named by; finer ones last, and repeat no
    phrase of their parent's without need.

    Args:
        topics: All topics of a tree, parents before children.
    """
    taken = _Taken()
    names = [topic.fixed for topic in topics]
    used: list[Phrases] = [[] for _ in topics]
    for place, topic in enumerate(topics):
        if topic.fixed:
            taken.add(topic.fixed, [])
            used[place] = topic.fixed.split(", ")
    children: dict[int, list[int]] = {}
    for place, topic in enumerate(topics):
        children.setdefault(topic.parent, []).append(place)
    for place in _reading_order(topics):
        topic = topics[place]
        if topic.fixed:
            continue
        if topic.level > 0:
            phrases = _leave_out(topic, used[topic.parent] if topic.parent >= 0 else ())
        else:
            phrases = _go_beyond(topic.phrases, [used[child] for child in children.get(place, [])])
        names[place], used[place] = _compose(phrases, topic.phrases, taken)
        taken.add(names[place], used[place])
    return names


def _reading_order(topics: Sequence[Named]) -> list[int]:
    """Return places of topics: default level, broader ones upwards, finer downwards."""

    def key(place: int) -> tuple[int, int, int]:
        topic = topics[place]
        if topic.level > 0:
            return (2, topic.level, place)
        return (0, 0, place) if topic.finest >= 0 else (1, -topic.finest, place)

    return sorted(range(len(topics)), key=key)


def _leave_out(topic: Named, parent: Phrases) -> list[str]:
    """Return the phrases that its parent's name does not hold already, best first.

    The best of the others comes with them where they say little beside it.
    """
    known = [tuple(phrase.casefold().split()) for phrase in parent]
    count = len(topic.phrases)
    weights = [*topic.weights, *[0.0] * (count - len(topic.weights))]
    apart = [*topic.apart, *[0.0] * (count - len(topic.apart))]
    left: list[str] = []
    most, repeated = 0.0, (0.0, "", 0.0)
    for phrase, weight, bits in zip(topic.phrases, weights, apart, strict=True):
        words = tuple(phrase.casefold().split())
        if not any(is_part(words, other) for other in known):
            left.append(phrase)
            most = max(most, weight)
        elif weight > repeated[0]:
            repeated = (weight, phrase, bits)
    needed = repeated[0] > (_ABOUT if repeated[2] >= APART else NEED) * most
    return [repeated[1], *left] if needed else left


def _go_beyond(phrases: Phrases, children: Sequence[Phrases]) -> list[str]:
    """Order phrases so that the first few are not all of one child's name."""
    first = list(phrases[:NAME_PHRASES])
    for child in children:
        own = {phrase.casefold() for phrase in child}
        if own >= {phrase.casefold() for phrase in first}:
            other = next((one for one in phrases if one.casefold() not in own), None)
            if other is not None:
                first = [first[0], other, *first[1:]]
    return [*first, *[phrase for phrase in phrases if phrase not in first]]


def _compose(phrases: Phrases, spare: Phrases, taken: _Taken) -> tuple[str, Phrases]:
    """Join phrases into a name that is not taken yet, and return those it is made of."""
    order = [*phrases, *[phrase for phrase in spare if phrase not in phrases]]
    name, used = "", list[str]()
    for place, phrase in enumerate(order):
        longer = f"{name}, {phrase}" if name else phrase[:1].upper() + phrase[1:]
        enough = len(used) >= NAME_PHRASES or len(longer) > NAME_LENGTH or place >= len(phrases)
        if used and enough and not taken.holds(name, used):
            break
        name, used = longer, [*used, phrase]
    plain = name or "Untitled topic"
    name, number = plain, 1
    while taken.holds(name, used if number == 1 else [name]):
        number += 1
        name = f"{plain} ({number})"
    return name, used
