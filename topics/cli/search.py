"""``topicwire search``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from embeddings.corpus.filters import Filters
from topics.answers.counting import count
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    TopicOption,
    filtered,
)
from topics.cli.output import (
    RIGHT,
    date_of,
    echo,
    marked,
    outlet_name,
    plain,
    say,
    show,
    show_table,
    styled,
    tell_more,
)

if TYPE_CHECKING:
    from rich.text import Text

    from embeddings.search.found import Found
    from embeddings.search.hits import Hit

# Hits of a group that are shown.
_OF_A_GROUP = 3

EXAMPLE = 'topicwire search "arms deliveries to Damascus" --since 2013-05'


@filtered()
def run(
    query: Annotated[
        str | None,
        typer.Argument(
            help='What to look for; "a phrase" must stand, -word may not; title:word, outlet:name.'
        ),
    ] = None,
    like: Annotated[
        int | None, typer.Option(metavar="PASSAGE_ID", help="Find what is like this passage.")
    ] = None,
    like_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Find what is like the article in a file.")
    ] = None,
    mode: Annotated[
        str, typer.Option(metavar="MODE", help="What counts: hybrid, meaning or words.")
    ] = "hybrid",
    *,
    filters: Filters,
    topic: TopicOption = None,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="Also what an outlet repeats under its articles.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            help="Show so many passages, also those that are unlike; 10 at most without it.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="WHAT", help="Group them: outlet, day or topic.")
    ] = None,
    copies: Annotated[
        bool, typer.Option("--copies", help="List the copies of each passage below it.")
    ] = False,
    rerank: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Order the first 50 by this cross-encoder."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them, too: a .parquet, .csv or .jsonl file."),
    ] = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Find similar passages by words and meaning."""
    from topics.answers.search import search

    if export is not None:
        from topics.answers.spreadsheets import check_ending

        check_ending(export)
    found = search(
        query,
        like=like,
        like_file=like_file,
        db=db,
        mode=cast("Any", mode),
        **filters.given(),
        topics=topic or (),
        limit=limit,
        by=cast("Any", by),
        copies=copies,
        rerank=rerank,
        repeats=repeats,
        tell=lambda note: echo(f"Note: {note}", err=True),
    )
    if export is not None:
        _write(found, export, db, like_file)
    show(found, as_json, _print)


def _write(found: Found, out: Path, db: Path, like_file: Path | None) -> None:
    from embeddings.search.hits import Hit
    from topics.answers.spreadsheets import write_results

    write_results(out, found.hits, Hit, db=db, inputs=[like_file] if like_file else [])
    echo(f"{out}: {count(len(found), 'passage')}", err=True)


def _print(found: Found) -> None:
    for note in found.notes:
        say(plain(note), style="yellow")
    hits = {hit.passage_id: hit for hit in found}
    for group in found.groups:
        say((plain(group.name) or "unknown", "bold cyan"), f": {len(group.passage_ids)}\n")
        _list([hits[one] for one in group.passage_ids[:_OF_A_GROUP]])
        tell_more(len(group.passage_ids) - _OF_A_GROUP, end="\n\n")
    if not found.groups:
        _list(found.hits)
    if found.end:
        say(plain(found.end))


def _list(hits: Sequence[Hit]) -> None:
    if hits:
        show_table(
            hits,
            ("score", RIGHT, _score),
            ("where", {"width": 22, "overflow": "fold"}, _describe),
            ("passage", 1, _quote),
            apart=True,
        )


def _score(hit: Hit) -> Text:
    score = hit.score if hit.reranked is None else hit.reranked
    return styled(f"{score:.2f}" if hit.related else (f"{score:.2f}\nunlike", "dim"))


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
    for copy in hit.opened:
        where = f"{outlet_name(copy.source)}, {date_of(copy.published)}"
        passage.append(f"\ncopy: {where}, passage {copy.passage_id}", style="magenta")
    return passage
