from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.guiding.answers import describe_rows, hold_back, is_taught, teach
from topics.guiding.assigning import TopicVectors, place_topics
from topics.guiding.families import Family


def passages(rows: int = 300) -> tuple[NDArray[np.float32], list[str], NDArray[np.bool_]]:
    """Passages that all look alike to a description; some are what the user means."""
    random = np.random.default_rng(0)
    meant = np.arange(rows) % 3 == 0
    vectors = random.standard_normal((rows, 30)) * 0.1
    vectors[meant, 1] += 0.6
    vectors[~meant, 2] += 0.6
    texts = ["arms sold" if one else "poison gas found" for one in meant]
    return unit_rows(vectors.astype(np.float32)), texts, meant


def test_a_few_answers_tell_what_is_meant_from_what_sounds_alike() -> None:
    vectors, texts, meant = passages()
    rows = describe_rows(vectors, texts)
    said = {row: bool(meant[row]) for row in range(12)}
    learnt = teach(rows, np.full(len(texts), 0.5), said)
    assert ((learnt >= 0.5) == meant)[12:].mean() > 0.95
    assert ((learnt >= 0) & (learnt <= 1)).all()


def test_the_value_of_an_answered_passage_has_not_seen_its_answer() -> None:
    vectors, texts, meant = passages()
    rows = describe_rows(vectors, texts)
    said = {row: bool(meant[row]) for row in range(15)}
    said[15] = not meant[15]
    assert (teach(rows, np.full(len(texts), 0.5), said)[15] >= 0.5) == meant[15]


def test_the_order_of_answers_has_no_effect() -> None:
    vectors, texts, meant = passages()
    rows = describe_rows(vectors, texts)
    said = {row: bool(meant[row]) for row in range(12)}
    turned = dict(reversed(said.items()))
    fits = np.linspace(0.1, 0.9, len(texts))
    assert teach(rows, fits, said).tolist() == teach(rows, fits, turned).tolist()


@pytest.mark.parametrize(
    ("yes", "no", "taught"),
    [(6, 2, True), (2, 6, True), (8, 0, False), (1, 9, False), (3, 3, False)],
)
def test_learning_takes_answers_of_both_kinds(yes: int, no: int, taught: bool) -> None:
    said = dict(enumerate([True] * yes + [False] * no))
    assert is_taught(said) is taught


def test_answers_do_not_let_in_more_than_they_say_belongs() -> None:
    fits = np.where(np.arange(100) < 20, 0.6, 0.1)
    said = {**{row: row < 8 for row in range(10)}, 30: True, 31: False}
    learnt = np.linspace(0.99, 0.55, 100)
    held = hold_back(learnt, fits, said)
    assert (held >= 0.5).sum() == round(20 * 8.5 / 11) + 1
    assert (np.diff(held) < 0).all()


def test_a_topic_that_has_learnt_to_take_few_is_not_opened() -> None:
    learnt, fits = np.linspace(0.6, 0.1, 50), np.full(50, 0.7)
    assert hold_back(learnt, fits, dict.fromkeys(range(9), True)) == pytest.approx(learnt)


def test_a_taught_topic_takes_what_is_meant_and_leaves_the_rest() -> None:
    vectors, texts, meant = passages()
    direction = np.zeros((1, 30), np.float32)
    direction[0, 1:3] = 1.0
    topics = TopicVectors(
        unit_rows(direction),
        np.zeros(30, np.float32),
        np.zeros((0, 30), np.float32),
        np.zeros(0, np.int64),
        Family(np.array([-1])),
    )
    answers = {0: {row: bool(meant[row]) for row in range(20)}}
    graph = find_neighbours(vectors, 20)
    before = place_topics(vectors, graph, topics, texts=texts)
    after = place_topics(vectors, graph, topics, texts=texts, answers=answers)
    had, has = before.labels[20:] == 0, after.labels[20:] == 0
    assert meant[20:][has].mean() > 0.9
    assert meant[20:][has].mean() > meant[20:][had].mean() + 0.1
    assert 0 < has.sum() <= had.sum()
    assert ((after.fits[:, 0] >= 0.5) == (after.labels == 0)).all()


def test_fits_are_half_at_the_bar() -> None:
    vectors, texts, _ = passages()
    direction = np.eye(30, dtype=np.float32)[1:2]
    topics = TopicVectors(
        direction,
        np.zeros(30, np.float32),
        np.zeros((0, 30), np.float32),
        np.zeros(0, np.int64),
        Family(np.array([-1])),
    )
    fits = place_topics(vectors, find_neighbours(vectors, 20), topics, texts=texts).fits[:, 0]
    taken = fits[fits >= 0.5]
    assert 0 < len(taken) < len(fits)
    assert taken.min() == pytest.approx(0.5)
