"""Who repeats whom, as a page shows it: a row an outlet, and a matrix."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topics.answers.counting import percent
from topics.views.charts import draw_parts

if TYPE_CHECKING:
    from markupsafe import Markup

    from topics.coverage.reuse.matrix import OutletLine, OutletReport

# Outlets of the matrix: what a page is wide.
_MATRIX = 14
# Steps of the colour of its cells.
_STEPS = 5
# The words of an outlet: field, name of the part in a picture, and what it is called.
_KINDS = (
    ("original", "own", "own"),
    ("wire", "wire", "agency"),
    ("earlier", "copied", "copied"),
    ("unordered", "shared", "shared, order unknown"),
    ("quote", "quoted", "quotations"),
    ("self", "rote", "repeats itself"),
    ("boilerplate", "rote", "boilerplate"),
)


@dataclass(frozen=True)
class OutletRow:
    """An outlet, and of what its words are made.

    Attributes:
        line: The counts.
        picture: The same drawn.
        says: The same in words.
    """

    line: OutletLine
    picture: Markup
    says: str


@dataclass(frozen=True)
class MatrixCell:
    """Words that one outlet has from another.

    Attributes:
        words: How many; 0 for none.
        step: How dark the cell is, 0 to 5.
        own: Whether it is an outlet beside itself.
    """

    words: int
    step: int
    own: bool


@dataclass(frozen=True)
class OutletsView:
    """The outlets of a page.

    Attributes:
        report: All that was measured.
        rows: The outlets, most words first.
        columns: Outlets of the matrix.
        matrix: Words that the outlet of a row has from that of a column, which surely had
            them first.
    """

    report: OutletReport
    rows: tuple[OutletRow, ...]
    columns: tuple[str, ...]
    matrix: tuple[tuple[str, tuple[MatrixCell, ...]], ...]


def view_outlets(report: OutletReport) -> OutletsView:
    """Draw the outlets and the matrix of those that have most in common."""
    words: Counter[tuple[str, str]] = Counter()
    weight: Counter[str] = Counter()
    for one in report.reuse:
        if one.directed:
            words[one.outlet, one.source] += one.words
            weight[one.outlet] += one.words
            weight[one.source] += one.words
    columns = sorted(weight, key=lambda name: (-weight[name], name))[:_MATRIX]
    most = max(words.values(), default=1)

    def cell(outlet: str, source: str) -> MatrixCell:
        number = words[outlet, source]
        step = 1 + int((_STEPS - 1) * (number / most) ** 0.5) if number else 0
        return MatrixCell(number, step, outlet == source)

    return OutletsView(
        report=report,
        rows=tuple(_row(line) for line in report.outlets),
        columns=tuple(columns),
        matrix=tuple(
            (outlet, tuple(cell(outlet, source) for source in columns)) for outlet in columns
        ),
    )


def _row(line: OutletLine) -> OutletRow:
    counts = [(getattr(line, field), shape, name) for field, shape, name in _KINDS]
    says = " · ".join(
        f"{percent(number, line.words)} {name}" for number, _, name in counts if number
    )
    picture = draw_parts([(shape, number) for number, shape, _ in counts], line.words, says)
    return OutletRow(line, picture, says)
