"""Similar passages: words and vectors, fused, with filters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.citations import read_quotations
from embeddings.corpus.filters import Filters
from embeddings.errors import InputError
from embeddings.text.scripts import MARKS, UNSPACED_RUN, index_form, trace_index_form
from embeddings.text.segmenting import segment_run
from embeddings.text.stopwords import STOP_WORDS
from embeddings.vectors.embedding import expect_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.protocol import Encoder

# Marks that cannot stand in article text: the reader turns control characters into spaces.
_OPEN, _CLOSE = "\x02", "\x03"

# Characters of a run without spaces that is looked for as a phrase alone.
_LONGEST_WORD = 4
_QUERY_WORD = re.compile(rf"[\w{MARKS}]+(?:[-'’.][\w{MARKS}]+)*")

# Weight of meaning (cosine) against words (BM25); see docs/decisions/search.md.
MEANING_WEIGHT = 0.7


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
        topic: The topic's name, or ``""`` when there is none yet.
        copies: Ids of other passages that match the filters and are copies of this one;
            they are not listed as hits of their own.
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


def search_text(
    store: CorpusStore,
    encoder: Encoder,
    query: str,
    *,
    filters: Filters | None = None,
    limit: int = 10,
) -> list[Hit]:
    """Find the passages nearest to a query, best first.

    Raises:
        InputError: The query is empty.
        StoreError: The store's vectors are of another encoder.
    """
    # A byte of the command line that is no UTF-8 arrives as half a character.
    query = query.encode("utf-8", "replace").decode("utf-8")
    if not query.strip():
        raise InputError(
            'The query is empty; type what to look for: topicwire search "arms deliveries".'
        )
    expect_encoder(store, encoder)
    vector = encoder.encode([query], "query")[0]
    return _rank(store, encoder.fingerprint, vector, query, filters or Filters(), limit)


def search_like(
    store: CorpusStore,
    fingerprint: str,
    passage_id: int,
    *,
    filters: Filters | None = None,
    limit: int = 10,
) -> list[Hit]:
    """Find the passages nearest to a stored one, which is itself left out.

    Needs no encoder: the passage has its vector.

    Raises:
        InputError: There is no such passage.
    """
    found = read_quotations(store, [passage_id])
    if not found:
        raise InputError(
            f"There is no passage {passage_id}; `topicwire search` and `topicwire copies` "
            "show the ids there are."
        )
    try:
        vector = store.vectors(fingerprint, [passage_id])[0]
    except KeyError:
        raise InputError(
            f"Passage {passage_id} is not embedded yet: a run was stopped; "
            "`topicwire cluster` goes on from there."
        ) from None
    # Its quotations are not phrases to look for.
    words = found[passage_id].text.replace('"', " ")
    return _rank(store, fingerprint, vector, words, filters or Filters(), limit, passage_id)


def _rank(
    store: CorpusStore,
    fingerprint: str,
    vector: NDArray[np.float32],
    query: str,
    filters: Filters,
    limit: int,
    left_out: int | None = None,
) -> list[Hit]:
    ids = [i for i in _allowed(store, fingerprint, filters) if i != left_out]
    if not ids:
        return []
    meaning = np.maximum(store.vectors(fingerprint, ids) @ vector, 0.0)
    bm25 = _bm25(store, query)
    words = np.array([bm25.get(i, 0.0) for i in ids], dtype=np.float32)
    if words.max() > 0:
        words /= words.max()
    scores = MEANING_WEIGHT * meaning + (1 - MEANING_WEIGHT) * words
    # Ties go by article and place, so that the order of arrival has no say.
    order = np.lexsort((np.arange(len(ids)), -scores))
    copies = _collapse(store, [ids[i] for i in order], limit)
    row = {passage_id: i for i, passage_id in enumerate(ids)}
    parts = {i: (scores[row[i]], meaning[row[i]], words[row[i]]) for i in copies}
    return _hits(store, query, parts, copies)


def _allowed(store: CorpusStore, fingerprint: str, filters: Filters) -> list[int]:
    """Return the passages that may be hits, by document id and position.

    Those that a stopped run has not embedded yet are left out.
    """
    condition, parameters = filters.condition()
    if not filters.furniture:
        # What stands in a topic all the same was put there by hand.
        condition += (
            " AND (a.topic_id IS NOT NULL OR p.id NOT IN (SELECT passage_id FROM furniture))"
        )
    sql = (
        "SELECT p.id FROM passages AS p JOIN documents AS d ON d.id = p.document_id "  # noqa: S608
        "JOIN vectors AS v ON v.hash = p.hash AND v.encoder = ? "
        "LEFT JOIN assignments AS a ON a.passage_id = p.id "
        f"WHERE {condition} ORDER BY p.document_id, p.position"
    )
    return [row[0] for row in store.rows(sql, [fingerprint, *parameters])]


def _bm25(store: CorpusStore, query: str) -> dict[int, float]:
    expression = match_expression(query)
    if not expression:
        return {}
    # SQLite's bm25() is negative, better is lower.
    rows = store.rows("SELECT rowid, -bm25(words) FROM words WHERE words MATCH ?", (expression,))
    return {passage_id: max(score, 0.0) for passage_id, score in rows}


def match_expression(query: str) -> str:
    """Write a query as an FTS5 expression: any of its words, each quoted.

    Quoted, since FTS5 reads ``al-Assad S-300`` as syntax. Text between double quotes stays a
    phrase, and so does a run of characters without spaces, such as Japanese. Stop words are left
    out unless there is nothing else.
    """
    query = query.replace("\0", " ")  # with which SQLite takes a text to end
    phrases = re.findall(r'"([^"]+)"', query)
    words = _QUERY_WORD.findall(re.sub(r'"[^"]+"', " ", query))
    content = [word for word in words if word.casefold() not in STOP_WORDS]
    inner = [part for word in content for part in _find_inner_words(word)]
    terms = dict.fromkeys(phrases + (content + inner or ([] if phrases else words)))
    return " OR ".join(
        '"' + index_form(term.replace('"', " ")) + '"' for term in terms if re.search(r"\w", term)
    )


def _find_inner_words(word: str) -> list[str]:
    """Return the words inside a run without spaces that is longer than words mostly are.

    As a phrase, a sentence of Japanese would find nothing but itself.
    """
    runs = [run[0] for run in UNSPACED_RUN.finditer(word) if len(run[0]) > _LONGEST_WORD]
    return [part for run in runs for part in segment_run(run) if len(part) > 1]


def _collapse(store: CorpusStore, ranked: Sequence[int], limit: int) -> dict[int, list[int]]:
    """Return the best ``limit`` passages, no two of one copy group, with the copies of each."""
    group = dict(store.rows("SELECT passage_id, group_id FROM copy_members"))
    first: dict[int, int] = {}
    copies: dict[int, list[int]] = {}
    for passage_id in ranked:
        shown = first.get(group.get(passage_id, -1))
        if shown is not None:
            copies[shown].append(passage_id)
        elif len(copies) < limit:
            copies[passage_id] = []
            if passage_id in group:
                first[group[passage_id]] = passage_id
    return copies


def _hits(
    store: CorpusStore,
    query: str,
    parts: dict[int, tuple[float, float, float]],
    copies: dict[int, list[int]],
) -> list[Hit]:
    rows = store.rows(
        "SELECT p.id, p.document_id, coalesce(t.name, '') FROM passages AS p "
        "LEFT JOIN assignments AS a ON a.passage_id = p.id "
        "LEFT JOIN topics AS t ON t.id = a.topic_id "
        "WHERE p.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(parts)),),
    )
    places = {passage_id: (article, topic) for passage_id, article, topic in rows}
    matches = _matches(store, query, tuple(parts))
    return [
        Hit(
            **vars(quotation),
            score=round(float(parts[passage_id][0]), 4),
            meaning=round(float(parts[passage_id][1]), 4),
            words=round(float(parts[passage_id][2]), 4),
            matches=matches.get(passage_id, ()),
            document_id=places[passage_id][0],
            topic=places[passage_id][1],
            copies=tuple(copies[passage_id]),
        )
        for passage_id, quotation in read_quotations(store, parts).items()
    ]


def _matches(
    store: CorpusStore, query: str, passage_ids: Sequence[int]
) -> dict[int, tuple[tuple[int, int], ...]]:
    expression = match_expression(query)
    if not expression:
        return {}
    rows = store.rows(
        "SELECT w.rowid, highlight(words, 0, ?, ?), iif(p.index_text IS NULL, NULL, p.text) "
        "FROM words AS w JOIN passages AS p ON p.id = w.rowid "
        "WHERE words MATCH ? AND w.rowid IN (SELECT value FROM json_each(?))",
        (_OPEN, _CLOSE, expression, json.dumps(list(passage_ids))),
    )
    return {
        passage_id: _spans(marked) if text is None else _trace(_spans(marked), text)
        for passage_id, marked, text in rows
    }


def _trace(spans: Iterable[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """Return spans of a text's form in the index as spans of the text itself."""
    offsets = trace_index_form(text)
    return tuple((offsets[start], offsets[end]) for start, end in spans)


def _spans(marked: str) -> tuple[tuple[int, int], ...]:
    # Before the n-th match stand 2n marks, and one more before its end.
    found = re.finditer(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}", marked)
    return tuple((match.start() - 2 * n, match.end() - 2 * n - 2) for n, match in enumerate(found))
