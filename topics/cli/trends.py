"""``topicwire trends``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.corpus.filters import Filters
from topics.answers.counting import count
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    LevelOption,
    TopicOption,
    filtered,
)
from topics.cli.output import (
    RIGHT,
    console,
    echo,
    outlet_name,
    plain,
    print_json,
    say,
    show_table,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.answers.trends import TrendReport

EXAMPLE = "topicwire trends --by month --since 2013 --csv trends.csv"

# Columns of a row over time; more periods are added up, so that a line of 80 stays whole.
CHART_WIDTH = 31

# Topics side by side in the table of outlets.
TOPICS_ACROSS = 6

# Nothing at all in the period; none of the topic; then from the least to the most.
_BLOCKS = " ·▁▂▃▄▅▆▇█"
_DIGITS = " .12345678"


@filtered()
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
    *,
    filters: Filters,
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
        **filters.given(),
        level=level,
    )
    if csv is not None:
        from topics.answers.spreadsheets import write_csv
        from topics.answers.trends import TrendCell

        write_csv(csv, report.cells, TrendCell, db=db)
        echo(f"Wrote {count(len(report.cells), 'row')} to {csv}.", err=as_json)
    if as_json:
        print_json(report)
    elif csv is None:
        _print(report, outlets=outlets, listed=bool(topic))


def _print(report: TrendReport, *, outlets: bool, listed: bool) -> None:
    if not report.passages:
        echo("No passage fits these filters.")
    else:
        _print_topics(report)
        _print_shifts(report)
        _print_absences(report, listed=listed)
        if outlets:
            _print_outlets(report)
    _print_apart(report)


def _print_topics(report: TrendReport) -> None:
    ascii_only = console().options.ascii_only
    by_period = report.distinct_by_period
    everything = [sum(both) for both in zip(by_period, report.copies_by_period, strict=True)]
    counts = _counts(report.distinct, report.passages - report.distinct)
    whole = styled(chart(by_period, everything, ascii_only, shares=False))
    rows = [("", styled((f"all topics: {counts}", "dim")), whole)]
    for topic in report.topics:
        numbers = (
            f"{_counts(topic.distinct, topic.copies)}, {count(topic.articles, 'article')}, "
            f"{count(topic.outlets, 'outlet')}"
        )
        name = (plain(topic.name), "bold" if topic.kind == "guided" else "")
        row = chart(topic.distinct_by_period, by_period, ascii_only, shares=True)
        figures = _figures(topic.distinct_by_period, by_period, report.periods)
        rows.append(
            (
                str(topic.id),
                styled(name, (f"\n{numbers}", "dim")),
                styled(row, (f"\n{figures}", "dim")),
            )
        )
    heading = _span(report.periods) or "no dates"
    show_table(
        rows,
        ("id", RIGHT, lambda row: row[0]),
        ("topic", 1, lambda row: row[1]),
        (heading, {"no_wrap": True, "min_width": len(heading)}, lambda row: row[2]),
    )
    if report.periods:
        width = -(-len(report.periods) // CHART_WIDTH)
        columns = f"a {report.by}" if width == 1 else f"{width} {report.by}s"
        echo(
            f"One mark is {columns}: texts in all, and for a topic its share of them, from the\n"
            "row's least to its most (in figures below it, with when that was); a dot is\n"
            "none, a gap a time without any text."
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
    most, steps = max(heights, default=0.0), len(marks) - 2
    row = ""
    for height, whole in zip(heights, everything, strict=True):
        mark = 1 + max(1, round(steps * height / most)) if height else 1
        row += marks[mark if whole else 0]
    return row


def _figures(counts: Sequence[int], everything: Sequence[int], periods: Sequence[str]) -> str:
    """Say from what to what the marks of a topic's row go, and when they are highest."""
    from topics.periods.periods import pool

    begins = periods[:: -(-len(periods) // CHART_WIDTH) or 1]
    shares = [
        (number / whole, begin)
        for number, whole, begin in zip(
            pool(counts, CHART_WIDTH), pool(everything, CHART_WIDTH), begins, strict=True
        )
        if whole
    ]
    if not shares:
        return ""
    most, when = max(shares, key=lambda share: share[0])
    return f"{min(shares)[0]:.0%} to {most:.0%}, {when}"


def _print_shifts(report: TrendReport) -> None:
    if not report.recent:
        echo("\nRising and falling: there is only one period, or none, to compare.\n")
        return
    earlier, later = report.periods[: -report.recent], report.periods[-report.recent :]
    say(f"\nRising and falling: {_span(later)} against {_span(earlier)}", style="bold")
    tested = [
        (topic, topic.shift)
        for topic in report.topics
        if topic.shift and topic.shift.direction != "too few"
    ]
    moved = [(topic, shift) for topic, shift in tested if shift.direction != "steady"]
    if moved:
        show_table(
            sorted(moved, key=lambda pair: (-pair[1].z, pair[0].id)),
            ("", 0, lambda pair: pair[1].direction),
            ("topic", 1, lambda pair: plain(pair[0].name)),
            ("before", RIGHT, lambda pair: f"{pair[1].before:.1%}"),
            ("after", RIGHT, lambda pair: f"{pair[1].after:.1%}"),
            ("texts", RIGHT, lambda pair: pair[1].distinct_after),
            ("expected", RIGHT, lambda pair: f"{pair[1].expected_after:.0f}"),
            ("p", RIGHT, lambda pair: _chance(pair[1].p)),
        )
    echo(
        f"{count(len(tested) - len(moved), 'topic')} without a change beyond chance, "
        f"{len(report.topics) - len(tested)} with too few texts to tell.\n"
    )


def _print_absences(report: TrendReport, *, listed: bool) -> None:
    """Print the surprising absences; if ``listed``, those that are none too."""
    absences = [(topic, absence) for topic in report.topics for absence in topic.absences]
    beyond = [pair for pair in absences if pair[1].surprising]
    shown = absences if listed else beyond
    say("Outlets with nothing on a topic", style="bold")
    if shown:
        show_table(
            shown,
            ("topic", 1, lambda pair: plain(pair[0].name)),
            ("outlet", 1, lambda pair: plain(pair[1].outlet)),
            ("passages", RIGHT, lambda pair: pair[1].passages),
            ("articles", RIGHT, lambda pair: pair[1].articles),
            ("expected", RIGHT, lambda pair: f"{pair[1].expected:.1f}"),
            (
                "chance",
                RIGHT,
                lambda pair: _chance(pair[1].chance) + (" !" if pair[1].surprising else "  "),
            ),
        )
    if beyond:
        echo(f"{count(len(beyond), 'absence')} beyond chance, marked with !.")
    elif absences:
        echo("No absence is beyond chance.")
    else:
        echo("None: every known outlet has each topic.")
    if len(absences) > len(shown):
        echo(
            f"{count(len(absences) - len(shown), 'absence')} that chance explains: "
            "--topic TOPIC lists them, --json all."
        )


def _print_outlets(report: TrendReport) -> None:
    counts: Counter[tuple[int, str]] = Counter()
    for cell in report.cells:
        counts[cell.topic_id, cell.outlet] += cell.distinct + cell.copies
    for start in range(0, len(report.topics), TOPICS_ACROSS):
        across = [topic.id for topic in report.topics[start : start + TOPICS_ACROSS]]
        say("\nPassages, copies included, by outlet and topic id", style="bold")
        show_table(
            report.outlets,
            ("outlet", 1, lambda total: outlet_name(total.outlet)),
            ("all", RIGHT, lambda total: total.passages),
            *(
                (str(one), RIGHT, lambda total, one=one: counts[one, total.outlet] or ".")
                for one in across
            ),
        )


def _print_apart(report: TrendReport) -> None:
    coarser = f"dated less exactly than to the {report.by}"
    for number, what, then in (
        (report.undated_articles, "without a date", "counted in no period"),
        (report.coarser_articles, coarser, "counted in no period"),
        (report.undated_left_out, "without a date", "left out by --since or --until"),
    ):
        if number:
            echo(f"{count(number, 'article')} {what}: {then}.")
    if report.unclustered:
        echo(
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
