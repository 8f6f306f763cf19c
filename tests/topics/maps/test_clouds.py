from __future__ import annotations

import numpy as np
import pytest

from embeddings.errors import InputError
from topics.maps.clouds import LEAST_ISLAND, find_anchors


def blobs(*blobs: tuple[float, float, int]) -> np.ndarray:
    random = np.random.default_rng(5)
    return np.concatenate([random.normal((x, y), 0.04, (n, 2)) for x, y, n in blobs])


NAMES = {1: "Talks", 2: "Arms", 3: "Talks in Geneva"}


def test_an_anchor_lies_where_its_topic_is_densest_in_units_of_the_layout():
    points = blobs((-1, 0, 300), (1, 0.5, 200))
    heads = np.repeat([1, 2], [300, 200])
    first, second = find_anchors(points, (heads,), NAMES)
    assert (first.topic, first.name, first.passages) == (1, "Talks", 300)
    assert first.place == pytest.approx((-1, 0), abs=0.06)
    assert second.place == pytest.approx((1, 0.5), abs=0.06)
    left, bottom, right, top = second.box
    assert 0.8 < left < 1 < right < 1.2
    assert 0.3 < bottom < 0.5 < top < 0.7


def test_places_follow_the_scale_of_the_layout():
    points = blobs((-1, 0, 300), (1, 0.5, 200))
    heads = np.repeat([1, 2], [300, 200])
    here = find_anchors(points, (heads,), NAMES)
    there = find_anchors(1000 * points + 50, (heads,), NAMES)
    for one, other in zip(here, there, strict=True):
        assert other.place == pytest.approx(1000 * np.array(one.place) + 50)
        assert other.box == pytest.approx(1000 * np.array(one.box) + 50)


def test_a_second_island_is_named_again_and_a_few_strays_are_not():
    points = blobs((-1, 0, 300), (1, 0.5, 200), (1, -0.8, 60), (0, 0.9, LEAST_ISLAND - 2))
    heads = np.repeat([1, 2, 1, 1], [300, 200, 60, LEAST_ISLAND - 2])
    anchors = find_anchors(points, (heads,), NAMES)
    assert [(one.topic, one.island) for one in anchors] == [(1, 0), (2, 0), (1, 1)]
    assert anchors[2].place == pytest.approx((1, -0.8), abs=0.06)


def test_finer_topics_come_after_broad_ones_and_one_on_both_layers_is_broad():
    points = blobs((-1, 0, 100), (-0.6, 0, 200), (1, 0.5, 200))
    heads = np.repeat([1, 2], [300, 200])
    finer = np.repeat([-1, 3, 2], [100, 200, 200])
    anchors = find_anchors(points, (heads, finer), NAMES)
    assert [(one.topic, one.layer) for one in anchors] == [(1, 0), (2, 0), (3, 1)]


def test_weights_count_passages_and_topics_without_a_name_have_no_anchor():
    points = blobs((-1, 0, 30), (1, 0.5, 20))
    heads = np.repeat([1, 9], [30, 20])
    (one,) = find_anchors(points, (heads,), NAMES, np.full(50, 3.0))
    assert (one.topic, one.passages) == (1, 90)


def test_the_points_in_any_order_have_the_same_anchors():
    points = blobs((-1, 0, 300), (1, 0.5, 200), (1, -0.8, 60))
    heads = np.repeat([1, 2, 1], [300, 200, 60])
    order = np.random.default_rng(1).permutation(len(points))
    same = find_anchors(points[order], (heads[order],), NAMES)
    assert same == find_anchors(points, (heads,), NAMES)


def test_nothing_to_name_says_what_to_type():
    with pytest.raises(InputError, match="topicwire cluster PATH"):
        find_anchors(np.zeros((0, 2)), (np.zeros(0, int),), {})
