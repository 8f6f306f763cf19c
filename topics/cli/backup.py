"""``topicwire backup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import echo, show

if TYPE_CHECKING:
    from topics.answers.backup import BackupReport

EXAMPLE = "topicwire backup news-2026-05-11.db"


def run(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A file that is not there yet.")],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Copy the database into one file, also while a run changes it, and check the copy."""
    from topics.answers.backup import backup

    show(backup(out, db=db), as_json, _print)


def _print(report: BackupReport) -> None:
    echo(
        f"Wrote {count(report.documents, 'article')} with {count(report.passages, 'passage')} to "
        f"{report.path} ({report.bytes / 1e6:.1f} MB), and checked it."
    )
