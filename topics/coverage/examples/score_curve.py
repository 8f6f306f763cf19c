"""The chance that a pair is the same, as a rising curve of its score.

A Gaussian process of our own, since scikit-learn's has no prior to pin at the shipped
threshold: measured in docs/calibrating.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Draws from the posterior: a bound of a 90 % interval is then known to about .01.
_DRAWS = 1000
# Scores are taken to lie no nearer to 0 and 1 than this, where log odds end.
_EDGE = 0.01
# Log odds of the score at which the curve is drawn, and lines between.
_KNOTS = np.linspace(np.log(_EDGE / (1 - _EDGE)), np.log((1 - _EDGE) / _EDGE), 24)
# Scores are counted in steps of this width.
_STEPS = 200
_NEWTON = 50


@dataclass(frozen=True, slots=True)
class Prior:
    """What is held of a score before anything was answered.

    The log odds of "same" are a line in the log odds of the score, which may bend. The
    spreads are standard deviations and wide: eight answers outweigh the prior.

    Attributes:
        threshold: The score that the line is pinned at: the shipped threshold.
        rate: Share of the pairs of exactly that score that are the same.
        spread: Of the log odds there.
        slopes: Log odds of "same" gained with each of the score's, as likely each. A score
            that is a well-calibrated probability has 1, a clean cut much more.
        slope_spread: Of each slope, as a share of it.
        bend: Of the departure from the line, one log odd of the score away.
    """

    threshold: float
    rate: float = 0.7
    spread: float = 1.2
    slopes: tuple[float, ...] = (0.75, 1.5, 3.0, 6.0)
    slope_spread: float = 0.4
    bend: float = 0.6


@dataclass(frozen=True)
class Outcomes:
    """What draws from the posterior say of some thresholds.

    Attributes:
        thresholds: float64 of shape ``(t,)``, ascending.
        taken: int64 of shape ``(t,)``: candidates of this score or more.
        hits: int64 of shape ``(draws, t)``: those of them that are the same.
        positives: int64 of shape ``(draws, 1)``: candidates that are the same.
    """

    thresholds: NDArray[np.float64]
    taken: NDArray[np.int64]
    hits: NDArray[np.int64]
    positives: NDArray[np.int64]

    @property
    def precision(self) -> NDArray[np.float64]:
        """Of shape ``(draws, t)``; 1 where nothing is taken, since nothing is wrong."""
        return np.where(self.taken > 0, self.hits / np.maximum(self.taken, 1), 1.0)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Of shape ``(draws, t)``; 1 where nothing is to be found."""
        return np.where(self.positives > 0, self.hits / np.maximum(self.positives, 1), 1.0)

    @property
    def f1(self) -> NDArray[np.float64]:
        """Of shape ``(draws, t)``."""
        f1: NDArray[np.float64] = 2 * self.hits / np.maximum(self.taken + self.positives, 1)
        return f1


def log_odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds of scores, held within ``_EDGE`` of 0 and 1."""
    bounded = np.clip(scores, _EDGE, 1 - _EDGE)
    odds: NDArray[np.float64] = np.log(bounded / (1 - bounded))
    return odds


def _hats(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the knots at each place, by lines between them: ``(places, knots)``."""
    width = _KNOTS[1] - _KNOTS[0]
    weights: NDArray[np.float64] = np.maximum(
        0, 1 - np.abs(odds[:, None] - _KNOTS[None, :]) / width
    )
    return weights


