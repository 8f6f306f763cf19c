"""Similar passages of a stored corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from embeddings.corpus.store import CorpusStore
from embeddings.documents import date_bounds
from embeddings.errors import InputError
from embeddings.search import Filters, Hit, search_like, search_text
from topics.answers.encoder import stored_encoder
from topics.answers.topics import find_sources, find_topics, require_topics
from topics.hierarchy.outline import read_outline

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2})?)?)?")


def search(
    query: str | None = None,
    *,
    like: int | None = None,
    db: Path | str = "topicwire.db",
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    topics: Sequence[str] = (),
    limit: int = 10,
    tell: Callable[[str], None] | None = None,
) -> list[Hit]:
    """Find passages by words and meaning, best first.

    Args:
        query: What to look for; text between double quotes is a phrase.
        like: A passage id, instead of a query.
        db: The database.
        sources: Outlets to search; all when empty.
        since: Earliest date, ISO 8601, as exact as wanted: ``2013``, ``2013-05``, ...
        until: Latest date.
        topics: Topic ids, or words that stand in a topic's name.
        limit: The most hits.
        tell: Told what the user should know, such as a slower encoder being used.

    Raises:
        InputError: No query, an unknown outlet, topic or passage, or a malformed date.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if (query is None) == (like is None):
        raise InputError('Give either a query or --like PASSAGE_ID: topicwire search "arms".')
    if limit < 1:
        raise InputError(f"--limit is {limit}; give a number of 1 or more.")
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        settings = store.setting("encoder")
        filters = Filters(
            sources=find_sources(store, sources),
            since=check_date(since, "--since"),
            until=check_date(until, "--until"),
            topics=_with_parts(store, find_topics(store, topics)),
        )
        if like is not None:
            return search_like(store, settings["fingerprint"], like, filters=filters, limit=limit)
        encoder = stored_encoder(store)
        hits = search_text(store, encoder, query or "", filters=filters, limit=limit)
        if tell:
            for note in encoder.notes:
                tell(note)
        return hits


def check_date(given: str, option: str) -> str:
    """Return an ISO 8601 date of reduced precision as it stands.

    Raises:
        InputError: It is not one.
    """
    if given and not (_DATE.fullmatch(given) and _exists(given)):
        raise InputError(
            f"{option} is {given!r}; write a year, month or day: 2013, 2013-05 or 2013-05-11."
        )
    return given


def _exists(date: str) -> bool:
    """Whether a well-formed date is one of the calendar."""
    try:
        datetime.fromisoformat(date_bounds(date)[0])
    except ValueError:
        return False
    return True


def _with_parts(store: CorpusStore, topic_ids: Sequence[int]) -> tuple[int, ...]:
    """Return topics and all topics below them."""
    outline = read_outline(store)
    return tuple({one for topic_id in topic_ids for one in outline.under(topic_id)})
