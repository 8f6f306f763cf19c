"""``topicwire article``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from topics.answers.counting import count
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import (
    RIGHT,
    date_of,
    echo,
    marked,
    outlet_name,
    plain,
    say,
    show,
    show_table,
    styled,
    tell_more,
    time_of,
)
from topics.cli.side_by_side import cut, describe_change

if TYPE_CHECKING:
    from rich.text import Text

    from topics.answers.article import ArticlePassage, ArticleReport, ArticleVersion

EXAMPLE = "topicwire article https://www.example.com/2024/03/05/ferry"

# Outlets named where a passage stands elsewhere too, and lines of furniture that are shown.
_OUTLETS_SHOWN, _LINES_SHOWN = 3, 5


def run(
    article: Annotated[
        str,
        typer.Argument(metavar="ID", help="Its id or web address, or a part of one."),
    ],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="The most changes of a version to show.")
    ] = 20,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show an article: its versions and addresses, its passages, and where else they stand."""
    from topics.answers.article import article as find

    def tell(found: ArticleReport) -> None:
        _print(found, limit)

    show(find(article, db), as_json, tell)


def _print(found: ArticleReport, limit: int) -> None:
    say(plain(found.title) or "without a headline", style="bold")
    say((outlet_name(found.source), "cyan"), f", {date_of(found.published)}\n")
    others = list(dict.fromkeys(url for url, _ in found.addresses if url not in ("", found.url)))
    files = list(dict.fromkeys(path for _, path in found.addresses if path != found.path))
    rows = [
        ("id", found.id),
        ("address", found.url),
        *(("also at", url) for url in others),
        ("file", found.path),
        *(("also in", path) for path in files),
        ("first read", time_of(found.first_read)),
        ("changed", _describe_changes(found)),
        ("story", f"{found.story} (`topicwire story {found.story}`)" if found.story else ""),
    ]
    shown = [row for row in rows if row[1]]
    fold = {"ratio": 1, "overflow": "fold"}
    show_table(shown, ("", 0, lambda row: row[0]), ("", fold, lambda row: plain(row[1])))
    titles = [*(one.title for one in found.versions), found.title][1:]
    for version, title in zip(found.versions, titles, strict=True):
        _print_version(version, title, limit)
    echo()
    show_table(
        found.passages,
        ("id", RIGHT, lambda one: one.passage_id),
        ("passage", 3, lambda one: marked(one.text, ())),
        ("topic and copies", 1, _describe_passage),
        apart=True,
    )
    if found.removed:
        echo(f"\n{count(len(found.removed), 'line')} left out as page furniture:")
        for line in found.removed[:_LINES_SHOWN]:
            echo(f"  {plain(line.rule)}: {cut(line.text)}")
        tell_more(len(found.removed) - _LINES_SHOWN)


def _describe_changes(found: ArticleReport) -> str:
    if not found.versions:
        return "not since"
    return f"{time_of(found.changed)}; {count(len(found.versions), 'other version')} below"


def _print_version(version: ArticleVersion, next_title: str, limit: int) -> None:
    dated = f", dated {date_of(version.published)}" if version.published else ""
    changes = count(len(version.changes), "change")
    say(f"\nVersion read {time_of(version.read)}{dated}; to the next {changes}:", style="bold")
    if version.title != next_title:
        headlines = (plain(version.title), "red"), " -> ", (plain(next_title), "green")
        say("headline: ", *headlines, indent=2)
    for change in version.changes[:limit]:
        say(describe_change(change), indent=2)
    tell_more(len(version.changes) - limit, "more changes")


def _describe_passage(one: ArticlePassage) -> Text:
    """Return a passage's topic, and below it the outlets that have it too."""
    lines = styled((plain(one.topic) or "no topic yet", "cyan"))
    outlets = list(dict.fromkeys(outlet_name(copy.source) for copy in one.copies))
    if one.copies:
        named = ", ".join(outlets[:_OUTLETS_SHOWN])
        more = f" and {len(outlets) - _OUTLETS_SHOWN} more" if len(outlets) > _OUTLETS_SHOWN else ""
        copies = "copy" if len(one.copies) == 1 else "copies"
        lines.append(f"\n+ {len(one.copies)} {copies}: {named}{more}", style="magenta")
    return lines
