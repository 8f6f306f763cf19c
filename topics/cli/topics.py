"""``topicwire topics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import console, in_plain_words, new_table, plain, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.commands.listing import TopicSummary

EXAMPLE = "topicwire topics --passages"


@in_plain_words
def run(
    passages: Annotated[
        bool, typer.Option("--passages", help="Show typical passages of each topic, to cite.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List the topics: name, share, outlets, key phrases, typical passages."""
    from topics.commands.listing import topics

    found = topics(db)
    if as_json:
        print_json(found)
    elif passages:
        for topic in found:
            print_passages(topic)
    else:
        print_topics(found)


def print_topics(found: Sequence[TopicSummary]) -> None:
    """Print one line a topic, and its key phrases."""
    from rich.text import Text

    table = new_table(
        ("id", {"justify": "right"}),
        ("topic", {"ratio": 5}),
        ("passages", {"justify": "right"}),
        ("share", {"justify": "right"}),
        ("outlets", {"justify": "right"}),
        ("key phrases", {"ratio": 6}),
    )
    for topic in found:
        table.add_row(
            str(topic.id),
            Text(plain(topic.name), style="bold" if topic.kind == "guided" else ""),
            str(topic.passages),
            f"{topic.share:.0%}",
            str(len(topic.outlets)),
            Text(plain(", ".join(_beyond_name(topic)[:4])), style="dim"),
        )
    console().print(table)
    if any(topic.kind == "guided" for topic in found):
        console().print("In bold: your own topics; the others were discovered.", style="dim")


def _beyond_name(topic: TopicSummary) -> list[str]:
    """Return the key phrases that the name does not say already."""
    said = {part.strip().casefold() for part in topic.name.split(",")}
    return [phrase for phrase in topic.keyphrases if phrase.casefold() not in said]


def print_passages(topic: TopicSummary) -> None:
    """Print a topic with its typical passages."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    out.print(Text(f"{topic.id}  {plain(topic.name)}", style="bold"))
    outlets = ", ".join(f"{plain(name) or 'unknown'} {count}" for name, count in topic.outlets[:6])
    more = f" and {len(topic.outlets) - 6} more" if len(topic.outlets) > 6 else ""
    details = (
        f"{topic.passages} passages ({topic.share:.0%}), {topic.distinct} distinct, {topic.kind}"
    )
    out.print(Padding(Text(details), (0, 0, 0, 4)))
    out.print(Padding(Text(f"Outlets: {outlets}{more}"), (0, 0, 0, 4)))
    out.print(Padding(Text(f"Key phrases: {plain(', '.join(topic.keyphrases))}"), (0, 0, 0, 4)))
    for quotation in topic.representatives:
        where = f"{plain(quotation.source) or 'unknown outlet'}, {quotation.published or 'no date'}"
        line = Text(f"“{plain(quotation.text)}” ")
        line.append(f"{where}, passage {quotation.passage_id}", style="dim")
        out.print(Padding(line, (1, 0, 0, 4)))
    out.print()
