from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.guiding import assigning
from topics.guiding.families import Family, place
from topics.guiding.likeness import CROWDED_ROWS, Surroundings, look_around
from topics.guiding.rivals import Rivals, find_drawn, find_phrases, find_unsure, sharpen

ARMS, POISON, OTHER = 0, 1, 2


def one_war(rows: int = 600) -> tuple[Surroundings, NDArray[np.int64], NDArray[np.float32]]:
    """Passages on arms, on poison gas that is half like arms, and on much else."""
    random = np.random.default_rng(0)
    subjects = np.where(np.arange(rows) < 30, ARMS, np.where(np.arange(rows) < 250, POISON, OTHER))
    vectors = random.standard_normal((rows, 60)) * 0.08
    vectors[subjects == ARMS, 0] += 1.0
    vectors[subjects == POISON, 0] += 0.6
    vectors[subjects == POISON, 1] += 0.8
    places = np.flatnonzero(subjects == OTHER)
    vectors[places, 2 + places % 8] += 1.0
    direction = np.zeros((1, 60), np.float32)
    direction[0, 0] = 1.0
    around = look_around(
        unit_rows(vectors.astype(np.float32)),
        np.zeros(60, np.float32),
        find_neighbours(vectors.astype(np.float32), 20),
        direction,
    )
    return dataclasses.replace(around, trust=0.0, crowded=1.0), subjects, direction


def test_a_topic_stands_further_apart_from_what_a_rival_is_about() -> None:
    around, subjects, direction = one_war()
    scores = around.score(direction)
    sharp = sharpen(around, scores, None)

    def reach(values: NDArray[np.float64]) -> float:
        """Say how far gas comes to arms, from the middle of all."""
        away = values[:, 0] - values.mean()
        return float(away[subjects == POISON].mean() / away[subjects == ARMS].mean())

    assert reach(sharp) < reach(scores) - 0.05


def test_in_a_crowded_corpus_a_topic_takes_its_best_alone() -> None:
    random = np.random.default_rng(0)
    scores = np.concatenate([random.normal(0.2, 0.02, 300), random.normal(0.5, 0.005, 20)])[:, None]
    family = Family(np.array([-1]))
    assert (place(scores, family, crowded=1.0) == 0).sum() == 20
    assert (place(scores, family) == 0).sum() > 200


def test_passages_in_the_words_of_a_topic_score_higher() -> None:
    around, _, direction = one_war()
    scores = around.score(direction)
    words = np.zeros_like(scores)
    words[-40:] = 1.0
    gained = sharpen(around, scores, words) - sharpen(around, scores, None)
    assert gained[-40:].min() > gained[:-40].max()


def test_words_count_most_where_a_passage_has_them_itself() -> None:
    around, _, direction = one_war()
    scores = around.score(direction)
    words = np.zeros_like(scores)
    words[-40::2] = 1.0
    gained = sharpen(around, scores, words) - sharpen(around, scores, None)
    assert gained[-40::2].min() > gained[-39::2].max()


def test_a_corpus_on_many_subjects_keeps_its_scores() -> None:
    around, _, direction = one_war()
    scores = around.score(direction)
    assert sharpen(dataclasses.replace(around, crowded=0.0), scores, None) is scores


def test_a_topic_that_is_the_best_for_no_passage_takes_none() -> None:
    around, _, direction = one_war()
    scores = around.score(np.concatenate([direction, -direction]))
    scores[:, 1] = scores.min() - 1
    assert np.isfinite(sharpen(around, scores, None)).all()


@pytest.mark.parametrize(("the_same", "left"), [(2.0, True), (0.5, False)])
def test_what_is_on_a_rival_is_left_to_discovery_unless_that_is_the_topic(
    monkeypatch: pytest.MonkeyPatch, the_same: float, left: bool
) -> None:
    around, subjects, _ = one_war()
    monkeypatch.setattr(assigning, "look_around", lambda *_: around)
    monkeypatch.setattr(assigning, "THE_SAME", the_same)
    words = {ARMS: "arms were shipped", POISON: "it was poison gas", OTHER: "then snow fell"}
    asked, gas = np.zeros((1, 60), np.float32), np.zeros((1, 60), np.float32)
    asked[0, :2], gas[0, :2] = (0.8, 0.6), (0.6, 0.8)
    none = np.zeros((0, 60), np.float32)
    topics = assigning.TopicVectors(
        asked,
        none.sum(axis=0),
        none,
        np.zeros(0, np.int64),
        Family(np.array([-1])),
        (frozenset({"arms"}),),
        embed_bare=lambda names: np.concatenate(
            [gas if name == "poison gas" else np.eye(60, dtype=np.float32)[-1:] for name in names]
        ),
    )
    placement = assigning.place_topics(
        around.centred,
        find_neighbours(around.centred, 20),
        topics,
        texts=[words[int(one)] for one in subjects],
    )
    drawn = placement.drawn[0].get("poison gas", 0)
    assert (drawn > 0) is left
    assert ((placement.labels == 0) & (subjects == POISON)).any() is np.bool_(not left)


