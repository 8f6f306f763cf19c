"""The map of a page: points, the names of topics, and colours, as the page's script takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.text.printing import plain, safe
from topics.maps.clouds import find_anchors
from topics.maps.page import rank_groups
from topics.maps.palette import PALETTES, colour_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from topics.answers.points import MapPoints
    from topics.hierarchy.outline import Outline
    from topics.maps.palette import Palette

# Places are whole numbers up to this.
_SCALE = 65_535


@dataclass(frozen=True)
class MapView:
    """What the script of a map is given.

    Attributes:
        meta: Counts, topics with the place of their names, outlets, stories, colours.
        columns: Numbers of each point: x, y, topic, article, node, text.
        articles: Of each article headline, outlet, date, address and story.
        texts: Distinct texts that points have.
    """

    meta: dict[str, Any]
    columns: dict[str, NDArray[np.int64]]
    articles: list[dict[str, Any]]
    texts: tuple[str, ...]


def view_map(points: MapPoints, outline: Outline, stories: dict[int, str]) -> MapView:
    """Prepare a map.

    Args:
        points: At least one.
        outline: The topics.
        stories: Headline of each story that is coloured and named.
    """
    places, home = _fit(points.places)
    texts: dict[str, int] = {}
    text_of = [texts.setdefault(plain(text), len(texts)) for text in points.texts]
    topics, named, topic_of = _name_topics(points.topics, places, outline)
    outlets = sorted({one.source for one in points.articles}, key=lambda one: (not one, one))
    meta = {
        "count": len(text_of),
        "texts": len(texts),
        "home": home,
        "topics": topics,
        "named": named,
        "outlets": [plain(one) for one in outlets],
        "stories": {str(number): plain(title) for number, title in stories.items()},
        "colours": {name: _colour(palette, topics) for name, palette in PALETTES.items()},
    }
    columns = {
        "x": np.rint(places[:, 0] * _SCALE).astype(np.int64),
        "y": np.rint(places[:, 1] * _SCALE).astype(np.int64),
        "topic": topic_of,
        "article": points.article_of,
        "node": _number(points.nodes),
        "text": np.array(text_of, np.int64),
    }
    outlet_of = {name: place for place, name in enumerate(outlets)}
    articles = [
        {
            "title": plain(one.title),
            "outlet": outlet_of[one.source],
            "date": plain(one.published),
            "url": safe(one.url),
            "story": story,
        }
        for one, story in zip(points.articles, points.stories, strict=True)
    ]
    return MapView(meta, columns, articles, tuple(texts))


def _number(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number keys in the order of their first."""
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[place]


def _fit(places: NDArray[np.float32]) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Fit places into a square from 0 to 1, y downwards; returns the middle and size of all."""
    flipped = places.astype(np.float64) * [1.0, -1.0]
    low, high = flipped.min(axis=0), flipped.max(axis=0)
    extent = float((high - low).max()) or 1.0
    fitted = (flipped - (low + high) / 2) / extent + 0.5
    # All on one place: names lie around it.
    size = np.maximum((high - low) / extent, 1e-3) if (high > low).any() else np.ones(2)
    width, height = size.tolist()
    return fitted, {"x": 0.5, "y": 0.5, "width": width, "height": height}


def _name_topics(
    topics: NDArray[np.int64], places: NDArray[np.float64], outline: Outline
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], NDArray[np.int64]]:
    """List the topics that are shown, broad before parts and large before small.

    Returns:
        Them; the names on the map, the most important first; and of each point the place of
        its topic in the list, after the last for none.
    """
    heads = np.array([outline.heads[one] for one in topics.tolist()], np.int64)
    heads[~np.isin(heads, list(outline.visible))] = -1
    each = np.ones(len(topics))
    broad = list(rank_groups(heads, each))
    lower = set(outline.parts.values())
    order = broad + [one for one in rank_groups(topics, each) if one in lower]
    number = {one: place for place, one in enumerate(order)}
    names = {one: plain(outline.names[one]) for one in order}
    anchors = find_anchors(places, (heads, np.where(heads < 0, -1, topics)), names)
    peaks = {one.topic: one.place for one in anchors if not (one.layer or one.island)}
    listed = [
        {
            "id": one,
            "name": names[one],
            "head": number[outline.heads[one]],
            "peak": peaks.get(one),
        }
        for one in order
    ]
    named = [
        {
            "name": one.name,
            "part": bool(one.layer or one.island),
            "x": round(one.place[0], 4),
            "y": round(one.place[1], 4),
        }
        for one in anchors
    ]
    found = [number.get(t, number.get(h, len(order))) for t, h in zip(topics, heads, strict=True)]
    return listed, named, np.array(found, np.int64)


def _colour(palette: Palette, topics: Sequence[dict[str, Any]]) -> dict[str, Any]:
    broad = [place for place, one in enumerate(topics) if one["head"] == place]
    given = colour_groups(
        {place: topics[place]["peak"] for place in broad if topics[place]["peak"]}, palette.groups
    )
    return {
        "topics": [given.get(place, palette.none) for place in broad],
        "palette": palette.groups,
        "ramp": palette.ramp,
        "none": palette.none,
    }
