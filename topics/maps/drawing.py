"""The static topic map: colours and places become a PNG, SVG or PDF file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import InputError
from embeddings.writing import replace_file
from topics.maps import palette
from topics.maps.placement import (
    HEIGHT,
    LINE_STEP,
    MARGIN,
    WIDTH,
    Ground,
    Name,
    Pair,
    Points,
    arrange_points,
    clean,
    find_grounds,
    find_leader,
    place_names,
    rank_topics,
    shape_names,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Pixels to the inch: 2,000 by 1,500 in all.
DPI = 200
MOST_NAMES = 40
# A picture of more points than this keeps them as pixels inside SVG and PDF.
MOST_VECTOR_POINTS = 2_000
# The light outline behind a name in SVG, whose viewer may set it in another font.
SVG_HALO = b'g[id^="halo-"] text{stroke:#fff;stroke-width:3px;stroke-linejoin:round}'


@dataclass(frozen=True)
class MapPicture:
    """A topic map that was written, and what it does not show.

    Attributes:
        path: The file.
        width: Of the page in pixels at 200 to the inch.
        height: Of the page in pixels.
        named: Topics whose name is on the map, largest first.
        unnamed: Topics drawn without a name: beyond the 40 largest, without room, or
            not in ``names``. A note on the page counts them.
        shortened: Topics whose name was cut, with an ellipsis, to three lines.
        missing_characters: Characters that no installed font can show.
    """

    path: Path
    width: int
    height: int
    named: tuple[int, ...]
    unnamed: tuple[int, ...]
    shortened: tuple[int, ...]
    missing_characters: str


def draw(
    points: NDArray[np.floating],
    labels: NDArray[np.integer],
    names: Mapping[int, str],
    path: Path,
    *,
    title: str,
    subtitle: str = "",
    caption: str = "",
    sizes: NDArray[np.integer] | None = None,
    strengths: NDArray[np.floating] | None = None,
) -> MapPicture:
    """Draw a topic map and write it in one piece, or not at all.

    The same points in any order give the same bytes, with one version of Matplotlib.

    Args:
        points: Places, ``(n, 2)``, finite; any scale.
        labels: Topic of each point, ``(n,)``; below 0 for a point without a topic.
        names: Name of each topic. Printed as it stands; no markup is read.
        path: Ends in ``.png`` (2,000 pixels wide), ``.svg`` or ``.pdf`` (text stays text).
        title: The line on top.
        subtitle: A quieter line below it.
        caption: A line at the foot: how many passages, topics and outlets.
        sizes: How many passages a point stands for, ``(n,)``, from 1; larger is drawn
            larger.
        strengths: How well each point fits its topic, ``(n,)`` from 0 to 1; weaker is
            drawn fainter.

    Returns:
        The picture's path and size, and what was left out of it.

    Raises:
        InputError: The path cannot be written, or there is nothing to draw.
        ValueError: The arrays differ in length or hold what is not finite.
    """
    path = Path(path)
    check_path(path)
    dots = arrange_points(points, labels, sizes, strengths)
    by_size = rank_topics(dots.topics, dots.weights)
    grounds = find_grounds({t: dots.places[dots.topics == t] for t in by_size}, len(points))
    colours = palette.colour_groups({t: ground.peak for t, ground in grounds.items()})
    words = clean(title), clean(subtitle), clean(caption)
    wanted = [t for t in by_size if clean(names.get(t, ""))][:MOST_NAMES]
    suffix = path.suffix.lower()
    with _open_page() as (figure, axes):
        _draw_grounds(axes, grounds, colours, smooth=suffix == ".png")
        _draw_points(axes, dots, colours)
        shaped = shape_names(wanted, names, by_size, partial(_measure_line, figure))
        spots = place_names(shaped, grounds)
        _draw_names(axes, shaped, spots, grounds, colours, svg=suffix == ".svg")
        unnamed = tuple(t for t in by_size if t not in spots)
        _draw_frame(figure, axes, words, len(unnamed))
        content = _render(figure, suffix, words[0])
    _write(path, content)
    named = tuple(t for t in wanted if t in spots)
    return MapPicture(
        path,
        round(WIDTH * DPI),
        round(HEIGHT * DPI),
        named,
        unnamed,
        tuple(n.topic for n in shaped if n.topic in spots and _is_cut(n, names[n.topic])),
        _find_missing("".join([*words, *(names[t] for t in named)])),
    )


def _write(path: Path, content: bytes) -> None:
    try:
        with replace_file(path) as new:
            new.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"The map could not be written to {path} ({error.strerror}); give a folder "
            "that you may write to and that has room."
        ) from error


def check_path(path: Path) -> None:
    """Say, before any work is done, that no map can be written there.

    Raises:
        InputError: Another suffix than .png, .svg or .pdf, a folder, or a file in a folder
            that does not exist.
    """
    if path.suffix.lower() not in {".png", ".svg", ".pdf"}:
        raise InputError(
            f"A map cannot be written as {path.name!r}: give a name that ends in .png, "
            ".svg or .pdf, such as map.png."
        )
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file in it, such as map.png.")
    if not path.parent.is_dir():
        raise InputError(
            f"The folder {path.parent} does not exist; make it with: mkdir -p '{path.parent}'"
        )


@contextmanager
def _open_page() -> Iterator[tuple[Figure, Axes]]:
    """An empty page, its axes in inches, under settings that no file of the user's changes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings = {
        **mpl.rcParamsDefault,
        "font.family": _choose_fonts(),
        "svg.fonttype": "none",
        "svg.hashsalt": "topicwire",
        "pdf.fonttype": 42,
    }
    settings.pop("backend", None)
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Missing glyphs are counted in the result instead.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        axes.set_axis_off()
        yield figure, axes


