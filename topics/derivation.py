"""From stored passages and vectors to copies, graph, relations and topics, and back.

Everything here is a function of the corpus and of the user's choices, so it is replaced
whole, in one transaction, when either has changed, and left alone when neither has. Copies,
graph and relations hang on the corpus alone; topics on the user's choices as well.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.copies import find_copies
from embeddings.documents import Document, Passage
from embeddings.embedding import embed_texts
from embeddings.neighbours import NeighbourGraph, find_neighbours
from embeddings.store import DERIVED, RELATED, CorpusStore
from topics.coverage.relations import find_relations
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.edits import Edit, read_edits
from topics.finding import Corpus, Found, Placed, Wishes, find
from topics.guiding.taxonomy import GuidedTopic
from topics.identity import share_moved
from topics.lineage import Change, compare
from topics.nodes import Nodes, gather_nodes, read_nodes
from topics.renaming import apply_names
from topics.storing import read_members, store_copies, store_relations, store_topics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Raised when a method changes, that of the layout too, so that stored results are replaced.
METHODS = 2

# The setting that holds what each run says of the topics as they are, until they change.
REMARKS = "remarks"
# The setting that says which names the topics bear.
NAMED = "named"


@dataclass(frozen=True)
class Derivation:
    """What a run changed.

    Attributes:
        fresh: Whether anything had to be computed.
        previous_topics: Topics shown before this run.
        moved: Share of the texts present before and after whose topic changed, 0 to 1.
        changes: What became of the topics of before.
        names_before: Names of the topics of before, by id.
        idle: Ids of edits that found nothing to act on.
        notes: What the user should know.
    """

    fresh: bool
    previous_topics: int
    moved: float = 0.0
    changes: tuple[Change, ...] = ()
    names_before: dict[int, str] = dataclasses.field(default_factory=dict)
    idle: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def derive(
    store: CorpusStore,
    encoder: Encoder,
    progress: Callable[[str], None] | None = None,
    *,
    undone: Edit | None = None,
) -> Derivation:
    """Bring copies, graph, relations and topics up to date with the corpus and the edits.

    Args:
        store: Every passage must have a vector of ``encoder``.
        encoder: Embeds the descriptions of guided topics; not used when they are stored.
        progress: Told of each stage.
        undone: An edit just taken back, whose topics get back their ids.
    """
    tell = progress or (lambda _: None)
    wishes = read_wishes(store)
    related = _digest([METHODS, encoder.fingerprint, store.corpus_fingerprint()])
    derived = _digest([related, dataclasses.asdict(wishes)])
    named = _digest([derived, [dataclasses.asdict(one) for one in _renames(store)]])
    previous = store.rows("SELECT count(DISTINCT topic_id) FROM assignments")[0][0]
    complete = store.rows("SELECT count(*) FROM assignments")[0][0] == store.count_passages()
    if complete and store.setting(DERIVED) == derived:
        told = store.setting(REMARKS) or {}
        idle = (*told.get("idle", ()), *_name(store, named))
        notes = tuple(told.get("notes", ()))
        return Derivation(fresh=False, previous_topics=previous, idle=idle, notes=notes)
    passages = store.passages()
    documents = {document.id: document for document in store.documents()}
    with store.transaction():
        graph = _stored_graph(store) if store.setting(RELATED) == related else None
        if graph is None:
            nodes, graph = _relate(store, encoder, passages, documents, tell)
            store.set_setting(RELATED, related)
        else:
            nodes = read_nodes(store, passages)
        tell("finding topics")
        corpus = _gather_corpus(store, encoder, passages, documents, nodes, graph)
        unedited = _digest([related, dataclasses.asdict(dataclasses.replace(wishes, edits=()))])
        known = _stored_placed(store, unedited)
        found = find(corpus, wishes, lambda texts: embed_texts(store, encoder, texts), tell, known)
        tell("storing")
        store.put_array("placed", found.placed.labels)
        store.set_setting("placed", [unedited, found.placed.notes])
        derivation = _store(store, passages, nodes, found, derived, undone)
        return dataclasses.replace(derivation, idle=(*found.idle, *_name(store, named)))


def read_wishes(store: CorpusStore) -> Wishes:
    """Return what the user asked of the topics, as stored."""
    return Wishes(
        guided=tuple(GuidedTopic(**topic) for topic in store.setting("guided") or []),
        edits=tuple(edit for edit in read_edits(store) if edit.kind != "rename"),
        count=store.setting("topics_count"),
        stability=store.setting("stability") is not False,
    )


def _renames(store: CorpusStore) -> list[Edit]:
    return [edit for edit in read_edits(store) if edit.kind == "rename"]


def _name(store: CorpusStore, named: str) -> tuple[int, ...]:
    """Name topics where names are not up to date; returns renames that cannot be obeyed."""
    if store.setting(NAMED) != named:
        with store.transaction():
            store.set_setting("idle_names", apply_names(store, _renames(store)))
            store.set_setting(NAMED, named)
    return tuple(store.setting("idle_names") or ())


def _digest(parts: Sequence[object]) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _stored_graph(store: CorpusStore) -> NeighbourGraph | None:
    indices, similarities = store.array("graph.indices"), store.array("graph.similarities")
    if indices is None or similarities is None:
        return None
    return NeighbourGraph(indices, similarities, recall=store.setting("recall") or 1.0)


def _stored_placed(store: CorpusStore, unedited: str) -> Placed | None:
    """Return the partition before edits, where neither corpus nor wishes have changed."""
    made_from, notes = store.setting("placed") or ("", ())
    labels = store.array("placed")
    return Placed(labels, tuple(notes)) if labels is not None and made_from == unedited else None


def _relate(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    documents: dict[str, Document],
    tell: Callable[[str], None],
) -> tuple[Nodes, NeighbourGraph]:
    """Find and store copies, the neighbour graph and relations."""
    tell("finding copies")
    sources = {document.id: document.source for document in documents.values()}
    groups = find_copies(passages, sources=sources)
    nodes = gather_nodes(passages, [(group.canonical, group.members) for group in groups])
    tell("finding neighbours")
    graph = find_neighbours(_vectors(store, encoder, nodes), MOST_NEIGHBOURS, keys=nodes.keys)
    tell("relating passages")
    relations = find_relations(passages, documents, nodes.of_passage, graph)
    store_copies(store, passages, groups)
    store_relations(store, passages, relations)
    store.put_array("graph.indices", graph.indices)
    store.put_array("graph.similarities", graph.similarities)
    store.set_setting("recall", graph.recall)
    return nodes, graph


def _vectors(store: CorpusStore, encoder: Encoder, nodes: Nodes) -> NDArray[np.float32]:
    if not len(nodes.of_passage):
        return np.zeros((0, 1), dtype=np.float32)
    return store.vectors(encoder.fingerprint)[nodes.canonical]


def _gather_corpus(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    documents: dict[str, Document],
    nodes: Nodes,
    graph: NeighbourGraph,
) -> Corpus:
    canonical = [passages[row] for row in nodes.canonical]
    return Corpus(
        texts=[passage.body for passage in canonical],
        sources=[documents[passage.document_id].source for passage in canonical],
        documents=[passage.document_id for passage in canonical],
        keys=nodes.keys,
        vectors=_vectors(store, encoder, nodes),
        graph=graph,
        adjacent=nodes.adjacent,
        node_of={
            key.hex(): node
            for key, node in zip(nodes.hashes, nodes.of_passage.tolist(), strict=True)
        },
    )


def _store(
    store: CorpusStore,
    passages: Sequence[Passage],
    nodes: Nodes,
    found: Found,
    derived: str,
    undone: Edit | None,
) -> Derivation:
    """Store the topics, and say what became of those of before."""
    names = dict(store.rows("SELECT id, name FROM topics"))
    before = read_members(store)
    store_topics(store, passages, nodes, found, undone)
    store.set_setting(NAMED, None)
    store.set_setting(REMARKS, {"idle": found.idle, "notes": found.placed.notes})
    store.set_setting(DERIVED, derived)
    after = read_members(store)
    return Derivation(
        fresh=True,
        previous_topics=len(set(before.values())),
        moved=share_moved(before, after),
        changes=tuple(compare(before, after)) if before else (),
        names_before=names,
        notes=found.placed.notes,
    )
