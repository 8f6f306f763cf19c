"""Short names of topics, made of their keyphrases and distinct across a whole tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from embeddings.text.stopwords import STOP_WORDS
from embeddings.words.gazetteer import place_of
from topics.hierarchy.tree import TreeTopic
from topics.naming.saying import Keyphrases
from topics.naming.various import VARIOUS, list_names, list_own
from topics.naming.wordforms import is_part, share_a_word

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
# stand in, and a lesser one where the first stands in little of the topic. One word is too little
# to print, and takes one that stands with it too.
_ENOUGH, _RARE = 0.5, 0.25
_SECOND = (0.4, 0.2)
_SECOND_TO_A_WORD = 0.03
# A common noun says what a name is about where it stands in so much of what the name stands in; a
# phrase of several words, which says more and is counted less often, in so much.
_SUBJECT = (0.5, 0.3)
# What a second phrase is worth that another topic's name begins with, or a city beside its country.
_ANOTHERS = 0.5
_UNFIT = -1.0
# What makes one phrase with the first ("Paris attacks") is worth the more.
_JOINED = 2.0
# What a phrase is worth of the single word that it begins with, to be said in its place.
_LONGER = 0.6
# The share of a topic that a second phrase stands in, and how much it is of what the first does.
_SEEN = 0.03
_SHORT_WORD = 2
_SEEN_LINKED = 0.05
_SEEN_BESIDE = (0.1, 0.12, 0.3, 0.4)
# Beside what stands in so much of its topic a phrase that stands in less than that is a detail.
_STANDS, _DETAIL = 0.15, 0.08
# Names are examples where they share so much of the passages of the rarer one, and the first does
# not stand in so much of the topic.
_APART_IN, _ALL_THE_SAME = 0.2, 0.3

Phrases = Sequence[str]


def name_tree(
    topics: Sequence[TreeTopic],
    keyphrases: Sequence[Keyphrases],
    default: int,
    fixed: Sequence[str],
    various: Mapping[int, Sequence[int]] | None = None,
) -> list[str]:
    """Join each topic's best keyphrases into a name no other topic has.

    The default level is named first, as it is read first. Broader topics come next and
    are named by more than what one child is named by; finer ones last, and repeat no
    phrase of their parent's without need. Topics of many things are named by what their
    parts are called.

    Args:
        topics: All topics of a tree, parents before children.
        keyphrases: Of each topic.
        default: The default level.
        fixed: Name of each topic that the user gave, or ``""``.
        various: Parts of the topics of many things (``topics.naming.various.find_parts``).
    """
    various = various or {}

    def reading_order(place: int) -> tuple[int, int, int]:
        topic = topics[place]
        if topic.level > default:
            return (2, topic.level, place)
        return (0, 0, place) if topic.finest >= default else (1, -topic.finest, place)

    names = list(fixed)
    # A name by parts leaves its parts their phrases.
    used: list[Phrases] = [
        name.split(", ") if name and not name.startswith(VARIOUS) else [] for name in fixed
    ]
    taken: set[str | frozenset[str]] = {name.casefold() for name in fixed if name}
    children: dict[int, list[int]] = {}
    for place, topic in enumerate(topics):
        children.setdefault(topic.parent, []).append(place)
    leads: set[str] = set()
    for place in sorted(range(len(topics)), key=reading_order):
        if fixed[place] or place in various:
            continue
        topic, own = topics[place], keyphrases[place]
        if topic.level > default:
            wanted = _leave_out(own, used[topic.parent] if topic.parent >= 0 else ())
        else:
            wanted = list(range(len(own.phrases)))
        below = [used[child] for child in children.get(place, [])]
        broad = topic.finest < default
        order = _arrange(
            own, wanted, below if topic.level <= default else (), set() if broad else leads
        )
        names[place], used[place] = _compose(order, own, taken)
        leads |= {phrase.casefold() for phrase in used[place][:1]}
        taken |= _keys(names[place], used[place])
    for place, parts in sorted(various.items(), reverse=True):
        said = [used[part][0] for part in parts if used[part]]
        able = list_names(said, NAME_LENGTH) if said else list_own(keyphrases[place], NAME_LENGTH)
        names[place] = next((name for name in able if name.casefold() not in taken), "")
        taken.add(names[place].casefold())
    told = {place: parts for place, parts in various.items() if names[place]}
    # What cannot be told by its parts is named in its turn, by its phrases.
    return names if told == various else name_tree(topics, keyphrases, default, fixed, told)


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


def _arrange(
    own: Keyphrases, wanted: Sequence[int], children: Sequence[Phrases], leads: Set[str]
) -> list[int]:
    """Return the places of phrases in the order in which they are to make a name.

    First the one that is worth most; then the one that says most beside it, unless nothing
    does, which ends the list. The two are not to be what one child is named by, and the second
    counts less where another topic's name begins with it (``leads``).
    """
    if not wanted:
        return []
    lead = max(wanted, key=lambda place: (own.merits[place], -place))
    lead = _say_more(own, wanted, lead)
    if own.is_linked(lead):
        return [*_name_of(own, wanted, lead), lead]
    one_word = " " not in own.said(lead)
    if not one_word and own.joint[lead][lead] >= _ENOUGH:
        return [lead]

    def beside(place: int) -> float:
        if not _goes_with(own, lead, place):
            return _UNFIT
        stands = own.joint[place][place]
        new = 1.0 - own.joint[lead][place] / stands if stands else 1.0
        named = {own.phrases[lead].casefold(), own.phrases[place].casefold()}
        if any(named <= {one.casefold() for one in child} for child in children):
            return _UNFIT
        if (lead, place) in own.joined or (place, lead) in own.joined:
            return _JOINED * max(own.subjects[place], own.merits[place])
        distinct = _ANOTHERS if own.said(place).casefold() in leads else 1.0
        if _lies_in(own.said(lead), own.said(place)):
            distinct *= _ANOTHERS
        # What is said of a name stands beside it.
        if _tells(own, lead, place):
            return own.subjects[place] * distinct
        return own.merits[place] * distinct * ((1 + new) / 2 if one_word else new)

    rest = [place for place in wanted if place != lead]
    best = max(rest, key=lambda place: (round(beside(place), 9), -place), default=None)
    least = _SECOND_TO_A_WORD if one_word else _SECOND[own.joint[lead][lead] < _RARE]
    if best is None or beside(best) < least * own.merits[lead]:
        return [lead]
    if _tells(own, lead, best) and own.joint[best][best] > own.joint[lead][lead]:
        return [best, lead]
    return _list_alike(own, wanted, lead, best)


def _list_alike(own: Keyphrases, wanted: Sequence[int], lead: int, second: int) -> list[int]:
    """Return two phrases, and a third beside two names that stand for a list of them.

    Names that each stand in a part of the topic, and hardly in one passage, are examples: of three
    it is plainer of what.
    """

    def is_apart(one: int, other: int) -> bool:
        least = min(own.joint[one][one], own.joint[other][other])
        return own.joint[one][other] <= _APART_IN * least

    def is_name(place: int) -> bool:
        return own.said(place)[:1].isupper()

    two = [lead, second]
    if not (is_name(lead) and is_name(second) and is_apart(*two)):
        return two
    if own.joint[lead][lead] >= _ALL_THE_SAME:
        return two
    thirds = [
        place
        for place in wanted
        if place not in two
        and is_name(place)
        and own.merits[place] >= _SECOND[0] * own.merits[second]
        and all(_goes_with(own, one, place) and is_apart(one, place) for one in two)
        and not any(_lies_in(own.said(one), own.said(place)) for one in two)
    ]
    return two + sorted(thirds, key=lambda place: (-own.merits[place], place))[:1]


def _say_more(own: Keyphrases, wanted: Sequence[int], lead: int) -> int:
    """Return a phrase that a single word leads, where it is worth so much of the word.

    Of a name what befell it ("Paris attacks"), of a common noun what it is about ("sanctions
    against Russia").
    """
    word = own.said(lead)
    if " " in word:
        return lead
    longer = [
        place
        for place in wanted
        if own.said(place).casefold().startswith(f"{word.casefold()} ")
        and own.is_linked(place) == word.islower()
        and own.merits[place] >= _LONGER * own.merits[lead]
    ]
    return max(longer, key=lambda place: (own.merits[place], -place), default=lead)


def _name_of(own: Keyphrases, wanted: Sequence[int], linked: int) -> list[int]:
    """Return to whom or where it happens what a linked phrase says: "Yemen, killing of protesters".

    None where the phrase says it itself.
    """
    if not own.phrases[linked].islower():
        return []
    names = [
        place
        for place in wanted
        if own.phrases[place][:1].isupper()
        and own.joint[place][place] >= own.joint[linked][linked]
        and own.merits[place] >= _SECOND[0] * own.merits[linked]
    ]
    return sorted(names, key=lambda place: (-own.merits[place], place))[:1]


def _goes_with(own: Keyphrases, lead: int, place: int) -> bool:
    """Whether a phrase may stand beside the first: of other words, in enough of the topic.

    A linked phrase says what happens, and stands beside a name alone.
    """
    if own.is_linked(place) and not own.phrases[lead][:1].isupper():
        return False
    # A general word says nothing beside another.
    if own.subjects[place] == 0.0 < own.merits[place]:
        return False
    seen, least = own.joint[place][place], _SEEN_LINKED if own.is_linked(place) else _SEEN
    name, first = own.phrases[place][:1].isupper(), own.said(lead)
    if own.is_linked(place) or (first.islower() and " " not in first and not name):
        share = _SEEN_BESIDE[0]
    else:
        share = _SEEN_BESIDE[3 if name else 1 + (" " not in own.said(place))]
    if own.joint[lead][lead] >= _STANDS and not own.is_linked(place):
        least = max(least, _DETAIL)
    enough = seen >= least and seen >= share * own.joint[lead][lead]
    return enough and not share_a_word(first, own.said(place))


def _lies_in(one: str, other: str) -> bool:
    """Whether a city is told beside its country, of which it says little: Iraq and Baghdad."""
    places = [place_of(name.casefold()) for name in (one, other)]
    if not places[0] or not places[1] or places[0].is_city == places[1].is_city:
        return False
    return bool(places[0].codes & places[1].codes)


def _tells(own: Keyphrases, lead: int, place: int) -> bool:
    """Whether a phrase is a common noun, told of enough of the topic, for the name that leads."""
    last = own.phrases[place].split()[-1]
    common = own.phrases[lead][:1].isupper() and (own.phrases[place][:1] + last[:1]).islower()
    if own.is_linked(place):
        return own.phrases[lead][:1].isupper()
    least = _SUBJECT[" " in own.said(place)]
    return common and own.joint[place][place] >= least * own.joint[lead][lead]


def _compose(
    order: Sequence[int], own: Keyphrases, taken: Set[str | frozenset[str]]
) -> tuple[str, Phrases]:
    """Join phrases into a name that is not taken yet, and return those it is made of."""
    for pair in _list_pairs(order, own):
        used = _say(pair, own)
        name = _link(used, own) or _join(used)
        if used and not taken & _keys(name, used):
            return name, used
    used = _say(order, own)
    others = [
        place
        for place in range(len(own.phrases))
        if place not in order and not own.is_linked(place)
    ]
    others.sort(key=lambda place: (-own.merits[place], place))
    spare = [own.said(place) for place in others]
    for phrase in spare:
        longer = _join([*used, phrase])
        if len(longer) > NAME_LENGTH or not taken & _keys(_join(used), used):
            break
        used.append(phrase)
    plain = _join(used) or "Untitled topic"
    name, number = plain, 1
    while taken & _keys(name, used if number == 1 else [name]):
        number += 1
        name = f"{plain} ({number})"
    return name, used


def _list_pairs(order: Sequence[int], own: Keyphrases) -> Iterator[Sequence[int]]:
    """Yield what a name may be made of: as arranged, then the first beside each other one."""
    yield order
    if not order:
        return
    lead = order[0]
    others = sorted(range(len(own.phrases)), key=lambda at: (-own.merits[at], at))
    able = [
        other
        for other in others
        if other not in order and not share_a_word(own.said(lead), own.said(other))
    ]
    fit = [other for other in able if _goes_with(own, lead, other)]
    loose = [other for other in able if other not in fit and not own.is_linked(other)]
    for other in (*fit, *loose):
        yield [lead, other]


def _say(order: Sequence[int], own: Keyphrases) -> list[str]:
    """Return phrases as they are said in a name, two that make one together as one."""
    if len(order) > 1:
        joined = own.joined.get((order[0], order[1])) or own.joined.get((order[1], order[0]))
        if joined:
            return [joined]
    said = [own.said(place) for place in order]
    while len(said) > 1 and len(_join(said)) > NAME_LENGTH:
        said.pop()
    return said


def _link(phrases: Phrases, own: Keyphrases) -> str:
    """Return what says two phrases with a preposition ("protesters in Sana'a"), or ``""``."""
    wanted = sorted(" ".join(phrases).casefold().split())
    for linked in own.phrases[own.linked :] if len(phrases) == 2 else ():
        words = linked.casefold().split()
        if sorted(word for word in words if word not in STOP_WORDS) == wanted:
            return linked[:1].upper() + linked[1:]
    return ""


def _join(phrases: Phrases) -> str:
    """Join phrases into a name: two names or two plurals by "and", others by commas."""
    both = len(phrases) == 2 and not any(" and " in phrase or "&" in phrase for phrase in phrases)
    # By the last word: al Qaeda is a name, US troops are none, nor is a meeting in Moscow.
    capital = [
        phrase.split()[-1][:1].isupper()
        and not (phrase.split()[0].islower() and len(phrase.split()[0]) > _SHORT_WORD)
        for phrase in phrases
    ]
    plural = [
        phrase.endswith("s") and not large for phrase, large in zip(phrases, capital, strict=True)
    ]
    kin = all(capital) or all(plural)
    name = (" and " if both and kin else ", ").join(phrases)
    return name[:1].upper() + name[1:]
