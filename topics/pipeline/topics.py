"""Topics of a corpus: guided, discovered, edited, in levels, measured and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.progress import begin
from topics.discovery.belonging import Belonging, measure_belonging
from topics.discovery.branching import measure_margins
from topics.discovery.few import FEW_ROWS
from topics.discovery.ground import Ground
from topics.discovery.levels import grow_tree
from topics.discovery.rest import discover_rest
from topics.discovery.stability import measure_stability, pick_stabilities
from topics.edits.constraints import Edited, Memory, apply_edits
from topics.edits.following import follow_edits
from topics.guiding.answers import is_taught
from topics.guiding.assigning import embed_topics, link_found, place_topics
from topics.guiding.drawn import note_drawn, note_left
from topics.guiding.taxonomy import GuidedTopic, find_parents
from topics.hierarchy.showing import (
    PARTS_BELOW,
    choose_shown,
    find_largest_shares,
    find_row_heads,
    show_instead,
)
from topics.hierarchy.tree import TopicTree, fold_guided
from topics.keeping.names import keep_names
from topics.naming.describing import Described, Topic, describe_tree, find_tree_phrases
from topics.naming.various import are_told
from topics.pipeline.wishes import Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topics.pipeline.corpus import Corpus

# The array that holds how far each row fits each of the user's topics.
FITS = "fits"


@dataclass(frozen=True)
class Placed:
    """Topics before edits, on the level to be shown.

    Attributes:
        labels: int64 of shape ``(n,)``: guided topics first, then the discovered by size.
        notes: What the user should know.
        fits: float32 of shape ``(n, guided topics)``, 0 to 1, from .5 on taken; ``None`` where
            rows were placed in an earlier run.
        tree: The levels around it, where topics are kept; edits leave them as they are.
    """

    labels: NDArray[np.int64]
    notes: tuple[str, ...]
    fits: NDArray[np.float32] | None = None
    tree: TopicTree | None = None


@dataclass(frozen=True)
class Last:
    """What is known of the topics of a tree from runs before, by their places.

    Attributes:
        ids: The id of each: that of the topic of before which it continues, or a new one.
        stabilities: As last measured.
        named: Those of the default level that the user named.
        shown: Whether each is shown; ``None`` where that is to be chosen.
        names: Names by key phrases that stay, ``""`` where there is none.
        described: Those that hold nearly what they held when they were described, by place.
        aside: How those were described that an edit changed (``topic_tables.SET_ASIDE``).
        stays: The topics are kept and were not found in this run.
        matched: The ids of those that hold what a kept topic holds, by place.
        grown: Those of the last run that edits gave a text or took one from.
    """

    ids: list[int]
    stabilities: list[float | None]
    named: set[int]
    shown: list[bool | None]
    names: list[str]
    described: dict[int, Described]
    aside: dict[str, list[Any]]
    stays: bool
    matched: dict[int, int]
    grown: Set[int] = frozenset()


@dataclass(frozen=True)
class Found:
    """The topics of a corpus.

    Attributes:
        tree: A topic for every row on every level.
        topics: Name, keyphrases and typical passages of each of ``tree.topics``.
        shown: Whether each topic is shown (``topics.hierarchy.showing``).
        heads: int64 ``(n,)``: place of the topic that each row is counted under.
        belonging: How each row belongs to that topic; the others are places too.
        stabilities: Of each topic: mean best Jaccard over resampled runs, ``None``
            where it was not measured or an edit made the topic.
        near: Of each topic: place of the guided topic it comes nearest to, and how
            near, for discovered topics on the level shown; else ``None``.
        edited: What the edits did to the default level.
        placed: The partition that edits and levels were made on.
        ids: As in ``Last``.
        described: Of topics that were not described again, by place, the texts changed since.
        aside: As in ``Last``.
        by_hand: Places of the topics that an edit made, and of what it parted.
        matched: As in ``Last``.
    """

    tree: TopicTree
    topics: list[Topic]
    shown: list[bool]
    heads: NDArray[np.int64]
    belonging: Belonging
    stabilities: list[float | None]
    near: list[tuple[int, float] | None]
    edited: Edited
    placed: Placed
    ids: list[int]
    described: dict[int, int]
    aside: dict[str, list[Any]]
    by_hand: frozenset[int]
    matched: dict[int, int]


def find_topics(
    corpus: Corpus,
    wishes: Wishes,
    placed: Placed,
    last: Callable[[TopicTree], Last],
    *,
    memory: Memory | None = None,
    measure: bool = True,
) -> Found:
    """Find, measure and name the topics of a corpus.

    A pure function of the corpus, the wishes and what is kept: rows in canonical order give
    the same topics in any run.

    Args:
        corpus: What topics are found from.
        wishes: What the user asked for.
        placed: What ``place_rows`` found for the same corpus, guided topics and count.
        last: Gives what is known of the topics of a tree from runs before.
        memory: What runs before did of the edits, where topics are kept.
        measure: Whether to measure stability; the last measured one counts otherwise.
    """
    labels, before = placed.labels, placed.tree
    names = [topic.name for topic in wishes.guided]
    finer = before.levels[before.default :] if before else ()
    edited = apply_edits(
        labels, wishes.edits, corpus.node_of, lambda: corpus.ground, names, memory, finer
    )
    if before is None:
        grown = grow_tree(corpus.ground, edited.labels, len(names))
    else:
        leaves = memory.leaves if memory else None
        grown = follow_edits(before, edited.labels, lambda: corpus.ground, leaves)
    tree = fold_guided(grown, find_parents(wishes.guided))
    known = last(tree)
    stabilities = _measure_stabilities(corpus, labels, tree) if measure else known.stabilities
    _forget_edited(stabilities, tree, edited.touched)
    by_hand = {int(tree.places[tree.default][label]) for label in edited.touched}
    parted = _find_parted(tree, by_hand)
    begin("naming topics")
    phrases = find_tree_phrases(
        corpus.telling,
        tree,
        corpus.some_vectors,
        sources=corpus.sources,
        documents=corpus.documents,
        known=known.described,
        key=corpus.texts_key,
    )
    told = are_told(tree, phrases.keyphrases)
    shown = _choose_shown(corpus, wishes, tree, stabilities, known, by_hand, parted, told)
    heads = find_row_heads(tree, shown)
    belonging = _measure_belonging(corpus, heads)
    topics = describe_tree(
        corpus.telling,
        tree,
        belonging.strengths,
        corpus.some_vectors,
        sources=corpus.sources,
        guided_names=names,
        documents=corpus.documents,
        known=known.described,
        key=corpus.texts_key,
        found=phrases,
    )
    topics, notes = keep_names(topics, known.names)
    notes += _note_drawn(corpus, wishes, topics, heads, belonging)
    near = _link(tree, wishes.guided, corpus)
    return Found(
        tree,
        topics,
        shown,
        heads,
        belonging,
        stabilities,
        near,
        edited,
        replace(placed, notes=(*placed.notes, *notes)),
        known.ids,
        {place: one.changed for place, one in known.described.items()},
        known.aside,
        frozenset(by_hand | parted),
        known.matched,
    )


def _measure_stabilities(
    corpus: Corpus, labels: NDArray[np.int64], tree: TopicTree
) -> list[float | None]:
    """Measure how far the topics of a tree return; ``labels`` are those before edits."""
    begin("measuring stability")
    # Edits make and unmake topics; what is found anew are those of before.
    discovered = int(labels.max(initial=-1)) + 1 - tree.fixed
    return pick_stabilities(tree, measure_stability(corpus.ground, tree, count=discovered))


def take_rows(
    corpus: Corpus, wishes: Wishes
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None, tuple[str, ...]]:
    """Return each row's guided topic, -1 for none; how far each fits; and what to tell of them."""
    if not wishes.guided:
        return np.full(corpus.size, -1, np.int64), None, ()
    directions = embed_topics(wishes.guided, corpus.embed, every=wishes.every)
    placement = place_topics(
        corpus.vectors,
        corpus.graph,
        directions,
        corpus.adjacent,
        corpus.texts,
        _find_answers(corpus, wishes),
    )
    notes = note_left(wishes.guided, placement, corpus.texts)
    return placement.labels, placement.fits.astype(np.float32), notes


