"""What "the conflict" of a description is, in a corpus that is on one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from topics.guiding.elsewhere import find_elsewhere, is_of_the_affair

SYRIA = ["Fighting went on in Syria.", "Damascus was shelled."] * 6


def follow(texts: list[str]) -> np.ndarray:
    return np.array([(row, row + 1) for row in range(len(texts) - 1)], np.int64)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("Talks and envoys on ending the conflict politically.", True),
        ("Talks on ending the civil war.", True),
        ("Talks on ending the war in Yemen.", False),
        ("Talks between governments.", False),
        ("", False),
    ],
)
def test_a_description_speaks_of_the_affair_where_it_names_no_other(description, told) -> None:
    assert is_of_the_affair(description) is told


def test_a_passage_that_names_another_country_is_elsewhere() -> None:
    texts = [*SYRIA, "Envoys spoke of Iran's programme.", "Iran and Syria were spoken of."]
    assert find_elsewhere(texts, None).tolist() == [False] * 12 + [True, False]


def test_a_passage_is_where_those_around_it_are() -> None:
    texts = [*SYRIA, "Talks came.", "Talks in Tehran came.", "Iran spoke.", "They met again."]
    around = follow(texts[12:]) + 12
    assert find_elsewhere(texts, around).tolist()[12:] == [True] * 4
    assert find_elsewhere(texts, None).tolist()[12:] == [False, True, True, False]


def test_a_passage_amid_others_that_seldom_name_the_country_is_elsewhere() -> None:
    story = ["Syria was shelled."] * 12
    summit = [*["The allies met."] * 4, "They spoke of Syria, too.", *["The allies met."] * 4]
    pairs = np.concatenate([follow(story), follow(summit) + len(story)])
    told = find_elsewhere([*story, *summit], pairs)
    assert told.tolist() == [False] * len(story) + [True] * len(summit)


def test_few_passages_around_say_nothing() -> None:
    texts = [*["Syria was shelled."] * 12, "The allies met.", "The allies met."]
    assert not find_elsewhere(texts, follow(texts[12:]) + 12).any()


def test_a_corpus_on_no_one_country_is_nowhere_else() -> None:
    assert not find_elsewhere(["In Syria it rained.", "In Iran it rained."] * 5, None).any()
    assert not find_elsewhere(["It rained."], None).any()


def test_a_country_that_is_named_everywhere_says_nothing() -> None:
    texts = [*SYRIA, *["Washington said no."] * 7]
    assert not find_elsewhere(texts, None).any()


def test_countries_of_many_passages_take_little_memory() -> None:
    names = ["Iran", "Iraq", "Turkey", "Russia", "France", "Germany", "Egypt", "Jordan", "Yemen"]
    names += ["Mali", "Chad", "Kenya", "Ghana", "India", "China", "Japan", "Spain", "Italy", "Peru"]
    texts = [*SYRIA * 20, *(f"It rained in {name}." for name in names), *["It rained."] * 50_000]
    find_elsewhere(texts[:300], None)
    tracemalloc.start()
    told = find_elsewhere(texts, None)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told.sum() == len(names)
    assert most < 50_000 * 400
