"""What an assistant may ask of a database; nothing here changes it."""

# Annotations are not put off: pydantic reads those of methods as they stand.

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.corpus.filters import ASKED, Filters
from topics.answers.arguments import spread
from topics.answers.copies import CopyMember, list_copies
from topics.answers.session import Session
from topics.answers.topics import open_clustered
from topics.assistants.answering import WITHIN, Answer
from topics.pipeline.coverage_tables import read_story_articles

# Periods that a trend is told of.
_PERIODS = 60

_Names = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
Topics = Annotated[
    Sequence[str], _Names, Field(max_length=50, description="Only these topics, by id or name.")
]
Limit = Annotated[int, Field(ge=1, le=50, description="The most results.")]
Skip = Annotated[int, Field(ge=0, lt=10**6, description="Results to pass over.")]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Query = Annotated[
    str, Field(max_length=1000, description='What to look for; "in double quotes" a phrase.')
]
Level = Annotated[
    int | None, Field(ge=0, lt=100, description="0 the broadest; by default those shown.")
]
Id = Annotated[str, Field(max_length=2000, description="Its id or address, or a part of one.")]
Time = Annotated[
    str, Field(max_length=40, description="A day or a time, of UTC: 2024-03-05T06:00.")
]


def _declare(field: Any) -> Any:
    told = field.metadata["meaning"]
    if field.default != ():
        return Annotated[str, Field(max_length=40, description=f"{told}.")]
    name = "outlets" if field.name == "sources" else field.name
    told = f"{told}; several may be given."
    return Annotated[Sequence[str], _Names, Field(alias=name, max_length=50, description=told)]


_filtered = spread("filters", Filters, {one.name: _declare(one) for one in ASKED})


class Tools:
    """The tools, each a public method: its name, its arguments and what its first line says."""

    def __init__(self, db: Session) -> None:
        self._db = db

    @_filtered
    def search(
        self,
        *,
        query: Query,
        filters: Filters,
        topics: Topics = (),
        limit: Limit = 10,
        skip: Skip = 0,
    ) -> dict[str, Any]:
        """Find passages by words and meaning, best first; copies of a hit are not listed again."""
        found = self._db.search(query, **filters.given(), topics=topics, limit=skip + limit)
        return self._answer({"hits": found[skip:], "notes": found.notes}, limit)

    def passage(self, *, passage_id: Number, limit: Limit = 5) -> dict[str, Any]:
        """Read one passage whole: its topic, its copies, and other passages that are like it."""
        report = self._db.article(passage_id)
        (one,) = report.passages
        line = ArticleLine(report.id, report.title, report.source, report.published, report.url)
        similar = self._db.search(like=passage_id, limit=limit).hits
        return self._answer({**vars(line), **vars(one), "similar": similar}, limit, 10000)

    def article(self, *, article_id: Id, limit: Limit = 20, skip: Skip = 0) -> dict[str, Any]:
        """Read an article by its paragraphs: topic and copies of each, earlier versions, story."""
        report = self._db.article(article_id)
        return self._answer(replace(report, passages=report.passages[skip:]), limit, 10000)

    @_filtered
    def stories(
        self,
        *,
        filters: Filters,
        limit: Limit = 10,
        skip: Skip = 0,
    ) -> dict[str, Any]:
        """List events that several outlets reported, those of most outlets first."""
        found = self._db.stories(**filters.given())[skip:]
        shown = found[:limit]
        with open_clustered(self._db) as store:
            members = read_story_articles(store)
            ids = {one.id: [row[0] for row in members.get(one.id, ())][:WITHIN] for one in shown}
            wanted = [each for some in ids.values() for each in some]
            lines = {one.id: cite(one) for one in store.documents(wanted)}
        cited = [
            {**vars(one), "cited": [lines[each] for each in ids[one.id] if each in lines]}
            for one in shown
        ]
        return self._answer({"stories": cited}, limit, more={"stories": len(found) - len(shown)})

    def story(self, *, story_id: Number, limit: Limit = 20) -> dict[str, Any]:
        """Tell who reported a story, who was first here, and who has how much from whom."""
        return self._answer(self._db.story(story_id), limit)

    @_filtered
    def copies(
        self,
        *,
        filters: Filters,
        limit: Limit = 10,
        skip: Skip = 0,
    ) -> dict[str, Any]:
        """List passages that outlets share, and pairs that tell one event or differ in facts.

        Of a group the first is quoted, of its members what differs from that.
        """
        report, more = list_copies(self._db, filters, limit=skip + limit)
        groups = more.pop("group", 0)
        listed = tuple(
            replace(group, members=tuple(_without_text(one) for one in group.members))
            for group in report.groups[skip:]
        )
        found = replace(report, groups=listed, pairs=report.pairs[skip:])
        return self._answer(found, limit, 300, {"groups": groups, "pairs": more.total()})

    def topics(
        self,
        *,
        topics: Topics = (),
        level: Level = None,
        limit: Limit = 10,
        skip: Skip = 0,
    ) -> dict[str, Any]:
        """List topics with size, outlets, parts and typical passages, the largest first."""
        found = [
            replace(one, subtopics=tuple(replace(p, representatives=()) for p in one.subtopics))
            for one in self._db.topics(wanted=topics, level=level)[skip:]
        ]
        return self._answer({"topics": found}, limit, 300)

    @_filtered
    def trends(
        self,
        *,
        topics: Topics = (),
        filters: Filters,
        limit: Limit = 10,
    ) -> dict[str, Any]:
        """Count topics over time: what rises, what falls, which outlets are silent on what."""
        report = self._db.trends(topics=topics, **filters.given())
        shown = {one.id for one in report.topics[:limit]}
        typical = [p for one in self._db.topics() for p in (one, *one.subtopics) if p.id in shown]
        last = slice(-_PERIODS, None)
        series = ("periods", "distinct_by_period", "copies_by_period")
        of_topic = series[1:]
        found = {
            **{name: value for name, value in vars(report).items() if name != "cells"},
            **{name: getattr(report, name)[last] for name in series},
            "topics": [
                replace(one, **{name: getattr(one, name)[last] for name in of_topic})
                for one in report.topics
            ],
            "cited": [passage for one in typical for passage in one.representatives[:1]],
        }
        return self._answer(found, limit, 300, {"periods": max(len(report.periods) - _PERIODS, 0)})

    def changes(self, *, since: Time, limit: Limit = 10) -> dict[str, Any]:
        """Tell what came in since a time: new stories and voices, revisions, conflicting facts."""
        return self._answer(self._db.changes(since), limit)

    def _answer(
        self,
        result: Any,
        limit: int,
        longest: int = 1000,
        more: dict[str, int] | None = None,
    ) -> dict[str, Any]:
        with open_clustered(self._db) as store:
            return Answer(limit, longest).write(result, store, more)


def _without_text(member: CopyMember) -> CopyMember:
    return replace(member, passage=replace(member.passage, text=""))
