"""``topicwire map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.progress import listen
from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, LevelOption
from topics.cli.output import echo, show
from topics.cli.progress import show_progress

if TYPE_CHECKING:
    from topics.maps.drawing import MapPicture

EXAMPLE = "topicwire map map.png"


def run(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .png, .svg or .pdf file to write.")],
    title: Annotated[str | None, typer.Option(help="The line on top of the picture.")] = None,
    level: LevelOption = None,
    colour: Annotated[
        str,
        typer.Option(metavar="topic|outlet|date|story", help="What the colours say."),
    ] = "topic",
    dark: Annotated[bool, typer.Option("--dark/--light", help="On a dark ground.")] = False,
    width: Annotated[
        int, typer.Option(metavar="PIXELS", help="Width, 200 pixels to the inch; type keeps size.")
    ] = 2000,
    font: Annotated[
        str | None, typer.Option(metavar="NAME", help="A font that is installed.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Lay all passages out afresh; else what was there stays.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Draw the topic map."""
    from topics.answers.map import map as map_topics

    with show_progress() as progress, listen(progress):
        picture = map_topics(
            out,
            db=db,
            title=title,
            level=level,
            colour=colour,
            dark=dark,
            width=width,
            font=font,
            anew=anew,
        )
    show(picture, as_json, _print)


def _print(picture: MapPicture) -> None:
    echo(f"Drew {picture.path}, {picture.width} by {picture.height} pixels.")
    if picture.unnamed:
        drawn = (
            "is drawn without its name" if len(picture.unnamed) == 1 else "are drawn without names"
        )
        echo(f"{count(len(picture.unnamed), 'smaller topic')} {drawn}.")
    if picture.missing_characters:
        echo(f"No font at hand shows: {' '.join(picture.missing_characters)}")
