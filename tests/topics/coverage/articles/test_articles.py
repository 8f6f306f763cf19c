"""Articles put together from their passages."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from topics.coverage.articles.articles import find_paragraphs, gather_articles, number_rows


def passage(document_id, position, body):
    return Passage(document_id, position, 0, 0, len(body), body)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), max_size=6), st.randoms(use_true_random=False))
def test_the_spans_of_an_article_are_its_passages_in_order(bodies, rng):
    passages = [passage("a", n, body) for n, body in enumerate(bodies)]
    rng.shuffle(passages)
    for article in gather_articles(passages, {"a": Document("a", "")}):
        assert [article.body[start:end] for start, end in article.spans] == bodies
        assert [passages[row].position for row in article.rows] == list(range(len(bodies)))


def test_the_rows_of_an_article_that_lie_together_are_a_range():
    passages = [passage(name, n, f"{name}{n}") for name in "ab" for n in range(3)]
    found = gather_articles(passages, {name: Document(name, "") for name in "ab"})
    assert [article.rows for article in found] == [range(3), range(3, 6)]


def test_articles_come_by_id_and_those_not_given_or_without_a_passage_are_left_out():
    passages = [passage(name, 0, name) for name in ("c", "a", "unknown")]
    documents = {name: Document(name, "") for name in ("a", "b", "c")}
    assert [article.id for article in gather_articles(passages, documents)] == ["a", "c"]


def test_the_paragraphs_of_a_body_are_found_without_its_article():
    bodies = ["One line.", "Two\nlines.", "Three."]
    passages = [passage("a", n, body) for n, body in enumerate(bodies)]
    (article,) = gather_articles(passages, {"a": Document("a", "")})
    assert find_paragraphs(article.body) == article.spans
    assert find_paragraphs(" \n\nOne.\n\n") == [(3, 7)]


@given(st.permutations(["a0", "a1", "a2", "b0", "b1", "z0"]))
def test_each_passage_knows_its_article_and_its_place_there(order):
    passages = [passage(name[0], int(name[1]), name) for name in order]
    articles = gather_articles(passages, {"a": Document("a", ""), "b": Document("b", "")})
    numbers, places = number_rows(articles, len(passages))
    known = {"a": 0, "b": 1}
    assert numbers.tolist() == [known.get(name[0], -1) for name in order]
    assert places.tolist() == [int(name[1]) if name[0] in known else -1 for name in order]
