"""One order of day and month for a column."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.articles.parsing.date_columns import describe_order


@pytest.mark.parametrize(
    ("values", "usual", "order", "said"),
    [
        (["03/05/2024", "03/25/2024"], "DMY", "MDY", "month first, as 1 of them"),
        (["3.5.24", "25.3.24"], "MDY", "DMY", "day first, as 1 of them"),
        (["03/05/2024", "2024-05-03", ""], "DMY", "DMY", "nothing tells .* --month-first reads"),
        (["03/05/2024"], "MDY", "MDY", "nothing tells .* leave out --month-first"),
        (["13/05/2024", "05/13/2024", "1/2/2024"], "DMY", "DMY", "contradict .* 1 that may be"),
        (["13/05/2024", "05/13/2024"], "DMY", "DMY", "contradict"),
        (["05/05/2024"], "DMY", "DMY", "nothing tells"),
    ],
)
def test_a_number_above_twelve_decides_for_the_whole_column(values, usual, order, said):
    found, sentence = describe_order(values, usual)
    assert found == order
    assert re.search(said, sentence)


@given(st.lists(st.dates(date(1600, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_no_date_of_one_order_is_read_in_the_other_where_a_row_tells(dates, form):
    order = "DMY" if form.startswith("%d") else "MDY"
    if any(each.day > 12 for each in dates):
        for usual in ("DMY", "MDY"):
            assert describe_order([each.strftime(form) for each in dates], usual)[0] == order
