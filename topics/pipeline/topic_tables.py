"""Topics written to the store, ids carried over from the last run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from embeddings.vectors.graph import Nodes
from topics.edits.edits import Edit
from topics.hierarchy.identity import TopicKey, carry_ids
from topics.hierarchy.outline import SHOWN_LEVEL, read_outline
from topics.hierarchy.tree import TopicTree
from topics.keeping.kept import KeptTree, match_kept
from topics.naming.describing import Described
from topics.pipeline.topics import Found, Last

LAST_TOPIC_ID = "last_topic_id"
# The setting that says how all topics were last described, and of how many distinct passages.
DESCRIBED = "described"
# Raised when topics are described in another way.
DESCRIBING = 2
# The setting that holds how topics were described that edits have changed, by a digest of their
# texts: name, key phrases and typical passages in JSON, texts that had changed since.
SET_ASIDE = "set_aside"
# So many of them: what the last dozen edits of a large topic changed, half a megabyte.
MOST_ASIDE = 2_000
# From this share of other distinct passages on all topics are described anew.
MOST_CHANGED = 0.1


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
    passages: Sequence[Passage],
    nodes: Nodes,
    found: Found,
    undone: Edit | None = None,
    kept: KeptTree | None = None,
) -> None:
    """Replace topics and assignments; ids follow members.

    Args:
        store: The store.
        passages: Its passages.
        nodes: Their nodes, -1 for a passage of no topic.
        found: The topics.
        undone: An edit that was taken back: its topics get back their ids.
        kept: The kept tree that they were made from, if there is one.
    """
    tree = found.tree
    guided = [topic.name for topic in found.topics if topic.kind == "guided"]
    ids = found.ids if undone is None else carry_topic_ids(store, nodes, tree, guided, undone, kept)
    leaf = tree.rows[-1]
    belonging = found.belonging
    with store.transaction():
        # First, since they hang on the topics.
        store.replace_rows("assignments", [])
        store.replace_rows(
            "topics", [_topic_row(place, ids, found, passages, nodes) for place in range(len(ids))]
        )
        store.replace_rows("members", [(key, ids[leaf[node]]) for key, node in nodes.texts.items()])
        store.replace_rows(
            "assignments",
            (
                (
                    passage.id,
                    int(nodes.rows[node]),
                    ids[found.heads[node]],
                    round(float(belonging.strengths[node]), 4),
                    ids[leaf[node]],
                    ids[other] if (other := int(belonging.others[node])) >= 0 else None,
                    round(float(belonging.other_shares[node]), 4),
                    int(belonging.mixed[node]),
                    int(belonging.strangers[node]),
                )
                for passage, node in zip(passages, nodes.of_passage.tolist(), strict=True)
                if node >= 0
            ),
        )
        note_ids(store, ids)
        store.set_setting(SHOWN_LEVEL, tree.default)
        # Of how many texts all were described, and what has changed since in each.
        _, rows, *_ = store.setting(DESCRIBED) if found.described else (0, len(nodes.keys))
        changed = {ids[place]: texts for place, texts in found.described.items() if texts}
        store.set_setting(DESCRIBED, [DESCRIBING, rows, changed])


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
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    guided: Sequence[str],
    kept: KeptTree | None = None,
    *,
    stays: bool = False,
) -> Last:
    """Return what is known of the topics of a tree, from the last run or from the kept tree.

    Args:
        store: Holds the topics of the last run.
        nodes: The rows of the tree.
        tree: The topics.
        guided: Names of the guided topics, in the user's order.
        kept: The kept tree over the same rows.
        stays: Names, and what is shown, stay: the kept tree was not found in this run.
    """
    old, held = _old_keys(store), _gather_texts(nodes.texts, tree)
    ids = _carry(store, nodes, tree, guided, kept, old, held)
    known: dict[int, tuple[float | None, bool | None, str]] = {
        topic_id: (stability, bool(shown), own_name)
        for topic_id, stability, shown, own_name in store.rows(
            "SELECT id, stability, shown, own_name FROM topics"
        )
    }
    named = {one for (one,) in store.rows("SELECT id FROM topics WHERE named_by = 'user'")}
    here = set(tree.places[tree.default].tolist())
    told = [known.get(topic_id, (None, None, "")) for topic_id in ids]
    same = [False] * len(ids)
    if kept and stays:
        texts = nodes.texts
        same = _find_same(old, held, texts, ids)
        for place, topic_id in match_kept(tree, kept, texts).items():
            topic = kept.topics[topic_id]
            told[place], same[place] = (topic.stability, topic.shown, topic.name), True
    described, aside = (
        _read_described(store, nodes, tree, old, held, ids) if kept and stays else ({}, {})
    )
    return Last(
        ids=ids,
        stabilities=[stability for stability, _, _ in told],
        named={place for place, topic_id in enumerate(ids) if topic_id in named and place in here},
        shown=[shown if same[place] else None for place, (_, shown, _) in enumerate(told)],
        names=[name if same[place] else "" for place, (_, _, name) in enumerate(told)],
        described=described,
        aside=aside,
    )


def _read_described(
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    old: Mapping[int, TopicKey],
    held: Sequence[Set[bytes]],
    ids: Sequence[int],
) -> tuple[dict[int, Described], dict[str, list[Any]]]:
    """Return how topics were described that hold nearly the same texts since, by place.

    Key phrases tell a topic from all the rest, so that all are counted anew where the corpus has
    come to be another. An edit that is undone gives topics back that hold what they held: how
    they were described was set aside.

    Returns:
        The descriptions, and those to be set aside of topics that hold other texts now.
    """
    method, rows, *changed = store.setting(DESCRIBED) or (0, 0)
    changes = {int(topic_id): texts for topic_id, texts in (changed[0] if changed else {}).items()}
    if method != DESCRIBING or abs(len(nodes.keys) - rows) > MOST_CHANGED * rows:
        return {}, {}
    ids_of = store.rows("SELECT id FROM passages ORDER BY document_id, position")
    node_of = {one: node for (one,), node in zip(ids_of, nodes.of_passage.tolist(), strict=True)}
    place_of = {topic_id: place for place, topic_id in enumerate(ids)}
    # Name, key phrases, typical passages, texts changed since: by texts, and by place.
    aside: dict[str, list[Any]] = dict(store.setting(SET_ASIDE) or {})
    told: dict[int, list[Any]] = {}
    others: dict[int, int] = {}
    for topic_id, *how in store.rows(
        "SELECT id, own_name, keyphrases, representatives FROM topics WHERE own_name <> ''"
    ):
        members, place = old[topic_id].members, place_of.get(topic_id, -1)
        differ = len(members ^ held[place]) if place >= 0 else len(members)
        texts = changes.get(topic_id, 0)
        if differ:
            aside.pop(_digest(members), None)  # the last that was set aside is let go last
            aside[_digest(members)] = [*how, texts]
        if place >= 0:
            told[place], others[place] = [*how, texts + differ], differ
    names = {name: place for place, (name, *_) in told.items()}
    for place, members in enumerate(held) if aside else ():
        before = aside.get(_digest(members)) if others.get(place, 1) else None
        if before and names.get(before[0], place) == place:
            names.pop(told[place][0] if place in told else "", None)
            told[place], names[before[0]] = before, place
    found = {}
    for place, (name, phrases, passages, texts) in told.items():
        shown = [node_of.get(one, -1) for one in json.loads(passages)]
        typical = set(shown) <= set(tree.members[place].tolist())
        if typical and texts <= MOST_CHANGED * len(held[place]):
            found[place] = Described(name, tuple(json.loads(phrases)), tuple(shown), texts)
    return found, dict(list(aside.items())[-MOST_ASIDE:])


def _digest(texts: Set[bytes]) -> str:
    return hashlib.blake2b(b"".join(sorted(texts)), digest_size=16).hexdigest()


def _find_same(
    old: Mapping[int, TopicKey],
    held: Sequence[Set[bytes]],
    texts: Mapping[bytes, int],
    ids: Sequence[int],
) -> list[bool]:
    """Tell the topics that hold what they held in the last run, of the texts of both."""
    known = set().union(*(key.members for key in old.values()))
    gone, new = known - texts.keys(), texts.keys() - known
    return [
        topic_id in old and old[topic_id].members - gone == held[place] - new
        for place, topic_id in enumerate(ids)
    ]


def _gather_texts(texts: Mapping[bytes, int], tree: TopicTree) -> list[set[bytes]]:
    """Return the content hashes of what each topic of a tree holds."""
    of_row: dict[int, set[bytes]] = {}
    for key, row in texts.items():
        of_row.setdefault(row, set()).add(key)
    return [{key for row in rows.tolist() for key in of_row[row]} for rows in tree.members]


def carry_topic_ids(
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    guided: Sequence[str],
    undone: Edit | None = None,
    kept: KeptTree | None = None,
) -> list[int]:
    """Give each topic of a tree the id of the one it continues, or a fresh one.

    Args:
        store: Holds the topics of the last run.
        nodes: The rows of the tree.
        tree: The topics.
        guided: Names of the guided topics, in the user's order.
        undone: As for ``store_topics``.
        kept: The kept tree over the same rows: topics are known by texts of both runs alone,
            however much has been added.
    """
    old = _old_keys(store)
    for anchor in undone.topics if undone else ():
        if anchor.id and not anchor.guided:
            members = {bytes.fromhex(one) for one in anchor.members}
            old[anchor.id] = TopicKey(members, shown=anchor.depth == 0, size=anchor.size)
    held = _gather_texts(nodes.texts, tree)
    return _carry(store, nodes, tree, guided, kept, old, held)


def _carry(
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    guided: Sequence[str],
    kept: KeptTree | None,
    old: Mapping[int, TopicKey],
    held: Sequence[set[bytes]],
) -> list[int]:
    """Do the same, given what topics of before are recognised by, and what those of now hold."""
    texts = nodes.texts
    new = [
        TopicKey(
            texts_of,
            guided[span.label] if tree.is_guided(span) else "",
            span.level <= tree.default <= span.finest,
        )
        for texts_of, span in zip(held, tree.topics, strict=True)
    ]
    free = first_free_id(store, kept)
    if kept is None:
        return carry_ids(old, new, free)
    given = match_kept(tree, kept, texts)
    # Others were made by edits; what has been added since says nothing of which they are.
    known = set().union(*(key.members for key in old.values())) or set(texts)
    rest = [place for place in range(len(new)) if place not in given]
    carried = carry_ids(
        {
            one: replace(key, members=key.members & set(texts))
            for one, key in (old or _kept_keys(kept)).items()
            if one not in given.values()
        },
        [replace(new[place], members=new[place].members & known) for place in rest],
        free,
    )
    given.update(zip(rest, carried, strict=True))
    return [given[place] for place in range(len(new))]


def _kept_keys(kept: KeptTree) -> dict[int, TopicKey]:
    """Return what the topics of a kept tree are recognised by."""
    members: dict[int, set[bytes]] = {topic_id: set() for topic_id in kept.topics}
    for key, leaf in kept.leaves.items():
        for topic_id in set(kept.above(leaf)):
            members[topic_id].add(key)
    return {
        topic_id: TopicKey(members[topic_id], topic.guided, topic.stands_on(kept.default))
        for topic_id, topic in kept.topics.items()
    }


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
    for key, leaf in read_leaves(store).items():
        above: int | None = leaf if leaf in topics else None
        while above is not None:
            members[above].add(key)
            above = topics[above][1]
    return {
        topic_id: TopicKey(members[topic_id], name, seen)
        for topic_id, (name, _, seen) in topics.items()
    }
