"""An article is shown with its versions, its addresses, and where else its passages stand."""

from __future__ import annotations

import dataclasses

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import Reading, keep_version, note_address
from embeddings.errors import InputError
from tests.conftest import paragraphs_of
from tests.running import run
from topics.answers.article import article
from topics.answers.story import stories, story
from topics.pipeline.run import derive

SINCE = Reading("2013-05-10T13:00:00+00:00", "2013-05-12T09:30:00+00:00")
URL = "https://www.wire.example/convoy?id=7"


@pytest.fixture
def revised(news, encoder):
    """The day's news, an article of which had another text and another address."""
    with CorpusStore.open(news, write=True) as store:
        (now,) = store.documents(["wire-1"])
        now = dataclasses.replace(now, url=URL)
        before = dataclasses.replace(
            now, title="Aid convoy near town", text=now.text.replace("eleven", "nine")
        )
        store.put_document(
            now, [], paragraphs_of(now), (("html boilerplate", "Share this"),), SINCE
        )
        keep_version(store, before, SINCE.first)
        note_address(store, "wire-1", "http://wire.example/convoy?id=7&utm_id=1", "/b.csv")
        derive(store, encoder)
    return news


def test_an_article_tells_its_versions_passages_copies_and_what_was_left_out(revised):
    found = article("wire-1", revised)
    assert (found.first_read, found.changed) == (SINCE.first, SINCE.changed)
    (version,) = found.versions
    assert (version.read, version.title) == (SINCE.first, "Aid convoy near town")
    (change,) = version.changes
    assert (change.before, change.after) == ("nine", "eleven")
    assert version.text[change.before_start : change.before_end] == "nine"
    assert found.text[change.after_start : change.after_end] == "eleven"
    assert [[copy.source for copy in one.copies] for one in found.passages] == [["post"], ["post"]]
    assert all(one.topic and found.text[one.start : one.end] == one.text for one in found.passages)
    assert [line.text for line in found.removed] == ["Share this"]
    assert found.addresses == (("http://wire.example/convoy?id=7&utm_id=1", "/b.csv"),)
    assert found.story in {one.id for one in stories(revised)}


@pytest.mark.parametrize(
    "given",
    [
        "wire-1",
        "wire",
        URL,
        "http://m.wire.example/convoy/?utm_source=x&id=7#top",
        "https://www.wire.example/con",
        "utm_id=1",
        " wire-1\n",
    ],
)
def test_an_article_is_found_by_its_id_its_addresses_or_a_part_of_one(revised, given):
    assert article(given, revised).id == "wire-1"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "No article is named; give its id or address"),
        ("nobody", "No article has 'nobody' in its id or address; `topicwire search`"),
        ("-1", "4 articles have '-1' in their id or address (courier-1, ledger-1, post-1, wire-1)"),
        ("https://www.other.example/", "No article has 'https://www.other.example/'"),
    ],
)
def test_what_fits_none_or_several_gets_a_sentence(revised, given, said):
    with pytest.raises(InputError) as caught:
        article(given, revised)
    assert str(caught.value).startswith(said)


def test_the_whole_of_an_id_is_meant_though_others_have_it_in_theirs(news, put):
    with CorpusStore.open(news, write=True) as store:
        put(store, "wire-12", ["Another article."])
    assert article("wire-1", news).id == "wire-1"


def test_an_article_of_an_older_file_has_no_times_and_says_so(news, tmp_path):
    with CorpusStore.open(news, write=True) as store, store.transaction() as connection:
        connection.execute("UPDATE documents SET first_read = NULL, changed = NULL")
    assert article("post-1", news).first_read == ""
    out = run("article", "post-1", "--db", news, cwd=tmp_path)[1]
    assert "first read   before that was noted" in out


def test_a_version_is_shown_with_its_headline_and_changes(revised, tmp_path):
    out = run("article", "wire-1", "--db", revised, cwd=tmp_path)[1]
    assert "changed      2013-05-12 09:30 UTC; 1 other version below" in out
    assert "Version read 2013-05-10 13:00 UTC, dated 2013-05-10 12:30; to the next 1 change:" in out
    assert "headline: Aid convoy near town -> Aid convoy reaches besieged town" in out
    assert "nine -> eleven  changed figure" in out


def test_a_story_says_which_of_its_articles_have_versions(revised, tmp_path):
    number = article("wire-1", revised).story
    (one,) = story(number, revised).revised
    assert (one.document_id, one.versions, one.changed) == ("wire-1", 1, SINCE.changed)
    out = run("story", number, "--db", revised, cwd=tmp_path)[1]
    assert "2 versions, changed" in out
