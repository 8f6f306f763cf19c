"""From files to the files of a run over shards: ``topicwire cluster --out``."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.articles.files import with_codec
from embeddings.articles.given import part_given
from embeddings.articles.listing import find_path, list_files
from embeddings.corpus.intake import ReadingReport
from embeddings.corpus.versions import now
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import NAME
from embeddings.engines.opening import open_engine
from embeddings.errors import InputError
from embeddings.progress import listen
from embeddings.shards.place import Place
from embeddings.shards.runs import Failure, Spent, open_run, read_manifest
from embeddings.shards.stages import digest
from embeddings.shards.status import StageStatus, read_status
from embeddings.words.verifying import CopyOptions
from topics.answers.cluster import describe_nothing
from topics.answers.cluster_options import ClusterOptions, Progress
from topics.answers.encoder import lasting_name
from topics.pipeline.sharded.articles import gather_reports
from topics.pipeline.sharded.parts import METHOD, Settings
from topics.pipeline.sharded.plan import STAGES, Sharded, read_files, run_stages

if TYPE_CHECKING:
    from embeddings.engines.protocol import Engine

# Bytes of input for each shard, where the user gives no number of shards.
_SHARD_BYTES = 64 << 20
# The options of ``cluster`` that say how files are read, and by which model; others' spelling.
_OF_FILES = {
    *("source", "columns", "date_order", "encoding", "follow_links"),
    *("model", "precision", "device", "dimensions"),
}
_SPELT = {
    "guided": "topics",
    "forget_guided": "no-topics",
    "take_anew": "yes",
    "columns": "column",
    "date_order": "month-first",
}


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
class FilesReport:
    """What a run over files came to.

    Attributes:
        out: Where the results are.
        engine: What ran the tasks.
        workers: Cores of it.
        shards: Parts that articles and texts were cut into.
        reading: What was read.
        documents: Articles.
        texts: Distinct passages.
        wordings: Distinct passages that stand for a wording, or for themselves.
        recall: Share of the true neighbours that were found.
        encoder: Name of the model.
        stages: What each stage came to.
        failed: Tasks that were set aside.
        notes: What the user should know.
        seconds: Of the whole run.
    """

    out: str
    engine: str
    workers: int
    shards: int
    reading: ReadingReport
    documents: int
    texts: int
    wordings: int
    recall: float
    encoder: str
    stages: tuple[StageCost, ...]
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
    progress: Progress | None = None,
    **options: Any,
) -> FilesReport:
    """Read, embed and compare articles in tasks from files to files, on one machine or many.

    What is done already is not done again. ``import_files`` makes a database of the result.

    Args:
        paths: Files and folders; none goes on with the last run there, as it was asked for.
        out: A folder, or an address such as ``s3://bucket/folder``.
        engine: An open engine; or the name of one, which is opened for this run alone.
        workers: Of an engine opened here.
        address: Likewise.
        shards: Parts that articles and texts are cut into, of some 250,000 passages at most; by
            default as in the last run there, or one for each 64 MB of input.
        progress: Told of each stage.
        options: Fields of ``ClusterOptions`` that say how files are read and by which model.

    Raises:
        InputError: A path or option is not what it must be.
        ModelError: The model cannot be had.
        StoreError: Another run is at work there, or there is no room.
    """
    began = time.perf_counter()
    place = Place.at(out)
    before = read_manifest(place)
    if shards is not None and shards < 1:
        raise InputError(f"{shards} shards cannot be: give 1 or more, such as --shards 8.")
    listed, given_articles = part_given(paths)
    if given_articles:
        raise InputError(f"A run over files takes files and folders alone; name some for {place}.")
    asked = _find_asked(place, before, options, named=bool(listed))
    wanted = ClusterOptions(**asked)
    given = [find_path(Path(path)) for path in listed or before["paths"]]
    for path in given:
        if place.holds(path):
            raise InputError(
                f"{path} lies in {place}, where no articles are read; name another folder with "
                "--out."
            )
    files, folders = list_files(given, wanted.follow_links)
    # Of an earlier run, where the place lies among the articles.
    files = {path: named for path, named in files.items() if not place.holds(path)}
    name = lasting_name(wanted.model or os.environ.get("TOPICWIRE_MODEL") or NAME)
    settings = Settings(
        shards=shards or before.get("shards") or _count_shards(files),
        reading=with_codec(wanted.reading()),
        given=tuple(map(str, given)),
        read=before.get("read") or now(),
        copies=CopyOptions(),
        model=name,
        precision=wanted.precision or "auto",
        device=wanted.device,
        dimensions=wanted.dimensions,
    )
    encoder = open_encoder(
        *(name, settings.precision, settings.device, settings.dimensions),
        fetch=options.get("model") is not None,
    )
    with ExitStack() as stack:
        if isinstance(engine, str):
            engine = stack.enter_context(open_engine(engine, workers=workers, address=address))
        stack.enter_context(listen(progress or _tell_nobody))
        run = stack.enter_context(open_run(place, engine, STAGES))
        run.describe(
            paths=settings.given,
            asked=asked,
            shards=settings.shards,
            read=settings.read,
            encoder={
                "name": name,
                "fingerprint": encoder.fingerprint,
                "precision": settings.precision,
                "dimensions": settings.dimensions,
            },
            passed_over=[dataclasses.astuple(one) for each in folders for one in each.problems],
        )
        sharded = Sharded(run, settings)
        read_files(sharded, files)
        aside = [(one.about, None, f"left out: {one.why}") for one in run.failed]
        run.describe(passed_over=[*run.manifest["passed_over"], *aside])
        if not sum(sharded.made["documents"].rows):
            read = list(sharded.markers["documents"].values())
            raise InputError(describe_nothing(gather_reports(read, run.manifest["passed_over"])))
        run_stages(sharded, encoder)
        documents = [one.facts for one in sharded.markers["documents"].values()]
        digests = {path: told for facts in documents for path, told in facts["digests"].items()}
        run.describe(files=[[str(path), digests.get(str(path))] for path in files])
        whole = {stage: digest(markers) for stage, markers in sharded.markers.items()}
        run.describe(spent=_add_spent(sharded, before), finished=whole, method=METHOD)
        return FilesReport(
            out=str(place),
            engine=engine.name,
            workers=engine.workers,
            shards=settings.shards,
            reading=gather_reports(
                [
                    one
                    for name in ("documents", "articles")
                    for one in sharded.markers[name].values()
                ],
                run.manifest["passed_over"],
            ),
            documents=sum(sharded.made["articles"].rows),
            texts=sum(sharded.made["bodies"].rows),
            wordings=sum(sharded.made["nodes"].rows),
            recall=run.manifest.get("recall", 1.0),
            encoder=encoder.name,
            stages=tuple(_costs(sharded)),
            failed=tuple(run.failed),
            notes=encoder.notes,
            seconds=time.perf_counter() - began,
        )


def list_given(options: ClusterOptions) -> dict[str, Any]:
    """Return the fields that are not as they are by default, but for the paths."""
    return {
        one.name: getattr(options, one.name)
        for one in dataclasses.fields(options)
        if one.name not in ("paths", "progress") and getattr(options, one.name) != one.default
    }


def _find_asked(
    place: Place, before: dict[str, Any], options: dict[str, Any], *, named: bool
) -> dict[str, Any]:
    """Return the options of a run: those given, or of the last run where no articles are named.

    Raises:
        InputError: There was none, or it was asked for in another way.
    """
    _check_options(options)
    if named:
        return options
    if "asked" not in before:
        raise InputError(
            f"No articles were named and {place} holds no run; type: topicwire cluster "
            "FOLDER_OF_ARTICLES --out DIR"
        )
    asked: dict[str, Any] = before["asked"]
    try:
        wanted = ClusterOptions(**asked)
    except TypeError:
        raise InputError(
            f"The run in {place} was asked for by another version of Topicwire; name the articles "
            "again."
        ) from None
    for option, value in options.items():
        if json.dumps(value or None) != json.dumps(getattr(wanted, option) or None):
            raise InputError(
                f"--{_spell(option)} is not as the run in {place} was asked for: leave it out to "
                "go on with that, or name the articles again."
            )
    return asked


def _check_options(options: Mapping[str, Any]) -> None:
    """Refuse what has no place in a run without a database."""
    for name in options.keys() - _OF_FILES:
        raise InputError(
            f"--{_spell(name)} goes with a database: leave it out, and give it to `topicwire "
            "cluster --db FILE` once `topicwire import` has made one."
        )


def _spell(name: str) -> str:
    return _SPELT.get(name, name).replace("_", "-")


def _tell_nobody(stage: str, done: int, total: int | None, at: str = "") -> None:
    pass


def _count_shards(files: Sequence[Path] | Any) -> int:
    return max(1, -(-sum(path.stat().st_size for path in files) // _SHARD_BYTES))


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
    """Return how far each stage of the last run in a place is; also while it runs.

    Raises:
        InputError: There has been no run.
    """
    return read_status(Place.at(out))
