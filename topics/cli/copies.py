"""``topicwire copies``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, SourceOption
from topics.cli.output import console, in_plain_words, plain, print_json

if TYPE_CHECKING:
    from rich.text import Text

    from embeddings.alignment import Change
    from topics.commands.copying import CopyListing, CopyReport, RelationListing
    from topics.commands.listing import Quotation

EXAMPLE = "topicwire copies --kind near_copy --source harbour-courier"

# Members of a group, by date, that the table shows.
MEMBERS_SHOWN = 12

# Longer runs of changed words are cut in the table, visibly; --json has them whole.
CHANGE_WIDTH = 60

_HEADINGS = {
    "contains": "Passages inside a longer one",
    "same_event": "Same event, in words of their own (not copies)",
}


@in_plain_words
def run(
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND", help="exact, near_copy, contains or same_event; may be repeated."
        ),
    ] = None,
    source: SourceOption = None,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="Also repeats within one outlet, and stock phrases.")
    ] = False,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, help="The most groups, and pairs of a kind, to show."),
    ] = 20,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List passages that several outlets share: copies, edited copies, same events."""
    from topics.commands.copying import copies

    report = copies(db, kinds=kind or (), sources=source or (), repeats=repeats)
    if as_json:
        print_json(report)
    else:
        _print(report, limit)


def _print(report: CopyReport, limit: int) -> None:
    out = console()
    if not (report.groups or report.relations):
        typer.echo("No passage is shared between outlets.")
    for listing in report.groups[:limit]:
        _print_group(listing)
    _say_left(len(report.groups) - limit, "groups")
    for kind, heading in _HEADINGS.items():
        pairs = [relation for relation in report.relations if relation.kind == kind]
        if pairs:
            out.print(f"{heading}\n", style="bold underline")
        for relation in pairs[:limit]:
            _print_relation(relation)
        _say_left(len(pairs) - limit, "pairs")
    if report.repeats_left_out:
        typer.echo(
            f"Not shown: {report.repeats_left_out} repeats within one outlet or of stock phrases; "
            "--repeats shows them."
        )


def _say_left(left: int, noun: str) -> None:
    if left > 0:
        typer.echo(f"{left} more {noun}; --limit shows more, --json all.\n")


def _print_group(listing: CopyListing) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    title = "Exact copy" if listing.kind == "exact" else "Near copy"
    outlets = f"{len(listing.outlets)} outlets" if listing.outlets else "no known outlet"
    out.print(Text(f"{title}, {outlets}", style="bold"))
    out.print(Padding(Text(plain(listing.first.text)), (0, 0, 0, 2)))
    for member in listing.members[:MEMBERS_SHOWN]:
        line = where(member.passage)
        if member.passage == listing.first:
            line.append("  first seen" if listing.first_is_certain else "  first seen, uncertain")
        elif not member.changes:
            line.append("  word for word", style="dim")
        else:
            line.append(f"  {member.share:.0%} the same", style="dim")
        out.print(Padding(line, (0, 0, 0, 2)))
        for change in member.changes:
            out.print(Padding(_change(change), (0, 0, 0, 6)))
    if len(listing.members) > MEMBERS_SHOWN:
        left = len(listing.members) - MEMBERS_SHOWN
        out.print(Padding(Text(f"and {left:,} more; --json lists all"), (0, 0, 0, 2)))
    out.print()


def where(passage: Quotation) -> Text:
    """Return outlet, date and id of a passage on one line."""
    from rich.text import Text

    line = Text(f"{plain(passage.source) or 'unknown outlet'}", style="cyan")
    line.append(f", {passage.published.replace('T', ' ') or 'no date'}", style="default")
    line.append(f", passage {passage.passage_id}", style="dim")
    return line


def _change(change: Change) -> Text:
    from rich.text import Text

    before, after = _cut(change.before), _cut(change.after)
    if change.kind == "move":
        line = Text(f"moved: {before}")
    elif not before:
        line = Text(f"+ {after}", style="green")
    elif not after:
        line = Text(f"- {before}", style="red")
    else:
        line = Text(before, style="red").append(" -> ", style="default")
        line.append(after, style="green")
    kinds = sorted({fact.kind for fact in change.facts if fact.conflicting})
    if kinds:
        line.append(f"  changed {', '.join(kinds)}", style="bold yellow")
    return line


def _cut(words: str) -> str:
    words = plain(words)
    return words if len(words) <= CHANGE_WIDTH else words[: CHANGE_WIDTH - 1] + "…"


def _print_relation(relation: RelationListing) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for passage in (relation.a, relation.b):
        out.print(where(passage))
        out.print(Padding(Text(plain(passage.text)), (0, 0, 0, 2)))
    out.print()
