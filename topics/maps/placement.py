"""The map's page: where its points lie, and where names go so that none overlap."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import InputError

Floats = NDArray[np.float64]
Pair = tuple[float, float]

# The page, in inches; names and points keep clear of the margin, the title and the foot.
WIDTH, HEIGHT = 10.0, 7.5
MARGIN = 0.3
TOP, BOTTOM = 1.0, 0.45
# Side of the cells, in inches, in which points are counted and names are moved.
CELL = 0.05
GRID = round(HEIGHT / CELL), round(WIDTH / CELL)
# What a name's place costs: half an inch between it and its topic costs 1; so does hiding
# all points of its topic, or as many of others as a middling topic has; covering a ground
# full of other topics costs 1.6. Crossing a line or a name costs most. Where points are few
# each is seen alone, and hiding it costs up to 0.8 more, less and less up to 500 points.
# Chosen by eye on maps of 5 to 10,000 points.
HIDES_OWN, HIDES_OTHERS, HIDES_GROUND, CROSSES = 1.0, 1.0, 1.6, 2.0
HIDES_ONE, FEW_POINTS = 0.8, 500
# A topic's heart: where it is denser than this share of its peak, and of all topics there.
HEART = 0.45
# Between two names, and around a name where points count as hidden.
GAP = 0.06
# Between the lines of a name, in its type sizes.
LINE_STEP = 1.14
# A name further from its topic's heart than this gets a line to it.
LEADER = 0.12


@dataclass(frozen=True)
class Points:
    """The points of a map in the order in which they are drawn.

    Attributes:
        places: In inches from the page's lower left corner, ``(n, 2)``.
        topics: Topic of each, ``(n,)``; below 0 for none.
        weights: How many passages each stands for, ``(n,)``.
        fits: How well each fits its topic, ``(n,)`` from 0 to 1.
    """

    places: Floats
    topics: NDArray[np.integer]
    weights: Floats
    fits: Floats


@dataclass(frozen=True)
class Name:
    """A topic's name as it will be printed: lines, type size in points, box in inches."""

    topic: int
    lines: tuple[str, ...]
    size: float
    box: Pair


@dataclass(frozen=True)
class Ground:
    """Where a topic lies on the page, in cells of ``CELL`` inches, row 0 at the bottom.

    Attributes:
        counts: Points in each cell.
        dense: The counts, blurred.
        heart: Whether it is dense in each cell, and strong among the topics there.
        cells: Middles of the heart's cells in inches, ``(m, 2)``; never empty.
        peak: Its densest cell with a point, in inches.
    """

    counts: Floats
    dense: Floats
    heart: NDArray[np.bool_]
    cells: Floats
    peak: Pair


def arrange_points(
    points: NDArray[np.floating],
    labels: NDArray[np.integer],
    sizes: NDArray[np.integer] | None,
    strengths: NDArray[np.floating] | None,
) -> Points:
    """Put points on the page in a fixed shuffle of their places: no topic lies on top.

    Raises:
        InputError: There is no point.
        ValueError: The arrays differ in length or hold what is not finite.
    """
    _check_arrays(points, labels, sizes, strengths)
    n = len(points)
    weights = np.ones(n) if sizes is None else np.maximum(sizes, 1).astype(np.float64)
    fits = np.ones(n) if strengths is None else np.clip(strengths, 0.0, 1.0)
    order = np.lexsort((fits, weights, labels, points[:, 1], points[:, 0]))
    order = order[np.random.default_rng(0).permutation(n)]
    places = _fit_page(np.asarray(points, dtype=np.float64)[order])
    return Points(places, labels[order], weights[order], fits[order])


def _check_arrays(points: NDArray[Any], labels: NDArray[Any], *others: NDArray[Any] | None) -> None:
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"Points of shape {points.shape} were given; finite (n, 2) is expected.")
    for array in (labels, *others):
        if array is not None and len(array) != len(points):
            raise ValueError(f"{len(points)} points but {len(array)} labels, sizes or strengths.")
    if len(points) == 0:
        raise InputError(
            "There are no passages to draw; put articles in first: topicwire cluster PATH"
        )


def _fit_page(points: Floats) -> Floats:
    """Inches on the page, both axes to one scale, with room for names around."""
    low, high = points.min(axis=0), points.max(axis=0)
    # Few points would lie in the page's corners with nothing between them.
    fill = min(1.0, 0.45 + len(points) / 45)
    around = MARGIN + 1.6 * _halo_width(len(points))
    room = fill * np.array([WIDTH - 2 * around - 0.6, HEIGHT - TOP - BOTTOM - 2 * around + 0.2])
    extent = np.maximum(high - low, 1e-12)
    scale = float((room / extent).min()) if (high > low).any() else 0.0
    middle = np.array([WIDTH / 2, BOTTOM + (HEIGHT - TOP - BOTTOM) / 2])
    return np.asarray(middle + (points - (low + high) / 2) * scale)


