"""The map on paper: colours and places become a PNG, SVG or PDF file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import InputError
from embeddings.writing import replace_file
from topics.maps.clouds import Cloud, count_cells, find_layers
from topics.maps.colouring import Colouring, Paint, Ramp, paint_topics
from topics.maps.frame import arrange_frame, choose_fonts, draw_frame, find_missing, measure_in
from topics.maps.lettering import choose_inks, draw_names, is_cut, shape_names
from topics.maps.page import MANY, Page, Points, arrange_points
from topics.maps.palette import DARK, LIGHT, Palette, colour_groups, fade_points, mix_grounds
from topics.maps.placement import clean, place_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Pixels to the inch: 2,000 are 10 inches.
DPI = 200
WIDTH, LEAST_WIDTH, MOST_WIDTH = 2_000, 1_000, 8_000
# Height of the page by its width; more where the map itself would be lower than this.
SHAPE, LEAST_MAP = 0.75, 0.5
# A picture of more points than this keeps them as pixels inside SVG and PDF.
MOST_VECTOR_POINTS = 2_000


@dataclass(frozen=True)
class Look:
    """How a map looks.

    Attributes:
        dark: On a dark ground.
        width: Of the page in pixels at 200 to the inch; three quarters as high, or more where
            the lines around the map take much room. Type keeps its size, so that a narrow
            page has fewer names.
        font: A family that is installed; DejaVu Sans where none is named.
    """

    dark: bool = False
    width: int = WIDTH
    font: str | None = None


@dataclass(frozen=True)
class MapPicture:
    """A topic map that was written, and what it does not show.

    Attributes:
        path: The file.
        width: Of the page in pixels at 200 to the inch.
        height: Of the page in pixels.
        named: Topics whose name is on the map, largest first.
        parts: Topics of the next finer level whose name is on the map, largest first.
        unnamed: Topics drawn without a name: beyond the 40 largest, without room, or
            not in ``names``. A note on the page counts them.
        shortened: Topics whose name was cut, with an ellipsis, to three lines.
        missing_characters: Characters that no installed font can show.
    """

    path: Path
    width: int
    height: int
    named: tuple[int, ...]
    parts: tuple[int, ...]
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
    finer: NDArray[np.integer] | None = None,
    sizes: NDArray[np.integer] | None = None,
    strengths: NDArray[np.floating] | None = None,
    colouring: Colouring | None = None,
    look: Look | None = None,
) -> MapPicture:
    """Draw a topic map and write it in one piece, or not at all.

    The same points in any order give the same bytes, with one version of Matplotlib.

    Args:
        points: Places, ``(n, 2)``, finite; any scale.
        labels: Topic of each point, ``(n,)``; below 0 for a point without a topic.
        names: Name of each topic. Printed as it stands; no markup is read.
        path: Ends in ``.png``, ``.svg`` or ``.pdf`` (text stays text).
        title: The line on top.
        subtitle: Quieter lines below it.
        caption: At the foot: what it was made from, and when.
        finer: Topic of each point on the next finer level, ``(n,)``, named in small type;
            below 0 for none.
        sizes: How many passages a point stands for, ``(n,)``, from 1; larger is drawn
            larger.
        strengths: How well each point fits its topic, ``(n,)`` from 0 to 1; weaker is
            drawn fainter.
        colouring: What the colours say; by default the topics.
        look: Ground, width and font.

    Returns:
        The picture's path and size, and what was left out of it.

    Raises:
        InputError: The path cannot be written, the width or font cannot be had, or there is
            nothing to draw.
        ValueError: The arrays differ in length or hold what is not finite.
    """
    path, look = Path(path), look or Look()
    check_path(path)
    check_width(look.width)
    palette = DARK if look.dark else LIGHT
    words = clean(title), clean(subtitle), clean(caption)
    suffix = path.suffix.lower()
    fonts = choose_fonts(look.font)
    width = look.width / DPI
    with _open_page(width, fonts, palette) as (figure, axes):
        measure = measure_in(figure)
        legend = colouring.legend(palette) if colouring else ()
        told = [] if isinstance(legend, Ramp) else [name for _, name in legend]
        frame = arrange_frame(measure, width, *words, legend)
        size = width, _set_height(figure, axes, width, frame.top + frame.bottom)
        page = Page(*size, frame.top, frame.bottom)
        dots = arrange_points(points, labels, sizes, strengths, page)
        below = np.full(len(points), -1) if finer is None else np.asarray(finer)
        layers = find_layers(dots.places, (dots.topics, below[dots.order]), dots.weights, page)
        ranked, clouds = layers[0]
        peaks = {t: parts[0].peak for t, parts in clouds.items()}
        colours = colour_groups(peaks, palette.groups)
        shown = None if colouring else colours
        many = len(points) >= MANY
        _draw_clouds(axes, clouds, shown, page, palette, suffix, many=many)
        paint = _paint(dots, colours, colouring, palette)
        _draw_points(axes, dots, paint, page, palette, fit=colouring is None)
        shaped = shape_names(layers, names, measure, width)
        spots = place_names(shaped, count_cells(dots.places, page), page)
        inks = choose_inks(layers, dots, below[dots.order], colours, colouring, palette)
        draw_names(axes, shaped, spots, inks, palette, svg=suffix == ".svg")
        unnamed = tuple(t for layer, _ in layers for t in layer if (t, 0) not in spots)
        note = f"{len(unnamed):,} smaller topic{'s' if len(unnamed) > 1 else ''} not named"
        draw_frame(axes, frame, size, palette, note if unnamed else "")
        content = _render(figure, suffix, words[0], palette)
    _write(path, content)
    return MapPicture(
        path,
        look.width,
        round(size[1] * DPI),
        tuple(t for t in ranked if (t, 0) in spots),
        tuple(t for t in layers[1][0] if (t, 0) in spots),
        unnamed,
        tuple(n.cloud.topic for n in shaped if n.key in spots and is_cut(n, names)),
        find_missing(clean("".join([*words, *told, *(names[t] for t, _ in spots)])), fonts),
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


def check_width(width: int) -> None:
    """Say that no map can be so wide.

    Raises:
        InputError: It is too narrow for a caption or too wide for memory.
    """
    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise InputError(
            f"A map cannot be {width:,} pixels wide: give {LEAST_WIDTH:,} to {MOST_WIDTH:,}, "
            f"such as --width {WIDTH}."
        )


@contextmanager
def _open_page(width: float, fonts: list[str], palette: Palette) -> Iterator[tuple[Figure, Axes]]:
    """An empty page, its axes in inches, under settings that no file of the user's changes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings = {
        **mpl.rcParamsDefault,
        "font.family": fonts,
        "svg.fonttype": "none",
        "svg.hashsalt": "topicwire",
        "pdf.fonttype": 42,
    }
    settings.pop("backend", None)
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Missing glyphs are counted in the result instead.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(width, SHAPE * width), dpi=DPI, facecolor=palette.ground)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width))
        axes.set_axis_off()
        yield figure, axes


