"""Passages placed under the topics a user asked for, as far as they fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import NeighbourGraph, unit_rows
from topics.discovery.adjacency import read_in_context
from topics.guiding.answers import describe_rows, hold_back, teach
from topics.guiding.elsewhere import find_elsewhere, is_of_the_affair
from topics.guiding.families import LEAST_FIT, Family, find_sure, place
from topics.guiding.leaving_none import embed_apart, measure_nearness
from topics.guiding.likeness import Surroundings, centre_rows, look_around
from topics.guiding.rivals import (
    THE_SAME,
    Rivals,
    find_drawn,
    find_phrases,
    find_unsure,
    sharpen,
)
from topics.guiding.subjects import SUBJECTS
from topics.guiding.taxonomy import GuidedTopic, find_parents, news_about
from topics.guiding.words import find_words, match_words

# All measured: see docs/decisions/guided.md.
# What surely belongs to a topic moves its direction: its mean counts for half of what
# the user's own words do.
LEARNT = 0.5
# How fast the fit rises with the score: at 1.3 times the bar it is .77, at twice .98.
STEEPNESS = 4.0
# What a discovered topic must have in common with a guided one to be linked to it.
LEAST_LINK = 0.15


@dataclass(frozen=True)
class TopicVectors:
    """Guided topics as directions.

    Attributes:
        prototypes: float32 unit rows of shape ``(topics, d)``, background removed.
        background: float32 of shape ``(d,)``: mean vector of news subjects in general.
        exclusions: float32 unit rows of shape ``(exclusions, d)``: what does not belong.
        excluded_from: int64 of shape ``(exclusions,)``: the topic each is kept out of.
        family: Which topic is part of which.
        words: Beginnings of the words of each topic, then of each exclusion.
        of_the_affair: bool of shape ``(topics,)``: topics on what the corpus is on.
        apart: float32 of shape ``(topics, d)``, from ``topics.guiding.leaving_none``: given
            where no passage is to be left over.
        embed_bare: Turns names that stand alone, at least one, into float32 unit rows like those
            of ``prototypes``.
    """

    prototypes: NDArray[np.float32]
    background: NDArray[np.float32]
    exclusions: NDArray[np.float32]
    excluded_from: NDArray[np.int64]
    family: Family
    words: tuple[frozenset[str], ...] = ()
    of_the_affair: NDArray[np.bool_] | None = None
    apart: NDArray[np.float32] | None = None
    embed_bare: Callable[[Sequence[str]], NDArray[np.float32]] | None = None


@dataclass(frozen=True)
class Placement:
    """Passages under guided topics.

    Attributes:
        labels: int64 of shape ``(n,)``: number of each passage's topic, -1 where none fits.
        fits: float64 of shape ``(n, topics)``, 0 to 1: .5 is where a topic begins to take
            passages, 0 where it is out of question.
        drawn: For each topic, by number, what its passages speak of that were left to discovery
            for that, in folded words, and how many of them.
    """

    labels: NDArray[np.int64]
    fits: NDArray[np.float64]
    drawn: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


def embed_topics(
    topics: Sequence[GuidedTopic],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    *,
    every: bool = False,
) -> TopicVectors:
    """Embed guided topics: for each the mean of its description and examples.

    Each text is taken as it stands apart from news in general; a bare name, which is put
    as "News about ...", as it stands apart from news about the general subjects.

    Args:
        topics: At least one.
        encode: Turns texts into vectors; the vectors of the passages must come from the
            same encoder.
        every: Whether no passage is to be left over.
    """
    texts = [text for topic in topics for text in topic.texts]
    exclusions = [text for topic in topics for text in topic.exclusions]
    firsts = np.cumsum([0, *(len(topic.texts) for topic in topics)])[:-1]
    bare = [place for place, topic in enumerate(topics) if not topic.description]
    vectors = unit_rows(encode([*SUBJECTS, *texts, *exclusions]))
    background = vectors[: len(SUBJECTS)].mean(axis=0)
    centred = unit_rows(vectors[len(SUBJECTS) :] - background)

    def embed_bare(names: Sequence[str]) -> NDArray[np.float32]:
        news = unit_rows(encode([news_about(name) for name in (*SUBJECTS, *names)]))
        behind = news[: len(SUBJECTS)].mean(axis=0)
        return unit_rows(news[len(SUBJECTS) :] - behind)

    if bare:
        centred[firsts[bare]] = embed_bare([topics[place].name for place in bare])
    owner = np.repeat(np.arange(len(topics)), [len(topic.texts) for topic in topics])
    said = centred[: len(texts)]
    return TopicVectors(
        unit_rows(np.stack([said[owner == topic].mean(axis=0) for topic in range(len(topics))])),
        background.astype(np.float32),
        centred[len(texts) :],
        np.repeat(np.arange(len(topics)), [len(topic.exclusions) for topic in topics]),
        Family(np.array(find_parents(topics), np.int64)),
        tuple(find_words(topic.texts) for topic in topics)
        + tuple(find_words([text]) for text in exclusions),
        np.array([is_of_the_affair(topic.description) for topic in topics], np.bool_),
        embed_apart(topics, encode, background) if every else None,
        embed_bare,
    )


def assign_topics(
    vectors: NDArray[np.float32],
    graph: NeighbourGraph,
    topics: TopicVectors,
    adjacent: NDArray[np.int64] | None = None,
    texts: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """Return the labels alone of what ``place_topics`` returns."""
    return place_topics(vectors, graph, topics, adjacent, texts).labels


def place_topics(
    vectors: NDArray[np.float32],
    graph: NeighbourGraph,
    topics: TopicVectors,
    adjacent: NDArray[np.int64] | None = None,
    texts: Sequence[str] | None = None,
    answers: Mapping[int, Mapping[int, bool]] | None = None,
) -> Placement:
    """Place passages under guided topics; those that fit none are left to discovery.

    1. Passages are scored by themselves, amid their neighbours and in their communities
       (``Surroundings.score``), centred on the corpus.
    2. What surely belongs to a topic moves its direction, so that it is known by what
       the corpus says on it beside what the user wrote; all is scored again. In a corpus
       all on one subject topics are instead set against what it speaks of most
       (``topics.guiding.rivals``).
    3. The best topic takes a passage whose score clears the topic's bar, a share of what
       its best passages reach. A passage that is nearer to a topic's exclusion is not
       for that topic. Topics with a parent compete as one; what clears a child's bar
       goes there, the rest to the parent (``topics.guiding.families.place``).
    4. A passage then goes with those around it: the outcome, "left over" included, is
       spread, averaged over communities and taken from the passages beside it in its article,
       and the most frequent one is taken.
    5. Where none is to be left over, the rest goes to the nearest topic
       (``topics.guiding.leaving_none.leave_none``).

    Args:
        vectors: Shape ``(n, d)``, in canonical order (``canonical_order``), so that results
            do not hang on the order of the corpus.
        graph: Neighbours of every row.
        topics: From ``embed_topics`` with the same encoder.
        adjacent: Pairs of rows whose passages follow each other in an article, shape
            ``(m, 2)``, in any order, repeated or not: each passage is then scored beside
            its neighbours, as far as they are alike (``read_in_context``).
        texts: Text of each row, for its words; without them vectors alone count.
        answers: Of topics that the user has taught, by number: yes or no by row
            (``topics.guiding.answers.is_taught``). Such a topic takes what it has learnt to.

    Raises:
        ValueError: Sizes differ, or ``adjacent`` holds no pairs of rows.
    """
    if len(vectors) != graph.size:
        raise ValueError(f"The graph has {graph.size} rows and vectors {len(vectors)}; one a row.")
    if graph.size == 0:
        return Placement(np.empty(0, np.int64), np.empty((0, len(topics.prototypes))))
    read = read_in_context(unit_rows(vectors), adjacent)
    around = look_around(read, topics.background, graph, topics.prototypes)
    count = len(topics.prototypes)
    scores, rivals = _score(around, topics, texts)
    shut = _shut_out(scores, topics)
    open_ = np.where(shut, -np.inf, scores[:, :count])
    placed = place(open_, topics.family, around.crowded)
    fits = _measure_fits(open_, placed)
    drawn: dict[int, dict[str, int]] = {}
    if rivals is not None:
        # What is on something else is not for the next topic either that it is somewhat like.
        nearest = find_drawn(scores[:, :count], rivals, around.crowded)
        for topic in range(count):
            times = Counter(nearest[placed == topic, topic].tolist())
            drawn[topic] = {rivals.phrases[one]: times[one] for one in sorted(times) if one >= 0}
        away = nearest >= 0
        if texts and topics.of_the_affair is not None and topics.of_the_affair.any():
            # "The conflict" is that of the corpus: talks on another are not on it.
            unsure = find_unsure(open_, placed, around.crowded)
            away |= topics.of_the_affair & unsure & find_elsewhere(texts, adjacent)[:, None]
        placed[away[np.arange(len(placed)), placed] & (placed >= 0)] = -1
        shut |= away
        fits[away] = 0.0
    labels = around.settle(placed, shut, adjacent)
    near = None if topics.apart is None else measure_nearness(around, open_, topics.apart)
    if near is not None and not around.trust:
        labels, fits = near.argmax(axis=1), near
    if answers:
        told = texts or [""] * graph.size
        labels, fits = _learn_answers(around, labels, fits, answers, told, every=near is not None)
        # What such a topic takes is its answers' affair.
        drawn = {topic: times for topic, times in drawn.items() if topic not in answers}
    if near is not None:
        drawn = {}  # nothing is left over
        near[:, list(answers or ())] = fits[:, list(answers or ())]
        labels = np.where(labels < 0, near.argmax(axis=1), labels)
    return Placement(labels, fits, drawn)


def link_found(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], topics: TopicVectors
) -> list[tuple[int, float] | None]:
    """Say which guided topic each discovered one belongs under.

    Args:
        vectors: Shape ``(n, d)``, in canonical order.
        labels: Shape ``(n,)``: below the number of guided topics one of them, from there on
            a discovered one.
        topics: From ``embed_topics`` with the same encoder.

    Returns:
        For each discovered label, up to the highest, the guided topic whose middle (of what
        the user wrote and of the passages in it) is nearest to its own, and their cosine,
        seen from the middle of the corpus: it compares across topics; separate subjects
        have 0 or less, one subject found in two parts about .4. ``None`` where the cosine is
        below ``LEAST_LINK``, or the label has no rows.
    """
    fixed = len(topics.prototypes)
    if len(labels) == 0:
        return []
    centred = centre_rows(unit_rows(vectors), topics.background)
    members = [centred[topics.family.holds(labels, topic)] for topic in range(fixed)]
    guided = _move(topics.prototypes, members)
    links: list[tuple[int, float] | None] = []
    for label in range(fixed, int(labels.max()) + 1):
        middle = unit_rows(centred[labels == label].sum(axis=0, keepdims=True))
        scores = (guided @ middle[0]).round(3)
        best = int(scores.argmax())
        linked = bool(middle.any()) and scores[best] >= LEAST_LINK
        links.append((best, float(scores[best])) if linked else None)
    return links


def learn(around: Surroundings, topics: TopicVectors) -> NDArray[np.float32]:
    """Move topics and exclusions towards the passages that surely are on them.

    Returns:
        float32 unit rows, topics before exclusions.
    """
    count = len(topics.prototypes)
    written = np.concatenate([topics.prototypes, topics.exclusions])
    scores = around.score(written)
    scores[:, :count][_shut_out(scores, topics)] = -np.inf
    sure = find_sure(scores)
    members = [around.centred[topics.family.holds(sure, topic)] for topic in range(count)]
    members += [around.centred[sure == topic] for topic in range(count, len(written))]
    # In a crowded corpus what is learnt from is half of it on something else.
    return _move(written, members, LEARNT * (1.0 - around.crowded))


def _score(
    around: Surroundings, topics: TopicVectors, texts: Sequence[str] | None
) -> tuple[NDArray[np.float64], Rivals | None]:
    """Score topics, then exclusions; and the rivals that they have in a crowded corpus."""
    scores = around.score(learn(around, topics))
    if not around.crowded or not texts or not topics.words:
        return sharpen(around, scores, None), None
    phrases = find_phrases(around.communities[0], texts) if topics.embed_bare else ()
    words = [find_words([phrase]) for phrase in phrases]
    columns, count = scores.shape[1], len(topics.prototypes)
    same = np.array([[one <= own for one in words] for own in topics.words[:count]], np.bool_)
    if phrases and topics.embed_bare:
        directions = topics.embed_bare(phrases)
        scores = np.hstack([scores, around.score(directions)])
        same |= topics.prototypes @ directions.T >= THE_SAME
    scores = sharpen(around, scores, match_words(texts, (*topics.words, *words)))
    return scores[:, :columns], Rivals(phrases, scores[:, columns:], same)


def _measure_fits(scores: NDArray[np.float64], placed: NDArray[np.int64]) -> NDArray[np.float64]:
    """Put scores on a scale where each topic's bar is .5."""
    fits = np.zeros_like(scores)
    for topic in range(scores.shape[1]):
        column = scores[:, topic]
        taken = column[placed == topic]
        bar = max(float(taken.min() if len(taken) else column.max(initial=0.0)), LEAST_FIT)
        fits[:, topic] = 1.0 / (1.0 + np.exp(-STEEPNESS * (np.maximum(column, -9.0) / bar - 1.0)))
        fits[~np.isfinite(column), topic] = 0.0
    return fits


