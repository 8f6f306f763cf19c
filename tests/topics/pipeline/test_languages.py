"""English articles are handled as ever, and of others the run says what the model reads."""

from __future__ import annotations

from pathlib import Path

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.contents import count_languages
from embeddings.corpus.intake import add_paths
from embeddings.text.stopwords import keep_telling_words
from embeddings.vectors.embedding import embed_corpus
from topics.pipeline.run import derive
from topics.pipeline.work import UNREAD, CorpusWork

SEEDS = Path(__file__).parents[3] / "seeds"

QUAKE = "13日夜、宮崎県沖を震源とする地震があり、気象庁は沿岸に津波注意報を出した。"
BUDGET = "衆議院予算委員会で新年度予算案の審議が始まり、野党は防衛費の増額を批判した。"
MARKET = "港町の中央に新しい魚市場が開業し、初日から多くの買い物客でにぎわった。"
AGAIN = "宮崎県沖を震源とする地震で、気象庁が津波注意報を出した。けが人はいなかった。"


def fill(store, put, encoder, *texts, language="ja"):
    for number, text in enumerate(texts):
        outlet = f"outlet-{number}"
        put(store, str(number), [text], source=outlet, published="2025-01-13", language=language)
    embed_corpus(store, encoder)


class Blind:
    """Takes all texts for one, and reads no language but English."""

    def __init__(self, encoder):
        self._encoder = encoder

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def encode(self, texts, role="passage"):
        return self._encoder.encode(["the same"] * len(texts), role)

    def reads(self, _):
        return False


def test_nothing_of_the_demo_is_read_in_another_way_for_its_language(store, encoder):
    add_paths(store, [SEEDS], ReadOptions())
    assert [code for code, _ in count_languages(store)] == ["en"]
    assert store.rows("SELECT count(*) FROM passages WHERE index_text IS NOT NULL") == [(0,)]
    work = CorpusWork(store, Blind(encoder), None)
    assert work.unread == frozenset()
    assert all(keep_telling_words(p.body, "en") == p.body for p in work.passages[:5])


def test_articles_that_the_model_does_not_read_need_words_in_common(store, put, encoder):
    blind = Blind(encoder)
    fill(store, put, blind, QUAKE, BUDGET, MARKET, AGAIN)
    derive(store, blind)
    stories = store.rows("SELECT document_id FROM story_members ORDER BY document_id")
    assert stories == [("0",), ("3",)]


def test_the_run_says_once_how_many_articles_the_model_does_not_read(store, put, encoder):
    blind = Blind(encoder)
    fill(store, put, blind, QUAKE, BUDGET)
    for derived in (derive(store, blind), derive(store, blind)):
        few, told = derived.notes
        assert "too few to tell topics" in few
        assert told.startswith("2 articles are in a language that words does not read (2 ja)")
        assert "--model paraphrase-multilingual-MiniLM-L12-v2" in told
    assert store.setting(UNREAD) == ["ja"]


def test_a_model_that_reads_the_language_is_believed(store, put, encoder):
    fill(store, put, encoder, QUAKE, BUDGET)
    assert not [note for note in derive(store, encoder).notes if "language" in note]


def test_topics_are_named_by_words_and_not_by_function_words(store, put, encoder):
    texts = (
        "Der Stadtrat hat beschlossen, den alten Fährhafen zu schließen.",
        "Die Reparatur der Pier am Fährhafen hätte vier Millionen gekostet.",
    )
    fill(store, put, encoder, *texts, language="de")
    derive(store, encoder)
    words = {
        word.casefold()
        for (name,) in store.rows("SELECT name FROM topics")
        for word in name.replace(",", " ").split()
    }
    assert "fährhafen" in words
    assert words.isdisjoint({"der", "die", "den", "am", "hat", "zu"})
