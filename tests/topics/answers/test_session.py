"""An open session answers as the functions do, loads once, and follows what others change."""

from __future__ import annotations

import inspect
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

import topics
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from topics.answers import outlets as outlets_module
from topics.answers import session as session_module
from topics.answers.session import Session
from topics.hierarchy import outline as outline_module

METHODS = [name for name, one in vars(Session).items() if isinstance(one, session_module._Answer)]


@pytest.fixture
def opened(news, encoder, monkeypatch):
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: encoder)
    with topics.open(news) as session:
        encoder.encoded.clear()  # of making the database
        yield session


@pytest.fixture
def measured(monkeypatch):
    """Count how often what outlets repeat is read."""
    read, calls = outlets_module.read_outlets, []

    def count(*given):
        calls.append(threading.get_ident())
        return read(*given)

    monkeypatch.setattr(outlets_module, "read_outlets", count)
    return calls


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_the_function_of_its_name_without_the_database(opened, name):
    function = inspect.signature(getattr(topics, name)).parameters
    method = inspect.signature(getattr(opened, name)).parameters
    assert [one for one in function if one != "db"] == list(method)
    assert "db" in function
    assert getattr(opened, name).__doc__ == getattr(topics, name).__doc__


def test_every_function_of_a_database_is_a_method_but_those_that_make_one():
    of_one = {
        name
        for name in topics.__all__
        if inspect.isfunction(found := getattr(topics, name))
        and "db" in inspect.signature(found).parameters
    }
    assert of_one - set(METHODS) == {"cluster", "import_files", "repair", "restore"}


def test_the_answers_are_those_of_the_functions(opened, news):
    assert opened.topics() == topics.topics(news)
    assert opened.outlets() == topics.outlets(news)
    assert opened.outlets(sources=["post"]) == topics.outlets(news, sources=["post"])
    assert opened.copies(kinds=["contains"]) == topics.copies(news, kinds=["contains"])
    assert opened.trends(by="month") == topics.trends(news, by="month")
    number = opened.stories()[0].id
    assert opened.story(number) == topics.story(number, news)


def test_another_database_cannot_be_given(opened, tmp_path):
    with pytest.raises(TypeError, match="db"):
        opened.trends(db=tmp_path / "other.db")


def test_changes_and_pairs_go_by_the_encoder_that_is_open(opened, monkeypatch):
    opened.search("convoy")
    monkeypatch.setattr(
        "topics.answers.encoder.stored_encoder", lambda _: pytest.fail("opened again")
    )
    opened.rename(str(opened.topics()[0].id), "Renamed")
    opened.questions("story")
    opened.calibrate("near_copy")


def test_the_encoder_is_opened_once(opened, encoder):
    first = opened.search("convoy of lorries", limit=2)
    opened.search("flood")
    assert encoder.encoded == ["a", "convoy of lorries", "flood"]
    assert first[0].source in {"levant-wire", "post", "courier"}


def test_what_took_long_is_found_once_until_the_database_changes(opened, news, measured):
    before = opened.outlets()
    assert opened.outlets() is before
    assert len(measured) == 1
    with CorpusStore.open(news, write=True) as store:
        store.set_setting("owners", {"post": "Levant Media", "levant-wire": "Levant Media"})
    assert opened.outlets() != before
    assert len(measured) == 2


@pytest.fixture
def counted(monkeypatch):
    """Note each table of derived rows that is checked, and each reading of the outline."""
    calls = []
    check, read = CorpusStore.fits_rows, outline_module._read
    monkeypatch.setattr(
        CorpusStore, "fits_rows", lambda *given: calls.append(given[1]) or check(*given)
    )
    monkeypatch.setattr(
        outline_module, "_read", lambda store: calls.append("outline") or read(store)
    )
    return calls


def test_tables_are_checked_and_the_outline_read_once_until_the_database_changes(
    opened, news, counted
):
    for _ in range(2):
        assert opened.search("convoy", topics=[str(opened.topics()[0].id)])
    assert counted.count("outline") == counted.count("assignments") == 1
    assert len(counted) == len(set(counted))
    with CorpusStore.open(news, write=True) as store:
        store.set_setting("owners", {})
    opened.search("convoy")
    assert counted.count("outline") == counted.count("assignments") == 2


