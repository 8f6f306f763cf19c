"""Stories across outlets: what ``topicwire story`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.words.alignment import Block
from topics.answers.covered import Coverage, load_coverage, open_owners
from topics.answers.topics import require_current
from topics.coverage.credit.credits import Credit, credited_agency, sole_agency
from topics.coverage.credit.first_seen import Doubt, find_first
from topics.coverage.credit.owners import Owners
from topics.coverage.credit.stated import gather_stated
from topics.coverage.credit.voices import Join, Voice, count_voices
from topics.coverage.reuse.origins import trace_words
from topics.coverage.reuse.paragraphs import find_conflicts, lay_out
from topics.coverage.reuse.reuse import ArticleReuse, Source, Stretch, measure_reuse


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
class TextSource:
    """An article of the story that another has words from. Offsets are of ``StoryArticle.text``.

    Attributes:
        article: The source.
        earlier: Whether it was surely published before; else nobody knows who was first.
        same_outlet: Whether both are of one outlet, which repeats itself.
        words: Words that the other has from it, quotations and boilerplate apart.
        share: Their share of the other's words.
        used: Share of the source's own words that stand in the other.
        conflicts: Facts of which the two say different things: kind, in the source, here.
        spans: What agrees: start and end in the source, start and end here.
        cut: What of the source is not here.
        added: What is here and not in the source.
    """

    article: ArticleLine
    earlier: bool
    same_outlet: bool
    words: int
    share: float
    used: float
    conflicts: tuple[tuple[str, str, str], ...]
    spans: tuple[Block, ...]
    cut: tuple[Stretch, ...]
    added: tuple[Stretch, ...]


@dataclass(frozen=True)
class StoryArticle:
    """An article of a story, and of what it is made. The five counts add up to ``words``.

    Attributes:
        article: The article, to cite.
        text: Its paragraphs without page furniture, an empty line between two.
        words: Words of the text.
        copied: Words that stand in articles of the story by other outlets that are not surely
            later.
        repeated: The same of the same outlet.
        quoted: Words of quotations that others have too, in frames of their own.
        boilerplate: Words of paragraphs repeated whatever the story.
        own: The rest.
        sources: Where the copied words are from, most first.
        credits: Agencies that its text credits.
        agency: The one it is credited to alone and that is not its outlet, or ``""``.
    """

    article: ArticleLine
    text: str
    words: int
    copied: int
    repeated: int
    quoted: int
    boilerplate: int
    own: int
    sources: tuple[TextSource, ...]
    credits: tuple[Credit, ...]
    agency: str


@dataclass(frozen=True)
class StoryVoice:
    """Outlets that speak as one in a story.

    Attributes:
        outlets: Their names; ``""`` for each article of unknown outlet.
        articles: Their articles, by date.
        joins: What makes them one; empty for an outlet on its own.
    """

    outlets: tuple[str, ...]
    articles: tuple[ArticleLine, ...]
    joins: tuple[Join, ...]


@dataclass(frozen=True)
class StatedAgency:
    """An agency that articles of a story credit with their text.

    Attributes:
        agency: Its name; ``""`` for "agencies" that are not named.
        alone: The articles that credit it with the whole text.
        shared: Those that credit it along with others.
        outlets: Outlets of this corpus that are the agency. Without one, its report may be
            older than anything here.
    """

    agency: str
    alone: tuple[ArticleLine, ...]
    shared: tuple[ArticleLine, ...]
    outlets: tuple[str, ...]


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
    voices: tuple[StoryVoice, ...]
    articles: tuple[StoryArticle, ...]
    strangers: tuple[str, ...]


def stories(
    db: Path | str = "topicwire.db",
    *,
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    across: bool = True,
) -> list[StorySummary]:
    """List the stories, those of most outlets first.

    Args:
        db: The database.
        sources: Only stories that one of these outlets has.
        since: Only stories with an article of this date or later; ISO 8601, as exact as
            wanted.
        until: The same for this date or earlier.
        across: Only stories of two outlets or more, or of unknown ones.

    Raises:
        InputError: No such outlet, or a date that cannot be.
        StoreError: No such database, never clustered, or changed since.
    """
    filters = Filters(sources, since, until)
    members: dict[int, list[tuple[str, str, str]]] = {}
    with CorpusStore.open(Path(db)) as store:
        require_current(store)
        filters = filters.match_outlets(store)
        for story_id, *article in store.rows(
            "SELECT m.story_id, d.id, d.source, d.published FROM story_members AS m "
            "JOIN documents AS d ON d.id = m.document_id"
        ):
            members.setdefault(story_id, []).append((article[0], article[1], article[2]))
        copied = {
            document_id
            for (document_id,) in store.rows(
                "WITH inside AS (SELECT r.* FROM article_relations AS r "
                "JOIN story_members AS m ON m.document_id = r.a "
                "JOIN story_members AS n ON n.document_id = r.b AND n.story_id = m.story_id) "
                "SELECT b FROM inside UNION SELECT a FROM inside WHERE kind != 'contains'"
            )
        }
        heads = store.rows(
            "SELECT s.id, s.cohesion, d.title FROM stories AS s JOIN documents AS d "
            "ON d.id = s.central"
        )
    found = []
    for story_id, cohesion, title in heads:
        articles = members[story_id]
        outlets = sorted({source for _, source, _ in articles if source})
        fits = any(filters.fit(source, published) for _, source, published in articles)
        alone = len(outlets) == 1 and all(source for _, source, _ in articles)
        if not fits or (across and alone):
            continue
        dates = sorted(published for *_, published in articles if published)
        found.append(
            StorySummary(
                id=story_id,
                title=title,
                articles=len(articles),
                outlets=tuple(outlets),
                first=dates[0] if dates else "",
                last=dates[-1] if dates else "",
                cohesion=cohesion,
                copied=sum(one in copied for one, _, _ in articles),
            )
        )
    found.sort(key=lambda one: (-len(one.outlets), -one.articles, -one.cohesion, one.id))
    return found


def story(
    story_id: int, db: Path | str = "topicwire.db", *, owners: Path | str | None = None
) -> StoryReport:
    """Report one story: who was first here, who credits whom, who copied what.

    Args:
        story_id: As ``stories`` gives it.
        db: The database.
        owners: A TOML file that says who owns which outlet.

    Raises:
        InputError: No such story, or a file of owners that is none.
        StoreError: No such database, never clustered, or changed since.
    """
    known = open_owners(owners)
    with CorpusStore.open(Path(db)) as store:
        require_current(store)
        rows = []
        if 0 < story_id < 2**63:  # what SQLite can hold
            rows = store.rows(
                "SELECT d.title, s.cohesion FROM stories AS s JOIN documents AS d "
                "ON d.id = s.central WHERE s.id = ?",
                (story_id,),
            )
        if not rows:
            raise InputError(
                f"There is no story {story_id}; `topicwire story` lists the stories and numbers."
            )
        coverage = load_coverage(store)
        one_text = [
            {a, b}
            for a, b in store.rows("SELECT a, b FROM article_relations WHERE kind != 'contains'")
        ]
    title, cohesion = rows[0]
    return _report(story_id, title, cohesion, coverage, owners=known, one_text=one_text)


def _report(
    story_id: int,
    title: str,
    cohesion: float,
    coverage: Coverage,
    *,
    owners: Owners,
    one_text: Sequence[set[str]],
) -> StoryReport:
    members, articles = coverage.stories[story_id], coverage.articles
    trace = trace_words(
        coverage.passages,
        articles,
        coverage.groups,
        coverage.relations,
        stories=list(coverage.stories.values()),
        only=members,
    )
    reuse = measure_reuse(articles, members, trace)
    number = {articles[place].id: place for place in members}
    copies = [
        {number[one] for one in pair} for pair in one_text if all(one in number for one in pair)
    ]
    first = find_first(articles, members, one_text=copies, dropped_lines=coverage.dropped)
    stated = {place: coverage.credits(place) for place in members}
    agencies = {place: name for place, said in stated.items() if (name := sole_agency(said))}
    voices = count_voices(articles, reuse, owners=owners, agencies=agencies)
    return StoryReport(
        id=story_id,
        title=title,
        cohesion=cohesion,
        outlets=tuple(sorted({s for n in members if (s := articles[n].document.source)})),
        first=tuple(cite(articles[n].document) for n in first.candidates),
        first_is_certain=first.certain,
        doubts=first.doubts,
        agencies=tuple(
            StatedAgency(
                one.agency,
                tuple(cite(articles[n].document) for n in one.alone),
                tuple(cite(articles[n].document) for n in one.shared),
                one.outlets,
            )
            for one in gather_stated(articles, members, stated)
        ),
        voices=tuple(_voice(voice, coverage) for voice in voices),
        articles=tuple(_article(item, coverage, stated[item.article]) for item in reuse),
        strangers=owners.strangers(article.document.source for article in articles),
    )


def _voice(voice: Voice, coverage: Coverage) -> StoryVoice:
    lines = tuple(cite(coverage.articles[number].document) for number in voice.articles)
    return StoryVoice(voice.outlets, lines, voice.joins)


def _article(item: ArticleReuse, coverage: Coverage, stated: tuple[Credit, ...]) -> StoryArticle:
    article = coverage.articles[item.article]
    return StoryArticle(
        article=cite(article.document),
        text=article.body,
        words=item.words,
        copied=item.copied,
        repeated=item.repeated,
        quoted=item.quoted,
        boilerplate=item.boilerplate,
        own=item.own,
        sources=tuple(_source(source, article.body, coverage) for source in item.sources),
        credits=stated,
        agency=credited_agency(stated),
    )


def _source(source: Source, body: str, coverage: Coverage) -> TextSource:
    article = coverage.articles[source.article]
    conflicts = find_conflicts(lay_out(article.body, body, source.spans))
    return TextSource(
        article=cite(article.document),
        earlier=source.earlier,
        same_outlet=source.same_outlet,
        words=source.words,
        share=round(source.share, 4),
        used=round(source.used, 4),
        conflicts=tuple((one.kind, one.before, one.after) for one in conflicts),
        spans=source.spans,
        cut=source.cut,
        added=source.added,
    )
