"""Copies, relations and stories of a database are a function of corpus and judgements."""

from __future__ import annotations

import random

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from topics.coverage.examples.judgements import Judgement, put_judgement
from topics.coverage.examples.thresholds import Thresholds, put_thresholds, read_thresholds
from topics.pipeline.coverage_tables import read_copies, read_pairs, read_stories
from topics.pipeline.run import derive
from topics.pipeline.stages import stored_digest

TABLES = {
    "groups": "SELECT g.kind, d.id, p.position, m.share FROM copy_groups AS g "
    "JOIN copy_members AS m ON m.group_id = g.id JOIN passages AS p ON p.id = m.passage_id "
    "JOIN documents AS d ON d.id = p.document_id ORDER BY 1, 2, 3",
    "relations": "SELECT r.kind, p.document_id, p.position, q.document_id, q.position, r.score "
    "FROM relations AS r JOIN passages AS p ON p.id = r.a JOIN passages AS q ON q.id = r.b "
    "ORDER BY 1, 2, 3, 4, 5",
    "articles": "SELECT * FROM article_relations ORDER BY a, b",
    "stories": "SELECT central, cohesion FROM stories ORDER BY 1",
}


def state(path) -> dict[str, object]:
    with CorpusStore.open(path) as store:
        found: dict[str, object] = {name: store.rows(sql) for name, sql in TABLES.items()}
        found["members"] = sorted(read_stories(store).values())
        return found


def change(path, encoder, judgement: Judgement) -> None:
    with CorpusStore.open(path, write=True) as store:
        put_judgement(store, judgement)
        derive(store, encoder)


def stories(path) -> list[list[str]]:
    with CorpusStore.open(path) as store:
        return sorted(read_stories(store).values())


CONVOY_STORY = ["wire-1", "post-1", "courier-1"]
FLOOD_STORY = ["courier-2", "ledger-1"]


def test_reports_of_one_event_are_a_story_and_others_none(news):
    assert stories(news) == sorted([CONVOY_STORY, FLOOD_STORY])


def test_the_same_in_any_order_of_the_articles(news, tmp_path, put, encoder, fill_news):
    names = ["courier-1", "courier-2", "ledger-1", "ledger-2", "post-1", "wire-1"]
    random.Random(3).shuffle(names)
    fill_news(tmp_path / "other.db", names)
    assert state(tmp_path / "other.db") == state(news)


def test_a_story_keeps_its_id_when_articles_come_and_go(news, put, encoder):
    with CorpusStore.open(news, write=True) as store:
        before = {tuple(members): one for one, members in read_stories(store).items()}
        store.remove_documents(["post-1"])
        embed_corpus(store, encoder)
        derive(store, encoder)
        after = read_stories(store)
    assert after[before[tuple(CONVOY_STORY)]] == ["wire-1", "courier-1"]
    assert after[before[tuple(FLOOD_STORY)]] == FLOOD_STORY


def test_an_id_is_never_given_twice(news, put, encoder, fill_news):
    with CorpusStore.open(news, write=True) as store:
        before = set(read_stories(store))
        store.remove_documents(["wire-1", "post-1", "courier-1"])
        derive(store, encoder)
    fill_news(news, ["wire-1", "post-1", "courier-1"])
    with CorpusStore.open(news) as store:
        after = read_stories(store)
    new = next(one for one, members in after.items() if members == CONVOY_STORY)
    assert new not in before


def test_another_figure_keeps_a_copy_apart_and_shows_it(news):
    with CorpusStore.open(news) as store:
        passages = store.passages()
        groups = read_copies(store, passages)
        relations = read_pairs(store, passages)
        nodes = dict(store.rows("SELECT p.document_id, a.node FROM assignments AS a "
                                "JOIN passages AS p ON p.id = a.passage_id "
                                "WHERE p.position = 0"))  # fmt: skip
    convoy = next(rows for rows, _ in groups if passages[rows[0]].body.startswith("The convoy"))
    assert {passages[row].document_id for row in convoy} == {"wire-1", "post-1"}
    apart = {
        frozenset((passages[a].document_id, passages[b].document_id))
        for kind, a, b in relations
        if kind == "near_copy"
    }
    assert any("courier-1" in pair for pair in apart)
    # For the topics it is one wording all the same.
    assert nodes["courier-1"] == nodes["wire-1"]


