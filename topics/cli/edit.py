"""``topicwire edit``: rename, merge, split, pin, part, list, undo."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import console, in_plain_words, new_table, plain, print_json
from topics.cli.topics import print_topics

if TYPE_CHECKING:
    from pathlib import Path

    from topics.answers.edit import EditReport

EXAMPLE = 'topicwire edit rename 4 "Arms deliveries"'

app = typer.Typer(
    help="Change topics by hand; every later run obeys, and each change can be undone.",
    no_args_is_help=True,
)

TopicArgument = Annotated[str, typer.Argument(metavar="TOPIC", help="A topic's id or name.")]


@app.command("rename", epilog=f"Example: {EXAMPLE}")
@in_plain_words
def rename_topic(
    topic: TopicArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Give a discovered topic a name of your own."""
    from topics.answers.edit import rename

    _tell(rename(topic, name, db=db), db, as_json)


@app.command("merge", epilog="Example: topicwire edit merge 4 7")
@in_plain_words
def merge_topics(
    topics: Annotated[
        list[str], typer.Argument(metavar="TOPIC TOPIC...", help="Ids or names of topics.")
    ],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Make one topic of several."""
    from topics.answers.edit import merge

    _tell(merge(topics, db=db), db, as_json)


@app.command("split", epilog="Example: topicwire edit split 4 --into 3")
@in_plain_words
def split_topic(
    topic: TopicArgument,
    into: Annotated[
        int, typer.Option(metavar="N", help="How many topics to make of it; by default what fits.")
    ] = 0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Part a discovered topic into several."""
    from topics.answers.edit import split

    _tell(split(topic, into, db=db), db, as_json)


@app.command("pin", epilog="Example: topicwire edit pin 131 4")
@in_plain_words
def pin_passage(
    passage: Annotated[int, typer.Argument(metavar="PASSAGE", help="The passage's number.")],
    topic: TopicArgument,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Put a passage, and its copies, into a topic for good."""
    from topics.answers.edit import pin

    _tell(pin(passage, topic, db=db), db, as_json)


@app.command("part", epilog="Example: topicwire edit part 131 208")
@in_plain_words
def part_passages(
    one: Annotated[int, typer.Argument(metavar="PASSAGE", help="A passage's number.")],
    other: Annotated[int, typer.Argument(metavar="PASSAGE", help="Another's.")],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Keep two passages in different topics."""
    from topics.answers.edit import part

    _tell(part(one, other, db=db), db, as_json)


@app.command("undo", epilog="Example: topicwire edit undo")
@in_plain_words
def undo_edit(
    number: Annotated[
        int | None,
        typer.Argument(metavar="[EDIT]", help="Number of the edit; the last by default."),
    ] = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Take back an edit."""
    from topics.answers.edit import undo

    report = undo(number, db=db)
    if as_json:
        print_json(report)
        return
    typer.echo(f"Edit {report.edit} is undone; {_moved(report)}.")
    print_topics(report.topics)


@app.command("list", epilog="Example: topicwire edit list")
@in_plain_words
def show_edits(db: DbOption = DEFAULT_DB, as_json: JsonOption = False) -> None:
    """List the edits made."""
    from rich.text import Text

    from topics.answers.edit import list_edits

    found = list_edits(db)
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("No topic has been edited.")
        return
    table = new_table(("edit", {"justify": "right"}), ("made", {}), ("what", {"ratio": 1}))
    for line in found:
        table.add_row(str(line.id), line.made[:16].replace("T", " "), Text(plain(line.what)))
    console().print(table)


def _tell(report: EditReport, db: Path, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    named = "" if db == DEFAULT_DB else f" --db {shlex.quote(str(db))}"
    typer.echo(f"Edit {report.edit} is stored; {_moved(report)}.")
    print_topics(report.topics)
    typer.echo(f"To take it back: topicwire edit undo {report.edit}{named}")


def _moved(report: EditReport) -> str:
    idle = (
        f"; {count(len(report.idle), 'edit')} could not be obeyed: "
        + ", ".join(str(number) for number in report.idle)
        if report.idle
        else ""
    )
    return f"{report.moved:.1%} of the passages changed topic{idle}"
