"""How firmly passages belong, which lie between two topics, which are strangers."""

from __future__ import annotations

import numpy as np

from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.belonging import find_strangers, measure_belonging
from topics.discovery.weights import weigh_edges


def two_clusters(seed: int = 0, size: int = 40):
    """Rows around two directions, one row half way between, one unlike all."""
    random = np.random.default_rng(seed)
    rows = 0.12 * random.uniform(-1, 1, (2 * size + 2, 16))
    rows[:size, 0] += 1
    rows[size : 2 * size, 1] += 1
    rows[2 * size] = 0
    rows[2 * size, :2] = 0.7
    rows[2 * size + 1] = -np.eye(16)[5]
    return rows.astype(np.float32)


def measured(rows):
    graph = find_neighbours(rows, 30)
    size = (len(rows) - 2) // 2
    labels = np.array([0] * size + [1] * size + [0, 1])
    return measure_belonging(weigh_edges(graph, 30), labels, find_strangers(graph))


def test_a_row_between_two_topics_is_mixed_and_both_are_named():
    belonging = measured(two_clusters(5))
    assert belonging.mixed[80]
    assert belonging.others[80] == 1
    assert belonging.mixed[:80].sum() <= 2
    assert belonging.strengths[:80].mean() > 0.9


def test_shares_of_the_own_and_of_the_next_topic_are_no_more_than_all():
    belonging = measured(two_clusters(1))
    assert ((belonging.strengths + belonging.other_shares) <= 1 + 1e-6).all()
    assert (belonging.other_shares[belonging.others < 0] == 0).all()


def test_a_row_unlike_all_others_is_a_stranger_and_hardly_another_is():
    strangers = measured(two_clusters()).strangers
    assert strangers[81]
    assert strangers[:80].sum() <= 2


def test_an_odd_article_is_strange_though_its_passages_are_alike():
    rows = two_clusters()
    rows[74:80] = -np.eye(16)[7] + 0.05 * rows[74:80]
    graph = find_neighbours(rows, 30)
    articles = [*map(str, range(74)), *["odd"] * 6, "80", "81"]
    assert not find_strangers(graph)[74:80].any()
    strangers = find_strangers(graph, articles)
    assert strangers[74:80].all()
    assert strangers[:74].sum() <= 2


def test_a_row_whose_neighbours_are_all_of_its_article_is_as_near_as_the_last():
    rows = two_clusters()
    graph = find_neighbours(rows, 30)
    assert not find_strangers(graph, ["one"] * len(rows)).all()


def test_a_line_of_a_few_words_is_no_stranger():
    rows = two_clusters()
    graph = find_neighbours(rows, 30)
    texts = ["a line of so many words as a passage on something has"] * 82
    assert find_strangers(graph, texts=texts)[81]
    assert not find_strangers(graph, texts=[*texts[:81], "Thank you."])[81]


def test_in_a_few_rows_nothing_is_strange():
    rows = two_clusters(size=8)
    assert not find_strangers(find_neighbours(rows, 5)).any()


def test_nothing_belongs_to_nothing():
    graph = find_neighbours(np.zeros((0, 4), np.float32), 5)
    belonging = measure_belonging(
        weigh_edges(graph, 5), np.empty(0, np.int64), find_strangers(graph)
    )
    assert len(belonging.strengths) == len(belonging.strangers) == 0


def test_rows_alike_to_the_last_bit_are_no_strangers():
    rows = np.ones((50, 4), np.float32)
    assert not find_strangers(find_neighbours(rows, 5)).any()
