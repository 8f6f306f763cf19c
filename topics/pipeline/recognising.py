"""Which topics of before those of a run are: by the texts that both hold, and so their ids."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.graph import Nodes
from topics.edits.edits import Edit
from topics.hierarchy.identity import TopicKey, carry_ids
from topics.hierarchy.outline import SHOWN_LEVEL
from topics.hierarchy.tree import TopicTree
from topics.keeping.kept import KeptTree, match_kept
from topics.naming.describing import Described
from topics.pipeline.topic_tables import (
    DESCRIBED,
    DESCRIBING,
    SET_ASIDE,
    first_free_id,
    read_leaves,
)
from topics.pipeline.topics import Last

# So many of those set aside are kept: what the last dozen edits of a large topic changed, half a
# megabyte.
MOST_ASIDE = 2_000
# From this share of other distinct passages on all topics are described anew, and one of other
# texts by itself; one that is not shown, with the next that is, or from so large a share on.
MOST_CHANGED = 0.1
MOST_CHANGED_HIDDEN = 1 / 3


class Before:
    """The topics of the last run, and the texts of each."""

    def __init__(self, store: CorpusStore) -> None:
        """Read them."""
        shown = store.setting(SHOWN_LEVEL) or 0
        self._told = {
            topic_id: (name if kind == "guided" else "", level <= shown <= finest, parent)
            for topic_id, name, kind, parent, level, finest in store.rows(
                "SELECT id, name, kind, parent, level, finest FROM topics"
            )
        }
        leaves = read_leaves(store)
        self.leaves = {key: leaf for key, leaf in leaves.items() if leaf in self._told}

    @property
    def ids(self) -> Collection[int]:
        """Their ids."""
        return self._told

    def key(self, topic_id: int) -> TopicKey:
        """Return what a topic is recognised by: its texts, and those below."""
        name, seen, _ = self._told[topic_id]
        return TopicKey(self.texts(topic_id), name, seen)

    def texts(self, topic_id: int) -> set[bytes]:
        """Return the content hashes of what a topic holds."""
        return {key for leaf in self._leaves[topic_id] for key in self._held[leaf]}

    @cached_property
    def _leaves(self) -> dict[int, list[int]]:
        """The finest topics at and below each."""
        below: dict[int, list[int]] = {topic_id: [] for topic_id in self._told}
        for leaf in self._held:
            for topic_id in self.above(leaf):
                below[topic_id].append(leaf)
        return below

    @cached_property
    def _held(self) -> dict[int, list[bytes]]:
        held: dict[int, list[bytes]] = defaultdict(list)
        for key, leaf in self.leaves.items():
            held[leaf].append(key)
        return held

    def above(self, leaf: int) -> list[int]:
        """Return a topic and those above it."""
        chain = []
        here: int | None = leaf
        while here is not None:
            chain.append(here)
            here = self._told[here][2]
        return chain


class Now:
    """The topics of a tree, and the texts of each."""

    def __init__(self, tree: TopicTree, guided: Sequence[str], texts: Mapping[bytes, int]) -> None:
        """Take a tree over rows, and the row of each text by content hash."""
        self.tree, self.texts_at = tree, texts
        self._guided = guided
        self.texts = cache(self._gather)

    def key(self, place: int) -> TopicKey:
        """Return what a topic is recognised by."""
        tree, span = self.tree, self.tree.topics[place]
        name = self._guided[span.label] if tree.is_guided(span) else ""
        return TopicKey(self.texts(place), name, span.level <= tree.default <= span.finest)

    def above(self, place: int) -> list[int]:
        """Return the places of a topic and of those above it."""
        chain = []
        while place >= 0:
            chain.append(place)
            place = self.tree.topics[place].parent
        return chain

    def _gather(self, place: int) -> Set[bytes]:
        return {key for row in self.tree.members[place].tolist() for key in self._of_row[row]}

    @cached_property
    def _of_row(self) -> dict[int, list[bytes]]:
        of_row: dict[int, list[bytes]] = defaultdict(list)
        for key, row in self.texts_at.items():
            of_row[row].append(key)
        return of_row


def read_last(
    store: CorpusStore,
    nodes: Nodes,
    passage_ids: Sequence[int],
    tree: TopicTree,
    guided: Sequence[str],
    kept: KeptTree | None = None,
    undone: Edit | None = None,
    *,
    stays: bool = False,
) -> Last:
    """Return what is known of the topics of a tree, from the last run or from the kept tree.

    Args:
        store: Holds the topics of the last run.
        nodes: The rows of the tree.
        passage_ids: Of each passage.
        tree: The topics.
        guided: Names of the guided topics, in the user's order.
        kept: The kept tree over the same rows.
        undone: An edit that was taken back: its topics get back their ids.
        stays: Names, and what is shown, stay: the kept tree was not found in this run.
    """
    before, now = Before(store), Now(tree, guided, nodes.texts)
    given = match_kept(tree, kept, nodes.texts) if kept else {}
    ids = _carry(store, before, now, kept, given, undone)
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
    described: dict[int, Described] = {}
    aside: dict[str, list[Any]] = {}
    if kept and stays:
        same = _find_same(before, now, ids, given)
        for place, topic_id in given.items():
            topic = kept.topics[topic_id]
            told[place] = (topic.stability, topic.shown, topic.name)
        described, aside = _read_described(store, nodes, passage_ids, before, now, ids)
    return Last(
        ids=ids,
        stabilities=[stability for stability, _, _ in told],
        named={place for place, topic_id in enumerate(ids) if topic_id in named and place in here},
        # Of a topic that an edit gave a text or took one from, too.
        shown=[
            shown if same[place] or (kept and stays and ids[place] in known) else None
            for place, (_, shown, _) in enumerate(told)
        ],
        names=[name if same[place] else "" for place, (_, _, name) in enumerate(told)],
        described=described,
        aside=aside,
        stays=kept is not None and stays,
        matched=given,
        grown={
            place
            for place, topic_id in enumerate(ids)
            if kept and stays and topic_id in known and not same[place]
        },
    )


def carry_topic_ids(
    store: CorpusStore,
    nodes: Nodes,
    tree: TopicTree,
    guided: Sequence[str],
    kept: KeptTree | None = None,
) -> list[int]:
    """Give each topic of a tree the id of the one it continues, or a fresh one.

    Args:
        store: Holds the topics of the last run.
        nodes: The rows of the tree.
        tree: The topics.
        guided: Names of the guided topics, in the user's order.
        kept: The kept tree over the same rows: topics are known by texts of both runs alone,
            however much has been added.
    """
    now = Now(tree, guided, nodes.texts)
    given = match_kept(tree, kept, nodes.texts) if kept else {}
    return _carry(store, Before(store), now, kept, given)


def _carry(
    store: CorpusStore,
    before: Before,
    now: Now,
    kept: KeptTree | None,
    given: Mapping[int, int],
    undone: Edit | None = None,
) -> list[int]:
    """Do the same; ``given`` are the ids of those that hold what a kept topic holds, by place."""
    anchors = {
        one.id: TopicKey(set(map(bytes.fromhex, one.members)), shown=one.depth == 0, size=one.size)
        for one in (undone.topics if undone else ())
        if one.id and not one.guided
    }
    free, places = first_free_id(store, kept), range(len(now.tree.topics))
    if kept is None:
        old = {one: before.key(one) for one in before.ids} | anchors
        return carry_ids(old, [now.key(place) for place in places], free)
    # Others were made by edits; what has been added since says nothing of which they are.
    rest = [place for place in places if place not in given]
    taken, texts = set(given.values()), now.texts_at.keys()
    known = before.leaves.keys() if before.leaves else texts
    if before.ids or anchors:
        free_ids = [one for one in before.ids if one not in taken] if rest else []
        old = {one: before.key(one) for one in free_ids}
        old |= {one: key for one, key in anchors.items() if one not in taken}
    else:
        old = {one: key for one, key in _kept_keys(kept).items() if one not in taken}
    keys = [now.key(place) for place in rest]
    carried = carry_ids(
        {one: replace(key, members=key.members & texts) for one, key in old.items()},
        [replace(key, members=key.members & known) for key in keys],
        free,
    )
    ids = {**given, **dict(zip(rest, carried, strict=True))}
    return [ids[place] for place in places]


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


def _find_same(before: Before, now: Now, ids: Sequence[int], given: Collection[int]) -> list[bool]:
    """Tell the topics that hold what they held in the last run, of the texts of both.

    And those that hold what a kept topic holds.
    """
    known, texts = before.leaves.keys(), now.texts_at.keys()

    def is_same(place: int) -> bool:
        topic_id = ids[place]
        if place in given or topic_id not in before.ids:
            return place in given
        return before.texts(topic_id) & texts == now.texts(place) & known

    return [is_same(place) for place in range(len(ids))]


def _read_described(
    store: CorpusStore,
    nodes: Nodes,
    passage_ids: Sequence[int],
    before: Before,
    now: Now,
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
    tree = now.tree
    node_of = dict(zip(passage_ids, nodes.of_passage.tolist(), strict=True))
    place_of = {topic_id: place for place, topic_id in enumerate(ids)}
    moved = _count_changes(before, now, ids)
    # Name, key phrases, typical passages, texts changed since: by texts, and by place.
    aside: dict[str, list[Any]] = dict(store.setting(SET_ASIDE) or {})
    told: dict[int, list[Any]] = {}
    hidden = {one for (one,) in store.rows("SELECT id FROM topics WHERE NOT shown")}
    for topic_id, *how in store.rows(
        "SELECT id, own_name, keyphrases, representatives FROM topics WHERE own_name <> ''"
    ):
        place, texts = place_of.get(topic_id, -1), changes.get(topic_id, 0)
        if moved[topic_id] or place < 0:
            digest = _digest(before.texts(topic_id))
            aside.pop(digest, None)  # the last that was set aside is let go last
            aside[digest] = [*how, texts]
        if place >= 0:
            told[place] = [*how, texts + moved[topic_id]]
    names = {name: place for place, (name, *_) in told.items()}
    for place, topic_id in enumerate(ids) if aside else ():
        if place in told and not moved[topic_id]:
            continue
        asked = aside.get(_digest(now.texts(place)))
        if asked and names.get(asked[0], place) == place:
            names.pop(told[place][0] if place in told else "", None)
            told[place], names[asked[0]] = asked, place
    found: dict[int, Described] = {}
    waiting: dict[int, Described] = {}
    for place, (name, phrases, passages, texts) in told.items():
        at = tree.rows[tree.topics[place].level]
        nodes_of = [node_of.get(one, -1) for one in json.loads(passages)]
        typical = tuple(node for node in nodes_of if node >= 0 and at[node] == place)
        known = Described(name, tuple(json.loads(phrases)), typical, texts)
        share = texts / max(len(now.texts(place)), 1) if texts else 0.0
        if len(typical) == len(nodes_of) and share <= MOST_CHANGED:
            found[place] = known
        elif typical and share <= MOST_CHANGED_HIDDEN and ids[place] in hidden:
            waiting[place] = known
    # Terms of all texts are counted for one topic as for many.
    if len(found) + len(waiting) == len(ids):
        found |= waiting
    return found, dict(list(aside.items())[-MOST_ASIDE:])


def _count_changes(before: Before, now: Now, ids: Sequence[int]) -> Counter[int]:
    """Count the texts that each topic of before holds no more, or holds now, by id."""
    leaf = now.tree.rows[-1].tolist()
    pairs = Counter((before.leaves.get(key, -1), leaf[row]) for key, row in now.texts_at.items())
    pairs.update((one, -1) for key, one in before.leaves.items() if key not in now.texts_at)
    changes: Counter[int] = Counter()
    for (old, new), texts in pairs.items():
        held = set(before.above(old)) if old >= 0 else set()
        for topic_id in held ^ {ids[place] for place in now.above(new)}:
            changes[topic_id] += texts
    return changes


def _digest(texts: Set[bytes]) -> str:
    return hashlib.blake2b(b"".join(sorted(texts)), digest_size=16).hexdigest()
