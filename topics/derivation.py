"""From stored passages and vectors to copies, graph, topics and relations, and back into the store.

Everything here is a function of the corpus and of the user's choices, so it is replaced
whole, in one transaction, when either has changed, and left alone when neither has.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.copies import CopyGroup, find_copies
from embeddings.documents import Passage
from embeddings.embedding import embed_texts
from embeddings.neighbours import NeighbourGraph, find_neighbours
from embeddings.normalising import hash_text
from embeddings.store import DERIVED, CorpusStore
from topics.coverage.relations import Relation, find_relations
from topics.guided import assign, embed_topics
from topics.identity import TopicKey, carry_ids, share_moved
from topics.leiden import MOST_NEIGHBOURS, discover, discover_rest
from topics.naming import Topic, describe_topics
from topics.taxonomy import GuidedTopic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Raised when a method changes, that of the layout too, so that stored results are replaced.
METHODS = 1


@dataclass(frozen=True)
class Derivation:
    """What a run changed.

    Attributes:
        fresh: Whether anything had to be computed.
        previous_topics: Topics before this run.
        moved: Share of the texts present before and after whose topic changed, 0 to 1.
    """

    fresh: bool
    previous_topics: int
    moved: float


@dataclass(frozen=True)
class _Nodes:
    """Distinct texts, copies taken together: the rows of the graph, in order of their keys.

    Attributes:
        of_passage: int64 of shape ``(passages,)``, the node of each.
        canonical: int64 of shape ``(nodes,)``, the passage row that stands for each.
        keys: Content hash of each node's canonical text.
        adjacent: int64 of shape ``(pairs, 2)``, nodes whose passages follow each other in
            an article, each pair once.
    """

    of_passage: NDArray[np.int64]
    canonical: NDArray[np.int64]
    keys: list[bytes]
    adjacent: NDArray[np.int64]


def derive(
    store: CorpusStore, encoder: Encoder, progress: Callable[[str], None] | None = None
) -> Derivation:
    """Bring copies, graph, topics and relations up to date with the corpus.

    Args:
        store: Every passage must have a vector of ``encoder``.
        encoder: Embeds the descriptions of guided topics; not used when they are stored.
        progress: Told of each stage.
    """
    guided = [GuidedTopic(**topic) for topic in store.setting("guided") or []]
    fingerprint = _fingerprint(store, encoder, guided)
    previous = store.rows("SELECT count(*) FROM topics")[0][0]
    complete = store.rows("SELECT count(*) FROM assignments")[0][0] == store.count_passages()
    if complete and store.setting(DERIVED) == fingerprint:
        return Derivation(fresh=False, previous_topics=previous, moved=0.0)
    tell = progress or (lambda _: None)
    passages = store.passages()
    documents = {document.id: document for document in store.documents()}
    sources = {document.id: document.source for document in documents.values()}
    tell("finding copies")
    groups = find_copies(passages, sources=sources)
    nodes = _gather_nodes(passages, groups)
    vectors = store.vectors(encoder.fingerprint)[nodes.canonical] if passages else _no_vectors()
    tell("finding neighbours")
    graph = find_neighbours(vectors, MOST_NEIGHBOURS, keys=nodes.keys)
    tell("finding topics")
    labels, strengths = _place(store, encoder, guided, graph, vectors, nodes)
    described = describe_topics(
        [passages[row].body for row in nodes.canonical],
        labels,
        strengths,
        vectors,
        [sources.get(passages[row].document_id, "") for row in nodes.canonical],
        [topic.name for topic in guided],
        [passages[row].document_id for row in nodes.canonical],
    )
    tell("relating passages")
    relations = find_relations(passages, documents, nodes.of_passage, graph)
    tell("storing")
    with store.transaction():
        moved = _store_topics(store, passages, nodes, labels, strengths, described)
        _store_copies(store, passages, groups)
        _store_relations(store, passages, relations)
        store.put_array("graph.indices", graph.indices)
        store.put_array("graph.similarities", graph.similarities)
        store.set_setting("recall", graph.recall)
        store.set_setting(DERIVED, fingerprint)
    return Derivation(fresh=True, previous_topics=previous, moved=moved)


def node_keys(store: CorpusStore) -> list[bytes]:
    """Return the content hash of each row of the stored graph."""
    return [key for key, _ in _canonical_passages(store)]


def node_vectors(store: CorpusStore) -> NDArray[np.float32]:
    """Return the vector of each row of the stored graph, float32 ``(nodes, dimension)``."""
    fingerprint = store.setting("encoder")["fingerprint"]
    return store.vectors(fingerprint, [i for _, i in _canonical_passages(store)])


def _canonical_passages(store: CorpusStore) -> list[tuple[bytes, int]]:
    rows = store.rows(
        "SELECT a.node, p.hash, p.id FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id "
        "LEFT JOIN copy_members AS m ON m.passage_id = p.id "
        "LEFT JOIN copy_groups AS g ON g.id = m.group_id "
        "WHERE g.id IS NULL OR g.canonical = p.id ORDER BY a.node"
    )
    return [(bytes(key), passage_id) for _, key, passage_id in rows]


def _fingerprint(store: CorpusStore, encoder: Encoder, guided: Sequence[GuidedTopic]) -> str:
    parts = [
        METHODS,
        encoder.fingerprint,
        store.corpus_fingerprint(),
        [dataclasses.asdict(topic) for topic in guided],
    ]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _no_vectors() -> NDArray[np.float32]:
    return np.zeros((0, 1), dtype=np.float32)


def _gather_nodes(passages: Sequence[Passage], groups: Sequence[CopyGroup]) -> _Nodes:
    """Make one node of each group of copies, and of each other passage."""
    hashes = [hash_text(passage.body) for passage in passages]
    canonical = {row: row for row in range(len(passages))}
    for group in groups:
        canonical.update(dict.fromkeys(group.members, group.canonical))
    chosen = sorted(set(canonical.values()), key=lambda row: (hashes[row], row))
    number = {row: node for node, row in enumerate(chosen)}
    of_passage = [number[canonical[row]] for row in range(len(passages))]
    following = {
        (min(pair), max(pair))
        for row in range(1, len(passages))
        if passages[row].document_id == passages[row - 1].document_id
        and (pair := (of_passage[row - 1], of_passage[row]))
    }
    return _Nodes(
        of_passage=np.array(of_passage, np.int64),
        canonical=np.array(chosen, np.int64),
        keys=[hashes[row] for row in chosen],
        adjacent=np.array(sorted(following), np.int64).reshape(-1, 2),
    )


def _place(
    store: CorpusStore,
    encoder: Encoder,
    guided: Sequence[GuidedTopic],
    graph: NeighbourGraph,
    vectors: NDArray[np.float32],
    nodes: _Nodes,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give each node a guided topic where one fits, and a discovered one elsewhere."""
    if not guided:
        found = discover(graph, vectors, nodes.keys)
    else:
        directions = embed_topics(guided, lambda texts: embed_texts(store, encoder, texts))
        taken = assign(vectors, graph, directions, nodes.keys, nodes.adjacent).labels
        found = discover_rest(graph, vectors, taken, len(guided), nodes.keys, nodes.adjacent)
    return found.labels, found.strengths


