"""Topics over time and outlets, from a store to the table."""

from __future__ import annotations

import csv
import json
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from tests.running import run
from topics.answers.trends import trends
from topics.cli.trends import chart
from topics.periods.tallies import Sighting, count_sightings, first_sightings

NAMES = {1: "arms", 2: "talks", 3: "=floods"}

# Article: outlet, date, and topic and number of the text of each paragraph.
Articles = list[tuple[str, str, list[tuple[int, int]]]]

WIRE: Articles = [
    ("post", "2013-05-11", [(1, 1), (1, 2), (2, 3)]),
    ("courier", "2013-05-12T08:00", [(1, 1), (2, 4)]),
    ("courier", "2013-05-13", [(1, 1), (1, 1)]),
    ("", "2013-05", [(2, 5)]),
    ("post", "", [(2, 6), (2, 4)]),
]


def fill(path: Path, put, articles: Articles) -> Path:
    """Store articles with their topics; equal numbers of texts are copies."""
    with CorpusStore.open(path, write=True) as store, store.transaction() as connection:
        for number, (outlet, published, paragraphs) in enumerate(articles):
            words = [f"Text {text} of the corpus." for _, text in paragraphs]
            put(store, f"{number}", words, source=outlet, published=published)
        for topic, name in NAMES.items():
            kind = "guided" if topic == 1 else "discovered"
            connection.execute(
                "INSERT INTO topics (id, name, kind, keyphrases, representatives) "
                "VALUES (?, ?, ?, '[]', '[]')",
                (topic, name, kind),
            )
        for passage, document, position in store.rows(
            "SELECT id, document_id, position FROM passages"
        ):
            topic, text = articles[int(document)][2][position]
            connection.execute(
                "INSERT INTO assignments (passage_id, node, topic_id, strength) "
                "VALUES (?, ?, ?, 1.0)",
                (passage, text, topic),
            )
    return path


@pytest.fixture
def wire(tmp_path, put) -> Path:
    return fill(tmp_path / "wire.db", put, WIRE)


def trends_command(*args: object) -> tuple[int, str]:
    code, out, err = run("trends", *args)
    return code, out + err


def test_a_copied_text_counts_once_on_its_first_day_and_apart_on_later_ones(wire):
    report = trends(wire, by="day")
    assert report.periods == ("2013-05-11", "2013-05-12", "2013-05-13")
    arms, talks, _ = report.topics
    assert (arms.passages, arms.distinct, arms.copies) == (5, 2, 3)
    assert arms.distinct_by_period == (2, 0, 0)
    assert arms.copies_by_period == (0, 1, 2)
    assert (arms.articles, arms.outlets) == (3, 2)
    assert (talks.distinct_by_period, talks.distinct_apart, talks.copies_apart) == ((1, 1, 0), 2, 1)


def test_articles_without_an_exact_date_are_counted_apart_and_told(wire):
    report = trends(wire, by="day")
    assert (report.undated_articles, report.coarser_articles) == (1, 1)
    apart = [
        (c.dating, c.period, c.distinct, c.copies) for c in report.cells if c.dating != "exact"
    ]
    assert sorted(apart) == [("coarser", "2013-05", 1, 0), ("none", "", 1, 1)]
    _, out = trends_command("--db", wire, "--by", "day")
    assert "1 article without a date: counted in no period." in out
    assert "1 article dated less exactly than to the day: counted in no period." in out


def test_a_unit_that_all_dates_are_exact_enough_for_leaves_none_apart(wire):
    report = trends(wire, by="month")
    assert report.periods == ("2013-05",)
    assert report.coarser_articles == 0
    assert report.recent == 0


def test_filters_choose_passages_before_copies_are_counted(wire):
    courier = trends(wire, sources=["Courier"])
    assert [t.distinct for t in courier.topics] == [1, 1, 0]
    later = trends(wire, since="2013-05-12", by="day")
    # The month may be after the 12th; the article without a date is left out, and told.
    assert (later.passages, later.undated_left_out, later.coarser_articles) == (5, 1, 1)
    assert later.topics[0].distinct_by_period == (1, 0)
    assert trends(wire, until="2012").passages == 0
    assert trends(wire).undated_left_out == 0


