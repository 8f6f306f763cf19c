"""Short names of topics, made of their keyphrases and distinct across a whole tree."""

from __future__ import annotations

from collections.abc import Sequence, Set

from topics.hierarchy.tree import TreeTopic
from topics.naming.keyphrases import Keyphrases
from topics.naming.wordforms import alike, is_part, split_words

NAME_PHRASES = 2
# A name longer than this is cut to fewer phrases: it must fit a map and a table.
NAME_LENGTH = 42
# A phrase of the parent's name is repeated where it is worth so many times the best other, or
# about as much and is commoner here than in the rest of the parent by so many bits: a broad
# topic may be named by its parts.
NEED = 1.15
APART = 2.0
_ABOUT = 0.9
# A phrase of several words that stands in so much of its topic is a name alone; beside another a
# second is taken where it is worth such a share of it, for the passages that the first does not
# stand in. One word is too little to print, and takes one that stands with it too.
_ENOUGH = 0.5
_SECOND = 0.4
_SECOND_TO_A_WORD = 0.03

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
            wanted = _leave_out(own, used[topic.parent] if topic.parent >= 0 else ())
        else:
            wanted = list(range(len(own.phrases)))
        below = [used[child] for child in children.get(place, [])]
        order = _arrange(own, wanted, below if topic.level <= default else ())
        names[place], used[place] = _compose(order, own, taken)
        taken |= _keys(names[place], used[place])
    return names


def _keys(name: str, phrases: Phrases) -> set[str | frozenset[str]]:
    """Return what no other topic may have: a name, and the set of phrases it is made of."""
    return {name.casefold(), frozenset(phrase.casefold() for phrase in phrases)}


def _leave_out(own: Keyphrases, parent: Phrases) -> list[int]:
    """Return the places of the phrases that its parent's name does not hold already.

    The best of the others comes with them where they say little beside it.
    """
    known = [tuple(phrase.casefold().split()) for phrase in parent]
    left: list[int] = []
    most, repeated = 0.0, (0.0, 0, 0.0)
    for place, phrase in enumerate(own.phrases):
        words, merit = tuple(phrase.casefold().split()), own.merits[place]
        if not any(is_part(words, other) for other in known):
            left.append(place)
            most = max(most, merit)
        elif merit > repeated[0]:
            repeated = (merit, place, own.apart[place])
    needed = repeated[0] > (_ABOUT if repeated[2] >= APART else NEED) * most
    return [repeated[1], *left] if needed else left


def _arrange(own: Keyphrases, wanted: Sequence[int], children: Sequence[Phrases]) -> list[int]:
    """Return the places of phrases in the order in which they are to make a name.

    First the one that is worth most; then the one that says most beside it, unless nothing
    does, which ends the list. The two are not to be what one child is named by.
    """
    if not wanted:
        return []
    lead = max(wanted, key=lambda place: (own.merits[place], -place))
    one_word = " " not in own.phrases[lead]
    if not one_word and own.joint[lead][lead] >= _ENOUGH:
        return [lead]
    rest = [place for place in wanted if not _share_a_word(own.phrases[lead], own.phrases[place])]

    def beside(place: int) -> float:
        stands = own.joint[place][place]
        new = 1.0 - own.joint[lead][place] / stands if stands else 1.0
        named = {own.phrases[lead].casefold(), own.phrases[place].casefold()}
        of_one = any(named <= {one.casefold() for one in child} for child in children)
        return 0.0 if of_one else own.merits[place] * ((1 + new) / 2 if one_word else new)

    best = max(rest, key=lambda place: (round(beside(place), 9), -place), default=None)
    least = _SECOND_TO_A_WORD if one_word else _SECOND
    if best is None or beside(best) < least * own.merits[lead]:
        return [lead]
    return [lead, best]


def _share_a_word(one: str, other: str) -> bool:
    """Whether two phrases have a word in common, in any form, or one is the other's letters."""
    words = split_words(tuple(other.casefold().split()))
    for short, long in ((one, other), (other, one)):
        if short.casefold() == "".join(word[0] for word in long.split()).casefold():
            return True
    return any(
        alike(word, its) for word in split_words(tuple(one.casefold().split())) for its in words
    )


def _compose(
    order: Sequence[int], own: Keyphrases, taken: Set[str | frozenset[str]]
) -> tuple[str, Phrases]:
    """Join phrases into a name that is not taken yet, and return those it is made of."""
    wanted = [own.phrases[place] for place in order]
    if len(order) > 1:
        lead, other = order
        joined = own.joined.get((lead, other)) or own.joined.get((other, lead))
        wanted = [joined] if joined else wanted
    spare = [phrase for phrase in own.phrases if phrase not in wanted]
    used: list[str] = []
    for place, phrase in enumerate([*wanted, *spare]):
        longer = _join([*used, phrase])
        enough = len(longer) > NAME_LENGTH or place >= len(wanted)
        if used and enough and not taken & _keys(_join(used), used):
            break
        used.append(phrase)
    plain = _join(used) or "Untitled topic"
    name, number = plain, 1
    while taken & _keys(name, used if number == 1 else [name]):
        number += 1
        name = f"{plain} ({number})"
    return name, used


def _join(phrases: Phrases) -> str:
    """Join phrases into a name: two names or two plurals by "and", others by commas."""
    both = len(phrases) == 2 and not any(" and " in phrase or "&" in phrase for phrase in phrases)
    capital = [phrase[:1].isupper() for phrase in phrases]
    plural = [phrase.endswith("s") for phrase in phrases]
    kin = all(capital) or (all(plural) and not any(capital))
    name = (" and " if both and kin else ", ").join(phrases)
    return name[:1].upper() + name[1:]
