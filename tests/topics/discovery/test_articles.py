"""Passages read as parts of their articles, before topics are found."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.vectors.neighbours import find_neighbours, unit_rows
from topics.discovery import articles as module
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

    def read(self, articles=None, known=None):
        graph = find_neighbours(self.vectors)
        if articles is None:
            articles = list_articles(np.arange(len(self.texts)), self.documents)
        keys = [b"%06d" % row for row in range(len(self.texts))]
        return read_in_articles(graph, self.vectors, articles, self.texts, keys, known)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


def test_lines_of_form_take_the_subject_of_their_article(corpus):
    read = corpus.read()
    alone = find_topics(prepare_ground(find_neighbours(corpus.vectors), corpus.vectors))
    found = find_topics(prepare_ground(read.graph, read.vectors, read.crowd))
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
    assert (own.subjects[own.read().graph.indices[stray]] == 1).all()


def test_neighbours_are_the_nearest_of_each_of_the_nearest_articles(corpus):
    read = corpus.read()
    near, mixed = read.graph, read.vectors
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
    rows = np.arange(len(corpus.texts))
    read = corpus.read(list_articles(rows, [str(row % count) for row in rows]))
    assert (read.graph.indices == find_neighbours(corpus.vectors).indices).all()
    assert read.vectors is corpus.vectors
    assert read.crowd == 1
    assert read.lists is None


def test_an_article_of_one_passage_keeps_its_vector(corpus):
    documents = ["lone", *corpus.documents[1:]]
    mixed = corpus.read(list_articles(np.arange(len(documents)), documents)).vectors
    assert (mixed[0] == corpus.vectors[0]).all()
    assert (mixed[1] != corpus.vectors[1]).any()


def test_rows_mixed_some_at_a_time_have_the_same_bits(corpus, monkeypatch):
    whole = corpus.read().vectors
    monkeypatch.setattr(module, "UNIT_ROWS", 7)
    assert corpus.read().vectors.tobytes() == whole.tobytes()


def test_copies_of_an_article_and_the_order_of_articles_change_no_bit(corpus):
    rows = np.arange(len(corpus.texts))
    once = list_articles(rows, corpus.documents)
    named = [one[::-1] for one in corpus.documents]
    copied = [*named, *["a copy"] * (BODY + FORM)]
    again = list_articles(np.append(rows, rows[: BODY + FORM]), copied)
    assert (once != again).nnz == 0
    first, second = corpus.read(once), corpus.read(again)
    assert (first.graph.indices == second.graph.indices).all()
    assert (first.graph.similarities == second.graph.similarities).all()
    assert (first.vectors == second.vectors).all()


def test_a_line_that_stands_in_most_articles_has_neighbours_of_its_own_articles_last(corpus):
    rows = np.arange(len(corpus.texts))
    others = np.zeros(ARTICLES - 6, np.int64)
    documents = [*corpus.documents, *(f"article {number}" for number in range(6, ARTICLES))]
    articles = list_articles(np.append(rows, others), documents)
    near = corpus.read(articles).graph
    assert (near.indices >= 0).all()
    assert not (near.indices == rows[:, None]).any()
    numbers = near.indices[0] // (BODY + FORM)
    assert sorted(numbers[:5].tolist()) == [1, 2, 3, 4, 5]
    assert (near.similarities[0][5:] == -1).all()


def test_no_passages_have_no_articles():
    articles = list_articles(np.empty(0, np.int64), [])
    assert articles.shape == (0, 0)


def read_some(here: set[int], seed: int, levels: int, known=None):
    """Read some of eighty articles of four passages, of which some stand in several articles."""
    draw = np.random.default_rng(seed)
    vectors = draw.integers(-levels, levels + 1, (320, 6)).astype(np.float32)
    # Numbers are no places: rows come by key.
    keys = [b"%08d" % number for number in draw.permutation(10**6)[:320]]
    shared = draw.integers(0, 320, 80)
    held = [[*range(4 * one, 4 * one + 4), *shared[one : one + one % 2]] for one in range(80)]
    rows = sorted({row for one in here for row in held[one]}, key=keys.__getitem__)
    place = {row: at for at, row in enumerate(rows)}
    stands = [(place[row], str(one)) for one in sorted(here) for row in held[one]]
    articles = list_articles(np.array([row for row, _ in stands]), [one for _, one in stands])
    chosen = vectors[rows]
    graph = find_neighbours(chosen, keys=[keys[row] for row in rows])
    texts = ["word " * (row % 7) for row in rows]
    return read_in_articles(graph, chosen, articles, texts, [keys[row] for row in rows], known)


@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([1, 10**6]),
    steps=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3),
)
@settings(max_examples=12)
def test_articles_that_come_and_go_leave_the_neighbours_of_a_rebuild(seed, levels, steps):
    draw = np.random.default_rng(seed)
    here = set(range(60))
    read = read_some(here, seed, levels)
    for gone, added in steps:
        here -= set(draw.permutation(sorted(here))[:gone].tolist())
        here |= set(draw.permutation(sorted(set(range(80)) - here))[:added].tolist())
        read = read_some(here, seed, levels, read.lists)
        anew = read_some(here, seed, levels)
        assert read.graph.indices.tobytes() == anew.graph.indices.tobytes()
        assert read.graph.similarities.tobytes() == anew.graph.similarities.tobytes()


def test_only_rows_of_new_articles_are_searched(monkeypatch):
    known = read_some(set(range(60)), 0, 10**6).lists
    searched: list[int] = []
    search = module._Search.search
    monkeypatch.setattr(
        module._Search,
        "search",
        lambda self, rows, width: searched.append(len(rows)) or search(self, rows, width),
    )
    assert read_some(set(range(60)), 0, 10**6, known).lists is known
    assert not searched
    read_some(set(range(62)), 0, 10**6, known)
    assert len(searched) == 1
    assert searched[0] < 20


def test_of_many_rows_the_nearest_articles_are_searched(corpus, monkeypatch):
    whole = corpus.read()
    monkeypatch.setattr(module, "EXACT_ROWS", 100)
    near = corpus.read()
    assert near.lists.recall > 0.9
    assert (near.graph.indices == whole.graph.indices).mean() > 0.9


@pytest.mark.parametrize("exact_rows", [100_000, 1])
def test_an_article_of_thousands_of_passages_takes_no_memory_for_each_pair(monkeypatch, exact_rows):
    long = 3000
    monkeypatch.setattr(module, "EXACT_ROWS", exact_rows)
    monkeypatch.setattr(module, "_CELLS", 100_000)
    documents = [f"article {row // 4}" for row in range(4 * ARTICLES)] + ["a book"] * long
    vectors = np.random.default_rng(0).standard_normal((len(documents), 16)).astype(np.float32)
    graph = find_neighbours(vectors)
    articles = list_articles(np.arange(len(documents)), documents)
    keys = [b"%06d" % row for row in range(len(documents))]
    tracemalloc.start()
    try:
        read_in_articles(graph, vectors, articles, ["A line. "] * len(documents), keys)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * long**2
