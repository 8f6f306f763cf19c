"""What outlets repeat under their articles, found, kept and read: left out unless named by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from embeddings.corpus.held_once import PassageVectors
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from embeddings.vectors.graph import Nodes
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.boilerplate import find_boilerplate
from topics.edits.edits import Edit

# The name of the stage, and of its table.
FURNITURE = "furniture"
# What the passages are called beside the rules for lines.
RULE = "repeated by outlet"


def find_repeated(
    articles: Sequence[Article], nodes: Nodes, vectors: PassageVectors
) -> dict[int, int]:
    """Find the passages that are furniture, as ``find_boilerplate`` does.

    Args:
        articles: Of the corpus.
        nodes: Of its passages.
        vectors: Of each passage.
    """
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, node in enumerate(nodes.of_passage.tolist()):
        rows_of[node].append(row)
    texts = [rows for _, rows in sorted(rows_of.items()) if len(rows) > 1]
    return find_boilerplate(articles, texts, vectors)


def store_furniture(
    store: CorpusStore, passages: Sequence[Passage], found: Mapping[int, int]
) -> None:
    """Replace what is marked: rows of passages, and in how many articles each text stands."""
    rows = [(passages[row].id, articles) for row, articles in sorted(found.items())]
    store.replace_rows(FURNITURE, rows)


def read_furniture(store: CorpusStore, passage_ids: Sequence[int]) -> frozenset[int]:
    """Return the rows of what is marked among some passages, given by their ids."""
    marked = {passage_id for (passage_id,) in store.rows("SELECT passage_id FROM furniture")}
    return frozenset(row for row, passage_id in enumerate(passage_ids) if passage_id in marked)


def list_furniture(store: CorpusStore) -> list[tuple[str, str, str, int, str]]:
    """Return what is marked: id and title of its article, ``RULE``, where it begins, the text."""
    return [
        (document_id, title, RULE, start, text)
        for document_id, title, start, text in store.rows(
            "SELECT d.id, d.title, p.start, p.text FROM furniture AS f "
            "JOIN passages AS p ON p.id = f.passage_id JOIN documents AS d ON d.id = p.document_id"
        )
    ]


def list_marked(store: CorpusStore) -> list[str]:
    """Return the texts that are marked, by content hash, sorted."""
    rows = store.rows(
        "SELECT DISTINCT p.hash FROM furniture AS f JOIN passages AS p ON p.id = f.passage_id"
    )
    return sorted(bytes(key).hex() for (key,) in rows)


def read_left_out(store: CorpusStore, edits: Iterable[Edit]) -> dict[str, int]:
    """Return the nodes that ``find_left_out`` finds in a store as it is.

    Returns:
        The passages of each, by its key in hexadecimal, in the order of keys.
    """
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for node, passage_id, key in store.rows(
        "WITH nodes AS (SELECT DISTINCT coalesce(w.canonical, f.passage_id) AS id "
        "FROM furniture AS f LEFT JOIN wordings AS w ON w.passage_id = f.passage_id), "
        "held AS (SELECT id AS node, id AS passage_id FROM nodes UNION "
        "SELECT canonical, passage_id FROM wordings WHERE canonical IN (SELECT id FROM nodes)) "
        "SELECT h.node, p.id, p.hash FROM held AS h JOIN passages AS p ON p.id = h.passage_id"
    ):
        members[node].append((passage_id, bytes(key).hex()))
    named = {key for edit in edits for key in edit.passages}
    counts = {
        dict(held)[node]: len(held)
        for node, held in members.items()
        if named.isdisjoint(key for _, key in held)
    }
    return dict(sorted(counts.items()))


def find_left_out(nodes: Nodes, furniture: Iterable[int], edits: Iterable[Edit]) -> list[int]:
    """Return the nodes that no topic is made of: furniture but for what an edit names."""
    named = {key for edit in edits for key in edit.passages}
    kept = {
        node
        for key, node in zip(nodes.hashes, nodes.of_passage.tolist(), strict=True)
        if key.hex() in named
    }
    return sorted({int(nodes.of_passage[row]) for row in furniture} - kept)
