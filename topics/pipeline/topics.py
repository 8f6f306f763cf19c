"""Topics of a corpus: guided, discovered, edited, in levels, measured and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from embeddings.text.stopwords import keep_telling_words
from embeddings.vectors.neighbours import NeighbourGraph
from topics.discovery.belonging import Belonging, measure_belonging
from topics.discovery.ground import Ground, prepare_ground
from topics.discovery.levels import grow_tree
from topics.discovery.rest import discover_rest
from topics.discovery.stability import measure_stability
from topics.edits.constraints import apply_edits
from topics.edits.edits import Edit, list_answers
from topics.guiding.answers import is_taught
from topics.guiding.assigning import embed_topics, link_found, place_topics
from topics.guiding.taxonomy import GuidedTopic, find_parents
from topics.hierarchy.tree import TopicTree, fold_guided
from topics.naming.describing import Topic, describe_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray


# The array that holds how far each row fits each of the user's topics.
FITS = "fits"


@dataclass(frozen=True)
class Wishes:
    """What the user asked of the topics.

    Attributes:
        guided: Topics of the user's own.
        edits: Changes made by hand, renames left out.
        count: Number of topics to show; ``None`` leaves it to the corpus.
        every: Whether every passage goes to one of the user's topics.
        stability: Whether to measure how far topics return in resampled runs.
    """

    guided: tuple[GuidedTopic, ...] = ()
    edits: tuple[Edit, ...] = ()
    count: int | None = None
    stability: bool = True
    every: bool = False

    @property
    def taught(self) -> dict[str, dict[str, bool]]:
        """Yes and no by content hash, of the user's topics that have answers to learn from."""
        answers = list_answers(self.edits)
        own = [topic.name for topic in self.guided]
        return {name: said for name, said in answers.items() if name in own and is_taught(said)}


@dataclass(frozen=True)
class Corpus:
    """What topics are found from; one row a node of the graph, in canonical order.

    Attributes:
        texts: Text of each row.
        sources: Outlet of each row, ``""`` where unknown.
        documents: Document id of each row.
        languages: Language of each row's article.
        keys: Content hash of each row.
        vectors: float32 of shape ``(n, d)``.
        graph: Neighbours of each row.
        adjacent: Pairs of rows that follow each other in an article, shape ``(m, 2)``.
        node_of: Row of each text, copies' texts included, by content hash in hexadecimal.
        embed: Turns the descriptions of guided topics into vectors.
    """

    texts: Sequence[str]
    sources: Sequence[str]
    documents: Sequence[str]
    languages: Sequence[str]
    keys: Sequence[bytes]
    vectors: NDArray[np.float32]
    graph: NeighbourGraph
    adjacent: NDArray[np.int64]
    node_of: dict[str, int]
    embed: Callable[[Sequence[str]], NDArray[np.float32]]

    @cached_property
    def ground(self) -> Ground:
        """What discovery, levels and stability stand on."""
        return prepare_ground(self.graph, self.vectors)


@dataclass(frozen=True)
class Placed:
    """Topics before edits, on the level to be shown.

    Attributes:
        labels: int64 of shape ``(n,)``: guided topics first, then the discovered by size.
        notes: What the user should know.
        fits: float32 of shape ``(n, guided topics)``, 0 to 1, from .5 on taken; ``None`` where
            rows were placed in an earlier run.
    """

    labels: NDArray[np.int64]
    notes: tuple[str, ...]
    fits: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Found:
    """The topics of a corpus.

    Attributes:
        tree: A topic for every row on every level.
        topics: Name, keyphrases and typical passages of each of ``tree.topics``.
        belonging: How each row belongs to its topic on the level shown.
        stabilities: Of each topic: mean best Jaccard over resampled runs, ``None``
            where it was not measured or an edit made the topic.
        near: Of each topic: place of the guided topic it comes nearest to, and how
            near, for discovered topics on the level shown; else ``None``.
        idle: Ids of edits that found nothing to act on.
        placed: The partition that edits and levels were made on.
    """

    tree: TopicTree
    topics: list[Topic]
    belonging: Belonging
    stabilities: list[float | None]
    near: list[tuple[int, float] | None]
    idle: tuple[int, ...]
    placed: Placed