def _draw_grounds(
    axes: Axes, grounds: Mapping[int, Ground], colours: Mapping[int, str], *, smooth: bool
) -> None:
    """A soft ground in each topic's colour where its points are dense."""
    from scipy.ndimage import zoom

    picture = palette.mix_grounds({t: ground.dense for t, ground in grounds.items()}, colours)
    if picture is None:
        return
    axes.imshow(
        # In SVG and PDF a small picture that the viewer scales keeps the file small.
        np.clip(picture if smooth else zoom(picture, (2, 2, 1), order=1), 0.0, 1.0),
        extent=(0, WIDTH, 0, HEIGHT),
        origin="lower",
        interpolation="bicubic" if smooth else "none",
        aspect="auto",
        zorder=1,
    )


def _draw_points(axes: Axes, dots: Points, colours: Mapping[int, str]) -> None:
    n = len(dots.places)
    diameter = max(38.0 / n**0.36, 0.8) if n > 30 else 10.0
    areas = diameter**2 * np.minimum(1.0 + 0.6 * np.log2(dots.weights), 4.0)
    axes.scatter(
        dots.places[:, 0],
        dots.places[:, 1],
        s=areas,
        c=_paint_points(dots, colours),
        linewidths=0.6 if n <= 500 else 0.0,
        edgecolors="white" if n <= 500 else "none",
        rasterized=n > MOST_VECTOR_POINTS,
        zorder=2,
    )


def _paint_points(dots: Points, colours: Mapping[int, str]) -> NDArray[np.float64]:
    """Red, green, blue and opacity of each point, ``(n, 4)`` from 0 to 1."""
    none = palette.LIGHT.none
    rgb = [palette.read_rgb(colours.get(int(topic), none)) for topic in dots.topics]
    return np.column_stack([rgb, palette.fade_points(dots.fits)])


def _draw_frame(figure: Figure, axes: Axes, words: tuple[str, str, str], unnamed: int) -> None:
    """Title, subtitle, and the caption at the foot."""
    title, subtitle, caption = words
    rule = [MARGIN, MARGIN + 0.42], [HEIGHT - 0.22] * 2
    axes.plot(*rule, color=palette.LIGHT.groups[2], lw=3.5, solid_capstyle="butt", zorder=6)
    note = f"{unnamed:,} smaller topic{'s' if unnamed > 1 else ''} not named" if unnamed else ""
    faint = {"color": palette.LIGHT.faint}
    foot: dict[str, Any] = {**faint, "size": 8.5, "va": "bottom"}
    lines: list[tuple[str, Pair, dict[str, Any]]] = [
        (title, (MARGIN, HEIGHT - 0.33), {"size": 17, "weight": "bold", "va": "top"}),
        (subtitle, (MARGIN, HEIGHT - 0.68), {**faint, "size": 10.5, "va": "top"}),
        (caption, (MARGIN, 0.16), foot),
        (note, (WIDTH - MARGIN, 0.16), {**foot, "ha": "right"}),
    ]
    for text, place, own in lines:
        style = {"color": palette.LIGHT.ink, "zorder": 6, **own}
        drawn = axes.text(*place, text, parse_math=False, **style)
        # The foot shares its line with the note.
        _shorten_to(figure, drawn, WIDTH - 2 * MARGIN - (2.6 if own is foot and note else 0.0))


