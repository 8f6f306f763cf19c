"""Names that the user gave, put on the stored topics; nothing is found anew for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from embeddings.corpus.store import CorpusStore
from topics.edits.constraints import LEAST_KEPT, rows_of
from topics.edits.edits import Anchor, Edit
from topics.hierarchy.outline import Outline, read_outline
from topics.naming.model_names import restore_names

# A name stays with the topic where the share of its texts that stayed together, times the
# likeness in size, comes to so much, or to so much on the other side of the level shown.
LEAST_ALIKE = 0.25
LEAST_ALIKE_ELSEWHERE = 0.5


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
    guided = [one for one, kind in outline.kinds.items() if kind == "guided"]
    taken = {outline.names[one].casefold() for one in guided}
    given: dict[int, str] = {}
    idle = []
    for edit in renames:
        found = find_topic(edit.topics[0], outline, leaf_of, node_of, guided)
        others = {name.casefold() for one, name in given.items() if one != found}
        if found is None or edit.name.casefold() in taken | others:
            idle.append(edit.id)
        else:
            given[found] = edit.name
    return given, tuple(idle)


def find_topic(
    anchor: Anchor,
    outline: Outline,
    leaf_of: Mapping[int, int],
    node_of: Mapping[str, int],
    barred: Collection[int] = (),
) -> int | None:
    """Find a discovered topic of the stored tree by its anchor.

    Args:
        anchor: Of a discovered topic.
        outline: The tree.
        leaf_of: Topic of the finest level that each row of the graph is in.
        node_of: Row of each text, by content hash in hexadecimal.
        barred: Topics that it cannot be, such as guided ones.

    Returns:
        The topic that holds most of the anchor and is nearest to it in size, of
        those on the same side of the level shown; of others only one that is much alike.
        ``None`` where there is none.
    """
    rows = rows_of(anchor, node_of).tolist()
    leaves = Counter(leaf_of.values())
    best, most = None, 0.0
    for level in range(outline.deepest + 1):
        at = outline.at(level)
        for topic, count in Counter(at[leaf_of[row]] for row in rows).items():
            size = sum(held for leaf, held in leaves.items() if at[leaf] == topic)
            kept = count / len(rows)
            alike = kept * anchor.fits(size, len(leaf_of))
            shown = outline.levels[topic] <= outline.shown <= outline.finest[topic]
            depth = 0 if shown else (1 if level > outline.shown else -1)
            least = LEAST_ALIKE if depth == anchor.depth else LEAST_ALIKE_ELSEWHERE
            merit = alike + (depth == anchor.depth)
            able = topic not in barred and kept >= LEAST_KEPT and alike >= least
            if able and merit > most:
                best, most = topic, merit
    return best


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
