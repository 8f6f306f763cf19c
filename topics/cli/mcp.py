"""``topicwire mcp``."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from embeddings.errors import InputError
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import RIGHT, echo, print_json, show_table

EXAMPLE = "topicwire mcp --db /home/ada/news.db"


def run(
    check: Annotated[
        bool, typer.Option("--check", help="Ask each tool once, list the answers, and end.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Let an assistant read the database, by the Model Context Protocol."""
    # The package asks for a tracer as it is imported: one named for other programs may be none
    # of this environment's, or send what is asked elsewhere.
    os.environ.pop("OTEL_PYTHON_TRACER_PROVIDER", None)
    try:
        from topics.assistants.server import serve
    except ImportError as error:
        raise InputError(
            "The package mcp, which speaks with assistants, is missing; type "
            "pip install 'topicwire[mcp]'"
        ) from error
    from topics.answers.session import Session
    from topics.answers.topics import open_clustered
    from topics.assistants.checking import check_tools

    if check:
        checks = check_tools(db)
        if as_json:
            print_json(checks)
            return
        show_table(
            checks,
            ("characters", RIGHT, lambda one: f"{one.characters:,}"),
            ("tool", 1, lambda one: one.tool),
        )
        return
    with open_clustered(db):
        pass
    if sys.stdin.isatty():
        echo(f"An assistant can ask about {db} on standard input (Ctrl-C stops it).", err=True)
    with Session(db) as session:
        serve(session)
