"""What `story` and `outlets` say of a day's news, and what they refuse."""

from __future__ import annotations

import json

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.running import run
from tests.topics.answers.test_copies import CONVOY
from topics.answers.article_copies import article_copies
from topics.answers.copies import copies
from topics.answers.outlets import outlets
from topics.answers.story import stories, story
from topics.pipeline.run import derive


def test_stories_are_listed_with_outlets_and_dates(news):
    first, second = stories(news)
    assert first.outlets == ("courier", "levant-wire", "post")
    assert (first.first, first.last) == ("2013-05-10T12:30", "2013-05-11")
    assert first.copied == 2
    assert second.outlets == ("courier", "ledger")


def test_stories_are_filtered_by_outlet_and_date(news):
    assert [one.outlets for one in stories(news, sources=["Ledger"])] == [("courier", "ledger")]
    assert [one.outlets for one in stories(news, until="2013-05")] == [
        ("courier", "levant-wire", "post")
    ]


def number(news, outlet: str) -> int:
    return next(one.id for one in stories(news) if outlet in one.outlets)


def test_a_story_says_who_was_first_and_who_has_it_from_whom(news):
    report = story(number(news, "post"), news)
    assert [one.source for one in report.first] == ["levant-wire"]
    assert report.first_is_certain
    by_outlet = {one.article.source: one for one in report.articles}
    copy = by_outlet["post"]
    assert copy.copied == copy.words
    assert copy.sources[0].article.source == "levant-wire"
    assert copy.sources[0].earlier
    for one in report.articles:
        assert one.copied + one.shared + one.quoted + one.boilerplate + one.own == one.words
    edited = by_outlet["courier"].sources[0]
    assert ("figure", "11", "12") in edited.conflicts
    added = [by_outlet["courier"].text[a.start : a.end] for a in edited.added]
    assert added == [
        "It is the first to reach the town since March, when snow closed the mountain road."
    ]
    assert any("post" in voice.outlets and "levant-wire" in voice.outlets
               for voice in report.voices)  # fmt: skip


def test_outlets_of_one_owner_are_one_voice(news, tmp_path):
    owners = tmp_path / "owners.toml"
    owners.write_text('[owners]\n"Courier" = "Tarn Group"\n"Ledger" = "Tarn Group"\n')
    voices = story(number(news, "ledger"), news, owners=owners).voices
    assert len(voices) == 1
    assert {join.reason for join in voices[0].joins} >= {"owner"}
    code, out, _ = run("story", number(news, "ledger"), "--db", news, "--owners", owners)
    assert code == 0
    assert "1 independent voice;" in out


def test_the_terminal_lays_a_copy_beside_its_source(news):
    code, out, _ = run("story", number(news, "post"), "--db", news)
    assert code == 0
    assert "Earliest here" in out
    assert "**eleven**" in out
    assert "**twelve**" in out
    _, short, _ = run("story", number(news, "post"), "--db", news, "--no-diff")
    assert "**twelve**" not in short
    assert "changed figure: 11 -> 12" in short


def test_a_story_that_is_not_there_is_said_so(news):
    code, _, err = run("story", "99", "--db", news)
    assert (code, err) == (
        2, "topicwire: There is no story 99; `topicwire story` lists the stories and numbers.\n",
    )  # fmt: skip


def test_outlets_say_who_repeats_whom_and_what_is_original(news):
    report = outlets(news)
    rows = {row.outlet: row for row in report.outlets}
    assert rows["levant-wire"].original_share == 1.0
    assert rows["post"].original == 0
    for row in report.outlets:
        parts = (row.original, row.wire, row.earlier, row.unordered, row.self, row.quote,
                 row.boilerplate)  # fmt: skip
        assert sum(parts) == row.words
    directed = {(one.outlet, one.source) for one in report.reuse if one.directed}
    assert ("post", "levant-wire") in directed
    assert ("levant-wire", "post") not in directed
    assert all(one.words > 0 for one in report.reuse)


def test_outlets_of_an_owners_file_that_are_not_here_are_named(news, tmp_path):
    owners = tmp_path / "owners.toml"
    owners.write_text('[[owner]]\nname = "Tarn Group"\noutlets = ["Ledger", "Moon"]\n')
    report = outlets(news, owners=owners)
    assert report.strangers == ("Moon",)
    assert {row.owner for row in report.outlets} >= {"Tarn Group", "post"}
    _, out, _ = run("outlets", "--db", news, "--owners", owners)
    assert "Moon" in out


