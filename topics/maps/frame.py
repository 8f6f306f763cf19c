"""What stands around a map: title, legend and caption, in the fonts at hand."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError
from topics.maps.colouring import Legend, Ramp
from topics.maps.page import MARGIN
from topics.maps.palette import Palette
from topics.maps.placement import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Width in inches of a line of text of a size in points, bold or not.
Measure = Callable[[str, float, bool], float]

TITLE, SUBTITLE, FOOT = 17.0, 10.5, 8.5
# From one line to the next, in type sizes.
LEADING = 1.32
# On a page of so many inches the note stands beside the last line of the caption, which has this
# share of the width; on a narrower one below it.
WIDE, CAPTION_SHARE = 8.0, 0.72


@dataclass(frozen=True)
class Frame:
    """The lines around a map, and the room in inches that they take.

    Attributes:
        title: The line on top, and its size.
        subtitle: Lines below it.
        legend: Rows of colour, name and place from the left in inches; or a ramp.
        caption: Lines at the foot.
        top: From the page's upper edge.
        bottom: From its lower edge.
    """

    title: tuple[str, float]
    subtitle: tuple[str, ...]
    legend: tuple[tuple[tuple[str, str, float], ...], ...] | Ramp
    caption: tuple[str, ...]
    top: float
    bottom: float


def measure_in(figure: Figure) -> Measure:
    """How wide a line of text is in a figure."""

    def measure(words: str, size: float, bold: bool) -> float:
        text = figure.text(
            0, 0, words, size=size, weight="bold" if bold else "normal", parse_math=False
        )
        box = text.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
        text.remove()
        return float(box.width / figure.dpi)

    return measure


def arrange_frame(
    measure: Measure, width: float, title: str, subtitle: str, caption: str, legend: Legend
) -> Frame:
    """Break the lines around a map to the width of its page, in inches."""
    room = width - 2 * MARGIN
    size = TITLE
    while measure(title, size, True) > room and size > 0.7 * TITLE:
        size -= 0.5
    line = _wrap(title, room, 1, lambda words: measure(words, size, True))
    below = _wrap(subtitle, room, 3, lambda words: measure(words, SUBTITLE, False))
    share = CAPTION_SHARE if width >= WIDE else 1.0
    foot = _wrap(caption, share * room, 6, lambda words: measure(words, FOOT, False))
    foot += () if width >= WIDE else ("",)
    rows = legend if isinstance(legend, Ramp) else _set_rows(legend, room, measure)
    count = 1 if isinstance(rows, Ramp) else len(rows)
    return Frame(
        ("".join(line), size),
        below,
        rows,
        foot,
        top=0.82 + len(below) * LEADING * SUBTITLE / 72,
        bottom=0.24 + len(foot) * LEADING * FOOT / 72 + count * 1.6 * FOOT / 72,
    )


def _wrap(text: str, width: float, most: int, measure: Callable[[str], float]) -> tuple[str, ...]:
    """Break a text into lines, the last cut with an ellipsis where it is too long."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        taken = 1
        while taken < len(words) and measure(" ".join(words[: taken + 1])) <= width:
            taken += 1
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    if lines and (words or measure(lines[-1]) > width):
        last = lines[-1]
        while last and measure(last + "…") > width:
            # At a word, but for one that fills most of the line.
            short = last[: -max(1, len(last) // 40)]
            word = short.rpartition(" ")[0] if " " in short[len(short) // 2 :] else short
            last = word if measure(word + "…") <= width else short
        lines[-1] = last.rstrip(" .,;:") + "…"
    return tuple(lines)


def _set_rows(
    legend: Sequence[tuple[str, str]], width: float, measure: Measure
) -> tuple[tuple[tuple[str, str, float], ...], ...]:
    rows: list[list[tuple[str, str, float]]] = []
    free = 0.0
    widest = min(2.4, (width - 0.52) / 2)
    for colour, name in legend:
        label = "".join(_wrap(clean(name), widest, 1, lambda words: measure(words, FOOT, False)))
        needed = 0.16 + measure(label, FOOT, False) + 0.2
        if not rows or needed > free:
            rows.append([])
            free = width + 0.2
        rows[-1].append((colour, label, width + 0.2 - free))
        free -= needed
    return tuple(tuple(row) for row in rows)


def draw_frame(
    axes: Axes, frame: Frame, size: tuple[float, float], palette: Palette, note: str
) -> None:
    """Draw title, legend and caption; the note stands at the right of the foot.

    Args:
        axes: Of the page, in inches.
        frame: The lines.
        size: Width and height of the page in inches.
        palette: Of its ground.
        note: What is not on the map.
    """
    width, height = size
    rule = [MARGIN, MARGIN + 0.42], [height - 0.22] * 2
    axes.plot(*rule, color=palette.groups[2], lw=3.5, solid_capstyle="butt", zorder=6)
    faint: dict[str, Any] = {"color": palette.faint, "zorder": 6, "parse_math": False}
    text, points = frame.title
    head = {**faint, "color": palette.ink, "size": points, "weight": "bold", "va": "top"}
    axes.text(MARGIN, height - 0.33, text, **head)
    for row, line in enumerate(frame.subtitle):
        y = height - 0.68 - row * LEADING * SUBTITLE / 72
        axes.text(MARGIN, y, line, size=SUBTITLE, va="top", **faint)
    foot = {**faint, "size": FOOT, "va": "bottom"}
    for row, line in enumerate(frame.caption):
        y = 0.16 + (len(frame.caption) - 1 - row) * LEADING * FOOT / 72
        axes.text(MARGIN, y, line, **foot)
    axes.text(width - MARGIN, 0.16, note, ha="right", **foot)
    above = 0.26 + len(frame.caption) * LEADING * FOOT / 72
    if isinstance(frame.legend, Ramp):
        _draw_ramp(axes, frame.legend, above, palette, foot)
        return
    for row, entries in enumerate(frame.legend):
        y = above + (len(frame.legend) - 1 - row) * 1.6 * FOOT / 72
        for colour, name, x in entries:
            axes.plot([MARGIN + 0.05 + x], [y + 0.07], "o", color=colour, ms=6, mew=0, zorder=6)
            axes.text(MARGIN + 0.16 + x, y, name, **{**foot, "color": palette.ink})


def _draw_ramp(axes: Axes, ramp: Ramp, y: float, palette: Palette, style: dict[str, Any]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    ink = {**style, "color": palette.ink}
    first = axes.text(MARGIN, y, ramp.first, **ink)
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    left = MARGIN + first.get_window_extent(renderer).width / axes.figure.dpi + 0.12
    axes.imshow(
        [[share / 255 for share in range(256)]],
        cmap=LinearSegmentedColormap.from_list("dates", list(palette.ramp)),
        extent=(left, left + 1.6, y + 0.01, y + 0.11),
        aspect="auto",
        zorder=6,
    )
    axes.text(left + 1.72, y, ramp.last, **ink)


def choose_fonts(wanted: str | None = None) -> list[str]:
    """The font asked for, DejaVu Sans (shipped with Matplotlib), then those for other scripts.

    Raises:
        InputError: No such font is installed.
    """
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
    found = ["DejaVu Sans", *(name for name in others if name in installed)]
    if wanted is None:
        return found
    named = {name.casefold(): name for name in installed}
    if wanted.casefold() not in named:
        near = (
            difflib.get_close_matches(wanted, installed, n=3, cutoff=0.4) or sorted(installed)[:3]
        )
        raise InputError(
            f"No font {wanted!r} is installed; near to it are {', '.join(near)}. Without --font "
            "the map is in DejaVu Sans."
        )
    return [named[wanted.casefold()], *found]


def find_missing(text: str, fonts: Sequence[str]) -> str:
    """The characters of a text that none of the fonts has, each once, in order."""
    from matplotlib.font_manager import findfont, get_font

    faces = [get_font(findfont(name)) for name in fonts]
    shown = sorted(set(text) - set("\n"))
    return "".join(c for c in shown if not any(face.get_char_index(ord(c)) for face in faces))
