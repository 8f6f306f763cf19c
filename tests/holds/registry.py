"""What the drivers go over: every command that writes, and every one that reads.

A command of ``topics/cli/entry.py`` that has no case here fails ``test_registry.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import click

from tests.running import load_commands


class Case(NamedTuple):
    """A command as a driver runs it.

    Attributes:
        command: Its name, behind ``topicwire``.
        arguments: What it takes, ``{name}`` for a value of the newsroom.
        state: Of the database before: ``nothing``, ``half`` or ``whole``.
        typed: What it is given to read.
        output: A file that it writes beside the database.
        fresh: Whether that file must not be there before.
        resumes: Whether a second run ends where one undisturbed does, also where a part of
            it was done; a command that asks has other questions when some are answered.
        once: Whether a second run is refused when what it stores is there; what was left to do
            of it, ``cluster`` does.
    """

    command: str
    arguments: tuple[str, ...] = ()
    state: str = "whole"
    typed: str = ""
    output: str = ""
    fresh: bool = False
    resumes: bool = True
    once: bool = False

    @property
    def line(self) -> tuple[str, ...]:
        """The command with its arguments."""
        return (*self.command.split(), *self.arguments)

    @property
    def name(self) -> str:
        """The case in a table."""
        return " ".join((self.command, *(part for part in self.arguments if part[0] == "-")))


# Goes over what is stored: what a killed run left undone is done.
CATCH_UP = ("cluster",)

NEW = Case("cluster", ("{more}", "--topics", "{topics}"), "nothing")
GROWING = Case("cluster", ("{more}",), "half")
RENAME = Case("edit rename", ("{topic}", "Another name"))
LOAD = Case("edit load", ("{by_hand}",), "half")
REMOVE = Case("remove", ("--source", "meridian-post"))
RESTORE = Case("restore", ("{backup}",), "half")
EXPORT = Case("export", ("out.parquet",), output="out.parquet")
ASKING = Case("calibrate", ("same_event", "--count", "3"), typed="y\nn\ny\n", resumes=False)

# The commands that write.
WRITING = (
    NEW,
    GROWING,
    Case("cluster", ("--topics-count", "8", "--no-stability")),
    Case("cluster", ("--every", "--topics", "{topics}")),
    Case("import", ("{results}",), "nothing", resumes=False, once=True),
    RENAME,
    Case("edit merge", ("{topic}", "{other_topic}")),
    Case("edit split", ("{topic}",)),
    Case("edit pin", ("{passage}", "{other_topic}")),
    Case("edit exclude", ("{passage}", "{other_topic}")),
    Case("edit part", ("{passage}", "{other_passage}")),
    Case("edit undo"),
    Case("edit save", ("out.json",), output="out.json", fresh=True),
    LOAD,
    ASKING,
    Case("calibrate", ("topic", "diplomacy", "--count", "3"), typed="y\nn\ny\n", resumes=False),
    Case("calibrate", ("same_event", "--yes", "{passage}", "{other_passage}")),
    Case("calibrate", ("near_copy", "--threshold", "0.7")),
    Case("calibrate", ("story", "--forget", "{passage}", "{other_passage}"), once=True),
    REMOVE,
    Case("info", ("--repair",)),
    Case("backup", ("out.db",), output="out.db", fresh=True),
    RESTORE,
    EXPORT,
    Case("export", ("out.csv",), output="out.csv"),
    Case("search", ("talks", "--export", "out.jsonl"), output="out.jsonl"),
    Case("map", ("out.svg",), output="out.svg"),
    Case("report", ("out.html",), output="out.html"),
    Case("report", ("--story", "{story}", "story.html"), output="story.html"),
    Case("topics suggest", ("--force", "--output", "out.toml"), output="out.toml"),
)

# The commands that read; ``--json`` where there is one, so that a driver sees all of an answer.
READING = (
    Case("topics", ("--json",)),
    Case("topics", ("--tree", "--json")),
    Case("topics", ("--mixed",)),
    Case("topics suggest"),
    Case("search", ("talks in Geneva", "--json")),
    Case("search", ("talks -war", "--mode", "words", "--by", "day", "--copies", "--json")),
    Case("search", ("--like", "{passage}", "--topic", "{topic}", "--json")),
    Case("copies", ("--json",)),
    Case("copies", ("--articles", "--json")),
    Case("copies", ("--why-not", "{passage}", "{other_passage}", "--json")),
    Case("story", ("--json",)),
    Case("story", ("{story}", "--json")),
    Case("article", ("{article}", "--json")),
    Case("changes", ("--since", "2001-01-01", "--json")),
    Case("outlets", ("--json",)),
    Case("serve", ("--check", "--json")),
    Case("mcp", ("--check", "--json")),
    Case("trends", ("--outlets", "--json")),
    Case("calibrate", ("--answers", "--json")),
    Case("edit list", ("--json",)),
    Case("evaluate", ("{labels}", "--json")),
    Case("info", ("--json",)),
    Case("info", ("--check", "--json")),
    Case("remove", ("--source", "meridian-post", "--dry-run", "--json")),
)


def list_commands() -> Iterator[str]:
    """Yield every command that can be typed, those below a command among them."""
    yield from _names(load_commands(), "")


def _names(command: click.Command, above: str) -> Iterator[str]:
    below = getattr(command, "commands", {})
    if above and (not below or getattr(command, "invoke_without_command", False)):
        yield above
    for name, one in below.items():
        yield from _names(one, f"{above} {name}".strip())