def test_the_matrix_is_written_as_a_spreadsheet(news, tmp_path):
    out = tmp_path / "outlets.csv"
    code, shown, err = run("outlets", "--db", news, "--csv", out)
    assert code == 0, err
    assert "levant-wire" in shown
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("outlet,source,directed,words")
    assert any(line.startswith("post,levant-wire,True") for line in lines)


@pytest.mark.parametrize("command", [["story"], ["outlets"], ["copies"], ["copies", "--articles"]])
def test_json_is_the_whole_result(news, command):
    code, out, _ = run(*command, "--db", news, "--json")
    assert code == 0
    assert json.loads(out)


@pytest.mark.parametrize("fields", [{}, {"source": "post"}, {"published": "2013"}])
def test_without_outlets_or_dates_there_is_an_answer(tmp_path, put, encoder, fields):
    path = tmp_path / "news.db"
    with CorpusStore.open(path, write=True) as store:
        for name in ("a", "b", "c"):
            put(store, name, [CONVOY], **fields)
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    (one,) = stories(path, across=False)
    report = story(one.id, path)
    assert len(report.first) == 3
    assert not report.first_is_certain
    (row,) = outlets(path).outlets
    assert row.articles == 3
    assert row.words == 3 * len(CONVOY.split())
    for command in (["story"], ["story", one.id], ["outlets"], ["copies", "--sharing", "all"]):
        assert run(*command, "--db", path)[0] == 0


@pytest.mark.parametrize("read", [stories, outlets, copies, article_copies])
def test_a_database_that_is_not_there_is_said_so(tmp_path, read):
    with pytest.raises(StoreError):
        read(tmp_path / "none.db")


def test_a_file_of_owners_that_is_none_is_refused(news, tmp_path):
    owners = tmp_path / "owners.toml"
    owners.write_text("owners = 3")
    with pytest.raises(InputError):
        outlets(news, owners=owners)


def test_a_table_is_never_written_over_a_database(news):
    before = news.read_bytes()
    for command in (["outlets"], ["copies"], ["copies", "--articles"]):
        code, _, err = run(*command, "--db", news, "--csv", news)
        assert code == 2
        assert "ends in .csv" in err
    assert run("copies", "--db", news, "--csv", "")[0] == 2
    assert news.read_bytes() == before


def test_a_table_beside_the_screen_leaves_the_screen_as_it_is(news, tmp_path):
    plain = run("copies", "--db", news)[1]
    assert run("copies", "--db", news, "--csv", tmp_path / "a.csv")[1] == plain


@pytest.mark.parametrize(
    "args",
    [
        ["copies", "--why-not", "1", "2", "--kind", "exact"],
        ["copies", "--articles", "--pairs"],
        ["story", "1", "--source", "post"],
        ["calibrate", "--curve", "--answers"],
        ["calibrate", "--reset", "--count", "5"],
        ["calibrate", "--threshold", "0.9", "--precision", "0.9"],
        ["calibrate", "--forget", "1", "3"],
    ],
)
def test_options_that_clash_or_do_nothing_are_refused(news, args):
    code, _, err = run(*args, "--db", news)
    assert code == 2
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "args",
    [["story"], ["outlets"], ["calibrate", "--yes", "1", "5"], ["copies", "--why-not", "1", "3"]],
)
def test_a_corpus_that_has_changed_since_is_said_so(news, put, args):
    with CorpusStore.open(news, write=True) as store:
        put(store, "new", [CONVOY], source="new")
    code, _, err = run(*args, "--db", news)
    assert code == 4
    assert "topicwire cluster" in err
    assert len(err.strip().splitlines()) == 1


def test_stories_count_copies_inside_the_story_only(news):
    assert [one.copied for one in stories(news)] == [2, 1]


@pytest.mark.parametrize(
    "command", [["story"], ["outlets"], ["copies"], ["calibrate", "--answers"]]
)
def test_no_line_is_wider_than_a_pipe_of_80_columns(news, command, tmp_path):
    owners = tmp_path / "owners.toml"
    owners.write_text('[owners]\n"courier" = "The Tarn and Marsh Publishing Group of Companies"\n')
    extra = ["--owners", owners] if command == ["outlets"] else []
    out = run(*command, *extra, "--db", news)[1]
    assert max(map(len, out.splitlines()), default=0) <= 80