def test_shares_stay_those_of_all_topics_when_one_is_shown(wire):
    one = trends(wire, topics=["talks"])
    assert [topic.name for topic in one.topics] == ["talks"]
    assert one.distinct_by_period == trends(wire).distinct_by_period
    assert {cell.topic for cell in one.cells} == {"talks"}


def test_outlets_without_a_topic_are_listed_with_their_size(wire):
    floods = trends(wire).topics[2]
    assert floods.passages == 0
    assert {(a.outlet, a.articles, a.passages) for a in floods.absences} == {
        ("post", 2, 5),
        ("courier", 2, 4),
    }
    assert not any(absence.surprising for absence in floods.absences)


def test_unknown_outlets_are_one_row_and_no_outlet(wire):
    report = trends(wire)
    assert ("", 1, 1) in {(o.outlet, o.articles, o.passages) for o in report.outlets}
    assert trends(wire, sources=[""]).passages == 1
    assert "unknown outlet" in trends_command("--db", wire, "--outlets")[1]


def test_a_topic_of_the_last_periods_rises(tmp_path, put):
    articles: Articles = []
    for day in range(1, 17):
        for n in range(3):
            topic = 1 if day > 12 else 2
            texts = [(topic, 10 * len(articles) + i) for i in range(4)]
            articles.append((f"outlet {n}", f"2013-05-{day:02d}", texts))
    report = trends(fill(tmp_path / "t.db", put, articles))
    assert report.recent == 4
    assert report.topics[0].distinct_by_period == (0,) * 12 + (12,) * 4
    falling = next(topic.shift for topic in report.topics if topic.id == 2)
    assert falling is not None
    assert (falling.before, falling.after) == (1.0, 0.0)
    assert [t.shift.direction if t.shift else None for t in report.topics] == [
        "rising",
        "falling",
        None,
    ]
    _, out = trends_command("--db", tmp_path / "t.db")
    assert "2013-05-13 to 2013-05-16 against 2013-05-01 to 2013-05-12" in out
    assert "0% to 100%, 2013-05-13" in out
    assert "0% to 100%, 2013-05-01" in out


PARAGRAPHS = st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(1, 6)), max_size=4)
DATES = st.sampled_from(["", "2013", "2013-05", "2013-05-11", "2013-05-11T05:46", "2014-01-02"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(["post", "courier", ""]), DATES, PARAGRAPHS), max_size=6),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_sums_over_periods_and_outlets_are_the_totals(put, articles, unit):
    # A text has one topic, as in a real corpus.
    articles = [(o, d, [(text % 3 + 1, text) for _, text in p]) for o, d, p in articles if p]
    with tempfile.TemporaryDirectory() as folder:
        report = trends(fill(Path(folder) / "t.db", put, articles), by=unit)
    paragraphs = [text for _, _, texts in articles for text in texts]
    assert report.passages == len(paragraphs) == sum(o.passages for o in report.outlets)
    assert report.distinct == len({text for _, text in paragraphs})
    for topic in report.topics:
        cells = [cell for cell in report.cells if cell.topic_id == topic.id]
        assert sum(cell.distinct for cell in cells) == topic.distinct
        assert sum(cell.copies for cell in cells) == topic.copies
        assert topic.distinct + topic.copies == topic.passages
        assert sum(topic.distinct_by_period) + topic.distinct_apart == topic.distinct
        assert sum(topic.copies_by_period) + topic.copies_apart == topic.copies
        in_outlets = {cell.outlet for cell in cells} - {""}
        assert in_outlets.isdisjoint(absence.outlet for absence in topic.absences)
    by_topics = zip(*(topic.distinct_by_period for topic in report.topics), strict=True)
    assert tuple(map(sum, by_topics)) == report.distinct_by_period


@given(st.randoms(use_true_random=False))
def test_the_order_of_articles_has_no_say(deal: random.Random):
    sightings = [
        Sighting(str(number), position, outlet, published, topic, text)
        for number, (outlet, published, paragraphs) in enumerate(WIRE)
        for position, (topic, text) in enumerate(paragraphs)
    ]
    sightings += [Sighting(name, 0, "post", "2013-05-11", 1, 9) for name in "abc"]  # one time
    shuffled = deal.sample(sightings, len(sightings))
    assert count_sightings(shuffled, "day") == count_sightings(sightings, "day")


