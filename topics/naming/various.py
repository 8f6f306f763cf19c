"""Topics of many things, which no phrase tells: named by their largest parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

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
        members = tree.members[place]
        if len(members) < _LEAST_SIZE:
            return False
        made_of = len(np.unique(tree.shown[members])) if tree.topics[place].finest < default else 1
        return made_of >= _MADE_OF or max(keyphrases[place].merits, default=1.0) < LEAST_TOLD

    default = tree.default
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
        if len(parts) >= _TOLD:
            found[place] = sorted(parts, key=lambda one: (-sizes[one], one))
    return found


def list_names(parts: Sequence[str], longest: int) -> Iterator[str]:
    """Yield names of a topic of many things, the first parts first: "Various: oil, coffee, gold".

    Args:
        parts: What its parts are called; those that share a word are not said together.
        longest: Letters of a name.
    """
    for told in combinations(parts, _TOLD):
        name = VARIOUS + ", ".join(told)
        alone = not any(share_a_word(one, other) for one, other in combinations(told, 2))
        if alone and len(name) <= longest:
            yield name
