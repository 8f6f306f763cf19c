"""What the colours of a map say: topics, outlets, stories, or dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.maps.page import Floats, rank_groups
from topics.maps.palette import Palette, colour_shares, read_rgb

Paint = tuple[Floats, NDArray[np.bool_]]


@dataclass(frozen=True)
class Ramp:
    """A legend of dates: the colours from the first to the last, and what stands at both ends."""

    first: str
    last: str


# What the colours mean: colour and name of each, or a ramp of dates.
Legend = tuple[tuple[str, str], ...] | Ramp


@dataclass(frozen=True)
class Groups:
    """Colours by outlet or story: the largest get one each, the others are grey.

    Attributes:
        of: Group of each point, ``(n,)``; below 0 for none.
        weights: Passages of each point, ``(n,)``.
        names: Of the groups.
        rest: What the groups beyond the palette are called, such as ``other outlets``.
        none: What points without a group are called.
    """

    of: NDArray[np.integer]
    weights: Floats
    names: Mapping[int, str]
    rest: str
    none: str

    def legend(self, palette: Palette) -> Legend:
        """Colour and name of each group that has one, and what the greys are."""
        ranked = list(rank_groups(self.of, self.weights))
        pairs = zip(palette.groups, ranked, strict=False)
        told = [(colour, self.names[group]) for colour, group in pairs]
        if more := len(ranked) - len(palette.groups):
            told += [(self._rest(palette), f"{more:,} {self.rest}")] if more > 0 else []
        if (self.of < 0).any():
            told.append((palette.none, self.none))
        return tuple(told)

    def paint(self, palette: Palette) -> Paint:
        """Colour of each point, ``(n, 3)`` from 0 to 1, and whether it has one of its own."""
        ranked = list(rank_groups(self.of, self.weights))
        given = dict(zip(ranked, palette.groups, strict=False))
        rest = dict.fromkeys(ranked, self._rest(palette)) | given
        return _look_up(self.of, rest, palette), np.isin(self.of, list(given))

    def _rest(self, palette: Palette) -> str:
        return palette.faint if (self.of < 0).any() else palette.none


@dataclass(frozen=True)
class Dates:
    """Colours by date.

    Attributes:
        shares: Where each point lies between the first date, 0, and the last, 1, ``(n,)``; not
            a number where it has none.
        first: The first date as it is printed.
        last: The last one.
    """

    shares: Floats
    first: str
    last: str

    def legend(self, palette: Palette) -> Legend:
        """The ramp."""
        undated = int(np.isnan(self.shares).sum())
        if undated == len(self.shares):
            return ((palette.none, "no date"),)
        return Ramp(self.first, self.last + (" (grey: no date)" if undated else ""))

    def paint(self, palette: Palette) -> Paint:
        """Colour of each point, ``(n, 3)`` from 0 to 1, and whether it has a date."""
        return colour_shares(self.shares, palette), ~np.isnan(self.shares)


Colouring = Groups | Dates


def paint_topics(
    topics: NDArray[np.integer], colours: Mapping[int, str], palette: Palette
) -> Paint:
    """Colour of each point, ``(n, 3)`` from 0 to 1, and whether its topic has one."""
    return _look_up(topics, colours, palette), np.isin(topics, list(colours))


def _look_up(groups: NDArray[np.integer], colours: Mapping[int, str], palette: Palette) -> Floats:
    found, row = np.unique(groups, return_inverse=True)
    rgb = np.array([read_rgb(colours.get(int(group), palette.none)) for group in found])
    return np.asarray(rgb[row.ravel()])
