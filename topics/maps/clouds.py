"""Where the topics of a map lie: the dense part of each, its second islands, and its names.

Free of any drawing library: pictures on paper and the viewer of reports and pages put the same
names at the same places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.maps.page import CELL, Floats, Page, Pair, check_arrays, halo_width, rank_groups

# A topic's heart: where it is denser than this share of its peak, and of all points there.
HEART = 0.45
# Parts of a topic are apart where it is nowhere between them as dense as this share of its peak.
APART = 0.08
# A second island is named if it holds this share of its topic's points and at least so many, and
# lies so many inches from where most of it is; at most so many of a topic.
ISLAND_SHARE, LEAST_ISLAND, ISLAND_GAP, MOST_ISLANDS = 0.02, 12, 0.6, 2


@dataclass(frozen=True)
class Cloud:
    """A topic, or a second island of one, on a page; arrays have a row for each row of cells.

    Attributes:
        topic: Which.
        island: 0 for the part that holds most of its points, then its second islands.
        points: How many lie there.
        counts: Points of the whole topic in each cell.
        dense: The counts, blurred.
        heart: Whether it is dense in each cell, and strong among the topics there.
        cells: Middles of the heart's cells in inches, ``(m, 2)``; never empty.
        peak: Its densest cell with a point, in inches.
    """

    topic: int
    island: int
    points: int
    counts: Floats
    dense: Floats
    heart: NDArray[np.bool_]
    cells: Floats
    peak: Pair


# For each layer of names its topics with their passages, largest first, and where each lies: most
# of it, then its second islands.
Layers = list[tuple[dict[int, float], dict[int, list[Cloud]]]]


@dataclass(frozen=True)
class Anchor:
    """A name of a map, and the cloud that it belongs to, in the units of the layout.

    Attributes:
        topic: Which.
        name: What is printed.
        layer: 0 for a topic of the level shown, 1 for one of the next finer.
        island: 0 for where most of the topic lies; above it, the name comes again, small,
            at a second island.
        passages: Of the topic.
        place: X and y of its densest spot.
        box: Left, bottom, right and top of its dense part.
    """

    topic: int
    name: str
    layer: int
    island: int
    passages: float
    place: Pair
    box: tuple[float, float, float, float]


def find_clouds(members: Mapping[int, Floats], page: Page, among: Floats) -> dict[int, list[Cloud]]:
    """Count and blur the points of each topic; find its heart and those of its islands.

    Args:
        members: Places of the points of each topic in inches, ``(m, 2)``.
        page: What they lie on.
        among: Places of all points, ``(n, 2)``.

    Returns:
        By topic: where most of it lies, then its second islands, those of most points first.
    """
    from scipy.ndimage import gaussian_filter

    blur = halo_width(len(among)) / CELL
    # Rounded, so that a sum's last bits cannot move a name.
    total = gaussian_filter(count_cells(among, page), blur).round(9)
    found = {}
    for topic, places in members.items():
        counts = count_cells(places, page)
        dense = np.asarray(gaussian_filter(counts, blur).round(9), dtype=np.float64)
        found[topic] = _find_parts(topic, counts, dense, total)
    return found


def count_cells(places: Floats, page: Page) -> Floats:
    """How many of some places lie in each cell of the page."""
    edges = (0, page.height), (0, page.width)
    counts = np.histogram2d(places[:, 1], places[:, 0], bins=page.grid, range=edges)[0]
    return np.asarray(counts, dtype=np.float64)


def _find_parts(topic: int, counts: Floats, dense: Floats, total: Floats) -> list[Cloud]:
    from scipy.ndimage import distance_transform_edt, label

    own = (dense >= APART * dense.max()) & (dense >= HEART * total)
    parts, found = label(own, structure=np.ones((3, 3)))
    held = np.bincount(parts.ravel(), weights=counts.ravel(), minlength=found + 1)[1:]
    if not held.any():  # nowhere strong among the others: all that it has is its place
        parts, held = np.ones_like(parts), np.array([counts.sum()])
    least = max(ISLAND_SHARE * counts.sum(), LEAST_ISLAND)
    ranked = sorted(range(len(held)), key=lambda part: (-held[part], part))
    away = distance_transform_edt(parts != 1 + ranked[0]) * CELL
    near = {p: float(away[parts == 1 + p].min()) for p in ranked[1:] if held[p] >= least}
    chosen = ranked[:1] + [p for p, gap in near.items() if gap >= ISLAND_GAP][:MOST_ISLANDS]
    return [
        _find_heart(topic, island, counts, dense, total, parts == 1 + part)
        for island, part in enumerate(chosen)
    ]


def _find_heart(
    topic: int,
    island: int,
    counts: Floats,
    dense: Floats,
    total: Floats,
    within: NDArray[np.bool_],
) -> Cloud:
    """Find where a topic is densest within a part of the page; of several such, the fullest."""
    from scipy.ndimage import label

    own = np.where(within, dense, 0.0)
    heart = (own >= HEART * own.max()) & (own >= HEART * total) & within
    parts, found = label(heart)
    held = np.bincount(parts.ravel(), weights=counts.ravel(), minlength=found + 1)[1:]
    if held.any():
        heart = parts == 1 + int(held.argmax())
    inside = (heart if held.any() else within) & (counts > 0)
    row, column = np.unravel_index(int(np.where(inside, own, -1.0).argmax()), own.shape)
    heart[row, column] = True
    peak = (float(column) + 0.5) * CELL, (float(row) + 0.5) * CELL
    rows, columns = np.nonzero(heart)
    cells = (np.stack([columns, rows], axis=1).astype(np.float64) + 0.5) * CELL
    points = int(counts[within].sum())
    return Cloud(topic, island, points, counts, dense, heart, cells, peak)


def find_anchors(
    points: NDArray[np.floating],
    layers: tuple[NDArray[np.integer], ...],
    names: Mapping[int, str],
    weights: Floats | None = None,
) -> list[Anchor]:
    """Where the names of a map belong, the most important first.

    Args:
        points: The layout, ``(n, 2)``, finite; any scale.
        layers: For each layer, the broadest first, the topic of each point on it, ``(n,)``;
            below 0 for none. A topic that is on a broader layer too is named there alone.
        names: Name of each topic; those without are not in the answer.
        weights: How many passages a point stands for, ``(n,)``.

    Raises:
        InputError: There is no point.
        ValueError: The arrays differ in length or hold what is not finite.
    """
    check_arrays(points, *layers, weights)
    page = Page()
    given = np.asarray(points, dtype=np.float64)
    scale = page.fit(given)
    places = scale.to_page(given)
    each = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=np.float64)
    anchors = []
    for layer, (ranked, clouds) in enumerate(find_layers(places, layers, each, page)):
        for topic, parts in clouds.items():
            for cloud in parts if topic in names else ():
                low, high = (
                    scale.to_points(edge(cloud.cells, axis=0)) for edge in (np.min, np.max)
                )
                peak = scale.to_points(np.asarray(cloud.peak))
                anchors.append(
                    Anchor(
                        topic,
                        names[topic],
                        layer,
                        cloud.island,
                        ranked[topic],
                        (float(peak[0]), float(peak[1])),
                        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
                    )
                )
    return sorted(anchors, key=lambda one: (one.layer or bool(one.island), one.island > 0))


def find_layers(
    places: Floats, layers: tuple[NDArray[np.integer], ...], weights: Floats, page: Page
) -> Layers:
    """For each layer its topics with their passages, largest first, and where each lies.

    A topic that is on a broader layer too is there alone; only the broadest has islands.
    """
    found: Layers = []
    seen: set[int] = set()
    for depth, topics in enumerate(layers):
        ranked = rank_groups(topics, weights)
        ranked = {topic: size for topic, size in ranked.items() if topic not in seen}
        clouds = find_clouds({t: places[topics == t] for t in ranked}, page, places)
        if depth:
            clouds = {topic: parts[:1] for topic, parts in clouds.items()}
        found.append((ranked, clouds))
        seen.update(ranked)
    return found