def test_a_no_parts_a_story_and_a_yes_joins_one(news, encoder):
    change(news, encoder, Judgement("story", "courier-1", "wire-1", same=False))
    assert not any({"courier-1", "wire-1"} <= set(members) for members in stories(news))
    change(news, encoder, Judgement("story", "courier-2", "ledger-2", same=True))
    assert any({"courier-2", "ledger-2"} <= set(members) for members in stories(news))


def test_a_no_takes_a_contained_passage_out_and_a_yes_brings_one_in(news, encoder):
    def contained() -> list[tuple[str, str]]:
        with CorpusStore.open(news) as store:
            return store.rows(
                "SELECT p.document_id, q.document_id FROM relations AS r JOIN passages AS p "
                "ON p.id = r.a JOIN passages AS q ON q.id = r.b WHERE r.kind = 'contains'"
            )

    def keys() -> tuple[str, str]:
        with CorpusStore.open(news) as store:
            found = dict(store.rows("SELECT document_id, lower(hex(hash)) FROM passages"))
        return found["ledger-1"], found["courier-2"]

    assert contained() == [("ledger-1", "courier-2")]
    change(news, encoder, Judgement("contains", *keys(), same=False))
    assert contained() == []
    with CorpusStore.open(news, write=True) as store:
        put_thresholds(store, Thresholds(contains=0.999))
        put_judgement(store, Judgement("contains", *keys(), same=True))
        derive(store, encoder)
    assert contained() == [("ledger-1", "courier-2")]


