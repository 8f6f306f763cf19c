"""A story as a page shows it: lanes over time, what each article is made of, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topics.answers.counting import percent
from topics.answers.story_words import DOUBTS, list_outdated, pair_copies, tell_join
from topics.views.charts import Lane, Tick, draw_lanes, draw_parts
from topics.views.marks import Beside, as_printed, mark_beside

if TYPE_CHECKING:
    from markupsafe import Markup

    from topics.answers.story import StoryReport
    from topics.coverage.reuse.reuse import StoryArticle, TextSource


@dataclass(frozen=True)
class Makeup:
    """Of what an article is made.

    Attributes:
        one: The article, with its counts.
        picture: Own words, copied ones, quotations and what is repeated.
        says: The same in words.
        versions: How many texts of it there are, 1 where it was never changed.
    """

    one: StoryArticle
    picture: Markup
    says: str
    versions: int


@dataclass(frozen=True)
class Pair:
    """Two articles side by side.

    Attributes:
        one: The article.
        source: The one it has words from, with the facts of which they say different things:
            kind, there, here, as the texts spell them.
        conflicts: Those facts.
        rows: The paragraphs.
        alike: Rows that do not differ, left out of ``rows``.
    """

    one: StoryArticle
    source: TextSource
    conflicts: tuple[tuple[str, str, str], ...]
    rows: tuple[Beside, ...]
    alike: int


@dataclass(frozen=True)
class StoryView:
    """A story with its pictures.

    Attributes:
        report: What is known of it.
        first: Earliest and latest date.
        last: The latest.
        lanes: A lane an outlet.
        ticks: Days at their foot.
        doubts: Why it is not certain who was first, in words.
        joins: Why outlets are one voice, in words.
        makeup: Of what each article is made, earlier versions of one left out.
        pairs: Articles side by side.
    """

    report: StoryReport
    first: str
    last: str
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    doubts: str
    joins: tuple[str, ...]
    makeup: tuple[Makeup, ...]
    pairs: tuple[Pair, ...]


def view_story(report: StoryReport) -> StoryView:
    """Draw a story."""
    first = {one.document_id for one in report.first}
    cited = [one.article for one in report.articles]
    lanes, ticks = draw_lanes(
        [(one.source, one.published, one.title, one.document_id in first) for one in cited]
    )
    versions = {one.document_id: one.versions + 1 for one in report.revised}
    outdated = list_outdated(report.timelines)
    texts = {one.article.document_id: one.text for one in report.articles}
    dates = sorted(one.published for one in cited if one.published)
    return StoryView(
        report=report,
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        lanes=tuple(lanes),
        ticks=tuple(ticks),
        doubts="; ".join(DOUBTS[one] for one in report.doubts),
        joins=tuple(tell_join(join) for voice in report.voices for join in voice.joins),
        makeup=tuple(
            _measure(one, versions.get(one.article.document_id, 1))
            for one in report.articles
            if one.article.document_id not in outdated
        ),
        pairs=tuple(
            _pair(one, source, texts[source.article.document_id])
            for one, source in pair_copies(report)
        ),
    )


def _measure(one: StoryArticle, versions: int) -> Makeup:
    parts = [
        ("own", one.own),
        ("copied", one.copied),
        ("shared", one.shared),
        ("quoted", one.quoted),
        ("rote", one.repeated + one.boilerplate),
    ]
    words = ("own", "copied", "shared, order unknown", "quotations", "repeated")
    says = " · ".join(
        f"{percent(number, one.words)} {word}"
        for word, (_, number) in zip(words, parts, strict=True)
        if number
    )
    return Makeup(one, draw_parts(parts, one.words, says), says, versions)


def _pair(one: StoryArticle, source: TextSource, text: str) -> Pair:
    rows = mark_beside(text, one.text, source.spans)
    differing = tuple(row for row in rows if row.differs)
    conflicts = tuple(
        (kind, as_printed(before, text), as_printed(after, one.text))
        for kind, before, after in source.conflicts
    )
    return Pair(one, source, conflicts, differing, len(rows) - len(differing))
