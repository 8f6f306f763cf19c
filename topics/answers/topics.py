"""The topics of a stored corpus, with what an analyst asks of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.corpus.citations import Quotation, read_quotations
from embeddings.corpus.store import COVERED, RELATED, CorpusStore
from embeddings.errors import InputError, StoreError
from topics.hierarchy.outline import Outline, read_outline

# A topic that resampled runs find again with less than this (mean best Jaccard) is marked;
# below .6 Hennig (2007, section 6) advises against trusting a cluster.
LEAST_STABLE = 0.6


@dataclass(frozen=True)
class TopicSummary:
    """One topic of a stored corpus.

    Attributes:
        id: Stays with the topic from run to run.
        name: Short and readable; a guided topic has the name that the user gave it.
        kind: ``guided`` or ``discovered``.
        keyphrases: What its passages say more than others do, best first.
        passages: How many passages are in it, copies included.
        distinct: How many there are when copies count once.
        share: ``passages`` as a share of the corpus.
        strength: Mean strength of its passages, 0 to 1.
        outlets: Outlet and number of passages, most first.
        representatives: Typical passages, distinct ones from different outlets.
        level: The broadest level it stands on; 0 is the broadest of all.
        parent: Id of the topic above it, ``None`` on top.
        parts: Ids of the topics just below it.
        stability: Mean best Jaccard, 0 to 1, with the topics of runs that leave out a
            fifth of the passages (Hennig, 2007); ``None`` where it was not measured.
        unstable: It is below ``LEAST_STABLE``: with slightly other articles it might not be.
        mixed: How many of its passages lie between it and another topic.
        strangers: How many of its passages are like no other.
        named_by: Who named it: ``keyphrases``, ``user`` or ``model``.
        near: Name of the guided topic that a discovered one comes nearest to, or ``""``.
        near_score: How near, 0 to 1.
    """

    id: int
    name: str
    kind: str
    keyphrases: tuple[str, ...]
    passages: int
    distinct: int
    share: float
    strength: float
    outlets: tuple[tuple[str, int], ...]
    representatives: tuple[Quotation, ...]
    level: int
    parent: int | None
    parts: tuple[int, ...]
    stability: float | None
    unstable: bool
    mixed: int
    strangers: int
    named_by: str
    near: str
    near_score: float


def topics(
    db: Path | str = "topicwire.db", *, level: int | None = None, wanted: Sequence[str] = ()
) -> list[TopicSummary]:
    """Return the topics of a database, guided ones first, then by size.

    Args:
        db: The database.
        level: 0 is the broadest; by default the level that is shown first.
        wanted: Ids of topics, or words of their names, of that level; all when empty.

    Raises:
        InputError: There is no such level, or no such topic.
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        chosen = set(find_topics(store, wanted, read_outline(store).check(level)))
        return [one for one in summarise_topics(store, level) if not wanted or one.id in chosen]


def require_topics(store: CorpusStore) -> None:
    """Check that topics have been computed.

    Raises:
        StoreError: They have not.
    """
    if not store.rows("SELECT 1 FROM topics LIMIT 1"):
        raise StoreError(
            f"{store.path} has no topics yet; run `topicwire cluster FOLDER --db {store.path}`."
        )


def require_current(store: CorpusStore) -> None:
    """Check that topics, copies and stories are of the articles as they are.

    Raises:
        StoreError: They have never been computed, or articles came or went since.
    """
    require_topics(store)
    if store.setting(RELATED) is None or store.setting(COVERED) is None:
        raise StoreError(
            f"Articles in {store.path} have changed since it was clustered; run "
            f"`topicwire cluster --db {store.path}`."
        )


def topics_on(store: CorpusStore, outline: Outline, level: int) -> list[int]:
    """Return the ids of the topics that stand on a level, by id.

    Those with passages there, and those that have none and no topic below them either.
    """
    at = outline.at(level)
    used = {
        at[leaf]
        for (leaf,) in store.rows("SELECT DISTINCT coalesce(leaf_id, topic_id) FROM assignments")
    }
    above = set(outline.parents.values())
    empty = {
        topic_id
        for topic_id, finest in store.rows("SELECT id, finest FROM topics")
        if topic_id not in above and outline.levels[topic_id] <= level <= finest
    }
    return sorted(used | empty)


