"""``topicwire search``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    SinceOption,
    SourceOption,
    TopicOption,
    UntilOption,
)
from topics.cli.output import console, in_plain_words, marked, new_table, plain, print_json

if TYPE_CHECKING:
    from embeddings.search import Hit

EXAMPLE = 'topicwire search "arms deliveries to Damascus" --since 2013-05'


@in_plain_words
def run(
    query: Annotated[
        str | None,
        typer.Argument(help="What to look for; words in double quotes are a phrase."),
    ] = None,
    like: Annotated[
        int | None, typer.Option(metavar="PASSAGE_ID", help="Find what is like this passage.")
    ] = None,
    source: SourceOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    topic: TopicOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="The most passages to show.")] = 10,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Find similar passages by words and meaning."""
    from topics.answers.search import search

    hits = search(
        query,
        like=like,
        db=db,
        sources=source or (),
        since=since,
        until=until,
        topics=topic or (),
        limit=limit,
        tell=lambda note: typer.echo(f"Note: {note}", err=True),
    )
    if as_json:
        print_json(hits)
    elif hits:
        _print(hits)
    else:
        typer.echo("No passage fits these filters.")


def _print(hits: list[Hit]) -> None:
    from rich.text import Text

    table = new_table(
        ("score", {"justify": "right"}),
        ("where", {"width": 22, "overflow": "fold"}),
        ("passage", {"ratio": 1}),
    )
    for number, hit in enumerate(hits):
        where = Text(plain(hit.source) or "unknown outlet", style="bold")
        where.append(f"\n{hit.published.replace('T', ' ') or 'no date'}", style="not bold")
        where.append(f"\n{plain(hit.topic)}", style="not bold cyan")
        where.append(f"\npassage {hit.passage_id}", style="not bold dim")
        if hit.copies:
            noun = "copy" if len(hit.copies) == 1 else "copies"
            where.append(f"\n+ {len(hit.copies)} {noun}", style="not bold magenta")
        if number:
            table.add_row()
        passage = marked(hit.text, hit.matches)
        for line in (hit.title, hit.url):
            if line:
                passage.append(f"\n{plain(line)}", style="not bold dim")
        table.add_row(f"{hit.score:.2f}", where, passage)
    console().print(table)
