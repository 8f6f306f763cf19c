"""All relations of passages beyond copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.vectors.neighbours import NeighbourGraph
from embeddings.words.steps import Step, make_step
from topics.coverage.relations.events import find_same_event
from topics.coverage.relations.relations import Relation, RelationOptions
from topics.coverage.relations.wordings import find_contained


def find_relations(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    nodes: Sequence[int] | NDArray[np.integer],
    graph: NeighbourGraph,
    *,
    options: RelationOptions | None = None,
) -> list[Relation]:
    """Find containments and reports of the same event.

    Args:
        passages: In any order; relations name their rows.
        documents: By id; a passage's document may be missing, and counts then as one of
            unknown outlet and date.
        nodes: Row of ``graph`` for each passage. Copies share a node, and relations are
            looked for between nodes only. ``-1`` leaves a passage out.
        graph: Neighbours of the nodes.
        options: What counts.

    Returns:
        Containments by falling share, then events by falling score.
    """
    numbers = np.asarray(nodes)

    def pair(relation: Relation) -> frozenset[int]:
        return frozenset(numbers[[relation.a, relation.b]].tolist())

    contained = find_contained(passages, documents, nodes, options=options)
    known = set(map(pair, contained))
    events = find_same_event(passages, documents, nodes, graph, options=options)
    return contained + [one for one in events if check_outside(pair(one), known).passed]


def check_outside(pair: frozenset[int], contained: Collection[frozenset[int]]) -> Step:
    """Test that of two nodes neither is known to stand inside the other."""
    outside = pair not in contained
    clause = (
        "neither stands inside the other"
        if outside
        else "one stands inside the other, and reports no event of its own"
    )
    return make_step("inside", None, None, outside, clause)
