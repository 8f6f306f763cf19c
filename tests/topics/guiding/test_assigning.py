from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from embeddings.errors import InputError
from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.guiding.assigning import (
    TopicVectors,
    assign_topics,
    embed_topics,
    learn,
    link_found,
)
from topics.guiding.families import LEAST_FIT, Family, place
from topics.guiding.likeness import Surroundings, look_around, share_explained
from topics.guiding.subjects import SUBJECTS
from topics.guiding.taxonomy import GuidedTopic, find_parents, parse_topics, read_topics

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
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(TOPICS, encode))
    expected = np.where(subjects < 3, subjects, -1)
    assert (found == expected).mean() > 0.95


def test_what_all_passages_share_counts_for_nothing() -> None:
    vectors, subjects = corpus(300)
    vectors[:, AXES["war"]] += 1.0
    topics = [GuidedTopic(topic.name, f"{topic.description} war") for topic in TOPICS]
    assert scored(vectors, embed_topics(topics, encode))[subjects >= 3].max() < LEAST_FIT


def test_a_description_that_fits_closely_leaves_distant_relations() -> None:
    vectors, subjects = corpus(300)
    vectors[subjects == 3, AXES["arms"]] += 0.5
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(TOPICS, encode))
    assert (found[subjects == 1] == 1).mean() > 0.95
    assert (found[subjects == 3] == -1).mean() > 0.95


def test_a_topic_the_corpus_lacks_takes_nothing() -> None:
    vectors, subjects = corpus(300)
    without = vectors[subjects != 1]
    found = assign_topics(without, find_neighbours(without, 40), embed_topics(TOPICS, encode))
    assert (found == 1).mean() < 0.02


def test_a_passage_below_the_least_fit_is_left_though_it_is_the_best() -> None:
    scores = np.array([[LEAST_FIT - 0.01], [LEAST_FIT - 0.02], [-0.1]])
    assert place(scores, Family(np.array([-1]))).tolist() == [-1, -1, -1]
    assert place(scores + 0.02, Family(np.array([-1]))).tolist() == [0, -1, -1]


def test_one_topic_that_all_passages_are_on_takes_them_all() -> None:
    vectors, subjects = corpus(300)
    named = ("talks", "arms", "fighting", "football", "harvest")
    topics = embed_topics([GuidedTopic(name.title(), name) for name in named], encode)
    found = assign_topics(vectors, find_neighbours(vectors, 40), topics)
    assert (found == subjects).mean() > 0.98


def test_a_topic_learns_from_what_the_corpus_says_on_it() -> None:
    vectors, subjects = corpus(400)
    jargon = np.flatnonzero(subjects == 4)
    vectors[subjects == 1, 150] += 1.5
    vectors[jargon, AXES["harvest"]], vectors[jargon, 150] = 0.0, 1.0
    topics = embed_topics(TOPICS, encode)
    assert topics.prototypes[1, 150] == pytest.approx(0.0, abs=0.05)
    scores = scored(vectors, topics)[jargon]
    assert scores[:, 1].mean() > 0.05
    assert scores[:, [0, 2]].mean() < 0.0


def scored(vectors: NDArray[np.float32], topics: TopicVectors) -> NDArray[np.float64]:
    """The scores by which passages are placed."""
    graph = find_neighbours(vectors, 40)
    around = look_around(unit_rows(vectors), topics.background, graph, topics.prototypes)
    return around.score(learn(around, topics))


def surroundings(rows: int = 300) -> tuple[Surroundings, NDArray[np.int64]]:
    vectors, subjects = corpus(rows)
    topics = embed_topics(TOPICS, encode)
    graph = find_neighbours(vectors, 40)
    return look_around(unit_rows(vectors), topics.background, graph, topics.prototypes), subjects


def test_passages_settle_with_those_around_them() -> None:
    around, subjects = surroundings()
    placed = np.where(subjects == 1, 1, -1)
    placed[np.flatnonzero(subjects == 1)[:5]] = -1
    placed[np.flatnonzero(subjects == 3)[:5]] = 2
    settled = around.settle(placed, np.zeros((300, 3), np.bool_))
    assert np.array_equal(settled, np.where(subjects == 1, 1, -1))


@pytest.mark.parametrize(
    ("adjacent", "crowded", "expected"),
    [
        (None, 0.0, -1),
        ([[0, 1], [1, 2]], 0.0, 0),
        ([[0, 1]], 0.0, -1),
        ([[3, 1], [1, 4]], 0.0, -1),
        ([[0, 1], [1, 2]], 1.0, -1),
    ],
)
def test_a_passage_goes_with_both_that_are_beside_it(
    adjacent: list[list[int]] | None, crowded: float, expected: int
) -> None:
    """Row 1 is left over, as is half of what it is like; 0 and 2 are under a topic."""
    edges = csr_array((np.ones(2), ([1, 1], [0, 3])), shape=(5, 5))
    around = Surroundings(
        np.eye(5, dtype=np.float32), edges, (np.zeros(5, np.int64),), 0.0, crowded
    )
    pairs = None if adjacent is None else np.array(adjacent)
    settled = around.settle(np.array([0, -1, 0, -1, -1]), np.zeros((5, 1), np.bool_), pairs)
    assert settled.tolist() == [0, expected, 0, -1, -1]


