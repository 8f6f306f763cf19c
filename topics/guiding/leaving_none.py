"""Every passage under one of the user's topics: which is the nearest of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows
from topics.guiding.likeness import Surroundings
from topics.guiding.rivals import bring, find_surest
from topics.guiding.taxonomy import GuidedTopic

# What a description lists: "criticism, accusations or threats".
# Nearness rises so fast with a score of one standard deviation, and is .5 at so many.
STEEPNESS = 2.0
MIDDLE = 0.8
_BETWEEN = re.compile(r"[,;:.]+(?:\s|$)|\s+(?:or|and)\s+")


def embed_apart(
    topics: Sequence[GuidedTopic],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    background: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Embed topics as they stand apart from each other.

    Where nothing is to be left over, what topics have in common tells nothing. Ways of acting
    (a statement, a threat) are told by words that a description lists, each of which counts by
    itself: in one vector of the whole line they blur.

    Args:
        topics: At least one.
        encode: As for ``topics.guiding.assigning.embed_topics``.
        background: Mean vector of news in general, ``(d,)``.

    Returns:
        float32 unit rows of shape ``(topics, d)``; of one topic, zeros.
    """
    phrases = [_list_phrases(topic) for topic in topics]
    vectors = unit_rows(encode([phrase for some in phrases for phrase in some]))
    vectors = unit_rows(vectors - background)
    owner = np.repeat(np.arange(len(topics)), [len(some) for some in phrases])
    means = np.stack([vectors[owner == topic].mean(axis=0) for topic in range(len(topics))])
    apart = unit_rows(means)
    return unit_rows((apart - apart.mean(axis=0)).astype(np.float32))


def measure_nearness(
    around: Surroundings, scores: NDArray[np.float64], apart: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Say how near passages are to topics that are to cover all.

    As far as communities are trusted the nearest is that of the best score; else it is told
    by what sets topics apart, and by the passages that surely are on them.

    Args:
        around: The passages amid what surrounds them.
        scores: Shape ``(n, topics)``, minus infinity where a topic is out of question.
        apart: From ``embed_apart``.

    Returns:
        Of the same shape, 0 to 1; a passage belongs to the topic that it is nearest to.
    """
    told = around.spread((around.centred @ apart.T).astype(np.float64))
    middles = np.stack([around.centred[rows].sum(axis=0) for rows in find_surest(told)])
    told = bring(told, 1.0) + bring((around.centred @ unit_rows(middles).T).astype(float), 1.0)
    shut = ~np.isfinite(scores)
    known = bring(np.where(shut, 0.0, scores), 1.0)
    near = around.trust * known + (1.0 - around.trust) * bring(told, 1.0)
    near = 1.0 / (1.0 + np.exp(-STEEPNESS * (near - MIDDLE)))
    # Where all topics are out of question the nearest takes it none the less.
    near[shut & ~shut.all(axis=1, keepdims=True)] = 0.0
    return near


def _list_phrases(topic: GuidedTopic) -> list[str]:
    listed = [phrase.strip() for phrase in _BETWEEN.split(topic.description)]
    return [*filter(None, listed), *topic.examples] or [topic.name]
