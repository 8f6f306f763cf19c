"""Charts as inline SVG, without a script and without a style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from embeddings.documents import date_bounds
from topics.views.dates import shorten_time, spell_time

if TYPE_CHECKING:
    from markupsafe import Markup


def draw_periods(distinct: Sequence[int], copies: Sequence[int], says: str) -> Markup:
    """Draw bars, one a period, to their own scale: new texts, and copies on top of them.

    Args:
        distinct: Texts first seen, by period.
        copies: Copies, by period.
        says: What the picture says, for those who do not see it.
    """
    from markupsafe import Markup

    return Markup('<svg class="bars" role="img" aria-label="{}" {}</svg>').format(
        says, _draw_bars(distinct, copies)
    )


def _draw_bars(distinct: Sequence[int], copies: Sequence[int]) -> Markup:
    """Return the rest of an ``svg`` element: its box, and a bar a period as high as that."""
    from markupsafe import Markup

    most = max((a + b for a, b in zip(distinct, copies, strict=True)), default=0) or 1
    lower, upper = [], []
    for place, (new, again) in enumerate(zip(distinct, copies, strict=True)):
        base = 40 - 40 * new / most
        if new:
            lower.append(_bar(place, 40, base))
        if again:
            upper.append(_bar(place, base, base - 40 * again / most))
    return Markup(
        'viewBox="0 0 {} 40" preserveAspectRatio="none"><path class="new" d="{}"/>'
        '<path class="again" d="{}"/>'
    ).format(max(1, len(distinct)), "".join(lower), "".join(upper))


def _bar(place: int, bottom: float, top: float) -> str:
    # A bar of anything is seen.
    top = min(top, bottom - 0.8)
    return f"M{place + 0.08:.2f} {bottom:.1f}V{top:.1f}h.84V{bottom:.1f}z"


# Labels at the foot of a chart of its own, as many as a phone has room for.
_LABELS = 8


def draw_timeline(periods: Sequence[str], distinct: Sequence[int], copies: Sequence[int]) -> Markup:
    """Draw the same large, with a line at a round number and the periods named at its foot.

    Args:
        periods: ISO 8601, as exact as the unit: ``2013-05``.
        distinct: Texts first seen, by period.
        copies: Copies, by period.
    """
    from markupsafe import Markup

    if not periods:
        return Markup("")
    most = max(a + b for a, b in zip(distinct, copies, strict=True)) or 1
    line = next(one for one in _ROUND if 2 * one > most)
    says = f"{spell_time(periods[0])} to {spell_time(periods[-1])}, at most {most:,}"
    starts = [place for place, one in enumerate(periods) if one.endswith(("-01", "-01-01"))]
    if len(periods[0]) == 4 or not 1 < len(starts) <= 2 * _LABELS:
        starts = list(range(len(periods)))
    labels = [
        Markup('<text x="{}%" y="196"{}>{}</text>').format(
            f"{100 * place / len(periods):.2f}",
            # One at the rim has little room beyond it; a letter is some 2 % of a phone.
            Markup(' text-anchor="end"') if place / len(periods) > 1 - 0.016 * len(name) else "",
            name,
        )
        for place in starts[:: -(-len(starts) // _LABELS)]
        for name in [_name_period(periods[place], len(starts))]
    ]
    return Markup(
        '<svg class="timeline" role="img" aria-label="{}"><svg width="100%" height="180" {}</svg>'
        '<line x1="0" x2="100%" y1="{y}" y2="{y}"/><line x1="0" x2="100%" y1="180" y2="180"/>'
        '<text x="0" y="{above}">{}</text>{}</svg>'
    ).format(
        says,
        _draw_bars(distinct, copies),
        f"{line:,}",
        Markup("").join(labels),
        y=f"{180 - 180 * line / most:.1f}",
        above=f"{175 - 180 * line / most:.1f}",
    )


_ROUND = [factor * 10**power for power in range(9) for factor in (1, 2, 5)]


def _name_period(period: str, starts: int) -> str:
    january = period.endswith(("-01", "-01-01")) and starts > 1
    return period[:4] if january and len(period) == 7 else shorten_time(period)


def draw_parts(parts: Sequence[tuple[str, int]], whole: int, says: str) -> Markup:
    """Draw one bar made of parts.

    Args:
        parts: Class and number of each.
        whole: What they are parts of.
        says: What the picture says.
    """
    from markupsafe import Markup

    drawn, place = [], 0.0
    for name, number in parts:
        width = 100 * number / max(1, whole)
        if number:
            drawn.append(
                Markup('<rect class="{}" x="{}%" width="{}%" height="14"/>').format(
                    name, f"{place:.2f}", f"{width:.2f}"
                )
            )
        place += width
    return Markup('<svg class="parts" role="img" aria-label="{}">{}</svg>').format(
        says, Markup("").join(drawn)
    )


@dataclass(frozen=True)
class Lane:
    """What an outlet had of a story, over its time.

    Attributes:
        outlet: Its name, ``""`` where it is not known.
        picture: Its articles: a dot where the hour is known, else a band.
        undated: Headlines of its articles without a date, or with a year alone.
    """

    outlet: str
    picture: Markup
    undated: tuple[str, ...]


@dataclass(frozen=True)
class Tick:
    """A day at the foot of the lanes.

    Attributes:
        text: The day.
        at: Where, in percent of the width.
    """

    text: str
    at: str


# Days at the foot of the lanes, as many as a phone has room for.
_TICKS = 4


def draw_lanes(
    articles: Sequence[tuple[str, str, str, bool]],
) -> tuple[list[Lane], list[Tick]]:
    """Draw the articles of a story, a lane an outlet, in the order of their first.

    Args:
        articles: Of each: outlet, date, headline, and whether it may have been first; by date.
    """
    from markupsafe import Markup

    spans = [_span(published) for _, published, *_ in articles]
    known = [span for span in spans if span]
    start = min((span[0] for span in known), default=datetime(2000, 1, 1))
    end = max((span[1] for span in known), default=start)
    whole = max(end - start, timedelta(hours=1))
    lanes: dict[str, tuple[list[Markup], list[str]]] = {}
    for (outlet, published, title, first), span in zip(articles, spans, strict=True):
        marks, undated = lanes.setdefault(outlet, ([], []))
        if span is None:
            undated.append(title)
            continue
        begin = 100 * ((span[0] - start) / whole)
        kind = "first" if first else "later"
        says = f"{spell_time(published)}: {title}"
        if len(published) > len("2013-05-11"):
            shape = Markup('<circle class="{}" cx="{}%" cy="12" r="6"><title>{}</title></circle>')
            marks.append(shape.format(kind, f"{begin:.2f}", says))
        else:
            shape = Markup(
                '<rect class="{} band" x="{}%" width="{}%" y="7" height="10" rx="5">'
                "<title>{}</title></rect>"
            )
            width = 100 * ((span[1] - span[0]) / whole)
            marks.append(shape.format(kind, f"{begin:.2f}", f"{max(width, 1):.2f}", says))
    drawn = [
        Lane(outlet, _draw_lane(marks, outlet), tuple(undated))
        for outlet, (marks, undated) in lanes.items()
    ]
    return drawn, _find_ticks(start, end, whole) if known else []


def _draw_lane(marks: Sequence[Markup], outlet: str) -> Markup:
    from markupsafe import Markup

    return Markup(
        '<svg class="lane" role="img" aria-label="{}"><line x1="0" x2="100%" y1="12" y2="12"/>'
        "{}</svg>"
    ).format(outlet or "unknown outlet", Markup("").join(marks))


def _span(published: str) -> tuple[datetime, datetime] | None:
    """Return when something may have been published; ``None`` where a year at most is known."""
    if len(published) < len("2013-05"):
        return None
    try:
        first, last = (datetime.fromisoformat(one) for one in date_bounds(published))
    except ValueError:  # 30 February
        return None
    return first, last


def _find_ticks(start: datetime, end: datetime, whole: timedelta) -> list[Tick]:
    day = datetime(start.year, start.month, start.day)
    count = (end - day).days + 1
    step = -(-count // _TICKS)
    ticks = []
    for number in range(0, count, step):
        at = day + timedelta(days=number)
        place = max(0.0, 100 * ((at - start) / whole))
        # The last one has no room beyond the rim.
        if place <= 90:
            ticks.append(Tick(shorten_time(at.date().isoformat()), f"{place:.2f}%"))
    return ticks