def test_no_passage_settles_where_it_is_shut_out() -> None:
    around, subjects = surroundings()
    shut = np.zeros((300, 3), np.bool_)
    shut[np.flatnonzero(subjects == 1)[:5], 1] = True
    settled = around.settle(np.where(subjects == 1, 1, -1), shut)
    assert not (settled[shut[:, 1]] == 1).any()


def test_passages_of_one_community_are_still_told_apart() -> None:
    around, _ = surroundings()
    scores = around.score(embed_topics(TOPICS, encode).prototypes)
    finest = around.communities[-1]
    for community in np.unique(finest):
        assert len(np.unique(scores[finest == community, 0])) == (finest == community).sum()


def test_communities_are_trusted_where_they_tell_topics_apart() -> None:
    assert surroundings()[0].trust == 1.0
    vectors, _ = corpus(300)
    across = np.random.default_rng(3).random(300) < 0.5
    vectors[across, AXES["war"]] += 0.3  # runs through all subjects
    topics = embed_topics([GuidedTopic("War", "war")], encode)
    graph = find_neighbours(vectors, 40)
    mixed = look_around(unit_rows(vectors), topics.background, graph, topics.prototypes)
    assert mixed.trust == 0.0


def test_the_share_explained_is_one_for_equal_rows_and_none_for_equal_groups() -> None:
    labels = np.array([0, 0, 1, 1])
    assert share_explained(np.array([[1.0], [1.0], [3.0], [3.0]]), labels) == 1.0
    assert share_explained(np.array([[1.0], [3.0], [1.0], [3.0]]), labels) == 0.0
    assert share_explained(np.array([[1.0], [3.0], [3.0], [5.0]]), labels) == pytest.approx(0.5)
    assert share_explained(np.ones((4, 1)), labels) == 1.0


def test_a_topic_out_of_question_leaves_a_passage_to_the_next() -> None:
    scores = np.array([[0.5, 0.4, 0.1], [0.6, 0.2, 0.1], [-np.inf, 0.4, 0.1], [0.1, -np.inf, 0.6]])
    labels = place(scores, Family(np.array([-1, -1, -1])))
    assert labels.tolist() == [0, 0, 1, 2]


def test_a_close_fitting_child_sets_no_bar_for_what_only_the_parent_fits() -> None:
    scores = np.array([[0.3, 0.9], [0.3, 0.9], [0.25, 0.2], [0.21, 0.0]])
    labels = place(scores, Family(np.array([-1, 0])))
    assert labels.tolist() == [1, 1, 0, 0]


def test_exclusions_keep_what_sounds_alike_out_of_a_topic() -> None:
    vectors, subjects = corpus(300)
    topic = GuidedTopic("Conflict", "arms fighting")
    graph = find_neighbours(vectors, 40)
    wide = assign_topics(vectors, graph, embed_topics([topic], encode))
    narrow = dataclasses.replace(topic, exclusions=("fighting",))
    found = assign_topics(vectors, graph, embed_topics([narrow], encode))
    assert (wide[subjects == 2] == 0).mean() > 0.9
    assert (found[subjects == 2] == -1).all()
    assert (found[subjects == 1] == 0).mean() > 0.9


def test_what_a_topic_excludes_may_go_to_another() -> None:
    vectors, subjects = corpus(300)
    topics = (GuidedTopic("Conflict", "arms fighting", (), ("fighting",)), TOPICS[2])
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode))
    assert (found[subjects == 2] == 1).mean() > 0.95


def test_what_a_parent_excludes_its_children_do_not_take() -> None:
    vectors, subjects = corpus(300)
    topics = (
        GuidedTopic("Conflict", "arms fighting", exclusions=("football",)),
        GuidedTopic("Matches", "football football football arms", parent="Conflict"),
    )
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode))
    assert (found[subjects == 3] == -1).mean() > 0.95


def test_passages_go_to_the_child_and_what_fits_none_to_the_parent() -> None:
    vectors, subjects = corpus(400)
    topics = (
        GuidedTopic("Security", "talks arms fighting"),
        GuidedTopic("Arms", "arms", parent="security"),
        GuidedTopic("Battles", "fighting", parent="Security"),
        GuidedTopic("Sport", "football"),
    )
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode))
    expected = np.array([0, 1, 2, 3, -1])[subjects]
    assert (found == expected).mean() > 0.95


def test_a_grandchild_takes_what_fits_it() -> None:
    vectors, subjects = corpus(400)
    topics = (
        GuidedTopic("Battles", "fighting", parent="Force"),
        GuidedTopic("Force", "arms fighting", parent="Security"),
        GuidedTopic("Security", "talks arms fighting"),
    )
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode))
    expected = np.array([2, 1, 0, -1, -1])[subjects]
    assert (found == expected).mean() > 0.95


