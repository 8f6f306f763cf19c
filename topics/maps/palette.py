"""The map's colours on a light and on a dark ground: of groups, of dates, and of text.

Free of any drawing library: pictures on paper, the report and pages take their colours here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Contrast of text on the ground; WCAG 2.1 asks for 4.5 (success criterion 1.4.3), and the
# soft clouds take a little away.
CONTRAST = 5.0


@dataclass(frozen=True)
class Palette:
    """The colours of one ground, each ``#rrggbb``.

    Attributes:
        name: ``light`` or ``dark``.
        ground: What everything is drawn on.
        groups: Of topics, outlets or stories, the largest first. Any two differ by at least 14
            CIEDE2000 to normal sight and under simulated protanopia, deuteranopia and
            tritanopia (Machado, Oliveira and Fernandes 2009, severity 1), each by 11 from the
            ground and from ``none``, and each has a contrast of 3 on the ground, which WCAG
            2.1 asks of what is not text (success criterion 1.4.11). Found by annealing over
            sRGB from colours of unlike hue; the same place of both palettes has a like hue.
        none: Of a point that belongs to no group.
        ramp: Of dates, the oldest first; lightness goes one way, also to the colour-blind.
        ink: Of text.
        faint: Of text beside it, with a contrast of 4.5.
        rule: Of lines.
    """

    name: str
    ground: str
    groups: tuple[str, ...]
    none: str
    ramp: tuple[str, ...]
    ink: str
    faint: str
    rule: str


LIGHT = Palette(
    name="light",
    ground="#ffffff",
    groups=(
        "#2834de",
        "#b68d15",
        "#c60e02",
        "#0c493a",
        "#2a9eb0",
        "#b0527e",
        "#591168",
        "#5e704d",
        "#7e976e",
        "#8d61fd",
    ),
    none="#b8b8b8",
    ramp=("#d99a2b", "#c8683a", "#a2406b", "#6a2c7d", "#22195c"),
    ink="#1a1a1a",
    faint="#6b6b6b",
    rule="#8c8c8c",
)
DARK = Palette(
    name="dark",
    ground="#15171a",
    groups=(
        "#5865f0",
        "#ffeb03",
        "#d62522",
        "#779f76",
        "#00f0ff",
        "#da84aa",
        "#c62499",
        "#aeac08",
        "#afd493",
        "#1cabfb",
    ),
    none="#5a5e63",
    ramp=("#5846b4", "#a8559f", "#e0786e", "#f2ad5c", "#fbeca0"),
    ink="#f2f2f2",
    faint="#a3a7ad",
    rule="#7d828a",
)
PALETTES = {palette.name: palette for palette in (LIGHT, DARK)}


def colour_groups(
    peaks: Mapping[int, tuple[float, float]], colours: Sequence[str] = LIGHT.groups
) -> dict[int, str]:
    """A colour for each group, given largest first with its place: the largest get their own.

    Beyond the palette, a group takes the colour whose nearest bearer is farthest away, so
    that neighbours on the map differ; the name printed beside it tells repeats apart.
    """
    given: dict[int, str] = {}
    for rank, (group, peak) in enumerate(peaks.items()):
        if rank < len(colours):
            given[group] = colours[rank]
            continue
        nearest = dict.fromkeys(colours, np.inf)
        for other, colour in given.items():
            distance = float(np.hypot(*np.subtract(peaks[other], peak)))
            nearest[colour] = min(nearest[colour], distance)
        given[group] = max(colours, key=lambda colour: nearest[colour])
    return given


def colour_shares(shares: Floats, palette: Palette) -> Floats:
    """The colour of each date: red, green and blue, ``(n, 3)`` from 0 to 1.

    Args:
        shares: Where each lies between the oldest, 0, and the newest, 1; not a number where
            it has no date.
        palette: Of the ground.
    """
    steps = np.linspace(0.0, 1.0, len(palette.ramp))
    ramp = np.array([read_rgb(colour) for colour in palette.ramp])
    known = np.nan_to_num(np.asarray(shares, dtype=np.float64))
    mixed = np.stack([np.interp(known, steps, ramp[:, channel]) for channel in range(3)], axis=1)
    return np.where(np.isnan(shares)[:, None], read_rgb(palette.none), mixed)


def mix_grounds(
    dense: Mapping[int, Floats], colours: Mapping[int, str], most: float = 0.24
) -> Floats | None:
    """Colour each cell of the page after the groups that are dense there.

    Args:
        dense: Points of each group in each cell, blurred, ``(rows, columns)``.
        colours: Colour of each group.
        most: The opacity where points are densest.

    Returns:
        Red, green, blue and opacity, ``(rows, columns, 4)`` from 0 to 1, more opaque where
        points are denser; None where no group has a point.
    """
    total = sum(dense.values(), np.zeros(()))
    if not total.any():
        return None
    mixed = np.zeros((*total.shape, 3))
    for group, own in dense.items():
        mixed += own[..., None] * read_rgb(colours[group])
    typical = float(np.median(total[total > 0.02 * total.max()]))
    colour = mixed / np.maximum(total, 1e-12)[..., None]
    opacity = most * (1.0 - np.exp(-total / typical))
    return np.dstack([colour, opacity])


def fade_points(fits: Floats) -> Floats:
    """Opacity of each point, ``(n,)``: weak members of a topic are fainter, and so are many.

    Args:
        fits: How well each point fits its topic, ``(n,)`` from 0 to 1.
    """
    opacity = float(np.clip(1.25 - 0.17 * np.log10(max(len(fits), 1)), 0.3, 0.92))
    return np.asarray(opacity * (0.35 + 0.65 * fits))


def ink_of(colour: str, palette: Palette = LIGHT) -> str:
    """The colour, darkened (or made lighter) until text in it has a contrast of 5 to 1."""
    rgb, ground = read_rgb(colour), read_rgb(palette.ground)
    end = read_rgb(palette.ink)
    while contrast(rgb, ground) < CONTRAST:
        rgb = rgb * 0.95 + end * 0.05
    return write_rgb(rgb)


def contrast(one: Floats, two: Floats) -> float:
    """Contrast ratio of two sRGB colours (WCAG 2.1), from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def read_rgb(colour: str) -> Floats:
    """The colour ``#rrggbb`` as sRGB from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def write_rgb(rgb: Floats) -> str:
    """The sRGB colour as ``#rrggbb``."""
    return "#" + "".join(f"{round(255 * float(value)):02x}" for value in rgb)


def _luminance(rgb: Floats) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.1)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
