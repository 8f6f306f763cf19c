"""``topicwire topics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.counting import count
from topics.cli import suggest
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, LevelOption, TopicOption
from topics.cli.output import console, in_plain_words, new_table, plain, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text
    from rich.tree import Tree

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
    if mixed or strangers:
        from topics.answers.passages import placements

        _show_placements(
            placements(db, topics=topic or (), mixed=mixed, strangers=strangers),
            as_json=as_json,
            which="between two topics" if mixed else "like no other passage",
        )
    elif tree:
        from topics.answers.levels import tree as read_tree

        branches = read_tree(db, wanted=topic or (), level=level)
        if as_json:
            print_json(branches)
        else:
            _print_tree(branches)
    else:
        _show_topics(db, topic or (), level, passages=passages, as_json=as_json)


def _show_topics(
    db: DbOption, wanted: Sequence[str], level: int | None, *, passages: bool, as_json: bool
) -> None:
    from topics.answers.levels import levels
    from topics.answers.topics import topics

    found = topics(db, level=level, wanted=wanted)
    if as_json:
        print_json(found)
    elif passages:
        for one in found:
            print_passages(one)
    else:
        print_topics(found)
        print_levels(levels(db), level)


def print_topics(found: Sequence[TopicSummary]) -> None:
    """Print one line a topic, and its key phrases."""
    from rich.text import Text

    measured = any(topic.stability is not None for topic in found)
    table = new_table(
        ("id", {"justify": "right"}),
        ("topic", {"ratio": 5}),
        ("passages", {"justify": "right"}),
        ("outlets", {"justify": "right"}),
        *([("stable", {"justify": "right"})] if measured else []),
        ("key phrases", {"ratio": 6}),
    )
    for topic in found:
        table.add_row(
            str(topic.id),
            _name(topic),
            f"{topic.passages} {topic.share:>4.0%}",
            str(len(topic.outlets)),
            *([_stability(topic.stability, unstable=topic.unstable)] if measured else []),
            Text(plain(", ".join(_beyond_name(topic)[:4])), style="dim"),
        )
    console().print(table)
    notes = []
    if any(topic.kind == "guided" for topic in found):
        notes.append("In bold: your own topics; the others were discovered.")
    if any(topic.unstable for topic in found):
        notes.append("! : seldom found again when a fifth of the passages is left out.")
    for note in notes:
        console().print(note, style="dim", soft_wrap=True)


def print_levels(levels: LevelCounts, level: int | None = None) -> None:
    """Print what lies above and below the level shown, and what is out of place."""
    here = levels.shown if level is None else level
    ways = [
        f"--level {other} shows {levels.topics[other]} {word}"
        for other, word in ((here - 1, "broader"), (here + 1, "finer"))
        if 0 <= other < len(levels.topics)
    ]
    lines = []
    if ways:
        lines.append(f"`topicwire topics`: {', '.join(ways)}; --tree shows all.")
    apart = []
    if levels.mixed:
        apart.append(f"{count(levels.mixed, 'passage')} between two topics (--mixed)")
    if levels.strangers:
        apart.append(f"{count(levels.strangers, 'passage')} like no other (--strangers)")
    if apart:
        lines.append(f"{', '.join(apart)}.")
    for line in lines:
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

    for branch in branches:
        root = Tree(_label(branch), guide_style="dim")
        _grow(root, branch)
        console().print(root)


def _grow(node: Tree, branch: Branch) -> None:
    for part in branch.parts:
        _grow(node.add(_label(part)), part)


def _label(branch: Branch) -> Text:
    from rich.text import Text

    label = Text(f"{branch.id}  ", style="dim")
    label.append(plain(branch.name), style="bold" if branch.kind == "guided" else "not dim")
    label.append(f"  {branch.passages}", style="not dim")
    stability = _stability(branch.stability, unstable=branch.unstable)
    label.append(f"  {stability}" if stability else "", style="dim")
    return label


def _show_placements(found: Sequence[Placement], *, as_json: bool, which: str) -> None:
    from rich.text import Text

    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo(f"No passage is {which}.")
        return
    table = new_table(
        ("passage", {"justify": "right"}), ("topic", {"ratio": 4}), ("text", {"ratio": 9})
    )
    for one in found:
        where = Text(f"{plain(one.topic)} {one.strength:.0%}")
        if one.mixed:
            where.append(f"\n{plain(one.other)} {one.other_strength:.0%}")
        text = Text(plain(one.passage.text))
        source = f"{plain(one.passage.source)}, {one.passage.published or 'no date'}"
        text.append(f" {source}", style="dim")
        table.add_row(str(one.passage.passage_id), where, text)
    console().print(table)


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
    if topic.near:
        details += f", nearest to {plain(topic.near)} ({topic.near_score:.2f})"
    if topic.stability is not None:
        details += f", {_stability(topic.stability, unstable=False)} stable"
    out.print(Padding(Text(details), (0, 0, 0, 4)))
    out.print(Padding(Text(f"Outlets: {outlets}{more}"), (0, 0, 0, 4)))
    out.print(Padding(Text(f"Key phrases: {plain(', '.join(topic.keyphrases))}"), (0, 0, 0, 4)))
    for quotation in topic.representatives:
        where = f"{plain(quotation.source) or 'unknown outlet'}, {quotation.published or 'no date'}"
        line = Text(f"“{plain(quotation.text)}” ")
        line.append(f"{where}, passage {quotation.passage_id}", style="dim")
        out.print(Padding(line, (1, 0, 0, 4)))
    out.print()
