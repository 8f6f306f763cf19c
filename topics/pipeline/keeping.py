"""Topics before edits over a store: found for the first time or anew, or kept and grown."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import now
from topics.discovery.communities import default_resolution
from topics.discovery.counting import FINER
from topics.discovery.levels import grow_tree
from topics.edits.constraints import Memory
from topics.edits.edits import read_edits
from topics.guiding.taxonomy import find_parents
from topics.hierarchy.outline import SHOWN_LEVEL, read_outline
from topics.keeping.growing import Growth, Rows, grow_kept
from topics.keeping.kept import (
    KEPT_FROM,
    KeptTopic,
    KeptTree,
    find_leaves,
    keep_tree,
)
from topics.pipeline.kept_tables import (
    Kind,
    TopicEvent,
    drop_kept,
    has_kept,
    put_events,
    put_kept,
    put_parts,
    read_parts,
)
from topics.pipeline.recognising import carry_topic_ids
from topics.pipeline.stages import forget_stages
from topics.pipeline.topic_tables import (
    first_free_id,
    note_ids,
    read_leaves,
    read_names,
)
from topics.pipeline.topics import FITS, Found, Placed, place_rows, take_rows
from topics.pipeline.wishes import Wishes

if TYPE_CHECKING:
    from topics.pipeline.work import CorpusWork

# The setting of a file of before topics were kept: those that it has are to be kept.
ADOPTED = "topics_to_keep"
# Topics named in one line.
_NAMED = 3


@dataclass(frozen=True)
class Places:
    """Topics before edits.

    Attributes:
        placed: The partition.
        kept: The kept tree that it comes from; ``None`` in a corpus of a few passages.
        growth: What became of the tree in this run; ``None`` where topics were found anew.
    """

    placed: Placed
    kept: KeptTree | None = None
    growth: Growth | None = None


def make_places(work: CorpusWork, method: int) -> Places:
    """Grow the kept tree over the corpus as it is, or find topics where there is none."""
    corpus, wishes = work.corpus, work.wishes
    names = [topic.name for topic in wishes.guided]
    digest = digest_guided(wishes)
    kept = work.kept or (None if work.anew else _adopt(work, digest))
    if kept is not None:
        taken, fits, told = take_rows(corpus, wishes)
        articles = np.unique(np.array(corpus.documents, object), return_inverse=True)[1]
        left_out = work.all_nodes.texts.keys()
        rows = Rows(corpus.ground, work.nodes.texts, articles, taken, left_out)
        first_free = first_free_id(work.store, kept)
        growth = grow_kept(kept, rows, names, digest, first_free)
        if not growth.kept.topics:
            return Places(place_rows(corpus, wishes), None, growth)
        tree = growth.kept.lay_levels(growth.leaves, names)
        notes = told + _tell_kept(growth, method)
        return Places(Placed(tree.shown, notes, fits, tree), growth.kept, growth)
    placed = place_rows(corpus, wishes)
    if corpus.graph.size < (1 if has_kept(work.store) else KEPT_FROM):
        return Places(placed)
    tree = grow_tree(corpus.ground, placed.labels, len(names))
    ids = carry_topic_ids(work.store, work.nodes, tree, names)
    topics, leaves = keep_tree(tree, ids, names, work.nodes.texts)
    found = KeptTree(
        topics=topics,
        leaves=leaves,
        founders=frozenset(leaves),
        default=tree.default,
        depth=len(tree.levels),
        resolutions=tree.resolutions,
        count=wishes.count,
        guided=digest,
        found=now(),
        method=method,
        encoder=work.encoder.name,
    )
    return Places(replace(placed, tree=tree), found)


def read_places(work: CorpusWork, notes: Sequence[str]) -> Places:
    """Return the partition as the last run left it."""
    kept = work.kept
    if kept is None:
        labels = work.store.array("placed")
        return Places(Placed(np.asarray(labels), tuple(notes)))
    names = [topic.name for topic in work.wishes.guided]
    leaves = find_leaves(kept, work.nodes.texts, len(work.nodes.keys))
    tree = kept.lay_levels(leaves, names)
    return Places(Placed(tree.shown, tuple(notes), None, tree), kept)


def keep_places(work: CorpusWork, places: Places) -> tuple[str, ...]:
    """Store the partition and the tree it comes from; returns notes."""
    store, kept = work.store, places.kept
    store.put_array("placed", places.placed.labels)
    if places.placed.fits is not None:
        store.put_array(FITS, places.placed.fits)
    if kept is None:
        drop_kept(store)
    else:
        put_kept(store, kept)
        note_ids(store, kept.topics)
    store.set_setting(ADOPTED, None)
    return places.placed.notes


def replace_found(store: CorpusStore, kept: KeptTree, there: KeptTree) -> bool:
    """Put a kept tree in place of one that was just found; says whether it could be done.

    It cannot where articles or edits have come since. What stands in no article here is left out;
    the next run places what is new.

    Args:
        store: Open for writing.
        kept: From another database.
        there: That of this one.
    """
    leaves = {key: leaf for key, leaf in kept.leaves.items() if key in there.leaves}
    if there.founders != there.leaves.keys() or read_edits(store) or not leaves:
        return False
    founders = kept.founders & leaves.keys()
    # Edits have other numbers here.
    put_kept(store, replace(kept, leaves=leaves, founders=founders, idle=()))
    put_events(store, [TopicEvent(now(), "renewed", None, "", len(leaves), "loaded from a file")])
    note_ids(store, kept.topics)
    forget_stages(store, ["places"])
    return True


def recall_edits(work: CorpusWork, places: Places) -> Memory | None:
    """Return what runs before did of the edits; nothing where topics were found anew."""
    kept = places.kept
    if kept is None or (places.growth is None and work.kept is None):
        return None
    rows = len(work.nodes.keys)
    last, leaves = np.full(rows, -1, np.int64), np.full(rows, -1, np.int64)
    outline = read_outline(work.store)
    shown = outline.at(outline.shown)
    for key, leaf in read_leaves(work.store).items():
        row = work.nodes.texts.get(key)
        if row is not None and leaf in shown:
            last[row], leaves[row] = shown[leaf], leaf
    return Memory(frozenset(kept.idle), read_parts(work.store), last, leaves)


def digest_guided(wishes: Wishes) -> str:
    """Return a digest of the user's own topics, and of what they learn from."""
    asked = [dataclasses.asdict(topic) for topic in wishes.guided]
    told = json.dumps([asked, wishes.every, wishes.taught], sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _adopt(work: CorpusWork, digest: str) -> KeptTree | None:
    """Keep the topics of a file that was written before topics were kept, if they can be."""
    store = work.store
    guided = [topic.name for topic in work.wishes.guided]
    texts = work.nodes.texts
    leaves = read_leaves(store)
    if (
        not store.setting(ADOPTED)
        or len({texts[key] for key in leaves if key in texts}) < KEPT_FROM
        or work.wishes.edits
        or max(find_parents(work.wishes.guided), default=-1) >= 0
    ):
        return None
    topics = {
        number: KeptTopic(level, finest, parent, name if kind == "guided" else "", *rest)
        for number, level, finest, parent, kind, name, *rest in store.rows(
            "SELECT id, level, finest, parent, kind, name, own_name, shown, stability FROM topics"
        )
    }
    leaves = {key: leaf for key, leaf in leaves.items() if leaf in topics}
    if not leaves:
        return None
    default = store.setting(SHOWN_LEVEL) or 0
    depth = max(topic.finest for topic in topics.values()) + 1
    closest = default_resolution(len(leaves))
    own = {topic.guided for topic in topics.values() if topic.guided}
    return KeptTree(
        topics={
            one: replace(topic, shown=None if topic.shown is None else bool(topic.shown))
            for one, topic in topics.items()
        },
        leaves=leaves,
        founders=frozenset(leaves),
        default=default,
        depth=depth,
        resolutions=tuple(closest * FINER**step for step in range(1, depth - default)),
        count=work.wishes.count,
        guided=digest if own == set(guided) else "",
        encoder=work.encoder.name,
    )


def _tell_kept(growth: Growth, method: int) -> tuple[str, ...]:
    """Say where a kept tree may be out of date."""
    kept = growth.kept
    notes = []
    if few := _name_few(kept, growth.joined):
        several = _name_few(kept, growth.apart)
        notes.append(
            f"More than half of the passages of {few} joined after the topics were found"
            + (f", and there is more than one subject in {several} by now" if several else "")
            + "; `topicwire cluster --anew` shows what finding them anew would change."
        )
    if few := _name_few(kept, growth.unmeasured):
        notes.append(
            f"Your own topics took more than half of {few}: how stable that is was not "
            "measured since; `topicwire cluster --stability` does."
        )
    if kept.method != method:
        since = f" on {kept.found[:10]}" if kept.found else ""
        notes.append(
            f"The topics are kept as an earlier version of Topicwire found them{since}; "
            "`topicwire cluster --anew` shows what this one would find."
        )
    return tuple(notes)


def _name_few(kept: KeptTree, topics: Sequence[int]) -> str:
    """Name the first of some topics that have names, and say how many more there are."""
    names = [repr(name) for one in topics if (name := kept.topics[one].name)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def keep_marks(work: CorpusWork, places: Places, found: Found) -> None:
    """Keep what is said of topics: their names, which are shown, how stable they are.

    Args:
        work: The topics of ``found`` are stored.
        places: That they come from.
        found: The topics.
    """
    store, kept = work.store, places.kept
    if kept is None:
        return
    anew = places.growth is None and work.kept is None
    shown = {
        topic_id: (name, bool(is_shown), stability)
        for topic_id, name, is_shown, stability in store.rows(
            "SELECT id, own_name, shown, stability FROM topics"
        )
    }
    texts, marked = work.nodes.texts, dict(kept.topics)
    for place, topic_id in found.matched.items():
        if place in found.by_hand and kept.topics[topic_id].name:
            continue  # a part that is a topic now: undone, it is shown as before
        name, is_shown, stability = shown[topic_id]
        if stability is None:
            # An edit below it says nothing of how it was found.
            stability = kept.topics[topic_id].stability
        marked[topic_id] = replace(
            kept.topics[topic_id], name=name, shown=is_shown, stability=stability
        )
    kept = replace(kept, topics=marked, idle=found.edited.idle if anew else kept.idle)
    if kept != places.kept:
        put_kept(store, kept)
    keys = {key.hex(): row for key, row in texts.items()}
    parts = [
        (edit, key, of_row[row])
        for edit, of_row in found.edited.parts.items()
        for key, row in keys.items()
        if row in of_row
    ]
    put_parts(store, parts, anew=anew)


def note_events(
    work: CorpusWork,
    places: Places | None,
    before: Mapping[bytes, int],
    after: Mapping[bytes, int],
    names_before: Mapping[int, str],
) -> None:
    """Note in the store what moved passages, made topics or ended them.

    Args:
        work: Its topics are stored.
        places: As made in this run, ``None`` where only edits have changed.
        before: Topic of the default level of each text in the last run.
        after: The same, now.
        names_before: Names of the topics of before, by id.
    """
    at, names = now(), read_names(work.store)
    gone_to = [after[key] for key, topic in before.items() if after.get(key, topic) != topic]

    def event(kind: Kind, topic: int | None, passages: int, reason: str) -> TopicEvent:
        name = "" if topic is None else names.get(topic) or names_before.get(topic, "")
        return TopicEvent(at, kind, topic, name, passages, reason)

    growth = places.growth if places else None
    if places and growth is None:
        kind: Kind = "renewed" if work.anew else "found"
        passages = len(gone_to) if work.anew else len(places.placed.labels)
        reason = "found anew" if work.anew else "found for the first time"
        put_events(work.store, [event(kind, None, passages, reason)])
        return
    born = growth.born if growth else {}
    events = [
        event("born", one, size, "a subject of articles that were added")
        for one, size in born.items()
    ]
    events += [
        event("ended", one, 0, "no text of it is left") for one in (growth.ended if growth else ())
    ]
    if moved := sum(topic not in born for topic in gone_to):
        edit = work.undone or (work.wishes.edits[-1] if work.wishes.edits else None)
        if growth and growth.changed_guided:
            events.append(event("guided", None, moved, "your own topics have changed"))
        elif growth or not edit:
            reason = "texts found to be copies of each other, or edits that lost what they are on"
            events.append(event("moved", None, moved, reason))
        else:
            said: Kind = "undone" if work.undone else "edited"
            events.append(event(said, None, moved, f"edit {edit.id}, {edit.kind}"))
    put_events(work.store, events)
