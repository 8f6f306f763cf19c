"""``topicwire search``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    LanguageOption,
    SinceOption,
    SourceOption,
    TopicOption,
    UntilOption,
)
from topics.cli.output import (
    RIGHT,
    date_of,
    echo,
    marked,
    outlet_name,
    plain,
    print_json,
    show_table,
    styled,
)

if TYPE_CHECKING:
    from rich.text import Text

    from embeddings.search.hits import Hit

EXAMPLE = 'topicwire search "arms deliveries to Damascus" --since 2013-05'


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
    language: LanguageOption = None,
    topic: TopicOption = None,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="Also what an outlet repeats under its articles.")
    ] = False,
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
        languages=language or (),
        topics=topic or (),
        limit=limit,
        repeats=repeats,
        tell=lambda note: echo(f"Note: {note}", err=True),
    )
    if as_json:
        print_json(hits)
    elif hits:
        show_table(
            hits,
            ("score", RIGHT, lambda hit: f"{hit.score:.2f}"),
            ("where", {"width": 22, "overflow": "fold"}, _describe),
            ("passage", 1, _quote),
            apart=True,
        )
    else:
        echo("No passage fits these filters.")


def _describe(hit: Hit) -> Text:
    """Return where a hit stands, a line each: outlet, date, topic, number and copies."""
    lines = styled(
        (outlet_name(hit.source), "bold"),
        f"\n{date_of(hit.published)}",
        (f"\n{plain(hit.topic)}", "cyan"),
        (f"\npassage {hit.passage_id}", "dim"),
    )
    if hit.copies:
        noun = "copy" if len(hit.copies) == 1 else "copies"
        lines.append(f"\n+ {len(hit.copies)} {noun}", style="magenta")
    return lines


def _quote(hit: Hit) -> Text:
    """Return a hit's text, what was looked for set off, and below it headline and address."""
    passage = marked(hit.text, hit.matches)
    for line in (hit.title, hit.url):
        if line:
            passage.append(f"\n{plain(line)}", style="dim")
    return passage
