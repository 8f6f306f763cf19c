"""Where the names of a map go, so that none overlap and each is with its own cloud."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.maps.clouds import Cloud
from topics.maps.page import CELL, MANY, MARGIN, Floats, Page, Pair

# What a name's place costs: half an inch between it and its topic costs 1; so does hiding
# all points of its topic, or as many of others as a middling topic has; covering a ground
# full of other topics costs 1.6. Crossing a line or a name costs most. Where points are few
# each is seen alone, and hiding it costs up to 0.8 more, less and less up to 500 points;
# where they are many a name lies on its own cloud, from 2,000 on with its middle in the heart.
# Chosen by eye on maps of 5 to 100,000 points.
HIDES_OWN, HIDES_OTHERS, HIDES_GROUND, CROSSES = 1.0, 1.0, 1.6, 2.0
HIDES_ONE, FEW_POINTS = 0.8, 500
# Between two names, and around a name where points count as hidden.
GAP = 0.06
# Between the lines of a name, in its type sizes.
LINE_STEP = 1.14
LINE_LETTERS = 26
# A name further from its topic's heart than this gets a line to it.
LEADER = 0.12
# A small name is left out rather than put further from its cloud than this, in inches.
REACH = 0.3


Key = tuple[int, int]


@dataclass(frozen=True)
class Name:
    """A topic's name as it will be printed.

    Attributes:
        cloud: What it names.
        large: Whether it is of the level shown, at the place where most of its topic lies.
        lines: One to three.
        size: Of the type in points.
        box: Width and height in inches.
    """

    cloud: Cloud
    large: bool
    lines: tuple[str, ...]
    size: float
    box: Pair

    @property
    def key(self) -> Key:
        """Topic and island, which tell the names of a map apart."""
        return self.cloud.topic, self.cloud.island


@dataclass(frozen=True)
class Placed:
    """A name at its place, the middle of it in inches, with its line to the topic if it has one."""

    name: Name
    spot: Pair
    line: Floats | None


def clean(text: str) -> str:
    """One line without characters that cannot be printed (or written in XML)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrap_name(name: str) -> tuple[str, ...]:
    """Up to three short lines of about equal length; the last ends in … where cut."""
    name = clean(name)
    lines = 1 if len(name) <= 16 else 2 if len(name) <= 36 else 3
    # The narrowest that does it makes lines of like length.
    for width in range(max(12, -(-len(name) // lines)), LINE_LETTERS + 1):
        wrapped = textwrap.wrap(name, width, break_on_hyphens=False)
        if len(wrapped) <= lines:
            return tuple(wrapped)
    return tuple(
        textwrap.wrap(name, LINE_LETTERS, max_lines=3, placeholder="…", break_on_hyphens=False)
    )


def shape_name(
    cloud: Cloud,
    name: str,
    size: float,
    measure: Callable[[str, float, bool], float],
    *,
    large: bool,
) -> Name:
    """Break a name into lines; ``measure`` gives the width of a line in inches."""
    lines = wrap_name(name)
    width = max(measure(line, size, large) for line in lines)
    return Name(cloud, large, lines, size, (width, len(lines) * LINE_STEP * size / 72))


def place_names(names: Sequence[Name], everything: Floats, page: Page) -> dict[Key, Pair]:
    """Find a place for each name: inside the page, apart, near its topic, hiding little.

    Every cell of the page is tried for every name, the most important first, and twice more
    with the other names in place. The cost is a sum of the distance to the topic's heart,
    the points that the name hides, and the lines and names that its line would cross.

    Args:
        names: What to place, the most important first.
        everything: All points of the page in each cell.
        page: What they lie on.

    Returns:
        The middle of each name in inches; a name without room is absent, and so is a small
        one with none near its cloud.
    """
    costs = {name.key: _cost_alone(name, everything, page, len(names)) for name in names}
    placed: dict[Key, Placed] = {}
    for _ in range(3):
        before = dict(placed)
        for name in names:
            placed.pop(name.key, None)
            spot = _choose_place(name, costs[name.key], list(placed.values()), page)
            if spot is not None:
                placed[name.key] = Placed(name, spot, find_leader(name, spot))
        if {key: one.spot for key, one in before.items()} == {k: p.spot for k, p in placed.items()}:
            break
    return {name.key: placed[name.key].spot for name in names if name.key in placed}


def _cost_alone(name: Name, everything: Floats, page: Page, topics: int) -> Floats:
    """Cost of each cell as the middle of a name, were it the only one; infinite outside."""
    from scipy.ndimage import distance_transform_edt, maximum_filter, minimum_filter, uniform_filter

    width, height = name.box
    cloud = name.cloud
    size = tuple(round((side + 2 * GAP) / CELL) for side in (height, width))
    others = np.maximum(everything - cloud.counts, 0.0)
    area = size[0] * size[1]
    few = max(0.0, 1.0 - everything.sum() / FEW_POINTS)
    many = float(np.clip((everything.sum() - FEW_POINTS) / (MANY - FEW_POINTS), 0.0, 1.0))

    def hidden(counts: Floats) -> Floats:
        # A running sum leaves dust where there is nothing.
        return np.asarray(uniform_filter(counts, size, mode="constant").round(9) * area)

    x, y = page.cell_middles()
    away = distance_transform_edt(~cloud.heart) * CELL
    nearest = minimum_filter(away, size)
    distance = (1.0 - many) * nearest + many * away
    cost = distance + 2 * distance**2
    cost += 0.12 * np.hypot(x - cloud.peak[0], y - cloud.peak[1])
    # The root makes the first hidden point the dearest: among few points none is hidden.
    own = (1.0 - 0.8 * many) * HIDES_OWN
    cost += own * np.sqrt(hidden(cloud.counts) / cloud.counts.sum())
    cost += HIDES_OTHERS * np.sqrt(hidden(others) * topics / everything.sum())
    cost += HIDES_ONE * few * hidden(everything)
    ground = hidden(maximum_filter((others > 0).astype(np.float64), 2)) / area
    cost += (1.0 - many) * HIDES_GROUND * ground
    cost[(x < MARGIN + width / 2) | (x > page.width - MARGIN - width / 2)] = np.inf
    cost[(y < page.bottom + height / 2) | (y > page.height - page.top - height / 2)] = np.inf
    if not name.large:
        cost[nearest > REACH] = np.inf
    return np.asarray(cost)


def _choose_place(name: Name, alone: Floats, others: Sequence[Placed], page: Page) -> Pair | None:
    """The cheapest cell that leaves the other names free, or None."""
    x, y = page.cell_middles()
    cost = alone.copy()
    for other in others:
        apart_x = (name.box[0] + other.name.box[0]) / 2 + 2 * GAP
        apart_y = (name.box[1] + other.name.box[1]) / 2 + GAP
        near = (np.abs(x - other.spot[0]) < apart_x) & (np.abs(y - other.spot[1]) < apart_y)
        cost[near] = np.inf
    lines = np.array([other.line for other in others if other.line is not None]).reshape(-1, 2, 2)
    boxes = np.array([[other.spot, other.name.box] for other in others]).reshape(-1, 2, 2)
    best, least = None, np.inf
    for cell in _find_cheapest(cost):
        if cost.flat[cell] >= least:
            break
        spot = float(x.flat[cell]), float(y.flat[cell])
        price = float(cost.flat[cell])
        price += CROSSES * _count_hits(lines, np.array([[spot, name.box]]))
        own = find_leader(name, spot)
        if own is not None:
            price += CROSSES * (_count_hits(own[None], boxes) + _count_meetings(own, lines))
        if price < least:
            best, least = spot, price
    return best


def _find_cheapest(cost: Floats, most: int = 400) -> NDArray[np.int64]:
    """The cells of least cost, the cheapest first; crossings only add to it."""
    flat = cost.ravel()
    most = min(most, len(flat))
    bound = np.partition(flat, most - 1)[most - 1]
    cells = np.flatnonzero((flat <= bound) & np.isfinite(flat))
    return np.asarray(cells[np.argsort(flat[cells], kind="stable")][:most])


def find_leader(name: Name, spot: Pair) -> Floats | None:
    """The line from a name to its topic's heart, (2, 2) inches; None where it is near."""
    half = np.array(name.box) / 2
    edge = np.clip(name.cloud.cells, spot - half, spot + half)
    distance = np.hypot(*(name.cloud.cells - edge).T)
    nearest = int(distance.round(6).argmin())
    if distance[nearest] <= LEADER:
        return None
    return np.stack([edge[nearest], name.cloud.cells[nearest]])


def _count_hits(lines: Floats, boxes: Floats) -> int:
    """Lines (m, 2, 2) that pass through a box (b, 2, 2: middle, sides), at 24 points tried."""
    share = np.linspace(0.0, 1.0, 24)[:, None, None]
    along = lines[:, 0] + share * (lines[:, 1] - lines[:, 0])
    inside = np.abs(along[:, :, None] - boxes[:, 0]) < boxes[:, 1] / 2
    return int(inside.all(axis=-1).any(axis=0).sum())


def _count_meetings(one: Floats, lines: Floats) -> int:
    """Lines (m, 2, 2) that cross one (2, 2): the ends of each lie on both sides of the other."""

    def side(start: Floats, end: Floats, point: Floats) -> Floats:
        (dx, dy), (px, py) = (end - start).T, (point - start).T
        return np.asarray(dx * py - dy * px)

    start, end = lines[:, 0], lines[:, 1]
    apart = side(one[0], one[1], start) * side(one[0], one[1], end) < 0
    return int((apart & (side(start, end, one[0]) * side(start, end, one[1]) < 0)).sum())
