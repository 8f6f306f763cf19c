"""From lists of neighbours to the weighed graph, by strips of rows that are alike.

Rows are put into cells by their vectors and cells into strips, so that much of a row's weight
stays in its strip. Two directions of an edge meet in the strips of both its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.shards.stages import Output, write_file
from embeddings.vectors.cells import SAMPLE_ROWS, assign_rows, place_centres
from embeddings.vectors.neighbours import unit_rows
from topics.discovery.strips import Edges, Strip, unite_strip
from topics.discovery.weights import measure_nearness, neighbours_used, weigh_fairly
from topics.pipeline.sharded.nearing import read_vectors
from topics.pipeline.sharded.parts import Part, Source, column, matrix, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Cells of a strip: so many that strips are of much the same size.
CELLS = 32


@dataclass(frozen=True)
class StripPart(Part):
    """A task of one strip, or of one block of rows, which are as many.

    Attributes:
        rows: In the whole graph.
        strips: How many there are.
    """

    rows: int
    strips: int

    @property
    def block(self) -> tuple[int, int]:
        """Where its block of rows begins, and the one behind its end."""
        first, last = (self.rows * at // self.strips for at in (self.number, self.number + 1))
        return first, last


def draw_centres(task: StripPart) -> None:
    """Place centres among a sample of rows; of each cell the strip that it goes to."""
    import pyarrow as pa

    vectors, nodes = task.reads
    wanted = task.strips * CELLS
    drawn = min(task.rows, wanted * SAMPLE_ROWS)
    sample = np.linspace(0, task.rows - 1, drawn).astype(np.int64)
    unit = unit_rows(read_vectors(vectors, column(nodes.read(), "body")[sample]))
    centres = place_centres(unit, min(wanted, drawn))
    # Cells next in number are alike; each strip takes as many rows of the sample as any.
    sizes = np.bincount(assign_rows(unit, centres), minlength=len(centres))
    strip = (np.cumsum(sizes) - (sizes + 1) // 2) * task.strips // max(drawn, 1)
    with write_file(task) as output:
        output.add(pa.table({"centre": rows_of(centres), "strip": strip}))


def place_rows(task: StripPart) -> None:
    """Put a block of rows into strips: a group for each, of vectors and how near neighbours are."""
    import pyarrow as pa

    vectors, nodes, lists, centres = task.reads
    begin, end = task.block
    unit = unit_rows(read_vectors(vectors, column(nodes.slice(begin, end), "body")))
    table = centres.read()
    strips = column(table, "strip")[assign_rows(unit, matrix(table, "centre"))]
    cosines = matrix(lists.slice(begin, end, ["cosine"]), "cosine")
    near = measure_nearness(cosines[:, : _width(task)])
    with write_file(task) as output:
        for strip in range(task.strips):
            mine = np.flatnonzero(strips == strip)
            columns = {"row": begin + mine, "near": near[mine], "strip": strips[mine]}
            output.add(pa.table(columns | {"vector": rows_of(unit[mine])}))


def weigh_rows(task: StripPart) -> None:
    """Weigh what leads from a block of rows: a group for each strip that an end lies in."""
    lists, places = task.reads
    begin, end = task.block
    table = lists.slice(begin, end)
    found, cosines = matrix(table, "near"), matrix(table, "cosine")
    found, cosines = found[:, : _width(task)], cosines[:, : _width(task)]
    own = np.arange(begin, end)
    known = np.unique(np.concatenate((own, found.ravel().astype(np.int64))))
    near, strips = _read_places(places, known, task)
    weights, led = weigh_fairly(np.searchsorted(known, found), cosines, near)
    row, to = np.repeat(own, led.shape[1]), known[led.ravel()]
    from_strip = strips[np.searchsorted(known, row)]
    to_strip, weight = strips[led.ravel()], weights.ravel()
    with write_file(task) as output:
        for strip in range(task.strips):
            out, back = from_strip == strip, to_strip == strip
            _add_edges(output, row[out], to[out], weight[out])
            _add_edges(output, to[back], row[back], weight[back])


def unite_rows(task: StripPart) -> None:
    """Join the directions of the edges of a strip: its rows, what they lead to, and weights."""
    import pyarrow as pa

    weights, places = task.reads
    rows = np.sort(column(places.read(["row"], group=task.number), "row"))
    strip = unite_strip(rows, *(_read_edges(weights, 2 * task.number + at) for at in (0, 1)))
    edges = strip.edges
    with write_file(task) as output:
        output.add(pa.table({"number": strip.rows, "value": np.diff(edges.indptr) * 1.0}))
        output.add(pa.table({"number": strip.ends, "value": np.zeros(len(strip.ends))}))
        output.add(pa.table({"number": edges.indices.astype(np.int64), "value": edges.data}))
        output.facts = {"whole": float(edges.sum()), "inside": float(strip.inside.sum())}


def read_strip(graph: Source, number: int) -> Strip:
    """Return the edges of a strip, as ``unite_rows`` wrote them."""
    from scipy.sparse import csr_array

    tables = [graph.folder.read(graph.tasks[number], group=group) for group in range(3)]
    rows, ends, indices = (column(table, "number") for table in tables)
    starts = np.concatenate(([0], np.cumsum(column(tables[0], "value")))).astype(np.int64)
    edges = csr_array((column(tables[2], "value"), indices, starts), shape=(len(rows), len(ends)))
    return Strip(rows, ends, edges)


def _width(task: StripPart) -> int:
    """Return how many neighbours of each row count; lists are longer."""
    return min(neighbours_used(task.rows), max(task.rows - 1, 0))


_EDGE = ("row", "end", "weight")


def _add_edges(output: Output, *edges: NDArray[Any]) -> None:
    import pyarrow as pa

    output.add(pa.table(dict(zip(_EDGE, edges, strict=True))))


def _read_edges(weights: Source, group: int) -> Edges:
    table = weights.read(group=group)
    return column(table, "row"), column(table, "end"), column(table, "weight")


def _read_places(
    places: Source, known: NDArray[np.int64], task: StripPart
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return nearness and strip of some rows, ascending."""
    near, strips = np.empty(len(known)), np.empty(len(known), np.int64)
    starts = [task.rows * at // task.strips for at in range(task.strips + 1)]
    ends = np.searchsorted(known, starts)
    for number, table in enumerate(places.each(["row", "near", "strip"])):
        mine = slice(ends[number], ends[number + 1])
        at = np.argsort(column(table, "row"))[known[mine] - starts[number]]
        near[mine], strips[mine] = column(table, "near")[at], column(table, "strip")[at]
    return near, strips
