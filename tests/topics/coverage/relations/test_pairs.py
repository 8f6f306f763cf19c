"""Claims about the score of a pair of short texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.coverage.relations.pairs import measure_pair, score_pair

REPORT = "Rebels shot down an army helicopter near Idlib on Sunday, killing its crew of four."
REWORDED = "An army helicopter was shot down by rebels near Idlib on Sunday; its crew of 4 died."
OTHER = "The central bank raised its main interest rate by half a point, as analysts expected."
TEXTS = st.lists(st.sampled_from(["army", "the", "12", "not", "Aleppo", "U.S.", "said."])).map(
    " ".join
)


def test_rewording_scores_between_the_same_text_and_another() -> None:
    same, reworded, other = (
        score_pair(REPORT, text, cosine)
        for text, cosine in ((REPORT, 1.0), (REWORDED, 0.95), (OTHER, 0.1))
    )
    assert same > reworded > 0.5 > other


@pytest.mark.parametrize(
    ("before", "after"), [("four", "nine"), ("shot", "never shot"), ("helicopter", "lorry")]
)
def test_other_figure_negation_and_words_lower_the_score(before: str, after: str) -> None:
    changed = REPORT.replace(before, after)
    assert score_pair(REPORT, changed, 0.95) < score_pair(REPORT, REPORT, 0.95)


def test_figure_in_words_and_digits_is_no_conflict() -> None:
    assert not measure_pair(REPORT, REWORDED, 0.9).figures_conflict
    assert measure_pair(REPORT, REPORT.replace("four", "9"), 0.9).figures_conflict


def test_vectors_farther_apart_lower_the_score() -> None:
    assert score_pair(REPORT, REWORDED, 0.4) < score_pair(REPORT, REWORDED, 0.9)


@given(TEXTS, TEXTS, st.floats(-1, 1))
def test_score_is_a_probability_and_the_same_both_ways_round(a: str, b: str, cosine: float) -> None:
    assert 0 < score_pair(a, b, cosine) < 1
    assert score_pair(a, b, cosine) == score_pair(b, a, cosine)
