"""Stored topics and which passage stands in which, as answers count and cite them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from embeddings.corpus.store import CorpusStore
from topics.periods.tallies import Sighting


def read_descriptions(
    store: CorpusStore,
) -> Iterator[tuple[int, list[str], list[int], str, int | None, float]]:
    """Return what topics are described by.

    Of each: id, key phrases, typical passages, who named it, the guided topic nearest to it and
    how near.
    """
    for topic_id, keyphrases, passages, *rest in store.rows(
        "SELECT id, keyphrases, representatives, named_by, near, coalesce(near_score, 0.0) "
        "FROM topics"
    ):
        yield topic_id, json.loads(keyphrases), json.loads(passages), *rest


def count_by_topic(store: CorpusStore) -> list[tuple[Any, ...]]:
    """Count what stands in each of the finest topics.

    Of each: id, passages, distinct ones, sum of their strengths, mixed ones, strangers. No node
    lies in two topics, so that all of it adds up.
    """
    return store.rows(
        "SELECT coalesce(leaf_id, topic_id), count(*), count(DISTINCT node), sum(strength), "
        "sum(mixed), sum(stranger) FROM assignments GROUP BY 1"
    )


def count_by_outlet(store: CorpusStore) -> list[tuple[int, str, int]]:
    """Count the passages of each of the finest topics by outlet: topic, outlet, passages."""
    return [
        (topic_id, source, passages)
        for topic_id, source, passages in store.rows(
            "SELECT coalesce(a.leaf_id, a.topic_id), d.source, count(*) FROM assignments AS a "
            "JOIN passages AS p ON p.id = a.passage_id JOIN documents AS d ON d.id = p.document_id "
            "GROUP BY 1, 2"
        )
    ]


def count_by_article(store: CorpusStore) -> list[tuple[int, str, str, int]]:
    """Count the passages of each of the finest topics by article: topic, id, title, passages."""
    return [
        (topic_id, document_id, title, passages)
        for topic_id, document_id, title, passages in store.rows(
            "SELECT coalesce(a.leaf_id, a.topic_id), d.id, d.title, count(*) "
            "FROM assignments AS a JOIN passages AS p ON p.id = a.passage_id "
            "JOIN documents AS d ON d.id = p.document_id GROUP BY 1, 2"
        )
    ]


def read_sightings(store: CorpusStore, at: Mapping[int, int]) -> list[Sighting]:
    """Return all passages that have a topic, by article and position.

    Args:
        store: An open store.
        at: For each topic the one to count it under.
    """
    rows = store.rows(
        "SELECT p.document_id, p.position, coalesce(a.leaf_id, a.topic_id), a.node "
        "FROM assignments AS a JOIN passages AS p ON p.id = a.passage_id "
        "ORDER BY p.document_id, p.position"
    )
    # Read once of each article: of each passage it would be most of the work.
    articles = {
        document_id: where
        for document_id, *where in store.rows(
            "SELECT id, source, published, language FROM documents"
        )
    }
    found = []
    for document_id, position, leaf, node in rows:
        source, published, language = articles[document_id]
        found.append(Sighting(document_id, position, source, published, at[leaf], node, language))
    return found


def read_placements(
    store: CorpusStore, *, mixed: bool = False, strangers: bool = False
) -> list[tuple[Any, ...]]:
    """Return where passages stand, copies once, the most firmly placed first.

    Of each: passage, its finest topic, its topic on the level shown, strength there, the topic
    that draws it most after that and how strongly, whether it is mixed, whether it is a
    stranger, and how many copies of it there are.

    Args:
        store: An open store.
        mixed: Only passages between two topics, the most evenly drawn first.
        strangers: Only passages that are like no other.
    """
    # The canonical passage stands for its copies; which it is depends on no id.
    return store.rows(
        "SELECT p.id, coalesce(a.leaf_id, a.topic_id), a.topic_id, a.strength, a.other_id, "
        "a.other, a.mixed, a.stranger, "
        "(SELECT count(*) - 1 FROM wordings AS c WHERE c.canonical = w.canonical) "
        "FROM assignments AS a JOIN passages AS p ON p.id = a.passage_id "
        "LEFT JOIN wordings AS w ON w.passage_id = p.id "
        "WHERE (w.canonical IS NULL OR w.canonical = p.id) "
        "AND a.mixed >= ? AND a.stranger >= ? ORDER BY "
        "CASE WHEN ? THEN a.other / max(a.strength, 0.0001) ELSE a.strength END DESC, p.hash",
        (mixed, strangers, mixed),
    )


def read_nodes_shown(store: CorpusStore) -> list[tuple[int, int, float, int]]:
    """Return each row of the graph: its number, finest topic, mean strength and passages."""
    return store.rows(
        "SELECT node, coalesce(leaf_id, topic_id), avg(strength), count(*) FROM assignments "
        "GROUP BY node ORDER BY node"
    )


def read_first_seen(store: CorpusStore) -> dict[int, tuple[str, str, int | None]]:
    """Return who had each row of the graph first: outlet, date, and story of that article.

    Undated articles come last, and equal dates go by outlet and article; by number of the row.
    """
    rows = store.rows(
        "SELECT a.node, d.source, d.published, s.story_id FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id JOIN documents AS d ON d.id = p.document_id "
        "LEFT JOIN story_members AS s ON s.document_id = d.id "
        "ORDER BY d.published = '' DESC, d.published DESC, d.source DESC, d.id DESC"
    )
    return {node: (source, published, story_id) for node, source, published, story_id in rows}


def read_points(store: CorpusStore) -> list[tuple[Any, ...]]:
    """Return what a map shows of each passage that has a topic, by article and position.

    Of each: its row of the graph, finest topic and text; its article's id, headline, outlet,
    date, address and story; the passage's id.
    """
    return store.rows(
        "SELECT a.node, coalesce(a.leaf_id, a.topic_id), p.text, d.id, d.title, d.source, "
        "d.published, d.url, s.story_id, p.id FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id JOIN documents AS d ON d.id = p.document_id "
        "LEFT JOIN story_members AS s ON s.document_id = d.id "
        "ORDER BY p.document_id, p.position"
    )


def read_firmest(store: CorpusStore, topics: Iterable[int]) -> list[str]:
    """Return the content hashes of what stands in some of the finest topics, firmest first.

    In hexadecimal, one of each group of copies, whatever their ids.
    """
    rows = store.rows(
        "SELECT min(lower(hex(p.hash))), max(a.strength) FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id WHERE coalesce(a.leaf_id, a.topic_id) "
        "IN (SELECT value FROM json_each(?)) GROUP BY a.node ORDER BY 2 DESC, 1",
        (json.dumps(list(topics)),),
    )
    return [key for key, _ in rows]


def find_wording(store: CorpusStore, passage_id: int) -> tuple[str, int] | None:
    """Return the content hash of a passage in hexadecimal, and what stands for its wording."""
    if not 0 < passage_id < 2**63:  # what SQLite can hold
        return None
    rows = store.rows(
        "SELECT lower(hex(p.hash)), coalesce(w.canonical, p.id) FROM passages AS p "
        "LEFT JOIN wordings AS w ON w.passage_id = p.id WHERE p.id = ? AND p.id IN "
        "(SELECT passage_id FROM assignments UNION SELECT passage_id FROM furniture)",
        (passage_id,),
    )
    return rows[0] if rows else None


def read_strengths(store: CorpusStore) -> dict[int, tuple[int, float]]:
    """Return the topic shown of each passage and how firmly it stands there, by passage."""
    rows = store.rows("SELECT passage_id, topic_id, strength FROM assignments")
    return {passage_id: (topic_id, strength) for passage_id, topic_id, strength in rows}


def read_distinct(store: CorpusStore) -> list[tuple[str, int | None]]:
    """Return paragraph and topic shown of passages, one of each group of copies."""
    return store.rows(
        "SELECT substr(p.text, p.body_start - p.start + 1), a.topic_id FROM passages AS p "
        "LEFT JOIN assignments AS a ON a.passage_id = p.id "
        "LEFT JOIN wordings AS w ON w.passage_id = p.id "
        "WHERE w.canonical IS NULL OR w.canonical = p.id"
    )
