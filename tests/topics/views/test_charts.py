"""Charts: bars to their own scale, lanes no more exact than the dates are."""

from __future__ import annotations

import re

import pytest

from topics.views.charts import draw_lanes, draw_parts, draw_periods
from topics.views.dates import spell_time


def test_the_largest_period_fills_its_row_and_none_is_lost():
    chart = str(draw_periods([400, 0, 1], [0, 0, 0], "says"))
    assert "V0.0h" in chart
    assert len(re.findall(r"M\d", chart)) == 2


def test_a_date_without_an_hour_is_a_band_of_its_day_and_not_a_dot():
    lanes, _ = draw_lanes(
        [
            ("a", "2013-05-10T12:00", "with its hour", False),
            ("b", "2013-05-10", "with its day", False),
            ("c", "", "without", False),
        ]
    )
    pictures = {lane.outlet: str(lane.picture) for lane in lanes}
    assert "<circle" in pictures["a"]
    assert "<rect" not in pictures["a"]
    assert 'width="100.00%"' in pictures["b"]
    assert "<circle" not in pictures["b"]
    assert "<circle" not in pictures["c"]
    assert [lane.undated for lane in lanes] == [(), (), ("without",)]


def test_articles_of_an_outlet_share_a_lane_in_the_order_of_the_first():
    lanes, ticks = draw_lanes(
        [
            ("b", "2013-05-01", "one", True),
            ("a", "2013-05-03", "two", False),
            ("b", "2013-05-05", "three", False),
        ]
    )
    assert [lane.outlet for lane in lanes] == ["b", "a"]
    assert str(lanes[0].picture).count("<rect") == 2
    assert 1 < len(ticks) <= 4


@pytest.mark.parametrize("published", ["2013-02-30", "2013", ""])
def test_a_day_that_cannot_be_is_listed_and_not_drawn(published):
    (lane,), ticks = draw_lanes([("a", published, "odd", False)])
    assert lane.undated == ("odd",)
    assert ticks == []


def test_names_are_escaped():
    lanes, _ = draw_lanes([("<b>", "2013-05-01", "<script>", False)])
    assert "<script>" not in str(lanes[0].picture)
    assert "<b>" not in str(lanes[0].picture)
    assert "<i>" not in str(draw_parts([("own", 1)], 1, "<i>"))


@pytest.mark.parametrize(
    ("published", "spelt"),
    [
        ("2017-04-09T13:15", "9 April 2017 13:15"),
        ("2017-04-09", "9 April 2017"),
        ("2017-04", "April 2017"),
        ("2017", "2017"),
        ("2013-W05", "28 January 2013"),
        ("", "no date"),
        ("2017-99", "2017-99"),
    ],
)
def test_a_date_is_spelt_as_exactly_as_it_is_known(published, spelt):
    assert spell_time(published) == spelt
