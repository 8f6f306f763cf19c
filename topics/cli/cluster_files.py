"""``topicwire cluster --out``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from embeddings.errors import InputError
from topics.answers.counting import count, tell_files
from topics.cli.output import RIGHT, echo, plain, show, show_table
from topics.cli.progress import show_progress
from topics.cli.reading import print_reading

if TYPE_CHECKING:
    from embeddings.shards.status import StageStatus
    from topics.answers.cluster_files import FilesReport, FilesTopics
    from topics.answers.cluster_options import ClusterOptions
    from topics.answers.simulating import Simulation

# Of a run that set inputs aside.
SET_ASIDE = 3


@dataclass(frozen=True, kw_only=True)
class FilesOptions:
    """What ``cluster`` is asked for beyond one machine: where, on what, and in how many parts."""

    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="For corpora beyond one machine: write files to this folder, or to "
            "s3://bucket/folder; `topicwire import DIR` makes a database of them.",
        ),
    ] = None
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="local|ray",
            help="With --out: where tasks run; local: processes of this machine.",
        ),
    ] = None
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT|auto", help="With --engine ray: a cluster that runs."),
    ] = None
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="With --out: cores that tasks may use.")
    ] = None
    shards: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="With --out: parts that the corpus is cut into, by default by size."
        ),
    ] = None
    with_topics: Annotated[
        bool,
        typer.Option(
            "--with-topics",
            help="With --out: find topics in files, too; unasked where no database holds them.",
        ),
    ] = False
    remove_old: Annotated[
        bool,
        typer.Option(
            "--remove-old",
            help="With --out: at the end, remove what was made with other options before.",
        ),
    ] = False
    status: Annotated[
        bool, typer.Option("--status", help="With --out: show how far the run there is.")
    ] = False
    simulate: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            help="Estimate bytes and core-hours for N passages; with --out from its last run.",
        ),
    ] = None


def run_files(options: ClusterOptions, files: FilesOptions, *, as_json: bool) -> None:
    """Run over files, or tell how far a run is, or what one would take."""
    from topics.answers.cluster_files import cluster_files, read_progress
    from topics.answers.files_asked import list_given
    from topics.answers.simulating import simulate

    given = list_given(options)
    parts = (files.address, files.workers, files.shards)
    others = (files.engine, *parts, files.with_topics, files.remove_old)
    if files.simulate is not None:
        if files.status or any((*others, *given.values())):
            raise InputError("--simulate goes with --out alone; leave the other options out.")
        show(simulate(files.simulate, files.out), as_json, _print_simulation)
        return
    if files.out is None:
        raise InputError("Name a folder with --out DIR.")
    if files.status:
        show(read_progress(files.out), as_json, _print_status)
        return
    with show_progress() as progress:
        report = cluster_files(
            options.paths,
            files.out,
            engine=files.engine or "local",
            address=files.address,
            workers=files.workers,
            shards=files.shards,
            with_topics=files.with_topics or None,
            remove_old=files.remove_old,
            progress=progress,
            **given,
        )
    show(report, as_json, _print)
    if report.failed:
        raise typer.Exit(SET_ASIDE)


def _print(report: FilesReport) -> None:
    print_reading(report.reading, _tell_read(report))
    echo(
        f"{count(report.texts, 'distinct passage')}, of {count(report.wordings, 'wording')}, in "
        f"{count(report.shards, 'shard')}."
    )
    if report.topics is not None:
        _print_topics(report.topics)
    for note in report.notes:
        echo(f"Note: {note}")
    for failure in report.failed:
        echo(f"Set aside: {plain(failure.about)}: {plain(failure.why)}")
    if report.old:
        echo(
            f"{count(len(report.old), 'folder')} of other options or versions, "
            f"{sum(one.bytes for one in report.old) / 1e6:,.1f} MB, may go: --remove-old."
        )
    echo(_tell_work(report))
    echo(f"\nThe results are in {plain(report.out)}. Go on with:")
    echo(f"  topicwire import {plain(shlex.quote(report.out))} --db topicwire.db")


def _tell_read(report: FilesReport) -> str:
    """Say what the run is over, and how much of it was read now."""
    reading = report.reading
    files = tell_files(reading.kinds, by_kind=True)
    articles = count(report.documents, "article")
    if reading.updated:
        articles += f", {reading.updated:,} updated"
    if report.files_read == reading.files:
        return f"Read {files}: {articles}."
    if not report.files_read:
        return f"Read before: {files}, {articles}."
    return f"Read {report.files_read:,} of {files}, the others before: {articles}."


def _tell_work(report: FilesReport) -> str:
    """Say what was done, and which stages took most."""
    took = {one.name: sum(part.work for part in one.spent) for one in report.stages if one.spent}
    if not took:
        return "Nothing was left to do."
    most = ", ".join(
        f"{name} {took[name]:,.1f}" for name in sorted(took, key=took.__getitem__)[:-4:-1]
    )
    size = sum(one.bytes for one in report.stages)
    return (
        f"Done in {report.seconds:,.0f} s on {count(report.workers, 'core')}: "
        f"{sum(took.values()):,.1f} processor s in {count(len(took), 'stage')} (most in {most}), "
        f"{size / 1e6:,.1f} MB; --status lists all."
    )


def _print_topics(found: FilesTopics) -> None:
    how = (
        "those of one run on the same neighbours"
        if found.exact
        else f"found from atoms, {found.inside:.0%} of the weight inside strips: close to those of "
        "one run, and not the same"
    )
    echo(f"{count(len(found.shown), 'topic')}, on one of {count(found.levels, 'level')} ({how}):")
    show_table(
        found.shown,
        ("topic", RIGHT, lambda one: str(one[0])),
        ("passages", RIGHT, lambda one: f"{one[2]:,}"),
        ("name", 1, lambda one: plain(one[1])),
    )
    echo(f"All levels: {found.files[0]}; topics of each passage, by its hash: {found.files[1]}.")


def _print_status(stages: list[StageStatus]) -> None:
    show_table(
        stages,
        ("stage", 0, lambda one: f"{one.name} (old)" if one.old else one.name),
        ("tasks", RIGHT, lambda one: "-" if one.tasks is None else f"{one.tasks:,}"),
        ("left", RIGHT, lambda one: "-" if one.left is None else f"{one.left:,}"),
        ("MB", RIGHT, lambda one: f"{one.bytes / 1e6:,.1f}"),
        ("took", RIGHT, lambda one: f"{one.work:,.1f} s"),
        ("time left", RIGHT, lambda one: "-" if one.seconds is None else f"{one.seconds:,.0f} s"),
    )


def _print_simulation(simulation: Simulation) -> None:
    echo(f"For {simulation.passages:,} passages, worked out:")
    show_table(
        simulation.stages,
        ("stage", 0, lambda one: one.name),
        ("core-hours", RIGHT, lambda one: f"{one.hours:,.2f}"),
        ("GB", RIGHT, lambda one: f"{one.bytes / 1e9:,.2f}"),
        ("from", 1, lambda one: plain(one.source)),
    )
    echo(
        f"In all {simulation.hours:,.1f} core-hours and {simulation.bytes / 1e9:,.1f} GB; at "
        f"${simulation.price} a core-hour ${simulation.cost:,.0f}."
    )
    for note in simulation.notes:
        echo(f"Note: {note}")
