"""Names that the user gave, put on the stored topics; nothing is found anew for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.corpus.store import CorpusStore
from topics.edits.constraints import find_topic
from topics.edits.edits import Edit
from topics.hierarchy.outline import read_outline
from topics.naming.model_names import restore_names


def apply_names(store: CorpusStore, edits: Sequence[Edit]) -> tuple[int, ...]:
    """Name every stored topic: by its key phrases, by a model's answers, or by the user.

    Args:
        store: Its topics are named.
        edits: In the order made; only renames are looked at. Of two names for one topic
            the later counts.

    Returns:
        Numbers of the renames that find no topic, or whose name a guided topic bears.
    """
    renames = [edit for edit in edits if edit.kind == "rename"]
    with store.transaction() as connection:
        connection.execute("UPDATE topics SET name = own_name, named_by = 'keyphrases'")
        given, idle = _find_named(store, renames) if renames else ({}, ())
        connection.executemany(
            "UPDATE topics SET name = ?, named_by = 'user' WHERE id = ?",
            [(name, topic_id) for topic_id, name in given.items()],
        )
        _clear_the_way(store, given)
        restore_names(store)
    return idle


def _find_named(
    store: CorpusStore, renames: Sequence[Edit]
) -> tuple[dict[int, str], tuple[int, ...]]:
    """Find the topic of each rename; returns names by id, and renames that are idle."""
    outline = read_outline(store)
    node_of: dict[str, int] = {}
    leaf_of: dict[int, int] = {}
    for key, node, leaf in store.rows(
        "SELECT lower(hex(p.hash)), a.node, coalesce(a.leaf_id, a.topic_id) "
        "FROM assignments AS a JOIN passages AS p ON p.id = a.passage_id"
    ):
        node_of[key], leaf_of[node] = node, leaf
    leaves = np.array([leaf_of[node] for node in range(len(leaf_of))], np.int64)
    known, inverse = np.unique(leaves, return_inverse=True)
    levels = []
    for level in range(outline.deepest + 1):
        at = outline.at(level)
        levels.append(np.array([at[leaf] for leaf in known.tolist()], np.int64)[inverse])
    stands = {one: (outline.levels[one], outline.finest[one]) for one in outline.levels}
    guided = dict(store.rows("SELECT id, name FROM topics WHERE kind = 'guided'"))
    taken = {name.casefold() for name in guided.values()}
    given: dict[int, str] = {}
    idle = []
    for edit in renames:
        found = find_topic(edit.topics[0], levels, stands, outline.shown, node_of, guided)
        others = {name.casefold() for one, name in given.items() if one != found}
        if found is None or edit.name.casefold() in taken | others:
            idle.append(edit.id)
        else:
            given[found] = edit.name
    return given, tuple(idle)


def _clear_the_way(store: CorpusStore, given: dict[int, str]) -> None:
    """Number the names by key phrases that the user gave to other topics."""
    taken = {name.casefold() for name in given.values()}
    with store.transaction() as connection:
        for topic_id, name in store.rows("SELECT id, name FROM topics WHERE named_by != 'user'"):
            if name.casefold() in taken:
                connection.execute(
                    "UPDATE topics SET name = ? WHERE id = ? AND kind != 'guided'",
                    (f"{name} (2)", topic_id),
                )