def place_rows(corpus: Corpus, wishes: Wishes) -> Placed:
    """Give each row a guided topic where one fits, and a discovered one elsewhere."""
    taken, fits, notes = take_rows(corpus, wishes)
    left = int((taken < 0).sum())
    count: int | None = None
    if wishes.count is not None:
        own = _count_shown(taken, find_parents(wishes.guided))
        count = min(max(wishes.count - own, 1), left) or None
        made = own + (count or 0)
        if made != wishes.count:
            notes += (
                f"Topics asked for: {wishes.count}; made: {made}, of which {own} your own and "
                f"{count or 0} of the distinct passages that fit none of them ({left}).",
            )
    if 0 < corpus.size < FEW_ROWS:
        notes += (
            f"Passages are too few to tell topics by ({corpus.size} distinct): what is "
            f"listed is a guess, and how stable it is is measured from {FEW_ROWS} on.",
        )
    labels = discover_rest(corpus.ground, taken, len(wishes.guided), corpus.adjacent, count=count)
    return Placed(labels, notes, fits)


def _find_answers(corpus: Corpus, wishes: Wishes) -> dict[int, dict[int, bool]]:
    """Return the answers to learn from by number of the topic and row."""
    own = [topic.name for topic in wishes.guided]
    found = {
        own.index(name): {
            corpus.node_of[key]: yes for key, yes in said.items() if key in corpus.node_of
        }
        for name, said in wishes.taught.items()
    }
    return {topic: said for topic, said in found.items() if is_taught(said)}