def test_a_threshold_is_obeyed_and_what_was_not_changed_is_not_written(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        put_thresholds(store, Thresholds(story=0.999999))
        assert store.setting("thresholds") == {"story": 0.999999}
        assert read_thresholds(store) == Thresholds(story=0.999999)
        derive(store, encoder)
        put_thresholds(store, Thresholds())
        assert store.setting("thresholds") is None


def test_a_new_headline_alone_makes_the_stories_anew(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        with store.transaction() as connection:
            connection.execute("UPDATE documents SET title = 'Bank' WHERE id = 'ledger-2'")
        before = stored_digest(store, "stories"), stored_digest(store, "topics")
        derive(store, encoder)
        assert stored_digest(store, "stories") != before[0]
        assert stored_digest(store, "topics") == before[1]


def test_nothing_is_made_anew_when_nothing_changed(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        encoder.encoded.clear()
        assert not derive(store, encoder).fresh
    assert encoder.encoded == []


@pytest.mark.parametrize(
    ("paragraphs", "copies"),
    [(["He said."], 0), (["word"], 0), (["Stop."] * 30, 1), ([" ".join(["same"] * 400)], 1)],
)
def test_a_text_of_a_few_words_makes_no_copies(tmp_path, put, encoder, paragraphs, copies):
    path = tmp_path / "odd.db"
    with CorpusStore.open(path, write=True) as store:
        put(store, "a", paragraphs)
        put(store, "b", paragraphs)
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
        assert len(store.rows("SELECT * FROM article_relations")) == copies


def test_one_document_has_no_story_and_no_copy(tmp_path, put, encoder, fill_news):
    fill_news(tmp_path / "one.db", ["wire-1"])
    found = state(tmp_path / "one.db")
    assert found["groups"] == found["articles"] == found["members"] == []


def test_thousands_of_copies_of_one_paragraph_are_one_story_and_stay_fast(tmp_path, put, encoder):
    from embeddings.documents import Document, Passage
    from topics.coverage.articles.articles import gather_articles
    from topics.coverage.relations.articles import relate_articles

    body = "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon."
    passages = [Passage(f"d{n}", 0, 0, 0, len(body), body) for n in range(3000)]
    documents = {one.document_id: Document(one.document_id, body) for one in passages}
    found = relate_articles(gather_articles(passages, documents))
    assert len(found) == 2999
    assert {one.kind for one in found} == {"exact"}


def said(store, kind: str, names: dict[str, str], a: str, b: str, *, same: bool) -> None:
    put_judgement(store, Judgement(kind, names[a], names[b], same=same))


@pytest.fixture
def hashes(news) -> dict[str, str]:
    """Hash of the first paragraph of each article."""
    with CorpusStore.open(news) as store:
        return dict(
            store.rows("SELECT document_id, lower(hex(hash)) FROM passages WHERE position = 0")
        )


def pairs_of(path, kind: str) -> set[frozenset[str]]:
    with CorpusStore.open(path) as store:
        return {
            frozenset(pair)
            for pair in store.rows(
                "SELECT p.document_id, q.document_id FROM relations AS r JOIN passages AS p "
                "ON p.id = r.a JOIN passages AS q ON q.id = r.b WHERE r.kind = ?",
                (kind,),
            )
        }


@pytest.mark.parametrize("kind", ["same_event", "contains"])
def test_a_yes_is_obeyed_also_for_passages_that_nothing_brought_together(
    news, encoder, hashes, kind
):
    with CorpusStore.open(news, write=True) as store:
        said(store, kind, hashes, "ledger-2", "courier-1", same=True)
        derive(store, encoder)
    assert frozenset(("ledger-2", "courier-1")) in pairs_of(news, kind)


def test_a_yes_to_strangers_takes_no_event_from_others(news, encoder, hashes):
    with CorpusStore.open(news, write=True) as store:
        put_thresholds(store, Thresholds(same_event=0.01))
        derive(store, encoder)
    before = pairs_of(news, "same_event")
    with CorpusStore.open(news, write=True) as store:
        put_judgement(store, Judgement("contains", "0" * 32, "1" * 32, same=True))
        derive(store, encoder)
    assert pairs_of(news, "same_event") == before


def test_a_no_holds_for_a_copy_that_comes_later(news, encoder, hashes, put):
    with CorpusStore.open(news, write=True) as store:
        said(store, "contains", hashes, "ledger-1", "courier-2", same=False)
        text = store.rows("SELECT text FROM passages WHERE document_id = 'courier-2'")[0][0]
        put(store, "a-copy", [text.replace("a week", "one week")], source="abc",
            published="2013-06-01")  # fmt: skip
        embed_corpus(store, encoder)
        derive(store, encoder)
    assert pairs_of(news, "contains") == set()


def test_answers_that_cannot_be_obeyed_are_told(news, encoder, hashes):
    with CorpusStore.open(news, write=True) as store:
        put_judgement(store, Judgement("near_copy", "0" * 32, "1" * 32, same=True))
        put_judgement(store, Judgement("story", "courier-1", "ledger-2", same=True))
        put_judgement(store, Judgement("story", "ledger-2", "wire-1", same=True))
        put_judgement(store, Judgement("story", "courier-1", "wire-1", same=False))
        notes = derive(store, encoder).notes
        assert any("contradict others" in note for note in notes)
        assert any("have changed or are gone" in note for note in notes)
        assert derive(store, encoder).notes == notes


def test_a_threshold_of_stories_alone_leaves_passages_and_topics_as_they_are(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        before = stored_digest(store, "relations"), stored_digest(store, "topics")
        put_thresholds(store, Thresholds(story=0.9))
        derive(store, encoder)
        assert (stored_digest(store, "relations"), stored_digest(store, "topics")) == before


def test_a_beginning_that_stands_in_many_articles_of_an_outlet_joins_none(tmp_path, put, encoder):
    path = tmp_path / "letters.db"
    opening = (
        "Welcome to the morning letter, with all that you need to know before breakfast, from "
        "our desks in four cities; forward it to a friend who would like to read it as well."
    )
    with CorpusStore.open(path, write=True) as store:
        for number, subject in enumerate(("harvest", "tunnel", "election", "glacier", "opera")):
            own = " ".join(f"{subject}{word}{number}" for word in "abcdefghijklmnopqrst")
            put(store, subject, [opening, own], source="letter", title=f"{subject} {number}")
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
        assert read_stories(store) == {}
