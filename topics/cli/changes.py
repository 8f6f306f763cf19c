"""``topicwire changes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import (
    RIGHT,
    echo,
    outlet_name,
    plain,
    say,
    show,
    show_table,
    styled,
    tell_more,
    time_of,
)
from topics.cli.side_by_side import where, where_article
from topics.cli.story import print_changes
from topics.cli.topic_changes import show_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.words.conflicts import FactChange
    from topics.answers.changes import ChangesReport, FactConflict, StoryNews
    from topics.coverage.reuse.updates import Revision

EXAMPLE = "topicwire changes --since 2024-03-05T06:00"


def run(
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="TIME", help="A day or a time, of UTC where it names no zone."
        ),
    ],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="The most of each kind to show.")
    ] = 10,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show what came in since a time: new stories and voices, revisions, conflicting facts."""
    from topics.answers.changes import changes

    def tell(found: ChangesReport) -> None:
        _print(found, limit)

    show(changes(since, db), as_json, tell)


def _print(found: ChangesReport, limit: int) -> None:
    late = f", {found.late:,} of them of an earlier date" if found.late else ""
    undated = f", {found.undated:,} without a date" if found.undated else ""
    echo(
        f"Read since {time_of(found.since)}: {count(found.articles, 'new article')}{late}"
        f"{undated}, {len(found.alone):,} in no story; {len(found.revised):,} revised."
    )
    _print_stories("New stories", found.new, limit)
    _print_stories("Running stories", found.running, limit)
    if found.revised:
        say("\nRevised articles", style="bold")
    for one in found.revised[:limit]:
        _print_revision(one)
    tell_more(len(found.revised) - limit)
    if found.conflicts:
        say("\nOne wording, other facts", style="bold")
    for pair in found.conflicts[:limit]:
        _print_conflict(pair)
    tell_more(len(found.conflicts) - limit)
    if found.topics:
        say("\nTopics", style="bold")
        show_events(found.topics[:limit])
        tell_more(len(found.topics) - limit)


def _print_stories(heading: str, stories: Sequence[StoryNews], limit: int) -> None:
    if not stories:
        return
    say(f"\n{heading}", style="bold")
    show_table(
        stories[:limit],
        ("id", RIGHT, lambda one: one.id),
        ("story", 2, lambda one: plain(one.title) or "without a headline"),
        ("before", RIGHT, lambda one: one.before) if any(s.before for s in stories) else None,
        ("new", RIGHT, lambda one: len(one.articles)),
        ("new outlets", 1, lambda one: ", ".join(map(outlet_name, one.voices))),
    )
    tell_more(len(stories) - limit)


def _print_revision(one: Revision) -> None:
    say(where_article(one.article))
    told = [f"changed {time_of(one.changed)}"]
    told += ["says that it is a correction"] if one.corrects else []
    told += [f"story {one.story}"] if one.story is not None else []
    say("; ".join(told), indent=2)
    if one.headline:
        titles = (plain(one.headline), "red"), " -> ", (plain(one.article.title), "green")
        say(styled("headline: ", *titles), indent=2)
    print_changes(one, indent=2)


def _print_conflict(pair: FactConflict) -> None:
    say(where(pair.a))
    say(where(pair.b))
    _print_facts(pair.facts)


def _print_facts(facts: Sequence[FactChange]) -> None:
    for fact in facts:
        before, after = plain(fact.before) or "none", plain(fact.after) or "none"
        say(styled(f"{fact.kind}: ", (before, "red"), " -> ", (after, "green")), indent=2)
