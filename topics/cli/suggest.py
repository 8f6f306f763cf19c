"""``topicwire topics suggest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption
from topics.cli.output import echo

EXAMPLE = "topicwire topics suggest --output draft.toml"


def run(
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write the draft here, not on the screen."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there already.")
    ] = False,
    db: DbOption = DEFAULT_DB,
) -> None:
    """Draft a topics file (TOML) from the topics that were discovered."""
    from topics.answers.suggest import save_draft, suggest

    draft = suggest(db)
    if output is None:
        echo(draft, nl=False)
    else:
        save_draft(draft, output, force=force, db=db)
        topics = draft.splitlines().count("[[topic]]")
        echo(f"Wrote {count(topics, 'topic')} to {output}.")
