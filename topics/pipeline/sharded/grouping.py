"""From the weighed graph to topics: atoms by strips, the graph of atoms, and rows moved at the end.

The machine that finds topics holds the atoms, not the rows: it calls what one run calls, on a
graph whose nodes are atoms. Before that and after it rows move by strips, with all their edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.shards.stages import write_file
from topics.discovery.communities import RUNS_AGREE, join_atoms
from topics.discovery.condensing import first_rows
from topics.discovery.ground import Ground
from topics.discovery.levels import find_topics, grow_tree
from topics.discovery.strips import (
    condense_strip,
    find_places,
    find_strip_atoms,
    move_rows,
    settle_rows,
    sum_by_group,
)
from topics.pipeline.sharded.parts import Source, column, matrix, rows_of
from topics.pipeline.sharded.weighing import StripPart, read_strip

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from topics.discovery.strips import Strip

# Rows that tell how far topics stand apart, and from which they are named.
SAMPLE = 20_000


@dataclass(frozen=True)
class Grouping(StripPart):
    """A task of one strip, or of all.

    Attributes:
        whole: The weight of the whole graph.
        resolutions: That of modularity; several where rows are grouped in several ways.
        half: Whether only every second row is moved.
    """

    whole: float
    resolutions: tuple[float, ...]
    half: bool

    @property
    def shares(self) -> list[float]:
        """Each resolution beside the weight of the whole graph."""
        return [one / max(self.whole, 1e-300) for one in self.resolutions]


def part_strip(task: Grouping) -> None:
    """Find small groups of the rows of a strip, in as many ways as there are resolutions."""
    (graph,) = task.reads
    strip = read_strip(graph, task.number)
    found = [find_strip_atoms(strip, share, seed) for seed, share in enumerate(task.shares)]
    _write_groups(task, strip, np.stack(found, axis=1))


def move_strip(task: Grouping) -> None:
    """Move the rows of a strip among groups, with the edges to all strips.

    Where rows are grouped in more ways than there are resolutions, the first ones stay.
    """
    graph, before = task.reads
    strip = read_strip(graph, task.number)
    labels, ends = read_groups(before, strip, task.number)
    moved = labels.copy()
    for way, share in enumerate(task.shares, labels.shape[1] - len(task.shares)):
        names, volumes = _read_volumes(before, labels, ends, way)
        moved[:, way] = move_rows(
            strip, labels[:, way], ends[:, way], names, volumes, share, half=task.half
        )
    _write_groups(task, strip, moved)


def try_topics(task: Grouping) -> None:
    """Find communities of atoms in several ways: each atom's own number, then its communities."""
    import pyarrow as pa

    names, edges = _read_links(*task.reads)
    tried = [
        join_atoms(edges, resolution, number % RUNS_AGREE)
        for number, resolution in enumerate(task.resolutions)
    ]
    with write_file(task) as output:
        groups = np.stack((names, *tried), axis=1)
        output.add(pa.table({"atom": names, "groups": rows_of(groups)}))


def spread_groups(task: Grouping) -> None:
    """Give each row of a strip the groups of its atom; of itself where no atoms were made."""
    graph, *atoms, grouped = task.reads
    strip, table = read_strip(graph, task.number), grouped.read()
    own = _read_own(atoms[0], task.number)[:, 0] if atoms else strip.rows
    place = np.searchsorted(column(table, "atom"), own)
    _write_groups(task, strip, matrix(table, "groups")[place])


def part_again(task: Grouping) -> None:
    """Make atoms of the rows of a strip that are together in all ways."""
    graph, moved = task.reads
    every = np.unique(matrix(moved.read(["group"], group=1), "group"), axis=0)
    number = {tuple(way): place for place, way in enumerate(every.tolist())}
    own = _read_own(moved, task.number).tolist()
    labels = np.array([number[tuple(ways)] for ways in own], np.int64)
    _write_groups(task, read_strip(graph, task.number), labels[:, None])


def link_atoms(task: Grouping) -> None:
    """Sum up the weights between atoms as far as they lead from a strip."""
    import pyarrow as pa

    graph, atoms = task.reads
    strip = read_strip(graph, task.number)
    names = ("one", "other", "weight")
    own, ends = read_groups(atoms, strip, task.number)
    links = condense_strip(strip, own[:, 0], ends[:, 0])
    with write_file(task) as output:
        output.add(pa.table(dict(zip(names, links, strict=True))))


def sum_atoms(task: Grouping) -> None:
    """Sum up the vectors of a strip's rows by atom; and a group of some rows, spread evenly."""
    atoms, places = task.reads
    _write_sums(task, places, _read_own(atoms, task.number)[:, 0])


def sample_rows(task: Grouping) -> None:
    """Do what ``sum_atoms`` does with all rows of a strip as one atom."""
    (places,) = task.reads
    count = places.read(["row"], group=task.number).num_rows
    _write_sums(task, places, np.zeros(count, np.int64))


