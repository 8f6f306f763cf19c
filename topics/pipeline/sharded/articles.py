"""From files to articles, and from these to distinct texts."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.articles.files import read_listed
from embeddings.articles.parsing.addresses import canonical_address
from embeddings.articles.parsing.results import Problem, ReadFile
from embeddings.corpus.identity import describe_names
from embeddings.corpus.intake import ReadingReport, TakenFile, take_parts
from embeddings.corpus.outlets import put_aliases
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document
from embeddings.shards.inputs import Input, fetch_files
from embeddings.shards.stages import Marker, write_file
from topics.pipeline.sharded.parts import Part, column

if TYPE_CHECKING:
    import pyarrow as pa

_FIELDS = ("id", "text", "title", "source", "published", "url")
# Tables of the database that hang on an article, and their columns.
HANGING = {
    "removals": ("start", "end", "rule", "text"),
    "versions": ("version", "title", "source", "published", "url", "path", "text", "read"),
    "addresses": ("url", "path"),
    "passages": ("position", "start", "body_start", "end", "text", "hash", "index_text"),
}
DOCUMENT = (
    *("id", "version", "title", "source", "published", "url", "path", "text", "address"),
    *("first_read", "changed", "language"),
)
_NUMBERS, _BYTES = ("position", "start", "body_start", "end"), ("hash", "version")


@dataclass(frozen=True)
class FilePart(Part):
    """Files that one task reads.

    Attributes:
        files: In their order.
    """

    files: tuple[Input, ...]

    @property
    def about(self) -> str:
        """The file, or the first of them."""
        more = f" and {len(self.files) - 1} more" if self.files[1:] else ""
        return f"{self.files[0].path}{more}"


def read_files(task: FilePart) -> None:
    """Read files: documents, a row group for each shard."""
    with fetch_files(task.files) as fetched:
        given = {fetched.here(path) for path in task.settings.given}
        parts = read_listed(fetched.files, (), given, task.settings.reading, {})
        _write_documents(task, map(fetched.name, parts))


def _write_documents(task: FilePart, parts: Iterable[ReadFile]) -> None:
    import pyarrow as pa

    settings = task.settings
    report = ReadingReport()
    digests: dict[str, str] = {}
    shards: list[list[dict[str, Any]]] = [[] for _ in range(settings.shards)]
    count = 0
    for number, part in enumerate(parts):
        report.note_file(part)
        report.problems += part.problems
        if part.last and part.notes:
            report.notes[part.path] = part.notes
        digests.update({part.path: part.digest} if part.digest else {})
        for document, place in zip(part.documents, part.places, strict=True):
            address = canonical_address(document.url)
            row = {name: getattr(document, name) for name in _FIELDS}
            row |= {"path": part.path, "part": number, "row": count, "place": place}
            # Of a file that alone names its article the same bytes are one, as one address is.
            content = part.content if document.id == place else ""
            row |= {"address": address, "rule": part.rules.get(place, ""), "content": content}
            row["dropped"] = list(part.dropped.get(place, ()))
            home = address or content or document.id
            shards[_shard_of(_hash(home), settings.shards)].append(row)
            count += 1
    text, number_type = pa.string(), pa.int64()
    types = dict.fromkeys((*_FIELDS, "path", "place", "address", "rule", "content"), text)
    types |= {"part": number_type, "row": number_type, "dropped": pa.list_(text)}
    with write_file(task) as output:
        for rows in shards:
            output.add(pa.Table.from_pylist(rows, pa.schema(types)))
        output.facts = {"report": tell_report(report), "digests": digests}


def tell_report(report: ReadingReport) -> dict[str, Any]:
    """Return a report as JSON can write it."""
    told = {
        name: dict(value) if isinstance(value, Counter) else value
        for name, value in vars(report).items()
    }
    return told | {"problems": [dataclasses.astuple(one) for one in report.problems]}


def gather_reports(
    markers: Sequence[Marker], passed_over: Sequence[Sequence[Any]]
) -> ReadingReport:
    """Return what was read, as one run over all files tells it, from what the tasks noted.

    Args:
        markers: Of the stages that read files and take articles in.
        passed_over: Problems of folders.
    """
    report = ReadingReport()
    renamed: dict[str, dict[str, str]] = defaultdict(dict)
    problems = [Problem(*one) for one in passed_over]
    for marker in markers:
        told = marker.facts["report"]
        for name in ("files", "added", "updated", "unchanged", "repeated"):
            setattr(report, name, getattr(report, name) + told[name])
        for name in ("kinds", "without", "guessed"):
            getattr(report, name).update(told[name])
        report.notes.update({path: tuple(notes) for path, notes in told["notes"].items()})
        report.changing.update({one: tuple(two) for one, two in told["changing"].items()})
        problems += [Problem(*one) for one in told["problems"]]
        for path, names in marker.facts.get("renamed", {}).items():
            renamed[path].update(names)
    problems += [Problem(path, None, describe_names(path, one)) for path, one in renamed.items()]
    report.problems = sorted(problems, key=lambda one: (one.path, one.line or 0, one.message))
    return report


def _hash(name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _shard_of(number: int, shards: int) -> int:
    return number * shards >> 64


def find_moves(task: Part) -> None:
    """Find the documents that go to another shard than their address, or id, says.

    What has one id, or one address, or one file's bytes, is looked at together, in chains too.
    """
    import pyarrow as pa
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    (documents,) = task.reads
    table = documents.read(["id", "address", "content"])
    ids = [_hash(one) for one in table["id"].to_pylist()]
    named = zip(table["address"].to_pylist(), table["content"].to_pylist(), ids)  # noqa: B905
    homes = [
        _hash(address or content) if address or content else key for address, content, key in named
    ]
    names, places = np.unique(np.array([ids, homes], np.uint64), return_inverse=True)
    places = places.reshape(2, -1)
    graph = coo_array((np.ones(len(ids), bool), (places[0], places[1])), (len(names),) * 2)
    parts = connected_components(graph, directed=False)[1][places[1]]
    first = np.full(len(names), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(first, parts, names[places[1]])
    shards = task.settings.shards
    old = np.array([_shard_of(one, shards) for one in homes], np.int64)
    new = np.array([_shard_of(int(one), shards) for one in first[parts]], np.int64)
    moved = np.flatnonzero(old != new)
    with write_file(task) as output:
        output.add(pa.table({"row": moved, "shard": new[moved]}))


def take_articles(task: Part) -> None:
    """Take the documents of a shard in as a database does: articles with what hangs on them."""
    import pyarrow as pa

    report, files = ReadingReport(), dict[str, TakenFile]()
    with (
        tempfile.TemporaryDirectory() as folder,
        CorpusStore.open(Path(folder, "shard.db"), write=True) as store,
    ):
        put_aliases(store, dict(task.settings.aliases))
        parts = _parts(_read_shard(task))
        for _ in take_parts(store, parts, report, files, task.settings.read):
            pass
        rows = [
            dict(zip(DOCUMENT, row, strict=True))
            for row in store.rows(f"SELECT {', '.join(DOCUMENT)} FROM documents ORDER BY id")  # noqa: S608
        ]
        for table, columns in HANGING.items():
            listed = ", ".join(f'"{name}"' for name in columns)
            held = defaultdict(list)
            order = "position" if table == "passages" else listed
            for document_id, *row in store.rows(
                f"SELECT document_id, {listed} FROM {table} ORDER BY document_id, {order}"  # noqa: S608
            ):
                held[document_id].append(dict(zip(columns, row, strict=True)))
            for document in rows:
                document[table] = held[document["id"]]

    def type_of(name: str) -> pa.DataType:
        return pa.int64() if name in _NUMBERS else pa.binary() if name in _BYTES else pa.string()

    types = {name: type_of(name) for name in DOCUMENT}
    for table, columns in HANGING.items():
        types[table] = pa.list_(pa.struct({name: type_of(name) for name in columns}))
    renamed = {path: file.renamed for path, file in files.items() if file.renamed}
    with write_file(task) as output:
        output.add(pa.Table.from_pylist(rows, pa.schema(types)))
        count = sum(len(document["passages"]) for document in rows)
        output.facts = {"report": tell_report(report), "renamed": renamed, "passages": count}


def _read_shard(task: Part) -> list[dict[str, Any]]:
    """Return the documents of a shard, in the order in which one run would read them."""
    documents, homes = task.reads
    moves = homes.read()
    moved, shards = column(moves, "row"), column(moves, "shard")
    rows: list[dict[str, Any]] = []
    for name, start in zip(documents.tasks, documents.starts.tolist(), strict=False):
        with documents.folder.open(name) as file:
            before = [file.metadata.row_group(g).num_rows for g in range(task.number + 1)]
            first = start + sum(before[:-1])
            table = file.read_row_group(task.number)
            stays = ~np.isin(np.arange(first, first + table.num_rows), moved)
            rows += table.filter(stays).to_pylist()
            mine = moved[(shards == task.number) & (moved >= start)] - start
            mine = mine[mine < file.metadata.num_rows]
            rows += file.read().take(mine).to_pylist() if len(mine) else []
    rows.sort(key=lambda row: (Path(row["path"]).as_posix(), row["row"]))
    return rows


def _parts(rows: Sequence[dict[str, Any]]) -> Iterator[ReadFile]:
    for (path, _), of_part in groupby(rows, lambda row: (row["path"], row["part"])):
        listed = list(of_part)
        dropped = {row["place"]: tuple(row["dropped"]) for row in listed if row["dropped"]}
        yield ReadFile(
            path,
            "",
            tuple(Document(**{name: row[name] for name in _FIELDS}, path=path) for row in listed),
            dropped=dropped,
            rules={row["place"]: row["rule"] for row in listed},
            last=False,
            places=tuple(row["place"] for row in listed),
            content=listed[0]["content"],
        )


def list_texts(task: Part) -> None:
    """List the distinct bodies of a shard's passages, a row group for each shard of hashes."""
    import pyarrow as pa

    (articles,) = task.reads
    table = articles.folder.read(articles.tasks[task.number], ["id", "passages"])
    found: dict[bytes, tuple[str, str, int]] = {}
    for document_id, passages in zip(*(table[one].to_pylist() for one in table.column_names)):  # noqa: B905
        for one in passages:
            body = one["text"][one["body_start"] - one["start"] :]
            found.setdefault(one["hash"], (body, document_id, one["position"]))
    shards: list[list[bytes]] = [[] for _ in range(task.settings.shards)]
    for key in sorted(found):
        shards[_shard_of(int.from_bytes(key[:8], "big"), task.settings.shards)].append(key)
    names = ("body", "document", "position")
    types = (pa.string(), pa.string(), pa.int64())
    with write_file(task) as output:
        for keys in shards:
            rows = [found[key] for key in keys]
            columns = {"hash": pa.array(keys, pa.binary())}
            for place, (name, kind) in enumerate(zip(names, types, strict=True)):
                columns[name] = pa.array([row[place] for row in rows], kind)
            output.add(pa.table(columns))


def gather_bodies(task: Part) -> None:
    """Gather the distinct bodies of a shard of hashes, in the order of these.

    Of several raw forms of one text it is that of the first passage, as on one machine.
    """
    (texts,) = task.reads
    table = texts.read(group=task.number).sort_by(
        [("hash", "ascending"), ("document", "ascending"), ("position", "ascending")]
    )
    keys = table["hash"].to_pylist()
    first = [at for at, key in enumerate(keys) if not at or key != keys[at - 1]]
    with write_file(task) as output:
        output.add(table.select(["hash", "body"]).take(np.array(first, np.int64)))
