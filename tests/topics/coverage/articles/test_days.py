"""The days on which something may have been published."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.coverage.articles.days import ANY_DAY, day_bounds, days_apart, split_by_days

DAYS = st.dates().map(str)


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2013-05-11", "2013-05-11T23:59", 0),
        ("2013-05-11", "2013-05-12", 1),
        ("2013-05-11", "2013-05-09", 2),
        ("2013-05", "2013-06-01", 1),
        ("2013-05", "2013-05-31", 0),
        ("2013", "2014-01-03", 3),
        ("2013-02-30", "2020-01-01", 0),
        ("", "2020-01-01", 0),
    ],
)
def test_the_fewest_days_between_two_dates(a, b, days):
    assert days_apart(a, b) == days_apart(b, a) == days


def test_what_may_be_any_day_is_near_every_day():
    assert day_bounds("") == day_bounds("2013-02-30") == ANY_DAY


@given(st.lists(DAYS, max_size=12), st.integers(0, 5), st.randoms())
def test_printings_are_parted_by_days_alone_whatever_the_order(dates, most, shuffle):
    def days_of_printings(order: list[str]) -> set[tuple[int, ...]]:
        bounds = [day_bounds(date) for date in order]
        printings = split_by_days(bounds, most)
        assert sorted(place for printing in printings for place in printing) == [*range(len(order))]
        return {tuple(sorted(bounds[place][0] for place in printing)) for printing in printings}

    found = days_of_printings(dates)
    assert all(days[-1] - days[0] <= most for days in found)
    firsts = sorted(days[0] for days in found)
    assert all(later - first > most for first, later in pairwise(firsts))
    mixed = list(dates)
    shuffle.shuffle(mixed)
    assert days_of_printings(mixed) == found


@pytest.mark.parametrize(("most", "printings"), [(30, [[0], [1]]), (31, [[0, 1]])])
def test_coarse_dates_are_one_printing_up_to_the_most_days(most, printings):
    bounds = [day_bounds(month) for month in ("2013-05", "2013-07")]
    assert split_by_days(bounds, most) == printings


@pytest.mark.parametrize(("most", "printings"), [(2, [[0], [1]]), (3, [[0, 1]])])
@pytest.mark.parametrize("day", ["2013-04-28", "2013-06-03"])
def test_a_coarse_date_goes_to_a_printing_up_to_the_most_days_away(day, most, printings):
    bounds = [day_bounds(date) for date in (day, "2013-05")]
    assert split_by_days(bounds, most) == printings