def _store_topics(
    store: CorpusStore,
    passages: Sequence[Passage],
    nodes: _Nodes,
    labels: NDArray[np.int64],
    strengths: NDArray[np.float32],
    described: Sequence[Topic],
) -> float:
    """Replace topics and assignments; ids follow members. Returns the share that moved."""
    # By content, not by passage id: an updated article's passages have new ids.
    before = {bytes(key): topic for key, topic in store.rows("SELECT hash, topic_id FROM members")}
    old_members: dict[int, set[bytes]] = {}
    for key, topic_id in before.items():
        old_members.setdefault(topic_id, set()).add(key)
    old = {
        topic_id: TopicKey(old_members.get(topic_id, set()), name if kind == "guided" else "")
        for topic_id, name, kind in store.rows("SELECT id, name, kind FROM topics")
    }
    label_of = {
        hash_text(passage.body): int(labels[node])
        for passage, node in zip(passages, nodes.of_passage.tolist(), strict=True)
    }
    members_of: dict[int, set[bytes]] = {topic.id: set() for topic in described}
    for key, label in label_of.items():
        members_of[label].add(key)
    new = [TopicKey(members_of[t.id], t.name if t.kind == "guided" else "") for t in described]
    ids = carry_ids(old, new, (store.setting("last_topic_id") or 0) + 1)
    id_of = {topic.id: topic_id for topic, topic_id in zip(described, ids, strict=True)}
    with store.transaction() as connection:
        connection.execute("DELETE FROM assignments")
        connection.execute("DELETE FROM topics")
        connection.executemany(
            "INSERT INTO topics VALUES (?, ?, ?, ?, ?)",
            [
                (
                    id_of[topic.id],
                    topic.name,
                    topic.kind,
                    json.dumps(topic.keyphrases, ensure_ascii=False),
                    json.dumps([passages[nodes.canonical[n]].id for n in topic.representatives]),
                )
                for topic in described
            ],
        )
        after = {key: id_of[label] for key, label in label_of.items()}
        connection.execute("DELETE FROM members")
        connection.executemany("INSERT INTO members VALUES (?, ?)", after.items())
        connection.executemany(
            "INSERT INTO assignments VALUES (?, ?, ?, ?)",
            [
                (passage.id, node, id_of[int(labels[node])], round(float(strengths[node]), 4))
                for passage, node in zip(passages, nodes.of_passage.tolist(), strict=True)
            ],
        )
        highest = max([store.setting("last_topic_id") or 0, *ids])
        store.set_setting("last_topic_id", highest)
    return share_moved(before, after)


def _store_copies(
    store: CorpusStore, passages: Sequence[Passage], groups: Sequence[CopyGroup]
) -> None:
    with store.transaction() as connection:
        connection.execute("DELETE FROM copy_groups")
        for number, group in enumerate(groups, 1):
            connection.execute(
                "INSERT INTO copy_groups VALUES (?, ?, ?, ?, ?)",
                (number, group.kind, passages[group.canonical].id, group.across, group.short),
            )
            connection.executemany(
                "INSERT INTO copy_members VALUES (?, ?, ?)",
                [
                    (passages[row].id, number, round(share, 4))
                    for row, share in zip(group.members, group.shares, strict=True)
                ],
            )


def _store_relations(
    store: CorpusStore, passages: Sequence[Passage], relations: Sequence[Relation]
) -> None:
    with store.transaction() as connection:
        connection.execute("DELETE FROM relations")
        connection.executemany(
            "INSERT INTO relations VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    relation.kind,
                    passages[relation.a].id,
                    passages[relation.b].id,
                    _score(relation),
                    json.dumps(dataclasses.asdict(relation.evidence), ensure_ascii=False),
                    relation.across,
                )
                for relation in relations
            ],
        )


def _score(relation: Relation) -> float:
    evidence: Any = relation.evidence
    score = evidence.score if relation.kind == "same_event" else evidence.share_contained
    return round(float(score), 4)
