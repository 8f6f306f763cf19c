"""Which topics rise and which fall, told apart from chance.

The question put to chance: if the dates were dealt to the articles anew, how often would a topic's
share of the later texts differ so much? Whole articles are dealt, since the paragraphs of one
article are no independent witnesses. The answer is taken from the first three moments of that
permutation distribution, by a Pearson type III curve as in Berry and Mielke (Mielke and Berry
2007, "Permutation Methods", 2nd edition, Springer), so that it needs no random numbers. The
p-values are corrected for the number of topics (Benjamini and Hochberg 1995, JRSS B 57:289-300).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

# Fewer texts on the side where a topic is larger, or texts of fewer articles, are an anecdote.
LEAST_TEXTS = 5
LEAST_ARTICLES = 3

# Of the topics called rising or falling, the share that may be so by chance.
LEVEL = 0.05

# Shapes from which Stirling's formula is exact to the digits that are computed, and those.
_BY_STIRLING, _EXACT = 1e3, 1e-13

# Below this skewness the curve is the normal one to all digits that matter.
_STRAIGHT = 1e-3


@dataclass(frozen=True)
class Shift:
    """How a topic's share of the corpus changed.

    Attributes:
        direction: ``rising``, ``falling``, ``steady`` (no change beyond chance) or ``too few``
            (not tested).
        before: Share of the earlier texts, 0 to 1.
        after: Share of the later texts, 0 to 1.
        distinct_before: The topic's distinct texts in the earlier periods.
        distinct_after: Those in the later ones.
        expected_after: Those that the later ones would have at the share of both together.
        z: ``distinct_after`` less ``expected_after`` in standard deviations of articles dealt
            anew; 0 where not tested.
        p: Two-sided, corrected for the number of topics; 1 where not tested.
    """

    direction: str
    before: float
    after: float
    distinct_before: int
    distinct_after: int
    expected_after: float
    z: float
    p: float


def find_shifts(
    topics: Mapping[int, Mapping[str, int]], sizes: Mapping[str, int], later: Set[str]
) -> dict[int, Shift]:
    """Compare each topic's share of later articles with its share of earlier ones.

    Args:
        topics: For each topic its distinct texts in each article that has any.
        sizes: For each article its distinct texts, of whatever topic.
        later: The articles of the later periods; the others are the earlier.

    Returns:
        A shift for each topic; empty where one of the two sides has no texts.
    """
    later_texts = sum(size for article, size in sizes.items() if article in later)
    if not 0 < later_texts < sum(sizes.values()):
        return {}
    found = {topic: _compare(counts, sizes, later) for topic, counts in topics.items()}
    corrected = correct_p_values(
        {t: shift.p for t, shift in found.items() if shift.direction != "too few"}
    )
    for topic, p in corrected.items():
        shift = found[topic]
        named = "steady" if p > LEVEL else "rising" if shift.z > 0 else "falling"
        found[topic] = replace(shift, direction=named, p=p)
    return found


def _compare(counts: Mapping[str, int], sizes: Mapping[str, int], later: Set[str]) -> Shift:
    """Return a topic's shift with its p-value uncorrected, and ``steady`` if it can be tested."""
    texts = sum(sizes.values())
    texts_after = sum(size for article, size in sizes.items() if article in later)
    after = sum(count for article, count in counts.items() if article in later)
    before = sum(counts.values()) - after
    share = (before + after) / texts
    shift = Shift(
        direction="too few",
        before=before / (texts - texts_after),
        after=after / texts_after,
        distinct_before=before,
        distinct_after=after,
        expected_after=share * texts_after,
        z=0.0,
        p=1.0,
    )
    grown = shift.after > shift.before
    on_side = [count for article, count in counts.items() if (article in later) == grown]
    if sum(on_side) < LEAST_TEXTS or len(on_side) < LEAST_ARTICLES:
        return shift
    surplus = [counts.get(article, 0) - share * size for article, size in sizes.items()]
    dealt = sum(1 for article in sizes if article in later)
    z, skewness = standardise(after - shift.expected_after, surplus, dealt)
    return replace(shift, direction="steady", z=z, p=min(1.0, 2 * tail(z, skewness)))


def standardise(found: float, surplus: list[float], dealt: int) -> tuple[float, float]:
    """Return a sum in standard deviations, and the skewness of such sums.

    Args:
        found: The sum over the later articles.
        surplus: Each article's part, earlier and later, which add up to 0.
        dealt: How many articles are drawn, without putting back; fewer than all.
    """
    n, rest = len(surplus), len(surplus) - dealt
    squares = math.fsum(value**2 for value in surplus)
    cubes = math.fsum(value**3 for value in surplus)
    variance = dealt * rest / (n * (n - 1)) * squares
    if variance <= 0:
        return 0.0, 0.0
    third = dealt * rest * (rest - dealt) / (n * (n - 1) * (n - 2)) * cubes if n > 2 else 0.0
    return found / math.sqrt(variance), third / variance**1.5


def tail(z: float, skewness: float) -> float:
    """Return the chance of a value as far out as ``z``, on its side.

    The larger one of the Pearson type III curve and the normal: where the distribution leans
    away, the former ends at a bound that the true one does not have.
    """
    normal = math.erfc(abs(z) / math.sqrt(2)) / 2
    if abs(skewness) < _STRAIGHT:
        return normal
    shape = 4 / skewness**2
    quantile = max(0.0, shape + 2 * z / skewness)
    below, above = gamma_tails(shape, quantile)
    return max(normal, above if (z > 0) == (skewness > 0) else below)


def gamma_tails(shape: float, value: float) -> tuple[float, float]:
    """Return the chances that a gamma variable of scale 1 is below and above a value.

    The series of DLMF 8.7.3 and the continued fraction of 8.9.2 by Lentz's method, to 12 digits;
    to import those of SciPy takes longer than all the rest of ``trends``.
    """
    if value <= 0:
        return 0.0, 1.0
    if shape < _BY_STIRLING:
        density = math.exp(shape * math.log(value) - value - math.lgamma(shape))
    else:
        off = (value - shape) / shape
        density = math.exp(shape * (math.log1p(off) - off) - 1 / (12 * shape))
        density *= math.sqrt(shape / (2 * math.pi))
    if value < shape + 1:
        term = total = 1 / shape
        place = shape
        while term > total * _EXACT:
            place += 1
            term *= value / place
            total += term
        return density * total, 1 - density * total
    step, below = 0, value + 1 - shape
    above, share, change = 1 / 1e-300, 1 / below, 0.0
    fraction = share
    while abs(change - 1) > _EXACT:
        step += 1
        part = step * (shape - step)
        below += 2
        share = 1 / (part * share + below)
        above = below + part / above
        change = share * above
        fraction *= change
    return 1 - density * fraction, density * fraction


def correct_p_values(p_values: Mapping[int, float]) -> dict[int, float]:
    """Correct p-values for their number, by Benjamini and Hochberg's step-up procedure."""
    ranked = sorted(p_values, key=lambda key: (-p_values[key], key))
    corrected, least = {}, 1.0
    for rank, key in zip(range(len(ranked), 0, -1), ranked, strict=True):
        least = min(least, p_values[key] * len(ranked) / rank)
        corrected[key] = least
    return corrected