def _write_sums(task: Grouping, places: Source, labels: NDArray[np.int64]) -> None:
    import pyarrow as pa

    table = places.read(["row", "vector"], group=task.number).sort_by("row")
    unit = matrix(table, "vector")
    names, sums = sum_by_group(labels, unit)
    held = sum_by_group(labels, np.ones(len(labels)))[1]
    rows = column(table, "row")
    seen = np.flatnonzero(rows % -(-task.rows // SAMPLE) == 0)
    with write_file(task) as output:
        for row, atom, count, vectors in (
            (names, names, held, sums),
            (rows[seen], labels[seen], np.ones(len(seen)), unit[seen].astype(np.float64)),
        ):
            columns = {"row": row, "atom": atom, "rows": count, "vector": rows_of(vectors)}
            output.add(pa.table(columns))


def read_ground(links: Source, summed: Source) -> tuple[NDArray[np.int64], Ground]:
    """Return the names of the atoms, ascending, and the graph of them."""
    table = summed.read(group=0)
    every = column(table, "atom")
    _, sums = sum_by_group(every, matrix(table, "vector"))
    held = sum_by_group(every, column(table, "rows"))[1]
    names, edges = _read_links(links, summed)
    seen = summed.read(group=1)
    sample = matrix(seen, "vector").astype(np.float32)
    place = np.searchsorted(names, column(seen, "atom"))
    return names, Ground(edges, sums, held=held, sample=(sample, place))


def _read_links(links: Source, summed: Source) -> tuple[NDArray[np.int64], csr_array]:
    """Return the names of the atoms, ascending, and the weights between them."""
    from scipy.sparse import coo_array, csr_array

    names = np.unique(column(summed.read(["atom"], group=0), "atom"))
    pairs = links.read()
    ends = tuple(np.searchsorted(names, column(pairs, one)) for one in ("one", "other"))
    edges = csr_array(coo_array((column(pairs, "weight"), ends), shape=(len(names),) * 2))
    edges.sum_duplicates()
    return names, edges


def read_whole(graph: Source, places: Source) -> Ground:
    """Return the graph of all rows, as ``prepare_ground`` gives it."""
    from scipy.sparse import coo_array, csr_array

    rows, ends, weights = [], [], []
    for number in range(len(graph.tasks)):
        strip = read_strip(graph, number)
        pairs = strip.edges.tocoo()
        rows.append(strip.rows[pairs.row])
        ends.append(strip.ends[pairs.col])
        weights.append(pairs.data)
    at = (np.concatenate(rows), np.concatenate(ends))
    table = places.read(["row", "vector"]).sort_by("row")
    count = table.num_rows
    edges = csr_array(coo_array((np.concatenate(weights), at), shape=(count, count)))
    edges.sort_indices()
    return Ground(edges, matrix(table, "vector"))


def group_rows(task: Grouping) -> None:
    """Find the tree of topics on the graph of all rows: of each its topic on every level."""
    ground = read_whole(*task.reads)
    _write_tree(task, np.arange(ground.nodes), ground)


def group_atoms(task: Grouping) -> None:
    """Find the tree of topics on the graph of atoms: of each atom its topic on every level."""
    _write_tree(task, *read_ground(*task.reads))


def _write_tree(task: Grouping, names: NDArray[np.int64], ground: Ground) -> None:
    import pyarrow as pa

    tree = grow_tree(ground, find_topics(ground))
    with write_file(task) as output:
        levels = np.stack(tree.levels, axis=1)
        output.add(pa.table({"atom": names, "groups": rows_of(levels)}))
        output.facts = {"default": tree.default, "resolutions": list(tree.resolutions)}


def settle_strip(task: Grouping) -> None:
    """Move the rows of a strip among topics, level by level."""
    graph, before, tree = task.reads
    strip, default = read_strip(graph, task.number), read_default(tree)
    labels, ends = read_groups(before, strip, task.number)
    names, volumes = _read_volumes(before, labels, ends, default)
    settled = settle_rows(strip, labels, ends, default, names, volumes, task.shares[0])
    if task.half:
        settled = np.where(strip.rows[:, None] % 2 == 0, settled, labels)
    _write_groups(task, strip, settled)


def _write_groups(task: Grouping, strip: Strip, labels: NDArray[np.int64]) -> None:
    """Write the groups of a strip's rows, shape ``(m, ways)``; and what each of them weighs."""
    import pyarrow as pa

    weight = strip.edges.sum(axis=1)
    every, number = np.unique(labels, axis=0, return_inverse=True)
    volumes = sum_by_group(number.ravel(), weight)[1]
    with write_file(task) as output:
        for row, groups, weights in (
            (strip.rows, labels, weight),
            (strip.rows[first_rows(number.ravel())], every, volumes),
        ):
            columns = {"row": row, "group": rows_of(groups), "weight": weights}
            output.add(pa.table(columns))


def read_groups(
    groups: Source, strip: Strip, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the groups of a strip's rows, and of what its edges lead to: a column for each way."""
    own = _read_own(groups, number)
    ends = np.empty((len(strip.ends), own.shape[1]), np.int64)
    for table in groups.each(["row", "group"], group=0):
        place, here = find_places(column(table, "row"), strip.ends)
        ends[here] = matrix(table, "group")[place[here]]
    return own, ends


def _read_own(groups: Source, number: int) -> NDArray[np.int64]:
    return matrix(groups.folder.read(groups.tasks[number], ["group"], group=0), "group")


def _read_volumes(
    groups: Source, labels: NDArray[np.int64], ends: NDArray[np.int64], way: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the groups of one way, ascending, and their weights in the whole graph."""
    names = np.union1d(labels[:, way], ends[:, way])
    volumes = np.zeros(len(names))
    for table in groups.each(["group", "weight"], group=1):
        place, here = find_places(names, matrix(table, "group")[:, way])
        np.add.at(volumes, place[here], column(table, "weight")[here])
    return names, volumes


def read_default(tree: Source) -> int:
    """Return the level that is shown first."""
    marker = tree.folder.find_marker(tree.tasks[0])
    return int(marker.facts["default"]) if marker else 0
