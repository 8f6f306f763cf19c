"""``topicwire restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import echo, show

if TYPE_CHECKING:
    from topics.answers.backup import RestoreReport

EXAMPLE = "topicwire restore news-2026-05-11.db"


def run(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `topicwire backup` wrote; it stays.")
    ],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in place of the database, which is kept under another name."""
    from topics.answers.backup import restore

    show(restore(file, db=db), as_json, _print)


def _print(report: RestoreReport) -> None:
    echo(
        f"{report.path} holds {count(report.documents, 'article')} with "
        f"{count(report.passages, 'passage')} now."
    )
    if report.kept:
        echo(f"What was there before is kept in {report.kept}.")