def _learn_answers(
    around: Surroundings,
    labels: NDArray[np.int64],
    fits: NDArray[np.float64],
    answers: Mapping[int, Mapping[int, bool]],
    texts: Sequence[str],
    *,
    every: bool,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Let topics that the user has taught take what they have learnt to; labels and fits."""
    rows = describe_rows(around.centred, texts)
    fits = fits.copy()
    for topic, said in answers.items():
        learnt = teach(rows, fits[:, topic], said)
        # Where topics cover all, which is the likeliest counts, and not how likely.
        fits[:, topic] = learnt if every else hold_back(learnt, fits[:, topic], said)
    labels = labels.copy()
    labels[np.isin(labels, list(answers)) & (_of(fits, labels) < 0.5)] = -1
    for topic in answers:
        takes = (fits[:, topic] >= 0.5) & (fits[:, topic] > _of(fits, labels))
        labels[takes] = topic
    return labels, fits


def _of(fits: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far each row fits the topic it is in, 0 for none."""
    own: NDArray[np.float64] = fits[np.arange(len(labels)), np.maximum(labels, 0)]
    return np.where(labels < 0, 0.0, own)


def _move(
    written: NDArray[np.float32], members: Sequence[NDArray[np.float32]], weight: float = LEARNT
) -> NDArray[np.float32]:
    """Add to each direction the mean direction of its members, if there are three or more."""
    moved = written.copy()
    for row, centred in enumerate(members):
        if len(centred) >= 3:
            moved[row] += weight * unit_rows(centred.mean(axis=0, keepdims=True))[0]
    return unit_rows(moved)


def _shut_out(scores: NDArray[np.float64], topics: TopicVectors) -> NDArray[np.bool_]:
    """Say which topics a passage is kept out of: an exclusion, theirs or a parent's, is nearer."""
    count = len(topics.prototypes)
    shut = np.zeros((len(scores), count), np.bool_)
    for column, topic in enumerate(topics.excluded_from.tolist(), count):
        for member in topics.family.descent(topic):
            shut[:, member] |= scores[:, column] > scores[:, member]
    return shut
