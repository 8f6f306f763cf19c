"""Topics as a reader meets them: name, keyphrases, outlets, representative passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import key_of, key_of_texts
from embeddings.vectors.neighbours import unit_rows
from topics.hierarchy.tree import TopicTree
from topics.naming.aliases import fold_aliases
from topics.naming.asides import find_outlets, leave_out_turns
from topics.naming.counted import Counted, count_once
from topics.naming.keyphrases import Grouping, find_keyphrases, find_lone_terms
from topics.naming.readability import Reading
from topics.naming.representatives import (
    choose_representatives,
    compare_with_middle,
    measure_centrality,
)
from topics.naming.saying import Keyphrases
from topics.naming.speakers import find_speakers
from topics.naming.terms import find_terms
from topics.naming.titles import NAME_PHRASES, name_tree
from topics.naming.tokens import tokenise
from topics.naming.various import find_parts
from topics.naming.wordforms import is_part

KEYPHRASES = 8
# A topic without a term to tell is named by so many words that a typical passage begins with.
BEGINNING_WORDS = 5
# Terms are counted from so many passages on, in corpora of so many: in a corpus of a few
# a word seen once is all there is.
_LEAST_COUNTS = ((0, 1), (20, 2), (20_000, 3))


class Rows(Protocol):
    """Vectors by rows, as those of a matrix."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def __getitem__(self, rows: NDArray[np.int64], /) -> NDArray[np.float32]:
        """Return the vectors of these rows."""


@dataclass(frozen=True)
class Topic:
    """One topic of a corpus.

    Attributes:
        id: Its label, or its place among the topics of a tree.
        name: Short and readable; no two topics of one corpus share a name.
        kind: Whether the user asked for it or it was found.
        keyphrases: Terms of one to three words that set it apart, most telling first.
        size: Number of its passages.
        share: ``size`` as a share of all passages, 0..1.
        outlets: Outlets with their number of passages, most first; unnamed left out.
        representatives: Row numbers of up to three passages that stand for it.
    """

    id: int
    name: str
    kind: Literal["guided", "discovered"]
    keyphrases: tuple[str, ...]
    size: int
    share: float
    outlets: tuple[tuple[str, int], ...]
    representatives: tuple[int, ...]


@dataclass(frozen=True)
class Described:
    """What is known of a topic that holds nearly what it held when it was described.

    Attributes:
        name: Its name.
        keyphrases: As ``Topic.keyphrases``.
        representatives: As ``Topic.representatives``.
        changed: Texts that have come or gone since.
    """

    name: str
    keyphrases: tuple[str, ...]
    representatives: tuple[int, ...]
    changed: int = 0


@dataclass(frozen=True)
class TreePhrases:
    """What names of the topics of a tree can be made of, in the order of ``tree.topics``.

    Attributes:
        keyphrases: Of each topic.
        cosines: Of each, those of its passages with its middle, float32 ``(members,)``; empty
            for topics that are known.
    """

    keyphrases: list[Keyphrases]
    cosines: list[NDArray[np.float32]]


def describe_topics(
    texts: Sequence[str],
    labels: NDArray[np.int64],
    strengths: NDArray[np.float32],
    vectors: NDArray[np.float32],
    sources: Sequence[str] | None = None,
    guided_names: Sequence[str] = (),
    documents: Sequence[str] | None = None,
) -> list[Topic]:
    """Name and describe the topics of one level, in the order of their labels.

    Args:
        texts: Text of each passage.
        labels: Topic of each passage, 0 and up; the first are the guided ones.
        strengths: How firmly each passage belongs, 0..1.
        vectors: Shape ``(n, d)``.
        sources: Outlet of each passage, ``""`` where unknown.
        guided_names: Names of the guided topics, by label; they are kept as they are,
            and such a topic is described even where it has no passages.
        documents: Document of each passage, by any name; terms that several documents
            of a topic share are preferred. By default each passage is its own.

    Raises:
        ValueError: Sizes differ, or a label is below 0.
    """
    if len(labels) and int(np.min(labels)) < 0:
        raise ValueError("A label is below 0; every passage must have a topic.")
    labels = np.asarray(labels, np.int64)
    tree = TopicTree((labels,), 0, len(guided_names))
    return describe_tree(
        texts,
        tree,
        strengths,
        vectors,
        sources=sources,
        guided_names=guided_names,
        documents=documents,
    )


