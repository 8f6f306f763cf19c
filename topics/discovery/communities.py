"""Communities of a weighted graph by modularity: Leiden, and quick sweeps over its rows."""

from __future__ import annotations

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.blocks import cores
from embeddings.progress import track
from topics.discovery.condensing import compact, condense_edges, intersect, membership

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Full cycles of a Leiden run: with one, runs under different seeds still differ much.
CYCLES = 3
# Of large graphs so many runs, of fewer cycles, say what belongs together; so many join what
# they agree on, and then rows are moved in so many rounds.
RUNS_AGREE = 4
RUNS_CORE = 8
CYCLES_LARGE = 2
SWEEPS = 4
# A row moves for a gain of more than this share of its weight, not for rounding.
_LEAST_GAIN = 1e-9


def default_resolution(rows: int) -> float:
    """Return the resolution of modularity for a corpus of this size.

    Modularity at .5 finds subjects in thousands of passages and next to nothing in a
    hundred, so small corpora are looked at more closely: 1 up to 500 rows, .5 from 2,000.
    Measured in ``docs/decisions/topics.md``.
    """
    return min(1.0, max(0.5, math.sqrt(500 / max(rows, 1))))


def least_topic_size(rows: int) -> int:
    """Return the size below which a topic is merged into its nearest: sqrt(n)/4, 2 or more."""
    return max(2, round(math.sqrt(rows) / 4))


def run_leiden(
    edges: csr_array, resolution: float, seed: int, cycles: int = CYCLES
) -> NDArray[np.int64]:
    """Run Leiden once by modularity (Traag, Waltman and van Eck, 2019).

    Args:
        edges: Symmetric weights ``(n, n)``; a diagonal is passed over.
        resolution: Higher gives more and smaller communities.
        seed: Any integer of 0 or more.
        cycles: Full cycles, each starting from the last one's communities.

    Returns:
        int64 ``(n,)``, numbered by first appearance.
    """
    import graspologic_native

    rows = edges.shape[0]
    if edges.nnz == 0:
        return np.arange(rows, dtype=np.int64)
    _, community = graspologic_native.leiden_csr(
        edges.indptr.astype(np.int64, copy=False),
        edges.indices.astype(np.int32, copy=False),
        np.ascontiguousarray(edges.data, np.float64),
        rows,
        resolution=resolution,
        seed=seed,
        iterations=cycles,
    )
    labels = np.fromiter(map(community.__getitem__, range(rows)), np.int64, rows)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def best_communities(
    links: csr_array, resolution: float, seed: int, runs: int, cycles: int = CYCLES
) -> NDArray[np.int64]:
    """Run Leiden under several seeds; returns the partition of greatest modularity.

    Args:
        links: Symmetric weights ``(m, m)``; a diagonal counts, as twice the weight that
            lies inside a node.
        resolution: As for ``run_leiden``.
        seed: The first of ``runs`` seeds.
        runs: Runs; they share the cores.
        cycles: As for ``run_leiden``.
    """
    count = links.shape[0]
    graph = _with_twins(links)

    def run(one: int) -> tuple[float, NDArray[np.int64]]:
        part = compact(run_leiden(graph, resolution, one, cycles)[:count])
        return modularity(links, part, resolution), part

    # Leiden lets go of the interpreter's lock, and no run sees another.
    with ThreadPoolExecutor(max_workers=min(runs, cores())) as pool:
        found = list(track(pool.map(run, range(seed, seed + runs)), runs))
    # max() takes the first of equals, so the choice does not hang on thread timing.
    return max(found, key=lambda one: one[0])[1]


def agreed_communities(
    edges: csr_array,
    atoms: NDArray[np.int64],
    resolution: float,
    seed: int,
    whole: int = 0,
) -> NDArray[np.int64]:
    """Find communities of a large graph from what several runs agree on.

    An ensemble by maximal overlap (Ovelgönne and Geyer-Schulz, 2012): rows that all runs put
    together stay together, and Leiden joins these groups. It comes to a greater modularity than
    the best of the runs, and to much the same partition under every seed.

    Args:
        edges: Symmetric weights ``(n, n)``.
        atoms: int64 ``(n,)``, small groups without gaps that runs start from.
        resolution: As for ``run_leiden``.
        seed: The first of ``RUNS_AGREE`` seeds.
        whole: So many runs more, on all rows, that know nothing of the atoms.

    Returns:
        int64 ``(n,)``, without gaps.
    """
    links = condense_edges(edges, atoms)

    def run(one: int) -> NDArray[np.int64]:
        if one >= RUNS_AGREE:
            return compact(run_leiden(edges, resolution, seed + one, CYCLES_LARGE))
        return sweep(edges, join_atoms(links, resolution, seed + one)[atoms], resolution, SWEEPS)

    runs = RUNS_AGREE + whole
    with ThreadPoolExecutor(max_workers=min(runs, cores())) as pool:
        # The long ones first.
        found = list(track(pool.map(run, reversed(range(runs))), runs))
    core = functools.reduce(intersect, found)
    part = best_communities(condense_edges(edges, core), resolution, seed, RUNS_CORE)[core]
    return sweep(edges, part, resolution, SWEEPS)


