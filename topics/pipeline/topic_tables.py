"""Topics written to the store, ids carried over from the last run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from embeddings.vectors.graph import Nodes
from topics.edits.edits import Edit
from topics.hierarchy.identity import TopicKey, carry_ids
from topics.hierarchy.outline import SHOWN_LEVEL, read_outline
from topics.hierarchy.tree import TopicTree
from topics.pipeline.topics import Found

LAST_TOPIC_ID = "last_topic_id"


def read_members(store: CorpusStore) -> dict[bytes, int]:
    """Return the topic of the default level of each text of the last run, by content hash."""
    outline = read_outline(store)
    shown = outline.at(outline.shown)
    # By content, not by passage id: an updated article's passages have new ids.
    return {
        bytes(key): shown[leaf]
        for key, leaf in store.rows("SELECT hash, topic_id FROM members")
        if leaf in shown
    }


def read_names(store: CorpusStore) -> dict[int, str]:
    """Return the name of each topic of any level, by id."""
    return dict(store.rows("SELECT id, name FROM topics"))


def last_topic_id(store: CorpusStore) -> int:
    """Return the highest id that a stored topic has, or had in the last run; 0 for none."""
    sql = "SELECT max(id) FROM (SELECT id FROM topics UNION ALL SELECT topic_id FROM members)"
    return store.rows(sql)[0][0] or 0


def count_placed(store: CorpusStore) -> int:
    """Return the number of passages that have a topic."""
    return int(store.rows("SELECT count(*) FROM assignments")[0][0])


def count_shown(store: CorpusStore) -> int:
    """Return the number of topics that passages are counted under."""
    return int(store.rows("SELECT count(DISTINCT topic_id) FROM assignments")[0][0])


def store_topics(
    store: CorpusStore,
    passages: Sequence[Passage],
    nodes: Nodes,
    found: Found,
    undone: Edit | None = None,
) -> None:
    """Replace topics and assignments; ids follow members.

    Args:
        store: The store.
        passages: Its passages.
        nodes: Their nodes, -1 for a passage of no topic.
        found: The topics.
        undone: An edit that was taken back: its topics get back their ids.
    """
    tree = found.tree
    guided = [topic.name for topic in found.topics if topic.kind == "guided"]
    ids = carry_topic_ids(store, nodes, tree, guided, undone)
    leaf = tree.rows[-1]
    belonging = found.belonging
    with store.transaction():
        # First, since they hang on the topics.
        store.replace_rows("assignments", [])
        store.replace_rows(
            "topics", [_topic_row(place, ids, found, passages, nodes) for place in range(len(ids))]
        )
        placed = [
            (passage.id, key, node)
            for passage, key, node in zip(
                passages, nodes.hashes, nodes.of_passage.tolist(), strict=True
            )
            if node >= 0
        ]
        node_of = {key: node for _, key, node in placed}
        store.replace_rows("members", [(key, ids[leaf[node]]) for key, node in node_of.items()])
        store.replace_rows(
            "assignments",
            [
                (
                    passage_id,
                    int(nodes.rows[node]),
                    ids[found.heads[node]],
                    round(float(belonging.strengths[node]), 4),
                    ids[leaf[node]],
                    ids[other] if (other := int(belonging.others[node])) >= 0 else None,
                    round(float(belonging.other_shares[node]), 4),
                    int(belonging.mixed[node]),
                    int(belonging.strangers[node]),
                )
                for passage_id, _, node in placed
            ],
        )
        store.set_setting(LAST_TOPIC_ID, max([store.setting(LAST_TOPIC_ID) or 0, *ids]))
        store.set_setting(SHOWN_LEVEL, tree.default)


def _topic_row(
    place: int, ids: Sequence[int], found: Found, passages: Sequence[Passage], nodes: Nodes
) -> tuple[Any, ...]:
    topic, span, near = found.topics[place], found.tree.topics[place], found.near[place]
    return (
        ids[place],
        topic.name,
        topic.kind,
        json.dumps(topic.keyphrases, ensure_ascii=False),
        json.dumps([passages[nodes.canonical[node]].id for node in topic.representatives]),
        span.level,
        span.finest,
        ids[span.parent] if span.parent >= 0 else None,
        found.stabilities[place],
        "keyphrases",
        ids[near[0]] if near else None,
        round(near[1], 4) if near else None,
        topic.name,
        int(found.shown[place]),
    )


def read_last(
    store: CorpusStore, nodes: Nodes, tree: TopicTree, guided: Sequence[str]
) -> tuple[list[float | None], set[int]]:
    """Return what the last run knew of the topics of a tree.

    Returns:
        The stability of each when it was last measured, and the places of those of the default
        level that the user named.
    """
    ids = carry_topic_ids(store, nodes, tree, guided)
    known = read_outline(store).stabilities
    named = {one for (one,) in store.rows("SELECT id FROM topics WHERE named_by = 'user'")}
    here = set(tree.places[tree.default].tolist())
    return [known.get(topic_id) for topic_id in ids], {
        place for place, topic_id in enumerate(ids) if topic_id in named and place in here
    }


def carry_topic_ids(
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    guided: Sequence[str],
    undone: Edit | None = None,
) -> list[int]:
    """Give each topic of a tree the id of the one it continues, or a fresh one.

    Args:
        store: Holds the topics of the last run.
        nodes: The rows of the tree.
        tree: The topics.
        guided: Names of the guided topics, in the user's order.
        undone: As for ``store_topics``.
    """
    old = _old_keys(store)
    for anchor in undone.topics if undone else ():
        if anchor.id and not anchor.guided:
            members = {bytes.fromhex(one) for one in anchor.members}
            old[anchor.id] = TopicKey(members, shown=anchor.depth == 0, size=anchor.size)
    hashes_of: dict[int, set[bytes]] = {}
    for key, node in zip(nodes.hashes, nodes.of_passage.tolist(), strict=True):
        if node >= 0:
            hashes_of.setdefault(node, set()).add(key)
    new = [
        TopicKey(
            {key for node in rows.tolist() for key in hashes_of[node]},
            guided[span.label] if tree.is_guided(span) else "",
            span.level <= tree.default <= span.finest,
        )
        for rows, span in zip(tree.members, tree.topics, strict=True)
    ]
    return carry_ids(old, new, (store.setting(LAST_TOPIC_ID) or 0) + 1)


def _old_keys(store: CorpusStore) -> dict[int, TopicKey]:
    """Return what each topic of the last run is recognised by: its texts, and those below."""
    shown = store.setting(SHOWN_LEVEL) or 0
    topics = {
        topic_id: (name if kind == "guided" else "", parent, level <= shown <= finest)
        for topic_id, name, kind, parent, level, finest in store.rows(
            "SELECT id, name, kind, parent, level, finest FROM topics"
        )
    }
    members: dict[int, set[bytes]] = {topic_id: set() for topic_id in topics}
    for key, leaf in store.rows("SELECT hash, topic_id FROM members"):
        above: int | None = leaf if leaf in topics else None
        while above is not None:
            members[above].add(bytes(key))
            above = topics[above][1]
    return {
        topic_id: TopicKey(members[topic_id], name, seen)
        for topic_id, (name, _, seen) in topics.items()
    }