def describe_tree(
    texts: Sequence[str],
    tree: TopicTree,
    strengths: NDArray[np.float32],
    vectors: Rows,
    *,
    sources: Sequence[str] | None = None,
    guided_names: Sequence[str] = (),
    documents: Sequence[str] | None = None,
    known: Mapping[int, Described] | None = None,
    key: bytes = b"",
    found: TreePhrases | None = None,
) -> list[Topic]:
    """Name and describe every topic of a tree, in the order of ``tree.topics``.

    Terms are counted once for all levels. Topics of the default level and above are told
    from all the rest of the corpus, finer ones from their siblings too.

    Args:
        texts: Text of each passage.
        tree: Topics of each passage.
        strengths: How firmly each passage belongs, 0..1.
        vectors: Shape ``(n, d)``; of topics that are known none is looked at.
        sources: Outlet of each passage, ``""`` where unknown.
        guided_names: Names of the guided topics, as many as ``tree.fixed``; they are kept
            as they are, and such a topic is described even where it has no passages.
        documents: Document of each passage, by any name; terms that several documents
            of a topic share are preferred. By default each passage is its own.
        known: Topics that are not described again, by place.
        key: Of texts and documents, where what was counted in them may be kept; by default of
            what they hold.
        found: From ``find_tree_phrases`` of the same tree, where that was asked for before.

    Raises:
        ValueError: Sizes differ.
    """
    known = known or {}
    rows = len(texts)
    outlets = [""] * rows if sources is None else list(sources)
    _check_sizes(tree, rows, strengths, vectors, outlets, guided_names)
    if not tree.topics:
        return []
    found = found or find_tree_phrases(
        texts, tree, vectors, sources=outlets, documents=documents, known=known, key=key
    )
    phrases, firm = list(found.keyphrases), np.asarray(strengths)
    chosen: list[tuple[int, ...]] = []
    for place, members in enumerate(tree.members):
        if place in known:
            chosen.append(known[place].representatives)
            continue
        unit, merit = unit_rows(vectors[members]), found.cosines[place] * firm[members]
        chosen.append(choose_representatives(members, merit, unit, texts, outlets))
    for place, passages in enumerate(chosen):
        if place not in known and len(phrases[place].phrases) < NAME_PHRASES and passages:
            phrases[place] = _fill_up(phrases[place], [texts[row] for row in passages])
    fixed = [guided_names[one.label] if tree.is_guided(one) else "" for one in tree.topics]
    given = [
        name or (known[place].name if place in known else "") for place, name in enumerate(fixed)
    ]
    various = find_parts(tree, phrases, given)
    names = name_tree(tree.topics, phrases, tree.default, given, various)
    known_outlets = sorted(set(outlets))
    number = {outlet: place for place, outlet in enumerate(known_outlets)}
    outlet_of = np.array([number[outlet] for outlet in outlets], np.int64)
    return [
        Topic(
            id=place,
            name=names[place],
            kind="guided" if fixed[place] else "discovered",
            keyphrases=phrases[place].phrases[: phrases[place].linked],
            size=len(members),
            share=len(members) / rows if rows else 0.0,
            outlets=_count_outlets(known_outlets, outlet_of[members]),
            representatives=chosen[place],
        )
        for place, members in enumerate(tree.members)
    ]


def _check_sizes(
    tree: TopicTree,
    rows: int,
    strengths: Sequence[float] | NDArray[np.float32],
    vectors: Rows,
    outlets: Sequence[str],
    guided_names: Sequence[str],
) -> None:
    sizes = {len(labels) for labels in tree.levels}
    if sizes != {rows} or not rows == len(strengths) == len(vectors) == len(outlets):
        raise ValueError(
            f"{rows} texts, {max(sizes)} labels, {len(strengths)} strengths, {len(vectors)} "
            f"vectors and {len(outlets)} sources were given; one of each a passage."
        )
    if len(guided_names) != tree.fixed:
        raise ValueError(f"{len(guided_names)} names for {tree.fixed} guided topics were given.")


