"""Which topics a reader is shown: broad ones that can be trusted, their parts below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from topics.hierarchy.tree import TopicTree

# A topic that resampled runs find again with less than this (mean best Jaccard) is shown
# through its broader one; below .6 Hennig (2007, section 6) advises against trusting a cluster.
LEAST_STABLE = 0.6
# So is one of less than this share of the passages, unless it stands so many times as far
# apart as topics of its level do in the mean.
LEAST_SHARE = 0.005
APART = 1.4
# And one of which more than so much is of one article.
MOST_OF_ARTICLE = 0.5
# So many levels below the default one are looked through for parts.
PARTS_BELOW = 2
# Fewer passages are no part to be shown, whatever they are; more than so large a share of the
# topic above are that topic again.
LEAST_PART = 5
MOST_OF_TOPIC = 0.8
# A topic that comes back so surely (Hennig's "highly stable") is shown though no phrase tells it,
# where what is shown of it, or above it, is less than this share.
LASTING, LEAST_LEFT = 0.85, 0.5
# Why the others are not: they are of many things, of one article, or shown by those around them.
TOLD_BY_OTHERS = "told by others"
# At least this share of the passages stays under a topic that is shown.
LEAST_COVERED = 0.9


def is_unstable(stability: float | None) -> bool:
    """Whether a topic might not be there with slightly other articles."""
    return stability is not None and stability < LEAST_STABLE


def tell_hidden(stability: float | None, rows: int, total: int) -> str:
    """Return why a topic of so many rows of all is not shown by itself."""
    if is_unstable(stability):
        return "unstable"
    return "small" if rows < LEAST_SHARE * total else TOLD_BY_OTHERS


def choose_shown(
    tree: TopicTree,
    stabilities: Sequence[float | None],
    margins: Sequence[float],
    of_article: Sequence[float],
    *,
    kept: Set[int] = frozenset(),
    told: Sequence[bool] = (),
    exact: bool = False,
) -> list[bool]:
    """Choose the topics that are shown by default, at most two of them above each other.

    A topic of the default level that is unstable, or small and not apart, or of one article, or
    of many things, is shown through the nearest broader one that is none of these. Below each,
    the broadest of the next finer levels that are none of these are its parts; where none is
    above them they are shown by themselves. Guided topics and those without a measured stability
    always pass, and no broader topic takes the place of one of ``kept``. A topic of many things
    that comes back nearly always is shown where less than half of it is. Where too few passages
    would be under a topic that is shown, so are topics of many things, and then the others, of
    each those first that hold most of the passages left.

    Args:
        tree: The topics.
        stabilities: Of each of ``tree.topics``; ``None`` where it was not measured.
        margins: Of each, how far it stands apart, 1 being the mean of its level.
        of_article: Of each, the largest share of its rows that are of one article.
        kept: Topics of the default level that the user edited or named.
        told: Of each, whether a phrase tells it, which is of many things otherwise; by default all.
        exact: The user asked for the number of topics on the default level: all are shown.

    Returns:
        For each of ``tree.topics`` whether it is shown.
    """
    topics = tree.topics
    usable = _find_usable(tree, stabilities, margins, of_article, kept)
    tells = [
        usable[place] and (place in kept or tree.is_guided(topic) or not told or told[place])
        for place, topic in enumerate(topics)
    ]
    parents = {topic.parent for topic in topics}
    held_here = set(tree.rows[tree.default].tolist())
    # A guided topic whose parts hold all its passages is told by them.
    here = [
        place
        for place in tree.places[tree.default].tolist()
        if place in held_here or (place >= 0 and place not in parents)
    ]
    barred = _find_barred(tree, here, kept)
    shown = [False] * len(topics)

    def find_heads_of(able: Sequence[bool]) -> set[int]:
        heads = set()
        for place in here:
            while place >= 0 and not (able[place] and place not in barred):
                place = topics[place].parent
            heads.add(place)
        return heads - {-1}

    for place in here if exact else find_heads_of(tells):
        shown[place] = True
    for level in range(tree.default + 1, min(tree.default + PARTS_BELOW + 1, len(tree.levels))):
        for place in np.unique(tree.rows[level]).tolist():
            shown[place] |= tells[place] and len(tree.members[place]) >= LEAST_PART
    both = (place for level in tree.rows[tree.default :][:2] for place in np.unique(level).tolist())
    lasting = [
        place
        for place in both
        if usable[place] and place not in barred and (stabilities[place] or 0.0) >= LASTING
    ]
    _show_more(tree, shown, lasting, [find_heads_of(usable), set(here)])
    _leave_two(tree, shown)
    return shown


def find_largest_shares(documents: Sequence[str], tree: TopicTree) -> list[float]:
    """Return of each topic the largest share of its rows that are of one article."""
    numbers = np.unique(np.array(documents, dtype=object), return_inverse=True)[1]
    counts = [np.bincount(numbers[held]) if len(held) else np.zeros(1) for held in tree.members]
    return [float(one.max() / max(one.sum(), 1)) for one in counts]


def _show_more(
    tree: TopicTree, shown: list[bool], lasting: Sequence[int], able: Sequence[Set[int]]
) -> None:
    """Show lasting topics that would be gone, and others until enough rows are under one.

    Of these those of the first group go before the next.
    """
    covered = np.zeros(len(tree.shown), bool)
    for place in np.flatnonzero(shown).tolist():
        covered[tree.members[place]] = True
    gone = [
        place
        for place in lasting
        if covered[tree.members[place]].sum() < LEAST_LEFT * len(tree.members[place])
    ]
    for place in gone:
        shown[place] = True
        covered[tree.members[place]] = True
    for group in able:
        left = set(group)
        while left and round(float(covered.sum()) - LEAST_COVERED * len(covered), 6) < 0:
            most = min(
                left,
                key=lambda one: (covered[tree.members[one]].sum() - len(tree.members[one]), one),
            )
            left.remove(most)
            shown[most] = True
            covered[tree.members[most]] = True


def show_instead(
    shown: list[bool | None], tree: TopicTree, by_hand: Set[int], grown: Set[int]
) -> None:
    """Show topics of the default level in place of broader ones that were shown for them.

    Args:
        shown: Of each topic, to be changed.
        tree: The topics.
        by_hand: What edits made.
        grown: Broader topics that give way where they stand above that: what was shown for what
            they held says nothing of what they hold now.
    """
    above = set(by_hand)
    while above := {tree.topics[place].parent for place in above} - {-1}:
        for place in above & grown:
            if shown[place] and not tree.is_guided(tree.topics[place]):
                shown[place] = False
                for part in np.unique(tree.rows[tree.default][tree.members[place]]).tolist():
                    shown[part] = True


def _find_usable(
    tree: TopicTree,
    stabilities: Sequence[float | None],
    margins: Sequence[float],
    of_article: Sequence[float],
    kept: Set[int],
) -> list[bool]:
    """Find the topics that may be shown by themselves; see ``choose_shown``."""
    rows = len(tree.shown)
    measured = zip(tree.topics, stabilities, margins, of_article, tree.members, strict=True)
    return [
        place in kept
        or tree.is_guided(topic)
        or stability is None
        or (
            not is_unstable(stability)
            and round(share, 6) <= MOST_OF_ARTICLE
            and (len(held) >= LEAST_SHARE * rows or round(margin, 6) >= APART)
        )
        for place, (topic, stability, margin, share, held) in enumerate(measured)
    ]


def _find_barred(tree: TopicTree, here: Sequence[int], kept: Set[int]) -> set[int]:
    """Find the broader topics that would take the place of the user's own."""
    barred: set[int] = set()
    for place in here:
        own = place in kept or tree.is_guided(tree.topics[place])
        above = tree.topics[place].parent if own else -1
        while above >= 0:
            barred.add(above)
            above = tree.topics[above].parent
    return barred


