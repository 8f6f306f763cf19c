"""The neighbours of each row, in the store: of the graph, and those in other articles."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.text.keeping import pack_keys
from embeddings.vectors.growing import Lists
from embeddings.vectors.neighbours import NeighbourGraph
from topics.discovery.articles import Reading
from topics.discovery.weights import MOST_NEIGHBOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAPH = (
    "graph.indices",
    "graph.similarities",
    "spare.indices",
    "spare.similarities",
    "spare.keys",
    "spare.sums",
)
"""The arrays that hold the neighbours of each row."""

NEAR = tuple(f"near.{part}" for part in ("keys", "sums", "indices", "similarities", "recall"))
"""The arrays that hold the neighbours of each row in other articles."""


def stored_graph(store: CorpusStore) -> NeighbourGraph | None:
    """Return the stored neighbour graph, if there is one."""
    indices, similarities = store.array("graph.indices"), store.array("graph.similarities")
    if indices is None or similarities is None:
        return None
    return NeighbourGraph(indices, similarities, recall=store.setting("recall") or 1.0)


def put_lists(store: CorpusStore, lists: Lists) -> None:
    """Store the neighbours of each row: the graph, and what is known beyond it."""
    for name, array in (
        ("indices", lists.indices),
        ("similarities", lists.similarities),
    ):
        store.put_array(f"graph.{name}", array[:, :MOST_NEIGHBOURS])
        store.put_array(f"spare.{name}", array[:, MOST_NEIGHBOURS:])
    store.put_array("spare.keys", pack_keys(lists.keys))
    store.put_array("spare.sums", lists.sums)
    store.set_setting("recall", lists.recall)


def read_lists(store: CorpusStore) -> Lists | None:
    """Return the neighbours of each row of the graph as stored, ``None`` where there are none.

    In a file that an older version wrote nothing is known beyond the graph, nor what it is of.
    """
    graph = stored_graph(store)
    if graph is None:
        return None
    indices, similarities = store.array("spare.indices"), store.array("spare.similarities")
    keys, sums = store.array("spare.keys"), store.array("spare.sums")
    if indices is None or similarities is None or keys is None or sums is None:
        return Lists((), np.zeros(0, np.int64), graph.indices, graph.similarities, graph.recall)
    return Lists(
        [key.tobytes() for key in keys],
        sums,
        np.hstack((graph.indices, indices)),
        np.hstack((graph.similarities, similarities)),
        graph.recall,
    )


def keep_near(store: CorpusStore, reading: Reading) -> None:
    """Store the neighbours of each row in other articles, and how many of them count."""
    lists = reading.lists
    if lists is None:
        store.forget_arrays(NEAR)
        return
    told = np.array([lists.recall, reading.graph.k])
    keys = pack_keys(lists.keys)
    arrays: tuple[NDArray[Any], ...] = (keys, lists.sums, lists.indices, lists.similarities, told)
    for name, array in zip(NEAR, arrays, strict=True):
        store.put_array(name, array)


def read_near(store: CorpusStore) -> Lists | None:
    """Return the neighbours of each row in other articles, ``None`` where none are kept, or whole.

    What is damaged is searched anew.
    """
    with suppress(StoreError):
        arrays = [array for name in NEAR if (array := store.array(name)) is not None]
        if len(arrays) == len(NEAR):
            keys, sums, indices, similarities, told = arrays
            named = [key.tobytes() for key in keys]
            return Lists(named, sums, indices, similarities, float(told[0]))
    return None


def read_near_graph(store: CorpusStore) -> NeighbourGraph | None:
    """Return the graph that topics are found from, as the last run left it, if it is all there."""
    with suppress(StoreError):
        indices, similarities, told = (store.array(name) for name in NEAR[2:])
        if indices is not None and similarities is not None and told is not None and len(told) > 1:
            k = int(told[1])
            if (indices[:, :k] >= 0).all():
                return NeighbourGraph(indices[:, :k], similarities[:, :k], float(told[0]))
    return None
