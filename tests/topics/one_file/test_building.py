"""``topicwire report``: what it holds, what narrows it, and what it is never written over."""

from __future__ import annotations

import json
import re
import shutil

import pytest

import topics
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from tests.running import lay_flat, run
from topics.answers.points import gather_points, open_laid_out
from topics.answers.story import list_stories
from topics.hierarchy.outline import read_outline
from topics.one_file.building import MOST_WHOLE, _join_scripts, _keep_on_topic
from topics.pipeline.covered import load_coverage


@pytest.fixture
def laid_out(news, monkeypatch):
    """The database of ``NEWS``; where its points lie is not the question here."""
    lay_flat(monkeypatch)
    return news


def test_the_report_says_what_the_other_commands_say(laid_out, tmp_path):
    out = tmp_path / "news.html"
    written = topics.report(out, db=laid_out)
    page = out.read_text(encoding="utf-8")
    assert written.bytes == out.stat().st_size
    assert written.passages == topics.info(laid_out).passages
    for one in topics.trends(laid_out).topics:
        assert f"<bdi>{one.name}</bdi>" in page
        assert f"<b>{one.passages}</b>" in page
    across = topics.stories(laid_out)
    assert written.stories == written.stories_whole == len(across) <= MOST_WHOLE
    for one in across:
        voices = len(topics.story(one.id, laid_out).voices)
        assert f"{voices} independent voice" in page
    again = tmp_path / "again.html"
    topics.report(again, db=laid_out)
    assert again.read_bytes() == out.read_bytes()


def test_a_story_alone_has_no_map_and_no_script(laid_out, tmp_path):
    number = topics.stories(laid_out)[0].id
    code, out, err = run(
        "report", tmp_path / "one.html", "--story", number, "--db", laid_out, "--json"
    )
    assert code == 0, err
    assert json.loads(out)["stories"] == 1
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'id="map"' not in page
    assert f'id="story-{number}"' in page


def test_a_time_narrows_map_topics_and_stories(laid_out, tmp_path):
    written = topics.report(tmp_path / "june.html", db=laid_out, since="2013-06")
    page = (tmp_path / "june.html").read_text(encoding="utf-8")
    assert written.passages == 2
    assert "convoy" not in page.lower()
    assert "river Aune" in page
    assert "<h1>2 articles from 2 outlets, since 2013-06</h1>" in page
    assert "2 paragraphs in 2 articles since 2013-06, of 9 paragraphs in all." in page
    assert "no date." not in page
    assert "Of the whole corpus" in page


def test_a_topic_narrows_it(laid_out, tmp_path):
    trends = topics.trends(laid_out).topics
    written = topics.report(tmp_path / "topic.html", db=laid_out, topics=[str(trends[0].id)])
    assert written.topics == 1
    assert written.passages == trends[0].passages
    page = (tmp_path / "topic.html").read_text(encoding="utf-8")
    lead = re.search(r"(\d+) paragraphs? in \d+ articles? on ", page)
    assert lead is not None
    assert int(lead[1]) == trends[0].passages
    assert "no date." not in page


def test_the_command_that_makes_it_again_names_another_model_and_no_folder(laid_out, tmp_path):
    with CorpusStore.open(laid_out, write=True) as store:
        noted = store.setting("encoder")
        folder = {"name": "/somewhere/a model", "description": "/somewhere/a model (8 dimensions)"}
        store.set_setting("encoder", {**noted, **folder, "dimensions": 8})
    topics.report(tmp_path / "page.html", db=laid_out)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "topicwire cluster articles/ --model &#39;a model&#39; --dimensions 8" in page
    assert "a model (8 dimensions)" in page
    assert "/somewhere/" not in page


def test_of_a_story_only_articles_of_the_time_asked_for_count(laid_out):
    with open_laid_out(laid_out) as store:
        coverage, outline = load_coverage(store), read_outline(store)
        since = Filters(since="2013-05-11")
        points = gather_points(store, outline, filters=since)
        listed = list_stories(store, since)
        convoy = [one for one in listed if one.articles == 3]
        assert len(convoy) == 1
        kept = _keep_on_topic(convoy, points, since, coverage.stories, coverage.articles)
    # One of its three articles is of that time, and it is among the points.
    assert kept == convoy


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["page.txt"], "page.txt"),
        (["page.html", "--story", "999"], "no story 999"),
        (["page.html", "--story", "1", "--since", "2013"], "one or the other"),
        (["page.html", "--topic", "nothing like it"], "No topic is called"),
        (["page.html", "--since", "yesterday"], "--since"),
        (["none/such.html"], ""),
    ],
)
def test_what_cannot_be_is_answered_in_one_sentence(laid_out, tmp_path, options, said):
    code, _, err = run("report", *options, "--db", laid_out, cwd=tmp_path)
    if said:
        assert code == 2
        assert said in err
        assert len(err.strip().splitlines()) == 1
    else:  # the folder is made
        assert code == 0
        assert (tmp_path / "none" / "such.html").exists()


def test_no_database_is_written_over(laid_out, tmp_path):
    disguised = tmp_path / "other.html"
    shutil.copy(laid_out, disguised)
    with pytest.raises(InputError, match="is a database"):
        topics.report(disguised, db=laid_out)


@pytest.mark.parametrize("name", ["read.html", "copy.db.html"])
def test_what_is_not_written_over_is_told_before_the_map_is_laid_out(
    news, tmp_path, monkeypatch, name
):
    def never(*_given):
        raise AssertionError("the map was laid out")

    monkeypatch.setattr("topics.pipeline.layouts.layout", never)
    shutil.copy(news, tmp_path / "copy.db.html")
    with CorpusStore.open(news, write=True) as store, store.transaction() as connection:
        connection.execute(
            "INSERT INTO addresses VALUES ('wire-1', '', ?)", (str(tmp_path / "read.html"),)
        )
    with pytest.raises(InputError, match=r"were read from|is a database"):
        topics.report(tmp_path / name, db=news)


def test_the_modules_are_one_script_without_imports():
    script = _join_scripts()
    assert not re.findall(r"^(import|export)\b", script, flags=re.MULTILINE)
    names = re.findall(
        r"^(?:async )?(?:function|class|const|let) (\w+)", script, flags=re.MULTILINE
    )
    assert len(names) == len(set(names)), "two modules have a name in common"
    assert "innerHTML" not in script
    assert "eval(" not in script
