"""``topicwire serve``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import RIGHT, echo, plain, print_json, show_table

EXAMPLE = "topicwire serve --db topicwire.db"


def run(
    host: Annotated[
        str, typer.Option(help="The address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 for any free one.")
    ] = 8765,
    edit: Annotated[
        bool,
        typer.Option("--edit", help="Let topics be changed and pairs be answered from the page."),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Make a few pages of each kind, list them, and end.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show the database as web pages of this machine, with a JSON API."""
    if check:
        _check(db, as_json)
        return
    from topics.answers.topics import open_clustered
    from topics.web.app import listen, serve
    from topics.web.guarding import LOOPBACK

    with open_clustered(db):
        pass
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    echo(f"Serving {db} at http://{shown}:{listening.getsockname()[1]}/ (Ctrl-C stops it).")
    if host.strip("[]") not in LOOPBACK:
        whoever = "read and change it" if edit else "read it"
        echo(
            f"Warning: whoever reaches this machine can {whoever}; there is no password.", err=True
        )
    serve(db, listening, host=host, edit=edit)


def _check(db: Path, as_json: bool) -> None:
    from topics.web.checking import check_pages

    found = check_pages(db)
    if as_json:
        print_json(found)
        return
    show_table(
        found,
        ("bytes", RIGHT, lambda one: f"{one.bytes:,}"),
        ("page", 1, lambda one: plain(one.address)),
    )
