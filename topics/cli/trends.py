"""``topicwire trends``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    LevelOption,
    SinceOption,
    SourceOption,
    TopicOption,
    UntilOption,
)
from topics.cli.output import console, in_plain_words, new_table, plain, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.answers.trends import TrendReport

EXAMPLE = "topicwire trends --by month --since 2013 --csv trends.csv"

# Columns of a row over time; more periods are added up, so that a line of 80 stays whole.
CHART_WIDTH = 31

# Topics side by side in the table of outlets.
TOPICS_ACROSS = 8

# Nothing at all in the period; none of the topic; then from the least to the most.
_BLOCKS = " ·▁▂▃▄▅▆▇█"
_DIGITS = " .12345678"


@in_plain_words
def run(
    by: Annotated[
        str,
        typer.Option(
            metavar="UNIT", help="Count by day, week, month or year; by default what fits."
        ),
    ] = "",
    recent: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Compare the last N periods with those before; a quarter of all by default.",
        ),
    ] = None,
    topic: TopicOption = None,
    source: SourceOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    level: LevelOption = None,
    outlets: Annotated[
        bool, typer.Option("--outlets", help="Also a table of outlets and topics.")
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write topic, outlet, period and counts as a table."),
    ] = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show topics over time and outlets: what rises, what falls, who is silent."""
    from topics.answers.trends import trends

    report = trends(
        db,
        by=by,
        recent=recent,
        topics=topic or (),
        sources=source or (),
        since=since,
        until=until,
        level=level,
    )
    if csv is not None:
        from topics.answers.spreadsheets import write_csv
        from topics.answers.tables import to_arrow
        from topics.answers.trends import TrendCell

        write_csv(csv, to_arrow(report.cells, TrendCell))
        typer.echo(f"Wrote {len(report.cells)} rows to {csv}.", err=as_json)
    if as_json:
        print_json(report)
    elif csv is None:
        _print(report, outlets=outlets, listed=bool(topic))


def _print(report: TrendReport, *, outlets: bool, listed: bool) -> None:
    if not report.passages:
        typer.echo("No passage fits these filters.")
    else:
        _print_topics(report)
        _print_shifts(report)
        _print_absences(report, listed=listed)
        if outlets:
            _print_outlets(report)
    _print_apart(report)


