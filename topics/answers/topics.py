"""The topics of a stored corpus, with what an analyst asks of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embeddings.corpus.citations import Quotation, read_quotations
from embeddings.corpus.contents import count_rows
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from topics.answers.session import Database, session_of
from topics.hierarchy.outline import Outline, read_outline
from topics.hierarchy.showing import is_unstable, tell_hidden
from topics.pipeline.assignments import (
    count_by_article,
    count_by_outlet,
    count_by_topic,
    read_descriptions,
)
from topics.pipeline.stages import is_stale

# Passages that an article has beside its own when it is told how much of it is on a topic:
# of two that are wholly so, the longer one is the more typical.
_BESIDE = 4


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
        outlets: Known outlets and number of passages, most first.
        representatives: Typical passages, distinct ones from different outlets.
        level: The broadest level it stands on; 0 is the broadest of all.
        parent: Id of the topic above it, ``None`` on top.
        parts: Ids of the topics just below it.
        stability: Mean best Jaccard, 0 to 1, with the topics of runs that leave out a
            fifth of the passages (Hennig, 2007); ``None`` where it was not measured.
        unstable: That is below .6: with slightly other articles it might not be.
        mixed: How many of its passages lie between it and another topic.
        strangers: How many of its passages are like no other.
        named_by: Who named it: ``keyphrases``, ``user`` or ``model``.
        near: Name of the guided topic that a discovered one comes nearest to, or ``""``.
        near_score: How near, 0 to 1.
        headline: That of the article of which most is on it.
        shown: It is shown when no level is asked for (``topics.hierarchy.showing``).
        why_hidden: Why it is not: ``unstable``, ``small``, or ``told by others``, being of many
            things, of one article, or shown by those around it; ``""`` where it is shown.
        subtopics: Its parts that are shown below it, the largest first.
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
    headline: str = ""
    shown: bool = True
    why_hidden: str = ""
    subtopics: tuple[TopicSummary, ...] = ()


def topics(
    db: Database = "topicwire.db",
    *,
    level: int | None = None,
    wanted: Sequence[str] = (),
    hidden: bool = False,
) -> list[TopicSummary]:
    """Return the topics of a database, guided ones first, then by size.

    Args:
        db: The database.
        level: 0 is the broadest; by default the topics that are shown, with their parts.
        wanted: Ids of topics, or words of their names, of that level or of those shown; all
            when empty.
        hidden: Those that are not shown, but through a broader one, in place of the others.

    Raises:
        InputError: There is no such level, or no such topic.
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with open_clustered(db) as store:
        outline = read_outline(store)
        if hidden:
            return _summarise(store, outline, set(outline.hidden))
        listed = summarise_topics(store, level)
        if not wanted:
            return listed
        every = [*listed, *(part for one in listed for part in one.subtopics)]
        chosen = set(find_topics(store, wanted, level, among={one.id for one in every}))
        return [one for one in every if one.id in chosen]


@contextmanager
def open_clustered(
    db: Database, *, current: bool = False, write: bool = False
) -> Iterator[CorpusStore]:
    """Open a database that has topics, and close it afterwards.

    Args:
        db: The database.
        current: Whether topics, copies and stories must be of the articles as they are.
        write: Whether it is to be changed.

    Raises:
        StoreError: There is none, its topics have never been computed, or, where they must be
            ``current``, articles came or went since.
    """
    opening = (
        CorpusStore.open(Path(db), write=True, create=False) if write else session_of(db).reading()
    )
    with opening as store:
        if not count_rows(store, "topics"):
            raise StoreError(
                f"{store.path} has no topics yet; run `topicwire cluster FOLDER --db {store.path}`."
            )
        if current and is_stale(store, "relations", "stories"):
            raise StoreError(
                f"Articles in {store.path} have changed since it was clustered; run "
                f"`topicwire cluster --db {store.path}`."
            )
        yield store


def summarise_topics(
    store: CorpusStore, level: int | None = None, *, all_heads: bool = False
) -> list[TopicSummary]:
    """Return the topics of an open store, guided ones first, then by size.

    Args:
        store: Its topics are described.
        level: As for ``topics``.
        all_heads: Where no level is asked for, also those that passages are counted under
            though they are not shown.

    Raises:
        InputError: There is no such level.
    """
    outline = read_outline(store)
    wanted = set(outline.on(outline.check(level)))
    if level is not None:
        return _summarise(store, outline, wanted)
    if all_heads:
        wanted |= {outline.heads[leaf] for leaf in outline.used}
    parts = set(outline.parts.values())
    every = _summarise(store, outline, wanted | parts)
    below: dict[int, list[TopicSummary]] = defaultdict(list)
    for one in every:
        if one.id in parts:
            below[outline.heads[one.id]].append(one)
    return [replace(one, subtopics=tuple(below[one.id])) for one in every if one.id in wanted]


