"""``topicwire copies``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from topics.answers.counting import count, tell_copies
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    filtered,
)
from topics.cli.output import echo, plain, print_json, say, show
from topics.cli.side_by_side import describe_change, where, where_article

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from embeddings.corpus.citations import Quotation
    from embeddings.words.alignment import Change
    from topics.answers.article_copies import ArticlePair
    from topics.answers.copies import CopyListing, CopyReport
    from topics.answers.why_not import PairExplanation

EXAMPLE = "topicwire copies --kind near_copy --source harbour-courier"

# Members of a group, by date, that the table shows.
MEMBERS_SHOWN = 12

_HEADINGS = {
    "exact": "Exact copies",
    "near_copy": "Same wording, other facts (not copies)",
    "contains": "Passages inside a longer one",
    "same_event": "Same event, in words of their own (not copies)",
}
_PAIR_HEADINGS = _HEADINGS | {"near_copy": "Near copies, and same wording with other facts"}
# Of articles whose facts conflict: see "Same wording, other facts" for passages.
_OTHER_FACTS = "Same wording, other facts"
_ARTICLE_HEADINGS = {
    "exact": "One text",
    "near_copy": "Near copy",
    "contains": "The second stands inside the first",
}


@filtered()
def run(
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND", help="exact, near_copy, contains or same_event; may be repeated."
        ),
    ] = None,
    *,
    filters: Filters,
    least_share: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Only what shares so much of the words: 0 to 1."),
    ] = 0.0,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="List pairs of copies in place of groups.")
    ] = False,
    articles: Annotated[
        bool, typer.Option("--articles", help="Compare whole articles in place of passages.")
    ] = False,
    why_not: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="A B", help="Say why two passages, by number, were not joined."),
    ] = None,
    sharing: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="copied, unless it is given; quotation, boilerplate, update or repeat (within "
            "one outlet), or all; may be repeated.",
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the pairs as a table, too.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, help="The most groups, and pairs of a kind, to show."),
    ] = 20,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List passages that several outlets share: copies, edited copies, same events."""
    wanted = {"kinds": kind or (), "least_share": least_share, "sharing": sharing or ()}
    if why_not is not None and (
        articles or pairs or csv is not None or any(wanted.values()) or filters != Filters()
    ):
        raise InputError("--why-not A B stands alone; leave the other options out.")
    if articles and pairs:
        raise InputError("--articles lists pairs as it is; leave --pairs out.")
    shown = None if as_json else limit
    if why_not is not None:
        from topics.answers.why_not import why_not as explain

        show(explain(*why_not, db=db), as_json, _print_explanation)
    elif articles:
        listed, left = _find_articles(db, filters, wanted, csv, shown)
        print_json(listed) if as_json else _print_articles(listed, left)
    else:
        report, more = _find_passages(db, filters, wanted | {"pairs": pairs}, csv, shown)
        print_json(report) if as_json else _print(report, more)


def _find_articles(
    db: Path, filters: Filters, wanted: dict[str, Any], csv: Path | None, limit: int | None
) -> tuple[Sequence[ArticlePair], int]:
    """Return pairs of articles, and how many more there are; all of them go into a table."""
    from topics.answers.article_copies import ArticlePair, list_article_copies

    if csv is None:
        return list_article_copies(db, filters, **wanted, limit=limit)
    listed, _ = list_article_copies(db, filters, **wanted)
    _write(listed, ArticlePair, csv, db)
    return listed[:limit], len(listed[limit:]) if limit is not None else 0


def _find_passages(
    db: Path, filters: Filters, wanted: dict[str, Any], csv: Path | None, limit: int | None
) -> tuple[CopyReport, Counter[str]]:
    """Return groups or pairs of passages, and how many more; all pairs go into a table."""
    from topics.answers.copies import PairListing, list_copies

    found = list_copies(db, filters, **wanted, limit=limit)
    if csv is not None:
        rows, _ = list_copies(db, filters, **wanted | {"pairs": True})
        _write(rows.pairs, PairListing, csv, db)
    return found


def _write(rows: Sequence[Any], kind: type, csv: Path, db: Path) -> None:
    """Write pairs of a kind as a table."""
    from topics.answers.spreadsheets import write_csv

    write_csv(csv, rows, kind, db=db)
    echo(f"{csv}: {count(len(rows), 'pair')}", err=True)