def _count_shown(taken: NDArray[np.int64], parents: Sequence[int]) -> int:
    """Count the guided topics that are shown: with passages of their own, or without parts."""
    used = set(taken.tolist())
    return sum(topic in used or topic not in parents for topic in range(len(parents)))


def _forget_edited(
    stabilities: list[float | None], tree: TopicTree, touched: frozenset[int]
) -> None:
    """Take the values from topics that an edit made, and from those above them."""
    for label in touched:
        place = int(tree.places[tree.default][label])
        # A broader topic is joined from what edits made; it says nothing of what is found.
        while place >= 0:
            stabilities[place] = None
            place = tree.topics[place].parent


def _find_parted(tree: TopicTree, by_hand: Set[int]) -> set[int]:
    """Return the broader topics of which edits made all that they hold on the default level."""
    above = {tree.topics[place].parent for place in by_hand} - by_hand - {-1}
    parted = set[int]()
    while above:
        here = tree.rows[tree.default]
        parted |= {
            one
            for one in above
            if by_hand >= set(here[tree.members[one]].tolist())
            and not tree.is_guided(tree.topics[one])
        }
        above = {tree.topics[one].parent for one in above} - {-1}
    return parted


def _choose_shown(
    corpus: Corpus,
    wishes: Wishes,
    tree: TopicTree,
    stabilities: Sequence[float | None],
    known: Last,
    by_hand: Set[int],
    parted: Set[int],
    told: Sequence[bool],
) -> list[bool]:
    """Choose the topics that are shown; most are known.

    What was shown or hidden once stays so until topics are found anew, but that what an edit has
    made is shown, in place of what it parted, or of what stands above it and holds other texts
    now. How far topics stand apart is measured where another one is to be chosen.
    """
    before = list(known.shown)
    if known.stays:
        for place in by_hand | parted:
            before[place] = place in by_hand
        show_instead(before, tree, by_hand, known.grown - parted)
    finest = tree.default + PARTS_BELOW
    if all(one is not None or tree.topics[at].level > finest for at, one in enumerate(before)):
        return [bool(one) for one in before]
    passages = {key for edit in wishes.edits for key in edit.passages}
    rows = [corpus.node_of[key] for key in passages if key in corpus.node_of]
    chosen = choose_shown(
        tree,
        stabilities,
        _measure_margins(corpus.ground, tree),
        find_largest_shares(corpus.documents, tree),
        kept=known.named | by_hand | set(tree.rows[tree.default][rows].tolist()),
        told=told,
        exact=wishes.count is not None,
    )
    return [new if old is None else old for new, old in zip(chosen, before, strict=True)]


def _measure_margins(ground: Ground, tree: TopicTree) -> list[float]:
    """Measure how far the topics that may be shown stand apart on their levels."""
    margins = np.zeros(len(tree.topics))
    for level in range(min(tree.default + PARTS_BELOW + 1, len(tree.levels))):
        places, labels = np.unique(tree.rows[level], return_inverse=True)
        margins[places] = measure_margins(ground, labels)
    return [float(margin) for margin in margins]


def _measure_belonging(corpus: Corpus, heads: NDArray[np.int64]) -> Belonging:
    """Measure how each row belongs to its topic; topics by their places."""
    places, labels = np.unique(heads, return_inverse=True)
    found = measure_belonging(corpus.edges, labels, corpus.strangers)
    return replace(found, others=np.where(found.others >= 0, places[found.others], -1))


def _note_drawn(
    corpus: Corpus,
    wishes: Wishes,
    topics: Sequence[Topic],
    heads: NDArray[np.int64],
    near: Belonging,
) -> tuple[str, ...]:
    """Say which of the user's topics look like something else."""
    own = {topic.name: topic for topic in wishes.guided}
    guided = {place: own[one.name] for place, one in enumerate(topics) if one.kind == "guided"}
    found = {place: one.keyphrases for place, one in enumerate(topics) if place not in guided}
    others = np.where(near.mixed, near.others, -1)
    return note_drawn(guided, found, corpus.texts, heads, others)


def _link(
    tree: TopicTree, guided: Sequence[GuidedTopic], corpus: Corpus
) -> list[tuple[int, float] | None]:
    """Say under which guided topic each discovered topic of the level shown comes."""
    near: list[tuple[int, float] | None] = [None] * len(tree.topics)
    if not guided:
        return near
    directions = embed_topics(guided, corpus.embed)
    here = tree.places[tree.default]
    for label, link in enumerate(link_found(corpus.vectors, tree.shown, directions), tree.fixed):
        if link is not None:
            near[int(here[label])] = (int(here[link[0]]), link[1])
    return near