def test_a_coarse_date_is_first_only_if_it_surely_is():
    month = Sighting("a", 0, "post", "2013-05", 1, 1)
    day = Sighting("b", 0, "post", "2013-05-11", 1, 1)
    undated = Sighting("c", 0, "post", "", 1, 1)
    assert first_sightings([month, undated, day]) == {1: day}
    assert first_sightings([undated, month]) == {1: month}


def test_csv_holds_the_cells_and_no_formula(wire, tmp_path, put):
    path = fill(tmp_path / "f.db", put, [("post", "2013-05-11", [(3, 1)]), *WIRE])
    code, out = trends_command("--db", path, "--csv", tmp_path / "t.csv")
    assert code == 0
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    cells = trends(path).cells
    assert f"Wrote {len(cells)} rows" in out
    assert [int(row["distinct"]) for row in rows] == [cell.distinct for cell in cells]
    assert rows[-1]["topic"] == "'=floods"
    code, out = trends_command("--db", path, "--csv", tmp_path / "missing" / "t.csv")
    assert (code, "cannot be written" in out) == (2, True)


def test_json_is_the_report(wire):
    _, out = trends_command("--db", wire, "--by", "day", "--json")
    report = json.loads(out)
    assert report["topics"][0]["distinct_by_period"] == [2, 0, 0]
    assert len(report["cells"]) == len(trends(wire, by="day").cells)


@pytest.mark.parametrize("options", [(), ("--outlets",), ("--topic", "1"), ("--by", "year")])
def test_the_table_keeps_to_80_columns(wire, options):
    code, out = trends_command("--db", wire, *options)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80


def test_a_chart_tells_none_from_no_text_at_all_and_reads_in_ascii():
    assert chart([0, 1, 0, 4], [2, 4, 0, 4], ascii_only=True, shares=True) == ".2 8"
    assert chart([0, 1, 0, 4], [2, 4, 0, 4], ascii_only=False, shares=True) == "·▂ █"
    assert chart([1, 4], [4, 4], ascii_only=True, shares=False) == "28"
    assert chart([1, 99], [99, 99], ascii_only=True, shares=True) == "18"
    assert len(chart([1] * 100, [1] * 100, ascii_only=True, shares=True)) <= 31
    assert chart([], [], ascii_only=True, shares=True) == ""


def test_no_dates_at_all_still_counts_topics_and_outlets(tmp_path, put):
    path = fill(tmp_path / "t.db", put, [("post", "", [(1, 1)]), ("courier", "", [(2, 2)])])
    report = trends(path)
    assert (report.periods, report.recent, report.undated_articles) == ((), 0, 2)
    assert report.topics[0].distinct == 1
    assert "only one period, or none" in trends_command("--db", path)[1]


def test_nothing_in_range_is_said(wire):
    _, out = trends_command("--db", wire, "--since", "2030")
    assert "No passage fits these filters." in out
    assert "1 article without a date: left out by --since or --until." in out


def test_passages_without_a_topic_are_told(wire, put):
    with CorpusStore.open(wire, write=True) as store:
        put(store, "new", ["Just read, not yet clustered."], source="post")
    assert trends(wire).unclustered == 1
    assert "1 passage without a topic" in trends_command("--db", wire)[1]


def test_a_corpus_without_topics_names_the_command_that_makes_them(tmp_path):
    with CorpusStore.open(tmp_path / "t.db", write=True):
        pass
    with pytest.raises(StoreError, match="topicwire cluster"):
        trends(tmp_path / "t.db")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "decade"}, "day, week, month, year"),
        ({"recent": 0}, "1 or more"),
        ({"recent": 3, "by": "day"}, "number of periods is 3"),
        ({"since": "May"}, "2013-05-11"),
        ({"topics": ["sport"]}, "topicwire topics"),
        ({"sources": ["gazette"]}, "outlets here are"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(wire, options, message):
    with pytest.raises(InputError, match=message):
        trends(wire, **options)