def rank_topics(topics: NDArray[np.integer], weights: Floats) -> dict[int, float]:
    """Topics with the passages in each, largest first; equal ones by id."""
    found, group = np.unique(topics, return_inverse=True)
    totals = np.bincount(group, weights=weights)
    ranked = sorted(zip(-totals, found.tolist(), strict=True))
    return {topic: -float(total) for total, topic in ranked if topic >= 0}


def _halo_width(n: int) -> float:
    """Blur of a topic's ground in inches: wide for few points, fine for many."""
    return float(np.clip(0.75 / n**0.22, 0.07, 0.35))


def find_grounds(members: Mapping[int, Floats], n: int) -> dict[int, Ground]:
    """Count and blur the points of each topic, and find its heart."""
    from scipy.ndimage import gaussian_filter, label

    page = (0, HEIGHT), (0, WIDTH)
    counts = {
        topic: np.histogram2d(places[:, 1], places[:, 0], bins=GRID, range=page)[0]
        for topic, places in members.items()
    }
    blur = _halo_width(n) / CELL
    # Rounded, so that a sum's last bits cannot move a name.
    dense = {topic: gaussian_filter(count, blur).round(9) for topic, count in counts.items()}
    total = sum(dense.values(), np.zeros(GRID))
    grounds = {}
    for topic, count in counts.items():
        own = np.asarray(dense[topic], dtype=np.float64)
        heart = (own >= HEART * own.max()) & (own >= HEART * total)
        # Of several dense parts, the one that holds most points.
        parts, found = label(heart)
        held = np.bincount(parts.ravel(), weights=count.ravel(), minlength=found + 1)[1:]
        if held.any():
            heart = parts == 1 + int(held.argmax())
        inside = (heart if held.any() else True) & (count > 0)
        row, column = np.unravel_index(int(np.where(inside, own, -1.0).argmax()), own.shape)
        heart[row, column] = True
        peak = (float(column) + 0.5) * CELL, (float(row) + 0.5) * CELL
        rows, columns = np.nonzero(heart)
        cells = (np.stack([columns, rows], axis=1).astype(np.float64) + 0.5) * CELL
        grounds[topic] = Ground(count, own, heart, cells, peak)
    return grounds


