"""Paragraphs that state the same event in words of their own."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import keep_value, key_of
from embeddings.text.stopwords import ENGLISH, STOP_WORDS, function_words
from embeddings.text.wording import WordedTexts, read_words
from embeddings.vectors.neighbours import NeighbourGraph
from embeddings.words.conflicts import FactChange
from embeddings.words.facts import Fact, FactKind, find_facts, values
from topics.coverage.likeness.weighing import (
    STEM_LETTERS,
    Likeness,
    Weights,
    count_stems,
    find_blind,
    leave_to_words,
    measure_typical,
    multiply_rows,
    weigh_words,
)

# A logistic model of few parts. Fitted on leads of news stories of three outlets each; the
# terms for dates on pairs of dated paragraphs, read one by one. See docs/decisions/copies.md
# for data, fit and checks.
WEIGHTS = Weights(
    intercept=-6.02,
    cosines=14.40,
    words=7.75,
    typical_cosines=-10.85,
    typical_words=-10.67,
    figures=-0.22,
    dates=-1.45,
    # The 11th to the 40th: reports of one event are among the ten before.
    typical=slice(10, 40),
    median_cosine=0.467,
    least_cosine=0.329,
    median_words=0.092,
    least_words=0.034,
)
# Where the day of both is known; each day between them takes off some of it.
DATED = 2.3
DAY_APART = -0.9
# Words in common, names not among them, from which on no more are asked for; and what each of
# the first two that lack takes off. Two statements of one speaker, two polls, an eve and its
# morrow have names in common, and little of what is said. Set on pairs that were read one by one.
FEW_WORDS = 3
WORD_LACKING = -0.35
_MOST_LACKING = 2
# Days of a gap that is not known, at most: what is open beyond says no less.
_OPEN = 60
# Rows of which the neighbours are looked at together.
_ROWS_AT_ONCE = 8192
# Pairs further apart than this were not among those that the model was fitted on.
CANDIDATE_COSINE = 0.35
_KINDS: tuple[tuple[FactKind, ...], ...] = (("figure",), ("date",), ("place", "name"))


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text says, to be held against another.

    Attributes:
        facts: Its figures, dates, places and names.
        stems: First letters of its words, without figures and function words.
        names: Those of its places and names; of other texts than English none are told.
    """

    facts: Sequence[Fact] = ()
    stems: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SameEvent:
    """Why two paragraphs are taken to report one event.

    Attributes:
        score: Estimated probability in 0..1, see ``weigh``.
        cosine: Cosine of the passage vectors.
        words: Cosine of their words, see ``weigh_words``.
        typical_cosine: Mean cosine of the two to what else is near them.
        typical_words: The same of their words.
        days: Days between their publication; ``None`` where one is not known to the day.
        dated: Log odds that the dates add, see ``weigh_days``.
        shared_figures: Figures that both state, dates not among them.
        shared_dates: Months, days and years that both name.
        shared_names: Places and capitalised words that both have.
        common_words: Words that both have, by their first letters; names, figures and function
            words are not counted.
        differing: Figures and dates that each of the two has and the other has not ("12"
            and "21"), to be read before the two are called the same. Negations are left
            out: of two texts of different length the longer nearly always has one.
    """

    score: float
    cosine: float
    words: float
    typical_cosine: float
    typical_words: float
    days: int | None
    dated: float
    shared_figures: tuple[str, ...]
    shared_dates: tuple[str, ...]
    shared_names: tuple[str, ...]
    common_words: int
    differing: tuple[FactChange, ...]


