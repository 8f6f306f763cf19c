# ruff: noqa: S608 - our own words
"""Additions, changes and removals in any order give the derived rows that a rebuild gives."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from embeddings.corpus.store import CorpusStore
from embeddings.text import wording
from embeddings.vectors import growing
from embeddings.vectors.embedding import embed_corpus, note_encoder
from embeddings.words import verifying
from tests.conftest import WordEncoder, article, paragraphs_of
from topics.discovery import articles
from topics.pipeline.run import derive

# The nearest rows of so many other articles, known of any corpus here.
NEIGHBOURS = 3
WORDS = [f"{start}{end}" for start in ("ba", "de", "fi", "go", "lu") for end in "nrstmkpvzx"]
OUTLETS = ("Wire", "Post", "Times")
# Of every passage its article and place, since its number hangs on what was there before.
_PLACE = "(SELECT document_id || '#' || position FROM passages WHERE id = {})"
ROWS = {
    "copies": "SELECT g.id, g.kind, g.across, g.short, g.sharing, m.share, "
    f"{_PLACE.format('g.canonical')}, {_PLACE.format('m.passage_id')} "
    "FROM copy_groups AS g JOIN copy_members AS m ON m.group_id = g.id",
    "wordings": f"SELECT {_PLACE.format('passage_id')}, {_PLACE.format('canonical')} FROM wordings",
    "relations": f"SELECT kind, {_PLACE.format('a')}, {_PLACE.format('b')}, score, evidence, "
    "across, sharing FROM relations",
    "furniture": f"SELECT {_PLACE.format('passage_id')}, articles FROM furniture",
    "articles": "SELECT kind, a, b, share_a, share_b, facts FROM article_relations",
    "stories": "SELECT s.central, s.cohesion, m.document_id FROM stories AS s "
    "JOIN story_members AS m ON m.story_id = s.id",
    "documents": "SELECT id, version, title, source, published, text FROM documents",
}


def sentences(seed: int) -> list[str]:
    """Paragraphs of one version of an article: some shared by many, edited, cut or with facts."""
    draw = random.Random(seed)
    told = random.Random(seed % 5)
    common = [" ".join(told.choices(WORDS, k=24)) for _ in range(3)]
    edited = common[0].split()
    edited[draw.randrange(24)] = draw.choice(WORDS)
    return [
        f"On Monday {draw.randrange(3, 6)} soldiers died. {common[1].capitalize()}.",
        " ".join(edited) + ".",
        " ".join(common[2].split()[: draw.choice((10, 24))]) + ".",
        " ".join(draw.choices(WORDS, k=30)) + f" {draw.randrange(12)} people.",
        "Sign up for the daily letter of this paper and read on.",
    ]


def put(store: CorpusStore, number: int, version: int) -> None:
    document = article(
        f"a{number}",
        sentences(10 * version + number),
        title=f"{WORDS[number % 5]} {WORDS[number]}",
        source=OUTLETS[number % 3],
        published=f"2020-01-{number % 5 + 1:02}",
        language="en",
    )
    store.put_document(document, [], paragraphs_of(document))


def bring_up_to_date(store: CorpusStore) -> None:
    encoder = WordEncoder()
    note_encoder(store, encoder)
    embed_corpus(store, encoder)
    derive(store, encoder)


def read_derived(store: CorpusStore) -> dict[str, object]:
    found: dict[str, object] = {name: sorted(store.rows(sql)) for name, sql in ROWS.items()}
    for name in ("graph.indices", "graph.similarities"):
        array = store.array(name)
        found[name] = (array.shape, array.tobytes())
    for name in ("near.indices", "near.similarities"):
        found[name] = store.array(name)[:, :NEIGHBOURS].tobytes()
    return found


@pytest.fixture(scope="module", autouse=True)
def few_articles():
    """Read passages in their articles, and mend their neighbours, in a corpus of a few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(articles, "FEW_ARTICLES", 2)
        patch.setattr(growing, "SPARE", 2)
        patch.setattr(growing, "MOST_NEW", 0.7)
        yield


