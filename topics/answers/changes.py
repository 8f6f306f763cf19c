"""What came in since a time, whatever its date: ``topicwire changes``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from embeddings.corpus.citations import (
    ArticleLine,
    Quotation,
    cite,
    expect_as_read,
    read_bodies,
    read_quotations,
)
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import list_read_since, read_times, read_versions
from embeddings.documents import Document
from embeddings.errors import InputError
from embeddings.words.alignment import compare
from embeddings.words.conflicts import FactChange
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.coverage.reuse.updates import Revision, Text, find_timelines, revise
from topics.pipeline.coverage_tables import (
    read_article_pairs,
    read_passage_articles,
    read_relations,
    read_stories,
    read_story_heads,
)
from topics.pipeline.kept_tables import TopicEvent, read_events


@dataclass(frozen=True)
class StoryNews:
    """A story that has articles which are new.

    Attributes:
        id: Stays with the story from run to run.
        title: Headline of its central article.
        articles: The new ones, by date, those without last.
        before: How many it had already.
        outlets: All its known outlets, sorted.
        voices: Those of them that had no article in it before.
    """

    id: int
    title: str
    articles: tuple[ArticleLine, ...]
    before: int
    outlets: tuple[str, ...]
    voices: tuple[str, ...]


@dataclass(frozen=True)
class FactConflict:
    """Two passages of one wording and two outlets that say different things, one of them new.

    Attributes:
        a: The one.
        b: The other.
        facts: What they say, of ``a`` as ``before`` and of ``b`` as ``after``.
    """

    a: Quotation
    b: Quotation
    facts: tuple[FactChange, ...]


@dataclass(frozen=True)
class ChangesReport:
    """What came in since a time, by when it was read.

    Attributes:
        since: That time, ISO 8601 in UTC.
        articles: How many articles were first read since.
        undated: How many of them bear no date.
        late: How many of them bear one before that time.
        new: Stories that have articles of since alone, those of most outlets first.
        running: Stories of before with articles of since, those with most new outlets first.
        alone: Articles of since that are in no story.
        revised: Articles of before whose text has changed since, and of since those that are
            versions of one under another address, the latest first.
        conflicts: Passages of since that say other things than others of their wording do.
        topics: What made, moved and ended topics since.
    """

    since: str
    articles: int
    undated: int
    late: int
    new: tuple[StoryNews, ...]
    running: tuple[StoryNews, ...]
    alone: tuple[ArticleLine, ...]
    revised: tuple[Revision, ...]
    conflicts: tuple[FactConflict, ...]
    topics: tuple[TopicEvent, ...]


def changes(since: str, db: Database = "topicwire.db") -> ChangesReport:
    """Tell what came in since a time: stories, outlets, revisions, facts that do not agree.

    Args:
        since: ISO 8601, a day or a time; of UTC where it names no zone.
        db: The database.

    Raises:
        InputError: ``since`` is no time.
        StoreError: No such database, never clustered, or changed since.
    """
    since = _read_time(since)
    with open_clustered(db, current=True) as store:
        read = dict(list_read_since(store, since))
        new = {document_id for document_id, is_new in read.items() if is_new}
        lines = {one.id: cite(one) for one in store.documents(sorted(new))}
        members = read_stories(store)
        story_of = {one: number for number, ids in members.items() for one in ids}
        touched = {number for one, number in story_of.items() if one in new}
        found = _gather_stories(store, {one: members[one] for one in touched}, lines)
        dates = [one.published for one in lines.values()]
        return ChangesReport(
            since=since,
            articles=len(new),
            undated=dates.count(""),
            # A date that is not known to the day is as late as it may be.
            late=sum(bool(one) and one < since[: len(one)] for one in dates),
            new=tuple(story for story in found if not story.before),
            running=tuple(story for story in found if story.before),
            alone=tuple(line for one, line in lines.items() if one not in story_of),
            revised=_list_revisions(store, read.keys(), new, story_of, members),
            conflicts=_list_conflicts(store, read),
            topics=tuple(read_events(store, since)),
        )


def _read_time(text: str) -> str:
    """Return a time as it is stored."""
    try:
        given = datetime.fromisoformat(text.strip())
        given = given.replace(tzinfo=given.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{text!r} is no time; give one such as 2024-03-05, 2024-03-05T06:00 (of UTC) or "
            "2024-03-05T06:00+01:00."
        ) from error
    return given.isoformat(timespec="seconds")


def _gather_stories(
    store: CorpusStore, members: Mapping[int, Sequence[str]], lines: Mapping[str, ArticleLine]
) -> list[StoryNews]:
    heads = read_story_heads(store)
    found = []
    for number, ids in members.items():
        sources = {one.id: one.source for one in store.documents(ids)}
        before = {sources[one] for one in ids if one not in lines}
        outlets = sorted(filter(None, set(sources.values())))
        found.append(
            StoryNews(
                id=number,
                title=heads[number][0],
                articles=tuple(lines[one] for one in ids if one in lines),
                before=sum(one not in lines for one in ids),
                outlets=tuple(outlets),
                voices=tuple(one for one in outlets if one not in before),
            )
        )
    return sorted(found, key=lambda one: (-len(one.voices), -len(one.articles), one.id))


def _list_revisions(
    store: CorpusStore,
    read: Collection[str],
    new: Collection[str],
    story_of: Mapping[str, int],
    members: Mapping[int, Sequence[str]],
) -> tuple[Revision, ...]:
    """Tell what articles say otherwise than their text of before, whatever its address."""
    pairs = [{a, b} for kind, a, b, *_ in read_article_pairs(store) if kind != "contains"]
    kin = [cite(one) for one in store.documents({one for pair in pairs for one in pair})]
    before = {one: "" for one in read if one not in new}
    for places in find_timelines(kin, pairs):
        ids = [kin[place].document_id for place in places]
        before |= {late: early for early, late in pairwise(ids) if late in new}
    documents = store.documents(before)
    expect_as_read(store, documents)
    found = [
        _revise(store, one, before[one.id], story_of.get(one.id), members) for one in documents
    ]
    return tuple(sorted(found, key=lambda one: one.changed, reverse=True))


def _revise(
    store: CorpusStore,
    document: Document,
    before: str = "",
    story: int | None = None,
    members: Mapping[int, Sequence[str]] | None = None,
) -> Revision:
    """Lay an article beside its version of before, or beside another article that is one."""
    if before:
        earlier = store.documents([before])
    else:
        earlier = [one.document for one in read_versions(store, document.id)][-1:]
    others = store.documents((members or {}).get(story or 0, ()))
    expect_as_read(store, (*(earlier if before else ()), *others))
    texts = [Text(cite(one), one.text) for one in (*earlier, document, *others)]
    first = texts[0] if earlier else None
    changed = read_times(store, document.id).changed
    return revise(first, texts[len(earlier)], changed, story, texts[len(earlier) + 1 :])


def _list_conflicts(store: CorpusStore, read: Collection[str]) -> tuple[FactConflict, ...]:
    pairs = [(a, b) for kind, a, b, *_ in read_relations(store) if kind == "near_copy"]
    article_of = read_passage_articles(store, {one for pair in pairs for one in pair})
    pairs = [pair for pair in pairs if any(article_of[one] in read for one in pair)]
    wanted = {one for pair in pairs for one in pair}
    cited, bodies = read_quotations(store, wanted), read_bodies(store, wanted)
    found = [
        FactConflict(cited[a], cited[b], compare(bodies[a], bodies[b]).conflicts)
        for a, b in pairs
        # One outlet's are its own versions and forms; of no known outlet may be of any.
        if cited[a].source != cited[b].source or not cited[a].source
    ]
    return tuple(one for one in found if one.facts)