def join_atoms(links: csr_array, resolution: float, seed: int) -> NDArray[np.int64]:
    """Run Leiden once on the graph of atoms, ``(m, m)``, loops and all; returns int64 ``(m,)``."""
    part = run_leiden(_with_twins(links), resolution, seed, CYCLES_LARGE)
    return compact(part[: links.shape[0]])


def _with_twins(links: csr_array) -> csr_array:
    """Carry each node's loop by a twin, tied to it alone.

    graspologic drops a diagonal in silence. With a twin all degrees are right, and no
    twin gains by leaving its node.
    """
    from scipy.sparse import block_array, csr_array, diags_array

    loops = links.diagonal()
    if not loops.any():
        return links
    ties = diags_array(loops / 2)
    graph = csr_array(block_array([[links - diags_array(loops), ties], [ties, None]]))
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def modularity(links: csr_array, labels: NDArray[np.int64], resolution: float) -> float:
    """Return modularity (Newman and Girvan, 2004), the diagonal of ``links`` included."""
    between = condense_edges(links, labels)
    weight = between.sum(axis=1)
    total = float(weight.sum())
    if total == 0:
        return 0.0
    return float(between.trace() / total - resolution * np.square(weight / total).sum())


def sweep(
    edges: csr_array, labels: NDArray[np.int64], resolution: float, times: int = 8
) -> NDArray[np.int64]:
    """Move rows to the linked community that raises modularity most, all at once.

    Odd rounds move all rows, even ones every second, so that pairs do not swap for ever.

    Args:
        edges: Symmetric weights ``(n, n)``; a diagonal goes where its row goes.
        labels: Communities without gaps.
        resolution: As for ``run_leiden``.
        times: Rounds at most.
    """
    from scipy.sparse import diags_array

    weight = edges.sum(axis=1)
    loops = edges.diagonal()
    if loops.any():
        edges = edges - diags_array(loops, format="csr")
        edges.eliminate_zeros()
    rows = np.arange(len(labels))
    share = resolution / max(float(weight.sum()), 1e-300)
    for number in range(times):
        volumes = membership(labels) @ weight
        best = choose_communities(edges, labels, labels, weight, volumes, share)
        move = best != labels
        if number % 2:
            move &= rows % 2 == 0
        if not move.any():
            break
        labels = compact(np.where(move, best, labels))
    return labels


def choose_communities(
    edges: csr_array,
    ends: NDArray[np.int64],
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    volumes: NDArray[np.float64],
    share: float,
) -> NDArray[np.int64]:
    """Choose for each row the linked community that raises modularity most; of equals the lowest.

    Args:
        edges: Weights ``(m, n)`` of some rows with others; no row with itself.
        ends: int64 ``(n,)``: communities of the others.
        labels: int64 ``(m,)``: those of the rows.
        weight: float64 ``(m,)``: sums of all the rows' weights.
        volumes: float64 ``(communities,)``: sums of the weights of their rows.
        share: The resolution beside the weight of the whole graph.

    Returns:
        int64 ``(m,)``; a row's own where it would gain next to nothing.
    """
    from scipy.sparse import csr_array

    rows = len(labels)
    groups = csr_array(
        (np.ones(len(ends)), ends, np.arange(len(ends) + 1)), shape=(len(ends), len(volumes))
    )
    pull = csr_array(edges @ groups)
    pull.sort_indices()
    row, label = np.repeat(np.arange(rows), np.diff(pull.indptr)), pull.indices
    gain = pull.data - (share * weight)[row] * volumes[label]
    stay = -(share * weight) * volumes[labels]
    here = np.flatnonzero(label == labels[row])
    stay[row[here]] = gain[here]
    stay += share * weight**2
    linked = np.flatnonzero(np.diff(pull.indptr))
    most = np.full(rows, -np.inf)
    if len(linked):
        most[linked] = np.maximum.reduceat(gain, pull.indptr[linked])
    top = np.flatnonzero(gain == most[row])
    best = labels.copy()
    first = top[np.unique(row[top], return_index=True)[1]]
    better = most[row[first]] > (stay + _LEAST_GAIN * weight)[row[first]]
    best[row[first[better]]] = label[first[better]]
    return best
