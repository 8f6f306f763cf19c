"""Stories across outlets: what ``topicwire story`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import ArticleLine, read_beginnings
from embeddings.corpus.contents import count_outlets
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import Revised, list_revised
from embeddings.errors import InputError
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.coverage.articles.articles import LEAD_CHARACTERS
from topics.coverage.credit.credits import sole_agency
from topics.coverage.credit.first_seen import Doubt, find_first
from topics.coverage.credit.owners import Owners
from topics.coverage.credit.stated import StatedAgency, gather_stated
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.reuse import StoryArticle, measure_reuse
from topics.coverage.reuse.updates import Revision, Text, find_timelines, revise
from topics.coverage.reuse.voices import Voice, count_voices
from topics.coverage.stories.related import Beginnings, RelatedArticle
from topics.pipeline.coverage_tables import (
    read_article_pairs,
    read_stories,
    read_story_articles,
    read_story_heads,
)
from topics.pipeline.covered import load_coverage, open_owners


@dataclass(frozen=True)
class StorySummary:
    """A story on one line.

    Attributes:
        id: Stays with the story from run to run.
        title: Headline of its central article.
        articles: How many it has.
        outlets: Its known outlets, sorted.
        first: Earliest date of an article, as exact as it is known; ``""`` without one.
        last: The latest.
        cohesion: Least mean score of an article with the others, 0 to 1.
        copied: Articles that share most of their words with another of the story, or stand
            inside it.
    """

    id: int
    title: str
    articles: int
    outlets: tuple[str, ...]
    first: str
    last: str
    cohesion: float
    copied: int


@dataclass(frozen=True)
class StoryReport:
    """One story: who had it first as far as this corpus tells, and who has it from whom.

    Attributes:
        id: Stays with the story from run to run.
        title: Headline of its central article.
        cohesion: Least mean score of an article with the others, 0 to 1.
        outlets: Its known outlets, sorted.
        first: The articles of this corpus that may have been first, likeliest first.
        first_is_certain: Whether that is one, beyond doubt.
        doubts: Why it is not: ``coarse dates``, ``same time``, ``no dates``, ``undated``
            (articles without a date may be older), ``updated``, ``versions``.
        agencies: Agencies that articles credit: who is first here may have it from them.
        voices: Independent voices: outlets of one owner, of one agency's text, and those
            that copied one another count once.
        articles: By date, then id.
        revised: Those of them that have other texts too: of before, or from another file.
        timelines: Articles of one outlet that are versions of one text under addresses of
            their own, by date, each with what it says that the one before it did not.
        related: Articles beside it: other angles, comment and sequels of the same days that
            have rare names in common with it.
        strangers: Outlets that the file of owners names and that are not in the corpus.
    """

    id: int
    title: str
    cohesion: float
    outlets: tuple[str, ...]
    first: tuple[ArticleLine, ...]
    first_is_certain: bool
    doubts: tuple[Doubt, ...]
    agencies: tuple[StatedAgency, ...]
    voices: tuple[Voice, ...]
    articles: tuple[StoryArticle, ...]
    revised: tuple[Revised, ...]
    timelines: tuple[tuple[Revision, ...], ...]
    related: tuple[RelatedArticle, ...]
    strangers: tuple[str, ...]


def stories(
    db: Database = "topicwire.db",
    *,
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
    across: bool = True,
) -> list[StorySummary]:
    """List the stories, those of most outlets first.

    Args:
        db: The database.
        sources: Only stories that one of these outlets has.
        since: Only stories with an article of this date or later; ISO 8601, as exact as
            wanted.
        until: The same for this date or earlier.
        languages: Only stories with an article in one of these, as ISO 639 codes.
        across: Only stories of two outlets or more, or of unknown ones.

    Raises:
        InputError: No such outlet, or a date that cannot be.
        StoreError: No such database, never clustered, or changed since.
    """
    filters = Filters(sources, since, until, languages=languages)
    with open_clustered(db, current=True) as store:
        return list_stories(store, filters.match(store), across=across)


def list_stories(
    store: CorpusStore, filters: Filters, *, across: bool = True
) -> list[StorySummary]:
    """List the stories of an open store, as ``stories`` does."""
    heads, members = read_story_heads(store), read_story_articles(store)
    pairs = read_article_pairs(store)
    story_of = {key: number for number, articles in members.items() for key, *_ in articles}
    copied: set[str] = set()
    for kind, a, b, *_ in pairs:
        if a in story_of and story_of[a] == story_of.get(b):
            copied |= {b} if kind == "contains" else {a, b}
    found = []
    for story_id, (title, cohesion) in heads.items():
        articles = members[story_id]
        outlets = sorted({source for _, source, *_ in articles if source})
        fits = any(filters.fit(*where) for _, *where in articles)
        alone = len(outlets) == 1 and all(source for _, source, *_ in articles)
        if not fits or (across and alone):
            continue
        dates = sorted(published for _, _, published, _ in articles if published)
        found.append(
            StorySummary(
                id=story_id,
                title=title,
                articles=len(articles),
                outlets=tuple(outlets),
                first=dates[0] if dates else "",
                last=dates[-1] if dates else "",
                cohesion=cohesion,
                copied=sum(one in copied for one, *_ in articles),
            )
        )
    found.sort(key=lambda one: (-len(one.outlets), -one.articles, -one.cohesion, one.id))
    return found


def story(
    story_id: int, db: Database = "topicwire.db", *, owners: Path | str | None = None
) -> StoryReport:
    """Report one story: who was first here, who credits whom, who copied what.

    Args:
        story_id: As ``stories`` gives it.
        db: The database.
        owners: A TOML file that says who owns which outlet, in place of the one remembered.

    Raises:
        InputError: No such story, or a file of owners that is none.
        StoreError: No such database, never clustered, or changed since.
    """
    with open_clustered(db, current=True) as store:
        if story_id not in read_story_heads(store):
            raise InputError(
                f"There is no story {story_id}; `topicwire story` lists the stories and numbers."
            )
        (report,) = report_stories(
            store, load_coverage(store, story_id), [story_id], open_owners(owners, store)
        )
        return report


def report_stories(
    store: CorpusStore, coverage: Coverage, story_ids: Sequence[int], owners: Owners
) -> list[StoryReport]:
    """Report stories of an open store, their words traced in one go.

    Args:
        store: The store.
        coverage: All that the stories may have words from.
        story_ids: Stories that there are.
        owners: Who owns which outlet.
    """
    only = {number for one in story_ids for number in coverage.stories[one]}
    trace = trace_words(coverage, only)
    heads = read_story_heads(store)
    outlets = [outlet for outlet, _ in count_outlets(store)]
    one_text = [{a, b} for kind, a, b, *_ in read_article_pairs(store) if kind != "contains"]
    leads = read_beginnings(store, LEAD_CHARACTERS // 2)
    beginnings = Beginnings(list(leads), list(leads.values()))
    story_of = {one: number for number, ids in read_stories(store).items() for one in ids}

    def report(story_id: int) -> StoryReport:
        members = {n: coverage.articles[n].document for n in coverage.stories[story_id]}
        ids = [document.id for document in members.values()]
        stated = {number: coverage.stated[number] for number in members}
        credited = [(members[number], said) for number, said in stated.items()]
        agencies = {one.id: name for one, said in credited if (name := sole_agency(said))}
        reuse = measure_reuse(coverage.articles, members, trace, stated)
        documents = list(members.values())
        first = find_first(documents, one_text=one_text, dropped_lines=coverage.dropped)
        title, cohesion = heads[story_id]
        return StoryReport(
            id=story_id,
            title=title,
            cohesion=cohesion,
            outlets=tuple(sorted({one.source for one in documents if one.source})),
            first=first.candidates,
            first_is_certain=first.certain,
            doubts=first.doubts,
            agencies=gather_stated(credited, outlets),
            voices=count_voices(reuse, owners=owners, agencies=agencies),
            articles=reuse,
            revised=tuple(list_revised(store, ids)),
            timelines=_follow(reuse, one_text, story_id),
            related=beginnings.find_related(set(ids), story_of),
            strangers=owners.strangers(outlets),
        )

    return [report(one) for one in story_ids]


def _follow(
    articles: Sequence[StoryArticle], one_text: Sequence[set[str]], story_id: int
) -> tuple[tuple[Revision, ...], ...]:
    """Tell what changed from version to version of one outlet's text."""
    texts = [Text(one.article, one.text) for one in articles]
    return tuple(
        tuple(
            revise(before, texts[n], texts[n].article.published, story_id, texts)
            for before, n in zip((None, *(texts[n] for n in places)), places, strict=False)
        )
        for places in find_timelines([one.article for one in articles], one_text)
    )
