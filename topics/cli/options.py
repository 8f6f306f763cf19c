"""Options that several commands share."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import Field
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from embeddings.corpus.filters import ASKED, Filters
from embeddings.errors import InputError
from topics.answers.arguments import spread

DbOption = Annotated[Path, typer.Option("--db", metavar="FILE", help="The database.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

TopicOption = Annotated[
    list[str] | None,
    typer.Option(
        "--topic", metavar="TOPIC", help="Only this topic or part, by id or name; may be repeated."
    ),
]

LevelOption = Annotated[
    int | None,
    typer.Option(
        "--level", metavar="N", help="Level of the topics: 0 the broadest; more is finer."
    ),
]

OwnersOption = Annotated[
    Path | None,
    typer.Option(
        "--owners", metavar="FILE", help="A TOML file: who owns which outlet, and its other names."
    ),
]


def _declare(field: Field[Any]) -> Any:
    many = field.default == ()
    told = field.metadata["meaning"] + ("; may be repeated." if many else ".")
    option = typer.Option(
        f"--{field.metadata['option']}", metavar=field.metadata["metavar"], help=told
    )
    return Annotated[list[str] if many else str, option]


def filtered(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of ``Filters``, or some of them, for its ``filters``."""
    asked = {one.name: _declare(one) for one in ASKED}
    return spread("filters", Filters, {name: asked[name] for name in names or asked})


DEFAULT_DB = Path("topicwire.db")


def repeat_db(db: Path | str) -> str:
    """Return the option that names a database again in a command to type; none by default."""
    return "" if Path(db) == DEFAULT_DB else f" --db {shlex.quote(str(db))}"


def read_columns(given: Sequence[str], example: str) -> dict[str, str]:
    """Read ``--column FIELD=NAME`` options.

    Raises:
        InputError: One is not of that form.
    """
    columns = {}
    for pair in given:
        field, equals, name = pair.partition("=")
        if not (field and equals and name):
            raise InputError(f"--column is {pair!r}; write FIELD=NAME, such as --column {example}.")
        columns[field.strip()] = name
    return columns


def read_count(given: str | None) -> int | Literal["auto"] | None:
    """Read ``--topics-count N|auto``.

    Raises:
        InputError: It is neither.
    """
    if given is None or given == "auto":
        return "auto" if given else None
    if not given.isdecimal() or len(given) > 9 or int(given) < 1:
        raise InputError(f"--topics-count is {given!r}; give a number of 1 or more, or auto.")
    return int(given)
