"""The map's colours: of topics, of their soft grounds and points, and of text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Any two differ by at least 15 CIEDE2000 to normal sight and under simulated protanopia,
# deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009, severity 1), and each
# by 11 from the grey of passages without a topic. Found by hill climbing over sRGB.
PALETTE = (
    "#1e5ae1",
    "#ffb400",
    "#a50000",
    "#00694b",
    "#0096b4",
    "#d25a78",
    "#693c69",
    "#878700",
    "#87d296",
    "#e1b4ff",
)
NO_TOPIC = "#b8b8b8"
INK, FAINT_INK, RULE = "#1a1a1a", "#6b6b6b", "#8c8c8c"
# Contrast of names on white; WCAG 2.1 asks for 4.5 (success criterion 1.4.3), and the
# soft grounds take a little away.
CONTRAST = 5.0


def colour_topics(peaks: Mapping[int, tuple[float, float]]) -> dict[int, str]:
    """A colour for each topic, given largest first with its place: the largest get their own.

    Beyond the palette, a topic takes the colour whose nearest bearer is farthest away, so
    that neighbours on the map differ; the name printed beside it tells repeats apart.
    """
    colours: dict[int, str] = {}
    for rank, (topic, peak) in enumerate(peaks.items()):
        if rank < len(PALETTE):
            colours[topic] = PALETTE[rank]
            continue
        nearest = dict.fromkeys(PALETTE, np.inf)
        for other, colour in colours.items():
            distance = float(np.hypot(*np.subtract(peaks[other], peak)))
            nearest[colour] = min(nearest[colour], distance)
        colours[topic] = max(PALETTE, key=lambda colour: nearest[colour])
    return colours


def mix_grounds(dense: Mapping[int, Floats], colours: Mapping[int, str]) -> Floats | None:
    """Colour each cell of the page after the topics that are dense there.

    Args:
        dense: Points of each topic in each cell, blurred, ``(rows, columns)``.
        colours: Colour of each topic.

    Returns:
        Red, green, blue and opacity, ``(rows, columns, 4)`` from 0 to 1, more opaque where
        points are denser; None where no topic has a point.
    """
    total = sum(dense.values(), np.zeros(()))
    if not total.any():
        return None
    mixed = np.zeros((*total.shape, 3))
    for topic, own in dense.items():
        mixed += own[..., None] * _read_rgb(colours[topic])
    typical = float(np.median(total[total > 0.02 * total.max()]))
    colour = mixed / np.maximum(total, 1e-12)[..., None]
    opacity = 0.24 * (1.0 - np.exp(-total / typical))
    return np.dstack([colour, opacity])


def colour_points(topics: NDArray[np.integer], fits: Floats, colours: Mapping[int, str]) -> Floats:
    """Red, green, blue and opacity of each point, ``(n, 4)`` from 0 to 1.

    Weak members of a topic are fainter, and so are all points where there are many.

    Args:
        topics: Topic of each point, ``(n,)``; one without a colour gets ``NO_TOPIC``.
        fits: How well each point fits its topic, ``(n,)`` from 0 to 1.
        colours: Colour of each topic.
    """
    opacity = float(np.clip(1.25 - 0.17 * np.log10(len(topics)), 0.3, 0.92))
    rgb = np.array([_read_rgb(colours.get(int(topic), NO_TOPIC)) for topic in topics])
    return np.column_stack([rgb, opacity * (0.35 + 0.65 * fits)])


def darken_for_text(colour: str) -> str:
    """The colour, darkened until text in it has a contrast of 5 to 1 on white."""
    rgb = _read_rgb(colour)
    while 1.05 / (_luminance(rgb) + 0.05) < CONTRAST:
        rgb = rgb * 0.95
    return "#" + "".join(f"{round(255 * value):02x}" for value in rgb)


def _read_rgb(colour: str) -> Floats:
    """The colour ``#rrggbb`` as sRGB from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def _luminance(rgb: Floats) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.1)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
