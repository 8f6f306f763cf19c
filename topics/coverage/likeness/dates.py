"""What the dates of two articles say for one event and against it, as dates go in this corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.coverage.likeness.weighing import to_odds, to_probability

# Of the pairs of articles of one story, the share published on one day, on two days that follow
# each other, and later; of this half on each day more. Set by reading, docs/decisions/stories.md.
_SAME_DAY, _NEXT_DAY, _LATER = 0.50, 0.36, 0.14
# Pairs of known days that weigh as much as having none.
_UNDATED = 50


@dataclass(frozen=True)
class DateOdds:
    """Weighs what two dates leave open, by how far apart likely partners in a corpus lie.

    Attributes:
        gaps: int64 of shape ``(m,)``, ascending: days between likely partners.
        most: Most days between two reports of one event.
        surplus: Log odds, 0 or less, that every pair loses: see ``learn_dates``.
    """

    gaps: NDArray[np.int64]
    most: int
    surplus: float

    def weigh(self, least: NDArray[np.int64], greatest: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the log odds of one event that the days between two articles add.

        How much more often reports of one event lie so far apart than likely partners in this
        corpus do (likelihood ratio): a common day says much where articles are of seven years,
        and nothing where all are of one day. Dates that are missing or coarse leave a range
        open, and the ratio is that of the whole range: the more it leaves open, the less it says.

        Args:
            least: int64 of shape ``(m,)``: fewest days that may lie between two articles.
            greatest: The most that may.
        """
        nearest = self._ratio(np.zeros(1, np.int64), np.zeros(1, np.int64))
        # Where all articles are of one day, that day speaks against nothing.
        odds: NDArray[np.float64] = self._ratio(least, greatest) - min(0.0, float(nearest[0]))
        return odds

    def _ratio(self, least: NDArray[np.int64], greatest: NDArray[np.int64]) -> NDArray[np.float64]:
        shares = expect_days(self.most)
        sums = np.append(0.0, np.cumsum(shares / shares.sum()))
        first, last = (np.minimum(days, self.most + 1) for days in (least, greatest + 1))
        expected = np.maximum(sums[last] - sums[first], 1e-9)
        seen = np.searchsorted(self.gaps, greatest, "right") - np.searchsorted(self.gaps, least)
        share = (seen + _UNDATED * expected) / (len(self.gaps) + _UNDATED)
        ratio: NDArray[np.float64] = np.log(expected / share)
        return ratio


def expect_days(most: int) -> NDArray[np.float64]:
    """Return the share of the pairs of one story that lie 0, 1, ... ``most`` days apart."""
    later = _LATER * 0.5 ** np.arange(1, most + 1)
    return np.append((_SAME_DAY, _NEXT_DAY), later)[: most + 1]


def learn_dates(gaps: NDArray[np.int64], evidence: NDArray[np.float64], most: int) -> DateOdds:
    """Learn from pairs whose days are known how far apart likely partners lie.

    Likely are those for which vectors and words speak. The model was fitted on collections of
    stories; where articles are of one subject over years, most of what is alike are other events.
    The dates show it: no more pairs can be of one event than lie within ``most`` days. If fewer
    do than the model takes for one event, all pairs lose the difference in log odds.

    Args:
        gaps: int64 of shape ``(m,)``: days between the two.
        evidence: float64 of shape ``(m,)``: log odds of one event without the dates.
        most: Most days between two reports of one event.
    """
    likely = evidence >= 0
    found, taken = np.sort(gaps[likely]), to_probability(evidence[likely])
    mean = float(taken.mean()) if len(taken) else 0.5
    near = (int((found <= most).sum()) + _UNDATED * mean) / (len(found) + _UNDATED)
    return DateOdds(found, most, min(0.0, to_odds(near) - to_odds(mean)))
