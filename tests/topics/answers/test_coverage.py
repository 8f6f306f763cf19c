"""What `copies`, `story` and `outlets` say of a day's news, and what they refuse."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from embeddings.corpus.citations import Quotation
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from embeddings.words.alignment import Comparison, compare
from tests.running import run
from topics.answers.article_copies import article_copies, list_article_copies
from topics.answers.copies import KINDS, _find_first, copies, list_copies
from topics.answers.counting import tell_copies
from topics.answers.info import info
from topics.answers.outlets import outlets
from topics.answers.story import stories, story
from topics.answers.tables import to_arrow
from topics.coverage.credit.wire import own_agency
from topics.pipeline.covered import load_coverage
from topics.pipeline.passage_rows import COLUMNS, read_passage_rows
from topics.pipeline.run import derive
from topics.pipeline.sharing import CopyCount

CONVOY = (
    "The convoy of eleven lorries crossed the border at noon on Friday, carrying flour, "
    "blankets and medicine for the besieged town, the agency said in a note."
)


def of(pairs) -> set[tuple[str, str, str]]:
    return {(pair.kind, pair.a.source, pair.b.source) for pair in pairs}


# --- copies


def test_copies_whose_facts_conflict_are_pairs_and_not_in_a_group(news):
    report = copies(news)
    convoy = next(g for g in report.groups if g.first.text.startswith("The convoy"))
    assert convoy.outlets == ("levant-wire", "post")
    apart = next(pair for pair in report.pairs if pair.kind == "near_copy")
    assert {apart.a.source, apart.b.source} == {"levant-wire", "courier"}
    assert ("figure", "11", "12") in apart.conflicts


def test_a_pair_has_shares_spans_and_changes_on_both_sides(news):
    pair = next(pair for pair in copies(news).pairs if pair.kind == "contains")
    assert (pair.a.source, pair.b.source) == ("ledger", "courier")
    assert pair.share_b == 1.0
    assert pair.share_a < pair.share_b
    start, end, first, after = pair.spans[0]
    assert pair.a.text[start:end] == pair.b.text[first:after]


def test_pairs_stand_in_for_groups(news):
    report = copies(news, pairs=True)
    assert report.groups == ()
    assert ("exact", "levant-wire", "post") in of(report.pairs)
    assert len(of(report.pairs)) > len(of(copies(news).pairs))


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kinds": ["contains"]}, {("contains", "ledger", "courier")}),
        ({"sources": ["ledger"]}, {("contains", "ledger", "courier")}),
        ({"since": "2013-06"}, {("contains", "ledger", "courier")}),
        ({"until": "2013-05-10", "kinds": ["contains"]}, set()),
        ({"least_share": 0.999, "kinds": ["contains", "near_copy"]},
         {("contains", "ledger", "courier")}),
    ],
)  # fmt: skip
def test_filters_keep_what_they_say(news, filters, found):
    report = copies(news, **filters)
    assert {one for one in of(report.pairs) if one[0] != "same_event"} == found


def test_what_is_listed_and_left_out_is_what_every_command_counts(news):
    def total(counts):
        return sum(one.count for one in counts if one.what == "group")

    everywhere = info(news).copies
    assert total(everywhere) > 0
    for sharing in ("copied", "quotation", "boilerplate", "update", "repeat", "all"):
        report = copies(news, sharing=[sharing])
        assert len(report.groups) + total(report.left_out) == total(everywhere)
        assert all(sharing in ("all", one.sharing) for one in report.groups)
    with CorpusStore.open(news) as store:
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in read_passage_rows(store)]
    told = {row["copy_group"]: (row["copy_sharing"], row["copy_across"]) for row in rows}
    counted = Counter(told[number] for number in told if number is not None)
    assert counted == {
        (one.sharing, one.across): one.count for one in everywhere if one.what == "group"
    }


def test_a_group_is_gone_through_a_few_times_and_the_one_given_first_is_first():
    class Counted(dict):
        lookups = 0

        def __getitem__(self, key):
            self.lookups += 1
            return super().__getitem__(key)

    number = 300
    rows = [Quotation(number - n, "One line.", "", "post", "2013-05-05", "") for n in range(number)]
    agencies = Counted({row.passage_id: frozenset() for row in rows})
    assert _find_first(rows, agencies) == (rows[0], True)
    assert agencies.lookups <= 3 * number
    wire = Quotation(number + 1, "One line.", "", "Reuters", "2013-05-06", "")
    credit = own_agency("Reuters")
    credited = {row.passage_id: frozenset({credit}) for row in [*rows, wire]}
    assert _find_first([*rows, wire], credited)[0] == wire


def test_where_pairs_alone_are_left_out_nothing_is_said_of_groups():
    pairs = [CopyCount("contains", "quotation", True, 2)]
    assert tell_copies(pairs) == {"in a longer passage": "across outlets 2 quotations"}


def test_a_report_that_contains_boilerplate_is_none(news):
    with CorpusStore.open(news, write=True) as store, store.transaction() as connection:
        connection.execute("UPDATE relations SET sharing = 'boilerplate' WHERE kind = 'contains'")
        store.note_sums(["relations"])
    with CorpusStore.open(news) as store:
        ((a, b),) = store.rows("SELECT a, b FROM relations WHERE kind = 'contains'")
        coverage = load_coverage(store)
    rote = {coverage.passages[row].id for row in coverage.rote}
    assert b in rote
    assert a not in rote


@pytest.mark.parametrize(
    "wanted", [{}, {"pairs": True}, {"least_share": 0.3}, {"sharing": ["all"]}]
)
def test_a_limit_shows_the_first_of_each_kind_and_counts_the_rest(news, wanted):
    whole = copies(news, **wanted)
    report, more = list_copies(news, Filters(), **wanted, limit=1)
    assert report.groups == whole.groups[:1]
    assert more["group"] == len(whole.groups) - len(report.groups)
    for kind in KINDS:
        of_kind = [pair for pair in whole.pairs if pair.kind == kind]
        assert [pair for pair in report.pairs if pair.kind == kind] == of_kind[:1]
        assert more[kind] == max(0, len(of_kind) - 1)


def test_only_what_is_shown_is_laid_side_by_side(news, monkeypatch):
    laid = []

    def count(a: str, b: str) -> Comparison:
        laid.append((a, b))
        return compare(a, b)

    monkeypatch.setattr("topics.answers.copies.compare", count)
    pairs = copies(news, sharing=["all"], kinds=["same_event", "contains", "near_copy"]).pairs
    whole = len(laid)
    report, _ = list_copies(news, Filters(), sharing=["all"], kinds=["same_event"], limit=1)
    assert len(laid) - whole == len(report.pairs) <= 1 < len(pairs)


def test_articles_beyond_the_limit_are_counted(news):
    whole = article_copies(news, sharing=["all"])
    pairs, more = list_article_copies(news, Filters(), sharing=["all"], limit=1)
    assert (pairs, more) == (whole[:1], len(whole) - 1)


def test_a_table_of_pairs_has_the_same_rows(news):
    report = copies(news, pairs=True)
    table = to_arrow(report.pairs)
    assert table["kind"].to_pylist() == [pair.kind for pair in report.pairs]
    assert table["a.source"].to_pylist() == [pair.a.source for pair in report.pairs]


def test_pairs_are_written_as_a_spreadsheet(news, tmp_path):
    out = tmp_path / "pairs.csv"
    code, _, err = run("copies", "--db", news, "--csv", out)
    assert code == 0, err
    assert out.read_text(encoding="utf-8").startswith("kind,sharing,a.passage_id")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--least-share", "2"], "give a share from 0 to 1"),
        (["--kind", "twin"], "use one of exact"),
        (["--sharing", "theft"], "use one of copied, quotation"),
        (["--since", "May"], "write a year, month or day"),
        (["--articles", "--kind", "same_event"], "use one of exact, near_copy, contains."),
        (["--source", "nobody"], "outlets here are"),
        (["--csv", "/none/pairs.csv"], "cannot be written"),
        (["--why-not", "1", "1"], "name two"),
        (["--why-not", "1", "999"], "There is no passage 999"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(news, args, said):
    code, _, err = run("copies", "--db", news, *args)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_whole_articles_are_compared(news):
    found = {(one.kind, one.a.source, one.b.source): one for one in article_copies(news)}
    assert ("exact", "levant-wire", "post") in found
    inside = found["contains", "ledger", "courier"]
    assert inside.share_b == 1.0
    start, end, first, after = inside.spans[0]
    assert inside.text_a[start:end] == inside.text_b[first:after]
    code, out, _ = run("copies", "--db", news, "--articles")
    assert code == 0
    assert "stands inside the first" in out


# --- story


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


# --- outlets


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


# --- what a review found


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


def test_kinds_of_pairs_are_told_by_the_pair(tmp_path, put, encoder):
    path = tmp_path / "news.db"
    edited = CONVOY.replace("besieged", "encircled")
    with CorpusStore.open(path, write=True) as store:
        for outlet, text in (("a", CONVOY), ("b", CONVOY), ("c", edited)):
            put(store, outlet, [text], source=outlet)
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    for kind in ("exact", "near_copy"):
        pairs = copies(path, kinds=kind, pairs=True).pairs
        assert [pair.kind for pair in pairs] == [kind]


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
