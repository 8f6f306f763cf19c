"""The pages: they say what the commands say, and what is not there is said in one sentence."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import topics
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import keep_version
from embeddings.vectors.embedding import embed_corpus
from tests.conftest import WordEncoder
from tests.running import run
from topics.answers.session import Session
from topics.coverage.reuse.updates import Revision
from topics.coverage.stories.related import RelatedArticle
from topics.pipeline.run import derive, has_layout
from topics.views.rendering import render
from topics.views.story import view_story
from topics.web.app import build
from topics.web.desk import Desk
from topics.web.mapping import lay_out_apart


def test_the_front_page_says_what_the_commands_say(client, news_file):
    page = client.get("/").text
    assert "6 articles from 4 outlets" in page
    for one in topics.trends(news_file).topics:
        assert f'<a href="/topics/{one.id}"><bdi>{one.name}</bdi></a>' in page
        assert f"<b>{one.passages}</b>" in page
    for one in topics.stories(news_file):
        assert f'<a href="/stories/{one.id}"><bdi>{one.title}</bdi></a>' in page


def test_a_page_of_a_topic_counts_it_and_cites_its_passages(client, news_file):
    for one in topics.topics(news_file):
        page = client.get(f"/topics/{one.id}").text
        assert f"<h1><bdi>{one.name}</bdi></h1>" in page
        assert f"<dd>{one.passages}</dd>" in page
        assert f'href="/passages/{one.representatives[0].passage_id}"' in page
        assert "<svg" in page


def test_a_topic_that_is_not_shown_leads_to_the_one_it_is_shown_under(client, news_file):
    hidden = topics.topics(news_file, hidden=True)
    shown = {one.id for one in topics.topics(news_file)}
    for one in hidden:
        answer = client.get(f"/topics/{one.id}", follow_redirects=False)
        assert answer.status_code == 303
        assert int(answer.headers["location"].rpartition("/")[2]) in shown


def test_a_page_of_a_story_says_who_had_it_and_what_differs(client, news_file):
    one = topics.stories(news_file)[0]
    page = client.get(f"/stories/{one.id}").text
    voices = len(topics.story(one.id, news_file).voices)
    assert f"<dt>Independent voices</dt><dd>{voices}</dd>" in page
    assert "Side by side" in page
    assert 'href="/article?id=' in page


def test_headings_of_a_story_leave_out_no_rank(news_file):
    found = topics.story(topics.stories(news_file)[0].id, news_file)
    line = found.articles[0].article
    revision = Revision(line, "", "", (), False, None)
    view = view_story(
        replace(
            found,
            timelines=((revision, revision),),
            related=(RelatedArticle(line, ("Aleppo",), None),),
        )
    )
    page = render("story.html", web=True, view=view, one=view.report)
    assert "Related: " in page
    assert "2 versions of one article" in page
    assert set(re.findall(r"<h(\d)", page)) == {"2"}


def test_stories_are_filtered_by_the_address(client):
    whole = client.get("/stories").text
    assert "Aune" in whole
    assert "Aune" not in client.get("/stories?until=2013-05").text
    filtered = client.get("/stories?source=ledger").text
    assert "convoy" not in filtered.lower()
    assert '<option value="ledger" selected>' in filtered
    assert client.get("/stories?source=&since=&until=").text.count("<article") == whole.count(
        "<article"
    )


def test_a_long_list_is_cut_and_leads_on(client, monkeypatch):
    monkeypatch.setattr("topics.web.listing.LISTED", 1)
    first = client.get("/stories?since=2013").text
    after = re.search(r'href="([^"]*)" rel="next"', first)
    assert after
    assert "since=2013" in after[1]
    second = client.get(after[1].replace("&amp;", "&")).text
    assert 'rel="prev"' in second
    assert re.findall(r"/stories/\d+", first) != re.findall(r"/stories/\d+", second)


def test_the_search_marks_words_and_keeps_its_filters(client):
    page = client.get("/search?q=convoy&source=courier").text
    assert '<mark class="found">convoy</mark>' in page
    assert "Convoy of aid" not in page
    assert 'value="convoy"' in page
    alone = client.get("/search/hits?q=convoy&source=courier").text
    assert "<html" not in alone
    assert alone.strip() in page


def test_a_word_that_is_begun_is_looked_for_as_it_stands(client):
    begun = client.get("/search/hits?q=th&typing=1").text
    assert "Type words" in begun
    assert client.get("/search/hits?q=th").text != begun
    assert '<mark class="found">' in client.get("/search/hits?q=of&typing=1").text


def test_a_search_that_cannot_be_says_why_and_keeps_the_form(client):
    page = client.get("/search?q=convoy&source=nobody")
    assert page.status_code == 200
    assert "No article is from" in page.text
    assert client.get("/search?q=convoy&since=yesterday").status_code == 400


def test_a_passage_shows_where_else_it_stands_and_what_is_like_it(client, news_file):
    group = next(one for one in topics.copies(news_file).groups if len(one.members) > 1)
    first, second = (one.passage for one in group.members[:2])
    page = client.get(f"/passages/{first.passage_id}").text
    assert f'href="/passages/{second.passage_id}"' in page
    assert "Passages like it" in page


def test_an_article_shows_its_paragraphs_and_their_copies(client):
    page = client.get("/article?id=wire-1").text
    assert "Aid convoy reaches besieged town" in page
    assert "also in" in page
    assert client.get("/article?id=nothing").status_code == 400


def test_a_paragraph_that_an_article_repeats_is_counted_and_not_listed(own_file, open_client, put):
    repeated = "A voice from the studio, which is heard once more before the hour is over."
    with CorpusStore.open(own_file, write=True) as store:
        put(store, "show-1", [repeated, "Something of another kind.", repeated], source="radio")
        encoder = WordEncoder()
        embed_corpus(store, encoder)
        derive(store, encoder)
    page = open_client(own_file).get("/article?id=show-1").text
    assert page.count("1 more time in this article") == 2
    assert "also in" not in page


def test_versions_of_an_article_stand_side_by_side(own_file, open_client):
    with CorpusStore.open(own_file, write=True) as store:
        (now,) = store.documents(["wire-1"])
        before = replace(now, text=now.text.replace("eleven", "nine"))
        keep_version(store, before, "2013-05-10T12:40:00+00:00")
    page = open_client(own_file).get("/article?id=wire-1").text
    assert "Its versions" in page
    assert "<mark>9</mark> → <mark>11</mark>" in page
    assert re.search(
        r"of <mark>nine</mark> lorries.*of <mark>eleven</mark> lorries", page, re.DOTALL
    )


def test_outlets_and_removed_lines_and_the_corpus_have_their_pages(client, news_file):
    assert "Of what each outlet is made" in client.get("/outlets").text
    assert "page furniture" in client.get("/removed").text
    about = client.get("/about").text
    assert "Settings that make it again" in about
    assert str(news_file.parent) not in about


def test_pages_count_stories_by_the_words_of_info(client, news_file):
    (line,) = (one for one in run("info", "--db", news_file)[1].splitlines() if "stories" in one)
    whole, across = line.split()[1:3]
    for address in ("/", "/about"):
        said = f"{whole.strip(',')} stor"
        page = client.get(address).text
        assert re.search(rf"{said}(y|ies), {across} of them of several outlets", page)


@pytest.mark.parametrize(
    "address",
    ["/topics/999", "/topics/x", "/topics/0", "/stories/999", "/passages/9223372036854775807",
     "/passages/9223372036854775808", "/nothing", "/static/none.css", "/map/none",
     "/map/meta?of=other", "/static/..%2frendering.py", "/static/%2e%2e/rendering.py"],
)  # fmt: skip
def test_what_is_not_there_is_said_on_a_page(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text
    assert "import" not in answer.text


def test_what_is_of_before_the_last_articles_is_said_so(own_file, open_client, put):
    client = open_client(own_file)
    assert "came or went" not in client.get("/").text
    with CorpusStore.open(own_file, write=True) as store:
        put(store, "late-1", ["A passage that no run has clustered."], title="Late", source="post")
    for address in ("/", "/stories", "/about"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "came or went" in answer.text


def test_a_page_that_cannot_be_made_says_where_to_look(news_file, open_client, monkeypatch):
    def fail(*_given):
        raise RuntimeError("secret path /etc/x")

    monkeypatch.setattr("topics.web.pages.is_behind", fail)
    client = open_client(news_file)
    client._transport.raise_server_exceptions = False  # as a server answers
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_database_that_is_gone_is_said_in_one_sentence(own_file, open_client):
    client = open_client(own_file)
    own_file.unlink()
    answer = client.get("/")
    assert answer.status_code == 503
    assert "There is no database" in answer.text


def test_files_of_the_pages_are_kept_until_they_change(client):
    first = client.get("/static/map/view.js")
    assert first.headers["content-type"].startswith("text/javascript")
    tag = first.headers["etag"]
    again = client.get("/static/map/view.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_every_page_can_be_made(news_file):
    code, out, err = run("serve", "--check", "--db", news_file)
    assert code == 0, err
    for page in (
        "/stories",
        "/outlets",
        "/about",
        "/api",
        "/article?id=",
        "/passages/",
        "/topics/",
    ):
        assert page in out


def test_the_map_asks_for_points_articles_and_texts_of_one_state(client, news_file):
    page = client.get("/map").text
    parts = dict(re.findall(r'data-src="(/map/(\w+)[^"]*)"', page))
    blocks = {name: client.get(address) for address, name in parts.items()}
    assert {one.status_code for one in blocks.values()} == {200}
    meta = blocks["meta"].json()
    assert meta["count"] == topics.info(news_file).passages
    assert {name for name, _ in meta["columns"]} >= {"x", "y", "topic", "article"}
    assert "/article?id=wire-1" in [one["own"] for one in blocks["articles"].json()]
    assert client.get("/map/texts?of=other").status_code == 404


def test_the_map_is_laid_out_apart_and_nothing_is_stored(own_file):
    told: list[float] = []
    digest, places = lay_out_apart(own_file, told.append)
    with CorpusStore.open(own_file) as store:
        nodes = store.rows("SELECT max(node) + 1 FROM assignments")[0][0]
        assert not has_layout(store)
    assert digest
    assert places.shape == (nodes, 2)
    assert told[-1] == 1


LAYING_OUT = """
import multiprocessing, sys, time
from topics.web.mapping import end_with_parent

