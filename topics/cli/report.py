"""``topicwire report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.corpus.filters import Filters
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    OwnersOption,
    TopicOption,
    filtered,
)
from topics.cli.output import echo, show

if TYPE_CHECKING:
    from topics.one_file.building import ReportFile

EXAMPLE = "topicwire report news.html"


@filtered("since")
def run(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="An .html file to write.")],
    topic: TopicOption = None,
    story: Annotated[
        list[int] | None,
        typer.Option("--story", metavar="ID", help="Only this story; may be repeated."),
    ] = None,
    *,
    filters: Filters,
    owners: OwnersOption = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Write a report in one file: map, topics, stories, who repeats whom."""
    from topics.one_file.building import report

    found = report(
        out, db=db, topics=topic or (), stories=story or (), since=filters.since, owners=owners
    )
    show(found, as_json, _print)


def _print(found: ReportFile) -> None:
    echo(f"Wrote {found.path}, {found.bytes / 1e6:.1f} MB; open it in a browser.")
    left = found.stories - found.stories_whole
    if left:
        noun = "story is" if left == 1 else "stories are"
        echo(f"{left:,} {noun} listed and not shown whole; --story shows one.")
