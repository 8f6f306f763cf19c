"""The command ``topicwire`` and its subcommands."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from topics.cli.output import echo, in_plain_words


class _Commands(TyperGroup):
    """All commands: a mistake of the user's is answered in one sentence, whichever it is."""

    def invoke(self, ctx: Any) -> Any:
        with in_plain_words():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    name="topicwire",
    help=(
        "Topics, copies, search and maps for news articles from many outlets. "
        "Everything is kept in one SQLite file, and nothing leaves this machine unless you name "
        "an address to send it to."
    ),
    epilog=(
        "Exit codes: 0 done; 1 other trouble; 2 a wrong option, path or file; "
        "3 the embedding model; 4 the database; 130 stopped with Ctrl-C."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# In the order in which they are met; a command with commands of its own has an app.
COMMANDS = (
    *("cluster", "topics", "search", "copies", "story", "outlets", "calibrate", "trends"),
    *("map", "edit", "evaluate", "export", "info", "remove", "backup", "restore"),
)
for name in COMMANDS:
    command = import_module(f"topics.cli.{name}")
    epilog = f"Example: {command.EXAMPLE}"
    if hasattr(command, "app"):
        app.add_typer(command.app, name=name, epilog=epilog)
    else:
        app.command(name, epilog=epilog)(command.run)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        echo(f"topicwire {version('topicwire')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Hold the options of the command as a whole; ``--version`` acts by its callback."""


def main() -> None:
    """Run the command line."""
    app(prog_name="topicwire")
