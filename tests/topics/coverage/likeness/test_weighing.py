"""Words in common: function words of the texts' languages, characters, and blind pairs."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.text.wording import read_many
from topics.coverage.likeness.passages import WEIGHTS
from topics.coverage.likeness.weighing import (
    Likeness,
    count_stems,
    find_blind,
    leave_to_words,
    weigh_words,
)

GERMAN = [
    "Der Rat hat die Fähre auf der Insel eingestellt",
    "Die Ärzte haben auf der Station die Arbeit eingestellt",
]
JAPANESE = ["宮崎県沖を震源とする地震", "宮崎県で地震があった", "港町で新しい市場が開業した"]


def common_words(texts: list[str], language: str) -> np.ndarray:
    vectors, _ = weigh_words(count_stems(read_many(texts), [language] * len(texts)))
    return (vectors @ vectors.T).toarray()


def test_function_words_of_their_language_are_not_what_two_texts_have_in_common():
    assert common_words(GERMAN, "de")[0, 1] < common_words(GERMAN, "und")[0, 1] / 2


def test_two_characters_in_a_row_are_what_texts_without_spaces_have_in_common():
    alike = common_words(JAPANESE, "ja")
    assert alike[0, 1] > 0.25
    assert alike[0, 2] == alike[1, 2] == 0


def test_english_texts_are_counted_as_ever():
    texts = read_many(["The rebels attacked the villages", "They attack a village in a war"])
    plain, named = count_stems(texts), count_stems(texts, ["en", "und"])
    assert (plain != named).nnz == 0


@pytest.mark.parametrize(("words", "least"), [(0.0, -15.0), (0.11, -15.0), (0.4, -2.5)])
def test_of_a_pair_that_the_model_does_not_read_the_words_decide(words, least):
    one = np.ones(1)
    measured = Likeness(WEIGHTS, 0.95 * one, words * one, 0.467 * one, 0.092 * one)
    blind = leave_to_words(measured, np.array([True])).evidence[0]
    assert blind < measured.evidence[0]
    assert blind < -15 if least == -15.0 else blind > least
    assert leave_to_words(measured, np.array([False])).evidence[0] == measured.evidence[0]


def test_a_pair_is_blind_where_either_text_is_unread():
    pairs = np.array([[0, 1], [0, 2], [1, 2]])
    assert find_blind(["en", "en", "ja"], {"ja"}, pairs).tolist() == [False, True, True]
