"""An article is counted once, whatever its addresses, and whatever comes first."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.identity import is_same_article, share_of_runs, share_of_words
from embeddings.corpus.intake import ReadingReport, add_paths
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import list_twins, read_addresses, read_versions

FERRY = (
    "Councillors in Hartwell voted by nine to four on Tuesday night to close the old ferry "
    "terminal, ending a service that has carried workers across the estuary for sixty years."
)
GROWN = f"{FERRY} Residents of the south bank said that they would appeal to the minister." * 2
PRICES = "Inflation slowed in February, as prices of cooking oil and diesel fell, an office said."
BASE = "post.example/ferry"
ADDRESSES = [
    f"https://www.{BASE}",
    f"https://www.{BASE}?utm_source=x",
    f"http://{BASE}/",
    f"https://m.{BASE}",
    f"https://www.{BASE}#comments",
]


def write(path: Path, *found: dict[str, object]) -> Path:
    path.write_text("\n".join(map(json.dumps, found)))
    return path


def add(store: CorpusStore, *paths: Path, now: str = "") -> ReadingReport:
    return add_paths(store, paths, ReadOptions(), time_read=now)


def state(store: CorpusStore) -> object:
    """All that must not hang on what was read first."""
    return [
        (
            document.id,
            document.text,
            document.url,
            sorted(version.document.text for version in read_versions(store, document.id)),
            {url for url, _ in read_addresses(store, document.id)} | {document.url},
        )
        for document in store.documents()
    ]


def test_an_article_of_several_addresses_is_one_and_the_others_are_named(store, tmp_path):
    report = add(
        store, write(tmp_path / "a.jsonl", *({"text": FERRY, "url": u} for u in ADDRESSES))
    )
    (document,) = store.documents()
    assert (document.id, document.url) == (f"https://{BASE}", ADDRESSES[0])
    assert (report.added, report.repeated, report.met) == (1, 4, 5)
    path = str(tmp_path / "a.jsonl")
    assert list_twins(store) == sorted((path, url, document.id) for url in ADDRESSES[1:])
    assert {url for url, _ in read_addresses(store, document.id)} == set(ADDRESSES[1:])
    assert read_versions(store, document.id) == []


TWINS = [
    {"text": FERRY, "url": ADDRESSES[1], "date": "2024-03-05"},
    {"text": GROWN, "url": ADDRESSES[2], "date": "2024-03-05"},
    {"text": FERRY, "url": ADDRESSES[3], "date": "2024-03-05T09:00"},
    {"text": PRICES, "url": "https://post.example/prices?id=2&utm_id=1", "date": "2024-03-06"},
]


@pytest.mark.parametrize("split", [1, 3])
@pytest.mark.parametrize("at_once", [True, False])
def test_which_twin_stands_hangs_neither_on_order_nor_on_runs(tmp_path, split, at_once):
    states = []
    for number, order in enumerate(permutations(TWINS[:3])):
        paths = [
            write(tmp_path / f"{number}-{part}.jsonl", *order[part::split], TWINS[3])
            for part in range(split)
        ]
        with CorpusStore.open(tmp_path / f"{number}.db", write=True) as store:
            for run in [paths] if at_once else [[path] for path in paths]:
                add(store, *run)
            states.append(state(store))
            again = add(store, *paths)
            assert (again.added, again.updated, again.unchanged_files) == (0, 0, split)
    assert all(one == states[0] for one in states)
    assert [(one[1], one[3]) for one in states[0]] == [(GROWN, [FERRY]), (PRICES, [])]


def test_articles_of_one_address_that_say_other_things_are_several(store, tmp_path):
    """A stream of posts, each with a place of its own in it."""
    posts = [
        {"text": FERRY, "url": "https://post.example/live#1"},
        {"text": PRICES, "url": "https://post.example/live#2"},
    ]
    file = write(tmp_path / "a.jsonl", *posts)
    add(store, file)
    names = {document.text: document.id for document in store.documents()}
    assert sorted(names) == sorted([FERRY, PRICES])
    write(file, *posts[::-1], {"text": "A third post, on the harbour.", "url": posts[0]["url"]})
    report = add(store, file)
    assert (report.added, report.updated) == (1, 0)
    assert names.items() <= {document.text: document.id for document in store.documents()}.items()


def test_an_article_is_one_under_ids_that_differ_where_its_address_is_one(store, tmp_path):
    """Numbers of rows, and ids of each crawl."""
    found = [{"id": n, "text": FERRY, "url": url} for n, url in enumerate(ADDRESSES)]
    found += [{"id": 9, "text": PRICES, "url": ADDRESSES[0]}]
    file = write(tmp_path / "a.jsonl", *found)
    add(store, file)
    assert sorted(document.text for document in store.documents()) == sorted([FERRY, PRICES])
    add(store, write(tmp_path / "b.jsonl", {"text": FERRY, "url": ADDRESSES[1]}))
    assert len(store.documents()) == 2


def test_what_is_no_address_names_an_article_as_it_is(store, tmp_path):
    texts = {
        "print only": FERRY,
        "https://[": PRICES,
        "/news/3": "A third article, on the harbour.",
    }
    add(store, write(tmp_path / "a.jsonl", *({"text": t, "url": u} for u, t in texts.items())))
    assert {document.id: document.text for document in store.documents()} == texts


def test_a_file_that_changes_leaves_its_texts_as_versions_and_comes_back_to_one(store, tmp_path):
    file = tmp_path / "a.txt"
    for day, text in enumerate([FERRY, GROWN, FERRY], start=1):
        file.write_text(f"The ferry\n\n{text}\n")
        add(store, file, now=f"2024-03-0{day}T12:00:00+00:00")
        add(store, file, now="2030-01-01T00:00:00+00:00")
    ((stored, first, changed),) = store.rows("SELECT text, first_read, changed FROM documents")
    assert stored.endswith(f"{FERRY}\n")
    assert (first, changed) == ("2024-03-01T12:00:00+00:00", "2024-03-03T12:00:00+00:00")
    (version,) = read_versions(store, str(file))
    assert GROWN in version.document.text
    assert version.read == "2024-03-02T12:00:00+00:00"


def test_a_file_that_is_read_in_another_way_has_not_changed(store, tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    file.write_text(f"The ferry\n\n{FERRY}\n\nShare this article\n")
    add(store, file, now="2024-03-01T12:00:00+00:00")
    monkeypatch.setattr("embeddings.articles.files.PROCESSING", 1_000)
    with store.transaction() as connection:
        connection.execute("UPDATE documents SET text = ?, version = x'00'", (PRICES,))
    assert add(store, file).updated == 1
    assert read_versions(store, str(file)) == []
    assert store.rows("SELECT changed FROM documents") == [("2024-03-01T12:00:00+00:00",)]


def test_a_row_that_holds_another_article_now_is_no_version_of_the_one_before(store, tmp_path):
    file = write(tmp_path / "a.jsonl", {"text": FERRY})
    add(store, file, now="2024-03-01T12:00:00+00:00")
    write(file, {"text": PRICES})
    add(store, file, now="2024-03-02T12:00:00+00:00")
    (document,) = store.documents()
    assert read_versions(store, document.id) == []
    assert store.rows("SELECT first_read FROM documents") == [("2024-03-02T12:00:00+00:00",)]


def test_an_article_that_is_removed_comes_back_from_the_other_file_it_stood_in(store, tmp_path):
    one = write(tmp_path / "a.jsonl", {"text": GROWN, "url": ADDRESSES[0]})
    other = write(tmp_path / "b.jsonl", {"text": FERRY, "url": ADDRESSES[1]})
    add(store, one, other)
    store.remove_documents([f"https://{BASE}"])
    assert store.rows("SELECT 1 FROM versions UNION ALL SELECT 1 FROM addresses") == []
    assert add(store, other).added == 1


def test_times_of_reading_are_no_part_of_what_topics_come_from(tmp_path):
    file = write(tmp_path / "a.jsonl", {"text": FERRY})
    prints = []
    for year in (2024, 2025):
        with CorpusStore.open(tmp_path / f"{year}.db", write=True) as store:
            add(store, file, now=f"{year}-01-01T00:00:00+00:00")
            prints.append((store.corpus_fingerprint(), store.document_version(f"{file}#1")))
    assert prints[0] == prints[1]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("", "", 0.0), ("", "a", 0.0), ("a b", "b c d e", 0.25), ("a a", "a", 0.5), ("b a", "a b", 1)],
)
def test_words_in_common_are_a_share_of_those_of_the_longer_text(one, other, share):
    assert share_of_words(one, other) == share_of_words(other, one) == share


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("a b", "a b", 0.0), ("a b c", "x a b c y z", 1.0), ("a b c d", "b c d e f", 0.5)],
)
def test_runs_in_common_are_a_share_of_those_of_the_shorter_text(one, other, share):
    assert share_of_runs(one, other) == share_of_runs(other, one) == share


def test_an_article_that_was_cut_is_the_same_and_one_of_the_same_words_is_not():
    assert is_same_article(FERRY, f"{FERRY} {PRICES * 9}")
    assert not is_same_article(FERRY, PRICES)