def test_a_function_reads_the_outline_once_a_question(news, encoder, counted, monkeypatch):
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: encoder)
    topics.search("convoy", db=news)
    assert counted.count("outline") == 1


def test_damage_after_a_question_is_told_at_each_further_one(opened, news):
    assert opened.search("convoy")
    with closing(sqlite3.connect(news, isolation_level=None)) as connection:
        connection.execute("UPDATE assignments SET strength = 0.123 WHERE passage_id = 1")
    for _ in range(2):
        with pytest.raises(StoreError, match="the table assignments"):
            opened.search("convoy")


def test_a_passage_that_moved_under_the_same_digests_is_found_where_it_is(opened, news):
    with CorpusStore.open(news) as store:
        rows = store.rows("SELECT topic_id, min(passage_id) FROM assignments GROUP BY 1")
    (old, moved), (new, _) = rows[:2]

    def found(topic):
        hits = opened.search("convoy", topics=[str(topic)])
        return {one for hit in hits for one in (hit.passage_id, *hit.copies)}

    assert moved in found(old)
    with CorpusStore.open(news, write=True) as store, store.transaction() as connection:
        connection.execute(
            "UPDATE assignments SET topic_id = ?1, leaf_id = NULL WHERE passage_id = ?2",
            (new, moved),
        )
        store.note_sums(["assignments"])
    assert moved not in found(old)
    assert moved in found(new)


def test_other_arguments_are_another_question(opened):
    assert opened.copies(kinds=["contains"]) != opened.copies(kinds=["exact"])
    assert opened.trends(by="month") != opened.trends(by="year")


def test_threads_that_ask_the_same_share_one_answer(opened, measured):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: opened.outlets(), range(16)))
        hits = list(pool.map(lambda _: opened.search("convoy"), range(16)))
    assert len(measured) == 1
    assert all(one is found[0] for one in found)
    assert all(one == hits[0] for one in hits)


def test_what_is_asked_by_an_iterator_is_what_is_answered(opened):
    listed = opened.copies(kinds=["contains"], sharing=["all"])
    assert opened.copies(kinds=iter(["contains"]), sharing=iter(["all"])) == listed
    topic = str(opened.topics()[0].id)
    assert opened.trends(topics=iter([topic])) == opened.trends(topics=[topic])
    assert opened.outlets(sources=iter(["post"])) == opened.outlets(sources=["post"])
    assert opened.outlets(sources="post") == opened.outlets(sources=["post"])


def test_a_thread_that_waits_for_an_answer_that_fails_asks_itself(opened):
    began, go_on = threading.Event(), threading.Event()

    def fail():
        began.set()
        go_on.wait()
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(opened.keep, "question", fail)
        began.wait()
        second = pool.submit(opened.keep, "question", lambda: 7)
        time.sleep(0.1)  # until it waits; it is told 7 also where it comes late
        go_on.set()
        assert second.result() == 7
        assert isinstance(first.exception(), KeyboardInterrupt)


def test_an_answer_that_failed_is_sought_again(opened):
    for _ in range(2):
        with pytest.raises(InputError, match="nobody"):
            opened.trends(sources=["nobody"])
    assert not opened._answers


def test_a_change_of_articles_is_said_as_by_the_functions(opened, news, put):
    opened.outlets()
    with CorpusStore.open(news, write=True) as store:
        put(store, "new", ["A paragraph that nobody has read yet, on another matter."])
    with pytest.raises(StoreError, match="have changed since"):
        opened.outlets()


def test_a_closed_session_may_be_used_again(opened):
    before = opened.outlets()
    opened.close()
    assert opened.outlets() == before


def test_a_missing_database_is_said_when_it_is_opened(tmp_path):
    with pytest.raises(StoreError, match="There is no database at"):
        topics.open(tmp_path / "none.db")


def test_few_answers_are_kept(opened, monkeypatch):
    monkeypatch.setattr(session_module, "_MOST_ANSWERS", 3)
    for number in range(5):
        assert opened.keep(number, lambda number=number: number) == number
    assert list(opened._answers) == [2, 3, 4]


def test_a_function_keeps_nothing(news, measured):
    assert topics.outlets(news) == topics.outlets(news)
    assert len(measured) == 2


def test_the_packages_list_what_there_is():
    assert {"open", "Session", "search"} <= set(dir(topics))
    assert dir(topics) == topics.__all__
