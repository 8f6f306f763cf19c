"""The picture of a corpus: what it says of itself, and what its colours mean."""

from __future__ import annotations

import re

import pytest

import topics
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from tests.running import run
from topics.answers.counting import spell_date
from topics.answers.map import find_finer, map  # noqa: A004
from topics.hierarchy.outline import Outline, read_outline
from topics.maps.palette import LIGHT


def texts_of(path) -> str:
    return " ".join(re.findall(r">([^<]+)</text>", path.read_text(encoding="utf-8")))


def test_the_caption_tells_source_share_and_day(news):
    path = map(news.with_name("map.svg"), db=news).path
    told = texts_of(path)
    assert "Source: 6 articles of courier, ledger, levant-wire and post." in told
    assert "Shown: all 9 passages; 3 copies are drawn once, with their original." in told
    assert re.search(r"Made with Topicwire, \d+ \w+ 20\d\d\.", told)
    assert "10 May 2013 to 3 June 2013." in told


def test_a_copy_has_the_colour_of_the_outlet_that_had_it_first(news):
    told = texts_of(map(news.with_name("map.svg"), db=news, colour="outlet").path)
    legend = told[told.index("Colour: who") :]
    assert "levant-wire" in legend
    assert " post " not in legend.partition("Source:")[0]


def test_what_is_under_no_topic_that_is_shown_is_grey_and_counted(news, monkeypatch):
    with CorpusStore.open(news) as store:
        outline = read_outline(store)
    assert "under no topic" not in texts_of(map(news.with_name("map.svg"), db=news).path)
    *shown, hidden = outline.on(None)
    number = sum(one.passages for one in topics.topics(news) if one.id == hidden)
    monkeypatch.setattr(Outline, "on", lambda *_: shown)
    path = map(news.with_name("map.svg"), db=news).path
    is_or_are = "is" if number == 1 else "are"
    assert f"; {number} {is_or_are} under no topic that is shown." in texts_of(path)
    assert LIGHT.none in path.read_text(encoding="utf-8")


def test_dates_run_from_the_first_to_the_last(news):
    told = texts_of(map(news.with_name("map.svg"), db=news, colour="date").path)
    assert "3 June 2013 (grey: no date)" in told


def test_stories_are_named_by_their_central_article(news):
    told = texts_of(map(news.with_name("map.svg"), db=news, colour="story").path)
    assert "convoy" in told.lower()
    assert "in no story" in told


def test_a_corpus_without_outlets_and_dates_is_drawn(tmp_path, put, encoder):
    from embeddings.vectors.embedding import embed_corpus, note_encoder
    from topics.pipeline.run import derive

    db = tmp_path / "bare.db"
    with CorpusStore.open(db, write=True) as store:
        note_encoder(store, encoder)
        put(store, "one", ["The council met on the river wall."], source="", published="")
        embed_corpus(store, encoder)
        derive(store, encoder)
    for colour in ("outlet", "date", "story"):
        told = texts_of(map(tmp_path / "map.svg", db=db, colour=colour).path)
        assert "Source: 1 article. Shown: 1 passage." in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--colour", "mood"], "topic, outlet, date, story"),
        (["--width", "10"], "--width 2000"),
        (["--font", "No Such Font"], "is installed"),
    ],
)
def test_a_wrong_look_is_answered_with_what_would_be_right(news, options, said):
    code, _, err = run("map", news.with_name("map.svg"), "--db", news, *options)
    assert (code, said in err) == (InputError.exit_code, True), err


@pytest.mark.parametrize(
    ("date", "told"),
    [("2013-05-09T10:00", "9 May 2013"), ("2013-12", "December 2013"), ("2013", "2013"), ("", "")],
)
def test_a_date_is_spelt_as_far_as_it_is_known(date, told):
    assert spell_date(date) == told


def test_below_a_level_stands_the_next_finer_one():
    tree = {"levels": {1: 0, 2: 1, 3: 1}, "parents": {1: None, 2: 1, 3: 1}}
    outline = Outline(
        **tree,
        finest={1: 0, 2: 1, 3: 1},
        names={},
        kinds=dict.fromkeys((1, 2, 3), "discovered"),
        stabilities={},
        used=frozenset({2, 3}),
        shown=0,
        visible=frozenset({1, 3}),
    )
    assert find_finer(outline, 0) == {1: 1, 2: 2, 3: 3}
    assert find_finer(outline, 1) == {}
    assert find_finer(outline, None) == {3: 3}
