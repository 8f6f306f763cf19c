"""The map over a store: kept from run to run, laid out where there is none."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.progress import begin
from embeddings.text.keeping import pack_keys
from embeddings.vectors.graph import node_keys, node_vectors
from topics.maps.growing import grow_layout
from topics.maps.layout import Layout, layout
from topics.pipeline.neighbours import stored_graph
from topics.pipeline.stages import forget_stages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.vectors.neighbours import NeighbourGraph

POINTS = "layout"
"""The array that holds the place of each row of the graph."""

ARRAYS = (POINTS, "layout.keys", "layout.unit")
"""All arrays of the map: places, the texts that stand there by content hash, the curve's unit."""


# The setting that holds the fingerprint of the encoder that the kept places are by.
_ENCODER = "layout.encoder"


def make_layout(store: CorpusStore) -> Layout:
    """Put what is new on the map that is kept, or lay all out where there is none to go by."""
    begin("laying out the map")
    graph = cast("NeighbourGraph", stored_graph(store))
    vectors, keys = node_vectors(store), node_keys(store)
    known = _read_layout(store)
    grown = grow_layout(known, graph, vectors, keys) if known else None
    return grown or layout(graph, vectors, keys)


def keep_layout(store: CorpusStore, made: Layout) -> None:
    """Store the map."""
    arrays: tuple[NDArray[Any], ...] = (made.points, pack_keys(made.keys), np.array([made.unit]))
    for name, array in zip(ARRAYS, arrays, strict=True):
        store.put_array(name, array)
    store.set_setting(_ENCODER, _fingerprint(store))


def _fingerprint(store: CorpusStore) -> str:
    found: str = (store.setting("encoder") or {}).get("fingerprint", "")
    return found


def forget_layout(store: CorpusStore) -> None:
    """Let the next map be laid out afresh."""
    with store.transaction():
        keep_layout(store, Layout(np.zeros((0, 2), np.float32), ()))
        forget_stages(store, [POINTS])


def _read_layout(store: CorpusStore) -> Layout | None:
    # What is damaged, of another encoder, or of a version that did not note whose places these
    # are, is made afresh.
    with suppress(StoreError):
        if store.setting(_ENCODER) not in (None, _fingerprint(store)):
            return None
        arrays = [array for name in ARRAYS if (array := store.array(name)) is not None]
        if len(arrays) == len(ARRAYS) and len(arrays[0]) == len(arrays[1]):
            points, keys, unit = arrays
            return Layout(points, [key.tobytes() for key in keys], float(unit[0]))
    return None
