"""The page of a map: its size, and where its points lie on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import InputError

Floats = NDArray[np.float64]
Pair = tuple[float, float]

# Side of the cells, in inches, in which points are counted and names are moved.
CELL = 0.05
MARGIN = 0.3
# From so many points on names lie on their clouds, and clouds carry the picture.
MANY = 2_000


@dataclass(frozen=True)
class Page:
    """A page in inches, from its lower left corner; names and points keep clear of the rim.

    Attributes:
        width: Of the page.
        height: Of the page.
        top: Kept free for the title.
        bottom: Kept free for what stands at the foot.
    """

    width: float = 10.0
    height: float = 7.5
    top: float = 1.0
    bottom: float = 0.45

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of its cells, row 0 at the bottom."""
        return round(self.height / CELL), round(self.width / CELL)

    def cell_middles(self) -> tuple[Floats, Floats]:
        """X and y of each cell in inches, each ``grid``."""
        y, x = (np.indices(self.grid) + 0.5) * CELL
        return x, y

    def fit(self, points: Floats) -> Scale:
        """How the points, ``(n, 2)``, come onto the page with room for names around."""
        low, high = points.min(axis=0), points.max(axis=0)
        # Few points would lie in the page's corners with nothing between them.
        fill = min(1.0, 0.45 + len(points) / 45)
        # Names go beside the clouds of few points, and onto those of many.
        around = MARGIN * min(1.0, MANY / len(points)) + 1.6 * halo_width(len(points))
        tall = self.height - self.top - self.bottom
        free = np.array([self.width - 2 * around - 0.6, tall - 2 * around])
        # On a small page the points come before the room around them.
        room = fill * np.maximum(free, 0.3 * np.array([self.width, tall]))
        extent = np.maximum(high - low, 1e-12)
        factor = float((room / extent).min()) if (high > low).any() else 0.0
        middle = (low + high) / 2
        return Scale(
            (float(middle[0]), float(middle[1])),
            (self.width / 2, self.bottom + tall / 2),
            factor,
        )


@dataclass(frozen=True)
class Scale:
    """Both axes to one scale: the middle of the points, that of the page, inches to the unit."""

    points: Pair
    page: Pair
    factor: float

    def to_page(self, points: Floats) -> Floats:
        """Places in inches of points, ``(n, 2)``."""
        return np.asarray(self.page + (points - self.points) * self.factor)

    def to_points(self, places: Floats) -> Floats:
        """Points at places in inches, ``(n, 2)``."""
        return np.asarray(self.points + (places - self.page) / (self.factor or 1.0))


@dataclass(frozen=True)
class Points:
    """The points of a map in the order in which they are drawn.

    Attributes:
        order: Row of each among those given, ``(n,)``.
        places: In inches from the page's lower left corner, ``(n, 2)``.
        topics: Topic of each, ``(n,)``; below 0 for none.
        weights: How many passages each stands for, ``(n,)``.
        fits: How well each fits its topic, ``(n,)`` from 0 to 1.
    """

    order: NDArray[np.integer]
    places: Floats
    topics: NDArray[np.integer]
    weights: Floats
    fits: Floats


def arrange_points(
    points: NDArray[np.floating],
    labels: NDArray[np.integer],
    sizes: NDArray[np.integer] | None,
    strengths: NDArray[np.floating] | None,
    page: Page,
) -> Points:
    """Put points on the page in a fixed shuffle of their places: no topic lies on top.

    Raises:
        InputError: There is no point.
        ValueError: The arrays differ in length or hold what is not finite.
    """
    check_arrays(points, labels, sizes, strengths)
    n = len(points)
    weights = np.ones(n) if sizes is None else np.maximum(sizes, 1).astype(np.float64)
    fits = np.ones(n) if strengths is None else np.clip(strengths, 0.0, 1.0)
    order = np.lexsort((fits, weights, labels, points[:, 1], points[:, 0]))
    order = order[np.random.default_rng(0).permutation(n)]
    given = np.asarray(points, dtype=np.float64)
    places = page.fit(given).to_page(given)[order]
    return Points(order, places, labels[order], weights[order], fits[order])


def check_arrays(points: NDArray[Any], *others: NDArray[Any] | None) -> None:
    """Refuse what cannot be drawn; see ``arrange_points``."""
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"Points of shape {points.shape} were given; finite (n, 2) is expected.")
    for array in others:
        if array is not None and len(array) != len(points):
            raise ValueError(f"{len(points)} points but {len(array)} labels, sizes or strengths.")
    if len(points) == 0:
        raise InputError(
            "There are no passages to draw; put articles in first: topicwire cluster PATH"
        )


def rank_groups(groups: NDArray[np.integer], weights: Floats) -> dict[int, float]:
    """Groups with the passages in each, largest first; equal ones by number, none below 0."""
    found, group = np.unique(groups, return_inverse=True)
    totals = np.bincount(group, weights=weights)
    ranked = sorted(zip(-totals, found.tolist(), strict=True))
    return {one: -float(total) for total, one in ranked if one >= 0}


def halo_width(n: int) -> float:
    """Blur of a cloud of points in inches: wide for few points, fine for many."""
    return float(np.clip(0.75 / n**0.22, 0.07, 0.35))
