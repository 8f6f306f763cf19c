"""Claims about quotations that several articles share, and text repeated by rote."""

from __future__ import annotations

import pytest

from embeddings.documents import Document, Passage
from embeddings.text.wording import read_words
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.reuse.boilerplate import find_boilerplate
from topics.coverage.reuse.quotes import find_quotations, find_shared_quotes

SAID = "we will not leave this town before the last shell has fallen"


@pytest.mark.parametrize(
    "text",
    [
        f"He said: “{SAID}” and left.",
        f'He said: "{SAID}" and left.',
        f"He said: ‘{SAID}’ and left.",
        f"He said: '{SAID}' and left.",
        f"He said: «{SAID}» and left.",
        f"He said: „{SAID}“ and left.",
    ],
)
def test_quotations_are_found_whatever_their_marks(text):
    ((start, end),) = find_quotations(text)
    assert text[start:end] == SAID


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_found():
    ((start, end),) = find_quotations(f"He said: “{SAID}")
    assert (start, end) == (10, 10 + len(SAID))


@pytest.mark.parametrize(
    "text",
    [
        "They crossed a “red line” in the sand, he said, and nothing more came of it at all.",
        "The rebels' men and the soldiers' wives waited for the boys' return to the town.",
        "It's Assad's army that holds the town's airport, and it doesn't let anybody in at all.",
    ],
)
def test_terms_and_apostrophes_are_no_quotations(text):
    assert find_quotations(text) == []


def test_words_that_two_documents_quote_are_shared():
    texts = [
        f"“{SAID},” the mayor said on Friday.",
        f'Asked about it, the mayor told them: "And {SAID}."',
        f"The mayor said that {SAID}.",
    ]
    found = find_shared_quotes(texts, [0, 1, 2]).tolist()
    assert [number for number, _, _ in found] == [0, 1]
    for number, first, after in found:
        assert " ".join(read_words(texts[number]).words[first:after]) == SAID


def test_words_quoted_in_one_document_only_are_not_shared():
    assert find_shared_quotes([f"“{SAID}”", f"“{SAID}”"], [0, 0]).shape == (0, 3)
    assert find_shared_quotes([], []).shape == (0, 3)
    assert find_shared_quotes(["“Yes,” he said."], [0]).shape == (0, 3)


STOCK = "The Syrian Observatory, based in Britain, gathers reports from activists on the ground."


def sentences(number):
    """Four paragraphs that have no word in common with each other or another number's."""
    return [" ".join(f"{letter}{number}x{place}" for place in range(12)) for letter in "abcd"]


def rote(*articles):
    """Boilerplate rows of articles given as (outlet, paragraphs)."""
    documents = {
        f"d{n}": Document(f"d{n}", "", "", outlet) for n, (outlet, _) in enumerate(articles)
    }
    passages = [
        Passage(f"d{n}", place, 0, 0, len(text), text)
        for n, (_, texts) in enumerate(articles)
        for place, text in enumerate(texts)
    ]
    found = find_copies(passages, sources={k: d.source for k, d in documents.items()})
    groups = [(one.members, one.short) for one in found]
    rote = find_boilerplate(gather_articles(passages, documents), groups)
    return sorted({passages[row].text for row in rote})


def test_a_paragraph_of_three_unrelated_articles_of_an_outlet_is_boilerplate():
    assert rote(*(("A", [*sentences(n), STOCK]) for n in range(3))) == [STOCK]
    assert rote(*(("A", [*sentences(n), STOCK]) for n in range(2))) == []


def test_a_paragraph_that_three_outlets_copied_is_none():
    assert rote(*((outlet, [*sentences(n), STOCK]) for n, outlet in enumerate("ABC"))) == []


def test_versions_of_one_article_make_no_boilerplate():
    assert rote(*(("A", [*sentences(0), STOCK]) for _ in range(4))) == []
    assert rote(*(("A", [STOCK]) for _ in range(4))) == []


def test_a_paragraph_of_three_stories_is_boilerplate_whatever_the_outlets():
    documents = {f"d{n}": Document(f"d{n}", "", "", "ABC"[n]) for n in range(3)}
    passages = [Passage(key, 0, 0, 0, len(STOCK), STOCK) for key in documents]
    articles = gather_articles(passages, documents)
    groups = [(one.members, one.short) for one in find_copies(passages)]
    assert find_boilerplate(articles, groups, [{0}, {1}, {2}]) == {0, 1, 2}
    assert find_boilerplate(articles, groups, [{0, 1, 2}]) == frozenset()
