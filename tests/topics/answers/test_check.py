"""What is damaged is named, what can be made again is, and no answer is a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.corpus.citations import read_quotations
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from tests.running import run
from topics.answers import cluster as clustering
from topics.answers.check import check, repair
from topics.answers.story import stories
from topics.answers.topics import summarise_topics
from topics.coverage.examples.judgements import Judgement, put_judgement, read_judgements
from topics.edits.edits import Anchor, Edit, put_edit, read_edits
from topics.pipeline.citing import load_articles
from topics.pipeline.run import lay_out


@pytest.fixture
def whole(news, encoder, monkeypatch) -> Path:
    """The day's news with a layout, and its own encoder at hand for a repair."""
    with CorpusStore.open(news, write=True) as store:
        lay_out(store)
    monkeypatch.setattr(clustering, "choose_encoder", lambda *_: encoder)
    return news


def change(path: Path, *statements: str) -> None:
    """Change a file behind the back of all checksums."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables but what tells one run from another."""
    with CorpusStore.open(path) as store:
        names = [
            name
            for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("sqlite_", "words"))
        ]
        found = {name: store.rows(f"SELECT * FROM {name}") for name in names}  # noqa: S608
        # A vector made anew stands in another row.
        found["arrays"] = [row for row in found["arrays"] if row[0] != "search.places"]
        found["settings"] = [row for row in found["settings"] if row[0] != "search"]
        return {name: sorted(rows, key=repr) for name, rows in found.items()}


def test_of_a_whole_database_nothing_is_damaged(whole):
    report = check(whole)
    assert report.damaged() == {}
    assert {one.what: one.checked for one in report.checks}["articles"] == 6
    code, out, _ = run("info", "--check", "--db", whole)
    assert (code, "Nothing is damaged" in out) == (0, True)
    before = contents(whole)
    assert not repair(whole).rebuilt
    assert contents(whole) == before


DERIVED = {
    "settings": "UPDATE settings SET value = '7' WHERE key = 'story_counts'",
    "arrays": "UPDATE arrays SET data = zeroblob(length(data)) WHERE name = 'graph.indices'",
    "stages": "UPDATE stages SET notes = '[1]' WHERE name = 'places'",
    "vectors": "UPDATE vectors SET vector = zeroblob(length(vector)) WHERE rowid = 1",
    "tables": "UPDATE relations SET evidence = 'x'",
    "words": "INSERT INTO words (words, rowid, text) VALUES ('delete', 1, 'no such words')",
}


@pytest.mark.parametrize("what", DERIVED)
def test_what_follows_from_the_articles_is_named_and_made_anew(whole, what):
    before = contents(whole)
    change(whole, DERIVED[what])
    assert list(check(whole).damaged()) == [what]
    code, out, told = run("info", "--check", "--db", whole)
    assert code == StoreError.exit_code
    assert f"damaged, of the {what}" in out
    assert "info --repair" in told
    report = repair(whole)
    assert report.rebuilt
    assert report.after.damaged() == {}
    assert contents(whole) == before


@pytest.mark.parametrize("name", ["'guidXd'", "CAST(x'ff' AS TEXT)"])
def test_a_setting_whose_name_was_changed_is_named_and_taken_out(whole, name):
    change(whole, f"UPDATE settings SET key = {name} WHERE key = 'story_counts'")  # noqa: S608
    for line in (("info",), ("cluster",)):
        code, _, told = run(*line, "--db", whole)
        assert (code, "the setting" in told, "--repair" in told) == (
            StoreError.exit_code,
            True,
            True,
        )
    report = repair(whole)
    assert len(report.dropped.chosen) == 1
    assert report.after.damaged() == {}
    assert run("topics", "--db", whole)[0] == 0


