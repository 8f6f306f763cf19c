from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours
from topics.guiding.assigning import assign_topics, embed_topics
from topics.guiding.leaving_none import embed_apart
from topics.guiding.taxonomy import GuidedTopic

WORDS = ("war", "talks", "threats", "raids", "sport")


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Count the words known, in directions of their own; all else shares one."""
    vectors = np.full((len(texts), 40), 0.01, np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().replace(",", " ").replace(".", " ").split():
            vectors[row, WORDS.index(word) if word in WORDS else 39] += 1.0
    return vectors


def passages(rows: int = 240) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    random = np.random.default_rng(0)
    kinds = random.integers(0, 4, rows)
    vectors = random.standard_normal((rows, 40)) * 0.05
    vectors[:, 0] += 1.0
    vectors[np.arange(rows), kinds + 1] += 1.0
    return vectors.astype(np.float32), kinds


TOPICS = (
    GuidedTopic("talks", "War talks, talks"),
    GuidedTopic("threats", "War threats and threats"),
    GuidedTopic("raids", "War raids"),
)


def test_every_passage_goes_to_a_topic_and_to_the_right_one() -> None:
    vectors, kinds = passages()
    graph = find_neighbours(vectors, 20)
    found = assign_topics(vectors, graph, embed_topics(TOPICS, encode, every=True))
    assert (found >= 0).all()
    assert (found == kinds)[kinds < 3].mean() > 0.95
    left = assign_topics(vectors, graph, embed_topics(TOPICS, encode))
    assert (left[kinds == 3] < 0).mean() > 0.5


def test_a_topic_is_told_by_what_the_others_lack() -> None:
    apart = embed_apart(TOPICS, encode, np.zeros(40, np.float32))
    assert [int(row[1:5].argmax()) for row in apart] == [0, 1, 2]


def test_a_lone_topic_takes_all() -> None:
    vectors, _ = passages(60)
    found = assign_topics(
        vectors, find_neighbours(vectors, 20), embed_topics(TOPICS[:1], encode, every=True)
    )
    assert found.tolist() == [0] * 60


def test_a_passage_goes_to_no_topic_that_excludes_it_while_another_is_open() -> None:
    vectors, kinds = passages()
    topics = (GuidedTopic("talks", "talks", exclusions=("sport",)), TOPICS[1])
    found = assign_topics(
        vectors, find_neighbours(vectors, 20), embed_topics(topics, encode, every=True)
    )
    assert (found[kinds == 3] == 1).mean() > 0.9
