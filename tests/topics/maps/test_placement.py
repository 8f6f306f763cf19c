from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.maps.clouds import Cloud, count_cells, find_clouds
from topics.maps.page import MARGIN, Page, arrange_points, rank_groups
from topics.maps.placement import Name, find_leader, place_names, shape_name, wrap_name

PAGE = Page()


def clouds_of(members: dict[int, np.ndarray]) -> dict[int, Cloud]:
    everything = np.concatenate(list(members.values()))
    return {topic: parts[0] for topic, parts in find_clouds(members, PAGE, everything).items()}


def name_of(cloud: Cloud, box: tuple[float, float], *, large: bool = True) -> Name:
    return Name(cloud, large, ("a",), 10.0, box)


@given(
    seed=st.integers(0, 999),
    n=st.integers(1, 200),
    stretch=st.tuples(st.sampled_from([0.0, 1e-6, 1.0, 1e5]), st.sampled_from([0.0, 1.0, 30.0])),
    page=st.sampled_from([PAGE, Page(5.0, 3.75, 1.2, 0.9), Page(40.0, 30.0)]),
)
def test_points_of_any_scale_come_onto_the_page_and_back(seed, n, stretch, page):
    points = np.random.default_rng(seed).normal(size=(n, 2)) * stretch
    dots = arrange_points(points, np.zeros(n, int), None, None, page)
    assert ((dots.places > MARGIN) & (dots.places < [page.width - MARGIN, page.height])).all()
    assert ((dots.places[:, 1] > page.bottom) & (dots.places[:, 1] < page.height - page.top)).all()
    back = page.fit(points).to_points(dots.places)
    if points.any():
        assert back == pytest.approx(points[dots.order], abs=1e-9 * np.abs(points).max())


def test_the_points_keep_what_belongs_to_them():
    random = np.random.default_rng(3)
    points, sizes = random.normal(size=(50, 2)), random.permutation(50) + 1
    dots = arrange_points(points, sizes % 5, sizes, sizes / 50, PAGE)
    order = dots.weights.astype(int)
    assert sorted(order) == list(range(1, 51))
    assert (order == sizes[dots.order]).all()
    assert (dots.topics == order % 5).all()
    assert dots.fits == pytest.approx(order / 50)
    assert dots.places == pytest.approx(PAGE.fit(points).to_page(points[dots.order]))


def test_topics_are_ranked_by_passages_and_equal_ones_by_id():
    ranked = rank_groups(np.array([2, 5, 5, 1, -1]), np.array([1.0, 4.0, 2.0, 1.0, 99.0]))
    assert list(ranked.items()) == [(5, 6.0), (1, 1.0), (2, 1.0)]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999), topics=st.integers(1, 40), n=st.sampled_from([40, 300, 3000]))
def test_names_stay_apart_and_on_the_page(seed, topics, n):
    random = np.random.default_rng(seed)
    middles = random.uniform((0.5, 0.8), (9.5, 6.2), size=(topics, 2))
    topic = np.concatenate([np.arange(topics), random.integers(0, topics, n - topics)])
    places = np.clip(middles[topic] + 0.2 * random.normal(size=(n, 2)), 0.4, (9.6, 6.3))
    clouds = clouds_of({t: places[topic == t] for t in range(topics)})
    boxes = random.uniform((0.5, 0.15), (1.8, 0.6), size=(topics, 2))
    names = [name_of(clouds[t], (float(w), float(h))) for t, (w, h) in enumerate(boxes)]
    found = place_names(names, count_cells(places, PAGE), PAGE)
    spots = {topic_id: spot for (topic_id, _), spot in found.items()}
    assert len(spots) == topics or topics > 20
    for topic_id, (x, y) in spots.items():
        width, height = names[topic_id].box
        assert MARGIN <= x - width / 2 <= x + width / 2 <= PAGE.width - MARGIN
        assert PAGE.bottom <= y - height / 2 <= y + height / 2 <= PAGE.height - PAGE.top
    for one, two in itertools.combinations(spots, 2):
        gap = np.abs(np.subtract(spots[one], spots[two]))
        assert (gap >= (np.array(names[one].box) + names[two].box) / 2).any()


def test_a_name_is_as_wide_as_its_longest_line():
    cloud = clouds_of({4: np.array([[5.0, 4.0]])})[4]
    name = shape_name(
        cloud, "Talks on arms and grain", 10.0, lambda line, *_: len(line), large=True
    )
    assert name.lines == ("Talks on arms", "and grain")
    assert name.box == (13, pytest.approx(2 * 1.14 * 10 / 72))


def test_only_a_name_away_from_its_topic_gets_a_line():
    name = name_of(clouds_of({0: np.array([[5.0, 4.0]])})[0], (1.0, 0.2))
    assert find_leader(name, (5.0, 4.1)) is None
    line = find_leader(name, (2.0, 4.0))
    assert line is not None
    assert line[0] == pytest.approx([2.5, 4.0], abs=0.11)
    assert np.hypot(*(line[1] - [5.0, 4.0])) < 0.5


def test_a_small_name_is_left_out_rather_than_put_far_from_its_cloud():
    """Another name fills the page but for strips that are far from its cloud."""
    own = np.array([[5.0, 3.5]])
    cloud, other = clouds_of({0: own, 1: own}).values()
    block = name_of(cloud, (9.2, 4.5))
    counts = count_cells(own, PAGE)
    for large, placed in ((True, 2), (False, 1)):
        strip = name_of(other, (0.5, 0.2), large=large)
        assert len(place_names([block, strip], counts, PAGE)) == placed


def test_among_many_points_a_name_lies_on_its_own_cloud():
    random = np.random.default_rng(0)
    members = {
        0: random.normal((3, 3.5), 0.4, (2500, 2)),
        1: random.normal((7, 3.5), 0.4, (2500, 2)),
    }
    clouds = clouds_of(members)
    names = [name_of(clouds[t], (1.5, 0.3)) for t in (0, 1)]
    spots = place_names(names, count_cells(np.concatenate(list(members.values())), PAGE), PAGE)
    for (topic, _), spot in spots.items():
        away = np.hypot(*(members[topic] - spot).T)
        assert (away < 0.5).sum() > 100


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
    cloud = clouds_of({0: own, 1: band})[0]
    name = name_of(cloud, (1.6, 0.4))
    everything = np.concatenate([own, band])
    spot = place_names([name], count_cells(everything, PAGE), PAGE)[0, 0]
    covered = np.abs(everything - spot) < np.array(name.box) / 2
    assert not covered.all(axis=1).any()