def work():
    end_with_parent()
    print(multiprocessing.current_process().pid, flush=True)
    time.sleep(600)

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=work, daemon=True)
    process.start()
    process.join()
"""


def test_a_layout_under_way_ends_with_a_server_that_is_killed(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(LAYING_OUT)
    root = str(Path(__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": root}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment
    ) as server:
        child = int(server.stdout.readline())
        server.kill()
        # The stream is closed when the last process that can write to it is gone.
        ended = threading.Thread(target=server.stdout.read, daemon=True)
        ended.start()
        ended.join(60)
        alive = ended.is_alive()
        if alive:
            os.kill(child, signal.SIGKILL)
    assert not alive


def test_a_map_that_is_being_laid_out_says_how_far_it_is(own_file, monkeypatch):
    half, go_on = threading.Event(), threading.Event()

    def lay_out_slowly(path, note):
        note(0.5)
        half.set()
        go_on.wait(20)
        return lay_out_apart(path, note)

    monkeypatch.setattr("topics.web.mapping.lay_out_apart", lay_out_slowly)
    desk = Desk(Session(own_file), patience=0.01)
    client = TestClient(build(desk), base_url="http://127.0.0.1:8765")
    client.get("/map")
    assert half.wait(20)
    page = client.get("/map").text
    go_on.set()
    assert "50% done" in page
    assert 'http-equiv="refresh"' in page


def test_an_edit_leaves_the_places_of_the_map(own_file, open_client, monkeypatch):
    client = open_client(own_file, edit=True)
    assert "/map/points" in client.get("/map").text
    monkeypatch.setattr("topics.web.mapping.lay_out_apart", lambda *_: pytest.fail("again"))
    topic = topics.topics(own_file)[0].id
    topics.rename(str(topic), "Renamed", db=own_file)
    assert "/map/points" in client.get("/map").text


def test_a_map_of_before_the_last_articles_is_not_shown(own_file, open_client, put):
    with CorpusStore.open(own_file, write=True) as store:
        put(store, "late-1", ["A late passage of the river."], title="Late", source="post")
    assert "when topics and stories are up to date" in open_client(own_file).get("/map").text
