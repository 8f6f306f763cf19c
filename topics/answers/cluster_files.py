"""From files to the files of a run over shards: ``topicwire cluster --out``."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.articles.files import with_codec
from embeddings.corpus.intake import ReadingReport
from embeddings.corpus.versions import now
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import NAME
from embeddings.engines.opening import open_engine
from embeddings.errors import InputError
from embeddings.progress import listen
from embeddings.shards.inputs import Input, find_inputs
from embeddings.shards.notes import read_manifest
from embeddings.shards.place import Place
from embeddings.shards.runs import Failure, Spent, open_run
from embeddings.shards.stages import digest
from embeddings.shards.status import (
    StageStatus,
    list_old_folders,
    read_status,
    remove_old_folders,
)
from embeddings.words.copy_options import CopyOptions
from topics.answers.cluster_options import ClusterOptions, Progress
from topics.answers.counting import describe_nothing
from topics.answers.encoder import lasting_name
from topics.answers.files_asked import (
    check_options,
    find_asked,
    find_owners,
    find_paths,
    refuse_others,
)
from topics.pipeline.sharded.articles import gather_reports
from topics.pipeline.sharded.parts import METHOD, Settings
from topics.pipeline.sharded.plan import STAGES, Sharded, read_files, run_stages

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder
    from embeddings.engines.protocol import Engine

# What workers import before their first task.
PRELOAD = "topics.pipeline.sharded.ready"
# Bytes of input for each shard, where the user gives no number of shards.
_SHARD_BYTES = 64 << 20


@dataclass(frozen=True)
class StageCost:
    """What a stage came to.

    Attributes:
        name: Of the stage.
        tasks: How many.
        bytes: Of their files.
        rows: Of these.
        spent: Of what was done in this run, by worker.
    """

    name: str
    tasks: int
    bytes: int
    rows: int
    spent: tuple[Spent, ...]


@dataclass(frozen=True)
class FilesTopics:
    """The topics that a run over files found.

    Attributes:
        exact: Whether they were found on the graph of all rows, as one run finds them; else on that
            of atoms (``docs/decisions/scale.md``).
        inside: Of the edges' weight the share inside strips, in which atoms were found.
        default: The level that is shown first; 0 is the broadest.
        levels: How many there are.
        shown: Topics on that level, the largest first: number, name, texts.
        files: Folder of the tables in the place: the topics; of each text those of all levels.
    """

    exact: bool
    inside: float
    default: int
    levels: int
    shown: tuple[tuple[int, str, int], ...]
    files: tuple[str, str]


@dataclass(frozen=True)
class FilesReport:
    """What a run over files came to.

    Attributes:
        out: Where the results are.
        engine: What ran the tasks.
        workers: Cores of it.
        shards: Parts that articles and texts were cut into.
        reading: What was read, by this run and those before it.
        files_read: Files that this run read.
        documents: Articles.
        texts: Distinct passages.
        wordings: Distinct passages that stand for a wording, or for themselves.
        recall: Share of the true neighbours that were found.
        topics: Those found, where they were.
        encoder: Name of the model.
        stages: What each stage came to.
        old: Folders of other options, which nothing needs.
        failed: Tasks that were set aside.
        notes: What the user should know.
        seconds: Of the whole run.
    """

    out: str
    engine: str
    workers: int
    shards: int
    reading: ReadingReport
    files_read: int
    documents: int
    texts: int
    wordings: int
    recall: float
    topics: FilesTopics | None
    encoder: str
    stages: tuple[StageCost, ...]
    old: tuple[StageStatus, ...]
    failed: tuple[Failure, ...]
    notes: tuple[str, ...]
    seconds: float


def cluster_files(
    paths: Any,
    out: Path | str,
    *,
    engine: Engine | str = "local",
    workers: int | None = None,
    address: str | None = None,
    shards: int | None = None,
    remove_old: bool = False,
    with_topics: bool | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> FilesReport:
    """Read, embed and compare articles in tasks from files to files, on one machine or many.

    What is done already is not done again. ``import_files`` makes a database of the result.

    Args:
        paths: Files and folders, addresses of a store among them (``s3://bucket/2024/*.parquet``);
            none goes on with the last run there, as it was asked for.
        out: A folder, or an address such as ``s3://bucket/folder``.
        engine: An open engine; or the name of one, which is opened for this run alone.
        workers: Of an engine opened here.
        address: Likewise.
        shards: Parts that articles and texts are cut into, of some 250,000 passages at most; by
            default as in the last run there, or one for each 64 MB of input.
        remove_old: Remove the folders of other options and versions, once all is done.
        with_topics: Whether topics are found in files, too; by default as in the last run there,
            or where there are more passages than a database holds.
        progress: Told of each stage.
        options: Fields of ``ClusterOptions`` that say how files are read and by which model, and
            ``owners``.

    Raises:
        InputError: A path or option is not what it must be.
        ModelError: The model cannot be had.
        StoreError: Another run is at work there, or there is no room.
    """
    began = time.perf_counter()
    place = Place.of_results(out)
    before = read_manifest(place)
    if shards is not None and shards < 1:
        raise InputError(f"{shards} shards cannot be: give 1 or more, such as --shards 8.")
    check_options(options)
    paths, named = find_paths(paths, before, place)
    refuse_others(paths, before, place)
    asked = find_asked(options, before, place, named=named)
    owners = find_owners(options, before, named=named)
    wanted = ClusterOptions(**asked)
    listed, given, passed_over = find_inputs(paths, wanted.follow_links)
    for path in given:
        if place.holds(path):
            raise InputError(
                f"{path} lies in {place}, where no articles are read; name another folder with "
                "--out."
            )
    # Results of an earlier run, where the place lies among the articles.
    files = [one for one in listed if not place.holds(one.path)]
    if with_topics is None:
        with_topics = before.get("with_topics")
    settings = Settings(
        shards=shards or before.get("shards") or _count_shards(files),
        reading=with_codec(wanted.reading()),
        given=tuple(given),
        read=before.get("read") or now(),
        aliases=tuple(sorted(owners.aliases.items())),
        copies=CopyOptions(),
        model=lasting_name(wanted.model or os.environ.get("TOPICWIRE_MODEL") or NAME),
        precision=wanted.precision or "auto",
        device=wanted.device,
        dimensions=wanted.dimensions,
    )
    with ExitStack() as stack:
        if isinstance(engine, str):
            engine = stack.enter_context(open_engine(engine, workers=workers, address=address))
        engine.notes.clear()  # of runs before
        engine.preload = PRELOAD
        # Of a cluster it is the workers that embed; this machine may have no GPU.
        device = "cpu" if engine.name == "ray" else settings.device
        encoder = open_encoder(
            *(settings.model, settings.precision, device, settings.dimensions),
            fetch=options.get("model") is not None,
        )
        stack.enter_context(listen(progress or _tell_nobody))
        run = stack.enter_context(open_run(place, engine, STAGES))
        run.describe(
            paths=paths,
            asked=asked,
            owners={"by_outlet": dict(owners.by_outlet), "aliases": dict(owners.aliases)},
            shards=settings.shards,
            with_topics=with_topics,
            read=settings.read,
            over=before.get("over", ()),
            encoder={
                "name": settings.model,
                "fingerprint": encoder.fingerprint,
                "precision": settings.precision,
                "dimensions": settings.dimensions,
            },
        )
        sharded = Sharded(run, settings)
        over = [dataclasses.astuple(one) for one in passed_over]
        mended = sharded.mending(lambda: _find_all(sharded, files, over, encoder, with_topics))
        facts = [one.facts for one in sharded.markers["documents"].values()]
        digests = {path: told for one in facts for path, told in one["digests"].items()}
        run.describe(
            files=[[one.path, digests.get(one.path)] for one in files],
            spent=_add_spent(sharded, before),
            finished={stage: digest(markers) for stage, markers in sharded.markers.items()},
            method=METHOD,
        )
        if remove_old:
            remove_old_folders(place)
        return _report(sharded, encoder, mended, time.perf_counter() - began)


def _find_all(
    sharded: Sharded,
    files: Sequence[Input],
    passed_over: Sequence[Any],
    encoder: Encoder,
    topics: bool | None,
) -> None:
    """Do all stages.

    Raises:
        InputError: No article was found.
    """
    run = sharded.run
    read_files(sharded, files)
    aside = [(one.about, None, f"left out: {one.why}") for one in run.failed]
    run.describe(passed_over=[*passed_over, *aside])
    if not sum(sharded.made["documents"].rows):
        read = list(sharded.markers["documents"].values())
        raise InputError(describe_nothing(gather_reports(read, run.manifest["passed_over"])))
    run.describe(over=run.manifest["paths"])
    run_stages(sharded, encoder, topics)


def _report(sharded: Sharded, encoder: Encoder, mended: int, seconds: float) -> FilesReport:
    run, markers = sharded.run, sharded.markers
    now = run.made.get("documents", ())
    read = [one for name, one in markers["documents"].items() if name in now]
    reading = [one for name in ("documents", "articles") for one in markers[name].values()]
    notes = (*encoder.notes, *run.engine.notes)
    if mended:
        told = "1 file was" if mended == 1 else f"{mended:,} files were"
        notes = (*notes, f"{told} damaged or missing in {run.place}, and made again.")
    return FilesReport(
        out=str(run.place),
        engine=run.engine.name,
        workers=run.engine.workers,
        shards=sharded.settings.shards,
        reading=gather_reports(reading, run.manifest["passed_over"]),
        files_read=gather_reports(read, ()).files,
        documents=sum(sharded.made["articles"].rows),
        texts=sum(sharded.made["bodies"].rows),
        wordings=sum(sharded.made["nodes"].rows),
        recall=run.manifest.get("recall", 1.0),
        topics=_tell_topics(sharded),
        encoder=encoder.name,
        stages=tuple(_costs(sharded)),
        old=tuple(list_old_folders(run.place)),
        failed=tuple(run.failed),
        notes=notes,
        seconds=seconds,
    )


def _tell_nobody(stage: str, done: int, total: int | None, at: str = "") -> None:
    pass


def _count_shards(files: Sequence[Input]) -> int:
    return max(1, -(-sum(one.size for one in files) // _SHARD_BYTES))


def _add_spent(sharded: Sharded, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tasks of each stage took so far: processor seconds, and of how many tasks."""
    told = {}
    for name, source in sharded.made.items():
        known = before.get("spent", {}).get(name, {})
        if known.get("key") != source.folder.key:
            known = {"key": source.folder.key, "work": 0.0, "tasks": 0}
        spent = sharded.run.spent.get(name, ())
        told[name] = known | {
            "work": known["work"] + sum(one.work for one in spent),
            "tasks": known["tasks"] + sum(one.tasks for one in spent),
        }
    return told


def _tell_topics(sharded: Sharded) -> FilesTopics | None:
    """Return the topics that were found; nothing where none were sought."""
    if "topics" not in sharded.made:
        return None
    source = sharded.made["topics"]
    facts = sharded.markers["topics"][source.tasks[0]].facts
    told = sharded.run.manifest["topics"]
    rows = source.read(["topic", "level", "finest", "texts", "name"]).to_pylist()
    here = [row for row in rows if row["level"] <= facts["default"] <= row["finest"]]
    here.sort(key=lambda row: (-row["texts"], row["topic"]))
    return FilesTopics(
        exact=told["exact"],
        inside=told["inside"],
        default=facts["default"],
        levels=facts["levels"],
        shown=tuple((row["topic"], row["name"], row["texts"]) for row in here),
        files=(str(source.folder), str(sharded.made["members"].folder)),
    )


def _costs(sharded: Sharded) -> list[StageCost]:
    return [
        StageCost(
            name,
            len(markers),
            sum(one.size for one in markers.values()),
            sum(one.rows for one in markers.values()),
            tuple(sharded.run.spent.get(name, ())),
        )
        for name, markers in sharded.markers.items()
    ]


def read_progress(out: Path | str) -> list[StageStatus]:
    """Return how far each stage of the last run in a place is, and old folders; also while it runs.

    Raises:
        InputError: There has been no run.
    """
    return read_status(Place.of_results(out))
