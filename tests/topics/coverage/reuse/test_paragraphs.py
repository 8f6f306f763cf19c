"""Claims about which paragraphs of two articles are laid side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from topics.coverage.articles.articles import find_paragraphs, gather_articles
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.paragraphs import find_conflicts, lay_out
from topics.coverage.reuse.reuse import measure_reuse

SHORT = "He paid 12 pounds."
FIGURES = "The council bought 40 lorries in March and 55 more in June, the minister said."
LONG = (
    "Aid has begun to move again after nine weeks of talks between both governments, and the "
    "first 11 lorries crossed the border shortly before noon, carrying flour for 1,200 people."
)
LAST = "The 30 drivers returned on Sunday by the same road and nobody was hurt on either way."

texts = st.lists(st.sampled_from([SHORT, FIGURES, LONG, LAST]), min_size=1, max_size=7)


def articles(*bodies):
    """Articles of several outlets, a day apart."""
    documents, passages = {}, []
    for number, paragraphs in enumerate(bodies):
        key = f"d{number}"
        documents[key] = Document(key, "", "", f"o{number}", f"2013-05-1{number}")
        passages += [
            Passage(key, place, 0, 0, len(text), text) for place, text in enumerate(paragraphs)
        ]
    return passages, gather_articles(passages, documents)


def laid_out(left, right):
    """Pairs of what the reuse of the right article by the left one lays side by side."""
    passages, both = articles(left, right)
    bodies = [passage.body for passage in passages]
    trace = trace_words(Coverage(bodies, both, stories={1: (0, 1)}))
    (source,) = measure_reuse(both, (0, 1), trace)[1].sources
    return both, lay_out(both[0].body, both[1].body, source.spans)


@given(texts)
def test_an_article_beside_itself_is_the_same_paragraph_by_paragraph(paragraphs):
    body = "\n\n".join(paragraphs)
    pairs = lay_out(body, body, [(0, len(body), 0, len(body))])
    assert [one for one, _, _ in pairs] == [one for _, one, _ in pairs]
    assert [one for one, _, _ in pairs] == find_paragraphs(body)
    assert find_conflicts(pairs) == ()


def test_a_copied_article_pairs_each_paragraph_with_itself():
    both, pairs = laid_out([SHORT, LONG, SHORT, FIGURES, LAST], [SHORT, LONG, SHORT, FIGURES, LAST])
    assert [pair[:2] for pair in pairs] == [(span, span) for span in both[0].spans]
    assert find_conflicts(pairs) == ()


def test_moved_paragraphs_are_paired_and_so_is_one_that_was_split():
    both, pairs = laid_out([FIGURES, LONG, LAST], [LAST, FIGURES, LONG])
    moved = {both[1].body[slice(*b)]: both[0].body[slice(*a)] for a, b, _ in pairs}
    assert all(left == right for right, left in moved.items())
    first, second = LONG.split(", and ")
    both, pairs = laid_out([FIGURES, LONG], [FIGURES, f"{first}.", second])
    assert [both[0].body[slice(*one)] for one, _, _ in pairs] == [FIGURES, LONG, LONG]


def test_a_figure_that_was_changed_between_equal_paragraphs_is_a_conflict():
    _, pairs = laid_out([SHORT, FIGURES, LONG], [SHORT, FIGURES, LONG.replace("1,200", "1,500")])
    assert [(c.before, c.after) for c in find_conflicts(pairs)] == [("1200", "1500")]


@given(texts)
def test_paragraphs_of_a_body_are_its_passages(paragraphs):
    _, (article,) = articles(paragraphs)
    assert find_paragraphs(article.body) == article.spans
    assert [article.body[slice(*span)] for span in article.spans] == paragraphs
