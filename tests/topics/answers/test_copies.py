"""Copies as they are listed: groups, pairs, whole articles, and what is left out."""

from __future__ import annotations

from collections import Counter

import pytest

from embeddings.corpus.citations import Quotation
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from embeddings.words.alignment import Comparison, compare
from tests.running import run
from topics.answers.article_copies import article_copies, list_article_copies
from topics.answers.copies import KINDS, _find_first, copies, list_copies
from topics.answers.counting import tell_copies
from topics.answers.info import info
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
        passages, rote = store.passages(), load_coverage(store).rote
    rote = {passages[row].id for row in rote}
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
