"""``topicwire topics``."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.counting import count
from topics.cli import suggest
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption, LevelOption, TopicOption
from topics.cli.output import (
    RIGHT,
    console,
    date_of,
    echo,
    list_outlets,
    outlet_name,
    plain,
    say,
    show,
    show_table,
    styled,
    time_of,
)
from topics.cli.topic_changes import show_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from topics.answers.history import TopicHistory
    from topics.answers.levels import Branch, LevelCounts
    from topics.answers.passages import Placement
    from topics.answers.topics import TopicSummary

EXAMPLE = "topicwire topics --passages"

HEADLINE_WIDTH = 63

app = typer.Typer(add_completion=False, invoke_without_command=True)
app.command("suggest", epilog=f"Example: {suggest.EXAMPLE}")(suggest.run)


@app.callback()
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
    hidden: Annotated[
        bool,
        typer.Option("--hidden", help="List the topics that are shown through broader ones."),
    ] = False,
    history: Annotated[
        bool,
        typer.Option("--history", help="List what made, moved and ended topics, and when."),
    ] = False,
    topic: TopicOption = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List the topics and their parts: share, outlets, typical headline or passages."""
    if context.invoked_subcommand is not None:
        options = (passages, level, tree, mixed, strangers, hidden, history, topic, as_json)
        if any((*options, db != DEFAULT_DB)):
            raise InputError(
                f"Options stand behind the command: topicwire topics {context.invoked_subcommand} "
                "--db FILE."
            )
        return
    if (mixed or strangers) and (level is not None or tree or passages):
        raise InputError("--mixed and --strangers go with --topic alone; leave the others out.")
    if hidden and (level is not None or tree or mixed or strangers or topic):
        raise InputError("--hidden goes with --passages alone; leave the others out.")
    if history and (passages or level is not None or tree or mixed or strangers or hidden or topic):
        raise InputError("--history stands alone; leave the others out.")
    from topics.answers import history as past
    from topics.answers import levels
    from topics.answers import passages as places
    from topics.answers import topics as listing

    wanted = topic or ()
    if history:
        show(past.history(db), as_json, _print_history)
    elif mixed or strangers:
        which = "between two topics" if mixed else "like no other passage"
        found = places.placements(db, topics=wanted, mixed=mixed, strangers=strangers)
        show(found, as_json, lambda found: _print_placements(found, which))
    elif tree:
        show(levels.tree(db, wanted=wanted, level=level), as_json, _print_tree)
    else:
        show(
            listing.topics(db, level=level, wanted=wanted, hidden=hidden),
            as_json,
            _print_all_passages if passages else _print_hidden if hidden else print_topics,
        )
        if not (as_json or passages or hidden):
            print_levels(levels.levels(db), level)


def _headline(topic: TopicSummary) -> str:
    """Return a headline of some three lines at 80 columns; ``--json`` has all of it."""
    return shorten(plain(topic.headline), HEADLINE_WIDTH, placeholder=" …")


def _print_hidden(found: Sequence[TopicSummary]) -> None:
    from topics.hierarchy.showing import TOLD_BY_OTHERS

    print_topics(found, why=True)
    if any(topic.why_hidden == TOLD_BY_OTHERS for topic in found):
        _print_note(f"{TOLD_BY_OTHERS}: of many things, of one article, or shown by its parts.")


def print_topics(found: Sequence[TopicSummary], *, why: bool = False) -> None:
    """Print one line a topic, its parts below it, each with its most typical headline.

    Args:
        found: The topics.
        why: Say why they are hidden.
    """
    from topics.naming.various import VARIOUS

    rows = [(0, one) for one in found]
    if any(one.subtopics for one in found):
        rows = [row for one in found for row in ((0, one), *((1, two) for two in one.subtopics))]
    measured = any(topic.stability is not None for _, topic in rows)
    show_table(
        rows,
        ("id", RIGHT, lambda row: row[1].id),
        ("topic", 5, lambda row: _name(row[1], part=row[0] > 0)),
        ("passages", RIGHT, lambda row: f"{row[1].passages} {row[1].share:>4.0%}"),
        ("outlets", RIGHT, lambda row: len(row[1].outlets) or "?"),
        ("stable", RIGHT, lambda row: _stable(row[1])) if measured else None,
        ("why hidden", 4, lambda row: row[1].why_hidden) if why else None,
        ("typical headline", 6, lambda row: styled((_headline(row[1]), "dim"))),
    )
    if any(topic.kind == "guided" for topic in found):
        _print_note("In bold: your own topics; the others were discovered.")
    if any(topic.name.startswith(VARIOUS) for _, topic in rows):
        _print_note(f"{VARIOUS.strip()} of many things, named by the largest of its parts.")
    if any(topic.unstable for _, topic in rows):
        _print_note("! : seldom found again when a fifth of the passages is left out.")


