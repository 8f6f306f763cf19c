"""Dates that count back from when a page was fetched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.articles.parsing.relative_dates import parse_relative

EVENING = "2024-03-05T21:10"


@pytest.mark.parametrize(
    ("value", "fetched", "published"),
    [
        ("12 minutes ago", EVENING, "2024-03-05T20:58"),
        ("3 hours ago", EVENING, "2024-03-05"),
        ("an hour ago.", "2024-03-05T01:30", "2024-03"),  # on either side of midnight
        ("Yesterday", EVENING, "2024-03-04"),
        ("2 days  ago", "2024-03-01", "2024-02-28"),
        ("1 week ago", "2024-03-31T12:00", "2024-03"),
        ("2 months ago", "2024-12-20T12:00", "2024"),
        ("1 year ago", EVENING, ""),
        ("3 hours ago", "", ""),
        ("3 hours ago", "2024-03", ""),
        ("999 years ago", "1600-01-01", ""),
        ("3 hours", EVENING, ""),
        ("12 May 2013", EVENING, ""),
    ],
)
def test_what_is_surely_known_of_a_date_is_kept(value, fetched, published):
    assert parse_relative(value, fetched) == published


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(0, 300))
def test_a_count_of_hours_is_never_another_day(moment, hours):
    found = parse_relative(f"{hours} hours ago", f"{moment:%Y-%m-%dT%H:%M}")
    for minutes in (0, 59):
        meant = moment - timedelta(hours=hours, minutes=minutes)
        assert f"{meant:%Y-%m-%dT%H:%M}".startswith(found)
