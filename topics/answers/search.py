"""Similar passages of a stored corpus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from embeddings.corpus.contents import read_dates
from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from embeddings.search.found import FIRST, By, Found, open_copies, rerank_hits
from embeddings.search.query import TypedQuery, parse_query
from embeddings.search.searcher import MODES, Mode
from topics.answers.counting import count
from topics.answers.session import Database, Session, session_of
from topics.answers.topics import find_topics, open_clustered
from topics.hierarchy.outline import read_outline

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore

# Passages among which related ones are looked for where they are shown in groups.
GROUPED = 100
# Passages that a reranker puts in order.
RERANKED = 50


def search(
    query: str | None = None,
    *,
    like: int | None = None,
    like_file: Path | str | None = None,
    db: Database = "topicwire.db",
    mode: Mode = "hybrid",
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
    topics: Sequence[str] = (),
    limit: int | None = None,
    by: By | None = None,
    copies: bool = False,
    rerank: str | None = None,
    repeats: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Found:
    """Find passages by words and meaning, best first.

    Args:
        query: What to look for. Text between double quotes must stand; ``-word`` may not;
            ``title:word`` and ``outlet:name`` are of the article. More than twenty words, or
            several lines, are a text, in which none of these is looked for.
        like: A passage id, instead of a query.
        like_file: A file with one article, instead of a query.
        db: The database.
        mode: ``hybrid``, ``meaning`` or ``words``: what counts.
        sources: Outlets to search; all when empty.
        since: Earliest date, ISO 8601, as exact as wanted: ``2013``, ``2013-05``, ...
        until: Latest date.
        languages: ISO 639 codes of languages to search; all when empty.
        topics: Topic ids, or words that stand in a topic's name.
        limit: The most hits, with those that are not related to the query. ``None`` for the
            related ones among the first ten, in groups among the first hundred.
        by: ``outlet``, ``day`` or ``topic``: also put the hits in groups.
        copies: Also cite the copies of each hit.
        rerank: A cross-encoder of sentence-transformers, by its folder or its name on the hub,
            that puts the first fifty in order; a name may be fetched.
        repeats: Also what an outlet repeats under its articles, whatever these are on.
        tell: Told what the user should know, such as a slower encoder being used.

    Raises:
        InputError: No query, an unknown outlet, topic, passage, file, mode or grouping, or a
            malformed date.
        ModelError: The cross-encoder is missing or is none.
        StoreError: No such database, or nothing in it has been clustered.
    """
    if [query, like, like_file].count(None) != 2:
        raise InputError(
            'Give either a query, --like PASSAGE_ID or --like-file FILE: topicwire search "arms".'
        )
    if limit is not None and limit < 1:
        raise InputError(f"--limit is {limit}; give a number of 1 or more.")
    _expect_among("--mode", mode, tuple(MODES))
    _expect_among("--by", by, (None, *get_args(By)))
    asked: str | TypedQuery | int = query or "" if like is None else like
    if like_file is not None:
        asked = TypedQuery(_read_article(Path(like_file)), (), is_text=True)
    if rerank is not None and isinstance(asked, int):
        raise InputError("--rerank reads what is asked for: give a query in place of --like.")
    filters = Filters(sources, since, until, languages=languages)
    most = limit or (GROUPED if by else FIRST)
    with open_clustered(db) as store:
        filters = filters.match(store)
        outline = read_outline(store)
        below = {one for topic in find_topics(store, topics) for one in outline.under(topic)}
        filters = replace(filters, topics=tuple(below), furniture=repeats)
        looking = _Looking(filters, max(most, RERANKED if rerank else 0), mode)
        found = looking.find(store, session_of(db), asked, tell)
        if rerank is not None:
            found = _rerank(found, asked, rerank)
        if not filters.fit_date("") and (undated := read_dates(store)[2]):
            articles = count(undated, "article")
            found = found.add(f"--since and --until leave out what has no date: {articles}.")
        found = (found if limit else found.stop()).first(most)
        if copies:
            found = open_copies(store, found)
    return found.group(by) if by else found


@dataclass(frozen=True)
class _Looking:
    filters: Filters
    limit: int
    mode: Mode

    def find(
        self,
        store: CorpusStore,
        session: Session,
        asked: str | TypedQuery | int,
        tell: Callable[[str], None] | None,
    ) -> Found:
        """Return the hits of a query, or of a passage's id."""
        if isinstance(asked, int):
            fingerprint = store.setting("encoder")["fingerprint"]
            return session.searcher.search_like(store, fingerprint, asked, **vars(self))
        encoder = None if self.mode == "words" else session.encoder(store)
        found = session.searcher.search_text(store, encoder, asked, **vars(self))
        if encoder and tell:
            for note in encoder.notes:
                tell(note)
        return found


def _expect_among(option: str, given: str | None, known: Sequence[str | None]) -> None:
    if given not in known:
        names = ", ".join(one for one in known if one)
        raise InputError(f"{option} is {given!r}; give one of {names}.")


def _rerank(found: Found, asked: str | TypedQuery | int, model: str) -> Found:
    from embeddings.encoders.reranking import Reranker

    query = asked if isinstance(asked, TypedQuery) else parse_query(str(asked))
    return rerank_hits(found, query.text, Reranker(model))


def _read_article(path: Path) -> str:
    """Return the text of the one article of a file, as it is split into passages.

    Raises:
        InputError: It cannot be read, or holds no article, or several.
    """
    from embeddings.articles.files import read_paths
    from embeddings.articles.furniture.finding import find_furniture
    from embeddings.articles.parsing.results import ReadOptions
    from embeddings.articles.passages import split

    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no file"
        raise InputError(f"{path} {what}; give --like-file a file with one article.")
    read = list(read_paths([path], ReadOptions(), {}))
    documents = [document for file in read for document in file.documents]
    if len(documents) != 1:
        articles = count(len(documents), "article")
        said = "".join(f" {problem.message}" for file in read for problem in file.problems[:1])
        raise InputError(f"{path} holds {articles}; give --like-file a file of one.{said}")
    (document,) = documents
    passages = split(document, find_furniture(document))
    return "\n".join(passage.text for passage in passages)
