"""Rising and falling topics, and those that only seem so."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from scipy.special import gammainc, gammaincc

from topics.periods.shifts import (
    correct_p_values,
    find_shifts,
    gamma_tails,
    standardise,
    tail,
)


def corpus(before: int, after: int, size: int = 10) -> tuple[dict[str, int], set[str]]:
    """Articles of equal size, the later ones named ``b``."""
    sizes = {f"a{n}": size for n in range(before)} | {f"b{n}": size for n in range(after)}
    return sizes, {article for article in sizes if article[0] == "b"}


def test_a_topic_of_many_later_articles_rises_and_the_other_falls():
    sizes, later = corpus(40, 20)
    rising = {article: 6 if article in later else 1 for article in sizes}
    falling = {article: sizes[article] - count for article, count in rising.items()}
    shifts = find_shifts({1: rising, 2: falling}, sizes, later)
    assert (shifts[1].direction, shifts[2].direction) == ("rising", "falling")
    assert (shifts[1].before, shifts[1].after) == (0.1, 0.6)
    assert shifts[1].distinct_after == 120
    assert shifts[1].expected_after == pytest.approx(200 * 160 / 600)


def test_equal_shares_of_unequal_counts_are_steady():
    sizes, later = corpus(10, 90)
    shift = find_shifts({1: dict.fromkeys(sizes, 5)}, sizes, later)[1]
    assert (shift.direction, shift.z) == ("steady", 0.0)


def test_one_long_article_does_not_make_a_topic_rise():
    sizes, later = corpus(40, 20)
    sizes["b0"] = 300
    shift = find_shifts({1: {"b0": 300, "b1": 1, "b2": 1, "a1": 1}}, sizes, later)[1]
    assert shift.after > 10 * shift.before
    assert shift.direction == "steady"


@pytest.mark.parametrize("counts", [{"b0": 50, "b1": 50}, {"b0": 1, "b1": 1, "b2": 2}, {}])
def test_few_articles_or_texts_are_not_tested(counts):
    sizes, later = corpus(40, 20, size=50)
    shift = find_shifts({1: counts}, sizes, later)[1]
    assert (shift.direction, shift.z, shift.p) == ("too few", 0.0, 1.0)


@pytest.mark.parametrize("later", [set(), {"a", "b"}])
def test_nothing_to_compare_gives_no_shift(later):
    assert find_shifts({1: {"a": 1, "b": 1}}, {"a": 3, "b": 3}, later) == {}


def test_dates_dealt_at_random_seldom_make_a_topic_rise_or_fall():
    deal = random.Random(0)
    sizes = {f"{n}": deal.randint(1, 40) for n in range(80)}
    # Articles of one mind: what makes paragraphs dependent.
    counts = {
        topic: {a: size for a, size in sizes.items() if deal.random() < 0.2} for topic in range(5)
    }
    called = 0
    for _ in range(100):
        later = set(deal.sample(sorted(sizes), 20))
        shifts = find_shifts(counts, sizes, later).values()
        called += any(shift.direction in ("rising", "falling") for shift in shifts)
    assert called <= 10


def test_moments_are_those_of_all_ways_to_deal():
    surplus = [5.0, -1.0, -2.0, 0.5, -2.5, 1.0, -1.0]
    sums = [sum(chosen) for chosen in itertools.combinations(surplus, 3)]
    deviation = math.sqrt(sum(value**2 for value in sums) / len(sums))
    z, skewness = standardise(4.0, surplus, 3)
    assert z == pytest.approx(4.0 / deviation)
    assert skewness == pytest.approx(sum(v**3 for v in sums) / len(sums) / deviation**3)


def test_a_tail_is_never_lighter_than_the_normal_one():
    assert tail(1.959964, 0.0) == pytest.approx(0.025)
    assert tail(3.0, 1.0) == pytest.approx(0.011, abs=0.001)  # tables of Pearson type III
    assert tail(-3.0, 1.0) == pytest.approx(0.00135, abs=0.0001)
    assert tail(-3.0, -1.0) == tail(3.0, 1.0)


@pytest.mark.parametrize("skewness", [0.01, 0.05, 0.063, 0.064, 0.3, 1.0, 3.0, 12.0])
@pytest.mark.parametrize("z", [-4.4, -1.0, -0.1, 0.0, 0.02, 0.9, 2.5, 8.0])
def test_the_gamma_tails_are_those_of_scipy(skewness, z):
    shape = 4 / skewness**2
    value = max(0.0, shape + 2 * z / skewness)
    expected = (gammainc(shape, value), gammaincc(shape, value))
    assert gamma_tails(shape, value) == pytest.approx(expected, rel=1e-8, abs=1e-12)


def test_p_values_are_corrected_step_up():
    # Benjamini and Hochberg's definition: p * number / rank, made monotone from the largest.
    found = correct_p_values({1: 0.01, 2: 0.04, 3: 0.03, 4: 0.8})
    assert found == pytest.approx({1: 0.04, 2: 0.16 / 3, 3: 0.16 / 3, 4: 0.8})