def find_tree_phrases(
    texts: Sequence[str],
    tree: TopicTree,
    vectors: Rows,
    *,
    sources: Sequence[str] | None = None,
    documents: Sequence[str] | None = None,
    known: Mapping[int, Described] | None = None,
    key: bytes = b"",
) -> TreePhrases:
    """Find the keyphrases of every topic of a tree, and what each is worth in a name.

    Terms are counted once for all levels; arguments are those of ``describe_tree``.
    """
    known = known or {}
    phrases = [
        Keyphrases(known[place].keyphrases) if place in known else Keyphrases()
        for place in range(len(tree.topics))
    ]
    nothing = np.empty(0, np.float32)
    if len(known) == len(phrases):
        return TreePhrases(phrases, [nothing for _ in phrases])
    rows = len(texts)
    numbers = _number_documents(rows, documents)
    key = key or key_of(key_of_texts(texts), key_of_texts(documents or ()))
    terms, speakers = count_once(key, lambda: _count_terms(list(texts), documents))
    reading = Reading(terms, speakers, find_outlets(sources or ()))
    cosines = [
        nothing if place in known else compare_with_middle(unit_rows(vectors[members]))
        for place, members in enumerate(tree.members)
    ]
    centrality = [measure_centrality(own) for own in cosines]
    for level in range(len(tree.levels)):
        fresh = [
            place
            for place, topic in enumerate(tree.topics)
            if topic.level == level and place not in known
        ]
        grouping = _group_topics(tree, level, fresh, centrality, numbers)
        found = find_keyphrases(terms, grouping, KEYPHRASES, reading)
        for place, own in zip(fresh, found, strict=True):
            phrases[place] = own
    return TreePhrases(phrases, cosines)


def _number_documents(rows: int, documents: Sequence[str] | None) -> NDArray[np.int64]:
    """Return the number of each passage's document."""
    return np.arange(rows) if documents is None else np.unique(documents, return_inverse=True)[1]


def _count_terms(texts: Sequence[str], documents: Sequence[str] | None) -> Counted:
    telling = leave_out_turns(texts, documents)
    least = max(least for size, least in _LEAST_COUNTS if len(texts) >= size)
    tokens = tokenise(telling)
    terms = find_terms(tokens, least, _number_documents(len(texts), documents))
    return fold_aliases(terms, telling), find_speakers(tokens)


def _group_topics(
    tree: TopicTree,
    level: int,
    fresh: Sequence[int],
    centrality: Sequence[NDArray[np.float64]],
    documents: NDArray[np.int64],
) -> Grouping:
    """Gather topics that are new on a level with what they stand among, above and below."""
    labels, below = np.full(len(documents), -1), np.full(len(documents), -1)
    central = np.ones(len(documents))
    for at, place in enumerate(fresh):
        inside = tree.members[place]
        labels[inside] = at
        central[inside] = centrality[place]
        finer = min(tree.topics[place].finest + 1, len(tree.levels) - 1)
        below[inside] = tree.rows[finer][inside]
    nested = level > tree.default
    return Grouping(
        members=[tree.members[place] for place in fresh],
        labels=labels,
        parents=np.array([tree.topics[place].parent if nested else -1 for place in fresh], int),
        above=tree.rows[max(level - 1, 0)],
        below=below,
        centrality=central,
        documents=documents,
    )


def _fill_up(own: Keyphrases, texts: list[str]) -> Keyphrases:
    """Add terms of the representative passages to the few phrases that recur, or a beginning."""
    taken = [tuple(phrase.casefold().split()) for phrase in own.phrases]
    found = list(own.phrases)
    for term in find_lone_terms(texts, 2 * KEYPHRASES):
        words = tuple(term.casefold().split())
        if len(found) < NAME_PHRASES and not any(
            is_part(words, other) or is_part(other, words) for other in taken
        ):
            found.append(term)
            taken.append(words)
    if not found and any(letter.isalpha() for letter in texts[0]):
        # Nothing but times of day, say: what it begins with tells more than no name.
        found.append(" ".join(texts[0].split()[:BEGINNING_WORDS]))
    count = len(own.phrases)
    more = (0.0,) * (len(found) - count)
    # Of equal worth to a lone phrase, so that they make up the name together.
    worth = (min(own.merits, default=1.0),) * len(more)
    joint = [(*row, *more) for row in own.joint] + [(0.0,) * len(found)] * len(more)
    return Keyphrases(
        tuple(found),
        own.weights + more,
        own.apart + more,
        own.merits + worth,
        tuple(joint),
        own.subjects + worth,
        longer=own.longer,
    )


def _count_outlets(known: Sequence[str], numbers: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """Count passages by outlet, given by number, most first."""
    counts = np.bincount(numbers, minlength=len(known))
    found = [(known[at], int(counts[at])) for at in np.flatnonzero(counts).tolist() if known[at]]
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))