def _print_topics(report: TrendReport) -> None:
    from rich.text import Text

    ascii_only = console().options.ascii_only
    everything = [
        distinct + copies
        for distinct, copies in zip(report.distinct_by_period, report.copies_by_period, strict=True)
    ]
    heading = _span(report.periods) or "no dates"
    table = new_table(
        ("id", {"justify": "right"}),
        ("topic", {"ratio": 1}),
        (heading, {"no_wrap": True, "min_width": len(heading)}),
    )
    counts = _counts(report.distinct, report.passages - report.distinct)
    whole = chart(report.distinct_by_period, everything, ascii_only, shares=False)
    table.add_row("", Text(f"all topics: {counts}", style="dim"), whole)
    for topic in report.topics:
        cell = Text(plain(topic.name), style="bold" if topic.kind == "guided" else "")
        numbers = (
            f"{_counts(topic.distinct, topic.copies)}, {count(topic.articles, 'article')}, "
            f"{count(topic.outlets, 'outlet')}"
        )
        cell.append(f"\n{numbers}", style="not bold dim")
        row = chart(topic.distinct_by_period, report.distinct_by_period, ascii_only, shares=True)
        table.add_row(str(topic.id), cell, row)
    console().print(table)
    if report.periods:
        width = -(-len(report.periods) // CHART_WIDTH)
        columns = f"a {report.by}" if width == 1 else f"{width} {report.by}s"
        typer.echo(
            f"One mark is {columns}: texts in all, and for a topic its share of them, from the\n"
            "row's least to its most; a dot is none, a gap a time without any text."
        )


def chart(
    counts: Sequence[int], everything: Sequence[int], ascii_only: bool, *, shares: bool
) -> str:
    """Draw counts over time in one row of at most ``CHART_WIDTH`` characters.

    Args:
        counts: By period.
        everything: Counts of all topics; where they are 0 the row has a gap.
        ascii_only: Draw with digits.
        shares: Draw each count as a share of everything.
    """
    from topics.periods.periods import pool

    marks = _DIGITS if ascii_only else _BLOCKS
    counts, everything = pool(counts, CHART_WIDTH), pool(everything, CHART_WIDTH)
    heights = [
        number / whole if shares and whole else float(number)
        for number, whole in zip(counts, everything, strict=True)
    ]
    most = max(heights, default=0.0)
    levels = len(marks) - 2
    return "".join(
        marks[0]
        if not whole
        else marks[1]
        if not height
        else marks[1 + max(1, round(levels * height / most))]
        for height, whole in zip(heights, everything, strict=True)
    )


def _print_shifts(report: TrendReport) -> None:
    if not report.recent:
        typer.echo("\nRising and falling: there is only one period, or none, to compare.\n")
        return
    earlier, later = report.periods[: -report.recent], report.periods[-report.recent :]
    console().print(f"\nRising and falling: {_span(later)} against {_span(earlier)}", style="bold")
    table = new_table(
        ("", {}),
        ("topic", {"ratio": 1}),
        ("before", {"justify": "right"}),
        ("after", {"justify": "right"}),
        ("texts", {"justify": "right"}),
        ("expected", {"justify": "right"}),
        ("p", {"justify": "right"}),
    )
    moved = [t for t in report.topics if t.shift and t.shift.direction in ("rising", "falling")]
    for topic in sorted(moved, key=lambda t: (-t.shift.z if t.shift else 0, t.id)):
        shift = topic.shift
        if shift:
            table.add_row(
                shift.direction,
                plain(topic.name),
                f"{shift.before:.1%}",
                f"{shift.after:.1%}",
                str(shift.distinct_after),
                f"{shift.expected_after:.0f}",
                _chance(shift.p),
            )
    if moved:
        console().print(table)
    few = sum(1 for t in report.topics if t.shift is None or t.shift.direction == "too few")
    steady = len(report.topics) - len(moved) - few
    typer.echo(
        f"{count(steady, 'topic')} without a change beyond chance, "
        f"{few} with too few texts to tell.\n"
    )


def _print_absences(report: TrendReport, *, listed: bool) -> None:
    """Print the surprising absences; if ``listed``, those that are none too."""
    absences = [(topic, absence) for topic in report.topics for absence in topic.absences]
    shown = [pair for pair in absences if listed or pair[1].surprising]
    surprising = sum(1 for _, absence in absences if absence.surprising)
    console().print("Outlets with nothing on a topic", style="bold")
    if shown:
        table = new_table(
            ("topic", {"ratio": 1}),
            ("outlet", {"ratio": 1}),
            ("passages", {"justify": "right"}),
            ("articles", {"justify": "right"}),
            ("expected", {"justify": "right"}),
            ("chance", {"justify": "right"}),
        )
        for topic, absence in shown:
            table.add_row(
                plain(topic.name),
                plain(absence.outlet),
                str(absence.passages),
                str(absence.articles),
                f"{absence.expected:.1f}",
                _chance(absence.chance) + (" !" if absence.surprising else "  "),
            )
        console().print(table)
    if surprising:
        typer.echo(f"{count(surprising, 'absence')} beyond chance, marked with !.")
    elif absences:
        typer.echo("No absence is beyond chance.")
    if len(absences) > len(shown):
        typer.echo(
            f"{count(len(absences) - len(shown), 'absence')} that chance explains: "
            "--topic TOPIC lists them, --json all."
        )
    if not absences:
        typer.echo("None: every known outlet has each topic.")


def _print_outlets(report: TrendReport) -> None:
    from collections import Counter

    counts: Counter[tuple[int, str]] = Counter()
    for cell in report.cells:
        counts[cell.topic_id, cell.outlet] += cell.distinct + cell.copies
    for start in range(0, len(report.topics), TOPICS_ACROSS):
        across = report.topics[start : start + TOPICS_ACROSS]
        console().print("\nPassages, copies included, by outlet and topic id", style="bold")
        table = new_table(
            ("outlet", {"ratio": 1}),
            ("all", {"justify": "right"}),
            *((str(topic.id), {"justify": "right"}) for topic in across),
        )
        for total in report.outlets:
            row = [counts[topic.id, total.outlet] for topic in across]
            table.add_row(
                plain(total.outlet) or "unknown outlet",
                str(total.passages),
                *(str(number or ".") for number in row),
            )
        console().print(table)


def _print_apart(report: TrendReport) -> None:
    parts = [
        (report.undated_articles, "without a date", "counted in no period"),
        (
            report.coarser_articles,
            f"dated less exactly than to the {report.by}",
            "counted in no period",
        ),
        (report.undated_left_out, "without a date", "left out by --since or --until"),
    ]
    for number, what, then in parts:
        if number:
            typer.echo(f"{count(number, 'article')} {what}: {then}.")
    if report.unclustered:
        typer.echo(
            f"{count(report.unclustered, 'passage')} without a topic, not counted; "
            "`topicwire cluster` sorts them in."
        )


def _span(periods: Sequence[str]) -> str:
    if len(periods) < 2:
        return "".join(periods)
    return f"{periods[0]} to {periods[-1]}"


def _counts(distinct: int, copies: int) -> str:
    more = f", {copies:,} {'copy' if copies == 1 else 'copies'}" if copies else ""
    return f"{count(distinct, 'text')}{more}"


def _chance(p: float) -> str:
    return "<.0001" if p < 0.0001 else f"{p:.4f}" if p >= 1 else f"{p:.4f}"[1:]
