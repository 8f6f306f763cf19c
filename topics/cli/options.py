"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

DbOption = Annotated[Path, typer.Option("--db", metavar="FILE", help="The database.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="OUTLET", help="Only this outlet; may be repeated."),
]

TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic", metavar="TOPIC", help="Only this topic, by id or name; may be repeated."
    ),
]

SinceOption = Annotated[
    str,
    typer.Option(
        "--since", metavar="DATE", help="Only articles of this date or later: 2013-05-11."
    ),
]

UntilOption = Annotated[
    str, typer.Option("--until", metavar="DATE", help="Only articles of this date or earlier.")
]

DEFAULT_DB = Path("topicwire.db")


def read_columns(given: Sequence[str], example: str) -> dict[str, str]:
    """Read ``--column FIELD=NAME`` options.

    Raises:
        InputError: One is not of that form.
    """
    from embeddings.errors import InputError

    columns = {}
    for pair in given:
        field, equals, name = pair.partition("=")
        if not (field and equals and name):
            raise InputError(f"--column is {pair!r}; write FIELD=NAME, such as --column {example}.")
        columns[field.strip()] = name
    return columns
