"""Hits as they are shown: the passage, where it stands, and what of it was looked for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.corpus.citations import Quotation, read_quotations, shown_above
from embeddings.corpus.full_text import CLOSE, OPEN, mark_phrases
from embeddings.search.phrases import match_expression
from embeddings.text.scripts import trace_index_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.ranking import Ranked

_LEAVES = (
    "SELECT coalesce(leaf_id, topic_id) FROM assignments "
    "WHERE passage_id IN (SELECT value FROM json_each(?1))"
)
_ROWS = """
    SELECT p.id, p.document_id, coalesce(l.name, t.name, ''), p.index_text FROM passages AS p
    LEFT JOIN assignments AS a ON a.passage_id = p.id LEFT JOIN topics AS t ON t.id = a.topic_id
    LEFT JOIN shown_above AS u ON u.leaf = coalesce(a.leaf_id, a.topic_id)
    LEFT JOIN topics AS l ON l.id = u.id AND t.kind != 'guided'
    WHERE p.id IN (SELECT value FROM json_each(?1))
"""


@dataclass(frozen=True)
class Hit:
    """One passage found.

    Attributes:
        passage_id: The store's id of it.
        score: 0 to 1; ``meaning`` and ``words`` weighted.
        meaning: Cosine similarity with the query, below 0 taken as 0.
        words: BM25 as a share of the best passage's for this query; 0 when no word matches.
        text: The passage.
        matches: Start and end in ``text`` of each matched word.
        document_id: Its article's id.
        title: The article's.
        source: The outlet, or ``""``.
        published: ISO 8601, cut to what is known.
        url: The article's, or ``""``.
        topic: Name of its topic, or of the part of it that is shown, but for one's own topics;
            ``""`` when there is none yet.
        copies: Ids of other passages that match the filters and are copies of this one;
            they are not listed as hits of their own.
        related: Whether it is as near to the query as related texts are; one that is not is
            shown where so many hits are asked for.
        reranked: 0 to 1, by the model that put the hits in order; ``None`` without one.
        opened: The copies themselves, where they are asked for.
    """

    passage_id: int
    score: float
    meaning: float
    words: float
    text: str
    matches: tuple[tuple[int, int], ...]
    document_id: str
    title: str
    source: str
    published: str
    url: str
    topic: str
    copies: tuple[int, ...]
    related: bool = True
    reranked: float | None = None
    opened: tuple[Quotation, ...] = ()


def show_hits(store: CorpusStore, ranked: Sequence[Ranked], phrases: Sequence[str]) -> list[Hit]:
    """Return passages as hits, in their order.

    Args:
        store: The store.
        ranked: The passages.
        phrases: What is marked in them.
    """
    ids = json.dumps([one.passage_id for one in ranked])
    rows = store.rows(shown_above(_LEAVES) + _ROWS, (ids,))
    places = {passage_id: place for passage_id, *place in rows}
    quotations = read_quotations(store, places)
    indexed = {one: places[one][2] or quotations[one].text for one in places}
    marked = mark_phrases(indexed, match_expression(phrases))
    return [
        Hit(
            **vars(quotations[one.passage_id]),
            score=round(one.score, 4),
            meaning=round(one.meaning, 4),
            words=round(one.words, 4),
            matches=_matches(
                marked.get(one.passage_id, ""),
                quotations[one.passage_id].text if places[one.passage_id][2] else None,
            ),
            document_id=places[one.passage_id][0],
            topic=places[one.passage_id][1],
            copies=one.copies,
            related=one.related,
        )
        for one in ranked
    ]


def _matches(marked: str, text: str | None) -> tuple[tuple[int, int], ...]:
    """Return where a marked text is marked.

    Args:
        marked: As it is indexed.
        text: As it stands, where that is another form.
    """
    spans = _spans(marked)
    return spans if text is None else _trace(spans, text)


def _trace(spans: Iterable[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """Return spans of a text's form in the index as spans of the text itself."""
    offsets = trace_index_form(text)
    return tuple((offsets[start], offsets[end]) for start, end in spans)


def _spans(marked: str) -> tuple[tuple[int, int], ...]:
    # Before the n-th match stand 2n marks, and one more before its end.
    found = re.finditer(f"{OPEN}([^{CLOSE}]*){CLOSE}", marked)
    return tuple((match.start() - 2 * n, match.end() - 2 * n - 2) for n, match in enumerate(found))
