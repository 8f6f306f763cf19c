from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.errors import InputError
from embeddings.neighbours import find_neighbours
from topics.guided import LEAST_FIT, assign, embed_topics
from topics.taxonomy import GuidedTopic, parse_topics, read_topics

AXES = {"talks": 0, "arms": 1, "fighting": 2, "football": 3, "harvest": 4, "war": 6}


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Count the words of five subjects; all texts share a sixth direction."""
    vectors = np.zeros((len(texts), 200), np.float32)
    for row, text in enumerate(texts):
        vectors[row, 5] = 1.0
        for word in text.lower().replace(":", " ").split():
            vectors[row, AXES.get(word, 7 + len(word) % 100)] += 1.0 if word in AXES else 0.2
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def corpus(rows: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Passages on the five subjects, noisy; and the subject of each."""
    random = np.random.default_rng(seed)
    subjects = random.integers(0, 5, rows)
    vectors = random.standard_normal((rows, 200)) * 0.05
    vectors[np.arange(rows), subjects] += 1.0
    vectors[:, 5] += 1.0
    return vectors.astype(np.float32), subjects


TOPICS = (
    GuidedTopic("Diplomacy", "talks"),
    GuidedTopic("Weapons", "arms", ("arms arms",)),
    GuidedTopic("Battles", "fighting"),
)


@pytest.mark.parametrize("rows", [40, 130, 1000])
def test_passages_go_to_the_topic_described_and_others_are_left(rows: int) -> None:
    vectors, subjects = corpus(rows)
    found = assign(vectors, find_neighbours(vectors, 40), embed_topics(TOPICS, encode)).labels
    expected = np.where(subjects < 3, subjects, -1)
    assert (found == expected).mean() > 0.95


def test_what_all_passages_share_counts_for_nothing() -> None:
    vectors, subjects = corpus(300)
    vectors[:, AXES["war"]] += 1.0
    topics = [GuidedTopic(topic.name, f"{topic.description} war") for topic in TOPICS]
    scores = assign(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode)).scores
    assert scores[subjects >= 3].max() < LEAST_FIT


def test_a_description_that_fits_closely_leaves_distant_relations() -> None:
    vectors, subjects = corpus(300)
    vectors[subjects == 3, AXES["arms"]] += 0.5
    found = assign(vectors, find_neighbours(vectors, 40), embed_topics(TOPICS, encode)).labels
    assert (found[subjects == 1] == 1).mean() > 0.95
    assert (found[subjects == 3] == -1).mean() > 0.95


def test_a_topic_the_corpus_lacks_takes_nothing() -> None:
    vectors, subjects = corpus(300)
    without = vectors[subjects != 1]
    found = assign(without, find_neighbours(without, 40), embed_topics(TOPICS, encode)).labels
    assert (found == 1).mean() < 0.02


def test_bars_are_never_below_the_least_fit() -> None:
    vectors, _ = corpus(100)
    assigned = assign(vectors, find_neighbours(vectors, 40), embed_topics(TOPICS, encode))
    assert (assigned.bars >= np.float32(LEAST_FIT)).all()
    placed = assigned.labels >= 0
    best = assigned.scores.max(axis=1)
    assert (best[placed] > assigned.bars[assigned.labels[placed]]).all()


def test_shuffled_passages_are_assigned_alike_bit_for_bit() -> None:
    vectors, _ = corpus(200)
    order = np.random.default_rng(1).permutation(200)
    topics = embed_topics(TOPICS, encode)
    one = assign(vectors, find_neighbours(vectors, 20), topics)
    other = assign(vectors[order], find_neighbours(vectors[order], 20), topics)
    assert np.array_equal(other.labels, one.labels[order])
    assert np.array_equal(other.scores, one.scores[order])


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_passages_are_no_obstacle(rows: int) -> None:
    vectors, _ = corpus(rows)
    topics = embed_topics(TOPICS, encode)
    assert len(assign(vectors, find_neighbours(vectors, 40), topics).labels) == rows


def test_one_passage_goes_to_the_topic_it_plainly_fits() -> None:
    vector = encode(["arms arms arms"])
    topics = embed_topics(TOPICS, encode)
    assert assign(vector, find_neighbours(vector, 40), topics).labels.tolist() == [1]


