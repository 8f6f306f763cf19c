"""``topicwire topics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.counting import count
from topics.cli import suggest
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, LevelOption, TopicOption
from topics.cli.output import (
    RIGHT,
    console,
    echo,
    in_plain_words,
    list_outlets,
    plain,
    print_table,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from topics.answers.levels import Branch, LevelCounts
    from topics.answers.passages import Placement
    from topics.answers.topics import TopicSummary

EXAMPLE = "topicwire topics --passages"

app = typer.Typer(invoke_without_command=True)
app.command("suggest", epilog=f"Example: {suggest.EXAMPLE}")(suggest.run)


@app.callback()
@in_plain_words
def run(
    context: typer.Context,
    passages: Annotated[
        bool, typer.Option("--passages", help="Show typical passages of each topic, to cite.")
    ] = False,
    level: LevelOption = None,
    tree: Annotated[
        bool, typer.Option("--tree", help="Show the topics of all levels, each under its broader.")
    ] = False,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="List the passages that lie between two topics.")
    ] = False,
    strangers: Annotated[
        bool, typer.Option("--strangers", help="List the passages that are like no other.")
    ] = False,
    topic: TopicOption = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List the topics: name, share, outlets, key phrases, typical passages."""
    if context.invoked_subcommand is not None:
        if any((passages, level, tree, mixed, strangers, topic, as_json, db != DEFAULT_DB)):
            raise InputError(
                f"Options stand behind the command: topicwire topics {context.invoked_subcommand} "
                "--db FILE."
            )
        return
    if (mixed or strangers) and (level is not None or tree or passages):
        raise InputError("--mixed and --strangers go with --topic alone; leave the others out.")
    from topics.answers import levels
    from topics.answers import passages as places
    from topics.answers import topics as listing

    wanted = topic or ()
    if mixed or strangers:
        which = "between two topics" if mixed else "like no other passage"
        found = places.placements(db, topics=wanted, mixed=mixed, strangers=strangers)
        show(found, as_json, lambda found: _print_placements(found, which))
    elif tree:
        show(levels.tree(db, wanted=wanted, level=level), as_json, _print_tree)
    else:
        show(
            listing.topics(db, level=level, wanted=wanted),
            as_json,
            _print_all_passages if passages else print_topics,
        )
        if not (as_json or passages):
            print_levels(levels.levels(db), level)


def print_topics(found: Sequence[TopicSummary]) -> None:
    """Print one line a topic, and its key phrases."""
    from rich.text import Text

    columns = {"id": RIGHT, "topic": 5, "passages": RIGHT, "outlets": RIGHT, "stable": RIGHT}
    print_table(
        columns | {"key phrases": 6},
        (
            (
                topic.id,
                _name(topic),
                Text(f"{topic.passages} {topic.share:>4.0%}"),
                len(topic.outlets),
                _stability(topic.stability, unstable=topic.unstable),
                Text(plain(", ".join(_beyond_name(topic)[:4])), style="dim"),
            )
            for topic in found
        ),
    )
    if any(topic.kind == "guided" for topic in found):
        _print_note("In bold: your own topics; the others were discovered.")
    if any(topic.unstable for topic in found):
        _print_note("! : seldom found again when a fifth of the passages is left out.")


def print_levels(levels: LevelCounts, level: int | None = None) -> None:
    """Print what lies above and below the level shown, and what is out of place."""
    here = levels.shown if level is None else level
    ways = [
        f"--level {other} shows {levels.topics[other]} {word}"
        for other, word in ((here - 1, "broader"), (here + 1, "finer"))
        if 0 <= other < len(levels.topics)
    ]
    if ways:
        _print_note(f"`topicwire topics`: {', '.join(ways)}; --tree shows all.")
    apart = [
        f"{count(number, 'passage')} {where}"
        for number, where in (
            (levels.mixed, "between two topics (--mixed)"),
            (levels.strangers, "like no other (--strangers)"),
        )
        if number
    ]
    if apart:
        _print_note(f"{', '.join(apart)}.")


def _print_note(line: str) -> None:
    console().print(line, style="dim", soft_wrap=True)


def _name(topic: TopicSummary) -> Text:
    from rich.text import Text

    name = Text(plain(topic.name), style="bold" if topic.kind == "guided" else "")
    if topic.near:
        name.append(f"\nnear {plain(topic.near)}", style="dim")
    return name


def _stability(stability: float | None, *, unstable: bool) -> str:
    return "" if stability is None else f"{stability:.0%}{'!' if unstable else ''}"


def _beyond_name(topic: TopicSummary) -> list[str]:
    """Return the key phrases that the name does not say already."""
    said = {part.strip().casefold() for part in topic.name.split(",")}
    return [phrase for phrase in topic.keyphrases if phrase.casefold() not in said]


def _print_tree(branches: Sequence[Branch]) -> None:
    from rich.tree import Tree

    def grow(node: Tree, branch: Branch) -> Tree:
        for part in branch.parts:
            grow(node.add(_label(part)), part)
        return node

    for branch in branches:
        console().print(grow(Tree(_label(branch), guide_style="dim"), branch))


def _label(branch: Branch) -> Text:
    from rich.text import Text

    label = Text(f"{branch.id}  ", style="dim")
    label.append(plain(branch.name), style="bold" if branch.kind == "guided" else "not dim")
    label.append(f"  {branch.passages}", style="not dim")
    stability = _stability(branch.stability, unstable=branch.unstable)
    label.append(f"  {stability}" if stability else "", style="dim")
    return label


def _print_placements(found: Sequence[Placement], which: str) -> None:
    from rich.text import Text

    if not found:
        echo(f"No passage is {which}.")
        return
    rows = []
    for one in found:
        where = Text(f"{plain(one.topic)} {one.strength:.0%}")
        if one.mixed:
            where.append(f"\n{plain(one.other)} {one.other_strength:.0%}")
        text = Text(plain(one.passage.text))
        source = f"{plain(one.passage.source)}, {one.passage.published or 'no date'}"
        text.append(f" {source}", style="dim")
        rows.append((one.passage.passage_id, where, text))
    print_table({"passage": RIGHT, "topic": 4, "text": 9}, rows)


def _print_all_passages(found: Sequence[TopicSummary]) -> None:
    for one in found:
        _print_passages(one)


def _print_passages(topic: TopicSummary) -> None:
    """Print a topic with its typical passages."""
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    out.print(Text(f"{topic.id}  {plain(topic.name)}", style="bold"))
    details = (
        f"{topic.passages} passages ({topic.share:.0%}), {topic.distinct} distinct, {topic.kind}"
    )
    if topic.near:
        details += f", nearest to {plain(topic.near)} ({topic.near_score:.2f})"
    if topic.stability is not None:
        details += f", {_stability(topic.stability, unstable=False)} stable"
    outlets = f"Outlets: {list_outlets(topic.outlets, 6)}"
    for line in (details, outlets, f"Key phrases: {plain(', '.join(topic.keyphrases))}"):
        out.print(Padding(Text(line), (0, 0, 0, 4)))
    for quotation in topic.representatives:
        where = f"{plain(quotation.source) or 'unknown outlet'}, {quotation.published or 'no date'}"
        cited = Text(f"“{plain(quotation.text)}” ")
        cited.append(f"{where}, passage {quotation.passage_id}", style="dim")
        out.print(Padding(cited, (1, 0, 0, 4)))
    out.print()
