"""An article as a page shows it: its paragraphs, and what its versions changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from embeddings.words.alignment import compare
from topics.views.marks import Beside, as_printed, mark_beside

if TYPE_CHECKING:
    from topics.answers.article import ArticleReport


@dataclass(frozen=True)
class VersionView:
    """A text that an article had, beside the one that came after it.

    Attributes:
        read: When it was first read, ISO 8601 in UTC; ``""`` where it was not noted.
        headline: Its headline, ``""`` where the next has the same.
        after: When the next one was read.
        facts: Figures, dates, places, names and negations of which the two say different things:
            kind, before, after.
        rows: The paragraphs that differ.
    """

    read: str
    headline: str
    after: str
    facts: tuple[tuple[str, str, str], ...]
    rows: tuple[Beside, ...]


def view_versions(report: ArticleReport) -> list[VersionView]:
    """Lay each text of an article beside the one that came after it, the latest first."""
    texts = [(one.read, one.title, one.text) for one in report.versions]
    texts.append((report.changed, report.title, report.text))
    found = []
    for (read, title, before), (after, next_title, text) in pairwise(texts):
        compared = compare(before, text)
        found.append(
            VersionView(
                read=read,
                headline=title if title != next_title else "",
                after=after,
                facts=tuple(
                    (one.kind, as_printed(one.before, before), as_printed(one.after, text))
                    for one in compared.conflicts
                ),
                rows=tuple(one for one in mark_beside(before, text, compared.spans) if one.differs),
            )
        )
    return found[::-1]
