"""Topics as a reader meets them: name, keyphrases, outlets, representative passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.neighbours import unit_rows
from topics.keyphrases import find_keyphrases, find_lone_terms, is_part
from topics.terms import count_terms

KEYPHRASES = 8
NAME_PHRASES = 3
# A name longer than this is cut to fewer phrases: it must fit a map and a table.
NAME_LENGTH = 42
REPRESENTATIVES = 3
# Two representative passages are at most this alike (cosine), and have so many words.
MOST_ALIKE = 0.85
LEAST_WORDS = 8
# Passages looked at for representatives, best first.
_CANDIDATES = 60


@dataclass(frozen=True)
class Topic:
    """One topic of a corpus.

    Attributes:
        id: Its label.
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


def describe_topics(
    texts: Sequence[str],
    labels: NDArray[np.int64],
    strengths: NDArray[np.float32],
    vectors: NDArray[np.float32],
    sources: Sequence[str] | None = None,
    guided_names: Sequence[str] = (),
    documents: Sequence[str] | None = None,
) -> list[Topic]:
    """Name and describe every topic, in the order of their labels.

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
    rows = len(texts)
    outlets = [""] * rows if sources is None else list(sources)
    if not rows == len(labels) == len(strengths) == len(vectors) == len(outlets):
        raise ValueError(
            f"{rows} texts, {len(labels)} labels, {len(strengths)} strengths, {len(vectors)} "
            f"vectors and {len(outlets)} sources were given; one of each a passage."
        )
    if rows and int(np.min(labels)) < 0:
        raise ValueError("A label is below 0; every passage must have a topic.")
    count = max(len(guided_names), int(np.max(labels, initial=-1)) + 1)
    if count == 0:
        return []
    labels = np.asarray(labels, np.int64)
    # In a corpus of a few passages a word seen once is all there is.
    terms = count_terms(texts, 2 if rows >= 20 else 1)
    unit = unit_rows(vectors)
    numbers = None if documents is None else np.unique(documents, return_inverse=True)[1]
    phrases = find_keyphrases(
        terms, labels, count, KEYPHRASES, numbers, _measure_centrality(unit, labels, count)
    )
    chosen = [
        _represent(np.flatnonzero(labels == label), strengths, unit, texts, outlets)
        for label in range(count)
    ]
    for label, rows_of in enumerate(chosen):
        if len(phrases[label]) < NAME_PHRASES and rows_of:
            phrases[label] = _fill_up(phrases[label], [texts[row] for row in rows_of])
    names = name_topics(phrases, guided_names)
    topics = []
    for label in range(count):
        members = np.flatnonzero(labels == label)
        seen = Counter(outlets[row] for row in members if outlets[row])
        topics.append(
            Topic(
                id=label,
                name=names[label],
                kind="guided" if label < len(guided_names) else "discovered",
                keyphrases=phrases[label],
                size=len(members),
                share=len(members) / rows if rows else 0.0,
                outlets=tuple(sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))),
                representatives=chosen[label],
            )
        )
    return topics


def name_topics(phrases: Sequence[Sequence[str]], guided_names: Sequence[str] = ()) -> list[str]:
    """Join each topic's best keyphrases into a name no other topic has.

    Args:
        phrases: Keyphrases of each topic, best first.
        guided_names: Names of the first topics, kept.
    """
    names = list(guided_names)
    taken = {name.casefold() for name in names}
    for label in range(len(names), len(phrases)):
        name = ""
        for phrase in phrases[label]:
            longer = f"{name}, {phrase}" if name else phrase[:1].upper() + phrase[1:]
            enough = name.count(",") + 1 >= NAME_PHRASES or len(longer) > NAME_LENGTH
            if name and enough and name.casefold() not in taken:
                break
            name = longer
        plain = name or "Untitled topic"
        name, number = plain, 1
        while not name or name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name.casefold())
        names.append(name)
    return names


def _measure_centrality(
    unit: NDArray[np.float32], labels: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return each passage's cosine with its topic's middle, over the topic's mean of it."""
    centrality = np.ones(len(unit))
    for label in range(count):
        members = np.flatnonzero(labels == label)
        if len(members):
            middle = unit_rows(unit[members].mean(axis=0, keepdims=True))[0]
            cosines = np.maximum((unit[members] @ middle).astype(np.float64), 0.0)
            # Rounded: the order of passages may change the last bits, and no name.
            centrality[members] = np.round(cosines / max(float(cosines.mean()), 1e-6), 3)
    return centrality


def _fill_up(phrases: tuple[str, ...], texts: Sequence[str]) -> tuple[str, ...]:
    """Add terms of the representative passages to the few phrases that recur."""
    taken = [tuple(phrase.casefold().split()) for phrase in phrases]
    found = list(phrases)
    for term in find_lone_terms(count_terms(texts, 1), 2 * KEYPHRASES):
        words = tuple(term.casefold().split())
        if len(found) < NAME_PHRASES and not any(
            is_part(words, other) or is_part(other, words) for other in taken
        ):
            found.append(term)
            taken.append(words)
    return tuple(found)


def _represent(
    members: NDArray[np.intp],
    strengths: NDArray[np.float32],
    unit: NDArray[np.float32],
    texts: Sequence[str],
    outlets: Sequence[str],
) -> tuple[int, ...]:
    """Pick passages near the topic's middle, unlike each other, of different outlets.

    Conditions are let go one after the other where too few passages meet them: first
    that outlets differ, then the length. Passages too alike are never both taken.
    """
    if not len(members):
        return ()
    middle = unit_rows(unit[members].mean(axis=0, keepdims=True))[0]
    merit = (unit[members] @ middle) * strengths[members]
    ranked = sorted(
        np.argsort(-merit, kind="stable")[: 4 * _CANDIDATES],
        key=lambda place: (-round(float(merit[place]), 5), texts[int(members[place])]),
    )
    candidates = [int(members[place]) for place in ranked[:_CANDIDATES]]
    chosen: list[int] = []
    for other_outlet, long_enough in ((True, True), (False, True), (False, False)):
        for row in candidates:
            if len(chosen) == REPRESENTATIVES:
                return tuple(chosen)
            if row in chosen or (long_enough and len(texts[row].split()) < LEAST_WORDS):
                continue
            if other_outlet and outlets[row] and outlets[row] in {outlets[one] for one in chosen}:
                continue
            if all(float(unit[row] @ unit[one]) <= MOST_ALIKE for one in chosen):
                chosen.append(row)
    return tuple(chosen)
