"""Stages: what is made again, what is kept, and all of it or nothing."""

from __future__ import annotations

import json

import pytest

from embeddings.corpus.store import CorpusStore
from tests.older import make_older
from topics.coverage.credit import credit_lines
from topics.coverage.examples.judgements import Judgement, put_judgement
from topics.coverage.reuse.matrix import measure_outlets
from topics.pipeline import outlets, run
from topics.pipeline.covered import load_coverage
from topics.pipeline.outlets import read_outlets
from topics.pipeline.run import derive, has_layout, lay_out
from topics.pipeline.stages import Runner, Stage, Work, is_stale, stored_digest, stored_notes
from topics.pipeline.work import CorpusWork

# Stages that a file of version 3 has not.
NEW = ("quotations", "furniture", "sharing", "search", "outlets")


class Chain:
    """Three stages, each made of the one before, and what was made of them."""

    def __init__(self, store: CorpusStore) -> None:
        self.store = store
        self.made: list[str] = []
        self.hangs_on = {"one": 1, "two": 2, "three": 3}

    def stage(self, name: str, *after: str) -> Stage[Work]:
        return Stage(
            name=name,
            after=after,
            hangs_on=lambda _: [self.hangs_on[name]],
            make=lambda _: self.made.append(name),
            keep=lambda work, _: work.store.set_setting(name, self.hangs_on[name]) or name,
        )

    def run(self) -> list[str]:
        self.made = []
        runner = Runner(Work(self.store))
        runner.make(self.stage("one"), self.stage("two", "one"), self.stage("three", "two"))
        runner.keep()
        return self.made


def test_a_stage_is_made_again_where_it_or_an_earlier_one_hangs_on_something_new(store):
    chain = Chain(store)
    assert chain.run() == ["one", "two", "three"]
    assert chain.run() == []
    chain.hangs_on["two"] = 5
    assert chain.run() == ["two", "three"]
    chain.hangs_on["one"] = 5
    assert chain.run() == ["one", "two", "three"]
    assert stored_notes(store, "three") == "three"


def test_what_was_taken_away_is_made_again_with_all_that_is_made_of_it(store):
    chain = Chain(store)
    chain.run()
    with store.transaction() as connection:
        connection.execute("DELETE FROM stages WHERE name = 'two'")
    assert is_stale(store, "one", "two")
    assert chain.run() == ["two", "three"]


@pytest.mark.parametrize("notes", ["no JSON", '"else"'])
def test_a_stage_whose_notes_are_damaged_is_made_again(store, notes):
    chain = Chain(store)
    chain.run()
    with store.transaction() as connection:
        connection.execute("UPDATE stages SET notes = ? WHERE name = 'two'", (notes,))
    assert chain.run() == ["two", "three"]
    assert stored_notes(store, "two") == "two"


def test_of_results_that_cannot_all_be_kept_none_is(store):
    chain = Chain(store)
    runner = Runner(Work(store))
    runner.make(chain.stage("one"))
    bad = Stage[Work]("bad", (), lambda _: [1], lambda _: None, lambda *_: {"no JSON"})
    runner.make(bad)
    with pytest.raises(TypeError):
        runner.keep()
    assert store.setting("one") is None
    assert is_stale(store, "one")


def test_a_changed_article_leaves_no_stage(news, put):
    with CorpusStore.open(news, write=True) as store:
        assert not is_stale(store, "relations", "stories", "topics")
        put(store, "new", ["Something else happened in the town."])
        assert stored_digest(store, "relations") == stored_digest(store, "topics") == ""


def test_what_outlets_repeat_is_measured_when_articles_change_not_when_it_is_asked_for(
    news, encoder, monkeypatch
):
    with CorpusStore.open(news, write=True) as store:
        before = measure_outlets(load_coverage(store))
        monkeypatch.setattr(outlets, "measure_outlets", lambda _: pytest.fail("measured"))
        assert read_outlets(store) == before
        store.rename_outlet(store.documents()[0].id, "herald")
        derive(store, encoder)
        after = read_outlets(store)
        assert after == measure_outlets(load_coverage(store)) != before


