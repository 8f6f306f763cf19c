"""``topicwire story``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from topics.answers.counting import count, percent
from topics.answers.story_words import DOUBTS, list_outdated, pair_copies, tell_join, tell_still
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    OwnersOption,
    filtered,
)
from topics.cli.outlets import strangers_line
from topics.cli.output import (
    RIGHT,
    console,
    date_of,
    echo,
    outlet_name,
    plain,
    print_json,
    say,
    show_table,
    styled,
    tell_more,
    time_of,
)
from topics.cli.side_by_side import cut, lay_side_by_side, where_article

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.text import Text

    from embeddings.corpus.versions import Revised
    from topics.answers.story import StoryReport, StorySummary
    from topics.coverage.credit.stated import StatedAgency
    from topics.coverage.reuse.reuse import StoryArticle, TextSource
    from topics.coverage.reuse.updates import Revision
    from topics.coverage.stories.related import RelatedArticle

EXAMPLE = "topicwire story 3"

# Articles that may have been first that are named.
_FIRST_SHOWN = 5
# Facts of a changed text that are shown.
_FACTS_SHOWN = 8
# Sentences cut and added that are shown of each.
_STRETCHES_SHOWN = 3


@filtered()
def run(
    story: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="A story; by default all are listed.")
    ] = None,
    diff: Annotated[
        bool,
        typer.Option("--diff/--no-diff", help="Lay each copy beside what it was copied from."),
    ] = True,
    owners: OwnersOption = None,
    *,
    filters: Filters,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="List stories of one outlet, too.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="The most stories, or copies, to show.")
    ] = 20,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show who reported a story, who was first here, and who has it from whom."""
    if story is not None and (filters != Filters() or repeats):
        raise InputError(
            "--source, --since, --until, --language and --repeats narrow the list; leave them "
            "out, or the number of the story."
        )
    if story is None:
        from topics.answers.story import stories

        listed = stories(
            db,
            **filters.given(),
            across=not repeats,
        )
        print_json(listed) if as_json else _print_list(listed, limit)
    else:
        from topics.answers.story import story as report

        found = report(story, db, owners=owners)
        print_json(found) if as_json else _print_story(found, limit, diff=diff)


def _print_list(stories: Sequence[StorySummary], limit: int) -> None:
    if not stories:
        echo("No event is reported by several outlets.")
        return
    shown = stories[:limit]
    show_table(
        shown,
        ("id", RIGHT, lambda one: one.id),
        ("story", 1, lambda one: plain(one.title) or "without a headline"),
        ("articles", RIGHT, lambda one: one.articles),
        ("outlets", RIGHT, lambda one: len(one.outlets) or "?"),
        ("copies", RIGHT, lambda one: one.copied or "") if any(s.copied for s in shown) else None,
        ("dates", {"no_wrap": True}, lambda one: _range(one.first[:10], one.last[:10])),
    )
    tell_more(len(stories) - limit)


def _range(first: str, last: str) -> str:
    return date_of(first) if first == last else f"{date_of(first)} to {date_of(last)}"


def _print_story(found: StoryReport, limit: int, *, diff: bool) -> None:
    say(plain(found.title) or "without a headline", style="bold")
    outlets = count(len(found.outlets), "outlet") if found.outlets else "no known outlet"
    outdated = list_outdated(found.timelines)
    listed = [one for one in found.articles if one.article.document_id not in outdated]
    earlier = f" and {count(len(outdated), 'earlier version')}" if outdated else ""
    say(
        f"Story {found.id}: {count(len(listed), 'article')}{earlier}, {outlets}, "
        f"{count(len(found.voices), 'independent voice')}; cohesion {found.cohesion:.2f}\n"
    )
    _print_first(found)
    _print_agencies(found.agencies)
    _print_articles(listed[:limit], {one.document_id: one for one in found.revised})
    tell_more(len(listed) - limit, end="\n\n")
    for timeline in found.timelines:
        _print_timeline(timeline)
    joins = [join for voice in found.voices for join in voice.joins]
    for join in joins:
        say(plain(tell_join(join)))
    if joins:
        say()
    copies = pair_copies(found)
    texts = {one.article.document_id: one.text for one in found.articles}
    for one, source in copies[:limit]:
        _print_copy(one, source, texts[source.article.document_id], diff=diff)
    tell_more(len(copies) - limit, "more copies")
    _print_related(found.related, limit)
    if found.strangers:
        say(strangers_line(found.strangers))


def _print_first(found: StoryReport) -> None:
    why = "; ".join(DOUBTS[doubt] for doubt in found.doubts)
    if len(found.first) == 1:
        perhaps = "" if found.first_is_certain else ", perhaps"
        say(f"Earliest here{perhaps}: ", where_article(found.first[0]))
        if perhaps:
            say(f"uncertain: {why}", style="dim", indent=2)
    else:
        say(f"Earliest here is one of {len(found.first)}: {why}")
        for article in found.first[:_FIRST_SHOWN]:
            say(where_article(article), indent=2)
        if len(found.first) > _FIRST_SHOWN:
            say(f"and {len(found.first) - _FIRST_SHOWN:,} more; --json lists all", indent=2)
    undated = [one.article.source for one in found.articles if not one.article.published]
    if undated:
        of = f"{len(undated)} of {count(len(found.articles), 'article')}"
        verb = "has" if len(undated) == 1 else "have"
        names = ", ".join(dict.fromkeys(map(outlet_name, undated)))
        say(f"{of} {verb} no date: {names}", style="dim", indent=2)


