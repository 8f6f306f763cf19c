"""``topicwire export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import echo, show

EXAMPLE = "topicwire export passages.parquet"


def run(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .parquet, .csv or .jsonl file to write.")
    ],
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Write all passages with outlet, date, url, topic and copy group."""
    from topics.answers.export import export

    show(
        export(out, db=db),
        as_json,
        lambda report: echo(f"Wrote {count(report.rows, 'passage')} to {report.path}."),
    )
