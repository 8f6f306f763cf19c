"""``topicwire info``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import console, echo, in_plain_words, list_outlets, plain, show, show_table

if TYPE_CHECKING:
    from topics.answers.info import CorpusInfo

EXAMPLE = "topicwire info --problems"


@in_plain_words
def run(
    problems: Annotated[
        bool, typer.Option("--problems", help="List what could not be read, and why.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Say what the database holds, and what was left out of it."""
    from topics.answers.info import info

    show(info(db), as_json, _print_problems if problems else _print_contents)


def _print_problems(found: CorpusInfo) -> None:
    for path, line, message in found.problems:
        place = f"{path}, line {line}" if line else path
        echo(f"{plain(place)}: {plain(message)}")
    if not found.problems:
        echo("Everything could be read.")


def _print_contents(found: CorpusInfo) -> None:
    dates = f"{found.earliest} to {found.latest}" if found.earliest else "none"
    undated = f", {found.undated} without a date" if found.undated else ""
    removed = sum(number for _, number in found.removed)
    rows = {
        "database": f"{found.path}, {found.bytes / 1e6:.1f} MB",
        "articles": f"{found.documents:,} from {count(len(found.outlets), 'outlet')}",
        "outlets": list_outlets(found.outlets, 12),
        "dates": dates + undated,
        "passages": f"{found.passages}, {found.distinct} distinct",
        "furniture": f"{removed} lines left out (`topicwire cluster --show-removed` lists them)",
        "model": found.encoder.get("name", "none yet"),
        "topics": str(found.topics),
        "copies": f"{found.copy_groups:,} groups, repeats within one outlet among them",
        "stories": f"{found.stories:,}, those of one outlet among them{_too_short(found)}",
        "by hand": f"{count(found.edits, 'edit')}, {count(found.answers, 'answer')}",
        "unread": f"{len(found.problems)} (`topicwire info --problems` lists them)",
    }
    show_table(rows.items(), ("", 0, lambda row: row[0]), ("", 1, lambda row: plain(row[1])))
    if found.unclustered:
        verb = "has" if found.unclustered == 1 else "have"
        console().print(
            f"{count(found.unclustered, 'passage')} {verb} no topic yet: a run was stopped; "
            "`topicwire cluster` goes on from there."
        )


def _too_short(found: CorpusInfo) -> str:
    if not found.too_short:
        return ""
    return f"; {count(len(found.too_short), 'article')} too short for one, listed by --json"
