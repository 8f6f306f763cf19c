"""The names of a map on paper: their sizes, their inks, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from topics.maps.clouds import Layers
from topics.maps.colouring import Colouring
from topics.maps.frame import Measure
from topics.maps.page import Pair, Points
from topics.maps.palette import Palette, ink_of
from topics.maps.placement import LINE_STEP, Key, Name, clean, find_leader, shape_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMES, MOST_PARTS = 40, 60


def shape_names(
    layers: Layers,
    names: Mapping[int, str],
    measure: Measure,
    width: float,
) -> list[Name]:
    """Large names of the level shown, small ones of the next finer and of second islands."""
    (ranked, clouds), (finer, parts) = layers
    wanted = [t for t in ranked if clean(names.get(t, ""))][:MOST_NAMES]
    below = [t for t in finer if clean(names.get(t, ""))][:MOST_PARTS]
    largest = max((ranked[t] for t in wanted), default=1.0)
    crowd = float(np.clip((len(wanted) - 8) / 24, 0.0, 1.0))
    top, bottom = 15.0 - 4.0 * crowd, 10.5 - 2.5 * crowd
    small = 8.0 - crowd
    # On a page of so many inches and less, large names are no larger than they must be.
    top, bottom = (size * float(np.clip(width / 8.0, 0.7, 1.0)) for size in (top, bottom))
    made = []
    for topic in wanted:
        size = round(bottom + (top - bottom) * float(np.sqrt(ranked[topic] / largest)), 1)
        made.append(shape_name(clouds[topic][0], names[topic], size, measure, large=True))
    islands = [cloud for topic in wanted for cloud in clouds[topic][1:]]
    made += [
        shape_name(cloud, names[cloud.topic], small, measure, large=False)
        for cloud in [*(parts[topic][0] for topic in below), *islands]
    ]
    return made


def choose_inks(
    layers: Layers,
    dots: Points,
    finer: NDArray[np.integer],
    colours: Mapping[int, str],
    colouring: Colouring | None,
    palette: Palette,
) -> dict[int, str]:
    """The colour of each name: its topic's; of a finer topic that of the one it lies in."""
    (ranked, _), (below, _) = layers
    if colouring is not None:
        return dict.fromkeys([*ranked, *below], palette.ink)
    inks = {topic: ink_of(colours[topic], palette) for topic in ranked}
    for topic in below:
        above, count = np.unique(dots.topics[finer == topic], return_counts=True)
        inks[topic] = inks.get(int(above[count.argmax()]), palette.ink)
    return inks


def is_cut(name: Name, names: Mapping[int, str]) -> bool:
    """Whether a name was too long for three lines."""
    return name.lines[-1].endswith("…") and not clean(names[name.cloud.topic]).endswith("…")


def draw_names(
    axes: Axes,
    names: list[Name],
    spots: Mapping[Key, Pair],
    inks: Mapping[int, str],
    palette: Palette,
    *,
    svg: bool,
) -> None:
    """Print each name line by line, its halo first, with its line to the topic."""
    from matplotlib.patheffects import Stroke

    for name in names:
        if name.key not in spots:
            continue
        x, y = spots[name.key]
        line = find_leader(name, (x, y))
        if line is not None:
            axes.plot(*line.T, color=palette.ground, lw=2.4, alpha=0.9, zorder=3)
            axes.plot(*line.T, color=palette.rule, lw=0.8, zorder=4)
        step = LINE_STEP * name.size / 72
        weight = "bold" if name.large else "normal"
        style: dict[str, Any] = {"size": name.size, "weight": weight, "ha": "center"}
        for row, words in enumerate(name.lines):
            # Baselines at even steps; a capital is 0.73 of the type size high.
            base = y + step * (len(name.lines) / 2 - row - 0.5) - 0.365 * name.size / 72
            # Two texts, since an outlined text would become shapes; in SVG both are text.
            ground = {"color": palette.ground, "zorder": 4.5, **style}
            halo = axes.text(x, base, words, parse_math=False, **ground)
            halo.set_gid(f"halo-{name.cloud.topic}-{name.cloud.island}-{row}")
            if not svg:
                stroke = Stroke(linewidth=3.0, foreground=palette.ground, alpha=0.85)
                halo.set_path_effects([stroke])
            ink = inks[name.cloud.topic]
            text = axes.text(x, base, words, color=ink, zorder=5, parse_math=False, **style)
            text.set_gid(f"topic-{name.cloud.topic}-{name.cloud.island}-{row}")
