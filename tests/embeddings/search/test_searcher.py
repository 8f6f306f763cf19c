"""Search: words and vectors together, filters, marks, copies shown once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.search import searcher
from embeddings.search.ranking import Ranking
from embeddings.search.searcher import Searcher, search_like, search_text
from embeddings.vectors.embedding import embed_corpus

MISSILES = "Russia is completing the delivery of S-300 missiles to Damascus."
TALKS = "The envoys met in Geneva to talk about a ceasefire."
SHELLING = "Artillery pounded the town of Qusayr, al-Assad's army said."


@pytest.fixture
def corpus(store, put, encoder):
    put(store, "a", [MISSILES, TALKS], source="harbour-courier", published="2013-05-11")
    put(store, "b", [SHELLING], source="meridian-post", published="2013-05")
    put(store, "c", ["Floods closed the road."], source="meridian-post")
    embed_corpus(store, encoder)
    return store


def texts(hits):
    return [hit.text for hit in hits]


def test_the_passage_with_the_words_comes_first(corpus, encoder):
    hits = search_text(corpus, encoder, "missile deliveries to Damascus")
    assert hits[0].text == MISSILES
    assert hits[0].words == 1.0


def test_matched_words_are_marked_with_their_stems(corpus, encoder):
    hit = search_text(corpus, encoder, "missile damascus")[0]
    assert [hit.text[start:end] for start, end in hit.matches] == ["missiles", "Damascus"]


@pytest.mark.parametrize(
    "query", ["al-Assad S-300", 'AND OR "', "NEAR(", "text:x *", "'; DROP--", 'a\0b"']
)
def test_no_query_is_taken_for_syntax(corpus, encoder, query):
    assert len(search_text(corpus, encoder, query)) == 4


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(sources=("Harbour-Courier",)), {MISSILES, TALKS}),
        (Filters(since="2013-05-11"), {MISSILES, TALKS, SHELLING}),  # May 2013 may be the 11th
        (Filters(since="2013-06"), set()),
        (Filters(until="2013-05-10"), {SHELLING}),
        (Filters(until="2013"), {MISSILES, TALKS, SHELLING}),
        (Filters(since="2012-12-31", until="2013-05-11"), {MISSILES, TALKS, SHELLING}),
    ],
)
def test_filters_let_through_what_may_fit(corpus, encoder, filters, expected):
    assert set(texts(search_text(corpus, encoder, "news", filters=filters))) == expected


def test_a_passage_is_not_like_itself(corpus, encoder):
    first = corpus.passages()[0]
    hits = search_like(corpus, encoder.fingerprint, first.id)
    assert first.id not in [hit.passage_id for hit in hits]
    assert len(hits) == 3


def test_a_passage_that_is_not_there_is_named(corpus, encoder):
    with pytest.raises(InputError, match="no passage 999"):
        search_like(corpus, encoder.fingerprint, 999)


def test_an_empty_query_is_refused(corpus, encoder):
    with pytest.raises(InputError, match="query is empty"):
        search_text(corpus, encoder, "  ")


def test_copies_are_shown_once_and_counted(corpus, put, encoder):
    put(corpus, "d", [MISSILES], source="northgate")
    embed_corpus(corpus, encoder)
    twins = [p.id for p in corpus.passages() if p.text == MISSILES]
    with corpus.transaction() as connection:
        connection.execute(
            "INSERT INTO copy_groups VALUES (1, 'exact', ?, 1, 0, 'copied')", twins[:1]
        )
        connection.executemany("INSERT INTO copy_members VALUES (?, 1, 1.0)", [(i,) for i in twins])
    hits = search_text(corpus, encoder, "missiles")
    assert texts(hits).count(MISSILES) == 1
    assert sorted([hits[0].passage_id, *hits[0].copies]) == twins


def test_scores_are_the_weighted_parts_and_fall(corpus, encoder):
    hits = search_text(corpus, encoder, "missiles for the army")
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    for hit in hits:
        assert hit.score == pytest.approx(0.75 * hit.meaning + 0.25 * hit.words, abs=1e-3)


WAVE = "13日夜、宮崎県沖を震源とする地震があり、気象庁は沿岸に津波注意報を出した。"
OTHERS = {
    "ja": "港町の中央に新しい魚市場が開業し、初日から多くの買い物客でにぎわった。",
    "zh": "中央银行将基准利率下调0.25个百分点。",
    "th": "นายกรัฐมนตรีแถลงว่า น้ำท่วมกรุงเทพ 12 คน",
    "ar": "قالت السُّلطات إنها ستغلق المدرسة في ٢٠٢٥",
    "ru": "Ещё один самолёт сел в аэропорту.",
    "hi": "दिल्ली में भारी बारिश हुई",
}


@pytest.fixture
def languages(store, put, encoder):
    put(store, "wave", [WAVE])
    for name, text in OTHERS.items():
        put(store, name, [text])
    embed_corpus(store, encoder)
    return store


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("波", ["波"]),
        ("津波", ["津波"]),
        ("注意報", ["注意報"]),
        ("宮崎県の津波", ["宮崎県", "津波"]),  # as a phrase it is nowhere, its words are
        ("基准利率", ["基准利率"]),
        ("น้ำท่วม", ["น้ำท่วม"]),
        ("السلطات", ["السُّلطات"]),
        ("المدرسه 2025", ["المدرسة", "٢٠٢٥"]),
        ("самолет еще", ["Ещё", "самолёт"]),
        ("दिल्ली", ["दिल्ली"]),
    ],
)
def test_a_word_of_any_script_is_found_and_marked(languages, encoder, query, marked):
    hit = search_text(languages, encoder, query)[0]
    assert hit.words == 1.0
    assert [hit.text[start:end] for start, end in hit.matches] == marked


@pytest.mark.parametrize("query", ["波津", "報意", "น้ำเงิน", "दलल"])
def test_characters_of_a_word_in_another_order_are_not_found(languages, encoder, query):
    assert {hit.words for hit in search_text(languages, encoder, query)} == {0.0}


def test_half_a_character_in_a_query_is_no_trouble(corpus, encoder):
    assert search_text(corpus, encoder, "missiles \udcff")


def count_reads(monkeypatch):
    """Note each time that the index, or what stands in for it, is read."""
    read, look = [], searcher.read_index
    monkeypatch.setattr(searcher, "read_index", lambda *given: read.append(given) or look(*given))
    return read


def test_an_index_is_read_once_for_many_searches(corpus, encoder, keep, monkeypatch):
    keep()
    read, kept = count_reads(monkeypatch), Searcher()
    for query in ("missiles", "talks", "missiles"):
        assert kept.search_text(corpus, encoder, query)
    assert len(read) == 1


def test_what_another_process_stores_is_seen(corpus, put, encoder, keep):
    keep()
    kept = Searcher()
    with CorpusStore.open(corpus.path) as other:
        kept.search_text(other, encoder, "missiles")
    put(corpus, "z", ["Missiles again."])
    with CorpusStore.open(corpus.path) as other:
        # It has no vector yet.
        assert "Missiles again." not in texts(kept.search_text(other, encoder, "missiles"))
    embed_corpus(corpus, encoder)
    for _ in range(2):
        with CorpusStore.open(corpus.path) as other:
            assert "Missiles again." in texts(kept.search_text(other, encoder, "missiles"))
        keep()
    corpus.remove_documents(["z"])
    with CorpusStore.open(corpus.path) as other:
        assert "Missiles again." not in texts(kept.search_text(other, encoder, "missiles"))


def test_languages_found_by_another_process_are_seen(corpus, encoder, keep):
    keep()
    kept = Searcher()

    def ask():
        with CorpusStore.open(corpus.path) as other:
            filters = Filters(languages=["en"])
            return texts(kept.search_text(other, encoder, "missiles", filters=filters))

    with corpus.transaction() as connection:
        connection.execute("UPDATE documents SET language = 'und'")
    assert not ask()
    corpus.put_languages([(one.id, "en") for one in corpus.documents()])
    assert ask()


def test_threads_search_at_once(corpus, encoder, keep, monkeypatch):
    keep()
    kept, both, first = Searcher(), threading.Barrier(2, timeout=20), Ranking.first
    monkeypatch.setattr(Ranking, "first", lambda *given: both.wait() * 0 or first(*given))

    def ask(query):
        with CorpusStore.open(corpus.path) as other:
            return texts(kept.search_text(other, encoder, query))

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(ask, ("missiles", "talks")))


def test_answers_are_the_same_with_an_index_and_without(corpus, encoder, keep):
    before = search_text(corpus, encoder, "missiles for Damascus")
    keep()
    assert search_text(corpus, encoder, "missiles for Damascus") == before


def test_vectors_that_another_program_moved_are_found_where_they_are(
    corpus, encoder, keep, monkeypatch
):
    before = search_text(corpus, encoder, "missiles")
    keep()
    with corpus.transaction() as connection:
        connection.execute("UPDATE vectors SET rowid = rowid + 100")
    kept, listed = Searcher(), []
    look = searcher.list_passages
    monkeypatch.setattr(
        searcher, "list_passages", lambda *given: listed.append(given) or look(*given)
    )
    for _ in range(3):
        assert kept.search_text(corpus, encoder, "missiles") == before
    assert len(listed) == 1  # where they are is kept