def test_a_small_corpus_is_not_crowded() -> None:
    random = np.random.default_rng(0)
    vectors = unit_rows(random.standard_normal((CROWDED_ROWS[0] - 50, 30)).astype(np.float32))
    around = look_around(vectors, vectors[0] * 0, find_neighbours(vectors, 20), vectors[:2])
    assert around.crowded == 0.0


def test_noise_in_a_larger_corpus_is_crowded_and_untrusted() -> None:
    random = np.random.default_rng(0)
    vectors = unit_rows(random.standard_normal((1000, 30)).astype(np.float32))
    around = look_around(vectors, vectors[0] * 0, find_neighbours(vectors, 20), vectors[:2])
    assert around.trust == 0.0
    assert 0.0 < around.crowded < 1.0


def test_a_community_is_known_by_the_words_that_tell_it_from_the_others() -> None:
    gas = [f"Chemical weapons on {day}." for day in range(10, 20)]
    trade = [f"Weapons traded on {day}." for day in range(20, 29)]
    labels = np.repeat([0, 1, 2], [10, 9, 1])
    assert find_phrases(labels, [*gas, *trade, "Snow fell."]) == (
        "chemical weapons",
        "weapons traded",
    )


def test_words_of_grammar_of_another_language_make_no_rival() -> None:
    texts = [f"Das Gas wird das Land am Tag {day} erreichen." for day in range(10, 20)]
    assert find_phrases(np.zeros(10, np.int64), texts) == ()


def test_a_passage_is_drawn_by_the_rival_that_is_nearer_than_a_topic() -> None:
    scores = np.array([[0.5, 0.9], [0.2, 0.9]])
    values = np.array([[0.4, 0.1, 0.3], [0.4, 0.6, 0.3]])
    none = np.zeros((2, 3), np.bool_)
    rivals = Rivals(("a", "b", "c"), values, none)
    assert find_drawn(scores, rivals, 1.0).tolist() == [[-1, -1], [1, -1]]


def test_the_less_a_corpus_is_crowded_the_fewer_rivals_draw() -> None:
    random = np.random.default_rng(0)
    scores, values = random.normal(size=(1000, 1)), random.normal(size=(1000, 3))
    rivals = Rivals(("a", "b", "c"), values, np.zeros((1, 3), np.bool_))
    drawn = [int((find_drawn(scores, rivals, c) >= 0).sum()) for c in (1e-9, 0.1, 0.4, 0.8, 1.0)]
    assert drawn[0] == drawn[1] == 0
    assert drawn[1:] == sorted(set(drawn[1:]))


def test_the_less_a_corpus_is_crowded_the_fewer_passages_of_a_topic_are_unsure() -> None:
    scores = np.random.default_rng(0).normal(size=(1000, 1))
    placed = np.where(scores[:, 0] > 0.5, 0, -1)
    unsure = [find_unsure(scores, placed, one)[:, 0] for one in (1e-9, 0.4, 0.6, 0.8, 1.0)]
    assert not unsure[0].any()
    assert unsure[-1].all()
    counts = [int(one.sum()) for one in unsure]
    assert counts == sorted(set(counts))
    # Half way it is those below the topic's bar.
    assert (find_unsure(scores, placed, 0.5)[:, 0] == (placed < 0)).all()


def test_a_rival_that_is_the_topic_in_other_words_draws_nothing() -> None:
    scores, values = np.array([[0.2]]), np.array([[0.4, 0.6]])
    same = np.array([[False, True]])
    assert find_drawn(scores, Rivals(("a", "b"), values, same), 1.0).tolist() == [[0]]
    assert find_drawn(scores, Rivals(("a", "b"), values, same | True), 1.0).tolist() == [[-1]]
    assert find_drawn(scores, Rivals((), values[:, :0], same[:, :0]), 1.0).tolist() == [[-1]]