def test_a_found_topic_is_linked_to_the_guided_one_it_is_like() -> None:
    vectors, subjects = corpus(400)
    vectors[subjects == 3, AXES["arms"]] += 0.6
    labels = np.array([0, 1, 2, 3, 5])[subjects]
    links = link_found(vectors, labels, embed_topics(TOPICS, encode))
    assert len(links) == 3
    assert links[0] is not None
    guided, score = links[0]
    assert guided == 1
    assert 0.15 <= score < 0.9
    assert links[1:] == [None, None]


def test_links_without_rows_or_found_topics_are_none() -> None:
    topics = embed_topics(TOPICS, encode)
    assert link_found(np.empty((0, 200), np.float32), np.empty(0, np.int64), topics) == []
    vectors, subjects = corpus(50)
    assert link_found(vectors, np.minimum(subjects, 2), topics) == []


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_passages_are_no_obstacle(rows: int) -> None:
    vectors, _ = corpus(rows)
    topics = embed_topics(TOPICS, encode)
    assert len(assign_topics(vectors, find_neighbours(vectors, 40), topics)) == rows


def test_one_passage_goes_to_the_topic_it_plainly_fits() -> None:
    vector = encode(["arms arms arms"])
    topics = embed_topics(TOPICS, encode)
    assert assign_topics(vector, find_neighbours(vector, 40), topics).tolist() == [1]


def test_examples_alone_can_describe_a_topic() -> None:
    vectors, subjects = corpus(200)
    topics = (GuidedTopic("A", examples=("football football", "football")), TOPICS[0])
    found = assign_topics(vectors, find_neighbours(vectors, 40), embed_topics(topics, encode))
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


def test_a_bare_name_is_seen_apart_from_news_about_subjects_in_general() -> None:
    def shared(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = encode(texts)
        vectors[:, 199] = [5.0 * text.startswith("News about ") for text in texts]
        return vectors

    topics = embed_topics([GuidedTopic("arms sales")], shared)
    assert abs(topics.prototypes[0, 199]) < 0.1
    assert topics.prototypes[0, AXES["arms"]] > 0.5


def test_subjects_are_embedded_once_where_no_name_is_bare() -> None:
    seen: list[str] = []

    def listen(texts: Sequence[str]) -> NDArray[np.float32]:
        seen.extend(texts)
        return encode(texts)

    embed_topics([GuidedTopic("Arms", "arms", exclusions=("talks",))], listen)
    assert seen == [*SUBJECTS, "Arms: arms", "talks"]


def test_a_topic_read_back_from_json_is_the_one_stored() -> None:
    topic = GuidedTopic("Arms", "Sales", ("They sold.",), ("Art sales",), "Trade")
    assert GuidedTopic(**json.loads(json.dumps(dataclasses.asdict(topic)))) == topic


def test_a_file_gives_exclusions_and_parents() -> None:
    text = (
        '[[topic]]\nname = "Arms"\nparent = "war"\nexclusions = [" Art sales ", ""]\n'
        '[[topic]]\nname = "War"\n'
    )
    topics = parse_topics(text)
    assert topics == (GuidedTopic("Arms", "", (), ("Art sales",), "war"), GuidedTopic("War"))
    assert find_parents(topics) == [1, -1]


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
        (
            '[[topic]]\nname = "A"\nexample = "x"',
            "unknown key.*name, description, examples, exclusions, parent",
        ),
        ('[[topic]]\nname = "A"\nexamples = "x"', "examples that are no list"),
        ('[[topic]]\nname = "A"\ndescription = 3', "description that is no text"),
        ('[[topic]]\nname = "A"\nexclusions = [3]', "exclusions that are no list"),
        ('[[topic]]\nname = "A"\nparent = ["B"]', "parent that is no text"),
        ('[[topic]]\nname = "A"\nparent = "B"', r'"A" has the parent "B", which no \[\[topic'),
        ('[[topic]]\nname = "A"\nparent = "a"', r'circle \("A" -> "A"\)'),
        (
            '[[topic]]\nname = "A"\nparent = "B"\n[[topic]]\nname = "B"\nparent = "C"\n'
            '[[topic]]\nname = "C"\nparent = "A"',
            r'circle \("A" -> "B" -> "C" -> "A"\)',
        ),
        (
            '[[topic]]\nname = "A"\nparent = "B"\n[[topic]]\nname = "B"\nparent = "B"',
            r'circle \("B" -> "B"\)',
        ),
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
    alone = assign_topics(vectors, graph, topics)
    read = assign_topics(vectors, graph, topics, adjacent=beside)
    assert (read[vague] == subjects[vague]).mean() > (alone[vague] == subjects[vague]).mean() + 0.1


def test_a_paragraph_on_another_subject_is_not_swallowed_by_its_article() -> None:
    vectors, subjects = corpus(240)
    beside = np.array([[row, row + 1] for row in range(239)])
    topics = embed_topics(TOPICS, encode)
    found = assign_topics(vectors, find_neighbours(vectors, 40), topics, adjacent=beside)
    assert (found[subjects >= 3] == -1).mean() > 0.95
