"""Names that language models gave, kept in the store for topics that have not changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class _Answers:
    """What one model at one endpoint answered, by ``NameRequest.digest``."""

    url: str
    model: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class _Corpus:
    """All topics of a store, by their names without a model, and texts they point into."""

    ids: Sequence[int]
    topics: Sequence[Topic]
    texts: Sequence[str]


def ask_names(store: CorpusStore, url: str, model: str, key: str = "") -> NamingReport:
    """Ask an endpoint for names of the discovered topics of a store, and keep the answers.

    Topics that have not changed since the endpoint named them are not asked for again.
    Answers of other models are kept beside those of this one: a topic that it gives no name
    keeps the newest of theirs.

    Raises:
        InputError: The address cannot be an endpoint's.
    """
    from topics.naming.chat import open_endpoint
    from topics.naming.endpoint import name_with, recall_names

    endpoint = open_endpoint(url, model)
    url_shown, model = endpoint.address, endpoint.model
    corpus = _read_topics(store)
    kept = _read_answers(store)
    known = {(one.url, one.model): one.answers for one in kept}.get((url_shown, model), {})
    found = name_with(corpus.topics, corpus.texts, url, model, key=key, known=known)
    own = _Answers(url_shown, model, {**known, **found.answers})
    others = [one for one in kept if (one.url, one.model) != (url_shown, model)]
    given = any(found.names)
    # Newest first; a run that named nothing leaves the order as it was.
    kept = [own, *others] if given else _replace(kept, own)
    recalled = recall_names(corpus.topics, corpus.texts, [one.answers for one in kept])
    if given and not found.stopped:
        kept = _drop_stale(kept, corpus)
    _keep(store, corpus, kept, recalled)
    return NamingReport(
        url=url_shown,
        model=model,
        named=sum(name is not None for name in found.names),
        calls=found.calls,
        characters=found.characters,
        failures=tuple((corpus.ids[place], reason) for place, reason in found.failures),
        earlier=tuple(corpus.ids[place] for place, _ in found.failures if recalled[place]),
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

    corpus = _read_topics(store)
    recalled = recall_names(corpus.topics, corpus.texts, [one.answers for one in kept])
    _keep(store, corpus, kept, recalled)


def _keep(
    store: CorpusStore,
    corpus: _Corpus,
    kept: Sequence[_Answers],
    recalled: Sequence[tuple[str, int] | None],
) -> None:
    """Store answers, and give each discovered topic its name by a model or its own."""
    rows: list[tuple[str, str, int]] = []
    for topic_id, topic, given in zip(corpus.ids, corpus.topics, recalled, strict=True):
        if given is not None:
            rows.append((given[0], "model", topic_id))
        elif topic.kind == "discovered":
            rows.append((topic.name, "keyphrases", topic_id))
    models = [
        {"url": one.url, "model": one.model, "answers": dict(one.answers)}
        for one in kept
        if one.answers
    ]
    with store.transaction() as connection:
        store.set_setting(ANSWERS, models or None)
        connection.executemany("UPDATE topics SET name = ?, named_by = ? WHERE id = ?", rows)
        store.note_sums(["topics"])


def _read_answers(store: CorpusStore) -> list[_Answers]:
    """Return what models answered, newest first."""
    return [_Answers(**one) for one in store.setting(ANSWERS) or []]


def _replace(kept: Sequence[_Answers], own: _Answers) -> list[_Answers]:
    """Put answers where those of the same model stood, or last."""
    places = {(one.url, one.model): place for place, one in enumerate(kept)}
    place = places.get((own.url, own.model), len(kept))
    return [*kept[:place], own, *kept[place + 1 :]]


def _drop_stale(kept: Sequence[_Answers], corpus: _Corpus) -> list[_Answers]:
    """Leave out answers for topics that are no longer there, so that they do not pile up."""
    from topics.naming.endpoint import request_for

    there = {request_for(topic, corpus.texts).digest for topic in corpus.topics}
    return [
        _Answers(one.url, one.model, {d: text for d, text in one.answers.items() if d in there})
        for one in kept
    ]


def _read_topics(store: CorpusStore) -> _Corpus:
    """Return topics, and the texts that their representatives are places in."""
    ids: list[int] = []
    topics: list[Topic] = []
    texts: list[str] = []
    for topic_id, name, kind, keyphrases, representatives, named_by in store.rows(
        "SELECT id, CASE named_by WHEN 'model' THEN own_name ELSE name END, kind, keyphrases, "
        "representatives, named_by FROM topics ORDER BY id"
    ):
        first = len(texts)
        for passage_id in json.loads(representatives):
            texts += [text for (text,) in store.rows(_BODY, (passage_id,))]
        ids.append(topic_id)
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
    return _Corpus(ids, topics, texts)


_BODY = "SELECT substr(text, body_start - start + 1) FROM passages WHERE id = ?"
