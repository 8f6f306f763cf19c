"""``topicwire import``."""

from __future__ import annotations

from typing import Annotated

import typer

from topics.cli.cluster import print_report
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import show
from topics.cli.progress import show_progress

EXAMPLE = "topicwire import results/ --db archive.db"


def run(
    folder: Annotated[
        str,
        typer.Argument(metavar="DIR", help="What `topicwire cluster PATHS --out DIR` wrote."),
    ],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Make a database of the files that `cluster --out` wrote."""
    from topics.answers.import_files import import_files

    with show_progress() as progress:
        report = import_files(folder, db=db, progress=progress)
    show(report, as_json, print_report)
