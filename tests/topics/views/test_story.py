"""Facts as the texts of a story spell them."""

from __future__ import annotations

import pytest

from topics.views.story import _as_printed


@pytest.mark.parametrize(
    ("value", "text", "printed"),
    [
        ("eleven", "Eleven lorries came.", "Eleven"),
        ("eleven", "In İzmir Eleven lorries came.", "Eleven"),
        ("5", "Of 15 lorries 5 came.", "5"),
        ("ten", "Often Ten lorries come.", "Ten"),
        ("12", "None came.", "12"),
    ],
)
def test_a_fact_is_spelt_as_in_the_text(value, text, printed):
    assert _as_printed(value, text) == printed
