from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import InputError
from topics import drawing
from topics.drawing import (
    BOTTOM,
    HEIGHT,
    MARGIN,
    NO_TOPIC,
    PALETTE,
    TOP,
    WIDTH,
    Name,
    colour_topics,
    darken_for_text,
    draw,
    find_grounds,
    place_names,
    wrap_name,
)

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
# Vision Deficiency", IEEE TVCG 15(6), 2009: severity 1.0, on linear sRGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# Linear sRGB to XYZ with white D65 (IEC 61966-2-1).
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB."""
    share = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    """Sharma, Wu and Dalal 2005."""
    chroma = (np.hypot(*one[1:]) + np.hypot(*two[1:])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    a1, a2 = one[1] * stretch, two[1] * stretch
    c1, c2 = np.hypot(a1, one[2]), np.hypot(a2, two[2])
    h1, h2 = np.degrees(np.arctan2([one[2], two[2]], [a1, a2])) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    middle, light, c = h1 + turn / 2, (one[0] + two[0]) / 2, (c1 + c2) / 2
    t = 1 + sum(
        weight * np.cos(np.radians(times * middle + shift))
        for weight, times, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    )
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * c, 1 + 0.015 * c * t
    rotation = (
        -2
        * np.sqrt(c**7 / (c**7 + 25.0**7))
        * np.sin(np.radians(60 * np.exp(-((((middle % 360) - 275) / 25) ** 2))))
    )
    dl, dc, dh = (two[0] - one[0]) / s_light, (c2 - c1) / s_chroma, hue / s_hue
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh))


def test_the_colour_difference_is_the_published_one():
    """Pairs 1 and 17 of the test data of Sharma, Wu and Dalal 2005."""
    pair = np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])
    assert ciede2000(*pair) == pytest.approx(2.0425, abs=1e-4)
    pair = np.array([50, 2.5, 0]), np.array([73, 25, -18])
    assert ciede2000(*pair) == pytest.approx(27.1492, abs=1e-4)


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_can_be_told_apart(sight):
    seen = [lab(SIGHT[sight] @ linear(colour)) for colour in PALETTE]
    assert min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2)) >= 15


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("ground", [NO_TOPIC, "#ffffff"])
def test_every_colour_differs_from_the_page_and_from_no_topic(sight, ground):
    behind = lab(SIGHT[sight] @ linear(ground))
    assert min(ciede2000(lab(SIGHT[sight] @ linear(c)), behind) for c in PALETTE) >= 11


@pytest.mark.parametrize("colour", PALETTE)
def test_names_have_contrast_on_white(colour):
    luminance = TO_XYZ[1] @ linear(darken_for_text(colour))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_neighbours_differ_where_colours_must_be_used_again():
    peaks = {t: (float(t % 10), float(t // 10)) for t in range(40)}
    colours = colour_topics(peaks)
    assert len(set(list(colours.values())[: len(PALETTE)])) == len(PALETTE)
    for one, two in itertools.combinations(peaks, 2):
        if np.hypot(*np.subtract(peaks[one], peaks[two])) <= 1:
            assert colours[one] != colours[two]


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


def scatter(n: int = 60, topics: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    labels = np.arange(n) % topics
    points = random.uniform(-1, 1, size=(topics, 2))[labels] + 0.1 * random.normal(size=(n, 2))
    return points.astype(np.float32), labels


NAMES = {0: "Talks in Geneva", 1: "Arms deliveries", 2: "Battle for the road"}


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_points_in_any_order_give_the_same_bytes(tmp_path, suffix):
    points, labels = scatter()
    shuffled = np.random.default_rng(9).permutation(len(points))
    first = draw(points, labels, NAMES, tmp_path / f"a{suffix}", title="News")
    again = draw(points[shuffled], labels[shuffled], NAMES, tmp_path / f"b{suffix}", title="News")
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.named == (0, 1, 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a{suffix}", f"b{suffix}"]


def test_a_png_is_as_large_as_it_says(tmp_path):
    picture = draw(*scatter(), NAMES, tmp_path / "map.png", title="News")
    header = picture.path.read_bytes()[:24]
    size = int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
    assert size == (picture.width, picture.height) == (2000, 1500)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_a_few_points_make_a_picture(tmp_path, n):
    points, labels = scatter(n)
    picture = draw(points, labels, NAMES, tmp_path / "map.svg", title="News")
    assert picture.named == tuple(range(min(n, 3)))


def svg_texts(path: Path) -> list[str]:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314, our own file
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_name_is_printed_as_it_stands(tmp_path):
    """Names come from articles: no mathematics, no markup, no control characters."""
    names = {0: "$x_1^2$ {a}", 1: "<b>&amp;\x00\x1b</b>", 2: "الأسلحة"}
    picture = draw(*scatter(), names, tmp_path / "map.svg", title="$\\frac{1}$ <i>")
    texts = svg_texts(picture.path)
    assert "$\\frac{1}$ <i>" in texts
    # Each name stands on its light outline, itself a text.
    for name in ("$x_1^2$ {a}", "<b>&amp; </b>", "الأسلحة"):
        assert texts.count(name) == 2


def test_names_in_svg_are_text_and_nothing_is_fetched(tmp_path):
    path = draw(*scatter(), NAMES, tmp_path / "map.svg", title="News", caption="60 passages").path
    assert {"News", "60 passages", "Arms deliveries"} <= set(svg_texts(path))
    links = re.findall(r'(?:href|src|url)\s*[=(]\s*"?([^")\s]+)', path.read_text(encoding="utf-8"))
    assert all(link.startswith(("#", "data:")) for link in links)


def test_many_points_do_not_swell_a_vector_file(tmp_path):
    points, labels = scatter(6000)
    picture = draw(points, labels, NAMES, tmp_path / "map.svg", title="News")
    assert picture.path.stat().st_size < 1_000_000


def test_names_left_out_are_counted_on_the_page(tmp_path):
    points, labels = scatter(300, 50)
    names = {t: f"Topic number {t}" for t in range(49)}
    picture = draw(points, labels, names, tmp_path / "map.svg", title="News")
    assert len(picture.named) <= drawing.MOST_NAMES
    assert sorted(picture.named + picture.unnamed) == list(range(50))
    assert 49 in picture.unnamed
    assert f"{len(picture.unnamed)} smaller topics not named" in svg_texts(picture.path)


def test_characters_without_a_glyph_are_reported(tmp_path):
    names = {**NAMES, 1: "Talks \U00013000"}  # an Egyptian hieroglyph
    picture = draw(*scatter(), names, tmp_path / "map.png", title="News")
    assert picture.missing_characters == "\U00013000"


def test_a_long_name_is_cut_and_reported(tmp_path):
    names = {**NAMES, 2: "the very long story of a road and of all who fought over it " * 3}
    picture = draw(*scatter(), names, tmp_path / "map.svg", title="News")
    assert picture.shortened == (2,)
    assert any(text.endswith("…") for text in svg_texts(picture.path))


@given(name=st.text(max_size=200))
def test_a_name_takes_at_most_three_lines(name):
    lines = wrap_name(name)
    assert len(lines) <= 3
    assert all(len(line) <= 26 for line in lines)


def test_points_without_a_topic_are_drawn_but_not_counted_as_one(tmp_path):
    points, labels = scatter()
    picture = draw(points, np.where(labels == 2, -1, labels), NAMES, tmp_path / "m.svg", title="N")
    assert picture.named + picture.unnamed == (0, 1)
    assert NO_TOPIC in picture.path.read_text(encoding="utf-8")


def test_larger_groups_and_weaker_fits_change_the_picture(tmp_path):
    points, labels = scatter()
    plain = draw(points, labels, NAMES, tmp_path / "a.png", title="N").path.read_bytes()
    sizes, fits = np.arange(60) + 1, np.linspace(0, 1, 60)
    large = draw(points, labels, NAMES, tmp_path / "b.png", title="N", sizes=sizes)
    faint = draw(points, labels, NAMES, tmp_path / "c.png", title="N", strengths=fits)
    assert len({plain, large.path.read_bytes(), faint.path.read_bytes()}) == 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("map.gif", r"'map.gif': give a name that ends in .png, .svg or .pdf"),
        ("map", r"'map': give a name that ends in"),
        ("none/map.png", r"does not exist; make it with: mkdir -p"),
        ("folder.png", r"is a folder; give the name of a file"),
    ],
)
def test_a_path_that_cannot_be_written_gets_a_sentence(tmp_path, path, message):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match=message):
        draw(*scatter(), NAMES, tmp_path / path, title="News")


def test_a_full_disk_leaves_the_old_picture(tmp_path, monkeypatch):
    path = draw(*scatter(), NAMES, tmp_path / "map.svg", title="News").path
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        draw(*scatter(), NAMES, path, title="Other")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_to_draw_says_what_to_type(tmp_path):
    with pytest.raises(InputError, match="topicwire cluster PATH"):
        draw(np.zeros((0, 2)), np.zeros(0, int), {}, tmp_path / "map.png", title="News")


@pytest.mark.parametrize("bad", [np.zeros((3, 3)), np.full((3, 2), np.nan), np.zeros((4, 2))])
def test_arrays_that_do_not_fit_are_refused(tmp_path, bad):
    with pytest.raises(ValueError, match=r"given|labels"):
        draw(bad, np.zeros(3, int), {}, tmp_path / "map.png", title="News")