@pytest.mark.parametrize("lost", ["outlets", "sharing"])
def test_what_outlets_repeat_is_measured_where_what_is_kept_is_none_or_of_another_state(news, lost):
    with CorpusStore.open(news, write=True) as store:
        kept = read_outlets(store)
        with store.transaction() as connection:
            connection.execute("DELETE FROM stages WHERE name = ?", (lost,))
            connection.execute("UPDATE stages SET notes = '{}', crc = NULL WHERE name = 'outlets'")
        assert read_outlets(store) == kept


def test_credits_once_found_are_kept_with_the_database(news, monkeypatch):
    with CorpusStore.open(news) as store:
        monkeypatch.setattr(credit_lines, "search_credits", lambda *_: pytest.fail("searched"))
        assert len(load_coverage(store).stated) == len(store.documents())


@pytest.fixture
def answer(news, encoder, monkeypatch):
    """Answer to the first pair of near copies, and return the stages that were made again."""
    works = []

    class Spied(CorpusWork):
        def __init__(self, *given, **how) -> None:
            super().__init__(*given, **how)
            works.append(self)

    def give(same: bool) -> set[str]:
        with CorpusStore.open(news, write=True) as store:
            sql = "SELECT a.hash, b.hash FROM relations AS r JOIN passages AS a ON a.id = r.a "
            sql += "JOIN passages AS b ON b.id = r.b WHERE r.kind = 'near_copy' ORDER BY 1, 2"
            pair = (bytes(key).hex() for key in store.rows(sql)[0])
            put_judgement(store, Judgement("near_copy", *pair, same))
            derive(store, encoder)
            return set(works[-1].runner.made)

    monkeypatch.setattr(run, "CorpusWork", Spied)
    return give


def test_an_answer_to_a_pair_leaves_what_knows_nothing_of_pairs(answer):
    made = answer(True)
    assert "relations" in made
    assert not made & {"stories", "places", "topics"}


def test_topics_are_made_again_where_an_answer_changes_the_graph(answer, news):
    with CorpusStore.open(news) as store:
        before = store.setting("graph_digest")
    made = answer(False)
    with CorpusStore.open(news) as store:
        assert store.setting("graph_digest") != before
    assert "topics" in made
    assert "stories" not in made


def test_the_layout_is_made_once_for_a_graph(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        assert not has_layout(store)
        points = lay_out(store)
        assert has_layout(store)
        assert (lay_out(store) == points).all()
        store.set_setting("thresholds", {"same_event": 0.99})
        derive(store, encoder)
        assert not has_layout(store)


def test_a_file_of_version_3_keeps_what_was_made(news, encoder):
    with CorpusStore.open(news, write=True) as store:
        lay_out(store)
        others = "SELECT name, digest FROM stages WHERE name NOT IN (?, ?, ?, ?, ?)"
        stages = dict(store.rows(others, NEW))
        notes = dict(store.rows("SELECT name, notes FROM stages"))
        old = {
            "related": stages["relations"],
            "covered": stages["stories"],
            "placed": [stages["places"], json.loads(notes["places"])],
            "derived": stages["topics"],
            "remarks": json.loads(notes["topics"]),
            "named": stages["names"],
            "idle_names": json.loads(notes["names"]),
            "layout": stages["layout"],
        }
        with store.transaction() as connection:
            for key, value in old.items():
                store.set_setting(key, value)
            make_older(connection, 3)
    with CorpusStore.open(news, write=True) as store:
        assert dict(store.rows("SELECT name, digest FROM stages")) == stages
        assert [key for key in old if store.setting(key) is not None] == []
        assert not derive(store, encoder).fresh
        assert has_layout(store)
