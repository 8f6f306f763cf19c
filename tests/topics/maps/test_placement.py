from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.maps.placement import (
    BOTTOM,
    HEIGHT,
    MARGIN,
    TOP,
    WIDTH,
    Name,
    arrange_points,
    find_grounds,
    find_leader,
    place_names,
    rank_topics,
    shape_names,
    wrap_name,
)


@given(
    seed=st.integers(0, 999),
    n=st.integers(1, 200),
    stretch=st.tuples(st.sampled_from([0.0, 1e-6, 1.0, 1e5]), st.sampled_from([0.0, 1.0, 30.0])),
)
def test_points_of_any_scale_come_onto_the_page(seed, n, stretch):
    points = np.random.default_rng(seed).normal(size=(n, 2)) * stretch
    places = arrange_points(points, np.zeros(n, int), None, None).places
    assert ((places > MARGIN) & (places < [WIDTH - MARGIN, HEIGHT - TOP])).all()
    assert (places[:, 1] > BOTTOM).all()


def test_the_points_keep_what_belongs_to_them():
    random = np.random.default_rng(3)
    points, sizes = random.normal(size=(50, 2)), random.permutation(50) + 1
    dots = arrange_points(points, sizes % 5, sizes, sizes / 50)
    order = dots.weights.astype(int)
    assert sorted(order) == list(range(1, 51))
    assert (dots.topics == order % 5).all()
    assert dots.fits == pytest.approx(order / 50)
    back = points[np.argsort(sizes)][order - 1]
    slope = np.diff(dots.places, axis=0) / np.diff(back, axis=0)
    assert slope == pytest.approx(np.full_like(slope, slope[0, 0]))


def test_topics_are_ranked_by_passages_and_equal_ones_by_id():
    ranked = rank_topics(np.array([2, 5, 5, 1, -1]), np.array([1.0, 4.0, 2.0, 1.0, 99.0]))
    assert list(ranked.items()) == [(5, 6.0), (1, 1.0), (2, 1.0)]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 999), topics=st.integers(1, 40), n=st.sampled_from([40, 300, 3000]))
def test_names_stay_apart_and_on_the_page(seed, topics, n):
    random = np.random.default_rng(seed)
    middles = random.uniform((0.5, 0.8), (9.5, 6.2), size=(topics, 2))
    topic = np.concatenate([np.arange(topics), random.integers(0, topics, n - topics)])
    places = np.clip(middles[topic] + 0.2 * random.normal(size=(n, 2)), 0.4, (9.6, 6.3))
    grounds = find_grounds({t: places[topic == t] for t in range(topics)}, n)
    boxes = random.uniform((0.5, 0.15), (1.8, 0.6), size=(topics, 2))
    names = [Name(t, ("a",), 10.0, (float(w), float(h))) for t, (w, h) in enumerate(boxes)]
    spots = place_names(names, grounds)
    assert len(spots) == topics or topics > 20
    for topic_id, (x, y) in spots.items():
        width, height = names[topic_id].box
        assert MARGIN <= x - width / 2 <= x + width / 2 <= WIDTH - MARGIN
        assert BOTTOM <= y - height / 2 <= y + height / 2 <= HEIGHT - TOP
    for one, two in itertools.combinations(spots, 2):
        gap = np.abs(np.subtract(spots[one], spots[two]))
        assert (gap >= (np.array(names[one].box) + names[two].box) / 2).any()


def test_a_larger_topic_has_a_larger_name():
    names = shape_names(
        [4, 9], {4: "Talks", 9: "Arms"}, {4: 80.0, 9: 10.0}, lambda line, size: size + len(line)
    )
    assert [name.topic for name in names] == [4, 9]
    assert names[0].size > names[1].size
    assert names[0].box[0] == names[0].size + 5


def test_only_a_name_away_from_its_topic_gets_a_line():
    grounds = find_grounds({0: np.array([[5.0, 4.0]])}, 1)
    name = Name(0, ("a",), 10.0, (1.0, 0.2))
    assert find_leader(name, (5.0, 4.1), grounds[0]) is None
    line = find_leader(name, (2.0, 4.0), grounds[0])
    assert line is not None
    assert line[0] == pytest.approx([2.5, 4.0], abs=0.11)
    assert np.hypot(*(line[1] - [5.0, 4.0])) < 0.5


@given(name=st.text(max_size=200))
def test_a_name_takes_at_most_three_lines(name):
    lines = wrap_name(name)
    assert len(lines) <= 3
    assert all(len(line) <= 26 for line in lines)


def test_among_few_points_a_name_leaves_the_crowd_rather_than_hide_one():
    """A small topic in the middle of a band of another's points, with room above and below."""
    x, y = np.meshgrid(np.linspace(3, 7, 11), np.linspace(3.1, 4.1, 3))
    band = np.stack([x.ravel(), y.ravel()], axis=1)
    own = np.array([[5.0, 3.5], [5.1, 3.55], [4.9, 3.7]])
    grounds = find_grounds({0: own, 1: band}, len(own) + len(band))
    name = Name(0, ("a",), 10.0, (1.6, 0.4))
    spot = place_names([name], grounds)[0]
    covered = np.abs(np.concatenate([own, band]) - spot) < np.array(name.box) / 2
    assert not covered.all(axis=1).any()
