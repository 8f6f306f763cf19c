"""Thresholds by example: what is asked, what the answers are worth, what they move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import InputError
from topics.coverage.examples.calibration import choose_pairs, choose_threshold, estimate
from topics.coverage.examples.score_curve import Prior, read_curve


def corpus(border: float, size: int = 600, steep: float = 4.0, seed: int = 0):
    """Scores, and what is the same: half of the pairs at the border."""
    random = np.random.default_rng(seed)
    scores = random.uniform(0.2, 1, size)
    odds = np.log(scores / (1 - scores)) - np.log(border / (1 - border))
    return scores, random.random(size) < 1 / (1 + np.exp(-steep * odds))


def keys_of(scores) -> list[str]:
    return [f"{score:.9f}" for score in scores]


def answer(scores, same, count: int, threshold: float = 0.7, seed: int = 0) -> dict[int, bool]:
    judged: dict[int, bool] = {}
    while len(judged) < count:
        left = min(10, count - len(judged))
        asked = choose_pairs(scores, judged, threshold, left, keys=keys_of(scores), seed=seed)
        judged |= {question.place: bool(same[question.place]) for question in asked}
    return judged


def measure(scores, same, threshold: float) -> tuple[float, float]:
    taken = scores >= threshold
    return (taken & same).sum() / taken.sum(), (taken & same).sum() / same.sum()


SCORES, SAME = corpus(0.6)


# Which pairs are asked


@given(count=st.integers(0, 40), size=st.integers(0, 30), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_as_many_pairs_are_asked_as_wanted_or_are_left(count, size, seed):
    scores = SCORES[:size]
    asked = choose_pairs(scores, {}, 0.7, count, keys=keys_of(scores), seed=seed)
    assert len({question.place for question in asked}) == min(count, size)
    assert all(0 < question.chance <= 1 for question in asked)


def test_no_pair_is_asked_twice():
    judged = answer(SCORES, SAME, 30)
    asked = choose_pairs(SCORES, judged, 0.7, 30, keys=keys_of(SCORES))
    assert not judged.keys() & {question.place for question in asked}


def test_of_pairs_of_one_wording_one_is_asked():
    wordings = [number % 7 for number in range(len(SCORES))]
    asked = choose_pairs(SCORES, {}, 0.7, 30, keys=keys_of(SCORES), wordings=wordings)
    assert sorted(wordings[question.place] for question in asked) == list(range(7))


def test_no_pair_is_asked_whose_wording_was_judged():
    wordings = [number % 7 for number in range(len(SCORES))]
    asked = choose_pairs(SCORES, {3: True}, 0.7, 30, keys=keys_of(SCORES), wordings=wordings)
    assert sorted(wordings[question.place] for question in asked) == [0, 1, 2, 4, 5, 6]


@given(order=st.permutations(range(60)))
@settings(max_examples=15, deadline=None)
def test_the_same_pairs_are_asked_in_any_order_of_the_candidates(order):
    # Scores with ties, which the keys decide.
    scores = np.round(SCORES[:60], 1)
    keys = [f"pair {number}" for number in range(60)]
    wordings = [number // 2 for number in range(60)]
    judged = {5: True, 20: False}

    def ask(places):
        asked = choose_pairs(
            scores[places],
            {new: judged[old] for new, old in enumerate(places) if old in judged},
            0.7,
            12,
            keys=[keys[place] for place in places],
            wordings=[wordings[place] for place in places],
        )
        return [(places[question.place], question.chance) for question in asked]

    assert ask(list(order)) == ask(list(range(60)))


def test_borderline_pairs_come_first():
    asked = choose_pairs(SCORES, {}, 0.7, 20, keys=keys_of(SCORES))
    scores = SCORES[[question.place for question in asked]]
    far = np.abs(np.log(scores / (1 - scores)) - np.log(0.7 / 0.3))
    assert (np.diff(far) >= 0).all()


def test_pairs_are_asked_on_both_sides_however_few_lie_above():
    scores = np.append(np.linspace(0.2, 0.69, 980), np.linspace(0.7, 0.99, 20))
    asked = choose_pairs(scores, {}, 0.7, 10, keys=keys_of(scores))
    assert sum(scores[question.place] >= 0.7 for question in asked) in (4, 5, 6)


def test_a_chance_is_how_often_a_pair_is_drawn():
    scores = SCORES[:40]
    draws = [choose_pairs(scores, {}, 0.7, 8, keys=keys_of(scores), seed=s) for s in range(300)]
    stated = {question.place: question.chance for asked in draws for question in asked}
    drawn = np.bincount([q.place for asked in draws for q in asked], minlength=40) / 300
    assert max(abs(drawn[place] - chance) for place, chance in stated.items()) < 0.1
    assert sum(stated.values()) == pytest.approx(8)


def test_the_seed_changes_what_is_drawn():
    first, second = (
        [q.place for q in choose_pairs(SCORES, {}, 0.7, 10, keys=keys_of(SCORES), seed=seed)]
        for seed in (1, 2)
    )
    assert first != second


# What a threshold is worth


@given(
    places=st.lists(st.integers(0, len(SCORES) - 1), max_size=25, unique=True),
    same=st.booleans(),
    threshold=st.floats(0, 1),
)
@settings(max_examples=25, deadline=None)
def test_estimates_lie_within_their_bounds(places, same, threshold):
    judged = {place: same != (place % 3 == 0) for place in places}
    found = estimate(SCORES, judged, threshold)
    assert 0 <= found.precision_low <= found.precision <= found.precision_high <= 1
    assert 0 <= found.recall_low <= found.recall <= found.recall_high <= 1
    assert 0 <= found.f1 <= 1
    assert (found.judged, found.positives) == (len(places), sum(judged.values()))
    assert found.taken == (threshold <= SCORES).sum()


def test_estimates_come_near_the_truth():
    judged = answer(SCORES, SAME, 80)
    found = estimate(SCORES, judged, 0.7)
    precision, recall = measure(SCORES, SAME, 0.7)
    assert found.precision == pytest.approx(precision, abs=0.07)
    assert found.recall == pytest.approx(recall, abs=0.07)


def test_nine_intervals_of_ten_hold_the_truth():
    held = []
    for seed in range(24):
        scores, same = corpus(0.6, 400, (1, 2, 4, 8)[seed % 4], seed)
        found = estimate(scores, answer(scores, same, 30, seed=seed), 0.7)
        precision, recall = measure(scores, same, 0.7)
        held += [
            found.precision_low <= precision <= found.precision_high,
            found.recall_low <= recall <= found.recall_high,
        ]
    assert 0.8 <= np.mean(held) <= 1


def test_more_answers_alike_narrow_the_interval():
    widths = []
    for count in (10, 40, 160):
        found = estimate(SCORES, answer(SCORES, SAME, count), 0.7)
        widths.append(found.precision_high - found.precision_low)
    assert widths[0] > widths[1] > widths[2]


def test_a_pair_that_was_answered_counts_as_answered():
    judged = dict(enumerate(SAME.tolist()))
    found = estimate(SCORES, judged, 0.7)
    assert (found.precision, found.recall) == pytest.approx(measure(SCORES, SAME, 0.7))
    assert found.precision_low == pytest.approx(found.precision_high)


def test_asking_more_often_at_one_score_does_not_tilt_the_estimate():
    # Half of all is the same, whatever the score; asked are many low ones and few high ones.
    scores = np.linspace(0.2, 0.98, 2000)
    same = np.arange(2000) % 2 == 0
    random = np.random.default_rng(1)
    places = [*random.choice(1000, 200, False), *(1000 + random.choice(1000, 40, False))]
    found = estimate(scores, {int(place): bool(same[place]) for place in places}, 0.6)
    assert found.recall == pytest.approx((scores >= 0.6).mean(), abs=0.1)


@given(order=st.permutations(range(40)))
@settings(max_examples=8, deadline=None)
def test_the_estimate_is_the_same_in_any_order(order):
    judged = {place: bool(SAME[place]) for place in range(0, 40, 2)}
    moved = {new: judged[old] for new, old in enumerate(order) if old in judged}
    shuffled = SCORES[:40][order]
    assert estimate(shuffled, moved, 0.7) == estimate(SCORES[:40], judged, 0.7)


def test_without_answers_the_prior_speaks_with_a_wide_interval():
    found = estimate(SCORES, {}, 0.7, prior=Prior(0.7, rate=0.8))
    assert found.precision > 0.8
    assert found.precision_high - found.precision_low > 0.2


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_mean_stays_within_its_interval_where_few_pairs_are_taken(count):
    scores = np.append(np.linspace(0.3, 0.6, 100), [0.98] * count)
    found = estimate(scores, {place: place > 10 for place in range(0, 100, 3)}, 0.9)
    assert found.precision_low <= found.precision <= found.precision_high
    scores = np.append(np.linspace(0.2, 0.5, 100), [0.55] * count)
    found = estimate(scores, dict.fromkeys(range(0, 100, 2), False), 0.54)
    assert found.precision_low <= found.precision <= found.precision_high


def test_a_higher_score_is_never_less_likely_the_same_whatever_the_answers():
    scores = np.linspace(0.2, 0.98, 4000)
    judged = {int(place): place < 2000 for place in np.linspace(100, 3900, 40)}
    low, high = (estimate(scores, judged, threshold).precision for threshold in (0.2, 0.9))
    assert high > low - 0.02


def test_a_clean_cut_is_learnt_as_one():
    scores = np.linspace(0.2, 0.98, 4000)
    judged = {int(place): bool(scores[int(place)] >= 0.5) for place in np.linspace(0, 3999, 40)}
    chances = read_curve(scores, judged, Prior(0.7), np.array([0.4, 0.6]))
    assert chances[0] < 0.12
    assert chances[1] > 0.65


def test_without_candidates_nothing_is_wrong_and_nothing_missed():
    found = estimate([], {}, 0.7)
    assert (found.precision, found.recall, found.taken) == (1, 1, 0)


@pytest.mark.parametrize(
    ("scores", "judged", "message"),
    [
        ([0.5, 1.2], {}, "each from 0 to 1"),
        ([0.5, float("nan")], {}, "each from 0 to 1"),
        ([0.5], {3: True}, "Pair 3 was answered, but there are 1 scores"),
    ],
)
def test_scores_and_answers_that_do_not_fit_are_refused(scores, judged, message):
    with pytest.raises(ValueError, match=message):
        estimate(scores, judged, 0.7)


def test_every_pair_needs_a_key():
    with pytest.raises(ValueError, match="1 keys and 2 wordings were given for 2 scores"):
        choose_pairs([0.5, 0.6], {}, 0.7, 1, keys=["only one"])


# What the answers move


@pytest.mark.parametrize("border", [0.45, 0.6, 0.85])
def test_the_threshold_moves_to_where_f1_is_best(border):
    scores, same = corpus(border, steep=6)
    found = choose_threshold(scores, answer(scores, same, 60), 0.7)

    def f1(threshold: float) -> float:
        precision, recall = measure(scores, same, threshold)
        return 2 * precision * recall / (precision + recall)

    assert f1(found.threshold) >= max(f1(t / 100) for t in range(21, 98)) - 0.03
    assert f1(found.threshold) >= f1(0.7)
    assert f"{found.threshold:.2f} has the best expected F1" in found.reason


def test_a_threshold_that_is_right_stays():
    scores, same = corpus(0.7, steep=20)
    found = choose_threshold(scores, answer(scores, same, 40), 0.7)
    assert found.threshold == pytest.approx(0.7, abs=0.02)


def test_a_threshold_moves_only_for_a_clear_gain():
    stayed = 0
    for seed in range(10):
        scores, same = corpus(0.65, 400, 2, seed)
        found = choose_threshold(scores, answer(scores, same, 10, seed=seed), 0.7)
        stayed += "the answers speak for no other clearly" in found.reason
    assert stayed >= 2


def test_few_answers_move_nothing():
    judged = answer(SCORES, SAME, 7)
    found = choose_threshold(SCORES, judged, 0.9)
    assert found.threshold == 0.9
    assert found.reason == ("The threshold stays: 7 answered so far, and at least 8 are needed.")


@pytest.mark.parametrize(("same", "word"), [(True, "yes"), (False, "no")])
def test_answers_all_alike_move_nothing(same, word):
    found = choose_threshold(SCORES, dict.fromkeys(range(12), same), 0.7)
    assert found.threshold == 0.7
    assert found.reason == f"The threshold stays: all 12 answers are {word}, and show no border."


@given(
    places=st.lists(st.integers(0, len(SCORES) - 1), min_size=8, max_size=20, unique=True),
    aim=st.sampled_from(["f1", 0.6, 0.99]),
)
@settings(max_examples=15, deadline=None)
def test_the_threshold_never_leaves_the_scores_answered(places, aim):
    judged = {place: bool(SAME[place]) for place in places}
    found = choose_threshold(SCORES, judged, 0.7, aim)
    asked = SCORES[places]
    assert found.threshold == 0.7 or asked.min() <= found.threshold <= asked.max()
    assert found.reason


def test_a_higher_precision_asks_for_a_higher_threshold():
    judged = answer(SCORES, SAME, 60)
    found = [choose_threshold(SCORES, judged, 0.7, aim) for aim in (0.7, 0.8, 0.9)]
    assert found[0].threshold < found[1].threshold < found[2].threshold
    assert all(one.precision >= aim for one, aim in zip(found, (0.7, 0.8, 0.9), strict=True))
    assert found[2].reason.endswith("is the lowest with an expected precision of 0.90.")


def test_a_precision_out_of_reach_is_said_to_be():
    # Half of the pairs are wrong, whatever their score.
    judged = {place: place % 2 == 0 for place in range(40)}
    found = choose_threshold(SCORES, judged, 0.7, 0.95)
    assert found.reason.startswith("No threshold within the scores answered reaches a precision")


def test_a_threshold_does_not_rest_on_the_topmost_answers_alone():
    scores = np.linspace(0.3, 0.99, 70)
    judged = {place: place >= 68 for place in range(20, 70)}
    found = choose_threshold(scores, judged, 0.7, 0.95)
    assert sum(scores[place] >= found.threshold for place in judged) >= 3


@pytest.mark.parametrize("aim", [0, 1.5, "recall"])
def test_an_aim_that_is_none_is_refused_in_a_sentence(aim):
    with pytest.raises(InputError, match=r"expected 'f1', or a precision between 0 and 1 such as"):
        choose_threshold(SCORES, {}, 0.7, aim)


def test_answers_about_one_score_alone_move_nothing():
    scores = np.full(20, 0.555)
    judged = {place: place % 2 == 0 for place in range(10)}
    found = choose_threshold(scores, judged, 0.7)
    assert found.threshold == 0.7
    assert "pairs of other scores are needed" in found.reason