def _shorten_to(figure: Figure, text: Text, width: float) -> None:
    """Make a line smaller by up to a quarter, then cut it, until it fits."""
    size = float(text.get_fontsize())
    least = 0.75 * size
    while _measure_width(figure, text) > width and size > least:
        size -= 0.5
        text.set_fontsize(size)
    words = text.get_text()
    while words and _measure_width(figure, text) > width:
        words = words[: -max(1, len(words) // 40)]
        text.set_text(words.rstrip() + "…")


def _measure_width(figure: Figure, text: Text) -> float:
    """In inches."""
    box = text.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    return float(box.width / figure.dpi)


def _measure_line(figure: Figure, words: str, size: float) -> float:
    """Width in inches of one line of a name."""
    text = figure.text(0, 0, words, size=size, weight="bold", parse_math=False)
    width = _measure_width(figure, text)
    text.remove()
    return width


def _is_cut(name: Name, whole: str) -> bool:
    return name.lines[-1].endswith("…") and not clean(whole).endswith("…")


def _draw_names(
    axes: Axes,
    names: list[Name],
    spots: Mapping[int, Pair],
    grounds: Mapping[int, Ground],
    colours: Mapping[int, str],
    *,
    svg: bool,
) -> None:
    """Print each name line by line, light outline first, with its line to the topic."""
    from matplotlib.patheffects import Stroke

    for name in names:
        if name.topic not in spots:
            continue
        x, y = spots[name.topic]
        line = find_leader(name, (x, y), grounds[name.topic])
        if line is not None:
            axes.plot(*line.T, color="white", lw=2.4, alpha=0.9, zorder=3)
            axes.plot(*line.T, color=palette.LIGHT.rule, lw=0.8, zorder=4)
        step = LINE_STEP * name.size / 72
        style: dict[str, Any] = {"size": name.size, "weight": "bold", "ha": "center"}
        for row, words in enumerate(name.lines):
            # Baselines at even steps; a capital is 0.73 of the type size high.
            base = y + step * (len(name.lines) / 2 - row - 0.5) - 0.365 * name.size / 72
            # Two texts, since an outlined text would become shapes; in SVG both are text.
            halo = axes.text(x, base, words, color="white", zorder=4.5, parse_math=False, **style)
            halo.set_gid(f"halo-{name.topic}-{row}")
            if not svg:
                halo.set_path_effects([Stroke(linewidth=3.0, foreground="white", alpha=0.85)])
            ink = palette.ink_of(colours[name.topic])
            text = axes.text(x, base, words, color=ink, zorder=5, parse_math=False, **style)
            text.set_gid(f"topic-{name.topic}-{row}")


def _choose_fonts() -> list[str]:
    """DejaVu Sans, shipped with Matplotlib, then what is installed for other scripts."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    others = (
        "Noto Sans",
        "Noto Sans CJK SC",
        "Noto Sans CJK JP",
        "Noto Sans Arabic",
        "Noto Sans Devanagari",
        "Arial Unicode MS",
        "Microsoft YaHei",
        "Malgun Gothic",
        "Hiragino Sans",
        "WenQuanYi Zen Hei",
    )
    return ["DejaVu Sans", *(name for name in others if name in installed)]


def _find_missing(text: str) -> str:
    """The characters of a text that none of the fonts has, each once, in order."""
    from matplotlib.font_manager import findfont, get_font

    fonts = [get_font(findfont(name)) for name in _choose_fonts()]
    shown = sorted(set(clean(text)))
    return "".join(c for c in shown if not any(font.get_char_index(ord(c)) for font in fonts))


def _render(figure: Figure, suffix: str, title: str) -> bytes:
    """The file's bytes, without a date in them."""
    metadata: dict[str, dict[str, Any]] = {
        ".png": {"Title": title, "Software": "Topicwire"},
        ".svg": {"Title": title, "Creator": "Topicwire", "Date": None},
        ".pdf": {"Title": title, "Creator": "Topicwire", "CreationDate": None},
    }
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix[1:], dpi=DPI, metadata=metadata[suffix])
    content = stream.getvalue()
    if suffix == ".svg":
        content = content.replace(b'<style type="text/css">', b'<style type="text/css">' + SVG_HALO)
        content = content.replace(b'<g id="halo-', b'<g aria-hidden="true" id="halo-')
    return content
