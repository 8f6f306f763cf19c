"""The rows of the neighbour graph: distinct texts, those of one wording taken together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import eq
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from embeddings.text.normalising import hash_text

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Nodes:
    """One node of each wording, and of each other passage, in order of their keys.

    Attributes:
        of_passage: int64 of shape ``(passages,)``, the node of each.
        canonical: int64 of shape ``(nodes,)``, the passage row that stands for each.
        keys: Content hash of each node's canonical text.
        hashes: Content hash of each passage.
        adjacent: int64 of shape ``(pairs, 2)``, nodes whose passages follow each other in
            an article, each pair once.
        rows: int64 of shape ``(nodes,)``, the row of each in the stored graph.
    """

    of_passage: NDArray[np.int64]
    canonical: NDArray[np.int64]
    keys: list[bytes]
    hashes: list[bytes]
    adjacent: NDArray[np.int64]
    rows: NDArray[np.int64]

    @cached_property
    def texts(self) -> dict[bytes, int]:
        """The node of each text that has one, by content hash."""
        numbers = self.of_passage.tolist()
        return {key: node for key, node in zip(self.hashes, numbers, strict=True) if node >= 0}

    def without(self, nodes: Collection[int]) -> Nodes:
        """Return the nodes but for some, numbered anew; passages of those have the node -1."""
        if not nodes:
            return self
        kept = np.setdiff1d(np.arange(len(self.keys)), list(nodes))
        number = np.full(len(self.keys), -1, np.int64)
        number[kept] = np.arange(len(kept))
        adjacent = number[self.adjacent]
        return Nodes(
            of_passage=number[self.of_passage],
            canonical=self.canonical[kept],
            keys=[self.keys[node] for node in kept.tolist()],
            hashes=self.hashes,
            adjacent=adjacent[(adjacent >= 0).all(axis=1)],
            rows=self.rows[kept],
        )


def gather_nodes(
    passages: Sequence[Passage],
    groups: Sequence[tuple[int, Sequence[int]]],
    hashes: list[bytes] | None = None,
) -> Nodes:
    """Make one node of each wording, and of each other passage.

    Args:
        passages: By document and position.
        groups: Canonical row and member rows of each wording that several passages have.
        hashes: The content hash of each passage, where they are known.
    """
    if hashes is None:
        hashes = [hash_text(passage.body) for passage in passages]
    canonical = np.arange(len(passages))
    for row, members in groups:
        canonical[np.fromiter(members, np.int64)] = row
    return _number([passage.document_id for passage in passages], canonical, hashes)


def _number(documents: Sequence[str], canonical: NDArray[np.int64], hashes: list[bytes]) -> Nodes:
    """Number the nodes of passages, given the canonical row of each."""
    chosen = sorted(np.unique(canonical).tolist(), key=lambda row: (hashes[row], row))
    number = np.zeros(len(documents), np.int64)
    number[chosen] = np.arange(len(chosen))
    of_passage = number[canonical]
    follows = np.fromiter(map(eq, documents[1:], documents), np.bool_, max(len(documents) - 1, 0))
    pairs = np.sort(np.column_stack((of_passage[:-1], of_passage[1:]))[follows], axis=1)
    return Nodes(
        of_passage=of_passage,
        canonical=np.array(chosen, np.int64),
        keys=[hashes[row] for row in chosen],
        hashes=hashes,
        adjacent=np.unique(pairs, axis=0),
        rows=np.arange(len(chosen)),
    )


def read_nodes(store: CorpusStore) -> Nodes:
    """Return the nodes of the stored graph, from the stored wordings."""
    rows = store.rows(
        "SELECT p.id, p.document_id, p.hash, coalesce(w.canonical, p.id) FROM passages AS p "
        "LEFT JOIN wordings AS w ON w.passage_id = p.id ORDER BY p.document_id, p.position"
    )
    row_of = {passage_id: row for row, (passage_id, *_) in enumerate(rows)}
    canonical = np.array([row_of[one] for *_, one in rows], np.int64)
    return _number([home for _, home, *_ in rows], canonical, [key for _, _, key, _ in rows])


def node_keys(store: CorpusStore) -> list[bytes]:
    """Return the content hash of each row of the stored graph."""
    return [key for key, _ in _canonical_passages(store)]


def node_vectors(store: CorpusStore) -> NDArray[np.float32]:
    """Return the vector of each row of the stored graph, float32 ``(nodes, dimension)``."""
    fingerprint = store.setting("encoder")["fingerprint"]
    return store.vectors(fingerprint, [i for _, i in _canonical_passages(store)])


def _canonical_passages(store: CorpusStore) -> list[tuple[bytes, int]]:
    # In the order of ``gather_nodes``; page furniture has a node, though no topic.
    rows = store.rows(
        "SELECT p.hash, p.id FROM passages AS p LEFT JOIN wordings AS w ON w.passage_id = p.id "
        "WHERE w.canonical IS NULL OR w.canonical = p.id "
        "ORDER BY p.hash, p.document_id, p.position"
    )
    return [(bytes(key), passage_id) for key, passage_id in rows]