def _set_height(figure: Figure, axes: Axes, width: float, taken: float) -> float:
    """Make the page high enough for its map and the lines around it; in inches."""
    height = round(DPI * max(SHAPE * width, taken + LEAST_MAP * width)) / DPI
    figure.set_size_inches(width, height)
    axes.set(ylim=(0, height))
    return height


def _draw_clouds(
    axes: Axes,
    clouds: Mapping[int, Sequence[Cloud]],
    colours: Mapping[int, str] | None,
    page: Page,
    palette: Palette,
    suffix: str,
    *,
    many: bool,
) -> None:
    """A soft ground in each topic's colour where its points are dense; without colours, grey."""
    from scipy.ndimage import zoom

    shown = colours or dict.fromkeys(clouds, palette.faint)
    dense = {t: parts[0].dense for t, parts in clouds.items()}
    picture = mix_grounds(dense, shown, 0.36 if many else 0.24)
    if picture is None:
        return
    smooth = suffix == ".png"
    axes.imshow(
        # In SVG and PDF a small picture that the viewer scales keeps the file small.
        np.clip(picture if smooth else zoom(picture, (2, 2, 1), order=1), 0.0, 1.0),
        extent=(0, page.width, 0, page.height),
        origin="lower",
        interpolation="bicubic" if smooth else "none",
        aspect="auto",
        zorder=1,
    )


def _paint(
    dots: Points, colours: Mapping[int, str], colouring: Colouring | None, palette: Palette
) -> Paint:
    """Colour of each point in the order in which they are drawn, and whether it has its own."""
    if colouring is None:
        return paint_topics(dots.topics, colours, palette)
    rgb, own = colouring.paint(palette)
    return rgb[dots.order], own[dots.order]


def _draw_points(
    axes: Axes, dots: Points, paint: Paint, page: Page, palette: Palette, *, fit: bool
) -> None:
    """All points; with ``fit``, those that fit their topic less are fainter."""
    n = len(dots.places)
    diameter = (max(38.0 / n**0.33, 0.8) if n > 30 else 10.0) * np.sqrt(page.width / 10)
    areas = diameter**2 * np.minimum(1.0 + 0.6 * np.log2(dots.weights), 4.0)
    rgb, own = paint
    opacity = fade_points(dots.fits if fit else np.ones(n))
    # Grey ones lie below the others.
    order = np.argsort(own, kind="stable")
    axes.scatter(
        dots.places[order, 0],
        dots.places[order, 1],
        s=areas[order],
        c=np.column_stack([rgb, opacity])[order],
        linewidths=0.6 if n <= 500 else 0.0,
        edgecolors=palette.ground if n <= 500 else "none",
        rasterized=n > MOST_VECTOR_POINTS,
        zorder=2,
    )


def _render(figure: Figure, suffix: str, title: str, palette: Palette) -> bytes:
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
        # The outline behind a name in SVG, whose viewer may set it in another font.
        halo = (
            f'g[id^="halo-"] text{{stroke:{palette.ground};stroke-width:3px;stroke-linejoin:round}}'
        ).encode()
        content = content.replace(b'<style type="text/css">', b'<style type="text/css">' + halo)
        content = content.replace(b'<g id="halo-', b'<g aria-hidden="true" id="halo-')
    return content
