"""The SQLite file: what is put in comes out, whole, once, and in one order."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.held_once import read_vectors
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.search.searcher import search_text
from embeddings.text.normalising import hash_text, normalise
from embeddings.vectors.embedding import embed_corpus, embed_texts

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    str.strip
)


def test_a_passage_comes_back_as_it_was_put(store, put):
    put(store, "a", ["Größe “quoted”", "Second 😀 paragraph"], source="post", published="2013-05")
    first, second = store.passages()
    document = store.documents()[0]
    assert document.text[second.start : second.end] == second.text == "Second 😀 paragraph"
    assert (first.text, document.source, document.precision) == ("Größe “quoted”", "post", "month")


def test_a_document_put_again_replaces_the_old_one(store, put):
    put(store, "a", ["One.", "Two."])
    put(store, "a", ["Three."])
    assert [p.text for p in store.passages()] == ["Three."]
    assert store.rows("SELECT rowid FROM words WHERE words MATCH 'two'") == []


def test_removing_a_document_removes_all_that_hangs_on_it(store, put):
    put(store, "a", ["Missiles here."])
    put(store, "b", ["Talks there."])
    store.remove_documents(["a"])
    assert [p.text for p in store.passages()] == ["Talks there."]
    assert store.rows("SELECT rowid FROM words WHERE words MATCH 'missile'") == []


def test_a_block_that_fails_stores_nothing(store, put):
    def fail() -> None:
        with store.transaction():
            put(store, "a", ["One."])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.passages() == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXT, min_size=1, max_size=12), seed=st.integers(0, 99))
def test_row_i_of_vectors_is_passage_i_in_any_order_of_arrival(
    tmp_path_factory, encoder, put, texts, seed
):
    path = tmp_path_factory.mktemp("order") / "test.db"
    arrival = list(enumerate(texts))
    random.Random(seed).shuffle(arrival)
    with CorpusStore.open(path, write=True) as store:
        for number, text in arrival:
            put(store, f"{number:03d}", [text])
        embed_corpus(store, encoder)
        passages = store.passages()
        assert [p.text for p in passages] == texts
        expected = encoder.encode([normalise(p.body) for p in passages])
        np.testing.assert_array_equal(
            read_vectors(store, encoder.fingerprint)[range(len(texts))], expected
        )


def test_equal_texts_are_embedded_once(store, put, encoder):
    put(store, "a", ["The same words.", "Others."])
    put(store, "b", ["The  same\u00a0words."])
    report = embed_corpus(store, encoder)
    assert (report.embedded, report.reused, len(encoder.encoded)) == (2, 0, 2)
    assert embed_corpus(store, encoder).embedded == 0


def test_a_heading_is_not_embedded_with_its_paragraph(store, encoder):
    from embeddings.documents import Document, Passage

    text = "Heading\n\nThe paragraph itself."
    store.put_document(Document("a", text), [], [Passage("a", 0, 0, 9, len(text), text)])
    embed_corpus(store, encoder)
    assert encoder.encoded == ["The paragraph itself."]


def test_a_stopped_embedding_keeps_its_finished_batches(store, put, encoder):
    put(store, "a", [f"Paragraph number {n}." for n in range(10)])

    def stop_after_two(done: int, total: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_corpus(store, encoder, stop_after_two)
    assert embed_corpus(store, encoder).embedded == 2


def test_of_no_passages_there_are_no_vectors(store, encoder):
    assert read_vectors(store, encoder.fingerprint)[[]].shape == (0, 0)


def test_vectors_of_another_encoder_are_not_mixed_in(store, put, encoder):
    put(store, "a", ["Some words."])
    embed_corpus(store, encoder)
    with pytest.raises(KeyError):
        read_vectors(store, "another")


def test_two_encoders_that_would_meet_are_both_named(store, put, encoder):
    put(store, "a", ["Some words."])
    embed_corpus(store, encoder)
    encoder.fingerprint, encoder.description = "words-2", "words (int8)"
    for use in (lambda: embed_corpus(store, encoder), lambda: search_text(store, encoder, "words")):
        with pytest.raises(
            StoreError, match=r"words \(random\).*words \(int8\).*leave out --model"
        ):
            use()


def test_texts_that_are_no_passages_share_the_cache(store, encoder):
    first = embed_texts(store, encoder, ["a line", "a line", "another"])
    again = embed_texts(store, encoder, ["another"])
    assert encoder.encoded == ["a line", "another"]
    np.testing.assert_array_equal(first[2], again[0])


def test_an_array_comes_back_with_shape_and_type(store):
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    store.put_array("graph", array)
    found = store.array("graph")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.int32


def test_the_corpus_fingerprint_changes_with_text_outlet_and_date(store, put):
    seen = set()
    for text, source, published in [
        ("a", "", ""),
        ("b", "", ""),
        ("b", "x", ""),
        ("b", "x", "2013"),
    ]:
        put(store, "d", [text], source=source, published=published)
        seen.add(store.corpus_fingerprint())
    assert len(seen) == 4


def test_texts_that_differ_in_white_space_and_unicode_form_have_one_hash():
    assert hash_text("Caf\u00e9  au\nlait ") == hash_text("Cafe\u0301 au lait")
    assert hash_text("12 killed") != hash_text("21 killed")
