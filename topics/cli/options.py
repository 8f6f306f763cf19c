"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DbOption = Annotated[Path, typer.Option("--db", metavar="FILE", help="The database.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="OUTLET", help="Only this outlet; may be repeated."),
]

DEFAULT_DB = Path("topicwire.db")
