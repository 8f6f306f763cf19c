"""``topicwire outlets``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.corpus.filters import Filters
from topics.answers.counting import count, percent
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    OwnersOption,
    filtered,
)
from topics.cli.output import (
    RIGHT,
    echo,
    outlet_name,
    plain,
    print_json,
    say,
    show_table,
    styled,
    tell_more,
    tied,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from topics.coverage.reuse.matrix import OutletLine, OutletReport, OutletReuse

EXAMPLE = "topicwire outlets --csv outlets.csv"

# Outlets that the matrix shows: what 80 columns hold.
_MATRIX = 7


@filtered("sources")
def run(
    *,
    filters: Filters,
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

    report = outlets(db, sources=filters.sources, owners=owners)
    if csv is not None:
        from topics.answers.spreadsheets import write_csv
        from topics.coverage.reuse.matrix import OutletReuse

        write_csv(csv, report.reuse, OutletReuse, db=db, inputs=[owners] if owners else [])
        echo(f"{csv}: {count(len(report.reuse), 'pair')}", err=True)
    print_json(report) if as_json else _print(report, limit)


def _print(report: OutletReport, limit: int) -> None:
    _print_outlets(report.outlets[:limit])
    tell_more(len(report.outlets) - limit, "more outlets")
    if report.reuse:
        _print_matrix(report)
        _print_pairs(report.reuse[:limit])
        tell_more(len(report.reuse) - limit, "more pairs", "--csv")
    else:
        echo("No outlet repeats another.")
    if report.unnamed_words:
        echo(
            f"{count(report.unnamed_words, 'word')} may be from any of very many outlets, and are "
            "in no pair."
        )
    if report.strangers:
        echo(strangers_line(report.strangers))


def strangers_line(strangers: Sequence[str]) -> str:
    """Say which outlets a file of owners names that the corpus does not have."""
    return f"Not in this corpus, though owned in the file: {', '.join(map(plain, strangers))}."


def _print_outlets(lines: Sequence[OutletLine]) -> None:
    show_table(
        lines,
        ("outlet", 1, _name),
        ("words", RIGHT, lambda line: f"{line.words:,}"),
        ("own", RIGHT, lambda line: percent(line.original, line.words)),
        ("wire", RIGHT, lambda line: percent(line.wire, line.words)),
        ("copied", RIGHT, lambda line: percent(line.earlier, line.words)),
        ("shared", RIGHT, lambda line: percent(line.unordered, line.words)),
        ("quotes", RIGHT, lambda line: percent(line.quote, line.words)),
        ("repeats", RIGHT, lambda line: percent(line.self + line.boilerplate, line.words)),
    )
    say(
        "Of the words, page furniture left out. copied: stood in another outlet before; "
        "shared: in another too, order unknown; repeats: its own, or whatever the story.\n"
    )


def _name(line: OutletLine) -> Text:
    """Return an outlet, and below it its owner."""
    name = styled((outlet_name(line.outlet), "cyan"))
    return name if line.owner == line.outlet else name.append(f"\n{plain(line.owner)}", style="dim")


def _print_matrix(report: OutletReport) -> None:
    """Print the words that one outlet (row) has from another (column)."""
    words, weight = Counter[tuple[str, str]](), Counter[str]()
    for one in report.reuse:
        if one.directed:
            words[one.outlet, one.source] += one.words
            weight[one.outlet] += one.words
            weight[one.source] += one.words
    shown = sorted(weight, key=lambda name: (-weight[name], name))[:_MATRIX]
    # A table of gaps says less than the list of pairs below.
    if not shown or sum(a in shown and b in shown for a, b in words) < len(shown):
        return

    def number(outlet: str, source: str) -> str:
        if outlet == source:
            return "·"
        return f"{words[outlet, source]:,}" if words[outlet, source] else ""

    say("Words that the outlet of a row has from that of a column, which had them first:")
    show_table(
        enumerate(shown, 1),
        ("", 1, lambda row: styled((f"{row[0]} {outlet_name(row[1])}", "cyan"))),
        *(
            (str(place), RIGHT, lambda row, source=source: number(row[1], source))
            for place, source in enumerate(shown, 1)
        ),
    )
    if len(weight) > len(shown):
        echo(f"{len(weight) - len(shown)} more outlets below, and with --csv.")
    say()


def _print_pairs(pairs: Sequence[OutletReuse]) -> None:
    show_table(
        pairs,
        ("pair", 1, _name_pair),
        ("words", RIGHT, _words),
        ("passages", RIGHT, lambda one: one.passages),
        ("articles", RIGHT, lambda one: one.articles),
    )
    if any(not one.directed and one.words != one.source_words for one in pairs):
        echo("7 / 9: words of the first and of the second, where it is not known who was first.")
    if any(one.uncertain_words for one in pairs):
        echo("? some of the words may be from another outlet that had them as early.")


def _name_pair(one: OutletReuse) -> Text:
    verb = " has from " if one.directed else " shares with "
    outlet, source = tied(outlet_name(one.outlet)), tied(outlet_name(one.source))
    return styled((outlet, "cyan"), verb, (source, "cyan"))


def _words(one: OutletReuse) -> str:
    """Return the words of the first outlet, and of the other where nobody knows who was first."""
    same = one.directed or one.words == one.source_words
    words = f"{one.words:,}" if same else f"{one.words:,} / {one.source_words:,}"
    return words + ("?" if one.uncertain_words else "")
