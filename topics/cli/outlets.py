"""``topicwire outlets``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count, percent
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, OwnersOption, SourceOption
from topics.cli.output import console, in_plain_words, new_table, plain, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from topics.coverage.reuse.matrix import OutletLine, OutletReport, OutletReuse

EXAMPLE = "topicwire outlets --csv outlets.csv"

# Outlets that the matrix shows: what 80 columns hold.
_MATRIX = 7


@in_plain_words
def run(
    source: SourceOption = None,
    owners: OwnersOption = None,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the pairs of outlets as a table, too."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="The most outlets, and pairs, to show.")
    ] = 20,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show which outlet repeats which, and how much of each stood nowhere before."""
    from topics.answers.outlets import outlets

    report = outlets(db, sources=source or (), owners=owners)
    if csv is not None:
        from topics.answers.spreadsheets import write_csv
        from topics.answers.tables import to_arrow
        from topics.coverage.reuse.matrix import OutletReuse

        write_csv(csv, to_arrow(report.reuse, OutletReuse))
        typer.echo(f"{csv}: {count(len(report.reuse), 'pair')}", err=True)
    print_json(report) if as_json else _print(report, limit)


def _print(report: OutletReport, limit: int) -> None:
    _print_outlets(report.outlets[:limit])
    if len(report.outlets) > limit:
        typer.echo(f"{len(report.outlets) - limit} more outlets; --limit shows more, --json all.")
    if not report.reuse:
        typer.echo("No outlet repeats another.")
    else:
        _print_matrix(report)
        pairs = report.reuse
        _print_pairs(pairs[:limit])
        if len(pairs) > limit:
            typer.echo(f"{len(pairs) - limit} more pairs; --limit shows more, --csv all.")
    if report.unnamed_words:
        typer.echo(
            f"{count(report.unnamed_words, 'word')} may be from any of very many outlets, and are "
            "in no pair."
        )
    if report.strangers:
        names = ", ".join(map(plain, report.strangers))
        typer.echo(f"Not in this corpus, though owned in the file: {names}.")


def _print_outlets(lines: Sequence[OutletLine]) -> None:

    table = new_table(
        ("outlet", {"ratio": 1, "overflow": "fold"}),
        ("words", {"justify": "right"}),
        ("original", {"justify": "right"}),
        ("wire", {"justify": "right"}),
        ("copied", {"justify": "right"}),
        ("shared", {"justify": "right"}),
        ("quotes", {"justify": "right"}),
        ("repeats", {"justify": "right"}),
    )
    for line in lines:
        table.add_row(
            _name(line),
            f"{line.words:,}",
            *(
                percent(part, line.words)
                for part in (
                    line.original, line.wire, line.earlier, line.unordered, line.quote,
                    line.self + line.boilerplate,
                )
            ),
        )  # fmt: skip
    console().print(table)
    console().print(
        "Of the words, page furniture left out. copied: stood in another outlet before; "
        "shared: in another too, order unknown; repeats: its own, or whatever the story.\n"
    )


def _name(line: OutletLine) -> Text:
    """Return an outlet, and below it its owner."""
    from rich.text import Text

    name = Text(plain(line.outlet) or "unknown outlet", style="cyan")
    if line.owner != line.outlet:
        name.append(f"\n{plain(line.owner)}", style="dim")
    return name


def _print_matrix(report: OutletReport) -> None:
    """Print the words that one outlet (row) has from another (column)."""
    from rich.text import Text

    words: dict[tuple[str, str], int] = {}
    for one in report.reuse:
        if one.directed:
            words[one.outlet, one.source] = words.get((one.outlet, one.source), 0) + one.words
    weight: dict[str, int] = {}
    for (outlet, source), number in words.items():
        weight[outlet] = weight.get(outlet, 0) + number
        weight[source] = weight.get(source, 0) + number
    shown = sorted(weight, key=lambda name: (-weight[name], name))[:_MATRIX]
    # A table of gaps says less than the list of pairs below.
    if sum(a in shown and b in shown for a, b in words) < len(shown):
        return
    console().print(
        "Words that the outlet of a row has from that of a column, which had them first:"
    )
    table = new_table(
        ("", {"ratio": 1}),
        *((str(place), {"justify": "right"}) for place in range(1, len(shown) + 1)),
    )
    for place, outlet in enumerate(shown, 1):
        table.add_row(
            Text(f"{place} {plain(outlet) or 'unknown outlet'}", style="cyan"),
            *(
                "·" if outlet == source else _number(words.get((outlet, source), 0))
                for source in shown
            ),
        )
    console().print(table)
    if len(weight) > len(shown):
        typer.echo(f"{len(weight) - len(shown)} more outlets below, and with --csv.")
    console().print()


def _both(one: OutletReuse) -> str:
    """Return the words of the first outlet, and of the other where nobody knows who was first."""
    if one.directed or one.words == one.source_words:
        return f"{one.words:,}"
    return f"{one.words:,} / {one.source_words:,}"


def _number(words: int) -> str:
    return f"{words:,}" if words else ""


def _print_pairs(pairs: Sequence[OutletReuse]) -> None:
    from rich.text import Text

    table = new_table(
        ("pair", {"ratio": 1}),
        ("words", {"justify": "right"}),
        ("passages", {"justify": "right"}),
        ("articles", {"justify": "right"}),
    )
    for one in pairs:
        names = [plain(name) or "unknown outlet" for name in (one.outlet, one.source)]
        pair = Text(names[0], style="cyan")
        pair.append(" has from " if one.directed else " shares with ", style="default")
        pair.append(names[1], style="cyan")
        table.add_row(
            pair,
            _both(one) + ("?" if one.uncertain_words else ""),
            str(one.passages),
            str(one.articles),
        )
    console().print(table)
    if any(one.uncertain_words for one in pairs):
        typer.echo("? some of the words may be from another outlet that had them as early.")