def test_lines_left_out_that_are_not_what_was_stored_are_told(whole):
    line = "INSERT INTO removals VALUES ('wire-1', 0, 4, 'byline', 'Wire')"
    change(whole, "DELETE FROM sums WHERE name = 'removals'", line)
    assert run("cluster", "--db", whole)[0] == run("info", "--db", whole)[0] == 0
    change(whole, line)
    assert check(whole).damaged() == {"tables": ("removals",)}
    for line in (("info",), ("info", "--check"), ("cluster", "--show-removed")):
        code, _, told = run(*line, "--db", whole)
        assert (code, "damaged" in told) == (StoreError.exit_code, True)
    assert "topicwire restore" in run("info", "--repair", "--db", whole)[2]


def test_an_index_whose_vectors_moved_is_named_and_made_anew(whole):
    change(whole, "UPDATE vectors SET rowid = rowid + 100")
    assert check(whole).damaged() == {"search": ("the places of its vectors",)}
    code, out, told = run("info", "--check", "--db", whole)
    assert code == StoreError.exit_code
    assert "damaged, of the search" in out
    assert "info --repair" in told
    assert repair(whole).after.damaged() == {}


def test_lengths_are_counted_anew_where_the_full_text_index_was_damaged(whole):
    with CorpusStore.open(whole, write=True) as store:
        before = store.array("search.lengths")
        store.put_array("search.lengths", before + 1)
    change(whole, DERIVED["words"])
    repair(whole)
    with CorpusStore.open(whole) as store:
        assert store.array("search.lengths").tolist() == before.tolist()


KEPT = {
    "articles": "UPDATE documents SET title = 'Another' WHERE id = 'wire-1'",
    "passages": "UPDATE passages SET hash = zeroblob(16) WHERE id = 1",
    "by hand": "INSERT INTO edits (kind, content, made) VALUES ('merge', 'x', '')",
    "references": "INSERT INTO removals VALUES ('none', 0, 1, 'rule', 'text')",
}


@pytest.mark.parametrize("what", KEPT)
def test_what_does_not_is_named_and_left_as_it_is(whole, what):
    change(whole, KEPT[what])
    assert what in check(whole).damaged()
    code, _, told = run("info", "--check", "--db", whole)
    assert (code, told.count("\n")) == (StoreError.exit_code, 1)


def test_a_setting_that_the_user_chose_is_said_to_be_lost(whole):
    with CorpusStore.open(whole, write=True) as store:
        store.set_setting("topics_count", 3)
    change(whole, "UPDATE settings SET value = '4' WHERE key = 'topics_count'")
    assert repair(whole).dropped.chosen == ("topics_count",)
    assert check(whole).damaged() == {}


def test_numbers_of_topics_go_on_where_the_last_one_is_lost(whole):
    with CorpusStore.open(whole) as store:
        last = store.setting("last_topic_id")
    change(whole, "UPDATE settings SET value = '1' WHERE key = 'last_topic_id'")
    assert repair(whole).after.damaged() == {}
    with CorpusStore.open(whole) as store:
        assert store.setting("last_topic_id") == last


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE topics SET keyphrases = 'x'",
        "UPDATE topics SET keyphrases = '7'",
        "UPDATE topics SET parent = id",
    ],
)
def test_a_damaged_topic_is_said_to_be_and_hangs_nothing(whole, statement):
    change(whole, statement)
    with (
        pytest.raises(StoreError, match=r"damaged \(the table topics\)"),
        CorpusStore.open(whole) as store,
    ):
        summarise_topics(store)


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("UPDATE assignments SET strength = strength / 2", "topics"),
        ("UPDATE assignments SET topic_id = (SELECT max(id) FROM topics)", "search --like 1"),
        ("UPDATE topics SET name = 'Another'", "trends"),
        ("UPDATE copy_members SET share = share / 2", "copies"),
        ("UPDATE copy_groups SET across = 1 - across", "copies"),
        ("UPDATE relations SET score = score / 2", "copies --pairs"),
        ("UPDATE article_relations SET facts = facts + 1", "copies --articles"),
        ("UPDATE story_members SET story_id = (SELECT max(id) FROM stories)", "story"),
    ],
)
def test_rows_that_follow_from_the_articles_are_not_shown_where_they_changed(
    whole, statement, command
):
    assert run(*command.split(), "--db", whole)[0] == 0
    change(whole, statement)
    code, out, told = run(*command.split(), "--db", whole)
    assert (code, out) == (StoreError.exit_code, "")
    assert f"damaged (the table {statement.split()[1]})" in told
    assert "info --check" in told


