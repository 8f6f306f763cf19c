"""Claims about the figures and dates that articles are told apart by."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.text.wording import read_many
from topics.coverage.likeness.facts import Facts, conflict


def facts(*texts):
    return Facts(read_many([*texts, *[""] * len(texts)]))


def recur(one, other):
    return float(facts(one, other).recur(np.array([0]), np.array([1]))[0])


def test_figures_and_dates_are_read_by_value():
    read = facts("Twelve died in 2013 on Monday", "12th of 1,200 in July")
    assert read.figures.multiply(read.figures[[1, 1]]).sum(axis=1).ravel().tolist()[0] == [1.0, 2.0]
    assert np.diff(read.dates.indptr).tolist() == [2, 1]


def test_facts_conflict_where_both_have_some_and_none_in_common():
    read = facts("35 dead", "nine dead", "nobody dead", "35 or 36 dead")
    pairs = np.array([[0, 1], [0, 2], [0, 3]])
    assert conflict(read.figures, *pairs.T).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Payrolls rose by 162,000 in July", "Payrolls rose by 169,000 in August"),
        ("A magnitude 6.1 quake struck on Tuesday", "A magnitude 5.5 quake struck on Sunday"),
        ("A 6.1 quake struck on Tuesday", "A 5.5 quake struck on Sunday"),
        ("No two died on Tuesday", "No three died on Sunday"),
        ("The third round of talks began", "The fourth round of talks began"),
        ("The 2012 model costs $300", "The 2013 model costs $350"),
    ],
)
def test_happenings_that_recur_are_told_apart(one, other):
    assert recur(one, other) >= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("At least 35 died in the quake", "The quake killed 41"),
        ("The quake struck on Tuesday", "Rescuers dug on Wednesday"),
        ("An F-16 crashed on Tuesday", "An F-35 crashed on Wednesday"),
        ("Payrolls rose by 162,000 in July", "162,000 found work in July"),
    ],
)
def test_a_toll_that_rose_or_another_weekday_alone_is_no_other_happening(one, other):
    assert recur(one, other) == 0


def test_the_last_word_of_a_text_names_no_numeral_of_the_next():
    read = facts("Boeing", "35 died in July", "36 died in August")
    assert read.recur(np.array([1]), np.array([2])).tolist() == [2.0]


def test_only_the_beginning_tells_happenings_apart():
    far = "word " * 60
    assert recur(f"{far} in July", f"{far} in August") == 0
