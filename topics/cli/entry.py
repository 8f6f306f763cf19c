"""The command ``topicwire`` and its subcommands."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from topics.cli.output import echo, in_plain_words
from topics.cli.plainly import take_plainly

# In the order in which they are met, each with what its own help begins with.
COMMANDS = {
    "cluster": "Read articles, embed their paragraphs, find copies and topics.",
    "import": "Make a database of the files that `cluster --out` wrote.",
    "topics": "List the topics and their parts: share, outlets, typical headline or passages.",
    "search": "Find similar passages by words and meaning.",
    "copies": "List passages that several outlets share: copies, edited copies, same events.",
    "story": "Show who reported a story, who was first here, and who has it from whom.",
    "article": (
        "Show an article: its versions and addresses, its passages, and where else they stand."
    ),
    "changes": (
        "Show what came in since a time: new stories and voices, revisions, conflicting facts."
    ),
    "outlets": "Show which outlet repeats which, and how much of each stood nowhere before.",
    "calibrate": "Set what counts as a copy, an event, a story or a topic by answering yes or no.",
    "trends": "Show topics over time and outlets: what rises, what falls, who is silent.",
    "map": "Draw the topic map.",
    "report": "Write a report in one file: map, topics, stories, who repeats whom.",
    "serve": "Show the database as web pages of this machine, with a JSON API.",
    "mcp": "Let an assistant read the database, by the Model Context Protocol.",
    "edit": "Change topics by hand; every later run obeys, and each change can be undone.",
    "evaluate": "Compare the topics with labels given by hand.",
    "export": "Write all passages with outlet, date, url, topic and copy group.",
    "info": "Say what the database holds, what was left out of it, and whether it is damaged.",
    "remove": "Delete articles by outlet, path or id, and bring the topics up to date.",
    "backup": "Copy the database into one file, also while a run changes it, and check the copy.",
    "restore": "Put a backup in place of the database, which is kept under another name.",
}


# These multiply little: to start the threads of BLAS takes numpy longer than that.
_ALONE = {"topics", "search", "copies", "story", "article", "changes", "outlets", "trends", "info"}


class _Commands(TyperGroup):
    """All commands, each loaded where it is asked for, so that a list of them waits for none.

    A mistake of the user's is answered in one sentence, whichever command it is.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=line) for name, line in COMMANDS.items()}
        take_plainly(self)

    def load(self, name: str) -> Any:
        """Return a command with its options, imported now."""
        self.commands[name] = _load(name)
        return self.commands[name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] in COMMANDS:
            self.load(args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with in_plain_words():
            return super().invoke(ctx)


def _load(name: str) -> Any:
    if name in _ALONE:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # The one name that no module may have.
    module = import_module(f"topics.cli.{'importing' if name == 'import' else name}")
    epilog = f"Example: {module.EXAMPLE}"
    below = getattr(module, "app", None)  # of a command with commands of its own
    if below is None:
        below = typer.Typer(add_completion=False)
        below.command(name, epilog=epilog)(module.run)
    command = typer.main.get_command(below)
    command.name, command.epilog = name, epilog
    take_plainly(command)
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
        "3 the embedding model, or inputs that were set aside; 4 the database; 130 stopped with "
        "Ctrl-C."
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