def _summarise(store: CorpusStore, outline: Outline, wanted: set[int]) -> list[TopicSummary]:
    """Describe some topics, of which one may lie in another."""
    within = outline.within(wanted)
    counts = _sum_counts(store, within)
    outlets: dict[int, Counter[str]] = {topic_id: Counter() for topic_id in wanted}
    for leaf, source, number in count_by_outlet(store):
        if source:
            for topic_id in within[leaf]:
                outlets[topic_id][source] += number
    headlines = _find_headlines(store, within)
    total, rows = (sum(numbers[at] for _, *numbers in count_by_topic(store)) for at in (0, 1))
    described = [one for one in read_descriptions(store) if one[0] in wanted]
    cited = read_quotations(store, [passage for one in described for passage in one[2]])
    summaries = []
    for topic_id, keyphrases, typical, named_by, near, near_score in described:
        passages, distinct, strength, mixed, strangers = counts[topic_id]
        summaries.append(
            TopicSummary(
                id=topic_id,
                name=outline.names[topic_id],
                kind=outline.kinds[topic_id],
                keyphrases=tuple(keyphrases),
                passages=passages,
                distinct=distinct,
                share=round(passages / total, 4) if total else 0.0,
                strength=round(strength / passages, 3) if passages else 0.0,
                outlets=tuple(sorted(outlets[topic_id].items(), key=lambda one: (-one[1], one[0]))),
                representatives=tuple(cited[one] for one in typical if one in cited),
                level=outline.levels[topic_id],
                parent=outline.parents[topic_id],
                parts=tuple(one for one, above in outline.parents.items() if above == topic_id),
                stability=outline.stabilities[topic_id],
                unstable=is_unstable(outline.stabilities[topic_id]),
                mixed=mixed,
                strangers=strangers,
                named_by=named_by,
                near=outline.names.get(near, "") if near is not None else "",
                near_score=near_score,
                headline=headlines.get(topic_id, ""),
                shown=topic_id in outline.visible,
                why_hidden=""
                if topic_id in outline.visible
                else tell_hidden(outline.stabilities[topic_id], distinct, rows),
            )
        )
    return sorted(summaries, key=lambda topic: (topic.kind != "guided", -topic.passages, topic.id))


def _sum_counts(store: CorpusStore, within: Mapping[int, Sequence[int]]) -> dict[int, list[Any]]:
    """Count by topic: passages, distinct ones, sum of their strengths, mixed ones, strangers."""
    counts: dict[int, list[Any]] = defaultdict(lambda: [0, 0, 0.0, 0, 0])
    for leaf, *numbers in count_by_topic(store):
        for topic_id in within[leaf]:
            sums = zip(counts[topic_id], numbers, strict=True)
            counts[topic_id] = [a + b for a, b in sums]
    return counts


def _find_headlines(store: CorpusStore, within: Mapping[int, Sequence[int]]) -> dict[int, str]:
    """Return the headline of the article of which most is on a topic, by topic."""
    held: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    sizes: Counter[tuple[str, str]] = Counter()
    for leaf, document_id, title, number in count_by_article(store):
        sizes[title, document_id] += number
        for topic_id in within[leaf]:
            held[topic_id][title, document_id] += number
    return {
        topic_id: min(articles, key=lambda one: (-articles[one] / (sizes[one] + _BESIDE), one))[0]
        for topic_id, articles in held.items()
    }


def find_topics(
    store: CorpusStore,
    wanted: Sequence[str],
    level: int | None = None,
    among: Set[int] | None = None,
) -> tuple[int, ...]:
    """Return the ids of topics given by id or by words of their names.

    Names of topics that are shown go before those of others.

    Args:
        store: An open store.
        wanted: Ids or words.
        level: Only topics of this level; of any, when left out.
        among: Only these topics; those of the level, when left out.

    Raises:
        InputError: Nothing fits.
    """
    outline = read_outline(store)
    names = outline.names
    heads = {i: names[i] for i in outline.on(outline.check(level))}
    pools = [heads, {i: names[i] for i in sorted(outline.visible)}, names]
    if among is not None:
        pools = [{i: names[i] for i in sorted(among)}]
    elif level is not None:
        pools = [heads]
    ids: list[int] = []
    for given in wanted:
        number = int(given) if given.isdecimal() and len(given) < 19 else -1
        if number in pools[-1]:
            ids.append(number)
            continue
        if number in names:
            above = outline.within(set(pools[-1]))[number]
            instead = f"topic {above[0]}, which holds it, or " if above else ""
            raise InputError(
                f"Topic {number} is not listed here, but on level {outline.levels[number]}; "
                f"take {instead}--level {outline.levels[number]} where the command has it."
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
