"""What came in since a time is told by when it was read, whatever its date."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

import topics
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import keep_version
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from embeddings.words.conflicts import FactChange
from tests.running import run
from tests.topics.conftest import CONVOY, WITNESS
from topics.answers.changes import _revise
from topics.cli.story import print_changes
from topics.pipeline.run import derive

BEFORE, SINCE, AFTER = "2026-01-01T06:00:00+00:00", "2026-02-01", "2026-02-01T06:00:00+00:00"
LATER = ("courier-1", "courier-2", "ledger-1", "ledger-2")


@pytest.fixture
def morning(news) -> Path:
    """The day's news, half of it read later, and an article of before revised then."""
    with CorpusStore.open(news, write=True) as store, store.transaction() as connection:
        (wire,) = store.documents(["wire-1"])
        earlier = wire.text.replace("eleven", "nine").replace("the agency said", "it said")
        keep_version(store, replace(wire, text=earlier, title="Convoy waits"), BEFORE)
        connection.execute("UPDATE documents SET first_read = ?, changed = ?", (BEFORE, BEFORE))
        for name in LATER:
            times = (AFTER, AFTER, name)
            connection.execute(
                "UPDATE documents SET first_read = ?, changed = ? WHERE id = ?", times
            )
        connection.execute("UPDATE documents SET changed = ? WHERE id = 'wire-1'", (AFTER,))
    return news


def test_new_stories_new_voices_and_what_is_in_none_are_told_apart(morning):
    found = topics.changes(SINCE, morning)
    assert (found.since, found.articles, found.undated) == ("2026-02-01T00:00:00+00:00", 4, 1)
    assert found.late == 3  # of 2013
    ((new),) = found.new
    assert ([one.document_id for one in new.articles], new.before) == (["courier-2", "ledger-1"], 0)
    ((running),) = found.running
    assert (running.voices, running.before) == (("courier",), 2)
    assert [one.document_id for one in running.articles] == ["courier-1"]
    assert [one.document_id for one in found.alone] == ["ledger-2"]


def test_what_an_article_says_now_and_what_others_still_say_is_told(morning):
    found = topics.changes(SINCE, morning)
    (revised,) = found.revised
    assert (revised.article.document_id, revised.headline) == ("wire-1", "Convoy waits")
    told = [(fact.kind, fact.before, fact.after) for fact in revised.facts]
    assert ("figure", "9", "11") in told
    assert not revised.corrects
    assert found.conflicts
    for pair in found.conflicts:
        assert "courier" in (pair.a.source, pair.b.source)
        assert {fact.kind for fact in pair.facts} == {"figure"}
    nothing = topics.changes("2026-02-02", morning)
    assert (nothing.articles, nothing.revised, nothing.conflicts, nothing.new) == (0, (), (), ())


@pytest.mark.parametrize(("table", "key"), [("documents", "id"), ("versions", "document_id")])
def test_what_changed_is_not_told_of_a_text_that_is_not_what_was_stored(morning, table, key):
    with sqlite3.connect(morning) as connection:
        rows = f"{table} SET text = replace(text, 'lorries', 'lorrids') WHERE {key} = 'wire-1'"
        assert connection.execute(f"UPDATE {rows}").rowcount == 1
    connection.close()
    with pytest.raises(StoreError, match="is damaged"):
        topics.changes(SINCE, morning)


def test_a_correction_is_known_by_what_was_added(morning):
    with CorpusStore.open(morning, write=True) as store, store.transaction() as connection:
        connection.execute("DELETE FROM versions")
        (wire,) = store.documents(["wire-1"])
        keep_version(store, replace(wire, text=wire.text.replace("Witnesses", "People")), BEFORE)
        assert not _revise(store, wire).corrects
        added = replace(wire, text=f"{wire.text}\n\nCorrection: an earlier version had nine.")
        assert _revise(store, added).corrects
        added = replace(wire, text=f"{wire.text}\n\nCorrection (May 5) The lorries were eleven.")
        assert _revise(store, added).corrects
        added = replace(wire, text=f"{wire.text}\n\nThe Department of Corrections sent two.")
        assert not _revise(store, added).corrects


def test_of_a_text_written_anew_a_few_facts_are_printed_and_the_others_counted(morning, capsys):
    (revised,) = topics.changes(SINCE, morning).revised
    added = tuple(FactChange("figure", "", str(number)) for number in range(20))
    print_changes(replace(revised, facts=(*added, *revised.facts)), indent=0)
    out = capsys.readouterr().out
    assert "figure: 9 -> 11" in out  # what stands in another's stead comes first
    assert f"{len(revised.facts) + 12} more; topicwire article wire-1 shows all." in out


@pytest.mark.parametrize("since", ["", "yesterday", "2026", "0001-01-01T00:00+23:59"])
def test_what_is_no_time_is_refused_in_a_sentence(morning, since):
    with pytest.raises(InputError, match=r"is no time; give one such as 2024-03-05"):
        topics.changes(since, morning)


def test_a_time_of_another_zone_is_that_time(morning):
    assert topics.changes("2026-02-01T07:00+01:00", morning).articles == 4
    assert topics.changes("2026-02-01T06:00:01", morning).articles == 0


def test_the_command_shows_each_kind(morning):
    code, out, _ = run("changes", "--since", SINCE, "--db", morning, columns=120)
    assert code == 0
    for words in (
        "4 new articles, 3 of them of an earlier date, 1 without a date, 1 in no story; 1 revised",
        "New stories",
        "Running stories",
        "courier",
        "headline: Convoy waits -> Aid convoy reaches besieged town",
        "figure: 9 -> 11",
        "One wording, other facts",
    ):
        assert words in out


def test_a_version_under_another_address_is_a_revision_and_one_line_of_its_story(
    tmp_path, put, encoder
):
    path, told = tmp_path / "blast.db", {}
    for place, figure in enumerate(("three", "seven", "twelve")):
        told[f"post-{place}"] = {
            "title": f"Convoy of {figure} lorries reaches besieged town",
            "source": "post",
            "published": f"2013-05-10T{12 + place}:00",
            "paragraphs": [CONVOY.replace("eleven", figure), WITNESS],
        }
    told["courier"] = {
        "title": "Convoy of seven lorries reaches besieged town",
        "source": "courier",
        "published": "2013-05-10T16:00",
        "paragraphs": [
            "The convoy of seven lorries crossed the border at Bab al-Hawa on Friday with flour "
            "and medicine for the besieged town, where the agency awaited it."
        ],
    }
    with CorpusStore.open(path, write=True) as store:
        for name, article in told.items():
            put(store, name, **article)
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
        with store.transaction() as connection:
            connection.execute("UPDATE documents SET first_read = ?, changed = ?", (AFTER, AFTER))
    found = topics.changes(SINCE, path)
    assert {(one.article.document_id, one.headline[10:15]) for one in found.revised} == {
        ("post-1", "three"),
        ("post-2", "seven"),
    }
    (number,) = {one.story for one in found.revised}
    (line,) = topics.story(number, path).timelines
    facts = [[(one.before, one.after) for one in version.facts] for version in line]
    assert facts == [[], [("3", "7")], [("7", "12")]]
    assert [[one.article.source for one in version.still] for version in line] == [
        [],
        [],
        ["courier"],
    ]
    code, out, _ = run("story", str(number), "--db", path, columns=120)
    assert code == 0
    assert "2 articles and 2 earlier versions" in out
    assert "still 7 in courier, 2 hours later" in out
    assert "stands in" not in out
