"""Topics written to the store, ids carried over from the last run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.graph import Nodes
from topics.hierarchy.outline import SHOWN_LEVEL, read_outline
from topics.keeping.kept import KeptTree
from topics.pipeline.topics import Found

LAST_TOPIC_ID = "last_topic_id"
# The setting that says how all topics were last described, and of how many distinct passages.
DESCRIBED = "described"
# Raised when topics are described in another way.
DESCRIBING = 5
# The setting that holds how topics were described that edits have changed, by a digest of their
# texts: name, key phrases and typical passages in JSON, texts that had changed since.
SET_ASIDE = "set_aside"


def read_members(store: CorpusStore) -> dict[bytes, int]:
    """Return the topic of the default level of each text of the last run, by content hash."""
    outline = read_outline(store)
    shown = outline.at(outline.shown)
    return {key: shown[leaf] for key, leaf in read_leaves(store).items() if leaf in shown}


def read_leaves(store: CorpusStore) -> dict[bytes, int]:
    """Return the finest topic of each text of the last run, by content hash.

    By content, not by passage id: an updated article's passages have new ids.
    """
    return {bytes(key): leaf for key, leaf in store.rows("SELECT hash, topic_id FROM members")}


def read_names(store: CorpusStore) -> dict[int, str]:
    """Return the name of each topic of any level, by id."""
    return dict(store.rows("SELECT id, name FROM topics"))


def last_topic_id(store: CorpusStore) -> int:
    """Return the highest id that a stored topic has, or had in the last run; 0 for none."""
    sql = "SELECT max(id) FROM (SELECT id FROM topics UNION ALL SELECT topic_id FROM members)"
    return store.rows(sql)[0][0] or 0


def note_ids(store: CorpusStore, ids: Iterable[int]) -> None:
    """Note that these ids have been given: none of them is given again."""
    store.set_setting(LAST_TOPIC_ID, max([store.setting(LAST_TOPIC_ID) or 0, *ids]))


def first_free_id(store: CorpusStore, kept: KeptTree | None = None) -> int:
    """Return the lowest id that no topic has been given yet."""
    last = int(store.setting(LAST_TOPIC_ID) or 0)
    return max(last, max(kept.topics, default=0) if kept else 0) + 1


def count_placed(store: CorpusStore) -> int:
    """Return the number of passages that have a topic."""
    return int(store.rows("SELECT count(*) FROM assignments")[0][0])


def count_nodes(store: CorpusStore) -> int:
    """Return the number of distinct passages that have a topic."""
    return int(store.rows("SELECT count(DISTINCT node) FROM assignments")[0][0])


def count_shown(store: CorpusStore) -> int:
    """Return the number of topics that passages are counted under."""
    return int(store.rows("SELECT count(DISTINCT topic_id) FROM assignments")[0][0])


def store_topics(
    store: CorpusStore,
    passage_ids: Sequence[int],
    nodes: Nodes,
    found: Found,
) -> None:
    """Replace topics and assignments; ids follow members.

    Args:
        store: The store.
        passage_ids: Its passages.
        nodes: Their nodes, -1 for a passage of no topic.
        found: The topics.
    """
    tree, ids = found.tree, found.ids
    leaf = tree.rows[-1].tolist()
    with store.transaction():
        # First, since assignments hang on them.
        store.change_rows(
            "topics",
            [_topic_row(place, ids, found, passage_ids, nodes) for place in range(len(ids))],
        )
        store.change_rows("members", [(key, ids[leaf[node]]) for key, node in nodes.texts.items()])
        store.change_rows("assignments", _list_assignments(passage_ids, nodes, found))
        note_ids(store, ids)
        store.set_setting(SHOWN_LEVEL, tree.default)
        # Of how many texts all were described, and what has changed since in each.
        _, rows, *_ = store.setting(DESCRIBED) if found.described else (0, len(nodes.keys))
        changed = {ids[place]: texts for place, texts in found.described.items() if texts}
        store.set_setting(DESCRIBED, [DESCRIBING, rows, changed])


def _list_assignments(
    passage_ids: Sequence[int], nodes: Nodes, found: Found
) -> Iterator[tuple[Any, ...]]:
    """Give the row of each passage that has a topic."""
    ids, near = found.ids, found.belonging
    of_node = [
        (row, ids[head], round(own, 4), ids[leaf], ids[other] if other >= 0 else None, *rest)
        for row, head, own, leaf, other, *rest in zip(
            nodes.rows.tolist(),
            found.heads.tolist(),
            near.strengths.tolist(),
            found.tree.rows[-1].tolist(),
            near.others.tolist(),
            [round(share, 4) for share in near.other_shares.tolist()],
            near.mixed.astype(int).tolist(),
            near.strangers.astype(int).tolist(),
            strict=True,
        )
    ]
    for passage_id, node in zip(passage_ids, nodes.of_passage.tolist(), strict=True):
        if node >= 0:
            yield (passage_id, *of_node[node])


def _topic_row(
    place: int, ids: Sequence[int], found: Found, passage_ids: Sequence[int], nodes: Nodes
) -> tuple[Any, ...]:
    topic, span, near = found.topics[place], found.tree.topics[place], found.near[place]
    return (
        ids[place],
        topic.name,
        topic.kind,
        json.dumps(topic.keyphrases, ensure_ascii=False),
        json.dumps([passage_ids[nodes.canonical[node]] for node in topic.representatives]),
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
