"""What a score counts, passages or articles: the label and the topic of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.errors import InputError
from topics.evaluation.matching import Key

Unit = Literal["passage", "document"]


def as_unit(given: str) -> Unit:
    """Check what a score is to count.

    Raises:
        InputError: It is none of ``passage`` and ``document``.
    """
    if given not in ("passage", "document"):
        raise InputError(f"--by is {given!r}; type --by passage or --by document.")
    return cast("Unit", given)


def gather_units(
    passages: Sequence[Passage],
    documents: Sequence[Document],
    placed: Mapping[int, tuple[int, float]],
    given: Mapping[Key, set[str]],
    by: Unit,
) -> tuple[list[set[str]], NDArray[np.int64]]:
    """Give each passage, or each article, its label and its topic.

    Args:
        passages: All stored ones.
        documents: All stored ones.
        placed: Topic and strength by passage id.
        given: Labels of what the rows speak of.
        by: Which of the two is counted. A passage has its own label, else its article's; an
            article its own, else the one most of its labelled passages have.

    Returns:
        The labels of each, several where they contradict each other; and its topic id, -1 for
        none, int64 ``(n,)``.
    """
    if by == "passage":
        labels = [given.get(one.id) or given.get(one.document_id, set()) for one in passages]
        topics = [placed[one.id][0] if one.id in placed else -1 for one in passages]
    else:
        own = _labels_within(passages, given)
        labels = [given.get(one.id) or own.get(one.id, set()) for one in documents]
        held = _topics_of_most(passages, placed)
        topics = [held.get(one.id, -1) for one in documents]
    return labels, np.array(topics, np.int64)


def _labels_within(
    passages: Sequence[Passage], given: Mapping[Key, set[str]]
) -> dict[str, set[str]]:
    """Return the label that most labelled passages of each article have; several if equal."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in passages:
        labels = given.get(passage.id, set())
        if len(labels) == 1:
            counts[passage.document_id].update(labels)
    return {
        document: {label for label, times in labels.items() if times == max(labels.values())}
        for document, labels in counts.items()
    }


def _topics_of_most(
    passages: Sequence[Passage], placed: Mapping[int, tuple[int, float]]
) -> dict[str, int]:
    """Return the topic of most passages of each article; of equals the firmer, then lower id."""
    held: dict[str, dict[int, tuple[int, float]]] = defaultdict(dict)
    for passage in passages:
        if passage.id in placed:
            topic, strength = placed[passage.id]
            times, total = held[passage.document_id].get(topic, (0, 0.0))
            held[passage.document_id][topic] = (times + 1, total + strength)
    return {
        document: max(topics, key=lambda topic: (*topics[topic], -topic))
        for document, topics in held.items()
    }