def summarise_topics(store: CorpusStore, level: int | None = None) -> list[TopicSummary]:
    """Return the topics of an open store, guided ones first, then by size.

    Args:
        store: Its topics are described.
        level: As for ``topics``.

    Raises:
        InputError: There is no such level.
    """
    outline = read_outline(store)
    level = outline.check(level)
    counts = _count_passages(store, outline.at(level))
    total = sum(one.passages for one in counts.values())
    names = dict(store.rows("SELECT id, name FROM topics"))
    parts: dict[int, list[int]] = {}
    for topic_id, parent in sorted(outline.parents.items()):
        if parent is not None:
            parts.setdefault(parent, []).append(topic_id)
    wanted = set(topics_on(store, outline, level))
    summaries = []
    rows = [
        row
        for row in store.rows(
            "SELECT id, name, kind, keyphrases, representatives, stability, named_by, near, "
            "near_score FROM topics"
        )
        if row[0] in wanted
    ]
    typical = {row[0]: json.loads(row[4]) for row in rows}
    quotations = read_quotations(store, [one for ids in typical.values() for one in ids])
    for topic_id, name, kind, keyphrases, _, stability, named_by, near, score in rows:
        own = counts.get(topic_id, _Counts())
        ranked = sorted(own.outlets.items(), key=lambda item: (-item[1], item[0]))
        summaries.append(
            TopicSummary(
                id=topic_id,
                name=name,
                kind=kind,
                keyphrases=tuple(json.loads(keyphrases)),
                passages=own.passages,
                distinct=own.distinct,
                share=round(own.passages / total, 4) if total else 0.0,
                strength=round(own.strength / own.passages, 3) if own.passages else 0.0,
                outlets=tuple(ranked),
                representatives=tuple(
                    quotations[one] for one in typical[topic_id] if one in quotations
                ),
                level=outline.levels[topic_id],
                parent=outline.parents[topic_id],
                parts=tuple(parts.get(topic_id, ())),
                stability=stability,
                unstable=stability is not None and stability < LEAST_STABLE,
                mixed=own.mixed,
                strangers=own.strangers,
                named_by=named_by,
                near=names.get(near, ""),
                near_score=score or 0.0,
            )
        )
    return sorted(summaries, key=lambda topic: (topic.kind != "guided", -topic.passages, topic.id))


@dataclass
class _Counts:
    """What is counted of a topic."""

    passages: int = 0
    distinct: int = 0
    strength: float = 0.0
    mixed: int = 0
    strangers: int = 0
    outlets: Counter[str] = field(default_factory=Counter)


def _count_passages(store: CorpusStore, at: dict[int, int]) -> dict[int, _Counts]:
    """Count the passages of each topic of a level."""
    counts: dict[int, _Counts] = {}
    # No node lies in two topics, so distinct passages of parts add up.
    for leaf, passages, distinct, strength, mixed, strangers in store.rows(
        "SELECT coalesce(leaf_id, topic_id), count(*), count(DISTINCT node), sum(strength), "
        "sum(mixed), sum(stranger) FROM assignments GROUP BY 1"
    ):
        own = counts.setdefault(at[leaf], _Counts())
        own.passages += passages
        own.distinct += distinct
        own.strength += strength
        own.mixed += mixed
        own.strangers += strangers
    for leaf, source, passages in store.rows(
        "SELECT coalesce(a.leaf_id, a.topic_id), d.source, count(*) FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id JOIN documents AS d ON d.id = p.document_id "
        "GROUP BY 1, 2"
    ):
        counts[at[leaf]].outlets[source] += passages
    return counts


def find_topics(
    store: CorpusStore, wanted: Sequence[str], level: int | None = None
) -> tuple[int, ...]:
    """Return the ids of topics given by id or by words of their names.

    Names of the level shown go before those of others.

    Args:
        store: An open store.
        wanted: Ids or words.
        level: Only topics of this level; of any, when left out.

    Raises:
        InputError: Nothing fits.
    """
    outline = read_outline(store)
    names = dict(store.rows("SELECT id, name FROM topics ORDER BY id"))
    shown = {i: names[i] for i in topics_on(store, outline, outline.check(level))}
    pools = [shown] if level is not None else [shown, names]
    ids: list[int] = []
    for given in wanted:
        number = int(given) if given.isdecimal() and len(given) < 19 else -1
        if number in pools[-1]:
            ids.append(number)
            continue
        if number in names:
            raise InputError(
                f"Topic {number} is not on level {outline.check(level)}, but from level "
                f"{outline.levels[number]} on; add --level {outline.levels[number]}."
            )
        found = next((fits for pool in pools if (fits := _fitting(pool, given))), [])
        if not found:
            raise InputError(
                f"No topic is called {given!r}; `topicwire topics` lists the names and ids."
            )
        ids += found
    return tuple(dict.fromkeys(ids))


def _fitting(names: dict[int, str], given: str) -> list[int]:
    exact = [i for i, name in names.items() if name.casefold() == given.casefold()]
    return exact or [i for i, name in names.items() if given.casefold() in name.casefold()]
