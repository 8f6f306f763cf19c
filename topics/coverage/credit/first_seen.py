"""Which of several articles was seen first in this corpus, and how sure that is.

"First here" says nothing of who wrote a text: the agency that it credits may not be in the
corpus at all. Stated credit is kept apart (``topics.coverage.credit.credits``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.documents import Document, date_bounds, publication_order

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
        candidates: The dated articles that may be the first, likeliest first
            (``publication_order``), then by id. Where no article is dated, all of them.
        certain: Whether there is one candidate and no doubt.
        doubts: Why not. ``undated``: any article without a date may be older; ``updated``: the
            text of a candidate says that it was changed later; ``versions``: the corpus has
            another version of a candidate.
    """

    candidates: tuple[ArticleLine, ...]
    certain: bool
    doubts: tuple[Doubt, ...]


def find_first(
    documents: Iterable[Document],
    *,
    one_text: Iterable[Collection[str]] = (),
    dropped_lines: Mapping[str, Sequence[str]] | None = None,
) -> FirstSeen:
    """Find the articles that may be the first of some.

    Args:
        documents: Those asked about; the answer is the same in any order.
        one_text: Sets of document ids that are copies as a whole: two of one outlet in one
            set are versions of one article. The same address is a version too.
        dropped_lines: Lines of web pages that are not in their text, by document id.
    """
    dropped = dropped_lines or {}
    in_order = sorted(documents, key=lambda one: (*publication_order(one.published), one.id))
    dated = [one for one in in_order if one.published]
    updated = {one.id for one in dated if is_updated(one, dropped.get(one.id, ()))}
    found = _may_be_first(dated, updated)
    ids = {one.id for one in found}
    doubts: list[Doubt] = []
    if len(found) > 1:
        bounds = [date_bounds(one.published) for one in found]
        exact = all(start == end for start, end in bounds)
        if exact and len(set(bounds)) == 1:
            doubts.append("same time")
        elif not exact:
            doubts.append("coarse dates")
    if not found:
        doubts.append("no dates")
    elif len(dated) < len(in_order):
        doubts.append("undated")
    if ids & updated:
        doubts.append("updated")
    if ids & _find_versions(in_order, one_text):
        doubts.append("versions")
    candidates = tuple(cite(one) for one in found or in_order)
    return FirstSeen(candidates, len(candidates) == 1 and not doubts, tuple(doubts))


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


def _may_be_first(dated: Sequence[Document], updated: Collection[str]) -> list[Document]:
    """Return the dated articles that no other was surely published before."""
    if not dated:
        return []
    bounds = [date_bounds(one.published) for one in dated]
    earliest_end = min(end for _, end in bounds)
    window = _later(earliest_end) if updated else earliest_end
    return [
        one
        for one, (start, _) in zip(dated, bounds, strict=True)
        if start <= (window if one.id in updated else earliest_end)
    ]


def _later(minute: str) -> str:
    try:
        moved = datetime.fromisoformat(minute) + _UPDATE_WINDOW
    except (ValueError, OverflowError):
        return minute
    return moved.isoformat(timespec="minutes")


def _find_versions(documents: Sequence[Document], one_text: Iterable[Collection[str]]) -> set[str]:
    """Return the articles that share an address, or a text and an outlet, with another."""
    alike: dict[tuple[int, str], list[str]] = defaultdict(list)
    by_id = {one.id: one for one in documents}
    for one in documents:
        if one.url:
            alike[-1, one.url].append(one.id)
    for place, group in enumerate(one_text):
        for key in by_id.keys() & set(group):
            if by_id[key].source:
                alike[place, by_id[key].source].append(key)
    return {key for keys in alike.values() if len(keys) > 1 for key in keys}