def test_examples_alone_can_describe_a_topic() -> None:
    vectors, subjects = corpus(200)
    topics = (GuidedTopic("A", examples=("football football", "football")), TOPICS[0])
    found = assign(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode)).labels
    assert (found[subjects == 3] == 0).mean() > 0.95


def test_a_file_gives_names_descriptions_and_examples(tmp_path: Path) -> None:
    path = tmp_path / "topics.toml"
    path.write_text(
        '[[topic]]\nname = "Diplomacy"\ndescription = "Talks"\nexamples = ["They met.", " "]\n'
        '[[topic]]\nname = "Arms"\n',
        encoding="utf-8",
    )
    assert read_topics(path) == (
        GuidedTopic("Diplomacy", "Talks", ("They met.",)),
        GuidedTopic("Arms"),
    )


def test_name_and_description_are_embedded_together() -> None:
    assert GuidedTopic("Arms", "Sales", ("They sold.",)).texts == ("Arms: Sales", "They sold.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"holds no topic; write \[\[topic\]\]"),
        ("[[topic]]\nname = ]", "not valid TOML.*line 2"),
        ("topic = 3", "holds no topic"),
        ('[topic]\nname = "A"', "holds no topic"),
        ("topic = [3]", "topic 1 is not a table"),
        ('[[topics]]\nname = "A"', '"topics" at the top; only'),
        ('[[topic]]\ndescription = "A"', "topic 1 has no name"),
        ('[[topic]]\nname = " "', "topic 1 has no name"),
        ('[[topic]]\nname = "A"\n[[topic]]\nname = "a"', '"a" twice'),
        ('[[topic]]\nname = "A"\nexample = "x"', "unknown key.*name, description, examples"),
        ('[[topic]]\nname = "A"\nexamples = "x"', "examples that are no list"),
        ('[[topic]]\nname = "A"\ndescription = 3', "description that is no text"),
    ],
)
def test_a_mistake_in_the_file_is_said_in_a_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_topics(text, "my.toml")
    assert str(caught.value).startswith("my.toml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "topics.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"topics\.toml"):
        read_topics(path)


def vague_corpus() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Articles of four paragraphs on one subject, the second of which says next to nothing."""
    vectors, subjects = corpus(240)
    subjects = np.repeat(subjects[::4], 4)
    random = np.random.default_rng(2)
    vectors = random.standard_normal((240, 200)).astype(np.float32) * 0.05
    vectors[:, 5] += 1.0
    vectors[np.arange(240), subjects] += np.where(np.arange(240) % 4 == 1, 0.3, 1.0)
    return vectors, subjects


def test_a_paragraph_that_says_little_goes_with_those_beside_it() -> None:
    vectors, subjects = vague_corpus()
    graph, topics = find_neighbours(vectors, 15), embed_topics(TOPICS, encode)
    beside = np.array([[row, row + 1] for row in range(239) if row % 4 != 3])
    vague = (np.arange(240) % 4 == 1) & (subjects < 3)
    alone = assign(vectors, graph, topics).labels
    read = assign(vectors, graph, topics, adjacent=beside).labels
    assert (read[vague] == subjects[vague]).mean() > (alone[vague] == subjects[vague]).mean() + 0.1


def test_a_paragraph_on_another_subject_is_not_swallowed_by_its_article() -> None:
    vectors, subjects = corpus(240)
    beside = np.array([[row, row + 1] for row in range(239)])
    topics = embed_topics(TOPICS, encode)
    found = assign(vectors, find_neighbours(vectors, 40), topics, adjacent=beside).labels
    assert (found[subjects >= 3] == -1).mean() > 0.95


def test_pairs_are_numbered_as_the_rows_are() -> None:
    vectors, _ = vague_corpus()
    order = np.random.default_rng(1).permutation(240)
    rank = np.argsort(order)
    beside = np.array([[row, row + 1] for row in range(239) if row % 4 != 3])
    topics = embed_topics(TOPICS, encode)
    one = assign(vectors, find_neighbours(vectors, 20), topics, adjacent=beside)
    graph = find_neighbours(vectors[order], 20)
    other = assign(vectors[order], graph, topics, adjacent=rank[beside][::-1])
    assert np.array_equal(other.scores, one.scores[order])
