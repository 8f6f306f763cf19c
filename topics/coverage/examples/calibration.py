"""A threshold set by example: which pairs to ask about, and what the answers support."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import InputError
from topics.coverage.examples.score_curve import (
    Outcomes,
    Prior,
    draw_outcomes,
    log_odds,
    read_curve,
)

# Answers below which a threshold stays where it is.
LEAST_ANSWERS = 8
# And so many of them must be at or above any threshold chosen.
_LEAST_ABOVE = 3
# A threshold moves when it is the better one in so many of the draws.
SURE_ENOUGH = 0.7


@dataclass(frozen=True, slots=True)
class Question:
    """A pair to be shown.

    Attributes:
        place: Where it stands in the scores.
        chance: The chance with which it was drawn, 0..1: its inclusion probability.
    """

    place: int
    chance: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """How good a threshold is, as far as the answers tell.

    Recall is among the candidates that were scored: what lies below their lowest score,
    or was never a candidate, is not in it. Bounds are of 90 % credible intervals.

    Attributes:
        threshold: Pairs of this score or more are taken.
        precision: Share of the pairs taken that are the same; 1 where none is taken.
        precision_low: Lower bound.
        precision_high: Upper bound.
        recall: Share of the candidates that are the same which are taken.
        recall_low: Lower bound.
        recall_high: Upper bound.
        f1: Their harmonic mean, expected.
        taken: Candidates of this score or more.
        judged: Answers it rests on.
        positives: Those that were yes.
        reason: Why this threshold, in a sentence; ``""`` where it was given.
    """

    threshold: float
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    f1: float
    taken: int
    judged: int
    positives: int
    reason: str = ""


def choose_pairs(
    scores: Sequence[float] | NDArray[np.floating],
    judged: Mapping[int, bool],
    threshold: float,
    count: int,
    *,
    keys: Sequence[str],
    wordings: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> list[Question]:
    """Choose the pairs that say most about a threshold, borderline ones first.

    Pairs are drawn along the order of their scores at even steps (systematic sampling with
    unequal probabilities, Madow 1949), each as likely as its answer is open: by
    ``sqrt(p (1 - p))``, with ``p`` as the answers so far have it (Neyman 1934). So most
    are near the threshold, and some at every score.

    Args:
        scores: float of shape ``(m,)``, each in 0..1.
        judged: Answers so far, by place in ``scores``.
        threshold: The present one.
        count: Questions wanted; fewer come back where no more are left.
        keys: One a pair, made from its content, so that the same pairs are chosen in any
            order of the candidates.
        wordings: One a pair, equal for pairs of the same wording (copies of one text on
            both sides): of these one at most is asked. Each pair its own by default.
        seed: Fixes the draw.

    Raises:
        ValueError: Scores, answers, keys or wordings do not fit together.
    """
    known = _check(scores, judged)
    distinct = range(len(known)) if wordings is None else wordings
    if len(keys) != len(known) or len(distinct) != len(known):
        raise ValueError(
            f"{len(keys)} keys and {len(distinct)} wordings were given for {len(known)} scores; "
            "each pair has one."
        )
    seen = {distinct[place] for place in judged}
    rest = []
    for place in sorted(range(len(known)), key=lambda place: (known[place], keys[place])):
        if place not in judged and distinct[place] not in seen:
            seen.add(distinct[place])
            rest.append(place)
    if not rest or count < 1:
        return []
    open_scores = known[rest]
    rates = read_curve(known, judged, Prior(threshold), open_scores)
    sizes = np.sqrt(rates * (1 - rates))
    above = open_scores >= threshold
    for side in (above, ~above):
        sizes[side] /= max(sizes[side].sum(), 1e-12)
    chances = _inclusion(sizes, count)
    start = np.random.default_rng((seed, len(judged))).random()
    # Rounded up at the end, lest the last of the even steps be lost to the sum's last bit.
    walked = np.cumsum(chances)
    steps = start + np.arange(min(count, len(rest)))
    drawn = np.unique(np.minimum(np.searchsorted(walked, steps, "right"), len(rest) - 1))
    far = np.abs(log_odds(open_scores[drawn]) - log_odds(np.array([threshold])))
    order = sorted(range(len(drawn)), key=lambda n: (far[n], keys[rest[drawn[n]]]))
    return [Question(rest[drawn[n]], float(min(chances[drawn[n]], 1.0))) for n in order]


def estimate(
    scores: Sequence[float] | NDArray[np.floating],
    judged: Mapping[int, bool],
    threshold: float,
    *,
    prior: Prior | None = None,
) -> Estimate:
    """Estimate precision and recall of a threshold over all candidates.

    The chance that a pair is the same is a rising curve of its score, learnt from the
    answers; summed over the candidates at each score it gives what is taken and what is
    missed. By that, scores that were asked about more often weigh no more than others
    (poststratification). A pair that was answered counts as it was answered.

    Args:
        scores: float of shape ``(m,)``, each in 0..1: all candidates down to a floor well
            below the threshold.
        judged: Answers, by place in ``scores``.
        threshold: The one in question.
        prior: What is held beforehand, see ``Prior``; pinned at ``threshold`` by default.

    Raises:
        ValueError: A score is not in 0..1, or an answer is to none of them.
    """
    known = _check(scores, judged)
    drawn = draw_outcomes(known, judged, np.array([threshold], float), prior or Prior(threshold))
    return _read_off(drawn, 0, judged)


def choose_threshold(
    scores: Sequence[float] | NDArray[np.floating],
    judged: Mapping[int, bool],
    current: float,
    aim: Literal["f1"] | float = "f1",
    *,
    prior: Prior | None = None,
) -> Estimate:
    """Choose the threshold that the answers support.

    Args:
        scores: float of shape ``(m,)``, each in 0..1.
        judged: Answers, by place in ``scores``.
        current: The present threshold, kept unless the answers speak for another.
        aim: ``"f1"`` for the best expected F1, or the precision asked for: the lowest
            threshold that is expected to reach it.
        prior: See ``estimate``; pinned at ``current`` by default.

    Returns:
        The threshold in hundredths and within the scores judged, or ``current``; with
        the reason.

    Raises:
        InputError: ``aim`` is neither.
        ValueError: As ``estimate``.
    """
    if aim != "f1" and (isinstance(aim, str) or not 0 < aim < 1):
        raise InputError(
            f"{aim!r} was given as what a threshold is to reach; expected 'f1', or a precision "
            "between 0 and 1 such as 0.95."
        )
    known = _check(scores, judged)
    prior = prior or Prior(current)
    stays = _too_little(judged)
    if stays:
        drawn = draw_outcomes(known, judged, np.array([current], float), prior)
        return _read_off(drawn, 0, judged, stays)
    asked = known[sorted(judged)]
    # A threshold rests on some answers above it, not on the topmost alone.
    top = np.sort(asked)[-_LEAST_ABOVE]
    first, last = int(np.ceil(asked.min() * 100)), int(np.floor(top * 100))
    inside = np.arange(first, last + 1) / 100
    thresholds = np.unique(np.append(inside, current))
    drawn = draw_outcomes(known, judged, thresholds, prior)
    now = int(np.searchsorted(thresholds, current))
    within = np.flatnonzero(np.isin(thresholds, inside))
    if not len(within):
        stays = "All answers are about one score; pairs of other scores are needed."
        return _read_off(drawn, now, judged, stays)
    if aim == "f1":
        return _best(drawn, within, now, judged)
    return _reaching(drawn, within, float(aim), judged)


def _too_little(judged: Mapping[int, bool]) -> str:
    """Say why the answers move nothing, ``""`` if they may."""
    if len(judged) < LEAST_ANSWERS:
        return (
            f"The threshold stays: {len(judged)} answered so far, and at least "
            f"{LEAST_ANSWERS} are needed."
        )
    answers = set(judged.values())
    if len(answers) == 1:
        alike = "yes" if answers.pop() else "no"
        return f"The threshold stays: all {len(judged)} answers are {alike}, and show no border."
    return ""


def _best(
    drawn: Outcomes, within: NDArray[np.intp], now: int, judged: Mapping[int, bool]
) -> Estimate:
    """Choose by expected F1; of equals, the one nearest to the present threshold."""
    f1 = drawn.f1
    mean = f1.mean(axis=0)
    far = np.abs(drawn.thresholds - drawn.thresholds[now])
    best = min(within.tolist(), key=lambda place: (-round(float(mean[place]), 4), far[place]))
    better = float((f1[:, best] > f1[:, now]).mean())
    current = drawn.thresholds[now]
    if best == now or better < SURE_ENOUGH:
        return _read_off(
            drawn, now, judged,
            f"The threshold stays at {current:.2f}: the answers speak for no other clearly.",
        )  # fmt: skip
    return _read_off(
        drawn, best, judged,
        f"{drawn.thresholds[best]:.2f} has the best expected F1, {mean[best]:.2f}; "
        f"{current:.2f} has {mean[now]:.2f}.",
    )  # fmt: skip


def _reaching(
    drawn: Outcomes, within: NDArray[np.intp], aim: float, judged: Mapping[int, bool]
) -> Estimate:
    """Choose the lowest threshold that is expected to reach a precision."""
    mean = drawn.precision.mean(axis=0)
    for place in within.tolist():
        if drawn.taken[place] and mean[place] >= aim:
            reason = f"{drawn.thresholds[place]:.2f} is the lowest with an expected precision of "
            return _read_off(drawn, place, judged, f"{reason}{aim:.2f}.")
    best = max(within.tolist(), key=lambda place: (bool(drawn.taken[place]), mean[place]))
    return _read_off(
        drawn, best, judged,
        f"No threshold within the scores answered reaches a precision of {aim:.2f}; "
        f"{drawn.thresholds[best]:.2f} comes nearest.",
    )  # fmt: skip


def _read_off(
    drawn: Outcomes, place: int, judged: Mapping[int, bool], reason: str = ""
) -> Estimate:
    precision, recall = (_interval(of[:, place]) for of in (drawn.precision, drawn.recall))
    return Estimate(
        float(drawn.thresholds[place]), *precision, *recall, float(drawn.f1[:, place].mean()),
        int(drawn.taken[place]), len(judged), sum(map(bool, judged.values())), reason,
    )  # fmt: skip


def _interval(draws: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean and the bounds of the middle 90 %."""
    mean = float(draws.mean())
    low, high = np.quantile(draws, (0.05, 0.95)).tolist()
    # Of a skewed draw the mean may lie outside; the interval then reaches as far.
    return mean, min(low, mean), max(high, mean)


def _check(
    scores: Sequence[float] | NDArray[np.floating], judged: Mapping[int, bool]
) -> NDArray[np.float64]:
    known = np.asarray(scores, dtype=np.float64)
    if known.ndim != 1 or not ((known >= 0) & (known <= 1)).all():
        raise ValueError("Scores are one number a pair, each from 0 to 1.")
    strangers = [place for place in judged if not 0 <= place < len(known)]
    if strangers:
        raise ValueError(f"Pair {strangers[0]} was answered, but there are {len(known)} scores.")
    return known


def _inclusion(sizes: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return inclusion probabilities that sum to ``count``, in proportion to the sizes.

    Those that would pass 1 are taken for sure, and the rest shared out anew.
    """
    if count >= len(sizes):
        return np.ones(len(sizes))
    chances = np.zeros(len(sizes))
    sure = np.zeros(len(sizes), bool)
    while True:
        left = count - int(sure.sum())
        chances = np.where(sure, 1.0, sizes * left / sizes[~sure].sum())
        beyond = chances > 1
        if not beyond.any():
            return chances
        sure |= beyond
