"""The topics of a stored corpus, with what an analyst asks of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import InputError, StoreError
from embeddings.store import CorpusStore


@dataclass(frozen=True)
class Quotation:
    """A passage with what is needed to cite it.

    Attributes:
        passage_id: The store's id.
        text: The passage.
        title: Its article's headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
        url: The article's, or ``""``.
    """

    passage_id: int
    text: str
    title: str
    source: str
    published: str
    url: str


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


def topics(db: Path | str = "topicwire.db") -> list[TopicSummary]:
    """Return the topics of a database, guided ones first, then by size.

    Raises:
        StoreError: There is no such database, or nothing in it has been clustered.
    """
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        return summarise_topics(store)


def find_sources(store: CorpusStore, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return outlets as they are stored, whatever the case they are given in.

    Raises:
        InputError: No article is from one of them.
    """
    known = {
        source.casefold(): source
        for (source,) in store.rows("SELECT DISTINCT source FROM documents")
    }
    for source in wanted:
        if source.casefold() not in known:
            some = ", ".join(sorted(name for name in known.values() if name)[:8])
            raise InputError(f"No article is from {source!r}; outlets here are: {some or 'none'}.")
    return tuple(known[source.casefold()] for source in wanted)


def require_topics(store: CorpusStore) -> None:
    """Check that topics have been computed.

    Raises:
        StoreError: They have not.
    """
    if not store.rows("SELECT 1 FROM topics LIMIT 1"):
        raise StoreError(
            f"{store.path} has no topics yet; run `topicwire cluster FOLDER --db {store.path}`."
        )


def summarise_topics(store: CorpusStore) -> list[TopicSummary]:
    """Return the topics of an open store, guided ones first, then by size."""
    sizes = {
        topic_id: (count, distinct, strength)
        for topic_id, count, distinct, strength in store.rows(
            "SELECT topic_id, count(*), count(DISTINCT node), avg(strength) "
            "FROM assignments GROUP BY topic_id"
        )
    }
    outlets: dict[int, Counter[str]] = {}
    for topic_id, source, count in store.rows(
        "SELECT a.topic_id, d.source, count(*) FROM assignments AS a "
        "JOIN passages AS p ON p.id = a.passage_id JOIN documents AS d ON d.id = p.document_id "
        "GROUP BY a.topic_id, d.source"
    ):
        outlets.setdefault(topic_id, Counter())[source] = count
    total = sum(count for count, _, _ in sizes.values())
    summaries = []
    for topic_id, name, kind, keyphrases, representatives in store.rows(
        "SELECT id, name, kind, keyphrases, representatives FROM topics"
    ):
        count, distinct, strength = sizes.get(topic_id, (0, 0, 0.0))
        ranked = sorted(
            outlets.get(topic_id, Counter()).items(), key=lambda item: (-item[1], item[0])
        )
        summaries.append(
            TopicSummary(
                id=topic_id,
                name=name,
                kind=kind,
                keyphrases=tuple(json.loads(keyphrases)),
                passages=count,
                distinct=distinct,
                share=round(count / total, 4) if total else 0.0,
                strength=round(strength, 3),
                outlets=tuple(ranked),
                representatives=read_quotations(store, json.loads(representatives)),
            )
        )
    return sorted(summaries, key=lambda topic: (topic.kind != "guided", -topic.passages, topic.id))


def read_quotations(store: CorpusStore, passage_ids: list[int]) -> tuple[Quotation, ...]:
    """Return passages with their articles' particulars, in the order asked for."""
    found = {}
    for passage_id in dict.fromkeys(passage_ids):
        for row in store.rows(
            "SELECT p.id, p.text, d.title, d.source, d.published, d.url FROM passages AS p "
            "JOIN documents AS d ON d.id = p.document_id WHERE p.id = ?",
            (passage_id,),
        ):
            found[passage_id] = Quotation(*row)
    return tuple(found[i] for i in passage_ids if i in found)
