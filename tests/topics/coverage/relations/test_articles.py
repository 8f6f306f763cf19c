"""Claims about whole articles that are one text, or of which one stands inside the other."""

from __future__ import annotations

import pytest

from embeddings.documents import Document
from topics.coverage.articles.articles import Article
from topics.coverage.relations.articles import MAIN_PART, ArticleRelation, relate_articles


def article(name: str, body: str, published: str = "") -> Article:
    return Article(Document(name, body, f"Title of {name}", name, published), (), body, (0,))


def paragraph(number: int, words: int = 30) -> str:
    return " ".join(f"p{number}w{word}" for word in range(words))


def told(articles: list[Article]) -> list[tuple[str, str, str]]:
    return [(one.kind, articles[one.a].id, articles[one.b].id) for one in relate_articles(articles)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("2013-05-01", "2013-05-02"), ("2013-05-01", ""), ("2013-05-31T10:00", "2013-05")],
)
def test_the_earlier_of_two_copies_comes_first_as_far_as_the_dates_tell(first, second):
    body = paragraph(1)
    for names in ("ab", "ba"):
        made = [article(names[0], body, second), article(names[1], body, first)]
        assert told(made) == [("exact", names[1], names[0])]
        made = [article(names[0], body, second), article(names[1], f"{body} end", first)]
        assert told(made) == [("near_copy", names[1], names[0])]


def test_copies_without_dates_come_by_id():
    assert told([article("b", paragraph(1)), article("a", paragraph(1))]) == [("exact", "a", "b")]


def test_articles_of_a_few_words_are_no_copies():
    assert told([article("a", "Watch the video."), article("b", "Watch the video.")]) == []


def test_the_containing_article_comes_first_whatever_the_dates():
    brief = article("a", paragraph(1), "2013-05-01")
    digest = article("b", f"{paragraph(1)} {paragraph(2)}", "2013-05-02")
    (found,) = relate_articles([brief, digest])
    assert (found.kind, found.a, found.b) == ("contains", 1, 0)
    assert (found.share_a, found.share_b) == (0.5, 1.0)


def test_a_digest_of_two_items_tells_neither_story_and_a_longer_version_does():
    def contains(share: float) -> ArticleRelation:
        return ArticleRelation("contains", 0, 1, share, 1.0, 0)

    assert not contains(0.5).one_story
    assert not contains(MAIN_PART - 0.01).one_story
    assert contains(MAIN_PART).one_story
    assert MAIN_PART > 0.5


def test_copies_are_one_text_and_one_story_and_contained_articles_are_no_one_text():
    for kind, one_text in (("exact", True), ("near_copy", True), ("contains", False)):
        relation = ArticleRelation(kind, 0, 1, 0.9, 0.9, 0)
        assert relation.one_text == one_text
        assert relation.one_story
