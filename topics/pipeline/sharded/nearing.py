"""From distinct texts to vectors, and from one vector a wording to its nearest neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoders.opening import open_encoder
from embeddings.shards.stages import Folder, write_file
from embeddings.text.normalising import normalise
from embeddings.vectors.probing import (
    Cells,
    Neighbours,
    count_at_once,
    name_places,
    probe_rows,
)
from embeddings.vectors.products import QUERY_ROWS, nearest
from topics.pipeline.sharded.parts import Part, Source, column, matrix, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Rows of vectors that are written, and read again, together.
GROUP_ROWS = 2048


@cache
def find_encoder(model: str, precision: str, device: str, dimensions: int | None) -> Encoder:
    """Return the encoder that this worker keeps."""
    return open_encoder(model, precision, device, dimensions, fetch=False)


def embed_texts(task: Part) -> None:
    """Embed the texts of a shard, in their order."""
    import pyarrow as pa

    (bodies,) = task.reads
    settings = task.settings
    encoder = find_encoder(settings.model, settings.precision, settings.device, settings.dimensions)
    windowed = encoder.windowed
    texts = bodies.folder.read(bodies.tasks[task.number], ["body"])["body"].to_pylist()
    texts = [normalise(text) for text in texts]
    # Of like length together; a vector is the same in any company.
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    vectors = np.zeros((len(texts), encoder.dimension), np.float32)
    for start in range(0, len(texts), encoder.batch_size):
        rows = order[start : start + encoder.batch_size]
        vectors[rows] = encoder.encode([texts[row] for row in rows])
    with write_file(task) as output:
        output.add(pa.table({"vector": rows_of(vectors)}))
        output.facts = {"windowed": encoder.windowed - windowed}


def read_vectors(vectors: Source, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the vectors of some texts, given by their numbers among all, ascending."""
    parts = list[Any]()
    ends = np.searchsorted(rows, vectors.starts)
    for number, name in enumerate(vectors.tasks):
        mine = rows[ends[number] : ends[number + 1]] - vectors.starts[number]
        if len(mine) or not parts:
            parts.append(matrix(vectors.folder.read(name), "vector")[mine])
    return np.concatenate(parts)


@dataclass(frozen=True)
class Stretch(Part):
    """Some rows of which neighbours are sought.

    Attributes:
        begin: The first.
        end: The one behind the last.
        k: Neighbours of each.
        probes: Ranks of the cells that are searched; ``(0, 0)`` compares all rows.
    """

    begin: int
    end: int
    k: int
    probes: tuple[int, int]


def find_near(task: Stretch) -> None:
    """Find neighbours of a stretch of rows, among all or in their nearest cells."""
    rows = task.reads[0].folder
    if task.probes == (0, 0):
        unit = _read_rows(rows)(0, task.reads[0].rows[0])
        own = np.arange(task.begin, task.end)
        found, cosines = nearest(unit[own], unit, task.k, own=own)
        _write(task, found, cosines)
        return
    cells = _read_cells(task.reads[1].folder)
    members = _read_rows(rows)
    step = count_at_once(cells, task.probes, task.k)
    found = np.full((task.end - task.begin, task.k), -1, np.int64)
    cosines = np.full(found.shape, -np.inf, np.float32)
    if task.probes[0]:
        before = task.reads[2].slice(task.begin, task.end)
        found, cosines = matrix(before, "near").astype(np.int64), matrix(before, "cosine")
    for start in range(task.begin, task.end, step):
        part = slice(start - task.begin, min(start + step, task.end) - task.begin)
        places = np.arange(part.start, part.stop) + task.begin
        vectors = members(start, len(places))
        near, values = probe_rows(members, cells, places, task.probes, vectors, cosines[part])
        # Here a row's number is its place.
        found[part] = name_places(near, values, cells, found[part].astype(np.int32))
        cosines[part] = values
    _write(task, found, cosines)


def _write(task: Stretch, found: NDArray[np.int64], cosines: NDArray[np.float32]) -> None:
    import pyarrow as pa

    with write_file(task) as output:
        near = found.astype(np.int32)
        output.add(pa.table({"near": rows_of(near), "cosine": rows_of(cosines)}))


@lru_cache(maxsize=1)
def _read_cells(folder: Folder) -> Cells:
    table = folder.read("all")
    starts, centres = column(table, "start"), matrix(table, "centre")
    sizes = np.diff(starts)
    own = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return Cells(centres[:-1], own, np.arange(starts[-1], dtype=np.int32), starts)


def _read_rows(folder: Folder) -> Callable[[int, int], NDArray[np.float32]]:
    """Return what gives a stretch of the vectors in a file, of which some groups are kept."""
    file = folder.open("all")
    read = lru_cache(maxsize=64)(lambda group: matrix(file.read_row_group(group), "vector"))

    def members(begin: int, length: int) -> NDArray[np.float32]:
        groups = range(begin // GROUP_ROWS, -(-(begin + length) // GROUP_ROWS))
        first = groups.start * GROUP_ROWS
        values = [read(group) for group in groups]
        whole: NDArray[np.float32] = values[0] if len(values) == 1 else np.concatenate(values)
        return whole[begin - first : begin - first + length]

    return members


@dataclass
class StepsElsewhere:
    """What takes the time of a search, by tasks (``embeddings.vectors.probing.Steps``).

    Attributes:
        write: Writes the one file of a stage, given its name and columns.
        do: Does the tasks of a stage, given its name, what they read, how many rows are to be
            searched, of what number of them stretches are multiples, ``k`` and the ranks.
        rounds: What they found so far.
        files: The rows in the order of their cells, and the cells.
    """

    write: Callable[[str, dict[str, NDArray[Any]]], Source]
    do: Callable[[str, tuple[Source, ...], int, int, int, tuple[int, int]], Source]
    rounds: list[Source] = field(default_factory=list)
    files: tuple[Source, ...] = ()

    def compare_all(self, unit: NDArray[np.float32], k: int) -> Neighbours:
        """See ``Steps``."""
        rows = self.write("rows", {"vector": unit})
        near = self.do("neighbours", (rows,), len(unit), QUERY_ROWS, k, (0, 0))
        return _gather(near)

    def probe(
        self,
        unit: NDArray[np.float32],
        cells: Cells,
        probes: tuple[int, int],
        found: NDArray[np.int32],
        similarities: NDArray[np.float32],
    ) -> None:
        """See ``Steps``."""
        count, k = found.shape
        if not self.files:
            # One row more than cells: the end of the last.
            centres = np.vstack((cells.centres, cells.centres[:1]))
            self.files = (
                self.write("rows", {"vector": unit[cells.order]}),
                self.write("cells", {"start": cells.starts, "centre": centres}),
            )
        step = count_at_once(cells, probes, k)
        name = f"neighbours-{len(self.rounds) + 1}"
        near = self.do(name, (*self.files, *self.rounds[-1:]), count, step, k, probes)
        self.rounds.append(near)
        places, cosines = _gather(near)
        names = cells.order[places]
        names[places < 0] = -1
        found[cells.order], similarities[cells.order] = names, cosines


def _gather(near: Source) -> Neighbours:
    table = near.read()
    return matrix(table, "near"), matrix(table, "cosine")