def clean(text: str) -> str:
    """One line without characters that cannot be printed (or written in XML)."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wrap_name(name: str) -> tuple[str, ...]:
    """Up to three short lines of about equal length; the last ends in … where cut."""
    name = clean(name)
    lines = 1 if len(name) <= 16 else 2 if len(name) <= 36 else 3
    width = min(26, max(12, -(-len(name) // lines) + 2))
    wrapped = textwrap.wrap(name, width, break_on_hyphens=False)
    if len(wrapped) > 3:
        wrapped = textwrap.wrap(name, 26, max_lines=3, placeholder="…", break_on_hyphens=False)
    return tuple(wrapped)


def shape_names(
    topics: list[int],
    names: Mapping[int, str],
    passages: Mapping[int, float],
    measure: Callable[[str, float], float],
) -> list[Name]:
    """Choose lines and type size of each topic's name; ``measure`` gives a line's width."""
    largest = max(passages.values(), default=1.0)
    crowd = float(np.clip((len(topics) - 8) / 24, 0.0, 1.0))
    top, bottom = 14.0 - 3.0 * crowd, 9.5 - 2.0 * crowd
    made = []
    for topic in topics:
        lines = wrap_name(names[topic])
        size = round(bottom + (top - bottom) * float(np.sqrt(passages[topic] / largest)), 1)
        width = max(measure(line, size) for line in lines)
        made.append(Name(topic, lines, size, (width, len(lines) * LINE_STEP * size / 72)))
    return made


def place_names(names: list[Name], grounds: Mapping[int, Ground]) -> dict[int, Pair]:
    """Find a place for each name: inside the page, apart, near its topic, hiding little.

    Every cell of the page is tried for every name, largest topic first, and twice more
    with the other names in place. The cost is a sum of the distance to the topic's heart,
    the points that the name hides, and the lines and names that its line would cross.

    Args:
        names: What to place, largest topic first.
        grounds: Where every topic on the page lies.

    Returns:
        The middle of each name in inches; a name without room is absent.
    """
    everything = sum((g.counts for g in grounds.values()), np.zeros(GRID))
    costs = {n.topic: _cost_alone(n, grounds[n.topic], everything, len(grounds)) for n in names}
    placed: dict[int, Pair] = {}
    for _ in range(3):
        for name in names:
            placed.pop(name.topic, None)
            others = [(o, placed[o.topic]) for o in names if o.topic in placed]
            spot = _choose_place(name, costs[name.topic], others, grounds)
            if spot is not None:
                placed[name.topic] = spot
    return placed


def _cell_middles() -> tuple[Floats, Floats]:
    """X and y of each cell in inches, each ``GRID``."""
    y, x = (np.indices(GRID) + 0.5) * CELL
    return x, y


def _cost_alone(name: Name, ground: Ground, everything: Floats, topics: int) -> Floats:
    """Cost of each cell as the middle of a name, were it the only one; infinite outside."""
    from scipy.ndimage import distance_transform_edt, maximum_filter, minimum_filter, uniform_filter

    width, height = name.box
    size = tuple(round((side + 2 * GAP) / CELL) for side in (height, width))
    others = everything - ground.counts
    area = size[0] * size[1]

    def hidden(counts: Floats) -> Floats:
        # A running sum leaves dust where there is nothing.
        return np.asarray(uniform_filter(counts, size, mode="constant").round(9) * area)

    x, y = _cell_middles()
    away = distance_transform_edt(~ground.heart) * CELL
    distance = minimum_filter(away, size)
    cost = distance + 2 * distance**2
    cost += 0.12 * np.hypot(x - ground.peak[0], y - ground.peak[1])
    # The root makes the first hidden point the dearest: among few points none is hidden.
    cost += HIDES_OWN * np.sqrt(hidden(ground.counts) / ground.counts.sum())
    cost += HIDES_OTHERS * np.sqrt(hidden(others) * topics / everything.sum())
    few = max(0.0, 1.0 - everything.sum() / FEW_POINTS)
    cost += HIDES_ONE * few * hidden(everything)
    cost += HIDES_GROUND * hidden(maximum_filter((others > 0).astype(np.float64), 2)) / area
    cost[(x < MARGIN + width / 2) | (x > WIDTH - MARGIN - width / 2)] = np.inf
    cost[(y < BOTTOM + height / 2) | (y > HEIGHT - TOP - height / 2)] = np.inf
    return np.asarray(cost)


def _choose_place(
    name: Name, alone: Floats, others: list[tuple[Name, Pair]], grounds: Mapping[int, Ground]
) -> Pair | None:
    """The cheapest cell that leaves the other names free, or None."""
    x, y = _cell_middles()
    cost = alone.copy()
    for other, (middle, low) in others:
        apart_x = (name.box[0] + other.box[0]) / 2 + 2 * GAP
        apart_y = (name.box[1] + other.box[1]) / 2 + GAP
        cost[(np.abs(x - middle) < apart_x) & (np.abs(y - low) < apart_y)] = np.inf
    # Crossings only add to the cost: the cheapest few hundred cells hold the best.
    cells = np.argsort(cost, axis=None, kind="stable")[:400]
    cells = cells[np.isfinite(cost.flat[cells])]
    led = [find_leader(other, spot, grounds[other.topic]) for other, spot in others]
    lines = np.array([line for line in led if line is not None]).reshape(-1, 2, 2)
    boxes = np.array([[spot, other.box] for other, spot in others]).reshape(-1, 2, 2)
    best, least = None, np.inf
    for cell in cells:
        if cost.flat[cell] >= least:
            break
        spot = float(x.flat[cell]), float(y.flat[cell])
        price = float(cost.flat[cell])
        price += CROSSES * _count_hits(lines, np.array([[spot, name.box]]))
        own = find_leader(name, spot, grounds[name.topic])
        if own is not None:
            price += CROSSES * (_count_hits(own[None], boxes) + _count_meetings(own, lines))
        if price < least:
            best, least = spot, price
    return best


def find_leader(name: Name, spot: Pair, ground: Ground) -> Floats | None:
    """The line from a name to its topic's heart, (2, 2) inches; None where it is near."""
    half = np.array(name.box) / 2
    edge = np.clip(ground.cells, spot - half, spot + half)
    distance = np.hypot(*(ground.cells - edge).T)
    nearest = int(distance.round(6).argmin())
    return np.stack([edge[nearest], ground.cells[nearest]]) if distance[nearest] > LEADER else None


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
