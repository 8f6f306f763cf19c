"""Scores of topics against labels, and coherence of keyphrases, against hand and naive counts."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.evaluation.coherence import find_top_words, measure_coherence, measure_diversity
from topics.evaluation.scores import Scores, score

AGREEMENT = [
    "ari",
    "ami",
    "nmi",
    "homogeneity",
    "completeness",
    "v_measure",
    "bcubed_precision",
    "bcubed_recall",
    "bcubed_f",
]
# Label and topic of each row; -1 is none.
ROWS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), min_size=1, max_size=25).filter(
    lambda rows: any(label >= 0 for label, _ in rows)
)


def of(rows: list[tuple[int, int]]) -> Scores:
    return score([label for label, _ in rows], [topic for _, topic in rows])


def agreement(scores: Scores) -> list[float]:
    return [getattr(scores, name) for name in AGREEMENT]


def naive_bcubed(rows: list[tuple[int, int]]) -> tuple[float, float]:
    """Row by row, each against all (Bagga and Baldwin, 1998); a row of topic -1 is alone."""
    labelled = [(label, (topic, topic < 0 and i)) for i, (label, topic) in enumerate(rows)]
    labelled = [row for row in labelled if row[0] >= 0]
    precisions, recalls = [], []
    for label, topic in labelled:
        both = sum(row == (label, topic) for row in labelled)
        precisions.append(both / sum(row[1] == topic for row in labelled))
        recalls.append(both / sum(row[0] == label for row in labelled))
    return sum(precisions) / len(labelled), sum(recalls) / len(labelled)


# Worked by hand: labels aaabb, topics 00111.


@pytest.fixture
def small() -> Scores:
    return score(["a", "a", "a", "b", "b"], [0, 0, 1, 1, 1])


def test_bcubed_of_a_small_case_is_what_hand_counting_gives(small):
    # Precision: 1, 1, then 1/3 (one a among three), 2/3, 2/3. Recall: 2/3, 2/3, 1/3, 1, 1.
    assert small.bcubed_precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert small.bcubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    p, r = small.bcubed_precision, small.bcubed_recall
    assert small.bcubed_f == pytest.approx(2 * p * r / (p + r))


def test_ari_of_a_small_case_is_what_hand_counting_gives(small):
    # Pairs together in both: 1 + 0 + 1 = 2; in labels 3 + 1, in topics 1 + 3; of 10 pairs.
    expected = 4 * 4 / 10
    assert small.ari == pytest.approx((2 - expected) / (4 - expected))


def test_information_of_a_small_case_is_what_hand_counting_gives(small):
    entropy = -(0.6 * math.log(0.6) + 0.4 * math.log(0.4))  # of labels and of topics
    mutual = (
        0.4 * math.log(0.4 / (0.6 * 0.4))
        + 0.2 * math.log(0.2 / (0.6 * 0.6))
        + 0.4 * math.log(0.4 / (0.4 * 0.6))
    )
    share = mutual / entropy
    assert [small.nmi, small.homogeneity, small.completeness, small.v_measure] == pytest.approx(
        [share] * 4
    )


def test_counts_of_a_small_case_say_what_was_scored():
    scores = score(["a", "a", "b", "", None], [7, -1, 9, 9, 9])
    assert (scores.rows, scores.labelled, scores.unlabelled) == (5, 3, 2)
    assert (scores.placed, scores.share_placed) == (2, pytest.approx(2 / 3))
    assert (scores.labels, scores.topics, scores.count_error) == (2, 2, 0)
    assert scores.count_ratio == 1.0


def test_count_error_is_topics_found_less_labels():
    scores = score(["a", "a", "a", "b"], [0, 1, 2, 3])
    assert (scores.count_error, scores.count_ratio) == (2, 2.0)


# What is not placed, and what has no label


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_a_row_without_a_topic_scores_as_a_topic_of_one(rows):
    alone = [(label, 100 + i if topic < 0 else topic) for i, (label, topic) in enumerate(rows)]
    assert agreement(of(rows)) == pytest.approx(agreement(of(alone)))


def test_leaving_hard_rows_unplaced_does_not_raise_recall():
    labels = ["a"] * 6 + ["b"] * 6
    wrong = score(labels, [0] * 5 + [1] + [1] * 5 + [0])
    left_out = score(labels, [0] * 5 + [-1] + [1] * 5 + [-1])
    assert left_out.bcubed_recall < wrong.bcubed_recall
    assert left_out.share_placed == pytest.approx(10 / 12)


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_rows_without_a_label_change_no_score_and_are_counted(rows):
    labelled = [row for row in rows if row[0] >= 0]
    with_them, without = of(rows), of(labelled)
    assert with_them.unlabelled == len(rows) - len(labelled)
    assert dataclasses.replace(with_them, rows=0, unlabelled=0) == dataclasses.replace(
        without, rows=0, unlabelled=0
    )


def test_none_nan_minus_one_and_empty_text_are_no_label():
    for none in (None, float("nan"), -1, ""):
        assert score(np.array(["a", none, "b"], dtype=object), [0, 0, 1]).unlabelled == 1
    assert score([0.0, float("nan"), 1.0], [0, 0, 1]).unlabelled == 1


def test_lengths_that_differ_and_rows_without_any_label_are_refused():
    with pytest.raises(ValueError, match="3 labels and 2 topics"):
        score([0, 1, 1], [0, 1])
    with pytest.raises(ValueError, match="No row has a label"):
        score([-1, -1], [0, 1])


# Properties


@settings(deadline=None, max_examples=50)
@given(ROWS, st.permutations(range(5)), st.permutations(range(5)))
def test_scores_do_not_depend_on_names_of_labels_and_topics(rows, labels, topics):
    renamed = [(labels[a] if a >= 0 else a, topics[b] if b >= 0 else b) for a, b in rows]
    assert dataclasses.astuple(of(renamed)) == pytest.approx(dataclasses.astuple(of(rows)))


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_of_rows(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert dataclasses.astuple(of(shuffled)) == pytest.approx(dataclasses.astuple(of(rows)))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=25))
def test_topics_that_are_the_labels_score_one(labels):
    assert agreement(score(labels, labels)) == pytest.approx([1.0] * len(AGREEMENT))


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_bcubed_equals_the_count_of_each_row_against_all(rows):
    scores = of(rows)
    assert (scores.bcubed_precision, scores.bcubed_recall) == pytest.approx(naive_bcubed(rows))


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_ami_equals_that_of_scikit_learn_where_chance_leaves_room(rows):
    from sklearn.metrics import adjusted_mutual_info_score

    labelled = [
        (label, 100 + i if topic < 0 else topic)
        for i, (label, topic) in enumerate(rows)
        if label >= 0
    ]
    labels, topics = zip(*labelled, strict=True)
    # With one cluster, or single rows only, theirs is a rounding error over another.
    if 1 < len(set(labels)) < len(labels) and 1 < len(set(topics)) < len(topics):
        theirs = adjusted_mutual_info_score(labels, topics)
        assert of(rows).ami == pytest.approx(theirs, abs=1e-8)


def test_ami_of_one_topic_and_of_single_rows_is_chance():
    assert score([0, 0, 1, 1], [0, 0, 0, 0]).ami == 0.0
    assert score([0, 0, 1, 1], [-1, -1, -1, -1]).ami == 0.0


def test_labels_of_one_class_make_homogeneity_one_whatever_the_topics():
    scores = score(["a"] * 4, [0, 0, 1, 2])
    assert (scores.homogeneity, scores.bcubed_precision) == (1.0, 1.0)
    assert (scores.ari, scores.ami) == (0.0, 0.0)


# Coherence


def naive_npmi(texts: list[str], phrases: list[str]) -> float | None:
    """Pair by pair, text by text (Bouma, 2009)."""
    values = []
    n = len(texts)
    for i, one in enumerate(phrases):
        for other in phrases[:i]:
            a = sum(f" {one} " in f" {text} " for text in texts)
            b = sum(f" {other} " in f" {text} " for text in texts)
            ab = sum(f" {one} " in f" {text} " and f" {other} " in f" {text} " for text in texts)
            if ab == 0:
                values.append(-1.0)
            elif ab == n:
                values.append(1.0)
            else:
                values.append(math.log(ab * n / (a * b)) / -math.log(ab / n))
    return sum(values) / len(values) if values else None


WORDS = st.sampled_from(["oil", "price", "arms", "talks", "sea"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=12)
PHRASES = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), max_size=4, unique=True)


@settings(deadline=None, max_examples=50)
@given(TEXTS, st.lists(PHRASES, max_size=3))
def test_coherence_equals_the_count_of_each_pair_in_each_text(texts, keyphrases):
    found = measure_coherence(texts, keyphrases)
    expected = [naive_npmi(texts, phrases) for phrases in keyphrases]
    assert [one is None for one in found.by_topic] == [one is None for one in expected]
    assert [one or 0.0 for one in found.by_topic] == pytest.approx([one or 0.0 for one in expected])


def test_npmi_of_a_small_case_is_what_hand_counting_gives():
    texts = ["oil and gas", "oil and gas", "oil", "rain"]
    # p(oil) = 3/4, p(gas) = 2/4, both 2/4.
    expected = math.log(0.5 / (0.75 * 0.5)) / -math.log(0.5)
    assert measure_coherence(texts, [["oil", "gas"]]).npmi == pytest.approx(expected)


def test_phrases_that_never_meet_count_as_minus_one_and_absent_ones_are_named():
    found = measure_coherence(["oil gas", "rain", "oil gas"], [["oil", "rain", "comet"]])
    assert found.npmi == -1.0
    assert (found.pairs, found.never_together, found.absent) == (3, 3, ("comet",))


def test_topics_without_a_pair_are_counted_and_not_averaged():
    found = measure_coherence(["oil gas", "rain"], [["oil", "gas"], ["rain"], []])
    assert found.by_topic[1:] == (None, None)
    assert (found.npmi, found.topics_without_pairs) == (1.0, 2)
    assert measure_coherence(["oil"], []).npmi is None


def test_phrases_are_found_whatever_case_punctuation_and_possessive():
    texts = ["Assad’s S-300 missiles", "the u.s. and ASSAD", "sold", "old"]
    found = measure_coherence(texts, [["Assad", "S-300"], ["U.S.", "Assad"], ["old", "sold"]])
    assert found.absent == ()
    # Neither "assad" in "s-300" alone, nor "old" in "sold".
    assert found.by_topic[0] == pytest.approx(math.log(0.25 / (0.5 * 0.25)) / -math.log(0.25))
    assert found.by_topic[2] == -1.0


def test_a_possessive_ending_parts_no_phrase():
    assert measure_coherence(["Assad's army"], [["Assad army", "army"]]).absent == ()


def test_words_that_every_text_holds_count_as_one():
    assert measure_coherence(["oil gas", "gas and oil"], [["oil", "gas"]]).npmi == 1.0


def test_top_words_are_those_that_weigh_most_by_class_based_tf_idf():
    texts = ["oil gas", "oil gas", "oil", "rain gas", "rain the 1999"]
    topics = np.array([0, 0, 0, 1, 1])
    # a = 8 pairs of word and passage over 2 topics; oil 3, gas 3 in all, rain 2.
    weights = {"oil": 3 * math.log(1 + 4 / 3), "gas": 2 * math.log(1 + 4 / 3)}
    assert weights["oil"] > weights["gas"]
    assert find_top_words(texts, topics, 3) == [("oil", "gas"), ("rain", "gas"), ()]
    assert find_top_words(texts, topics, 3, wanted=1) == [("oil",), ("rain",), ()]


def test_a_word_common_everywhere_weighs_less_than_one_of_the_topic():
    texts = ["city oil", "city oil", "city", "city rain", "city", "city"]
    # city: 3 log(1 + 4.5 / 6); oil 2 log(1 + 4.5 / 2); rain log(1 + 4.5 / 1).
    words = find_top_words(texts, np.array([0, 0, 0, 1, 1, 1]), 2, wanted=2)
    assert words == [("oil", "city"), ("rain", "city")]


def test_passages_without_a_topic_have_no_top_words():
    assert find_top_words(["oil", "rain"], np.array([-1, 0]), 1) == [("rain",)]
    assert find_top_words([], np.zeros(0, np.int64), 2) == [(), ()]


def test_no_phrase_reaches_over_from_one_text_into_the_next():
    assert measure_coherence(["crude oil", "price cut"], [["oil price", "crude"]]).absent == (
        "oil price",
    )


def test_spellings_of_one_phrase_are_no_pair():
    assert measure_coherence(["oil", "gas"], [["Oil", "oil"]]).topics_without_pairs == 1


def test_diversity_is_the_share_of_distinct_phrases():
    assert measure_diversity([["oil", "gas"], ["Oil", "rain"]]) == pytest.approx(3 / 4)
    assert measure_diversity([[], []]) is None


def test_every_score_of_the_dataclass_is_explained():
    documented = re.findall(r"^        (\w+):", Scores.__doc__ or "", flags=re.MULTILINE)
    assert documented == [field.name for field in dataclasses.fields(Scores)]
