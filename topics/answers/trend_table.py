"""Topic, outlet and period as one flat table, for a spreadsheet or a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from topics.answers.spreadsheets import write_csv
from topics.periods.tallies import Tally


@dataclass(frozen=True)
class TrendCell:
    """One row of the flat table; rows without passages are left out.

    Attributes:
        topic_id: The topic.
        topic: Its name.
        outlet: The outlet, ``""`` when unknown.
        dating: ``exact``; ``coarser`` where the date is too coarse for the period; ``none``.
        period: The period; where the date is coarser, the date; ``""`` without one.
        distinct: Texts first seen here.
        copies: Passages here whose text was first seen elsewhere or earlier.
    """

    topic_id: int
    topic: str
    outlet: str
    dating: str
    period: str
    distinct: int
    copies: int


def flatten(tally: Tally, names: Mapping[int, str]) -> tuple[TrendCell, ...]:
    """Return the rows of the named topics, by topic, outlet and period."""
    keys = sorted({key for key in [*tally.distinct, *tally.copies] if key.topic_id in names})
    return tuple(
        TrendCell(
            topic_id=key.topic_id,
            topic=names[key.topic_id],
            outlet=key.outlet,
            dating=key.dating,
            period=key.period,
            distinct=tally.distinct[key],
            copies=tally.copies[key],
        )
        for key in keys
    )


def write_cells(cells: Iterable[TrendCell], out: Path | str) -> int:
    """Write rows as CSV and return its number of rows.

    Raises:
        InputError: It cannot be written.
    """
    columns = tuple(TrendCell.__dataclass_fields__)
    rows = [[getattr(cell, column) for column in columns] for cell in cells]
    write_csv(Path(out), columns, rows)
    return len(rows)
