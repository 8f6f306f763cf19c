"""Passages as they are cited: in the order asked for, however many."""

from __future__ import annotations

from embeddings.corpus.citations import cite, read_bodies, read_quotations


def test_passages_are_cited_in_the_order_asked_for(store, put):
    put(store, "a", ["One.", "Two."], source="post", published="2013-05")
    first, second = store.passages()
    cited = read_quotations(store, [second.id, first.id, second.id, 10**6])
    assert [(one.text, one.source, one.published) for one in cited.values()] == [
        ("Two.", "post", "2013-05"),
        ("One.", "post", "2013-05"),
    ]


def test_more_ids_than_a_statement_takes_parameters_are_read_in_one(store, put):
    put(store, "a", [f"Paragraph {n}." for n in range(50)])
    ids = [passage.id for passage in store.passages()]
    asked = []
    store.rows, rows = lambda *given: asked.append(given) or rows(*given), store.rows
    assert len(read_bodies(store, ids * 1000)) == len(read_quotations(store, ids * 1000)) == 50
    assert len(asked) == 2


def test_an_article_is_cited_without_its_text(store, put):
    put(store, "a", ["One."], source="post")
    line = cite(store.documents()[0])
    assert (line.document_id, line.source) == ("a", "post")
    assert not hasattr(line, "text")