@dataclass(frozen=True)
class _Curve:
    """The curve as one slope of the prior has it.

    Attributes:
        mean: Log odds at the knots, float64 of shape ``(knots,)``.
        covariance: Theirs, ``(knots, knots)``.
        evidence: Log of how likely the answers are under this slope.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    evidence: float


def _fit(
    scores: NDArray[np.float64], judged: Mapping[int, bool], prior: Prior
) -> tuple[list[_Curve], NDArray[np.float64]]:
    """Fit a curve for each slope of the prior; returns them and the weight of each."""
    # Sums come out the same to the last bit in any order of the pairs.
    answers = sorted((float(scores[place]), bool(same)) for place, same in judged.items())
    asked = _hats(log_odds(np.array([score for score, _ in answers], dtype=float)))
    same = np.array([yes for _, yes in answers], dtype=float)
    curves = [_fit_slope(asked, same, prior, slope) for slope in prior.slopes]
    evidence = np.array([curve.evidence for curve in curves])
    weights = np.exp(evidence - evidence.max())
    return curves, weights / weights.sum()


def _fit_slope(
    asked: NDArray[np.float64], same: NDArray[np.float64], prior: Prior, slope: float
) -> _Curve:
    """Fit a curve: a Gaussian process with logistic likelihood, by Laplace's method.

    Rasmussen and Williams 2006, "Gaussian Processes for Machine Learning", ch. 3.4. Its
    prior is a line with Brownian motion away from the prior's threshold.

    Args:
        asked: Weights of the knots at each answer, ``(answers, knots)``.
        same: 1 for yes and 0 for no, ``(answers,)``.
        prior: The prior.
        slope: Mean slope of the line.
    """
    away = _KNOTS - float(log_odds(np.array([prior.threshold]))[0])
    start = np.log(prior.rate / (1 - prior.rate)) + slope * away
    same_side = np.sign(away)[:, None] == np.sign(away)[None, :]
    wandering = np.where(same_side, np.minimum(abs(away)[:, None], abs(away)[None, :]), 0)
    believed = (
        prior.spread**2
        + (prior.slope_spread * slope) ** 2 * np.outer(away, away)
        + prior.bend**2 * wandering
        + 1e-6 * np.eye(len(_KNOTS))
    )
    precision = np.linalg.inv(believed)
    odds = start
    for _ in range(_NEWTON):
        rates = _to_rates(asked @ odds)
        rise = asked.T @ (same - rates) - precision @ (odds - start)
        step = np.linalg.solve(precision + _bend(asked, rates), rise)
        # Newton's method may leap where the curve is flat; two log odds at most are safe.
        odds = odds + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    at = asked @ odds
    bent = precision + _bend(asked, _to_rates(at))
    # log p(answers | curve) = answers in log odds, less log(1 + e^odds).
    likely = float((same * at - np.logaddexp(0, at)).sum())
    likely -= 0.5 * float((odds - start) @ precision @ (odds - start))
    volume = np.linalg.slogdet(bent)[1] + np.linalg.slogdet(believed)[1]
    covariance = np.linalg.inv(bent).astype(np.float64)
    return _Curve(odds, covariance, likely - 0.5 * float(volume))


def _to_rates(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    rates: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return rates


def _bend(asked: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Second derivative of the log likelihood, its sign turned: ``(knots, knots)``."""
    bend: NDArray[np.float64] = asked.T @ (asked * (rates * (1 - rates))[:, None])
    return bend


def _draw_curves(
    scores: NDArray[np.float64],
    judged: Mapping[int, bool],
    prior: Prior,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw rising curves from the posterior: log odds at the knots, ``(draws, knots)``."""
    curves, weights = _fit(scores, judged, prior)
    noise = random.standard_normal((_DRAWS, len(_KNOTS)))
    # The draws are shared out by weight, to the nearest whole one.
    ends = np.round(np.append(0, np.cumsum(weights)) * _DRAWS).astype(int)
    parts = [
        curve.mean
        + noise[first:after] @ np.linalg.cholesky(curve.covariance + 1e-9 * np.eye(len(_KNOTS))).T
        for curve, first, after in zip(curves, ends[:-1], ends[1:], strict=True)
    ]
    drawn = np.concatenate(parts)
    # A higher score is never less likely the same: midway between the least rising curve
    # above each draw and the greatest below it.
    above = np.maximum.accumulate(drawn, axis=1)
    below = np.minimum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
    rising: NDArray[np.float64] = (above + below) / 2
    return rising


def read_curve(
    scores: NDArray[np.float64],
    judged: Mapping[int, bool],
    prior: Prior,
    places: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the likely chance of "same" at some scores; see ``draw_outcomes``."""
    curves, weights = _fit(scores, judged, prior)
    rates = np.stack([_to_rates(np.interp(log_odds(places), _KNOTS, c.mean)) for c in curves])
    chances: NDArray[np.float64] = weights @ rates
    return chances


def draw_outcomes(
    scores: NDArray[np.float64],
    judged: Mapping[int, bool],
    thresholds: NDArray[np.float64],
    prior: Prior,
) -> Outcomes:
    """Draw what the unanswered candidates may be, and count.

    Args:
        scores: float64 of shape ``(m,)``, each in 0..1.
        judged: Answers by place in ``scores``; they count as they are.
        thresholds: float64 of shape ``(t,)``, ascending.
        prior: What is held beforehand.
    """
    edges = np.unique(np.concatenate((np.linspace(0, 1, _STEPS + 1)[:-1], thresholds)))
    middles = (edges + np.append(edges[1:], max(1.0, edges[-1]))) / 2
    bins = np.searchsorted(edges, scores, "right") - 1
    counts = np.bincount(bins, minlength=len(edges))
    places = sorted(judged)
    answered = np.bincount(bins[places], minlength=len(edges)) if places else np.zeros_like(counts)
    yes = [place for place in places if judged[place]]
    known = np.bincount(bins[yes], minlength=len(edges)) if yes else np.zeros_like(counts)
    random = np.random.default_rng(0)
    curves = _draw_curves(scores, judged, prior, random)
    rates = _to_rates(curves @ _hats(log_odds(middles)).T)
    same = known + random.binomial(counts - answered, rates)
    # From the top down: how many are at or above each edge.
    hits = np.cumsum(same[:, ::-1], axis=1)[:, ::-1]
    taken = np.cumsum(counts[::-1])[::-1]
    at = np.searchsorted(edges, thresholds)
    return Outcomes(thresholds, taken[at], hits[:, at], hits[:, :1])