def _print_agencies(agencies: Sequence[StatedAgency]) -> None:
    for stated in agencies:
        own = stated.agency.casefold()
        others = [name for name in stated.outlets if name.casefold() != own]
        if others:
            here = f"here as {', '.join(map(plain, others))}"
        elif stated.outlets:
            here = "an outlet of this corpus"
        elif stated.agency:
            here = "not an outlet of this corpus"
        else:
            here = "who they are is not said"
        credited = dict.fromkeys(outlet_name(one.source) for one in (*stated.alone, *stated.shared))
        say(f"Credited: {plain(stated.agency) or 'agencies'} ({here}), by {', '.join(credited)}")
    say()


def _print_articles(articles: Sequence[StoryArticle], revised: Mapping[str, Revised]) -> None:
    repeats = any(one.repeated + one.boilerplate for one in articles)
    shares = any(one.shared for one in articles)
    show_table(
        articles,
        ("date", {"no_wrap": True}, lambda one: date_of(one.article.published)),
        ("outlet and headline", 1, lambda one: _name(one, revised.get(one.article.document_id))),
        ("words", RIGHT, lambda one: f"{one.words:,}"),
        ("own", RIGHT, lambda one: percent(one.own, one.words)),
        ("copied", RIGHT, lambda one: percent(one.copied, one.words)),
        ("shared", RIGHT, lambda one: percent(one.shared, one.words)) if shares else None,
        ("quotes", RIGHT, lambda one: percent(one.quoted, one.words)),
        ("repeats", RIGHT, lambda one: percent(one.repeated + one.boilerplate, one.words))
        if repeats
        else None,
    )
    say()


def _name(one: StoryArticle, revised: Revised | None) -> Text:
    """Return the outlet of an article with the agency it credits, its headline and versions."""
    agency = f" ({plain(one.agency)})" if one.agency else ""
    outlet = (outlet_name(one.article.source), "cyan")
    line = styled(outlet, f"{agency}\n{plain(one.article.title)}")
    if revised is not None:
        changed = f", changed {time_of(revised.changed)}" if revised.changed else ""
        line.append(f"\n{revised.versions + 1} versions{changed}", style="dim")
    return line


def _print_timeline(versions: Sequence[Revision]) -> None:
    latest = versions[-1].article
    say(
        (f"{count(len(versions), 'version')} of one article of ", "bold"),
        outlet_name(latest.source),
    )
    for one in versions:
        say(f"{date_of(one.article.published)}  {plain(one.article.title)}", indent=2)
        print_changes(one, indent=4)
    say()


def _print_related(related: Sequence[RelatedArticle], limit: int) -> None:
    if related:
        say("\nRelated: other angles and sequels of these days, by rare names", style="bold")
    for one in related[:limit]:
        story = "" if one.story is None else f"; story {one.story}"
        say(where_article(one.article), indent=2)
        say(f"{plain(', '.join(one.names))}{story}", style="dim", indent=4)
    tell_more(len(related) - limit)


def print_changes(one: Revision, indent: int) -> None:
    """Print the facts that changed, and who still has them as before.

    Of a text that was written anew those come first that stand in another's stead.
    """
    shown = sorted(one.facts, key=lambda fact: not fact.conflicting)[:_FACTS_SHOWN]
    for fact in shown:
        before, after = plain(fact.before) or "none", plain(fact.after) or "none"
        say(styled(f"{fact.kind}: ", (before, "red"), " -> ", (after, "green")), indent=indent)
    if left := len(one.facts) - len(shown):
        where = shlex.quote(one.article.document_id)
        say(f"{left:,} more; topicwire article {where} shows all.", style="dim", indent=indent)
    for still in one.still:
        told = tell_still(still, one.article)
        say(f"{plain(told)}: {plain(still.article.title)}", style="bold yellow", indent=indent)


def _print_copy(one: StoryArticle, source: TextSource, text: str, *, diff: bool) -> None:
    order = "before it" if source.earlier else "order unknown"
    order = "the agency it credits" if source.credited else order
    order = f"{order}, the same outlet" if source.same_outlet else order
    say((f"{source.share:.0%} of ", "bold"), where_article(one.article))
    say((f"stands in ({order}) ", "bold"), where_article(source.article))
    for kind, before, after in source.conflicts:
        changed = f"changed {kind}: {plain(before)} -> {plain(after)}"
        say(changed, style="bold yellow", indent=2)
    if diff:
        say()
        out = console()
        out.print(lay_side_by_side(text, one.text, source.spans, marked=out.color_system is None))
        return
    _print_stretches("cut", [text[c.start : c.end] for c in source.cut], "red")
    _print_stretches("added", [one.text[a.start : a.end] for a in source.added], "green")
    say()


def _print_stretches(what: str, found: Sequence[str], style: str) -> None:
    lines = [cut(words, 70) for words in found[:_STRETCHES_SHOWN]]
    if len(found) > _STRETCHES_SHOWN:
        lines.append(f"{len(found) - _STRETCHES_SHOWN} more")
    for line in lines:
        say(f"{what}: {line}", style=style, indent=2)