def find_topics(
    corpus: Corpus,
    wishes: Wishes,
    placed: Placed,
    tell: Callable[[str], None] = lambda _: None,
) -> Found:
    """Find, measure and name the topics of a corpus.

    A pure function of the corpus and the wishes: rows in canonical order give the same
    topics in any run.

    Args:
        corpus: What topics are found from.
        wishes: What the user asked for.
        placed: What ``place_rows`` found for the same corpus, guided topics and count.
        tell: Told of each stage.
    """
    ground, labels = corpus.ground, placed.labels
    names = [topic.name for topic in wishes.guided]
    edited = apply_edits(labels, wishes.edits, corpus.node_of, ground, names)
    grown = grow_tree(ground, edited.labels, len(names))
    tree = fold_guided(grown, find_parents(wishes.guided))
    stabilities: list[float | None] = [None] * len(tree.topics)
    if wishes.stability:
        tell("measuring stability")
        # Edits make and unmake topics; what is found anew are those of before.
        discovered = int(labels.max(initial=-1)) + 1 - len(names)
        measured = measure_stability(ground, tree, count=discovered)
        stabilities = _pick_stabilities(tree, measured, edited.touched)
    tell("naming topics")
    belonging = measure_belonging(ground.edges, edited.labels, corpus.graph)
    topics = describe_tree(
        list(map(keep_telling_words, corpus.texts, corpus.languages)),
        tree,
        belonging.strengths,
        corpus.vectors,
        sources=corpus.sources,
        guided_names=names,
        documents=corpus.documents,
    )
    near = _link(tree, wishes.guided, corpus)
    return Found(tree, topics, belonging, stabilities, near, edited.idle, placed)


def place_rows(corpus: Corpus, wishes: Wishes) -> Placed:
    """Give each row a guided topic where one fits, and a discovered one elsewhere."""
    taken, fits = np.full(corpus.graph.size, -1, np.int64), None
    if wishes.guided:
        directions = embed_topics(wishes.guided, corpus.embed, every=wishes.every)
        placement = place_topics(
            corpus.vectors,
            corpus.graph,
            directions,
            corpus.adjacent,
            corpus.texts,
            _find_answers(corpus, wishes),
        )
        taken, fits = placement.labels, placement.fits.astype(np.float32)
    left = int((taken < 0).sum())
    count: int | None = None
    notes: tuple[str, ...] = ()
    if wishes.count is not None:
        own = _count_shown(taken, find_parents(wishes.guided))
        count = min(max(wishes.count - own, 1), left) or None
        made = own + (count or 0)
        if made != wishes.count:
            notes = (
                f"Topics asked for: {wishes.count}; made: {made}, of which {own} your own and "
                f"{count or 0} of the distinct passages that fit none of them ({left}).",
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


def _pick_stabilities(
    tree: TopicTree, measured: Sequence[NDArray[np.float64]], touched: frozenset[int]
) -> list[float | None]:
    """Pick each topic's value on the level shown, or on its own where it is not shown."""
    values = np.full(len(tree.topics), np.nan)
    # The later overwrites: of several levels that of a topic's nearest the one shown counts.
    for level in (*range(tree.default), *reversed(range(tree.default, len(measured)))):
        stands = tree.places[level] >= 0
        values[tree.places[level][stands]] = measured[level][stands]
    for label in touched:
        place = int(tree.places[tree.default][label])
        # A broader topic is joined from what edits made; it says nothing of what is found.
        while place >= 0:
            values[place] = np.nan
            place = tree.topics[place].parent
    return [None if np.isnan(value) else round(value, 3) for value in values.tolist()]


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
