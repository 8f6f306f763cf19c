"""A story in words, the same in the terminal and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from embeddings.documents import date_bounds
from topics.answers.counting import count

if TYPE_CHECKING:
    from embeddings.corpus.citations import ArticleLine
    from topics.answers.story import StoryReport
    from topics.coverage.reuse.reuse import StoryArticle, TextSource
    from topics.coverage.reuse.updates import Revision, Still
    from topics.coverage.reuse.voices import Join

DOUBTS = {
    "coarse dates": "dates are too coarse to order them",
    "same time": "several bear the same time",
    "no dates": "no article is dated",
    "undated": "articles without a date may be older",
    "updated": "it was updated later",
    "versions": "several versions of it stand here",
}
# An article that has less of its words from another is not laid beside it unless asked for.
_LEAST_SHARE = 0.1


def list_outdated(timelines: Sequence[Sequence[Revision]]) -> set[str]:
    """Return the ids of articles of which the same outlet has a later version."""
    return {one.article.document_id for versions in timelines for one in versions[:-1]}


def tell_still(still: Still, article: ArticleLine) -> str:
    """Say who has a figure as it was before an article, and how much later."""
    dates = article.published, still.article.published
    bounds = date_bounds(dates[0])[1], date_bounds(dates[1])[0]
    timed = all(len(one) >= 16 for one in dates)
    earlier, later = (datetime.fromisoformat(one if timed else one[:10]) for one in bounds)
    minutes = int((later - earlier).total_seconds()) // 60
    if not timed or minutes >= 48 * 60:
        when = count(minutes // (24 * 60), "day")
    else:
        when = count(minutes // 60, "hour") if minutes >= 120 else count(minutes, "minute")
    return f"still {still.figure} in {still.article.source or 'an unknown outlet'}, {when} later"


def pair_copies(report: StoryReport) -> list[tuple[StoryArticle, TextSource]]:
    """Return what is worth laying side by side, two articles once; versions stand by themselves."""
    outdated = list_outdated(report.timelines)
    found: dict[frozenset[str], tuple[StoryArticle, TextSource]] = {}
    for one in report.articles:
        for source in one.sources:
            ids = {one.article.document_id, source.article.document_id}
            if source.share >= _LEAST_SHARE and outdated.isdisjoint(ids):
                found.setdefault(frozenset(ids), (one, source))
    return list(found.values())


def tell_join(join: Join) -> str:
    """Say why two outlets are one voice."""
    a, b = join.a, join.b
    if join.reason == "owner":
        return f"One voice: {a} and {b} belong to {join.detail}."
    if join.reason == "agency":
        return f"One voice: {a} and {b} carry {join.detail}."
    if not join.directed:
        return (
            f"One voice: {b} shares {join.share:.0%} of its words with {a}, and {a} "
            f"{join.back:.0%} with {b}; order unknown."
        )
    return f"One voice: {b} has {join.share:.0%} of its words from {a}."
