"""Pairs that might be joined, each with its score: what calibration asks about."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.text.normalising import hash_text
from embeddings.vectors.graph import read_nodes
from embeddings.words.copies import find_pairs
from topics.answers.session import Database, session_of
from topics.coverage.articles.articles import Article
from topics.coverage.examples.judgements import JudgementKind
from topics.coverage.examples.thresholds import read_thresholds
from topics.coverage.relations.events import find_same_event
from topics.coverage.relations.wordings import find_contained
from topics.pipeline.citing import load_articles
from topics.pipeline.coverage import FLOORS, embed_leads, find_coverage
from topics.pipeline.furniture import read_furniture
from topics.pipeline.neighbours import stored_graph
from topics.pipeline.work import UNREAD

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder


@dataclass(frozen=True)
class Side:
    """One text of a pair.

    Attributes:
        key: What a judgement knows it by: for stories the article's id, else the hash of
            the paragraph.
        number: The passage's number; for stories the number of the article's first.
        text: The paragraph; for stories the first of the article.
        title: The article's headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
    """

    key: str
    number: int
    text: str
    title: str
    source: str
    published: str


@dataclass(frozen=True)
class Candidate:
    """A pair that might be joined.

    Attributes:
        a: The first text; of ``contains`` the longer one.
        b: The second.
        score: What is held against the threshold, 0 to 1.
        wording: Equal for pairs of the same two wordings, of which one is enough to ask.
    """

    a: Side
    b: Side
    score: float
    wording: Hashable


def find_candidates(db: Database, store: CorpusStore, kind: JudgementKind) -> list[Candidate]:
    """Find the pairs of a kind from well below the threshold on.

    Args:
        db: The database.
        store: The same, open, its topics computed.
        kind: Which.
    """
    passages, articles = load_articles(store)
    documents = {article.id: article.document for article in articles}
    if kind == "story":
        return list(_stories(store, session_of(db).encoder(store), articles, passages))
    nodes = read_nodes(store)
    thresholds = read_thresholds(store)
    least = min(FLOORS[kind], getattr(thresholds, kind))
    graph = stored_graph(store)
    if kind == "near_copy":
        options = replace(thresholds.for_copies(), share=least)
        pairs = [pair for pair in find_pairs(passages, options) if pair[2] < 1]
    elif kind == "contains":
        wider = replace(thresholds.for_relations(), contained_share=least)
        related = find_contained(passages, documents, nodes.of_passage, options=wider)
        pairs = [(one.a, one.b, one.score) for one in related]
    elif graph is not None:
        wider = replace(thresholds.for_relations(), event_score=least)
        related = find_same_event(
            passages,
            documents,
            nodes.of_passage,
            graph,
            options=wider,
            unread=store.setting(UNREAD) or (),
        )
        pairs = [(one.a, one.b, one.score) for one in related]
    else:
        pairs = []
    return [
        Candidate(
            _side(passages[a], documents),
            _side(passages[b], documents),
            score,
            # Copies of either side say the same; near copies are asked about themselves.
            (a, b) if kind == "near_copy" else frozenset(nodes.of_passage[[a, b]].tolist()),
        )
        for a, b, score in pairs
    ]


def _side(passage: Passage, documents: dict[str, Document]) -> Side:
    document = documents[passage.document_id]
    return Side(
        hash_text(passage.body).hex(),
        passage.id,
        passage.body,
        document.title,
        document.source,
        document.published,
    )


def _stories(
    store: CorpusStore,
    encoder: Encoder,
    articles: list[Article],
    passages: Sequence[Passage],
) -> Iterator[Candidate]:
    """Yield the pairs of articles that were weighed, whatever came of it."""
    furniture = read_furniture(store, [one.id for one in passages])
    leads = embed_leads(store, encoder, passages, articles, furniture)
    _, survey = find_coverage(
        articles, leads, read_thresholds(store), (), store.setting(UNREAD) or ()
    )
    documents = {article.id: article.document for article in articles}
    for (a, b), score in zip(survey.pairs.tolist(), survey.scores.tolist(), strict=True):
        if score >= FLOORS["story"]:
            first, second = (
                replace(_side(passages[articles[n].rows[0]], documents), key=articles[n].id)
                for n in (a, b)
            )
            yield Candidate(first, second, float(score), (a, b))
