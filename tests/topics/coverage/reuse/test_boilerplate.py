"""Claims about text that is repeated whatever the story."""

from __future__ import annotations

from embeddings.documents import Document, Passage
from embeddings.words.copies import find_copies
from topics.coverage.articles.articles import gather_articles
from topics.coverage.reuse.boilerplate import LEAST_REPEATS, find_boilerplate

ROTE = "The paper's correspondents have covered the region since the war began eleven years ago."


def own(number, place):
    """A paragraph that no other article has."""
    return " ".join(f"w{number}x{place}y{word}" for word in range(12))


def rote(*rows, stories=()):
    """Bodies found to be boilerplate in articles of (outlet, paragraphs)."""
    documents, passages = {}, []
    for number, (outlet, paragraphs) in enumerate(rows):
        key = f"d{number}"
        documents[key] = Document(key, "", "", outlet, f"2013-05-1{number}")
        passages += [
            Passage(key, place, 0, 0, len(text), text) for place, text in enumerate(paragraphs)
        ]
    groups = [(one.members, one.short) for one in find_copies(passages)]
    found = find_boilerplate(gather_articles(passages, documents), groups, stories)
    return sorted(passages[row].document_id for row in found if passages[row].body == ROTE), {
        passages[row].body for row in found
    }


def apart(count, outlets="AAAA"):
    return [(outlets[n], [own(n, 0), own(n, 1), ROTE]) for n in range(count)]


def test_what_unrelated_articles_of_one_outlet_repeat_is_boilerplate():
    assert rote(*apart(LEAST_REPEATS)) == (["d0", "d1", "d2"], {ROTE})
    assert rote(*apart(LEAST_REPEATS - 1)) == ([], set())


def test_it_is_boilerplate_in_other_outlets_too():
    assert rote(*apart(4, "AAAB"))[0] == ["d0", "d1", "d2", "d3"]


def test_what_several_outlets_have_is_none_but_across_stories():
    rows = apart(3, "ABC")
    assert rote(*rows) == ([], set())
    assert rote(*rows, stories=[{0, 1}, {2}]) == ([], set())
    assert rote(*rows, stories=[{0}, {1}, {2}])[1] == {ROTE}


def test_versions_of_one_article_are_no_boilerplate():
    shared = [own(9, place) for place in range(3)]
    assert rote(*(("A", [*shared, own(n, 0), ROTE]) for n in range(3))) == ([], set())
