"""Whole articles as coverage sees them: what is left of each when page furniture is out."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.documents import Document, Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Between the paragraphs of a body; not a word, so that no run of words is broken by it.
_GAP = "\n\n"
# What a story is read from: its headline and about its first 200 words.
LEAD_CHARACTERS = 1200


@dataclass(frozen=True, slots=True)
class Article:
    """One article without its page furniture.

    Attributes:
        document: The document; its text has the furniture still.
        rows: Rows of its passages, in order.
        body: The bodies of its passages, an empty line between two.
        starts: Offset in ``body`` where each passage begins.
    """

    document: Document
    rows: Sequence[int]
    body: str
    starts: Sequence[int]

    @property
    def id(self) -> str:
        """The document's id."""
        return self.document.id

    @property
    def whole(self) -> Passage:
        """The body as one passage, so that articles are compared as paragraphs are."""
        return Passage(self.id, 0, 0, 0, len(self.body), self.body)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each passage stands in the body: its start and end, in characters."""
        ends = [*(start - len(_GAP) for start in self.starts[1:]), len(self.body)]
        return list(zip(self.starts, ends, strict=True)) if self.starts else []


def find_paragraphs(body: str) -> list[tuple[int, int]]:
    """Find the paragraphs of a body whose article is not at hand: start and end of each.

    The same as ``Article.spans`` but for a passage that holds an empty line itself, and for
    those without a character, which are left out.
    """
    spans, place = [], 0
    for part in body.split(_GAP):
        if part.strip():
            spans.append((place, place + len(part)))
        place += len(part) + len(_GAP)
    return spans


def gather_articles(
    passages: Sequence[Passage], documents: Mapping[str, Document]
) -> list[Article]:
    """Put articles together from their passages, by document id.

    Args:
        passages: In any order. Passages of a document that is not given are left out, and
            so are documents without a passage.
        documents: By id.
    """
    rows_of: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        if passage.document_id in documents:
            rows_of.setdefault(passage.document_id, []).append(row)
    articles = []
    for document_id in sorted(rows_of):
        rows = sorted(rows_of.pop(document_id), key=lambda row: passages[row].position)
        bodies = [passages[row].body for row in rows]
        starts, place = array("q"), 0
        for body in bodies:
            starts.append(place)
            place += len(body) + len(_GAP)
        # Of a million lines no object each.
        span = range(rows[0], rows[-1] + 1)
        body = _GAP.join(bodies)
        articles.append(
            Article(documents[document_id], span if rows == list(span) else rows, body, starts)
        )
    return articles


def number_rows(
    articles: Sequence[Article], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Say of each passage in which article it stands, and where among its passages.

    Args:
        articles: By their numbers.
        count: Passages of the corpus.

    Returns:
        Two of int64 and shape ``(count,)``, -1 for a passage of no article given.
    """
    numbers, places = np.full((2, count), -1, np.int64)
    for number, article in enumerate(articles):
        rows = np.fromiter(article.rows, np.int64, len(article.rows))
        numbers[rows], places[rows] = number, np.arange(len(rows))
    return numbers, places
