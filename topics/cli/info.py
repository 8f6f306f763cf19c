"""``topicwire info``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import console, in_plain_words, new_table, plain, print_json

if TYPE_CHECKING:
    from topics.answers.info import CorpusInfo

EXAMPLE = "topicwire info --problems"


@in_plain_words
def run(
    problems: Annotated[
        bool, typer.Option("--problems", help="List what could not be read, and why.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Say what the database holds, and what was left out of it."""
    from topics.answers.info import info

    found = info(db)
    if as_json:
        print_json(found)
        return
    out = console()
    if problems:
        for path, line, message in found.problems:
            place = f"{path}, line {line}" if line else path
            typer.echo(f"{plain(place)}: {plain(message)}")
        if not found.problems:
            typer.echo("Everything could be read.")
        return
    table = new_table(("", {}), ("", {"ratio": 1}))
    table.show_header = False
    dates = f"{found.earliest} to {found.latest}" if found.earliest else "none"
    undated = f", {found.undated} without a date" if found.undated else ""
    shown = ", ".join(f"{plain(name) or 'unknown'} {count}" for name, count in found.outlets[:12])
    more = f" and {len(found.outlets) - 12} more" if len(found.outlets) > 12 else ""
    removed = sum(count for _, count in found.removed)
    for name, value in (
        ("database", f"{found.path}, {found.bytes / 1e6:.1f} MB"),
        ("articles", f"{found.documents:,} from {count(len(found.outlets), 'outlet')}"),
        ("outlets", shown + more),
        ("dates", dates + undated),
        ("passages", f"{found.passages}, {found.distinct} distinct"),
        ("furniture", f"{removed} lines left out (`topicwire cluster --show-removed` lists them)"),
        ("model", found.encoder.get("name", "none yet")),
        ("topics", str(found.topics)),
        ("copies", f"{found.copy_groups:,} groups, repeats within one outlet among them"),
        ("stories", f"{found.stories:,}, those of one outlet among them{_too_short(found)}"),
        ("by hand", f"{count(found.edits, 'edit')}, {count(found.answers, 'answer')}"),
        ("unread", f"{len(found.problems)} (`topicwire info --problems` lists them)"),
    ):
        table.add_row(name, value)
    out.print(table)
    if found.unclustered:
        verb = "has" if found.unclustered == 1 else "have"
        out.print(
            f"{count(found.unclustered, 'passage')} {verb} no topic yet: a run was stopped; "
            "`topicwire cluster` goes on from there."
        )


def _too_short(found: CorpusInfo) -> str:
    if not found.too_short:
        return ""
    return f"; {count(len(found.too_short), 'article')} too short for one, listed by --json"
