"""Which of several articles was seen first in this corpus, and how sure that is.

"First here" says nothing of who wrote a text: the agency that it credits may not be in the
corpus at all. Stated credit is kept apart (``topics.coverage.credit.credits``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from embeddings.documents import Document, date_bounds, publication_order
from topics.coverage.articles.articles import Article

Doubt = Literal["coarse dates", "same time", "no dates", "undated", "updated", "versions"]

# An article that was updated may have stood there before the date it bears; that its first
# version is older than a day is rare for news.
_UPDATE_WINDOW = timedelta(hours=24)
# The mark stands above the story or under it, in a line of its own or before the headline.
_MARK_LINES = 12
_UPDATED = re.compile(
    r"\W*(?:last |story |article |page |this (?:story|article) (?:was|has been) )?(?:last )?"
    r"(?:updated|modified)\b(?: on| at|:)?.{0,80}"
    r"|\W*UPDATE(?:\s*\d+)?\s*[-–—:].*"
    r"|(?:.{0,60}[\d)|;,·•]|(?:first )?published\b.{0,60})\s*\(?(?:last )?(?:updated|modified)\b"
    r"(?=.*\d).{0,60}"
    r"|.*\((?:recasts|updates|adds) .{0,80}\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """Who may have had a story or a text first, of the articles in this corpus.

    Attributes:
        candidates: Numbers of the dated articles that may be the first, likeliest first
            (``publication_order``), then by id. Where no article is dated, all of them.
        certain: Whether there is one candidate and no doubt.
        doubts: Why not.
        undated: Numbers of articles without a date, any of which may be older.
        updated: Of the candidates, those whose text says that it was changed later.
        versions: Of the candidates, those of which the corpus has another version.
    """

    candidates: tuple[int, ...]
    certain: bool
    doubts: tuple[Doubt, ...]
    undated: tuple[int, ...]
    updated: tuple[int, ...]
    versions: tuple[int, ...]


def find_first(
    articles: Sequence[Article],
    members: Collection[int],
    *,
    one_text: Sequence[Collection[int]] = (),
    dropped_lines: Mapping[str, Sequence[str]] | None = None,
) -> FirstSeen:
    """Find the articles that may be the first of some.

    Args:
        articles: Of the corpus.
        members: Numbers of those asked about; the answer is the same in any order.
        one_text: Sets of article numbers that are copies as a whole: two of one outlet in one
            set are versions of one article. The same address is a version too.
        dropped_lines: Lines of web pages that are not in their text, by document id.
    """
    dropped = dropped_lines or {}
    documents = {number: articles[number].document for number in members}
    undated = _ordered(documents, [n for n in documents if not documents[n].published])
    dated = [number for number in documents if documents[number].published]
    updated = {
        number
        for number in dated
        if is_updated(documents[number], dropped.get(documents[number].id, ()))
    }
    found = _ordered(documents, _may_be_first(documents, dated, updated))
    repeated = _find_versions(documents, one_text)
    versions = tuple(number for number in found if number in repeated)
    doubts = _doubts(documents, found, undated, updated.intersection(found), versions)
    return FirstSeen(
        found or undated,
        len(found or undated) == 1 and not doubts,
        doubts,
        undated,
        tuple(number for number in found if number in updated),
        versions,
    )


def is_updated(document: Document, dropped_lines: Sequence[str] = ()) -> bool:
    """Whether an article says that it was changed after it first stood there.

    Looked for in the headline, in the first and last lines and in what a page's reader left
    out: "Updated 10 May 2013", "Last Modified: ...", "UPDATE 2-".
    """
    lines = [line for line in document.text.split("\n") if line.strip()]
    near = lines[:_MARK_LINES] + lines[max(_MARK_LINES, len(lines) - _MARK_LINES) :]
    return any(
        _UPDATED.fullmatch(line.strip())
        for line in (document.title, *near, *dropped_lines)
        if len(line) <= 200
    )


def _may_be_first(
    documents: Mapping[int, Document], dated: Collection[int], updated: Collection[int]
) -> list[int]:
    """Return the dated articles that no other was surely published before."""
    bounds = {number: date_bounds(documents[number].published) for number in dated}
    if not bounds:
        return []
    earliest_end = min(end for _, end in bounds.values())
    window = _later(earliest_end) if updated else earliest_end
    return [
        number
        for number, (start, _) in bounds.items()
        if start <= (window if number in updated else earliest_end)
    ]


def _later(minute: str) -> str:
    try:
        moved = datetime.fromisoformat(minute) + _UPDATE_WINDOW
    except (ValueError, OverflowError):
        return minute
    return moved.isoformat(timespec="minutes")


def _find_versions(
    documents: Mapping[int, Document], one_text: Sequence[Collection[int]]
) -> set[int]:
    """Return the articles that share an address, or a text and an outlet, with another."""
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, document in documents.items():
        if document.url:
            alike[-1, document.url].append(number)
    for place, group in enumerate(one_text):
        for number in documents.keys() & set(group):
            if documents[number].source:
                alike[place, documents[number].source].append(number)
    return {number for numbers in alike.values() if len(numbers) > 1 for number in numbers}


def _doubts(
    documents: Mapping[int, Document],
    found: Sequence[int],
    undated: Sequence[int],
    updated: Collection[int],
    versions: Collection[int],
) -> tuple[Doubt, ...]:
    doubts: list[Doubt] = []
    if len(found) > 1:
        bounds = [date_bounds(documents[number].published) for number in found]
        exact = all(start == end for start, end in bounds)
        if exact and len(set(bounds)) == 1:
            doubts.append("same time")
        elif not exact:
            doubts.append("coarse dates")
    if not found:
        doubts.append("no dates")
    elif undated:
        doubts.append("undated")
    if updated:
        doubts.append("updated")
    if versions:
        doubts.append("versions")
    return tuple(doubts)


def _ordered(documents: Mapping[int, Document], numbers: Collection[int]) -> tuple[int, ...]:
    return tuple(
        sorted(
            numbers,
            key=lambda n: (*publication_order(documents[n].published), documents[n].id),
        )
    )
