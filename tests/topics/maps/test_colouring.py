from __future__ import annotations

import numpy as np
import pytest

from topics.maps.colouring import Dates, Groups, Ramp, paint_topics
from topics.maps.palette import LIGHT, read_rgb


def groups(of: list[int], weights: list[float] | None = None) -> Groups:
    names = {number: f"outlet {number}" for number in range(20)}
    weight = np.ones(len(of)) if weights is None else np.array(weights)
    return Groups(np.array(of), weight, names, "other outlets", "no outlet known")


def test_the_largest_groups_have_the_first_colours():
    told = groups([4, 7, 7], [5.0, 1.0, 1.0]).legend(LIGHT)
    assert told == ((LIGHT.groups[0], "outlet 4"), (LIGHT.groups[1], "outlet 7"))


def test_groups_beyond_the_palette_are_grey_and_counted():
    many = groups([*range(12), *range(10)])
    assert many.legend(LIGHT)[-1] == (LIGHT.none, "2 other outlets")
    rgb, own = many.paint(LIGHT)
    assert own.tolist() == [True] * 10 + [False] * 2 + [True] * 10
    assert rgb[10] == pytest.approx(read_rgb(LIGHT.none))


def test_other_groups_and_no_group_are_two_greys():
    told = dict(groups([*range(12), *range(10), -1]).legend(LIGHT)[-2:])
    assert list(told.values()) == ["2 other outlets", "no outlet known"]
    assert len(told) == 2


def test_the_legend_says_the_colour_that_a_point_has():
    some = groups([3, 3, 5, -1])
    rgb, own = some.paint(LIGHT)
    colour = {name: colour for colour, name in some.legend(LIGHT)}
    for row, name in ((0, "outlet 3"), (2, "outlet 5"), (3, "no outlet known")):
        assert rgb[row] == pytest.approx(read_rgb(colour[name]))
    assert own.tolist() == [True, True, True, False]


def test_dates_without_any_are_all_grey():
    assert Dates(np.full(3, np.nan), "", "").legend(LIGHT) == ((LIGHT.none, "no date"),)
    some = Dates(np.array([0.0, np.nan]), "2013", "2014").legend(LIGHT)
    assert some == Ramp("2013", "2014 (grey: no date)")


def test_a_topic_without_a_colour_is_grey():
    rgb, own = paint_topics(np.array([0, -1]), {0: "#00ff00"}, LIGHT)
    assert own.tolist() == [True, False]
    assert rgb[0] == pytest.approx([0, 1, 0])
    assert rgb[1] == pytest.approx(read_rgb(LIGHT.none))
