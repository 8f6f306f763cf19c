"""What a search of a corpus can ask, and what it says of its answer."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

import topics
from embeddings.encoders import reranking
from embeddings.errors import InputError
from embeddings.search.relevance import Background
from tests.running import run
from tests.topics.conftest import CONVOY, FLOOD, WITNESS
from topics.answers.tables import jsonable


@pytest.fixture
def opened(news, encoder, monkeypatch):
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: encoder)
    with topics.open(news) as session:
        yield session


def sources(found):
    return {hit.source for hit in found}


def texts(found):
    return [hit.text for hit in found]


def test_a_quoted_phrase_must_stand(opened):
    assert texts(opened.search('"customs house"')) == [WITNESS]
    found = opened.search('convoy "customs border"')
    assert not found
    assert '"customs border"' in found.end


def test_a_word_with_a_dash_may_not_stand(opened):
    assert CONVOY in texts(opened.search("convoy of lorries"))
    found = opened.search('convoy of lorries -eleven -"customs house"')
    assert found
    assert not any("eleven" in text or "customs house" in text for text in texts(found))


def test_title_and_outlet_are_of_the_article(opened):
    assert sources(opened.search("river title:leaving")) == {"courier", "ledger"}  # by its stem
    assert sources(opened.search("river outlet:LEDGER")) == {"ledger"}
    assert sources(opened.search("river outlet:cour outlet:led")) == {"courier", "ledger"}
    assert sources(opened.search("river -outlet:ledger -title:convoy")) == {"courier"}
    assert sources(opened.search("convoy title:convoy", sources=["post"])) <= {"post"}
    with pytest.raises(InputError, match="outlets here are"):
        opened.search("river outlet:nobody")


def test_what_has_no_date_is_left_out_by_one_and_that_is_said(opened):
    assert opened.search("river", since="2013-05-01").notes == (
        "--since and --until leave out what has no date: 1 article.",
    )
    assert opened.search("river").notes == ()


def test_words_alone_are_found_without_an_encoder(news, monkeypatch):
    monkeypatch.setattr(
        "topics.answers.encoder.stored_encoder", lambda _: pytest.fail("it was opened")
    )
    found = topics.search("lorries", db=news, mode="words")
    assert found[0].meaning == 0
    assert all("lorries" in hit.text for hit in found)
    assert "any of these words" in topics.search("zebra", db=news, mode="words").end


def test_meaning_alone_leaves_words_out_of_the_score(opened):
    for hit in opened.search("lorries at the border", mode="meaning"):
        assert hit.score == hit.meaning


def test_a_name_misspelt_is_said_and_looked_for(opened):
    found = opened.search("convoy of lorreis or Nemtsov")
    assert found.notes == (
        "No passage has 'lorreis'; searched for 'lorries'.",
        "No passage has 'Nemtsov'.",
    )
    assert "lorries" in found[0].text


def test_hits_come_in_groups(opened):
    found = opened.search("convoy border town river families", by="outlet")
    of = {hit.passage_id: hit for hit in found}
    assert {one for group in found.groups for one in group.passage_ids} == set(of)
    for group in found.groups:
        assert {of[one].source for one in group.passage_ids} == {group.name}
    assert found.groups[0].passage_ids[0] == found[0].passage_id
    days = {group.name for group in opened.search("convoy river bank", by="day").groups}
    assert {"2013-05-10", "2013-06-02", ""} <= days
    assert opened.search("convoy", by="topic").groups


def test_copies_are_opened_out_where_they_are_asked_for(opened):
    closed = opened.search("customs house witnesses")
    assert closed[0].copies
    assert not closed[0].opened
    hit = opened.search("customs house witnesses", copies=True)[0]
    assert tuple(one.passage_id for one in hit.opened) == hit.copies
    assert {hit.source, *(one.source for one in hit.opened)} == {"levant-wire", "post"}


def test_an_article_in_a_file_is_a_query(opened, tmp_path):
    file = tmp_path / "draft.txt"
    file.write_text(f'Boats on the Aune\n\n{FLOOD}\n\n-boats "no such phrase"\n')
    assert FLOOD in texts(opened.search(like_file=file))[:2]
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(json.dumps({"id": str(n), "text": FLOOD + str(n)}) + "\n" for n in (1, 2))
    )
    with pytest.raises(InputError, match="holds 2 articles"):
        opened.search(like_file=rows)
    with pytest.raises(InputError, match="is a folder"):
        opened.search(like_file=tmp_path)
    with pytest.raises(InputError, match="is no file"):
        opened.search(like_file=tmp_path / "none.txt")


def test_a_reranker_puts_hits_in_order(opened, monkeypatch):
    asked = []

    class ByLength:
        def __init__(self, name):
            assert name == "a-model"

        def score(self, query, texts):
            asked.append((query, len(texts)))
            return np.array([1 / len(text) for text in texts], np.float32)

    monkeypatch.setattr(reranking, "Reranker", ByLength)
    found = opened.search("convoy of lorries", limit=2, rerank="a-model")
    assert asked[0][0] == "convoy of lorries"
    assert asked[0][1] > len(found) == 2
    lengths = [len(text) for text in texts(found)]
    assert lengths == sorted(lengths)
    assert found[0].reranked == pytest.approx(1 / lengths[0], abs=1e-4)
    with pytest.raises(InputError, match="--rerank"):
        opened.search(like=1, rerank="a-model")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"query": "x", "like": 1}, "--like-file"),
        ({}, "--like-file"),
        ({"query": "x", "mode": "magic"}, "hybrid, meaning, words"),
        ({"query": "x", "by": "moon"}, "outlet, day, topic"),
        ({"query": "-x"}, "add what to look for"),
        ({"query": "x", "limit": 0}, "--limit"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(opened, given, said):
    with pytest.raises(InputError, match=said):
        opened.search(**given)


def test_hits_stop_where_relevance_does_unless_a_number_is_asked_for(opened, monkeypatch):
    every = opened.search("river", limit=5)

    def tell(_background, _store, ranked, _spoken):
        return [replace(one, related=place < 2) for place, one in enumerate(ranked)]

    monkeypatch.setattr(Background, "tell", tell)
    found = opened.search("river")
    assert found.hits == every.hits[:2]
    assert found.end.startswith("2 passages, nothing more like it")
    found = opened.search("river", limit=5)
    assert [hit.related for hit in found] == [True, True, False, False, False]
    assert not found.end


def test_the_command_prints_and_writes_what_the_function_finds(news, tmp_path):
    out = tmp_path / "hits.parquet"
    options = ("--mode", "words", "--copies", "--by", "outlet", "--db", news)
    code, printed, said = run("search", "convoy customs", *options, "--export", out, "--json")
    assert code == 0, said
    found = topics.search("convoy customs", db=news, mode="words", copies=True, by="outlet")
    assert json.loads(printed) == json.loads(json.dumps(found, default=jsonable))
    assert pq.read_table(out)["passage_id"].to_pylist() == [hit.passage_id for hit in found]
    code, printed, _ = run("search", "convoy custmos", *options)
    assert "searched for 'customs'" in printed
    assert "copy: " in printed
    assert run("search", "x", "--export", "hits.txt", "--db", news)[0] == 2
