"""``topicwire story``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.counting import count, percent
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    OwnersOption,
    SinceOption,
    SourceOption,
    UntilOption,
)
from topics.cli.output import console, in_plain_words, new_table, plain, print_json
from topics.cli.side_by_side import cut, lay_side_by_side, where_article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topics.answers.story import StoryReport, StorySummary
    from topics.coverage.reuse.reuse import StoryArticle, TextSource
    from topics.coverage.reuse.voices import Join

EXAMPLE = "topicwire story 3"

_DOUBTS = {
    "coarse dates": "dates are too coarse to order them",
    "same time": "several bear the same time",
    "no dates": "no article is dated",
    "undated": "articles without a date may be older",
    "updated": "it was updated later",
    "versions": "several versions of it stand here",
}
# An article that has less of its words from another is not laid beside it unless asked for.
_LEAST_SHARE = 0.1
# Sentences cut and added that are shown of each.
_STRETCHES_SHOWN = 3


@in_plain_words
def run(
    story: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="A story; by default all are listed.")
    ] = None,
    diff: Annotated[
        bool,
        typer.Option("--diff/--no-diff", help="Lay each copy beside what it was copied from."),
    ] = True,
    owners: OwnersOption = None,
    source: SourceOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
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
    if story is not None and (source or since or until or repeats):
        raise InputError(
            "--source, --since, --until and --repeats narrow the list; leave them out, or the "
            "number of the story."
        )
    if story is None:
        from topics.answers.story import stories

        listed = stories(db, sources=source or (), since=since, until=until, across=not repeats)
        print_json(listed) if as_json else _print_list(listed, limit)
    else:
        from topics.answers.story import story as report

        found = report(story, db, owners=owners)
        print_json(found) if as_json else _print_story(found, limit, diff=diff)


def _print_list(stories: Sequence[StorySummary], limit: int) -> None:
    from rich.text import Text

    if not stories:
        typer.echo("No event is reported by several outlets.")
        return
    copied = any(one.copied for one in stories[:limit])
    table = new_table(
        ("id", {"justify": "right"}),
        ("story", {"ratio": 1}),
        ("articles", {"justify": "right"}),
        ("outlets", {"justify": "right"}),
        *([("copies", {"justify": "right"})] if copied else []),
        ("dates", {"no_wrap": True}),
    )
    for one in stories[:limit]:
        table.add_row(
            str(one.id),
            Text(plain(one.title) or "without a headline"),
            str(one.articles),
            str(len(one.outlets)) if one.outlets else "?",
            *([str(one.copied) if one.copied else ""] if copied else []),
            _range(one.first[:10], one.last[:10]),
        )
    console().print(table)
    if len(stories) > limit:
        typer.echo(f"{len(stories) - limit} more; --limit shows more, --json all.")


def _range(first: str, last: str) -> str:
    """Return two dates, a year that they have in common once where both are as exact."""
    if first == last:
        return first or "no date"
    same_year = first[:4] == last[:4] and len(first) == len(last)
    return f"{first} to {last[5:] if same_year else last}"


def _print_story(found: StoryReport, limit: int, *, diff: bool) -> None:
    from rich.text import Text

    out = console()
    out.print(Text(plain(found.title) or "without a headline", style="bold"))
    outlets = count(len(found.outlets), "outlet") if found.outlets else "no known outlet"
    out.print(
        f"Story {found.id}: {count(len(found.articles), 'article')}, {outlets}, "
        f"{count(len(found.voices), 'independent voice')}; cohesion {found.cohesion:.2f}\n"
    )
    _print_first(found)
    _print_articles(found.articles[:limit])
    if len(found.articles) > limit:
        out.print(f"{len(found.articles) - limit} more; --limit shows more, --json all.\n")
    for voice in found.voices:
        for join in voice.joins:
            out.print(Text(_in_words(join)))
    if found.voices and any(voice.joins for voice in found.voices):
        out.print()
    copies = _copies(found.articles)
    texts = {one.article.document_id: one.text for one in found.articles}
    for one, source in copies[:limit]:
        _print_copy(one, source, texts[source.article.document_id], diff=diff)
    if len(copies) > limit:
        out.print(f"{len(copies) - limit} more copies; --limit shows more, --json all.")
    if found.strangers:
        names = ", ".join(map(plain, found.strangers))
        out.print(f"Not in this corpus, though owned in the file: {names}.")


def _copies(articles: Sequence[StoryArticle]) -> list[tuple[StoryArticle, TextSource]]:
    """Return what is worth laying side by side, two articles once."""
    found, seen = [], set()
    for one in articles:
        for source in one.sources:
            pair = frozenset((one.article.document_id, source.article.document_id))
            if source.share >= _LEAST_SHARE and pair not in seen:
                seen.add(pair)
                found.append((one, source))
    return found


def _print_first(found: StoryReport) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    if found.first_is_certain:
        out.print(Text("Earliest here: ").append_text(where_article(found.first[0])))
    elif len(found.first) == 1:
        why = "; ".join(_DOUBTS[doubt] for doubt in found.doubts)
        out.print(Text("Earliest here, perhaps: ").append_text(where_article(found.first[0])))
        out.print(Padding(Text(f"uncertain: {why}", style="dim"), (0, 0, 0, 2)))
    else:
        why = "; ".join(_DOUBTS[doubt] for doubt in found.doubts)
        out.print(f"Earliest here is one of {len(found.first)}: {why}")
        for article in found.first[:5]:
            out.print(Padding(where_article(article), (0, 0, 0, 2)))
    for stated in found.agencies:
        name = plain(stated.agency) or "agencies"
        here = (
            f"here as {', '.join(map(plain, stated.outlets))}"
            if stated.outlets
            else "not an outlet of this corpus"
            if stated.agency
            else "who they are is not said"
        )
        credited = [
            plain(one.source) or "unknown outlet" for one in (*stated.alone, *stated.shared)
        ]
        out.print(Text(f"Credited: {name} ({here}), by {', '.join(dict.fromkeys(credited))}"))
    out.print()


def _print_articles(articles: Sequence[StoryArticle]) -> None:
    from rich.text import Text

    repeats = any(one.repeated + one.boilerplate for one in articles)
    table = new_table(
        ("date", {"no_wrap": True}),
        ("outlet and headline", {"ratio": 1}),
        ("words", {"justify": "right"}),
        ("own", {"justify": "right"}),
        ("copied", {"justify": "right"}),
        ("quotes", {"justify": "right"}),
        *([("repeats", {"justify": "right"})] if repeats else []),
    )
    for one in articles:
        name = Text(plain(one.article.source) or "unknown outlet", style="cyan")
        if one.agency:
            name.append(f" ({plain(one.agency)})", style="default")
        name.append(f"\n{plain(one.article.title)}", style="default")
        table.add_row(
            one.article.published.replace("T", " ") or "no date",
            name,
            f"{one.words:,}",
            percent(one.own, one.words),
            percent(one.copied, one.words),
            percent(one.quoted, one.words),
            *([percent(one.repeated + one.boilerplate, one.words)] if repeats else []),
        )
    console().print(table)
    console().print()


def _in_words(join: Join) -> str:
    a, b = plain(join.a), plain(join.b)
    if join.reason == "owner":
        return f"One voice: {a} and {b} belong to {plain(join.detail)}."
    if join.reason == "agency":
        return f"One voice: {a} and {b} carry {plain(join.detail)}."
    if not join.directed:
        return (
            f"One voice: {b} shares {join.share:.0%} of its words with {a}, and {a} "
            f"{join.back:.0%} with {b}; order unknown."
        )
    return f"One voice: {b} has {join.share:.0%} of its words from {a}."


def _print_copy(one: StoryArticle, source: TextSource, text: str, *, diff: bool) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    order = "before it" if source.earlier else "order unknown"
    order = f"{order}, the same outlet" if source.same_outlet else order
    line = Text(f"{source.share:.0%} of ", style="bold").append_text(where_article(one.article))
    out.print(line)
    out.print(
        Text(f"stands in ({order}) ", style="bold").append_text(where_article(source.article))
    )
    for kind, before, after in source.conflicts:
        changed = f"changed {kind}: {plain(before)} -> {plain(after)}"
        out.print(Padding(Text(changed, style="bold yellow"), (0, 0, 0, 2)))
    if diff:
        out.print()
        out.print(lay_side_by_side(text, one.text, source.spans, marked=out.color_system is None))
        return
    _print_stretches("cut", [text[c.start : c.end] for c in source.cut], "red")
    _print_stretches("added", [one.text[a.start : a.end] for a in source.added], "green")
    out.print()


def _print_stretches(what: str, found: Sequence[str], style: str) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    for words in found[:_STRETCHES_SHOWN]:
        out.print(Padding(Text(f"{what}: {cut(words, 70)}", style=style), (0, 0, 0, 2)))
    if len(found) > _STRETCHES_SHOWN:
        out.print(
            Padding(
                Text(f"{what}: {len(found) - _STRETCHES_SHOWN} more", style=style), (0, 0, 0, 2)
            )
        )
