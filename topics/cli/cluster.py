"""``topicwire cluster``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embeddings.errors import InputError
from topics.answers.arguments import spread
from topics.answers.cluster_options import ClusterOptions
from topics.answers.counting import (
    count,
    from_outlets,
    tell_copies,
    tell_languages,
)
from topics.cli.anew import print_anew
from topics.cli.cluster_files import FilesOptions, run_files
from topics.cli.options import (
    DEFAULT_DB,
    DbOption,
    JsonOption,
    OwnersOption,
    read_columns,
    read_count,
    repeat_db,
)
from topics.cli.output import echo, plain, print_json, say, show, styled
from topics.cli.progress import show_progress
from topics.cli.reading import PROBLEMS_SHOWN, print_reading, shorten_path
from topics.cli.topic_changes import tell_changes
from topics.cli.topics import print_levels, print_topics

if TYPE_CHECKING:
    from topics.answers.cluster import ClusterReport
    from topics.answers.info import RemovedLine
    from topics.naming.model_names import NamingReport

EXAMPLE = "topicwire cluster articles/ --topics topics.toml"

# How each field of the options is asked for.
_ASKED: dict[str, Any] = {
    "paths": Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files and folders of articles (.txt .md .html .jsonl .csv); - for JSON lines "
            "of standard input; none: go over what is stored.",
        ),
    ],
    "guided": Annotated[
        Path | None, typer.Option("--topics", metavar="FILE", help="Your own topics, in TOML.")
    ],
    "forget_guided": Annotated[
        bool, typer.Option("--no-topics", help="Forget the topics given by an earlier --topics.")
    ],
    "every": Annotated[
        bool | None,
        typer.Option("--every/--not-every", help="Put every passage under one of your own topics."),
    ],
    "topics_count": Annotated[
        str | None,
        typer.Option(
            metavar="N|auto", callback=read_count, help="Show exactly N topics; auto at first."
        ),
    ],
    "stability": Annotated[
        bool | None,
        typer.Option(
            "--stability/--no-stability",
            help="Measure how far topics return when a fifth of the passages is left out.",
        ),
    ],
    "anew": Annotated[
        bool,
        typer.Option("--anew", help="Show what finding topics anew would change; changes nothing."),
    ],
    "take_anew": Annotated[bool, typer.Option("--yes", help="With --anew: take what is found.")],
    "name_with": Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="URL MODEL",
            help="Ask this OpenAI-compatible endpoint for names of discovered topics; sends it "
            "key phrases and parts of passages.",
        ),
    ],
    "owners": OwnersOption,
    "source": Annotated[
        str,
        typer.Option(metavar="OUTLET", help="The outlet; by default the folder of each file."),
    ],
    "encoding": Annotated[
        str, typer.Option(metavar="NAME", help="Encoding of the files, where it is guessed wrong.")
    ],
    "follow_links": Annotated[
        bool,
        typer.Option("--follow-links", help="Also read what links in a folder lead to outside it."),
    ],
    "model": Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FOLDER|static",
            help="A sentence-transformers model (a name may download), or static: much faster, "
            "less exact.",
        ),
    ],
    "precision": Annotated[
        str | None,
        typer.Option(
            metavar="auto|float32|bfloat16|int8",
            help="Number format of the encoder; auto at first.",
        ),
    ],
    "device": Annotated[
        str,
        typer.Option(metavar="auto|cpu|cuda|mps", help="Where to embed; auto: a GPU if any."),
    ],
    "dimensions": Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Cut vectors to N numbers, for models trained for it (Matryoshka)."
        ),
    ],
}


@spread("options", ClusterOptions, _ASKED)
@spread("files", FilesOptions)
def run(
    *,
    options: ClusterOptions,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=NAME",
            help="Which column of a .csv or .jsonl file holds a field (text, title, source, "
            "date, url, id): --column text=body; may be repeated.",
        ),
    ] = None,
    month_first: Annotated[
        bool, typer.Option("--month-first", help="Read 05/11/2013 as 11 May, not 5 November.")
    ] = False,
    files: FilesOptions,
    show_removed: Annotated[
        bool, typer.Option("--show-removed", help="List the page furniture that was left out.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Read articles, embed their paragraphs, find copies and topics."""
    if options.take_anew and not options.anew:
        raise InputError("--yes goes with --anew; leave it out.")
    given: dict[str, Any] = {
        "db": db,
        "columns": read_columns(column or (), "text=body"),
        "date_order": "MDY" if month_first else "DMY",
    }
    if files.out is not None or files.simulate is not None:
        if show_removed or db != DEFAULT_DB:
            raise InputError(
                "--out makes no database, which --db and --show-removed need; leave them out."
            )
        asked = ClusterOptions(**vars(options) | given | {"db": "topicwire.db"})
        run_files(asked, files, as_json=as_json)
        return
    for name, value in vars(files).items():
        if value is not None and value is not False:
            raise InputError(f"--{name.replace('_', '-')} goes with --out DIR.")
    from topics.answers.cluster import cluster
    from topics.answers.info import removed_lines

    with show_progress() as progress:
        report = cluster(**vars(options) | given | {"progress": progress})
    if as_json and show_removed:
        print_json({"report": report, "removed": removed_lines(db)})
        return
    show(report, as_json, print_report)
    if show_removed:
        _print_removed(removed_lines(db))


