"""The stages of a run over files in their order, and what each hangs on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from embeddings.documents import PROCESSING
from embeddings.encoders.opening import STATIC
from embeddings.engines.protocol import Needs, Outcome, perform
from embeddings.errors import StoreError, TopicwireError
from embeddings.shards.inputs import Input
from embeddings.shards.notes import FAILED
from embeddings.shards.runs import Run
from embeddings.shards.stages import FILE, Folder, Marker, digest, write_file
from embeddings.vectors.growing import SPARE
from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.pipeline.sharded import articles, copying, nearing
from topics.pipeline.sharded.articles import FilePart
from topics.pipeline.sharded.finding import find_topics_by_strips
from topics.pipeline.sharded.memory import needs_of
from topics.pipeline.sharded.nearing import GROUP_ROWS, StepsElsewhere, Stretch
from topics.pipeline.sharded.parts import VERSION, Part, Settings, Source, column, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

T = TypeVar("T")

# Files that are read by one task: so many at most, and bytes of all but one.
_FILES, _BYTES = 64, 32 << 20

# Stages whose files are large and read by one stage alone, or by none of a later run.
_PASSING = ("bands", "rows", "weights")
# More passages than this no database takes, at 17 KB of memory for each (68 GB).
MOST_IMPORTED = 4_000_000

# In their order; those behind are as many as the search of neighbours takes.
STAGES = (
    *("documents", "homes", "articles", "texts", "bodies", "bands", "candidates", "buckets"),
    *("strangers", "pairs", "components", "wordings", "vectors", "nodes", "rows"),
)


class SetAsideError(StoreError):
    """Tasks of a stage were set aside.

    Args:
        message: What failed.
        reads_passing: Whether they read files that may have been let go.
    """

    def __init__(self, message: str, *, reads_passing: bool) -> None:
        super().__init__(message)
        self.reads_passing = reads_passing


@dataclass
class Sharded:
    """What a run over files has made, by stage; ``run_stages`` makes it.

    Attributes:
        run: The run.
        settings: How it was asked for.
        made: The files of each stage.
        markers: Of these.
    """

    run: Run
    settings: Settings
    made: dict[str, Source] = field(default_factory=dict)
    markers: dict[str, dict[str, Marker]] = field(default_factory=dict)

    def do(
        self,
        name: str,
        work: Callable[[Any], None],
        after: Sequence[str],
        count: int = 1,
        options: Mapping[str, object] | None = None,
        needs: Needs | None = None,
    ) -> Source:
        """Do a stage of so many parts, that reads others."""
        reads = tuple(self.made[one] for one in after)
        needs = needs_of(name, sum(reads[0].rows) / count, needs)
        folder, inputs = self.open(name, reads, options or {})
        tasks = [
            Part(folder, f"{number:05d}", inputs, number, self.settings, reads)
            for number in range(count)
        ]
        return self.finish(folder, work, tasks, needs)

    def open(
        self, name: str, reads: Sequence[Source], options: Mapping[str, object]
    ) -> tuple[Folder, str]:
        """Return the folder of a stage, and what stands for all that its tasks read."""
        folders = [one.folder for one in reads]
        folder = Folder.of(self.run.place, name, {"version": VERSION, **options}, folders)
        read = (digest(self.markers[one.name]) for one in folders)
        return folder, hashlib.blake2b(" ".join(read).encode(), digest_size=16).hexdigest()

    def finish(
        self,
        folder: Folder,
        work: Callable[[Any], None],
        tasks: Sequence[Part],
        needs: Needs | None = None,
    ) -> Source:
        """Do tasks.

        Raises:
            SetAsideError: Some were set aside; of reading alone the run goes on without them.
        """
        passing = folder.name in _PASSING
        markers = self.run.stage(folder, work, tasks, needs or Needs(), passing=passing)
        if len(markers) < len(tasks) and work is not articles.read_files:
            one = self.run.failed[-1]
            raise SetAsideError(
                f"{len(tasks) - len(markers)} tasks of the stage {one.stage} failed ({one.about}: "
                f"{one.why}); {self.run.place}/{FAILED} lists them. What is done is kept.",
                reads_passing=any(read.folder.name in _PASSING for read in tasks[0].reads),
            )
        names = [task.name for task in tasks if task.name in markers]
        source = Source(folder, tuple(names), tuple(markers[name].rows for name in names))
        self.made[folder.name], self.markers[folder.name] = source, markers
        return source

    def write(self, name: str, columns: Mapping[str, NDArray[Any]], after: Sequence[str]) -> Source:
        """Write the one file of a stage here, in groups of rows."""
        import pyarrow as pa

        folder, inputs = self.open(name, [self.made[one] for one in after], {})

        def write(task: Part) -> None:
            with write_file(task) as output:
                for start in range(0, max(len(next(iter(columns.values()))), 1), GROUP_ROWS):
                    part = slice(start, start + GROUP_ROWS)
                    parts = {name: values[part] for name, values in columns.items()}
                    output.add(
                        pa.table(
                            {
                                name: rows_of(values) if values.ndim > 1 else values
                                for name, values in parts.items()
                            }
                        )
                    )

        task = Part(folder, "all", inputs, 0, self.settings, ())
        engine, self.run.engine = self.run.engine, Here()
        try:
            return self.finish(folder, write, [task])
        finally:
            self.run.engine = engine

    def let_go(self, name: str) -> None:
        """Remove the files of a stage that was read; its markers tell that it is done."""
        if name in self.made:
            source = self.made[name]
            for task in source.tasks:
                self.run.place.delete(f"{source.folder}/{task}{FILE}")

    def mending(self, work: Callable[[], None]) -> int:
        """Do stages, and do them again where a file that they read had come to harm.

        Returns:
            How many files were damaged or gone, and were made again.
        """
        try:
            work()
        except Exception as error:
            if isinstance(error, TopicwireError) and not isinstance(error, SetAsideError):
                raise
            made = {one.folder: self.markers[name] for name, one in self.made.items()}
            passing = {one: made.pop(one) for one in [*made] if one.name in _PASSING}
            mended = self.run.mend(made)
            # What was let go on purpose is no damage, but to stages that are done again.
            again = bool(mended) or (isinstance(error, SetAsideError) and error.reads_passing)
            if not (again and (self.run.mend(passing) or mended)):
                raise
            work()
            return len(mended)
        return 0


class Here:
    """Does what takes what the head has in memory: an engine without workers."""

    name, workers, preload = "here", 1, ""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self, work: Callable[[T], object], tasks: Sequence[T], _needs: Needs | None = None
    ) -> Iterator[tuple[T, Outcome]]:
        """See ``Engine``."""
        for task in tasks:
            yield task, perform(work, task)


def run_stages(sharded: Sharded, encoder: Encoder, topics: bool | None = None) -> None:
    """Do all stages behind ``read_files``, as far as they are not done.

    Args:
        sharded: The run.
        encoder: The one that its settings open.
        topics: Whether topics are found, too; by default where no database holds the passages.
    """
    run, settings, do = sharded.run, sharded.settings, sharded.do
    shards = settings.shards
    do("homes", articles.find_moves, ["documents"])
    names = {"aliases": settings.aliases}
    do("articles", articles.take_articles, ["documents", "homes"], shards, names)
    do("texts", articles.list_texts, ["articles"], shards)
    do("bodies", articles.gather_bodies, ["texts"], shards)
    find_copies(sharded)
    # A network is shared by the threads of a worker; a table is looked up by one.
    threads = 1 if settings.model.startswith(STATIC) else min(4, run.engine.workers)
    on_gpu = settings.device not in ("auto", "cpu")
    needs = Needs(threads=threads, gpus=float(on_gpu))
    named = {"encoder": encoder.fingerprint}
    do("vectors", nearing.embed_texts, ["bodies"], shards, named, needs)
    find_near(sharded)
    sharded.let_go("rows")
    if topics is None:
        taken = sharded.markers["articles"].values()
        topics = sum(one.facts["passages"] for one in taken) > MOST_IMPORTED
    if topics and "lists" in sharded.made:
        find_topics_by_strips(sharded)


def find_copies(sharded: Sharded) -> None:
    """Do the stages from distinct texts to wordings."""
    settings, do = sharded.settings, sharded.do
    shards, options = settings.shards, {"copies": dataclasses.asdict(settings.copies)}
    do("bands", copying.find_bands, ["bodies"], shards, options)
    groups = copying.count_groups(settings)
    do("candidates", copying.find_candidates, ["bands", "bodies"], groups)
    sharded.let_go("bands")
    do("buckets", copying.compare_buckets, ["candidates", "bodies"], shards)
    do("strangers", copying.compare_strangers, ["buckets", "bodies"])
    do("pairs", copying.find_hopeful, ["candidates", "buckets", "bodies"], shards)
    do("components", copying.part_components, ["pairs", "buckets", "strangers"])
    do("wordings", copying.part_wordings, ["components", "bodies"], shards)


def read_files(sharded: Sharded, files: Sequence[Input]) -> None:
    """Do the first stage: several small files by one task; those of one set aside one by one.

    Args:
        sharded: The run.
        files: In their order.
    """
    settings = sharded.settings
    reading = dataclasses.asdict(settings.reading) | {"given": sorted(settings.given)}
    options = {"reading": reading, "processing": PROCESSING, "shards": settings.shards}
    folder, _ = sharded.open("documents", (), options)
    bundles: list[list[Input]] = []
    room = 0
    for file in files:
        if not bundles or len(bundles[-1]) == _FILES or file.size > room:
            bundles.append([])
            room = _BYTES
        bundles[-1].append(file)
        room -= file.size

    def make(bundle: Sequence[Input]) -> FilePart:
        listed = [(one.path, one.named) for one in bundle]
        told = [(one.path, one.size, one.changed) for one in bundle]
        whole = hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
        name = hashlib.blake2b(json.dumps(listed).encode(), digest_size=6).hexdigest()
        return FilePart(folder, name, whole, 0, settings, (), tuple(bundle))

    def read() -> Source:
        tasks = [make(bundle) for bundle in bundles]
        largest = max((sum(one.size for one in bundle) for bundle in bundles), default=0)
        return sharded.finish(folder, articles.read_files, tasks, needs_of("documents", largest))

    done = read().tasks
    if len(done) < len(bundles) and any(len(bundle) > 1 for bundle in bundles):
        sharded.run.forget_failed()
        bundles = [
            part
            for bundle in bundles
            for part in ([bundle] if make(bundle).name in done else [[one] for one in bundle])
        ]
        read()


def find_near(sharded: Sharded) -> None:
    """Find the neighbours of the texts that stand for a wording, or for themselves."""
    bodies, vectors, wordings = (sharded.made[one] for one in ("bodies", "vectors", "wordings"))
    table = wordings.read(["wording", "text"], group=0)
    stands = np.ones(int(bodies.starts[-1]), bool)
    stands[column(table, "text")[column(table, "text") != column(table, "wording")]] = False
    nodes = np.flatnonzero(stands)
    sharded.write("nodes", {"body": nodes}, ["bodies", "wordings"])
    unit_rows = nearing.read_vectors(vectors, nodes)
    keys = [key for table in bodies.each(["hash"]) for key in table["hash"].to_pylist()]

    def do(
        name: str,
        reads: tuple[Source, ...],
        count: int,
        step: int,
        k: int,
        probes: tuple[int, int],
    ) -> Source:
        options = {"k": k, "probes": probes}
        folder, inputs = sharded.open(name, reads, options)
        length = max(step, -(-count // (step * sharded.settings.shards)) * step)
        tasks = [
            Stretch(
                *(folder, f"{start // length:05d}", inputs, 0, sharded.settings, reads),
                *(start, min(start + length, count), k, probes),
            )
            for start in range(0, count, length)
        ]
        # All vectors are compared with, or the cells of a stretch, of which some are kept.
        needs = needs_of("neighbours", count if probes == (0, 0) else length)
        return sharded.finish(folder, nearing.find_near, tasks, needs)

    steps = StepsElsewhere(
        lambda name, columns: sharded.write(name, columns, ["vectors", "nodes"]), do
    )
    k = min(MOST_NEIGHBOURS, max(len(nodes) - 1, 0))
    if k:
        graph = find_neighbours(
            unit_rows, k + SPARE, keys=[keys[row] for row in nodes.tolist()], steps=steps
        )
        columns = {"near": graph.indices, "cosine": graph.similarities}
        sharded.write("lists", columns, ["vectors", "nodes"])
        sharded.run.describe(recall=graph.recall)
