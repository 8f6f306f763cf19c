"""Days, weeks, months and years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import InputError
from topics.periods.periods import UNITS, choose_unit, period_of, periods_between, pool


@pytest.mark.parametrize(
    ("published", "unit", "period"),
    [
        ("2013-05-11T05:46", "day", "2013-05-11"),
        ("2013-05-11", "week", "2013-W19"),
        ("2021-01-03", "week", "2020-W53"),
        ("2013-05-11", "month", "2013-05"),
        ("2013", "year", "2013"),
        ("2013-05", "week", ""),
        ("2013", "month", ""),
        ("", "year", ""),
    ],
)
def test_a_date_lies_in_one_period_or_is_too_coarse(published, unit, period):
    assert period_of(published, unit) == period


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(0, 900), st.sampled_from(UNITS))
def test_every_day_of_a_span_has_its_period_in_order(start, days, unit):
    every = [period_of((start + timedelta(days=n)).isoformat(), unit) for n in range(days + 1)]
    assert periods_between(every[0], every[-1], unit) == tuple(dict.fromkeys(every))


def test_too_many_periods_are_refused_with_a_way_out():
    with pytest.raises(InputError, match="longer unit, or narrow the dates"):
        periods_between("1013-05-11", "2013-05-11", "day")


@pytest.mark.parametrize(
    ("dates", "unit"),
    [
        (["2013-05-11", "2013-05-12"], "day"),
        (["2013-05-11", "2013-06-10"], "day"),
        (["2013-05-11", "2013-06-11"], "week"),
        (["2013-05-11", "2014-05-11"], "month"),
        (["2013-05-11", "2019-05-11"], "year"),
        (["2013-05", "2013-06", "2013-05-11"], "month"),
        (["2013-05-11"] * 9 + ["2013", ""], "day"),
        (["1013", "2013"], "year"),
        (["", ""], "year"),
        ([], "year"),
    ],
)
def test_the_unit_fits_the_span_and_what_is_known(dates, unit):
    assert choose_unit(dates) == unit


@given(st.lists(st.integers(0, 9), max_size=90), st.integers(1, 31))
def test_pooling_loses_nothing(counts, columns):
    pooled = pool(counts, columns)
    assert sum(pooled) == sum(counts)
    assert len(pooled) <= columns
