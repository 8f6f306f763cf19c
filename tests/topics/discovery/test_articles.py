"""Passages read as parts of their articles, before topics are found."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.discovery.articles import FEW_ARTICLES, list_articles, read_in_articles
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics
from topics.discovery.weights import neighbours_used

ARTICLES, BODY, FORM = 60, 6, 3
SHORT, LONG = "Scorers: 2, 3.", "What the court was told of the arms that were sent. " * 20


class Corpus:
    """Articles on two subjects, each with lines of form that are alike in all."""

    def __init__(self, noise: float = 0.5) -> None:
        random = np.random.default_rng(0)
        first, second, form = np.eye(3, 40)
        middles, texts, documents = [], [], []
        for article in range(ARTICLES):
            subject = (first, second)[article % 2]
            middles += [subject] * BODY + [form + 0.3 * subject] * FORM
            texts += ["A match was played. " * 10] * BODY + [SHORT] * FORM
            documents += [f"article {article}"] * (BODY + FORM)
        noisy = np.stack(middles) + noise * random.standard_normal((len(middles), 40)) / 4
        self.vectors = unit_rows(noisy.astype(np.float32))
        self.texts, self.documents = texts, documents
        self.subjects = np.repeat(np.arange(ARTICLES) % 2, BODY + FORM)

    def read(self):
        rows = np.arange(len(self.texts))
        graph = find_neighbours(self.vectors)
        articles = list_articles(rows, self.documents)
        return graph, *read_in_articles(graph, self.vectors, articles, self.texts)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


def test_lines_of_form_take_the_subject_of_their_article(corpus):
    graph, near, mixed, crowd = corpus.read()
    alone = find_topics(prepare_ground(graph, corpus.vectors))
    found = find_topics(prepare_ground(near, mixed, crowd))
    form = np.array(corpus.texts) == SHORT
    assert len(set(alone[form])) == 1
    assert not set(alone[form]) & set(alone[~form])
    assert found.max() == 1
    assert (
        len({(topic, subject) for topic, subject in zip(found, corpus.subjects, strict=True)}) == 2
    )


def test_a_long_passage_on_something_else_stays_with_it(corpus):
    own = Corpus()
    stray = int(np.flatnonzero(own.subjects == 0)[0])
    own.vectors[stray] = own.vectors[int(np.flatnonzero(own.subjects == 1)[0])]
    own.vectors[stray, 30] += 0.01
    own.texts[stray] = LONG
    _, near, *_ = own.read()
    assert (own.subjects[near.indices[stray]] == 1).all()


def test_neighbours_are_the_nearest_of_each_of_the_nearest_articles(corpus):
    _, near, mixed, _ = corpus.read()
    each = (mixed @ mixed.T).reshape(len(mixed), ARTICLES, BODY + FORM)
    numbers = np.arange(len(mixed)) // (BODY + FORM)
    best = each.max(axis=2)
    best[np.arange(len(mixed)), numbers] = -1
    assert near.k == neighbours_used(ARTICLES) == 12
    np.testing.assert_allclose(near.similarities, -np.sort(-best, axis=1)[:, :12], atol=1e-5)
    rows = each.reshape(len(mixed), -1)
    taken = np.take_along_axis(rows, near.indices.astype(int), axis=1)
    np.testing.assert_allclose(taken, near.similarities, atol=1e-5)
    assert all(len(set(row)) == 12 for row in numbers[near.indices].tolist())


@pytest.mark.parametrize("count", [ARTICLES * (BODY + FORM), FEW_ARTICLES, 1])
def test_nothing_changes_where_articles_say_nothing(corpus, count):
    """Of one passage each, few, or one alone."""
    graph = find_neighbours(corpus.vectors)
    rows = np.arange(graph.size)
    articles = list_articles(rows, [str(row % count) for row in rows])
    near, mixed, crowd = read_in_articles(graph, corpus.vectors, articles, corpus.texts)
    assert near is graph
    assert mixed is corpus.vectors
    assert crowd == 1


def test_an_article_of_one_passage_keeps_its_vector(corpus):
    documents = ["lone", *corpus.documents[1:]]
    graph = find_neighbours(corpus.vectors)
    articles = list_articles(np.arange(graph.size), documents)
    _, mixed, _ = read_in_articles(graph, corpus.vectors, articles, corpus.texts)
    assert (mixed[0] == corpus.vectors[0]).all()
    assert (mixed[1] != corpus.vectors[1]).any()


def test_copies_of_an_article_and_the_order_of_articles_change_no_bit(corpus):
    graph = find_neighbours(corpus.vectors)
    rows = np.arange(graph.size)
    once = list_articles(rows, corpus.documents)
    named = [one[::-1] for one in corpus.documents]
    copied = [*named, *["a copy"] * (BODY + FORM)]
    again = list_articles(np.append(rows, rows[: BODY + FORM]), copied)
    assert (once != again).nnz == 0
    first = read_in_articles(graph, corpus.vectors, once, corpus.texts)
    second = read_in_articles(graph, corpus.vectors, again, corpus.texts)
    assert (first[0].indices == second[0].indices).all()
    assert (first[0].similarities == second[0].similarities).all()
    assert (first[1] == second[1]).all()


def test_a_line_that_stands_in_most_articles_has_neighbours_of_its_own_articles_last(corpus):
    rows = np.arange(len(corpus.texts))
    others = np.zeros(ARTICLES - 6, np.int64)
    documents = [*corpus.documents, *(f"article {number}" for number in range(6, ARTICLES))]
    articles = list_articles(np.append(rows, others), documents)
    graph = find_neighbours(corpus.vectors)
    near, *_ = read_in_articles(graph, corpus.vectors, articles, corpus.texts)
    assert (near.indices >= 0).all()
    assert not (near.indices == np.arange(graph.size)[:, None]).any()
    numbers = near.indices[0] // (BODY + FORM)
    assert sorted(numbers[:5].tolist()) == [1, 2, 3, 4, 5]
    assert (near.similarities[0][5:] == -1).all()


def test_no_passages_have_no_articles():
    articles = list_articles(np.empty(0, np.int64), [])
    assert articles.shape == (0, 0)
