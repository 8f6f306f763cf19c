"""The results of a run over files, put into an ordinary database."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from embeddings.corpus.checksums import sum_vectors
from embeddings.corpus.intake import ReadingReport
from embeddings.corpus.outlets import ALIASES
from embeddings.errors import InputError, StoreError
from embeddings.progress import begin, track
from embeddings.shards.notes import read_stage
from embeddings.shards.stages import Folder, Marker, digest
from embeddings.vectors.growing import Lists
from topics.coverage.credit.owners import OWNERS
from topics.pipeline.neighbours import put_lists
from topics.pipeline.sharded.articles import DOCUMENT, HANGING, gather_reports
from topics.pipeline.sharded.copying import read_wordings
from topics.pipeline.sharded.nearing import read_vectors
from topics.pipeline.sharded.parts import METHOD, Source, column, matrix

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from embeddings.shards.place import Place
    from embeddings.words.copies import Wordings

_ARTICLES_AT_ONCE = 500
# The stages of which something is imported, and "lists".
_IMPORTED = ("documents", "articles", "bodies", "vectors", "wordings", "nodes")


@dataclass(frozen=True)
class Results:
    """What a run over files that is finished left in its place.

    Attributes:
        manifest: What is noted of it.
        stages: The files of each stage.
        markers: Of these.
    """

    manifest: dict[str, Any]
    stages: dict[str, Source]
    markers: dict[str, dict[str, Marker]]

    @property
    def passages(self) -> int:
        """How many there are."""
        return int(sum(one.facts["passages"] for one in self.markers["articles"].values()))

    @property
    def reading(self) -> ReadingReport:
        """What was read, as one run over all files tells it."""
        return gather_reports(
            (*self.markers["documents"].values(), *self.markers["articles"].values()),
            self.manifest["passed_over"],
        )

    @property
    def windowed(self) -> int:
        """How many texts were longer than the model reads at once."""
        return int(sum(one.facts["windowed"] for one in self.markers["vectors"].values()))


def open_results(place: Place, manifest: dict[str, Any]) -> Results:
    """Return what a run left.

    Raises:
        InputError: It is not finished.
        StoreError: What is noted there is damaged.
    """
    stages: dict[str, Source] = {}
    markers: dict[str, dict[str, Marker]] = {}
    for name, key in manifest.get("stages", {}).items():
        folder = Folder(place, name, key)
        names = (read_stage(place, str(folder)) or {"tasks": []})["tasks"]
        found = {name: marker for name in names if (marker := folder.find_marker(name))}
        stages[name] = Source(folder, tuple(found), tuple(one.rows for one in found.values()))
        markers[name] = found
    if not isinstance(manifest.get("finished"), dict):
        raise InputError(
            f"{place} holds no finished run; type: topicwire cluster --out {place}"
            if stages
            else f"{place} holds no run; expected the DIR of topicwire cluster PATHS --out DIR"
        )
    return Results(manifest, stages, markers)


def check_whole(place: Place, results: Results, *, locked: bool) -> None:
    """Refuse results of which something was lost, in a copy for instance.

    Args:
        place: Of the run.
        results: Of it.
        locked: Whether files may be removed that are not what the run wrote, so that it makes
            them again.

    Raises:
        StoreError: Files that are imported are missing, or not those that the run wrote, or cannot
            be read now; or they are by a version whose stages gave something else.
    """
    if results.manifest.get("method") != METHOD:
        raise StoreError(
            f"The results in {place} are by another version of Topicwire; make them anew: "
            f"topicwire cluster --out {place}"
        )
    lists = [name for name in ("lists",) if name in results.stages]  # of more than one text
    lost: list[str] = []
    for name in (*_IMPORTED, *lists):
        folder, markers = results.stages[name].folder, results.markers[name]
        damaged = [task for task, one in markers.items() if not folder.is_whole(task, one)]
        for task in damaged if locked else ():
            folder.forget(task)
        if damaged or digest(markers) != results.manifest["finished"][name]:
            lost.append(name)
    if lost:
        raise StoreError(
            f"{place} is not whole: files of the stages {', '.join(lost)} are missing, or are not "
            "those that the run wrote. Copy them again, or do what is missing again: topicwire "
            f"cluster --out {place}"
        )


def fill_store(store: CorpusStore, results: Results, fingerprint: str) -> Wordings:
    """Put articles, passages, vectors, neighbours and owners into an empty store, all at once.

    Args:
        store: Open for writing, with nothing in it.
        results: Of a run.
        fingerprint: Of the encoder.

    Returns:
        The wordings of the passages, for ``derive``.
    """
    begin("importing")
    stages = results.stages
    wordings = read_wordings(stages["wordings"])
    bodies, vectors = stages["bodies"], stages["vectors"]
    with store.transaction() as connection:
        connection.executemany(
            "INSERT INTO files VALUES (?, ?)",
            [(path, digest) for path, digest in results.manifest["files"] if digest],
        )
        connection.executemany(
            "INSERT INTO problems VALUES (?, ?, ?)",
            [(one.path, one.line, one.message) for one in results.reading.problems],
        )
        owners = results.manifest["owners"]
        store.set_setting(OWNERS, owners["by_outlet"] or None)
        store.set_setting(ALIASES, owners["aliases"] or None)
        documents = heapq.merge(
            *(_read_articles(stages["articles"], name) for name in stages["articles"].tasks),
            key=itemgetter("id"),
        )
        for document in track(documents, max(1, sum(stages["articles"].rows))):
            _insert(connection, "documents", DOCUMENT, [document])
            for table, columns in HANGING.items():
                rows = [{"document_id": document["id"], **row} for row in document[table]]
                _insert(connection, table, ("document_id", *columns), rows)
        keys: list[bytes] = []
        for hashed, embedded in zip(bodies.each(["hash"]), vectors.each(), strict=True):
            of_shard = hashed["hash"].to_pylist()
            store.put_vectors(fingerprint, of_shard, matrix(embedded, "vector"))
            keys += of_shard
        if "lists" in stages:
            nodes = column(stages["nodes"].read(), "body")
            near = stages["lists"].read()
            put_lists(
                store,
                Lists(
                    [keys[row] for row in nodes.tolist()],
                    sum_vectors(read_vectors(vectors, nodes)),
                    matrix(near, "near"),
                    matrix(near, "cosine"),
                    results.manifest["recall"],
                ),
            )
    return wordings


def _read_articles(articles: Source, name: str) -> Iterator[dict[str, Any]]:
    with articles.folder.open(name) as file:
        for batch in file.iter_batches(_ARTICLES_AT_ONCE):
            yield from batch.to_pylist()


def _insert(
    connection: Any, table: str, columns: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    named = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} ({named}) VALUES ({marks})",  # noqa: S608 - our own words
        [[row[name] for name in columns] for row in rows],
    )
