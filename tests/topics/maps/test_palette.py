from __future__ import annotations

import itertools

import numpy as np
import pytest

from topics.maps.palette import (
    DARK,
    LIGHT,
    Palette,
    colour_groups,
    colour_shares,
    fade_points,
    ink_of,
    mix_grounds,
    write_rgb,
)

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)

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


def contrast(one: str, two: str) -> float:
    dark, light = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, two))
    return (light + 0.05) / (dark + 0.05)


@BOTH
@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_can_be_told_apart(palette: Palette, sight):
    seen = [lab(SIGHT[sight] @ linear(colour)) for colour in palette.groups]
    assert min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2)) >= 14


@BOTH
@pytest.mark.parametrize("sight", SIGHT)
def test_every_colour_differs_from_the_ground_and_from_no_group(palette: Palette, sight):
    for other in (palette.ground, palette.none):
        behind = lab(SIGHT[sight] @ linear(other))
        seen = [lab(SIGHT[sight] @ linear(colour)) for colour in palette.groups]
        assert min(ciede2000(one, behind) for one in seen) >= 11


@BOTH
def test_no_colour_washes_out_on_its_ground(palette: Palette):
    assert min(contrast(colour, palette.ground) for colour in palette.groups) >= 3
    assert contrast(palette.faint, palette.ground) >= 4.5
    assert min(contrast(colour, palette.ground) for colour in palette.ramp) >= 2.3


@BOTH
def test_names_have_contrast_on_their_ground(palette: Palette):
    for colour in (*palette.groups, *palette.ramp, palette.none):
        assert contrast(ink_of(colour, palette), palette.ground) >= 4.5


@BOTH
@pytest.mark.parametrize("sight", SIGHT)
def test_later_dates_are_further_from_the_first_in_lightness(palette: Palette, sight):
    ramp = colour_shares(np.linspace(0, 1, 21), palette)
    light = [lab(SIGHT[sight] @ linear(write_rgb(colour)))[0] for colour in ramp]
    steps = np.diff(light) * (1 if palette is DARK else -1)
    assert steps.min() > 0.5


def test_a_passage_without_a_date_has_the_colour_of_none():
    assert write_rgb(colour_shares(np.array([np.nan]), LIGHT)[0]) == LIGHT.none


def test_neighbours_differ_where_colours_must_be_used_again():
    peaks = {t: (float(t % 10), float(t // 10)) for t in range(40)}
    colours = colour_groups(peaks)
    assert len(set(list(colours.values())[: len(LIGHT.groups)])) == len(LIGHT.groups)
    for one, two in itertools.combinations(peaks, 2):
        if np.hypot(*np.subtract(peaks[one], peaks[two])) <= 1:
            assert colours[one] != colours[two]


def test_one_topic_alone_gives_the_ground_its_own_colour():
    blur = np.array([[0.0, 1.0], [0.5, 3.0]])
    picture = mix_grounds({7: blur}, {7: "#ff3300"})
    assert picture is not None
    assert picture[blur > 0, :3] == pytest.approx(np.tile([1.0, 0.2, 0.0], (3, 1)))
    assert picture[0, 0, 3] == 0 < picture[1, 0, 3] < picture[0, 1, 3] < picture[1, 1, 3] < 0.25


def test_two_topics_in_one_cell_mix_by_their_density():
    picture = mix_grounds(
        {0: np.array([[3.0]]), 1: np.array([[1.0]])}, {0: "#ff0000", 1: "#0000ff"}
    )
    assert picture is not None
    assert picture[0, 0, :3] == pytest.approx([0.75, 0.0, 0.25])


def test_without_a_topic_there_is_no_ground():
    assert mix_grounds({}, {}) is None


def test_weak_members_are_fainter_and_so_are_many_points():
    weak, strong = fade_points(np.array([0.2, 1.0]))
    assert 0 < weak < strong <= 1
    assert fade_points(np.ones(50_000))[0] < strong