def _leave_two(tree: TopicTree, shown: list[bool]) -> list[int]:
    """Of three topics shown above each other leave out the finest, and parts that are the whole.

    Returns:
        For each topic how many are shown at or above it.
    """
    above = [0] * len(tree.topics)
    heads = [-1] * len(tree.topics)
    # Broad topics come before fine ones.
    for place, topic in enumerate(tree.topics):
        guided = tree.is_guided(topic)
        # The user's own topics stand beside each other, also where one is a part of another.
        if topic.parent >= 0 and not guided:
            above[place], heads[place] = above[topic.parent], heads[topic.parent]
        whole = len(tree.members[heads[place]]) if above[place] else np.inf
        same = len(tree.members[place]) > MOST_OF_TOPIC * whole
        shown[place] &= above[place] < 2 and not same
        if shown[place] and not above[place]:
            heads[place] = place
        above[place] += shown[place]
    return above


def find_heads(
    parents: Mapping[int, int | None],
    levels: Mapping[int, int],
    shown: Set[int],
    guided: Set[int],
    default: int,
) -> dict[int, int]:
    """Return for each topic the one that its passages are counted under.

    The broadest one shown at or above it, not beyond a guided one; where none is, its topic on
    the default level.

    Args:
        parents: The topic above each, ``None`` on top.
        levels: Broadest level that each topic stands on.
        shown: Those that are shown.
        guided: The user's own.
        default: The default level.
    """
    heads = {}
    for topic in parents:
        head: int | None = None
        here: int | None = topic
        raised = topic
        while here is not None:
            if here in shown:
                head = here
            if levels[raised] > default:
                raised = here
            here = None if head in guided else parents[here]
        heads[topic] = raised if head is None else head
    return heads


def find_row_heads(tree: TopicTree, shown: Sequence[bool]) -> NDArray[np.int64]:
    """Return the place of the topic that each row is counted under (``find_heads``)."""
    places = range(len(tree.topics))
    heads = find_heads(
        {i: tree.topics[i].parent if tree.topics[i].parent >= 0 else None for i in places},
        {i: tree.topics[i].level for i in places},
        {i for i in places if shown[i]},
        {i for i in places if tree.is_guided(tree.topics[i])},
        tree.default,
    )
    return np.array([heads[place] for place in tree.rows[-1].tolist()], np.int64)
