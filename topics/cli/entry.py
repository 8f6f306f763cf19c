"""The command ``topicwire`` and its subcommands."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from topics.cli.output import echo, in_plain_words

# In the order in which they are met.
COMMANDS = (
    *("cluster", "topics", "search", "copies", "story", "article", "changes", "outlets"),
    *("calibrate", "trends", "map", "report", "edit", "evaluate", "export", "info", "remove"),
    *("backup", "restore"),
)


class _Commands(TyperGroup):
    """All commands, each loaded where it is asked for, so that one need not wait for the others.

    A mistake of the user's is answered in one sentence, whichever command it is.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # Names that come near to a mistyped one are sought among all.
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            self.commands[name] = self.commands.get(name) or _load(name)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> Any:
        with in_plain_words():
            return super().invoke(ctx)


def _load(name: str) -> Any:
    module = import_module(f"topics.cli.{name}")
    epilog = f"Example: {module.EXAMPLE}"
    below = getattr(module, "app", None)  # of a command with commands of its own
    if below is None:
        below = typer.Typer(add_completion=False)
        below.command(name, epilog=epilog)(module.run)
    command = typer.main.get_command(below)
    command.name, command.epilog = name, epilog
    return command


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