def print_levels(levels: LevelCounts, level: int | None = None) -> None:
    """Print what lies above and below the level shown, and what is out of place."""
    here = levels.shown if level is None else level
    ways = [
        f"--level {other} shows {levels.topics[other]} {word}"
        for other, word in ((here - 1, "broader"), (here + 1, "finer"))
        if 0 <= other < len(levels.topics)
    ]
    if levels.hidden and level is None:
        uncovered = (
            f", and {count(levels.uncovered, 'passage')} under none" if levels.uncovered else ""
        )
        _print_note(
            f"{count(levels.hidden, 'topic')} too unstable, small or various, shown through others"
            f"{uncovered} (--hidden)."
        )
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


def _print_history(found: TopicHistory) -> None:
    """Print what happened to topics, a line each."""
    if not found.kept:
        echo("Of so few passages the topics are found anew by each run; none are kept.")
    else:
        when = f" on {time_of(found.found)}" if found.found else ""
        texts = count(found.texts, "distinct text")
        echo(
            f"Topics found{when} with {plain(found.encoder)}; of {texts} {found.joined:,} joined "
            "since."
        )
    if found.events:
        show_events(found.events)


def _print_note(line: str) -> None:
    console().print(line, style="dim", soft_wrap=True)


def _name(topic: TopicSummary, *, part: bool) -> Text:
    near = f"\nnear {plain(topic.near)}" if topic.near and not part else ""
    name = ("- " if part else "") + plain(topic.name)
    return styled((name, "bold" if topic.kind == "guided" else ""), (near, "dim"))


def _stable(topic: TopicSummary | Branch) -> str:
    if topic.stability is None:
        return ""
    return f"{topic.stability:.0%}{'!' if topic.unstable else ''}"


def _print_tree(branches: Sequence[Branch]) -> None:
    from rich.tree import Tree

    def grow(node: Tree, branch: Branch) -> Tree:
        for part in branch.parts:
            grow(node.add(_label(part)), part)
        return node

    for branch in branches:
        console().print(grow(Tree(_label(branch), guide_style="dim"), branch))


def _label(branch: Branch) -> Text:
    stable = _stable(branch)
    return styled(
        (f"{branch.id}  ", "dim"),
        (plain(branch.name), "bold" if branch.kind == "guided" else "" if branch.shown else "dim"),
        f"  {branch.passages}",
        (f"  {stable}" if stable else "", "dim"),
    )


def _print_placements(found: Sequence[Placement], which: str) -> None:
    if not found:
        echo(f"No passage is {which}.")
        return
    show_table(
        found,
        ("passage", RIGHT, lambda one: one.passage.passage_id),
        ("topic", 4, _tell_topics),
        ("text", 9, _quote),
    )


def _tell_topics(one: Placement) -> str:
    """Name the topic it is counted under; strengths only tell how two topics share it."""
    if not one.mixed:
        return plain(one.topic)
    return f"{plain(one.topic)} {one.strength:.0%}\n{plain(one.other)} {one.other_strength:.0%}"


def _quote(one: Placement) -> Text:
    cited = one.passage
    where = f"{outlet_name(cited.source)}, {date_of(cited.published)}"
    return styled(plain(cited.text), (f" {where}", "dim"))


def _print_all_passages(found: Sequence[TopicSummary]) -> None:
    for one in found:
        _print_passages(one)
        _print_all_passages(one.subtopics)


def _print_passages(topic: TopicSummary) -> None:
    """Print a topic with its typical passages."""
    say((f"{topic.id}  {plain(topic.name)}", "bold"))
    details = (
        f"{topic.passages} passages ({topic.share:.0%}), {topic.distinct} distinct, {topic.kind}"
    )
    if topic.near:
        details += f", nearest to {plain(topic.near)} ({topic.near_score:.2f})"
    if topic.stability is not None:
        details += f", {topic.stability:.0%} stable"
    say(details, indent=4)
    say(f"Outlets: {list_outlets(topic.outlets, 6) or 'none known'}", indent=4)
    say(f"Key phrases: {plain(', '.join(topic.keyphrases))}", indent=4)
    for quotation in topic.representatives:
        where = f"{outlet_name(quotation.source)}, {date_of(quotation.published)}"
        cited = (f"{where}, passage {quotation.passage_id}", "dim")
        say()
        say(f"“{plain(quotation.text)}” ", cited, indent=4)
    say()
