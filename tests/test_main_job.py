"""The main job on the demo corpus, with the real model, against the key a reader wrote."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.demo import read_key, score
from embeddings.corpus.store import CorpusStore
from tests.running import run
from topics import outlets, stories, story
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.word_kinds import EARLIER, UNORDERED
from topics.pipeline import covered
from topics.pipeline.covered import load_coverage

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"


def topicwire(*args: object) -> str:
    code, out, err = run(*args)
    assert code == 0, err
    return out


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by a process of its own, as a user makes it."""
    path = tmp_path_factory.mktemp("demo") / "topicwire.db"
    args = ("cluster", SEEDS, "--topics", SEEDS / "topics.toml", "--db", path)
    done = subprocess.run(
        [sys.executable, "-m", "topicwire", *map(str, args)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def own_db(demo_db: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    path = tmp_path / "topicwire.db"
    shutil.copy(demo_db, path)
    return path


@pytest.fixture
def emptied_db(own_db: Path) -> Path:
    """No articles, but the vectors of all: they are kept for good."""
    outlets = [path.name for path in sorted(SEEDS.iterdir()) if path.is_dir()]
    topicwire("remove", *(word for one in outlets for word in ("--source", one)), "--db", own_db)
    topicwire("cluster", "--no-topics", "--db", own_db)
    return own_db


def test_every_passage_of_the_key_is_found_whole(demo_db):
    assert score(demo_db).unmatched == []


def test_nine_in_ten_passages_are_in_the_right_topic(demo_db):
    result = score(demo_db)
    assert result.topic_share >= 0.9, result.wrong_topics


def test_every_copy_is_found_and_none_invented(demo_db):
    result = score(demo_db)
    assert result.copies_missed == []
    assert result.copies_invented == []


def test_a_paragraph_inside_a_longer_one_is_found(demo_db):
    result = score(demo_db)
    assert result.relations_missed["contains"] == []
    assert result.relations_unlisted["contains"] == []


def test_same_events_are_reported_apart_from_copies(demo_db):
    # The key lists clear cases only, so pairs beside them are no mistakes; a flood would be.
    result = score(demo_db)
    listed = result.relations_listed["same_event"]
    assert listed - len(result.relations_missed["same_event"]) >= listed // 4
    assert len(result.relations_unlisted["same_event"]) <= listed


def test_the_figures_of_stories_are_a_part_of_those_of_outlets(demo_db):
    with CorpusStore.open(demo_db) as store:
        coverage = load_coverage(store)
    members = list(coverage.stories.values())
    trace = trace_words(coverage)
    copied = np.flatnonzero(np.isin(trace.kinds, (EARLIER, UNORDERED)))
    owners = np.repeat(trace.article_of, trace.texts.lengths)[copied].tolist()
    story_of = {number: place for place, numbers in enumerate(members) for number in numbers}
    # From articles outside the story, or in articles of no story.
    expected = Counter(
        coverage.articles[owner].document.source
        for owner, source in zip(owners, trace.sources(copied).tolist(), strict=True)
        if owner not in story_of or story_of[owner] != story_of.get(source)
    )
    assert expected.total() < len(copied) / 10
    for one in stories(demo_db, across=False):
        for article in story(one.id, demo_db).articles:
            expected[article.article.source] += article.copied + article.shared
    found = {one.outlet: one.earlier + one.unordered for one in outlets(demo_db).outlets}
    assert found == {outlet: expected[outlet] for outlet in found}


def test_a_story_is_told_from_a_part_of_the_corpus_as_from_the_whole(demo_db, monkeypatch):
    ids = [one.id for one in stories(demo_db, across=False)]
    told = [story(one, demo_db) for one in ids]
    assert len(told) > 3
    monkeypatch.setattr(covered, "find_kin", lambda *_: None)
    assert [story(one, demo_db) for one in ids] == told


def test_white_space_in_an_article_takes_nothing_from_its_passages(emptied_db, tmp_path):
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    db = emptied_db
    topicwire("cluster", seeds, "--db", db)
    path = seeds / "harbour-courier" / "cameron-sochi.txt"
    path.write_bytes(path.read_bytes() + b"\n\n")
    report = json.loads(topicwire("cluster", seeds, "--db", db, "--json"))
    assert report["reading"]["updated"] == 1
    assert report["moved"] == 0
    assert json.loads(topicwire("info", "--db", db, "--json"))["unclustered"] == 0
    topicwire("map", tmp_path / "m.png", "--db", db)


def test_topic_ids_follow_members_through_updated_articles(emptied_db, tmp_path):
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    db = emptied_db
    topicwire("cluster", seeds, "--db", db)
    before = {topic["id"] for topic in topics_of(db)}
    for path in seeds.glob("*/*.txt"):
        path.write_bytes(path.read_bytes() + b"\n")
    report = json.loads(topicwire("cluster", seeds, "--db", db, "--json"))
    assert report["reading"]["updated"] > 10
    assert {topic["id"] for topic in topics_of(db)} == before


def test_a_changed_figure_is_shown(demo_db):
    expected = {tuple(p) for r in read_key()["relation"] for p in r.get("changed", [])}
    figures = {pair for pair in expected if any(letter.isdigit() for letter in "".join(pair))}
    report = json.loads(topicwire("copies", "--json", "--db", demo_db))
    texts = [member for group in report["groups"] for member in group["members"]]
    shown = {
        (fact["before"], fact["after"])
        for text in [*texts, *report["pairs"]]
        for change in text["changes"]
        for fact in change["facts"]
    }
    shown |= {(after, before) for before, after in shown}  # the copy may have come first
    assert figures
    assert figures <= shown


def test_the_three_guided_topics_come_out_by_name_and_others_are_discovered(demo_db):
    found = json.loads(topicwire("topics", "--json", "--db", demo_db))
    guided = [topic["name"] for topic in found if topic["kind"] == "guided"]
    assert sorted(guided) == ["battlefield events", "diplomacy", "weapons transfers"]
    assert any(topic["kind"] == "discovered" for topic in found)
    for topic in found:
        assert topic["keyphrases"]
        assert topic["representatives"]
        texts = [quotation["text"] for quotation in topic["representatives"]]
        assert len(set(texts)) == len(texts)
    assert sum(topic["share"] for topic in found) == pytest.approx(1, abs=0.01)


def test_a_second_run_embeds_nothing_and_loads_no_torch(own_db):
    code = (
        "import sys; from topics import cluster;"
        f"report = cluster({str(SEEDS)!r}, db={str(own_db)!r});"
        "heavy = [m for m in ('torch', 'sentence_transformers', 'openvino', 'umap', 'sklearn',"
        " 'trafilatura') if m in sys.modules];"
        "print(report.embedding.embedded, report.reading.unchanged, report.moved, heavy)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.split(maxsplit=3) == ["0", "20", "0.0", "[]\n"], done.stderr


def test_a_search_in_a_fresh_process_loads_no_torch(demo_db):
    code = (
        "import sys; from topics import search;"
        f"hits = search('arms deliveries to Damascus', db={str(demo_db)!r});"
        "heavy = [m for m in ('torch', 'sentence_transformers', 'sklearn') if m in sys.modules];"
        "print(hits[0].topic, heavy, sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.strip() == "weapons transfers|[]", done.stderr


def test_the_order_of_arrival_changes_no_topic(demo_db, emptied_db):
    for outlet in sorted((path for path in SEEDS.iterdir() if path.is_dir()), reverse=True):
        topicwire("cluster", outlet, "--topics", SEEDS / "topics.toml", "--db", emptied_db)
    assert partition(emptied_db) == partition(demo_db)


def partition(db: Path) -> set[frozenset[str]]:
    connection = sqlite3.connect(db)
    rows = connection.execute(
        "SELECT a.topic_id, p.text || p.document_id FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id"
    ).fetchall()
    connection.close()
    topics: dict[int, set[str]] = {}
    for topic, text in rows:
        topics.setdefault(topic, set()).add(text)
    return {frozenset(members) for members in topics.values()}


def test_removing_an_outlet_and_adding_it_again_ends_where_it_began(own_db):
    before = partition(own_db)
    removed = topicwire("remove", "--source", "saltmarsh-gazette", "--db", own_db, "--json")
    assert len(json.loads(removed)["documents"]) == 4
    assert partition(own_db) != before
    again = json.loads(topicwire("cluster", SEEDS, "--db", own_db, "--json"))
    assert (again["reading"]["added"], again["embedding"]["embedded"]) == (4, 0)
    assert partition(own_db) == before


def test_a_copied_article_moves_no_topic(own_db, tmp_path):
    before = {topic["name"]: topic["distinct"] for topic in topics_of(own_db)}
    outlet = tmp_path / "echo-herald"
    outlet.mkdir()
    shutil.copy(SEEDS / "meridian-post" / "kerry-lavrov-moscow.txt", outlet / "copy.txt")
    report = json.loads(topicwire("cluster", outlet, "--db", own_db, "--json"))
    assert report["reading"]["added"] == 1
    assert report["moved"] == 0
    assert {topic["name"]: topic["distinct"] for topic in topics_of(own_db)} == before


def topics_of(db: Path) -> list[dict[str, object]]:
    return json.loads(topicwire("topics", "--json", "--db", db))


@pytest.mark.skipif("TOPICWIRE_ARTICLES" not in os.environ, reason="the two articles are not here")
def test_the_projects_first_two_articles(tmp_path):
    db = tmp_path / "articles.db"
    articles = os.environ["TOPICWIRE_ARTICLES"]
    topicwire("cluster", articles, "--topics", SEEDS / "topics.toml", "--db", db)
    names = {topic["name"] for topic in topics_of(db) if topic["passages"]}
    assert {"diplomacy", "weapons transfers", "battlefield events"} <= names
    connection = sqlite3.connect(db)
    text = "\n".join(row[0] for row in connection.execute("SELECT text FROM passages"))
    dates = [row[0] for row in connection.execute("SELECT published FROM documents ORDER BY id")]
    connection.close()
    for furniture in (
        "Email Article",
        "Have your say",
        "[AFP]",
        "In-depth coverage",
        "Featured on",
    ):
        assert furniture not in text
    assert "tax collectors" not in text  # a teaser at the end, on something else
    assert "further atrocities" in text  # the body's last paragraph
    assert dates == ["2013-05-11T05:46", ""]
