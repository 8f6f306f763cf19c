"""Claims about what the dates of two articles say for one event and against it."""

from __future__ import annotations

import numpy as np
import pytest

from topics.coverage.likeness.dates import expect_days, learn_dates

DAYS = np.arange(6)
ANY = 10**7


def learn(gaps, odds=0.0):
    return learn_dates(np.asarray(gaps, np.int64), np.full(len(gaps), odds), 5)


def weigh(dated, least, greatest):
    return float(dated.weigh(np.array([least]), np.array([greatest]))[0])


def test_a_common_day_says_more_among_articles_of_years_than_of_one_day():
    years, one_day = learn(np.arange(2000)), learn(np.zeros(2000, np.int64))
    assert years.weigh(DAYS, DAYS)[0] > 1
    assert all(np.diff(years.weigh(DAYS, DAYS)) < 0)
    assert one_day.weigh(DAYS, DAYS)[0] == 0
    assert learn([]).weigh(DAYS, DAYS).tolist() == pytest.approx([0.0] * 6)


def test_a_date_says_less_the_more_it_leaves_open():
    dated = learn(np.arange(2000))
    said = [weigh(dated, 0, most) for most in (0, 1, 5, 30, 365, ANY)]
    assert said == sorted(said, reverse=True)
    assert said[-1] == pytest.approx(0.0)


def test_all_pairs_lose_where_most_of_what_is_alike_lies_far_apart():
    assert learn(np.arange(0, 2000, 10)).surplus < -1
    assert learn([0, 1, 2] * 50).surplus == 0
    assert learn([]).surplus == 0


def test_pairs_that_nothing_speaks_for_teach_nothing():
    assert len(learn(np.arange(0, 2000, 10), odds=-1.0).gaps) == 0


@pytest.mark.parametrize("most", [0, 1, 5, 30])
def test_reports_of_one_story_grow_fewer_with_the_days(most):
    shares = expect_days(most)
    assert len(shares) == most + 1
    assert all(np.diff(shares) < 0)
