"""Topics of many things, which no phrase tells: named by their largest parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from topics.hierarchy.tree import TopicTree
from topics.naming.saying import Keyphrases
from topics.naming.wordforms import share_a_word

# What such a name begins with: the one sign that a topic is of many things.
VARIOUS = "Various: "
# What the best phrase of a topic is worth in its name, from which on it tells the whole
# (docs/decisions/names.md).
LEAST_TOLD = 0.5
# Of fewer passages it was not measured.
_LEAST_SIZE = 15
# A broader topic that so many of the default level make up is of many things whatever tells it:
# those of one subject are joined there.
_MADE_OF = 3
# It is named by so many parts, each of which holds such a share of it and as many passages as
# said above, or else as any other topic.
_TOLD, _LEAST_PART = 3, 0.1
# By phrases of its own where each stands in so much of it, one common noun in more, all of them in
# so much, and none in so much that it tells the whole.
_LEAST_OWN, _LEAST_COVERED, _TELLS_ALONE = (0.06, 0.12), 0.25, 0.4


def are_told(tree: TopicTree, keyphrases: Sequence[Keyphrases]) -> list[bool]:
    """Return of each topic whether a phrase tells it, which is of many things otherwise.

    So small topics are taken to be where they are no parts of others, and those whose phrases
    were not weighed: of these it is not known.

    Args:
        tree: The topics.
        keyphrases: Of each of ``tree.topics``.
    """

    def is_told(place: int) -> bool:
        own, topic = keyphrases[place], tree.topics[place]
        if len(tree.members[place]) < _LEAST_SIZE and topic.level <= tree.default:
            return True
        if _is_made_of_many(tree, place):
            return False
        return max(own.merits, default=1.0 if own.phrases else 0.0) >= LEAST_TOLD

    return [is_told(place) for place in range(len(tree.topics))]


def find_parts(
    tree: TopicTree, keyphrases: Sequence[Keyphrases], fixed: Sequence[str]
) -> dict[int, list[int]]:
    """Find the topics of many things, and the parts of each that are of one.

    Args:
        tree: The topics.
        keyphrases: Of each of ``tree.topics``.
        fixed: Names that are not to be made, or ``""``: none of these is looked at.

    Returns:
        By place, of each that no phrase tells the places of the broadest topics below it that
        one does, the larger before the smaller, where there are enough of them.
    """
    children: dict[int, list[int]] = {}
    for place, topic in enumerate(tree.topics):
        children.setdefault(topic.parent, []).append(place)

    def is_various(place: int) -> bool:
        if fixed[place]:
            return fixed[place].startswith(VARIOUS)
        if len(tree.members[place]) < _LEAST_SIZE:
            return False
        most = max(keyphrases[place].merits, default=1.0)
        return most < LEAST_TOLD or _is_made_of_many(tree, place)

    various = [is_various(place) for place in range(len(tree.topics))]

    def find_told(place: int) -> list[int]:
        if not various[place]:
            return [place]
        return [one for child in children.get(place, ()) for one in find_told(child)]

    found = {}
    for place in (one for one, many in enumerate(various) if many and not fixed[one]):
        sizes = {one: len(tree.members[one]) for one in find_told(place)}
        least = max(_LEAST_PART * len(tree.members[place]), _LEAST_SIZE)
        parts = [one for one, size in sizes.items() if size >= least]
        enough = len(parts) >= _TOLD
        found[place] = sorted(parts, key=lambda one: (-sizes[one], one)) if enough else []
    return found


def _is_made_of_many(tree: TopicTree, place: int) -> bool:
    """Whether a broader topic holds several of the default level."""
    broad = tree.topics[place].finest < tree.default
    return broad and len(np.unique(tree.shown[tree.members[place]])) >= _MADE_OF


def list_own(own: Keyphrases, longest: int) -> Iterator[str]:
    """Yield names of a topic of many things by its own phrases, where its parts cannot be told.

    First those that stand in most of it that the ones before do not stand in.
    """
    covers = [row[place] for place, row in enumerate(own.joint)]

    def tells(place: int) -> bool:
        said = own.said(place)
        least = _LEAST_OWN[" " not in said and said.islower()]
        # A general word, which is worth nothing beside another, tells nothing here either.
        return covers[place] >= least and own.subjects[place] > 0.0

    def find_new(place: int) -> float:
        return covers[place] - max((own.joint[place][one] for one in chosen), default=0.0)

    able = [place for place in range(min(len(covers), own.linked)) if tells(place)]
    if max((covers[place] for place in able), default=1.0) >= _TELLS_ALONE:
        return
    chosen: list[int] = []
    covered = 0.0
    while able:
        best = max(able, key=lambda one: (round(find_new(one) * own.merits[one], 9), -one))
        covered += find_new(best)
        chosen.append(best)
        able.remove(best)
    if covered >= _LEAST_COVERED:
        yield from list_names([own.said(place) for place in chosen], longest, least=2)


def list_names(parts: Sequence[str], longest: int, least: int = _TOLD) -> Iterator[str]:
    """Yield names of a topic of many things, the first parts first: "Various: oil, coffee, gold".

    Args:
        parts: What its parts are called; those that share a word are not said together.
        longest: Letters of what stands behind the mark.
        least: Parts of a name where no three go together.
    """
    many = [combinations(parts, count) for count in range(_TOLD, least - 1, -1)]
    for told in chain.from_iterable(many):
        name = ", ".join(told)
        alone = not any(share_a_word(one, other) for one, other in combinations(told, 2))
        if alone and len(name) <= longest:
            yield VARIOUS + name
