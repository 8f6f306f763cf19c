"""``topicwire edit``: rename, merge, split, pin, exclude, part, list, undo, save, load."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, repeat_db
from topics.cli.output import RIGHT, echo, plain, show, show_table
from topics.cli.topic_changes import tell_changes
from topics.cli.topics import print_topics

if TYPE_CHECKING:
    from topics.answers.by_hand import LoadReport, SaveReport
    from topics.answers.edit import EditLine, EditReport

EXAMPLE = 'topicwire edit rename 4 "Arms deliveries"'

app = typer.Typer(
    add_completion=False,
    help="Change topics by hand; every later run obeys, and each change can be undone.",
    no_args_is_help=True,
)

TopicArgument = Annotated[str, typer.Argument(metavar="TOPIC", help="A topic's id or name.")]
PassageArgument = Annotated[int, typer.Argument(metavar="PASSAGE", help="A passage's number.")]


def _edit_command(example: str) -> Callable[[Callable[..., None]], None]:
    """Make a command of a function that only declares it.

    The function of that name in ``topics.answers.edit`` is called with the arguments declared;
    ``--db`` and ``--json`` are added to them.
    """

    def add(declared: Callable[..., None]) -> None:
        name = declared.__name__

        def run(db: DbOption = DEFAULT_DB, as_json: JsonOption = False, **given: Any) -> None:
            from topics.answers import edit

            report: EditReport = getattr(edit, name)(**given, db=db)
            show(report, as_json, lambda report: _tell(report, undone=name == "undo", db=db))

        *shared, _ = inspect.signature(run, eval_str=True).parameters.values()
        own = inspect.signature(declared, eval_str=True).parameters.values()
        run.__doc__ = declared.__doc__
        run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
        app.command(name, epilog=f"Example: topicwire edit {example}")(run)

    return add


@_edit_command('rename 4 "Arms deliveries"')
def rename(
    topic: TopicArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")],
) -> None:
    """Give a discovered topic a name of your own."""


@_edit_command("merge 4 7")
def merge(
    topics: Annotated[
        list[str], typer.Argument(metavar="TOPIC TOPIC...", help="Ids or names of topics.")
    ],
) -> None:
    """Make one topic of several."""


@_edit_command("split 4 --into 3")
def split(
    topic: TopicArgument,
    into: Annotated[
        int, typer.Option(metavar="N", help="How many topics to make of it; by default what fits.")
    ] = 0,
) -> None:
    """Part a discovered topic into several."""


@_edit_command("pin 131 4")
def pin(passage: PassageArgument, topic: TopicArgument) -> None:
    """Put a passage, and its copies, into a topic for good."""


@_edit_command("exclude 131 4")
def exclude(passage: PassageArgument, topic: TopicArgument) -> None:
    """Keep a passage, and its copies, out of a topic for good."""


@_edit_command("part 131 208")
def part(
    one: PassageArgument,
    other: Annotated[int, typer.Argument(metavar="PASSAGE", help="Another's.")],
) -> None:
    """Keep two passages in different topics."""


@_edit_command("undo")
def undo(
    number: Annotated[
        int | None,
        typer.Argument(metavar="[EDIT]", help="Number of the edit; the last by default."),
    ] = None,
) -> None:
    """Take back an edit."""


@app.command("list", epilog="Example: topicwire edit list")
def show_edits(db: DbOption = DEFAULT_DB, as_json: JsonOption = False) -> None:
    """List the edits made."""
    from topics.answers.edit import list_edits

    show(list_edits(db), as_json, _print_edits)


@app.command("save", epilog="Example: topicwire edit save by-hand.json")
def save_by_hand(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON file to write.")],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Write what was made by hand: edits, answers, your own topics, thresholds, owners."""
    from topics.answers.by_hand import save_edits

    show(save_edits(file, db=db), as_json, lambda report: echo(f"Wrote {_list_kinds(report)}."))


@app.command("load", epilog="Example: topicwire edit load by-hand.json")
def load_by_hand(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `edit save` wrote.")],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Put what was saved on a database of the same articles."""
    from topics.answers.by_hand import load_edits

    show(load_edits(file, db=db), as_json, _print_loaded)


def _print_loaded(report: LoadReport) -> None:
    echo(f"Loaded {_list_kinds(report)}; {report.already} were there already.")
    echo(f"{report.moved:.1%} of the passages changed topic.")
    for what in report.unplaced:
        echo(f"not placed: {plain(what)}")
    if report.idle:
        numbers = ", ".join(map(str, report.idle))
        echo(f"Edits that find nothing to act on (`topicwire edit list`): {numbers}.")


def _list_kinds(report: SaveReport | LoadReport) -> str:
    kinds = ("edit", "answer", "topic", "threshold", "owner")
    told = [count(getattr(report, f"{kind}s"), kind) for kind in kinds]
    return ", ".join((*told, count(report.kept, "kept topic")))


def _print_edits(found: list[EditLine]) -> None:
    if not found:
        echo("No topic has been edited.")
        return
    show_table(
        found,
        ("edit", RIGHT, lambda line: line.id),
        ("made", 0, lambda line: line.made[:16].replace("T", " ")),
        ("what", 1, lambda line: plain(line.what)),
    )


def _tell(report: EditReport, *, undone: bool, db: Path) -> None:
    idle = ", ".join(map(str, report.idle))
    what = plain(report.what)
    if undone:
        echo(f"Edit {report.edit}, that {what}, is undone.")
    else:
        echo(f"Edit {report.edit} is stored: {what}.")
    echo(
        f"{report.moved:.1%} of the passages changed topic"
        + (f"; {count(len(report.idle), 'edit')} could not be obeyed: {idle}." if idle else ".")
    )
    for line in tell_changes(report.changes, report.names):
        echo(f"  {plain(line)}")
    print_topics(report.topics)
    if not undone:
        echo(f"To take it back: topicwire edit undo {report.edit}{repeat_db(db)}")