def candidate_pairs(
    graph: NeighbourGraph, least_cosine: float = CANDIDATE_COSINE
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the neighbours of at least this cosine, each pair once.

    Returns:
        int64 of shape ``(m, 2)``, the lower node first, and their cosines.
    """
    size, keys, near = max(graph.size, 1), [], []
    # Some rows at a time: a million have forty million neighbours.
    for start in range(0, size, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        # In double precision: the least is none of float32.
        first, column = np.nonzero(graph.similarities[rows] >= np.float64(least_cosine))
        second = graph.indices[rows][first, column].astype(np.int64)
        near.append(graph.similarities[rows][first, column])
        first += start
        keys.append(np.minimum(first, second) * size + np.maximum(first, second))
    unique, places = np.unique(np.concatenate(keys), return_index=True)
    cosines = np.concatenate(near)[places].astype(np.float64)
    return np.stack(np.divmod(unique, size), axis=1), cosines


def measure_likeness(
    texts: WordedTexts,
    graph: NeighbourGraph,
    pairs: NDArray[np.int64],
    cosines: NDArray[np.float64],
    languages: Sequence[str] = (),
    unread: Collection[str] = (),
) -> Likeness:
    """Measure the likeness of pairs of nodes against that of their typical neighbours.

    Args:
        texts: One text a node.
        graph: Neighbours of the nodes.
        pairs: int64 of shape ``(m, 2)``.
        cosines: float64 of shape ``(m,)``.
        languages: Of each node's text; by default all are English.
        unread: Those that the model does not read.
    """
    vectors, _ = weigh_words(count_stems(texts, languages))
    words = multiply_rows(vectors, vectors, pairs[:, 0], pairs[:, 1])
    rows, places = np.unique(pairs, return_inverse=True)
    typical, typical_words = measure_typical(vectors, graph, WEIGHTS, rows)
    places = places.reshape(pairs.shape)
    likeness = Likeness(
        WEIGHTS,
        cosines,
        words,
        typical[places].mean(axis=1),
        typical_words[places].mean(axis=1),
    )
    return leave_to_words(likeness, find_blind(languages, unread, pairs)) if unread else likeness


def weigh_days(least: int, most: int) -> float:
    """Return the log odds that the time between two reports adds.

    The mean of the ratios over all the days that may lie between them, so that a date that is
    missing or coarse takes off in proportion to what it leaves open; it never speaks for a pair.

    Args:
        least: Fewest days between the two.
        most: The most that the dates leave open.
    """
    if least == most:
        return DATED + DAY_APART * least
    # Beside that of the fewest days: by themselves those of years apart are too small for a float.
    ratios = [math.exp(DAY_APART * day) for day in range(min(most - least, _OPEN) + 1)]
    return min(0.0, DATED + DAY_APART * least + math.log(sum(ratios) / len(ratios)))


def split_score(evidence: SameEvent) -> list[tuple[str, float, float]]:
    """Return the parts that the log odds of a score add up to.

    Returns:
        Of each part its name, what was measured, and the log odds that it adds.
    """
    # Facts conflict where both texts state some, and none in common.
    figures, dates = (
        not shared and any(change.kind == kind for change in evidence.differing)
        for kind, shared in (
            ("figure", evidence.shared_figures),
            ("date", evidence.shared_dates),
        )
    )
    lacking = min(max(0, FEW_WORDS - evidence.common_words), _MOST_LACKING)
    parts = [
        (name, float(value), weight * value)
        for name, value, weight in (
            ("start", 1.0, WEIGHTS.intercept),
            ("cosine", evidence.cosine, WEIGHTS.cosines),
            ("words", evidence.words, WEIGHTS.words),
            ("typical cosine", evidence.typical_cosine, WEIGHTS.typical_cosines),
            ("typical words", evidence.typical_words, WEIGHTS.typical_words),
            ("figures conflict", figures, WEIGHTS.figures),
            ("dates conflict", dates, WEIGHTS.dates),
            ("words lacking", lacking, WORD_LACKING),
        )
    ]
    if evidence.days is None:
        return [*parts, ("dates left open", 1.0, evidence.dated)] if evidence.dated else parts
    return [*parts, ("days", float(evidence.days), evidence.dated)]


def weigh(
    a: Stated,
    b: Stated,
    likeness: Likeness,
    place: int,
    days: tuple[int | None, float] = (None, 0.0),
) -> SameEvent:
    """Weigh the likeness of two texts with the facts that they state and with their dates.

    Args:
        a: What the first text says.
        b: What the second says.
        likeness: Holds the pair.
        place: Where in it.
        days: Between their publication, where both are known to the day; and the log odds
            that the dates add.
    """
    differing = []
    for (kind,) in _KINDS[:2]:
        left, right = values(a.facts, kind), values(b.facts, kind)
        if left - right and right - left:
            differing.append(FactChange(kind, _list(left - right), _list(right - left)))
    figures, dates, names = (
        tuple(sorted(values(a.facts, *k) & values(b.facts, *k))) for k in _KINDS
    )
    evidence = SameEvent(
        score=0.0,
        cosine=float(likeness.cosines[place]),
        words=float(likeness.words[place]),
        typical_cosine=float(likeness.typical_cosines[place]),
        typical_words=float(likeness.typical_words[place]),
        days=days[0],
        dated=days[1],
        shared_figures=figures,
        shared_dates=dates,
        shared_names=names,
        common_words=len((a.stems & b.stems) - a.names - b.names),
        differing=tuple(differing),
    )
    odds = sum(added for _, _, added in split_score(evidence))
    return replace(evidence, score=1 / (1 + math.exp(-odds)))


def read_stated(text: str, language: str = "") -> Stated:
    """Read what a text says; by default it is English."""
    facts, stems, names = keep_value(
        f"stated 2 {language}", key_of(text), lambda: _read_stated(text, language)
    )
    return Stated([Fact(*fact) for fact in facts], frozenset(stems), frozenset(names))


def _read_stated(
    text: str, language: str
) -> tuple[list[tuple[FactKind, str, int, int]], list[str], list[str]]:
    wording = read_words(text)
    facts = find_facts(wording)
    common = STOP_WORDS | function_words(language)
    stems = {
        word[:STEM_LETTERS]
        for word in wording.words
        # A word of Hindi has marks of vowels, which are no letters.
        if word not in common
        and (word.isalpha() or (not word.isascii() and not any(map(str.isdigit, word))))
    }
    named = {
        word[:STEM_LETTERS]
        for fact in facts
        if fact.kind in _KINDS[2] and language in ENGLISH
        for word in wording.words[fact.first : fact.after]
    }
    told = [(fact.kind, fact.value, fact.first, fact.after) for fact in facts]
    return told, sorted(stems), sorted(named)


def _list(found: frozenset[str]) -> str:
    return ", ".join(sorted(found))