def test_bytes_where_a_text_should_be_are_said_to_be_damage(whole):
    change(whole, "INSERT INTO problems VALUES ('wire-1', NULL, CAST(x'fffe' AS TEXT))")
    code, _, told = run("info", "--json", "--db", whole)
    assert (code, told.count("\n")) == (StoreError.exit_code, 1)
    assert "is damaged (a text in it is none)" in told


def test_a_stage_whose_name_is_bytes_hangs_no_search(whole):
    change(whole, "UPDATE stages SET name = x'fffe' WHERE name = 'names'")
    assert run("search", "--like", 1, "--db", whole)[0] == 0


def test_rows_with_a_sum_of_a_former_kind_are_shown_and_said_to_be_unknown(whole):
    change(whole, "UPDATE sums SET crc = 7 WHERE name = 'assignments'")
    assert run("topics", "--db", whole)[0] == 0
    (tables,) = [one for one in check(whole).checks if one.what == "tables"]
    assert (tables.unknown, tables.damaged) == (1, ())


def test_an_error_that_comes_from_damage_says_so(whole):
    def read(path: Path, action: Callable[[CorpusStore], object]) -> None:
        with CorpusStore.open(path) as store:
            action(store)

    def fail(_: CorpusStore) -> None:
        raise IndexError(7)

    with pytest.raises(IndexError):
        read(whole, fail)
    change(whole, "UPDATE relations SET evidence = 'x'")
    with pytest.raises(StoreError, match=r"damaged \(tables: relations\)"):
        read(whole, fail)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE edits SET made = '2013-05-11'",
        "UPDATE edits SET kind = 'nan'",
        "UPDATE edits SET content = replace(content, '\"into\": 0', '\"into\": 1')",
        "UPDATE edits SET content = x'fffe'",
        "UPDATE judgements SET same = 1 - same",
        "UPDATE judgements SET a = '{}'",
    ],
)
def test_what_was_made_by_hand_is_said_to_be_damaged_with_a_cure(whole, statement):
    with CorpusStore.open(whole, write=True) as store:
        (key,), *_ = store.rows("SELECT lower(hex(hash)) FROM passages ORDER BY id")
        put_edit(store, Edit(0, "split", (Anchor("", (key,), 1, 9),)))
        put_judgement(store, Judgement("story", "post-1", "wire-1", same=True))
    assert check(whole).damaged() == {}
    change(whole, statement)
    (said,) = check(whole).damaged()["by hand"]
    assert "take it out with `sqlite3" in said
    table = statement.split()[1]
    with pytest.raises(StoreError, match="is damaged"), CorpusStore.open(whole) as store:
        (read_edits if table == "edits" else read_judgements)(store)


def test_a_paragraph_or_a_story_that_is_not_what_was_stored_is_not_shown(whole):
    change(whole, "UPDATE passages SET text = replace(text, 'eleven', 'twelve') WHERE id = 1")
    with (
        pytest.raises(StoreError, match=r"damaged \(passage 1\)"),
        CorpusStore.open(whole) as store,
    ):
        read_quotations(store, [1, 2])
    with (
        pytest.raises(StoreError, match=r"damaged \(passage 1\)"),
        CorpusStore.open(whole) as store,
    ):
        load_articles(store, [one.document_id for one in store.passages() if one.id == 1])
    change(whole, "UPDATE stories SET cohesion = 'nan'")
    with pytest.raises(StoreError, match=r"damaged \(the table stories\)"):
        stories(whole)
