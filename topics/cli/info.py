"""``topicwire info``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import StoreError
from topics.answers.counting import count, from_outlets, tell_copies, tell_languages
from topics.cli.options import DEFAULT_DB, DbOption, JsonOption
from topics.cli.output import (
    RIGHT,
    console,
    date_of,
    echo,
    list_outlets,
    plain,
    show,
    show_table,
    tell_more,
)
from topics.cli.progress import show_progress

if TYPE_CHECKING:
    from pathlib import Path

    from topics.answers.check import CheckReport, RepairReport
    from topics.answers.info import CorpusInfo

EXAMPLE = "topicwire info --problems"

MOST_NAMES = 10


def run(
    problems: Annotated[
        bool,
        typer.Option(
            "--problems", help="List what could not be read, and why, and what was counted once."
        ),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check all that is stored for damage.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Make anew what is damaged and follows from the articles."),
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Say what the database holds, what was left out of it, and whether it is damaged."""
    from topics.answers.info import info

    if repair:
        _repair(db, as_json)
        return
    if check:
        _check(db, as_json)
        return
    show(info(db), as_json, _print_problems if problems else _print_contents)


def _check(db: Path, as_json: bool) -> None:
    from topics.answers.check import advise, check

    report = check(db)
    show(report, as_json, _print_checks)
    if report.damaged():
        raise StoreError(advise(report))


def _repair(db: Path, as_json: bool) -> None:
    from topics.answers.check import advise, repair

    with show_progress() as progress:
        report = repair(db, progress)
    show(report, as_json, _print_repair)
    if report.after.damaged() or report.dropped.chosen:
        raise StoreError(advise(report.after, report.dropped.chosen))


def _print_repair(report: RepairReport) -> None:
    _print_checks(report.before)
    if report.rebuilt:
        made = ", ".join(report.dropped.stages) or "nothing but indexes and vectors"
        echo(f"Made anew: {made}. What is there now:")
        _print_checks(report.after)


def _print_checks(report: CheckReport) -> None:
    show_table(
        report.checks,
        ("", 0, lambda check: check.what),
        ("checked", RIGHT, lambda check: f"{check.checked:,}"),
        ("damaged", RIGHT, lambda check: f"{len(check.damaged):,}"),
        ("no checksum", RIGHT, lambda check: f"{check.unknown:,}"),
    )
    for what, names in report.damaged().items():
        for name in names[:MOST_NAMES]:
            echo(f"damaged, of the {what}: {plain(name)}")
        tell_more(len(names) - MOST_NAMES, f"more of the {what} are damaged")
    if not report.damaged():
        echo("Nothing is damaged.")


def _print_problems(found: CorpusInfo) -> None:
    for path, line, message in found.problems:
        place = f"{path}, line {line}" if line else path
        echo(f"{plain(place)}: {plain(message)}")
    if not found.problems:
        echo("Everything could be read.")
    for path, url, document_id in found.twins:
        again = f"{url} is {document_id}" if url not in ("", document_id) else document_id
        echo(f"{plain(path)}: {plain(again)}, met once more; counted once")


def _print_contents(found: CorpusInfo) -> None:
    dates = f"{date_of(found.earliest)} to {date_of(found.latest)}" if found.earliest else "none"
    undated = f", {count(found.undated, 'article')} without one" if found.undated else ""
    unnamed = found.documents - sum(number for _, number in found.outlets)
    unknown = f", {unnamed:,} of no known outlet" if unnamed and found.outlets else ""
    removed = sum(number for _, number in found.removed)
    and_repeated = f", {count(found.furniture, 'repeated passage')}" if found.furniture else ""
    rows = {
        "database": f"{plain(found.path)}, {found.bytes / 1e6:.1f} MB",
        "articles": f"{found.documents:,}{from_outlets(len(found.outlets))}{unknown}",
        "read from": plain(", ".join(f"{number:,} {kind}" for kind, number in found.kinds if kind)),
        "outlets": list_outlets(found.outlets, 12) or "none known",
        "owners": plain(_owners(found)),
        "dates": dates + undated,
        "filled": _filled(found),
        "languages": tell_languages(found.languages),
        "passages": f"{found.passages:,}, {found.distinct:,} distinct",
        "furniture": f"{count(removed, 'line')} left out{and_repeated}"
        + (
            " (`topicwire cluster --show-removed` lists them)" if removed or found.furniture else ""
        ),
        "model": plain(found.encoder.get("name", "none yet")),
        "search": f"by an index that finds {found.search['recall']:.1%} of the ten nearest"
        if found.search
        else "without an index, all compared; the next `topicwire cluster` makes one",
        "topics": f"{found.topics_shown:,} shown and {count(found.subtopics, 'part')} of them, "
        f"{found.topics:,} on all levels",
        "copies": "none",
        **tell_copies(found.copies),
        "stories": f"{found.stories:,}, {found.stories_across:,} of them of several outlets"
        f"{_too_short(found)}",
        "by hand": f"{count(found.edits, 'edit')}, {count(found.answers, 'answer')}",
        "met again": f"{len(found.twins):,} under other addresses or in other files"
        if found.twins
        else "",
        "unread": f"{len(found.problems)} (`topicwire info --problems` lists them)"
        if found.problems
        else "none",
    }
    shown = [row for row in rows.items() if row[1]]
    show_table(shown, ("", 0, lambda row: row[0]), ("", 1, lambda row: row[1]))
    if found.unclustered:
        verb = "has" if found.unclustered == 1 else "have"
        console().print(
            f"{count(found.unclustered, 'passage')} {verb} no topic yet: a run was stopped; "
            "`topicwire cluster` goes on from there."
        )


def _filled(found: CorpusInfo) -> str:
    """Say what articles do not state themselves."""
    folder = f"{count(found.from_folder, 'article')} called after the folder of their file"
    told = [f"outlet of {folder}"] * bool(found.from_folder)
    told += [f"no title in {count(found.untitled, 'article')}"] * bool(found.untitled)
    return "; ".join(told)


def _owners(found: CorpusInfo) -> str:
    """Say who owns which outlets, and what else outlets are called."""
    owned = [f"{name}: {owner}" for name, owner in sorted(found.owners.items())]
    other = [f"{name} is {outlet}" for name, outlet in sorted(found.aliases.items())]
    return "; ".join(", ".join(some) for some in (owned, other) if some)


def _too_short(found: CorpusInfo) -> str:
    if not found.too_short:
        return ""
    return f"; {count(len(found.too_short), 'article')} too short for one, listed by --json"
