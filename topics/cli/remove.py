"""``topicwire remove``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import echo, plain, show

if TYPE_CHECKING:
    from topics.answers.remove import RemovalReport

EXAMPLE = 'topicwire remove --source "saltmarsh-gazette"'


def run(
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="OUTLET", help="All articles of this outlet; may be repeated."),
    ] = None,
    path: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="All articles read from this file or folder."),
    ] = None,
    document_id: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="The article of this id.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Delete articles by outlet, path or id, and bring the topics up to date."""
    from topics.answers.remove import remove

    report = remove(
        sources=source or (), paths=path or (), ids=document_id or (), db=db, dry_run=dry_run
    )
    show(report, as_json, lambda report: _print(report, "Would remove" if dry_run else "Removed"))


def _print(report: RemovalReport, verb: str) -> None:
    echo(
        f"{verb} {count(len(report.documents), 'article')} with "
        f"{count(report.passages, 'passage')}; {report.left:,} stay."
    )
    for name in report.documents[:10]:
        echo(f"  {plain(name)}")
    if len(report.documents) > 10:
        echo(f"  and {len(report.documents) - 10} more (--json lists all)")
