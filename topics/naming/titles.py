"""Short names of topics, made of their keyphrases and distinct across a whole tree."""

from __future__ import annotations

from collections.abc import Sequence, Set

from topics.hierarchy.tree import TreeTopic
from topics.naming.keyphrases import Keyphrases
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


def name_tree(
    topics: Sequence[TreeTopic],
    keyphrases: Sequence[Keyphrases],
    default: int,
    fixed: Sequence[str],
) -> list[str]:
    """Join each topic's best keyphrases into a name no other topic has.

    The default level is named first, as it is read first. Broader topics come next and
    are named by more than what one child is named by; finer ones last, and repeat no
    phrase of their parent's without need.

    Args:
        topics: All topics of a tree, parents before children.
        keyphrases: Of each topic.
        default: The default level.
        fixed: Name of each topic that the user gave, or ``""``.
    """

    def reading_order(place: int) -> tuple[int, int, int]:
        topic = topics[place]
        if topic.level > default:
            return (2, topic.level, place)
        return (0, 0, place) if topic.finest >= default else (1, -topic.finest, place)

    names = list(fixed)
    used: list[Phrases] = [name.split(", ") if name else [] for name in fixed]
    taken: set[str | frozenset[str]] = {name.casefold() for name in fixed if name}
    children: dict[int, list[int]] = {}
    for place, topic in enumerate(topics):
        children.setdefault(topic.parent, []).append(place)
    for place in sorted(range(len(topics)), key=reading_order):
        if fixed[place]:
            continue
        topic, own = topics[place], keyphrases[place]
        if topic.level > default:
            phrases = _leave_out(own, used[topic.parent] if topic.parent >= 0 else ())
        else:
            below = [used[child] for child in children.get(place, [])]
            phrases = _go_beyond(own.phrases, below)
        names[place], used[place] = _compose(phrases, own.phrases, taken)
        taken |= _keys(names[place], used[place])
    return names


def _keys(name: str, phrases: Phrases) -> set[str | frozenset[str]]:
    """Return what no other topic may have: a name, and the set of phrases it is made of."""
    return {name.casefold(), frozenset(phrase.casefold() for phrase in phrases)}


def _leave_out(own: Keyphrases, parent: Phrases) -> list[str]:
    """Return the phrases that its parent's name does not hold already, best first.

    The best of the others comes with them where they say little beside it.
    """
    known = [tuple(phrase.casefold().split()) for phrase in parent]
    left: list[str] = []
    most, repeated = 0.0, (0.0, "", 0.0)
    for phrase, weight, bits in zip(own.phrases, own.weights, own.apart, strict=True):
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


def _compose(
    phrases: Phrases, spare: Phrases, taken: Set[str | frozenset[str]]
) -> tuple[str, Phrases]:
    """Join phrases into a name that is not taken yet, and return those it is made of."""
    order = [*phrases, *[phrase for phrase in spare if phrase not in phrases]]
    name, used = "", list[str]()
    for place, phrase in enumerate(order):
        longer = f"{name}, {phrase}" if name else phrase[:1].upper() + phrase[1:]
        enough = len(used) >= NAME_PHRASES or len(longer) > NAME_LENGTH or place >= len(phrases)
        if used and enough and not taken & _keys(name, used):
            break
        name, used = longer, [*used, phrase]
    plain = name or "Untitled topic"
    name, number = plain, 1
    while taken & _keys(name, used if number == 1 else [name]):
        number += 1
        name = f"{plain} ({number})"
    return name, used
