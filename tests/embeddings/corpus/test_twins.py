"""A file of before version 7 comes to name its articles by their addresses, each once."""

from __future__ import annotations

import json

import pytest

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.checking import check_file
from embeddings.corpus.intake import add_paths
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import read_addresses, read_times, read_versions
from embeddings.text.normalising import hash_text
from tests.older import make_older
from topics.coverage.examples.judgements import Judgement, put_judgement, read_judgements
from topics.edits.edits import Edit, put_edit, read_edits

FERRY = "Councillors voted by nine to four on Tuesday night to close the old ferry terminal."
GROWN = f"{FERRY} Residents of the south bank said that they would appeal to the minister."
PRICES = "Inflation slowed in February, as prices of cooking oil and diesel fell, an office said."
DOCTORS = "Doctors at the hospital began a second day of strikes over night shifts on Monday."
# Id, text, date: as version 6 named them, by url.
OLD = (
    ("https://www.post.example/ferry?utm_source=x", FERRY),
    ("http://post.example/ferry/", FERRY),
    ("https://m.post.example/ferry", GROWN),
    ("https://www.times.example/prices?id=2", PRICES),
    ("https://post.example/live#1", PRICES[::-1]),
    ("https://post.example/live#2", DOCTORS[::-1]),
    ("doctors-1", DOCTORS),
)
NEW = {
    "https://post.example/ferry": GROWN,
    "https://times.example/prices?id=2": PRICES,
    "https://post.example/live": PRICES[::-1],
    "https://post.example/live#2": DOCTORS[::-1],
    "doctors-1": DOCTORS,
}
PIN = hash_text(PRICES).hex()


@pytest.fixture
def rows(tmp_path):
    """The file that the articles were read from."""
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": name if name.startswith("doc") else "",
                    "url": name,
                    "text": text,
                    "source": "Harbour Post",
                }
            )
            for name, text in OLD
        )
    )
    return path


@pytest.fixture
def old(tmp_path, put, rows):
    """A file of version 3 with topics, edits and answers."""
    path = tmp_path / "old.db"
    with CorpusStore.open(path, write=True) as store:
        for name, text in OLD:
            put(store, name, [text], url=name, path=str(rows), source="Harbour Post")
        put_edit(store, Edit(0, "part", passages=(PIN, hash_text(DOCTORS).hex()), made="2024"))
        for a, b, same, made in (
            (OLD[0][0], OLD[3][0], False, "2024-01-01"),
            (OLD[1][0], OLD[3][0], True, "2024-01-02"),
            (OLD[0][0], OLD[1][0], True, "2024-01-01"),
            (OLD[2][0], "doctors-1", True, "2024-01-01"),
        ):
            put_judgement(store, Judgement("story", *sorted((a, b)), same, made))
        put_judgement(store, Judgement("near_copy", "0" * 32, "1" * 32, True, "2024-01-01"))
        with store.transaction() as connection:
            connection.executemany(
                "INSERT INTO story_memory VALUES (?, ?)", [(OLD[1][0], 5), (OLD[3][0], 6)]
            )
            connection.execute("INSERT INTO stories VALUES (5, ?, .5)", (OLD[0][0],))
            connection.execute("INSERT INTO story_members VALUES (?, 5)", (OLD[3][0],))
            make_older(connection, 3)
    return path


def test_articles_of_one_address_become_one_and_the_others_texts_its_versions(old):
    with CorpusStore.open(old) as store:
        assert {document.id: document.text for document in store.documents()} == NEW
        assert [passage.document_id for passage in store.passages()] == sorted(NEW)
        ferry = "https://post.example/ferry"
        assert [one.document.text for one in read_versions(store, ferry)] == [FERRY]
        assert [url for url, _ in read_addresses(store, ferry)] == sorted(n for n, _ in OLD[:2])
        assert not any(check.damaged for check in check_file(store))


def test_when_articles_of_older_files_were_read_is_not_known(old):
    with CorpusStore.open(old) as store:
        times = read_times(store, "doctors-1")
        assert (times.first, times.changed) == ("", "")
        assert read_versions(store, "https://post.example/ferry")[0].read == ""


def test_edits_and_answers_are_carried_over(old):
    """Of two answers on what is one pair now the later holds; one on a pair of one is gone."""
    with CorpusStore.open(old) as store:
        (edit,) = read_edits(store)
        assert edit.passages == (PIN, hash_text(DOCTORS).hex())
        ferry, prices = "https://post.example/ferry", "https://times.example/prices?id=2"
        assert {(j.kind, j.a, j.b, j.same, j.made) for j in read_judgements(store)} == {
            ("near_copy", "0" * 32, "1" * 32, True, "2024-01-01"),
            ("story", ferry, prices, True, "2024-01-02"),
            ("story", "doctors-1", ferry, True, "2024-01-01"),
        }
        assert dict(store.rows("SELECT * FROM story_memory")) == {ferry: 5, prices: 6}


def test_a_file_that_is_read_again_finds_its_articles(old, rows):
    """As they are named now, though nothing tells which row they came from."""
    with CorpusStore.open(old, write=True) as store:
        before = store.documents()
        report = add_paths(store, [rows], ReadOptions())
        assert (report.added, report.updated) == (0, 0)
        assert store.documents() == before


def test_a_file_whose_articles_keep_their_names_keeps_what_follows_from_them(tmp_path, put):
    path = tmp_path / "old.db"
    with CorpusStore.open(path, write=True) as store:
        put(store, "doctors-1", [DOCTORS])
        with store.transaction() as connection:
            make_older(connection, 6)
            connection.execute("INSERT INTO stages VALUES ('topics', 'd', '[]', NULL)")
    with CorpusStore.open(path) as store:
        assert store.rows("SELECT name FROM stages") == [("topics",)]
