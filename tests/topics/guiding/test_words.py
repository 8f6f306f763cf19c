from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topics.guiding.words import find_words, match_words

TALK = ["Weather and traffic."] * 12


def test_forms_of_a_word_match() -> None:
    wanted = [find_words(["Deliveries of arms"])]
    matched = match_words(["They deliver an arm.", *TALK], wanted)
    assert matched[0, 0] > 0
    assert not matched[1:].any()


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    texts = ["missiles", "contracts", "contracts", *TALK, *TALK]
    matched = match_words(texts, [find_words(["missile contract"])])
    assert matched[0, 0] > matched[1, 0] > 0


def test_a_word_in_every_passage_and_a_stop_word_count_for_nothing() -> None:
    wanted = [find_words(["the war, once more"])]
    assert not match_words(["the war once"] * 5, wanted).any()


def test_a_repeated_word_counts_for_less_than_a_second_word() -> None:
    texts = ["arms arms arms", "arms embargo", "arms", *TALK, *TALK]
    twice, two, once = match_words(texts, [find_words(["arms embargo"])])[:3, 0]
    assert once < twice < two


@given(st.permutations(["arms sold", "talks held", "rain", "rain", "", "embargo lifted"]))
def test_the_order_of_passages_has_no_effect(texts: list[str]) -> None:
    wanted = [find_words(["arms embargo"]), find_words(["talks"])]
    both = dict(zip(texts, match_words(texts, wanted).round(9).tolist(), strict=True))
    again = sorted(texts)
    assert [both[text] for text in again] == match_words(again, wanted).round(9).tolist()


def test_topics_without_words_match_nothing() -> None:
    assert match_words(["rain"], [frozenset()]).tolist() == [[0.0]]
    assert match_words(["rain"], []).shape == (1, 0)
    assert np.isfinite(match_words([""], [find_words(["rain"])])).all()
