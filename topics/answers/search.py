"""Similar passages of a stored corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from embeddings.search.hits import Hit
from topics.answers.session import Database, session_of
from topics.answers.topics import find_topics, open_clustered
from topics.hierarchy.outline import read_outline


def search(
    query: str | None = None,
    *,
    like: int | None = None,
    db: Database = "topicwire.db",
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
    topics: Sequence[str] = (),
    limit: int = 10,
    repeats: bool = False,
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
        languages: ISO 639 codes of languages to search; all when empty.
        topics: Topic ids, or words that stand in a topic's name.
        limit: The most hits.
        repeats: Also what an outlet repeats under its articles, whatever these are on.
        tell: Told what the user should know, such as a slower encoder being used.

    Raises:
        InputError: No query, an unknown outlet, topic or passage, or a malformed date.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if (query is None) == (like is None):
        raise InputError('Give either a query or --like PASSAGE_ID: topicwire search "arms".')
    if limit < 1:
        raise InputError(f"--limit is {limit}; give a number of 1 or more.")
    filters = Filters(sources, since, until, languages=languages)
    with open_clustered(db) as store:
        settings = store.setting("encoder")
        filters = filters.match(store)
        outline = read_outline(store)
        below = {one for topic in find_topics(store, topics) for one in outline.under(topic)}
        filters = replace(filters, topics=tuple(below), furniture=repeats)
        session = session_of(db)
        searcher = session.searcher
        if like is not None:
            fingerprint = settings["fingerprint"]
            return searcher.search_like(store, fingerprint, like, filters=filters, limit=limit)
        encoder = session.encoder(store)
        hits = searcher.search_text(store, encoder, query or "", filters=filters, limit=limit)
        if tell:
            for note in encoder.notes:
                tell(note)
        return hits