def _print(report: CopyReport, more: Counter[str]) -> None:
    if not (report.groups or report.pairs):
        echo("No passage is shared as was asked for.")
    for listing in report.groups:
        _print_group(listing)
    _say_left(more["group"], "group")
    heads = _HEADINGS if report.groups else _PAIR_HEADINGS
    for kind, heading in heads.items():
        of_kind = [pair for pair in report.pairs if pair.kind == kind]
        if of_kind:
            say(f"{heading}\n", style="bold underline")
        for pair in of_kind:
            _print_both(pair.a, pair.b)
            if told := _tell_sharing(pair.sharing):
                say((told, "dim"), indent=2)
            if kind == "near_copy":
                _print_changes(pair.changes)
            say()
        _say_left(more[kind], "pair")
    if report.left_out:
        say("Not shown, unless --sharing asks for it:")
        for what, found in tell_copies(report.left_out).items():
            say(f"{what}: {found}", indent=2)


def _say_left(left: int, noun: str) -> None:
    if left > 0:
        echo(f"{count(left, f'more {noun}')}; --limit shows more, --json all.\n")


def _print_group(listing: CopyListing) -> None:
    title = "Exact copy" if listing.kind == "exact" else "Near copy"
    outlets = count(len(listing.outlets), "outlet") if listing.outlets else "no known outlet"
    say((f"{title}, {outlets}", "bold"), _tell_sharing(listing.sharing))
    say(plain(listing.first.text), indent=2)
    for member in listing.members[:MEMBERS_SHOWN]:
        line = where(member.passage)
        if member.passage == listing.first:
            line.append(_tell_first(listing))
        elif not member.changes:
            line.append("  the same words", style="dim")
        else:
            line.append(f"  {member.share:.0%} the same", style="dim")
        say(line, indent=2)
        _print_changes(member.changes)
    if len(listing.members) > MEMBERS_SHOWN:
        left = len(listing.members) - MEMBERS_SHOWN
        say(f"and {left:,} more; --json lists all", indent=2)
    say()


def _tell_first(listing: CopyListing) -> str:
    """Say how sure it is who had a text first, ``""`` within one outlet or article."""
    if not listing.across or listing.sharing == "repeat":
        return ""
    if listing.first_is_certain:
        return "  first seen"
    dates = {member.passage.published for member in listing.members}
    return "  order unknown" if len(dates) == 1 else "  first seen, uncertain"


def _tell_sharing(sharing: str) -> str:
    """Say what kind of sharing it is, where it is not what a list is of by default."""
    return "" if sharing in ("", "copied") else f"  {sharing}"


def _print_both(*passages: Quotation) -> None:
    for passage in passages:
        say(where(passage))
        say(plain(passage.text), indent=2)


def _print_changes(changes: Sequence[Change]) -> None:
    for change in changes:
        say(describe_change(change), indent=6)


def _print_articles(pairs: Sequence[ArticlePair], left: int) -> None:
    if not pairs:
        echo("No article repeats another of a different outlet.")
    for pair in pairs:
        versions = pair.kind == "near_copy" and pair.conflicts
        heading = _OTHER_FACTS if versions else _ARTICLE_HEADINGS[pair.kind]
        shares = f"  {pair.share_a:.0%} of the first, {pair.share_b:.0%} of the second"
        say((heading, "bold"), (shares, "dim"))
        for article in (pair.a, pair.b):
            say(where_article(article), indent=2)
        for kind, before, after in pair.conflicts:
            say(f"{kind}: {plain(before)} -> {plain(after)}", style="bold yellow", indent=6)
        say()
    _say_left(left, "pair")


def _print_explanation(found: PairExplanation) -> None:
    _print_both(found.a, found.b)
    say(f"From the two texts alone: {found.paraphrase:.0%} likely to say the same.\n")
    for one in found.explanations:
        say(one.verdict, style="bold")
        for step in one.steps:
            sign, style = ("+", "green") if step.passed else ("-", "red")
            say(f"{sign} {plain(step.sentence)}", style=style, indent=2)
        say()
