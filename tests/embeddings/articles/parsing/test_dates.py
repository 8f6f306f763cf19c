"""Date lines and date columns."""

from __future__ import annotations

import subprocess
import sys

import pytest

from embeddings.articles.parsing.dates import parse_date, parse_date_line


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Last Modified: 11 May 2013 05:46", "2013-05-11T05:46"),
        ("Published: Saturday, 2 February 2013", "2013-02-02"),
        ("Updated 10 May 2013, 18:20 GMT", "2013-05-10T18:20"),
        ("Feb 3, 2013 8:15 a.m. EST", "2013-02-03T13:15"),
        ("May 10, 2013 | 6:20pm ET", "2013-05-10T22:20"),
        ("February 10, 2013 | 6:20pm ET", "2013-02-10T23:20"),
        ("12/05/2013", "2013-05-12"),
        ("05/25/2013", "2013-05-25"),
        ("May 2013", "2013-05"),
        ("2013-02-03", "2013-02-03"),
        ("2013-05-10T18:20:00+03:00", "2013-05-10T15:20"),
        ("By Jane Doe | 11 May 2013 | 01:46 BST", "2013-05-11T00:46"),
        ("MOSCOW, 3 May 2013", "2013-05-03"),
        ("18:20 GMT, 10 May 2013", "2013-05-10T18:20"),
        ("Friday, Feb. 1st, 2013", "2013-02-01"),
        ("Published: 2 Feb 2013 | Updated: 3 Feb 2013 10:00", "2013-02-02"),
        ("11 May 2013 12:30 IST", "2013-05-11T12:30"),
        ("1 January 2013 00:30 CET", "2012-12-31T23:30"),
    ],
)
def test_date_line_is_read(line: str, published: str) -> None:
    found = parse_date_line(line)
    assert found is not None
    assert found.published == published


@pytest.mark.parametrize(
    "line",
    [
        "On 11 May 2013 Putin met Cameron",
        "The deal of 11 May 2013",
        "May 2013 was bad",
        "31/02/2013",
        "2013",
        "12 May",
        "Regime gains",
        "He was born on 12 May 2013.",
        "",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert parse_date_line(line) is None


def test_order_of_day_and_month_is_the_users() -> None:
    assert parse_date("12/05/2013", "MDY") == "2013-12-05"
    assert parse_date("12/05/2013", "DMY") == "2013-05-12"


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("2013", "2013"),
        ("2013-05", "2013-05"),
        ("20130511", "2013-05-11"),
        ("2013-05-10 18:20:33.123456+00:00", "2013-05-10T18:20"),
        ("Sat, 02 Feb 2013 18:20:00 GMT", "2013-02-02T18:20"),
        ("1367971200", "2013-05-08T00:00"),
        ("1367971200000", "2013-05-08T00:00"),
        ("3 février 2013", "2013-02-03"),
        ("11. Mai 2013", "2013-05-11"),
        ("5 Mart 2024", "2024-03-05"),
        ("5 มีนาคม 2567", "2024-03-05"),
        ("๕ มีนาคม ๒๕๖๗", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("1863-07-14", "1863-07-14"),
        ("July 2, 1871", "1871-07-02"),
        ("14/07/1688", "1688-07-14"),
        ("Tue Mar 05 21:14:07 +0000 2024", "2024-03-05T21:14"),
        ("Mon Mar 4 01:00:01 +0300 2024", "2024-03-03T22:00"),
        ("20240305211000", "2024-03-05T21:10"),
        ("20240305T211000Z", "2024-03-05T21:10"),
        ("1709673000.25", "2024-03-05T21:10"),
        ("1709673000123.5", "2024-03-05T21:10"),
        ("2024-W10-2", "2024-03-05"),
        ("2024W10", "2024-03"),
        ("2024-W09", "2024"),
        ("2024-03-05T24:00", "2024-03-06T00:00"),
        ("31.12.2023 24:00:00", "2024-01-01T00:00"),
    ],
)
def test_column_values_are_read(value: str, published: str) -> None:
    assert parse_date(value) == published


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2013-02-30", "two days ago", "n/a", "20241399", "1599-01-01", "2024-W54"],
)
def test_values_that_are_no_dates_give_nothing(value: str) -> None:
    assert parse_date(value) == ""


def test_english_dates_load_no_date_parser() -> None:
    code = (
        "import sys; from embeddings.articles.parsing.dates import parse_date; "
        "assert parse_date('3 May 2013 10:00 GMT') == '2013-05-03T10:00'; "
        "assert 'dateparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("value", ["11 ??? 2013", "2013 / 11"])
def test_a_value_without_a_month_is_not_guessed_at(value):
    assert parse_date(value, "DMY") == ""
