"""``topicwire cluster``: what is said of what was read."""

from __future__ import annotations

from collections import Counter

import pytest

from topics.cli.reading import _describe_guessed


@pytest.mark.parametrize(
    ("guessed", "said"),
    [
        ({"w": 1}, "1 article names no outlet: w, the folder, is taken for it"),
        ({"a": 1, "b": 2}, "3 articles name no outlet: their folders (b, a) are taken for it"),
        (
            dict.fromkeys("abcde", 1),
            "5 articles name no outlet: their folders (a, b, c and 2 more) are taken for it",
        ),
    ],
)
def test_folders_taken_for_outlets_are_said_in_one_line(guessed, said):
    assert _describe_guessed(Counter(guessed)) == said