CHANGE = st.tuples(st.integers(0, 16), st.integers(0, 2))


@given(st.lists(st.lists(CHANGE, min_size=1, max_size=4), min_size=1, max_size=3))
# What fails is not made smaller: each example takes seconds.
@settings(max_examples=4, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_sequence_gives_the_rows_of_a_rebuild(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("growing")
    here = dict.fromkeys(range(12), 1)
    with CorpusStore.open(folder / "grown.db", write=True) as store:
        for number in here:
            put(store, number, 1)
        bring_up_to_date(store)
        for step in steps:
            for number, version in step:
                if version:
                    here[number] = version
                    put(store, number, version)
                else:
                    here.pop(number, None)
                    store.remove_documents([f"a{number}"])
            bring_up_to_date(store)
        grown = read_derived(store)
    with CorpusStore.open(folder / "rebuilt.db", write=True) as store:
        for number, version in sorted(here.items(), reverse=True):
            put(store, number, version)
        bring_up_to_date(store)
        rebuilt = read_derived(store)
    assert all(grown[name] for name in ROWS if name != "furniture")
    for name, rows in rebuilt.items():
        assert grown[name] == rows, name


@pytest.fixture
def grown(tmp_path):
    with CorpusStore.open(tmp_path / "news.db", write=True) as store:
        for number in range(12):
            put(store, number, 1)
        bring_up_to_date(store)
        yield store


def test_words_and_bands_are_worked_out_of_new_texts_alone(grown, monkeypatch):
    read, signed = [], []
    number, sign = wording.Vocabulary.number, verifying.sign
    monkeypatch.setattr(
        wording.Vocabulary, "number", lambda self, text: read.append(text) or number(self, text)
    )
    monkeypatch.setattr(
        verifying, "sign", lambda flat, offsets, *how: signed.append(len(offsets) - 1)
        or sign(flat, offsets, *how)
    )  # fmt: skip
    put(grown, 12, 1)
    bring_up_to_date(grown)
    fresh = sentences(22)
    known = {text for number in range(12) for text in sentences(10 + number)}
    assert not known & set(read)
    # Its paragraphs, and the article.
    assert signed == [len(set(fresh) - known), 1]


def test_what_is_kept_of_texts_goes_with_their_articles(grown):
    before = len(grown.array("words 1.keys"))
    grown.remove_documents([f"a{number}" for number in range(5, 12)])
    bring_up_to_date(grown)
    assert len(grown.array("words 1.keys")) < 0.7 * before
    texts = {text for number in range(5) for text in sentences(10 + number)}
    bands = [name for (name,) in grown.rows("SELECT name FROM arrays WHERE name LIKE 'bands%keys'")]
    # Articles are kept beside passages.
    assert [len(grown.array(name)) for name in bands] == [len(texts) + 5]


def test_what_is_kept_of_texts_is_made_anew_where_it_is_damaged(grown):
    before = read_derived(grown)
    with grown.transaction() as connection:
        connection.execute("UPDATE arrays SET data = zeroblob(length(data))")
        connection.execute("DELETE FROM stages")
    bring_up_to_date(grown)
    assert read_derived(grown) == before
    assert np.any(grown.array("words 1.keys"))


def test_what_methods_kept_that_are_no_more_is_let_go(grown):
    old = np.zeros((2, 3), np.uint8)
    gone = {f"bands 0.{part}" for part in ("keys", "rows")}
    gone |= {f"words 0.{part}" for part in ("keys", "lengths", "numbers", "words")}
    for name in gone:
        grown.put_array(name, old)
    names = {name for (name,) in grown.rows("SELECT name FROM arrays")}
    bring_up_to_date(grown)
    assert {name for (name,) in grown.rows("SELECT name FROM arrays")} == names
    put(grown, 13, 1)
    bring_up_to_date(grown)
    assert {name for (name,) in grown.rows("SELECT name FROM arrays")} == names - gone