def print_report(report: ClusterReport) -> None:
    """Say what a run did, and what there is now."""
    print_reading(report.reading)
    _print_corpus(report)
    _print_embedding(report)
    _print_found(report)
    if report.naming is not None:
        _print_naming(report.naming)
    echo()
    print_topics(report.topics)
    print_levels(report.levels)
    if report.anew is not None:
        print_anew(report.anew, report.db)
    echo(f"\nThe results are in {report.db}. Go on with:")
    for command in ("topics --passages", 'search "your words"', "copies", "story", "map map.png"):
        echo(f"  topicwire {command}{repeat_db(report.db)}")


def _print_corpus(report: ClusterReport) -> None:
    echo(
        f"{count(report.passages, 'passage')} in {count(report.documents, 'article')}"
        f"{from_outlets(report.outlets)}; {count(report.removed, 'line')} of page furniture "
        f"left out{_describe_repeated(report.furniture)}."
    )
    if len(report.languages) > 1:
        echo(f"Languages: {tell_languages(report.languages)}.")
    if report.reading.changing:
        echo(_describe_changing(report.reading.changing))


def _describe_changing(changing: Mapping[str, tuple[str, str]]) -> str:
    """Say which articles change their language half-way."""
    (name, (first, last)), others = next(iter(changing.items())), len(changing) - 1
    more = f", and so {'does' if others == 1 else 'do'} {others} more" if others else ""
    return (
        f"  {plain(shorten_path(name))} begins in {first} and ends in {last}{more}; one language "
        "is noted of an article, that of most of its beginning."
    )


def _describe_repeated(passages: int) -> str:
    if not passages:
        return ""
    return f", and {count(passages, 'passage')} that an outlet repeats under its articles"


def _print_embedding(report: ClusterReport) -> None:
    if report.embedding.embedded:
        echo(
            f"Embedded {count(report.embedding.embedded, 'text')} in "
            f"{report.embedding_seconds:.1f} s with {report.encoder}."
        )
    if report.embedding.windowed:
        echo(
            f"{count(report.embedding.windowed, 'text')} longer than the model reads at once: "
            "read in windows, and pooled by length."
        )
    for note in report.notes:
        echo(f"Note: {note}")


def _print_found(report: ClusterReport) -> None:
    """Say what was found of copies and stories, and what became of topics and edits."""
    for what, found in {"copies": "none", **tell_copies(report.copies)}.items():
        echo(f"{what.capitalize()}: {found}.")
    if report.outlets:
        echo(f"{count(report.stories, 'story')} of several outlets.")
    else:
        echo("No outlet is known; `topicwire story` lists the stories of all articles.")
    if report.previous_topics:
        echo(f"{report.moved:.0%} of the passages changed topic since the last run.")
    for line in tell_changes(report.changes, report.topic_names):
        echo(f"  {plain(line)}")
    if report.idle_edits:
        echo(
            f"{count(len(report.idle_edits), 'edit')} could not be obeyed: "
            f"{', '.join(map(str, report.idle_edits))}; see `topicwire edit list`."
        )


def _print_naming(naming: NamingReport) -> None:
    echo(
        f"Names: {count(naming.named, 'topic')} named by {plain(naming.model)}, asked "
        f"{count(naming.calls, 'time')}; {count(naming.characters, 'character')} were sent to "
        f"{plain(naming.url)}."
    )
    earlier = set(naming.earlier)
    reasons = Counter((one in earlier, reason) for one, reason in naming.failures)
    for (had, reason), times in reasons.most_common(PROBLEMS_SHOWN):
        kept = "an earlier name by a model" if had else "the name of the key phrases"
        echo(f"  {count(times, 'topic')} kept {kept}: {plain(reason)}")
    if naming.stopped:
        echo(f"  {naming.stopped}")


def _print_removed(lines: list[RemovedLine]) -> None:
    say("\nPage furniture left out, by article and rule:")
    for (article, title), of_article in groupby(lines, lambda one: (one.document_id, one.title)):
        say(styled((f"\n{plain(title or article)}", "bold")))
        say(styled((f"  {plain(article)}", "dim")))
        for line in of_article:
            say(f"  {line.rule:<18} {plain(line.text)}")
