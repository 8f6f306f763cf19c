"""Names that language models gave, kept in the store for topics that have not changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from topics.naming.describing import Topic

# The setting that holds what models answered, newest first, and what the topics that they
# named would be called without them.
ANSWERS = "endpoint_answers"


@dataclass(frozen=True)
class NamingReport:
    """What an endpoint was asked for and gave.

    Attributes:
        url: Address of the endpoint, without a query.
        model: The model.
        named: Topics that have a name by the model now.
        calls: Requests made.
        characters: Characters sent in them.
        failures: Id of each topic that was not named by the model, and why.
        earlier: Ids of those among them that keep the name an earlier run's model gave;
            the others have that of their keyphrases.
        stopped: Why no more was asked for, in a sentence, or ``""``.
    """

    url: str
    model: str
    named: int
    calls: int
    characters: int
    failures: tuple[tuple[int, str], ...]
    earlier: tuple[int, ...]
    stopped: str


# Answers by ``NameRequest.digest``, of each model at each endpoint: (address, model).
Answers = dict[tuple[str, str], dict[str, str]]


def ask_names(store: CorpusStore, url: str, model: str, key: str = "") -> NamingReport:
    """Ask an endpoint for names of the discovered topics of a store, and keep the answers.

    Topics that have not changed since the endpoint named them are not asked for again.
    Answers of other models are kept beside those of this one: a topic that it gives no name
    keeps the newest of theirs.

    Raises:
        InputError: The address cannot be an endpoint's.
    """
    from topics.naming.chat import open_endpoint
    from topics.naming.endpoint import name_with, recall_names, request_for

    endpoint = open_endpoint(url, model)
    own = endpoint.address, endpoint.model
    topics, texts = _read_topics(store)
    kept = _read_answers(store)
    known = kept.get(own, {})
    found = name_with(topics, texts, url, endpoint.model, key=key, known=known)
    answers = {**known, **found.answers}
    given = any(found.names)
    # Newest first; a run that named nothing leaves the order as it was.
    kept = ({own: answers} if given else {}) | kept | {own: answers}
    recalled = recall_names(topics, texts, list(kept.values()))
    if given and not found.stopped:
        # Answers for topics that are no longer there would pile up.
        there = {request_for(topic, texts).digest for topic in topics}
        kept = {
            one: {digest: text for digest, text in known.items() if digest in there}
            for one, known in kept.items()
        }
    _keep(store, topics, kept, recalled)
    return NamingReport(
        url=endpoint.address,
        model=endpoint.model,
        named=sum(name is not None for name in found.names),
        calls=found.calls,
        characters=found.characters,
        failures=tuple((topics[place].id, reason) for place, reason in found.failures),
        earlier=tuple(topics[place].id for place, _ in found.failures if recalled[place]),
        stopped=found.stopped,
    )


def restore_names(store: CorpusStore) -> None:
    """Give topics that have not changed the newest name a model gave; asks for nothing.

    To be called when topics have been stored anew, with the names of their keyphrases.
    """
    kept = _read_answers(store)
    if not kept:
        return
    from topics.naming.endpoint import recall_names

    topics, texts = _read_topics(store)
    _keep(store, topics, kept, recall_names(topics, texts, list(kept.values())))


def _keep(
    store: CorpusStore,
    topics: Sequence[Topic],
    kept: Answers,
    recalled: Sequence[tuple[str, int] | None],
) -> None:
    """Store answers, and give each discovered topic its name by a model or its own."""
    rows: list[tuple[str, str, int]] = []
    for topic, given in zip(topics, recalled, strict=True):
        if given is not None:
            rows.append((given[0], "model", topic.id))
        elif topic.kind == "discovered":
            rows.append((topic.name, "keyphrases", topic.id))
    models = [
        {"url": url, "model": model, "answers": answers}
        for (url, model), answers in kept.items()
        if answers
    ]
    with store.transaction() as connection:
        store.set_setting(ANSWERS, models or None)
        connection.executemany("UPDATE topics SET name = ?, named_by = ? WHERE id = ?", rows)
        store.note_sums(["topics"])


def _read_answers(store: CorpusStore) -> Answers:
    """Return what models answered, newest first."""
    return {(one["url"], one["model"]): one["answers"] for one in store.setting(ANSWERS) or []}


def _read_topics(store: CorpusStore) -> tuple[list[Topic], list[str]]:
    """Return topics by their names without a model, and the texts that they point into."""
    topics: list[Topic] = []
    texts: list[str] = []
    for topic_id, name, kind, keyphrases, representatives, named_by in store.rows(
        "SELECT id, CASE named_by WHEN 'model' THEN own_name ELSE name END, kind, keyphrases, "
        "representatives, named_by FROM topics ORDER BY id"
    ):
        first = len(texts)
        for passage_id in json.loads(representatives):
            texts += [text for (text,) in store.rows(_BODY, (passage_id,))]
        topics.append(
            Topic(
                id=topic_id,
                name=name,
                # Names that the user gave are kept as those of the user's own topics are.
                kind="guided" if kind == "guided" or named_by == "user" else "discovered",
                keyphrases=tuple(json.loads(keyphrases)),
                size=0,
                share=0.0,
                outlets=(),
                representatives=tuple(range(first, len(texts))),
            )
        )
    return topics, texts


_BODY = "SELECT substr(text, body_start - start + 1) FROM passages WHERE id = ?"
